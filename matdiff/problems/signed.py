"""Formulas without factors that are written as minus a sum: -(M)^-1 (-a - b) is M^-1 (a + b)."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction

from matdiff.formula.binding import rebuilt
from matdiff.formula.syntax import (
    Add,
    Call,
    Div,
    Expr,
    Had,
    HadDiv,
    IndexedSum,
    Mul,
    Neg,
    Num,
    Pow,
    Transpose,
    children,
)
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.notation.chains import negated
from matdiff.notation.terms import sign

_LINEAR = {fn.TRACE, fn.SUM, fn.DIAG, fn.MEAN, fn.INVERSE, fn.PSEUDOINVERSE}
_EVEN = {fn.NORM, fn.ABSOLUTE}


def tidied(expr: Expr) -> Expr:
    """The same formula with fewer minus signs; itself where it has none too many."""
    if isinstance(expr, IndexedSum):
        return _running(expr)
    if isinstance(expr, Add):
        return _sum(rebuilt(expr, [_summand(term) for term in expr.terms]))
    found = rebuilt(expr, [tidied(part) for part in children(expr)])
    if isinstance(found, Neg):
        return _negated(found.arg)
    if isinstance(found, (Mul, Had, Div, HadDiv)):
        return _product(found)
    return _applied(found)


def _summand(term: Expr) -> Expr:
    """A term of a sum, where a minus costs nothing."""
    if not isinstance(term, Neg):
        return tidied(term)
    inside = tidied(term.arg)
    plain = _opposite(inside)
    return Neg(inside) if plain is None else plain


def _running(expr: IndexedSum) -> Expr:
    """A sum over an index, with a minus of its terms in front."""
    body = tidied(expr.body)
    plain = None if expr.product else _opposite(body)
    if plain is None:
        same = body is expr.body
        return expr if same else IndexedSum(expr.index, expr.lo, expr.hi, body, expr.product)
    return Neg(IndexedSum(expr.index, expr.lo, expr.hi, plain))


def _negated(inside: Expr) -> Expr:
    """Minus a formula."""
    plain = _opposite(inside)
    if plain is not None:
        return plain
    turned = _turned(inside)
    return Neg(inside) if turned is None else turned


def _sum(found: Expr) -> Expr:
    """A sum with a positive term first, where it has one."""
    terms = children(found)
    first = next((k for k, term in enumerate(terms) if sign(term) > 0), 0)
    return Add((terms[first], *terms[:first], *terms[first + 1 :])) if first else found


def _product(found: Expr) -> Expr:
    """A product or quotient whose factors are no sums of minus terms."""
    parts, minus = list(children(found)), 1
    for k, part in enumerate(parts):
        plain = _opposite(part)
        if plain is not None:
            parts[k], minus = plain, -minus
    made = rebuilt(found, parts)
    return made if minus > 0 else _negated(made)


def _applied(found: Expr) -> Expr:
    """A function of minus something: even ones don't see it, odd ones and linear ones let it out."""
    inside = _argument(found)
    plain = None if inside is None else _opposite(inside)
    if plain is None:
        return found
    made = rebuilt(found, [plain, *children(found)[1:]])
    return made if _is_even(found) else Neg(made)


def _argument(found: Expr) -> Expr | None:
    """What stands in an even, odd or linear function, in a power or under a transpose."""
    if isinstance(found, Transpose):
        return found.arg
    if isinstance(found, Pow):
        return found.base if isinstance(found.exponent, Num) and found.exponent.value.denominator == 1 else None
    if isinstance(found, Call) and found.args and (_is_even(found) or _is_odd(found)):
        return found.args[0]
    return None


def _is_even(found: Expr) -> bool:
    if isinstance(found, Pow) and isinstance(found.exponent, Num):
        return Fraction(found.exponent.value).numerator % 2 == 0
    return isinstance(found, Call) and (found.function in _EVEN or _parity(found) == "even")


def _is_odd(found: Call) -> bool:
    return len(found.args) == 1 and (found.function in _LINEAR or _parity(found) == "odd")


def _parity(found: Call) -> str:
    row = TABLE.get(found.function)
    return row.traits.parity if row is not None and row.kind == "elementwise" else ""


def _opposite(expr: Expr) -> Expr | None:
    """Minus the formula, where that has fewer signs; None where it has not."""
    if isinstance(expr, Neg):
        return expr.arg
    if isinstance(expr, Num) and expr.value < 0:
        return Num(-expr.value)
    if isinstance(expr, Add) and all(sign(term) < 0 for term in expr.terms):
        return Add(tuple([negated(term) for term in expr.terms]))
    return None


def _turned(expr: Expr) -> Expr | None:
    """Minus the formula by one difference in it the other way round, in an inverse or a product."""
    if isinstance(expr, Add):
        signs = [sign(term) for term in expr.terms]
        if sum(signs) > 0 or max(signs) < 0 or expr.kept:
            return None
        return _sum(Add(tuple([negated(term) for term in expr.terms])))
    if isinstance(expr, (Mul, Had)):
        return _first_turned(expr, [k for k, factor in enumerate(expr.factors) if expr.factors.count(factor) == 1])
    if isinstance(expr, (Div, HadDiv)):
        return _first_turned(expr, [0, 1])
    return _first_turned(expr, [0]) if _argument(expr) is not None and not _is_even(expr) else None


def _first_turned(expr: Expr, places: list[int]) -> Expr | None:
    """With the first operand of these places that can be turned."""
    parts = list(children(expr))
    for k in places:
        inside = _turned(parts[k])
        if inside is not None:
            return rebuilt(expr, [*parts[:k], inside, *parts[k + 1 :]])
    return None
