"""Words: products of matrices as sequences of links, each known together with its transpose.

A word of links W₁ W₂ … Wₖ is the matrix product of its links.  A column vector is a word whose last link is a column;
the transposed word is
the links in reverse order, each turned.  Turning costs nothing, so the reading with the fewest transposes can be chosen
late.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.length import length
from matdiff.formula.syntax import Add, Apply, Call, Div, Expr, Had, HadPow, Mul, Neg, Num, Pow, Sym, Transpose
from matdiff.functions import names as fn
from matdiff.records import Compared

if TYPE_CHECKING:
    from collections.abc import Callable

MINUS_ONE = Num(Fraction(-1))
ONE = Num(Fraction(1))


class Link(Compared):
    """A factor of a word and its transpose; `side` marks columns ("column"), rows ("row") and matrices ("").

    The transpose may be given as a function that finds it, where that takes time and few links are turned.
    """

    __slots__ = ("_there", "here", "side")
    __match_args__ = ("here", "there", "side")

    def __init__(self, here: Expr, there: Expr | Callable[[], Expr], side: str = "") -> None:
        self.here, self._there, self.side = here, there, side

    @property
    def there(self) -> Expr:
        if callable(self._there):
            self._there = self._there()
        return self._there

    def turned(self) -> Link:
        return Link(self.there, self.here, _TURNED_SIDE[self.side])


_TURNED_SIDE = {"column": "row", "row": "column", "": ""}


Word = tuple[Link, ...]


def matrix(expr: Expr, turned: Expr | None = None) -> Link:
    """A link of a matrix; its transpose is written with a ᵀ unless a shorter form is given."""
    return Link(expr, turned if turned is not None else transposed(expr))


def column(expr: Expr) -> Link:
    """A link of a column vector."""
    return Link(expr, transposed(expr), "column")


def transposed(expr: Expr) -> Expr:
    return expr.arg if isinstance(expr, Transpose) else Transpose(expr)


def turned(word: Word) -> Word:
    """The transposed word."""
    return tuple([link.turned() for link in reversed(word)])


def is_number(expr: Expr, value: int) -> bool:
    return isinstance(expr, Num) and expr.value == value


def product(word: Word) -> list[Expr]:
    """The factors of a word as they are written: runs of one factor become powers, runs of inverses one inverse where
    that is shorter.
    """
    if len(word) < 2:
        return [link.here for link in word]
    factors: list[Expr] = []
    count: list[int] = []
    for link in word:
        if factors and count[-1] and link.side == "" and link.here == factors[-1]:
            count[-1] += 1
        else:
            factors.append(link.here)
            count.append(1 if link.side == "" else 0)
    result: list[Expr] = []
    for factor, times in zip(factors, count, strict=True):
        result.append(factor if times < 2 else _power(factor, times))
    result = _halved(result)
    inverses = sum([_inverted(factor) is not None for factor in result])
    return _joined_inverses(result) if inverses > 1 else result


def _halved(factors: list[Expr]) -> list[Expr]:
    """L vec(X) with the elimination matrix L is vech(X)."""
    for k in range(len(factors) - 1):
        first, second = factors[k : k + 2]
        if (
            isinstance(first, Call)
            and first.function == fn.ELIMINATION
            and isinstance(second, Call)
            and second.function == fn.VEC
        ):
            return [*factors[:k], Call(fn.VECH, second.args), *_halved(factors[k + 2 :])]
    return factors


def _power(factor: Expr, times: int) -> Expr:
    """AAA is A³, AᵀAᵀ is (A²)ᵀ, A⁻¹A⁻¹ is A⁻²."""
    if isinstance(factor, Transpose):
        return Transpose(_power(factor.arg, times))
    if isinstance(factor, Pow) and isinstance(factor.exponent, Num):
        return Pow(factor.base, Num(factor.exponent.value * times))
    if isinstance(factor, Call) and factor.function == fn.DIAG:
        return Call(fn.DIAG, (_entry_power(factor.args[0], times),))
    return Pow(factor, Num(Fraction(times)))


def _entry_power(base: Expr, times: int) -> Expr:
    return HadPow(base, Num(Fraction(times)))


def _inverted(factor: Expr) -> Expr | None:
    """The B of B⁻¹, where B is short enough to stand in a joined inverse."""
    if isinstance(factor, Pow) and is_number(factor.exponent, -1) and isinstance(factor.base, (Sym, Transpose)):
        return factor.base
    if isinstance(factor, Transpose):
        inside = _inverted(factor.arg)
        return None if inside is None else transposed(inside)
    return None


def _joined_inverses(factors: list[Expr]) -> list[Expr]:
    """B⁻¹ A⁻¹ is written (A B)⁻¹ where that is shorter."""
    bases = [_inverted(factor) for factor in factors]
    result: list[Expr] = []
    start = 0
    for stop in [k for k, base in enumerate(bases) if base is None] + [len(factors)]:
        run, inside = factors[start:stop], [base for base in bases[start:stop] if base is not None]
        if len(run) > 1:
            joined = Pow(Mul(tuple(reversed(inside))), MINUS_ONE)
            apart = sum(length(base) + 1 for base in inside) - sum(isinstance(factor, Transpose) for factor in run)
            run = [joined] if length(joined) < apart else run
        result += [*run, *factors[stop : stop + 1]]
        start = stop + 1
    return result


def times(factors: list[Expr]) -> Expr:
    """A product as it is written; a product of one factor is the factor, of none the number one."""
    if not factors:
        return ONE
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def spelled(word: Word) -> Expr:
    """The word as an expression."""
    return times(product(word))


def negated(expr: Expr) -> Expr:
    """−expr, with the sign where a writer puts it."""
    if isinstance(expr, Neg):
        return expr.arg
    if isinstance(expr, Num):
        return Num(-expr.value)
    return Neg(expr)


def leading_name(expr: Expr) -> str:
    """The first name that a reader meets."""
    while True:
        if isinstance(expr, (Sym, Apply)):
            return expr.name
        if isinstance(expr, (Transpose, Neg)):
            expr = expr.arg
        elif isinstance(expr, (Mul, Had)):
            expr = expr.factors[0]
        elif isinstance(expr, Add):
            expr = expr.terms[0]
        elif isinstance(expr, (Pow, HadPow)):
            expr = expr.base
        elif isinstance(expr, Div):
            expr = expr.num
        elif isinstance(expr, Call) and expr.args:
            expr = expr.args[0]
        else:
            return ""


def transposes(expr: Expr) -> int:
    """How many transposes a reader of an expression meets, outside functions."""
    if isinstance(expr, Transpose):
        return 1 + transposes(expr.arg)
    if isinstance(expr, Add):
        return sum([transposes(term) for term in expr.terms])
    if isinstance(expr, (Mul, Had)):
        return sum([transposes(factor) for factor in expr.factors])
    if isinstance(expr, Neg):
        return transposes(expr.arg)
    return transposes(expr.base) if isinstance(expr, Pow) else 0
