"""Rules in general, as formulas of the language with a d of their own."""

from __future__ import annotations

from functools import lru_cache
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.derivation.step import Formula
from matdiff.reading.reader import read_expression

if TYPE_CHECKING:
    from matdiff.formula.syntax import Expr

NAMES = tuple("A B C U V X Y G a b c k u v x dA dU dV dX da dc du df dv dx x_i".split())  # noqa: SIM905 # a list would take a line for each
FUNCTIONS = {"d": ("U",), "f": ("x",)}


@lru_cache(maxsize=256)
def formula(left: str, right: str, condition: str = "") -> Formula:
    """Left = right, both in the input language; d(…) is the differential there."""
    return Formula(_read(left), _read(right), condition)


@lru_cache(maxsize=512)
def _read(text: str) -> Expr:
    return read_expression(text, NAMES, FUNCTIONS)
