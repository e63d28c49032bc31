"""What a notation is told beside the formula."""

from __future__ import annotations

from matdiff.lean.types import MappingProxyType
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matdiff.formula.question import Symbol
    from matdiff.formula.syntax import Size


class Style(NamedTuple):
    r"""bold     names to set in bold type, as many books set vectors and matrices (LaTeX, Typst and what is made from
                 them)
    symbols  what the names stand for: SymPy tells x^T y from X^T Y by it
    shape    of the whole formula, where it is known: SymPy needs the size of a bare I
    spelled  names as an author spells them in LaTeX: X as \bm{X}
    embolden the author's command for bold type: \bm, \mathbf
    turned   the author's mark of a transpose: ^\top, ^{\mathsf T}, ', .T
    changes  names (without their subscripts) that stand for a change, and for the change of what: dX of X, d itself of
             nothing
    """

    bold: frozenset[str] = frozenset()
    symbols: Mapping[str, Symbol] = MappingProxyType({})
    shape: tuple[Size, ...] | None = None
    spelled: Mapping[str, str] = MappingProxyType({})
    embolden: str = ""
    turned: str = ""
    changes: Mapping[str, str] = MappingProxyType({})


PLAIN = Style()
