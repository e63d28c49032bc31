"""A picture of the formula as SVG, drawn from the LaTeX form by ziamath (fonts inside, no TeX needed)."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import OutputError
from matdiff.errors.installing import how_to_install
from matdiff.writing import latex

if TYPE_CHECKING:
    from matdiff.formula.question import Operator
    from matdiff.formula.syntax import Expr


class Notation(latex.Notation):
    def text(self, tree: Expr) -> str:
        return _drawn(super().text(tree))

    def operator(self, operator: Operator) -> str:
        return _drawn(super().operator(operator))


def _drawn(formula: str) -> str:
    """The picture on one line."""
    try:
        from ziamath.zmath import Latex  # noqa: PLC0415 # an extra, loaded when a picture is asked for
    except ImportError:
        raise OutputError(
            "E403", "SVG needs the package ziamath", hint=how_to_install("ziamath", extra="svg")
        ) from None
    try:
        return " ".join(str(Latex(formula).svg()).split())
    except (
        ValueError,
        KeyError,
        IndexError,
        AttributeError,
    ) as error:  # what ziamath raises for LaTeX that it does not know
        raise OutputError(
            "E402", f"ziamath cannot draw this formula ({type(error).__name__})", hint="--to latex prints it"
        ) from error
