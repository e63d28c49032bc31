"""Sizes as expressions."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from matdiff.formula.syntax import Expr, Mul, Num, Sym

if TYPE_CHECKING:
    from matdiff.graph.nodes import Size


def size_expr(size: Size) -> Expr:
    """A size as an expression."""
    if isinstance(size, int):
        return Num(Fraction(size))
    parts = size.split("*")
    if len(parts) == 1:
        return Sym(size)
    return Mul(tuple([Num(Fraction(int(part))) if part.isdigit() else Sym(part) for part in parts]))
