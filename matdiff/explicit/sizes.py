"""Sizes as numbers: every size that the question leaves open is the same N."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import OutputError
from matdiff.reading.size_text import parse
from matdiff.reading.sizes import Polynomial

if TYPE_CHECKING:
    from matdiff.formula.syntax import Size


def size_number(size: Size, n: int) -> int:
    """The number that a size stands for where each size symbol is `n`.  Raises OutputError E411 where that is none."""
    if isinstance(size, int):
        return size
    try:
        term = parse(size)
    except ValueError:
        raise OutputError("E411", f"the size {size} is not known, so there are no entries to write") from None
    if isinstance(term, int):
        return term
    if not isinstance(term, Polynomial):
        return n
    value = sum((Fraction(c) * n ** len(atoms) for atoms, c in term.monomials.items()), Fraction(0))
    if value.denominator != 1 or value < 1:
        raise OutputError("E411", f"the size {size} is {value} for {n}: choose another number")
    return int(value)
