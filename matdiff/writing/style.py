"""How a reader wants formulas to look, where a notation leaves the choice."""

from __future__ import annotations

from typing import NamedTuple


class Style(NamedTuple):
    """bold: names to set in bold type, as many books set vectors and matrices (LaTeX, Typst and what is made from them)."""

    bold: frozenset[str] = frozenset()


PLAIN = Style()
