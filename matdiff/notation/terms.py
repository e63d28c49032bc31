"""Terms of a sum: a rational number, scalar factors with their powers, and a word; and how a term is written."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.formula.occurrences import mentions
from matdiff.formula.syntax import Call, Div, Expr, IndexedSum, Mul, Neg, Num, Pow, Sym
from matdiff.functions import names as fn
from matdiff.notation.chains import Link, Word, negated, product, times, transposed, transposes

if TYPE_CHECKING:
    from matdiff.graph.nodes import Coefficient


_ROOTS = (Fraction(1, 2), Fraction(-1, 2))


class Scalar(NamedTuple):
    """A scalar factor base^exponent."""

    base: Expr
    exponent: Fraction | Expr


def unsigned(scalar: Scalar) -> tuple[int, Scalar]:
    """A scalar factor as a sign and a factor without a leading minus."""
    base, exponent = scalar
    if not isinstance(base, Neg) or not isinstance(exponent, Fraction) or exponent.denominator != 1:
        return 1, scalar
    return (-1 if exponent.numerator % 2 else 1), Scalar(base.arg, exponent)


class Term(NamedTuple):
    """coefficient · scalars · word; an empty word is the scalar one."""

    coefficient: Coefficient
    scalars: tuple[Scalar, ...]
    word: Word


def transposes_in(terms: list[Term]) -> int:
    """How many transposes a reader of the words meets."""
    return sum(transposes(link.here) for term in terms for link in term.word)


def spell(term: Term) -> Expr:
    """The term as an expression, its sign in front."""
    c = term.coefficient
    body = _unsigned(Term(-c if c < 0 else c, term.scalars, term.word))
    return negated(body) if term.coefficient < 0 else body


def _unsigned(term: Term) -> Expr:
    c = term.coefficient
    above: list[Expr] = [Num(Fraction(c.numerator))] if c.numerator != 1 else []
    below: list[Expr] = [Num(Fraction(c.denominator))] if c.denominator != 1 else []
    scalars = list(term.scalars)
    if len(scalars) > 1:
        scalars = sorted(_one_root(scalars), key=lambda scalar: not _plain(scalar.base))
    for base, exponent in scalars:
        if isinstance(exponent, Fraction) and exponent < 0:
            below.append(raised(base, -exponent))
        else:
            above.append(raised(base, exponent))
    word = product(term.word)
    if not word:
        above = _spliced(above)
    if not below:
        return times([*above, *word])
    if not above and len(word) == 1:
        return Div(word[0], times(below))
    if word and all(_plain(factor) for factor in [*above, *below]):
        return times([Div(times(above), times(below)), *word])
    return Div(times([*above, *word]), times(below))


def _one_root(scalars: list[Scalar]) -> list[Scalar]:
    """The square roots of several constants as one: 1/sqrt(2 pi), sqrt(2/pi)."""
    roots = [scalar for scalar in scalars if scalar.exponent in _ROOTS and _constant(scalar.base)]
    roots.sort(key=lambda scalar: not isinstance(scalar.base, Num))
    if len(roots) < 2:
        return scalars
    above, below = ([base for base, exponent in roots if exponent == half] for half in _ROOTS)
    whole = Div(times(above), times(below)) if above and below else times(above or below)
    root = Scalar(whole, _ROOTS[0] if above else _ROOTS[1])
    return [root, *[scalar for scalar in scalars if scalar not in roots]]


def _constant(base: Expr) -> bool:
    return isinstance(base, Num) or (isinstance(base, Sym) and base.name == fn.PI) or base == Call(fn.PI, ())


def _spliced(factors: list[Expr]) -> list[Expr]:
    """Scalars with the one that is itself a product at the end, without its parentheses: 2 y x^T w."""
    inner = [factor for factor in factors if isinstance(factor, Mul)]
    if len(inner) != 1:
        return factors
    return [*[factor for factor in factors if not isinstance(factor, Mul)], *inner[0].factors]


def _plain(factor: Expr) -> bool:
    """Short enough to stand in a fraction before a product: 2/N, 1/t²."""
    if isinstance(factor, Pow):
        return _plain(factor.base)
    return isinstance(factor, (Num, Sym))


def raised(base: Expr, exponent: Fraction | Expr) -> Expr:
    """base^exponent as people write it; the root of a norm's square is the norm."""
    if not isinstance(exponent, Fraction):
        return Pow(base, exponent)
    if exponent == 1:
        return base
    if exponent == Fraction(1, 2):
        return Call(fn.SQRT, (base,))
    return Pow(base, Num(exponent))


def sign(expr: Expr) -> int:
    """−1 where an expression is written with a leading minus."""
    return -1 if isinstance(expr, Neg) or (isinstance(expr, Num) and expr.value < 0) else 1


def of_link(link: Link) -> Term:
    """A link as a term, the minus of a sum over members in front."""
    if not isinstance(link.here, Neg):
        return Term(1, (), (link,))
    return Term(-1, (), (Link(link.here.arg, transposed(link.here.arg), link.side),))


def hoisted(term: Term, name: str) -> tuple[Term, Term]:
    """What of a summand stands before the sum over `name`, and what stays inside."""
    inside = tuple([scalar for scalar in term.scalars if _mentions(scalar, name)])
    before = tuple([scalar for scalar in term.scalars if not _mentions(scalar, name)])
    return Term(term.coefficient, before, ()), Term(1, inside, term.word)


def _mentions(scalar: Scalar, name: str) -> bool:
    """Does a scalar factor depend on the index of a sum?"""
    trees = [scalar.base] if isinstance(scalar.exponent, Fraction) else [scalar.base, scalar.exponent]
    return any(mentions(tree, name) for tree in trees)


def summed_over(index: str, low: Expr, last: Expr, body: Term) -> IndexedSum:
    """Σ over an index of one term, which stays known: sums over one range are put together."""
    total = IndexedSum(index, low, last, spell(body))
    total.terms = (body,)
    return total


def averaged(scalars: list[Scalar], sums: list[tuple[Expr, Expr]] | None) -> list[Scalar]:
    """sum(x)/n as mean(x), where the question writes means."""
    for k, (base, exponent) in enumerate(scalars if sums else []):
        if exponent != 1 or not isinstance(base, Call) or base.function != fn.SUM:
            continue
        size = next((size for total, size in sums or () if total == base), None)
        at = next((j for j, other in enumerate(scalars) if other.base == size and other.exponent == -1), None)
        if at is not None:
            scalars[k] = Scalar(Call(fn.MEAN, base.args), Fraction(1))
            return [scalar for j, scalar in enumerate(scalars) if j != at]
    return scalars


def merged(scalars: list[Scalar]) -> list[Scalar]:
    """Scalar factors of one base as one power."""
    found: list[Scalar] = []
    for base, exponent in scalars:
        for k, known in enumerate(found):
            if known.base == base and isinstance(known.exponent, Fraction) and isinstance(exponent, Fraction):
                found[k] = Scalar(base, known.exponent + exponent)
                break
        else:
            found.append(Scalar(base, exponent))
    return [scalar for scalar in found if scalar.exponent != 0]
