"""Entrywise products and quotients of words: A ∘ B, x ./ y, x.^2, the triangle of a matrix."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import NamedTuple

from matdiff.formula.syntax import Add, Call, Expr, Had, HadDiv, HadPow, Neg, Num
from matdiff.functions import names as fn
from matdiff.notation.chains import Word, spelled, turned

TRIANGLES = frozenset({fn.LOWER_TRIANGLE, fn.UPPER_TRIANGLE})


class Entry(NamedTuple):
    """A factor of an entrywise product: a word to a power."""

    word: Word
    exponent: Fraction | Expr = Fraction(1)

    def turned(self) -> Entry:
        return Entry(turned(self.word), self.exponent)


def entrywise(entries: list[Entry], ones: Expr) -> Expr:
    """The product of entries, entry by entry; `ones` stands where there is nothing above a fraction line."""
    merged: list[tuple[Expr, Fraction | Expr]] = []
    for entry in entries:
        parts = spelled(entry.word)
        factors = parts.factors if isinstance(parts, Had) and entry.exponent == 1 else (parts,)
        for expr in factors:
            if isinstance(expr, HadPow) and entry.exponent == 1:
                power = expr.exponent
                _merge(merged, expr.base, power.value if isinstance(power, Num) else power)
            else:
                _merge(merged, expr, entry.exponent)
    merged.sort(key=lambda factor: not isinstance(factor[1], Fraction))
    above = [_powered(expr, e) for expr, e in merged if not isinstance(e, Fraction) or e > 0]
    below = [_powered(expr, -e) for expr, e in merged if isinstance(e, Fraction) and e < 0]
    top = _triangle(above) if above else ones
    return HadDiv(top, _joined(below)) if below else top


def _triangle(factors: list[Expr]) -> Expr:
    """A product in which a triangle of ones stands is the triangle of the rest."""
    masks = [
        expr for expr in factors if isinstance(expr, Call) and expr.function in TRIANGLES and is_ones(expr.args[0])
    ]
    rest = [expr for expr in factors if expr not in masks]
    if not masks or not rest:
        return _joined(factors)
    inner = _joined(rest)
    for mask in masks:
        inner = Call(mask.function, (inner,))
    return inner


def _joined(factors: list[Expr]) -> Expr:
    return factors[0] if len(factors) == 1 else Had(tuple(factors))


def _merge(merged: list[tuple[Expr, Fraction | Expr]], expr: Expr, exponent: Fraction | Expr) -> None:
    for k, (known, before) in enumerate(merged):
        if known != expr:
            continue
        if isinstance(before, Fraction) and isinstance(exponent, Fraction):
            merged[k] = (known, before + exponent)
            return
        if isinstance(before, Fraction) != isinstance(exponent, Fraction):  # x.^a ./ x is x.^(a - 1)
            number, other = (before, exponent) if isinstance(before, Fraction) else (exponent, before)
            merged[k] = (known, Add((other, Num(number) if number > 0 else Neg(Num(-number)))))  # type: ignore[arg-type, operator] # one is a number
            return
    merged.append((expr, exponent))


def _powered(expr: Expr, exponent: Fraction | Expr) -> Expr:
    if exponent == 1:
        return expr
    if exponent == Fraction(1, 2):
        return Call(fn.SQRT, (expr,))
    return HadPow(expr, Num(exponent) if isinstance(exponent, Fraction) else exponent)


def is_ones(expr: Expr) -> bool:
    """Is it a vector or matrix of ones?"""
    return isinstance(expr, Call) and expr.function == fn.ONES
