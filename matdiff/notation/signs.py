"""Where a minus sign goes: into a difference that is turned round, where that costs nothing."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction

from matdiff.formula.syntax import Add, Call, Div, Expr, Had, HadDiv, Mul, Transpose
from matdiff.graph.elementwise import ODD
from matdiff.notation.chains import Link, negated, transposed
from matdiff.notation.terms import Scalar, Term, sign


def positive(term: Term) -> Term:
    """A term that begins with a minus, with the minus moved into a difference among its factors where that costs
    nothing.
    """
    if term.coefficient > 0:
        return term
    for k, link in enumerate(term.word):
        if any(other.here in (link.here, link.there) for other in term.word[:k] + term.word[k + 1 :]):
            continue  # a quadratic form stays one
        here, there = negative_of(link.here), negative_of(link.there)
        if here is not None and there is not None:
            return Term(
                -term.coefficient, term.scalars, (*term.word[:k], Link(here, there, link.side), *term.word[k + 1 :])
            )
    for k, scalar in enumerate(term.scalars):
        found = (
            negative_of(scalar.base)
            if isinstance(scalar.exponent, Fraction)
            and scalar.exponent.numerator % 2
            and scalar.exponent.denominator == 1
            else None
        )
        if found is not None:
            return Term(
                -term.coefficient,
                (*term.scalars[:k], Scalar(found, scalar.exponent), *term.scalars[k + 1 :]),
                term.word,
            )
    return term


def negative_of(expr: Expr) -> Expr | None:
    """−expr without one symbol more: a difference the other way round, also inside a product; None where there is
    none.
    """
    if (
        isinstance(expr, Add)
        and not expr.kept
        and any(sign(term) < 0 for term in expr.terms)
        and any(sign(term) > 0 for term in expr.terms)
    ):
        terms = [negated(term) for term in expr.terms]
        first = next(k for k, term in enumerate(terms) if sign(term) > 0)
        return Add((terms[first], *terms[:first], *terms[first + 1 :]))
    if isinstance(expr, Transpose):
        inside = negative_of(expr.arg)
        return None if inside is None else Transpose(inside)
    if isinstance(expr, (Mul, Had)):
        for k, factor in enumerate(expr.factors):
            alike = (factor, transposed(factor))
            found = (
                None
                if any(other in alike for other in expr.factors[:k] + expr.factors[k + 1 :])
                else negative_of(factor)
            )
            if found is not None:
                return type(expr)((*expr.factors[:k], found, *expr.factors[k + 1 :]))
    if isinstance(expr, Call) and expr.function in ODD:
        inside = negative_of(expr.args[0])
        return None if inside is None else Call(expr.function, (inside,))
    if isinstance(expr, (HadDiv, Div)):
        found = negative_of(expr.num)
        return None if found is None else type(expr)(found, expr.den)
    return None
