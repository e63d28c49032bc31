"""What a notation is told beside the formula."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matdiff.reading.syntax import Shape, Symbol


class Style(NamedTuple):
    """bold     names to set in bold type, as many books set vectors and matrices (LaTeX, Typst and what is made from them)
    symbols  what the names stand for: SymPy tells x^T y from X^T Y by it
    shape    of the whole formula, where it is known: SymPy needs the size of a bare I
    """

    bold: frozenset[str] = frozenset()
    symbols: Mapping[str, Symbol] = MappingProxyType({})
    shape: Shape | None = None


PLAIN = Style()
