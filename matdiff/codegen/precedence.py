"""Expressions of a language with how tightly they bind, and numbers as such."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.errors import OutputError

if TYPE_CHECKING:
    from matdiff.graph.nodes import Coefficient

SUM, PRODUCT, MATMUL, POWER, ATOM = range(5)
_EXACT = 2**53  # whole numbers below are floats


class Code(NamedTuple):
    """A Python expression and how tightly its outermost operator binds."""

    text: str
    level: int

    def at(self, level: int) -> str:
        """The text, in parentheses if it binds less tightly than `level`."""
        return self.text if self.level >= level else f"({self.text})"

    @property
    def factor(self) -> str:
        """The text as a factor of `*`: a product may stand there bare, but not a matrix product."""
        return self.text if self.level in {PRODUCT, POWER, ATOM} else f"({self.text})"


def decimal(value: Coefficient) -> str:
    """A number that makes an array one of floats."""
    text = number_code(value).text
    return f"{text}.0" if text.lstrip("-").isdigit() else text


def number_code(value: Coefficient) -> Code:
    """A number: an int, a decimal where that is exact and short, else a quotient; large ones as floats, which arrays
    of floats can take.
    """
    if not -_EXACT < value < _EXACT or value.denominator >= _EXACT:
        try:
            return Code(repr(float(value)), ATOM if value > 0 else SUM)
        except OverflowError:
            raise OutputError("E405", "a number in the answer is too large for floating point") from None
    if value.denominator == 1:
        return Code(str(value), ATOM if value >= 0 else SUM)
    decimal = repr(float(value))
    if len(decimal) < 8 and Fraction(decimal) == value:
        return Code(decimal, ATOM if value > 0 else SUM)
    return Code(f"{value.numerator} / {value.denominator}", PRODUCT if value > 0 else SUM)
