"""MathML, made from the LaTeX form by latex2mathml."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Literal

from matdiff.errors import OutputError
from matdiff.errors.installing import how_to_install
from matdiff.writing import latex

if TYPE_CHECKING:
    from matdiff.formula.question import Operator
    from matdiff.formula.syntax import Expr


class Notation(latex.Notation):
    def text(self, tree: Expr) -> str:
        return converted(super().text(tree))

    def operator(self, operator: Operator) -> str:
        return converted(super().operator(operator))


def converted(formula: str, display: Literal["inline", "block"] = "inline") -> str:
    """LaTeX as MathML.  Raises OutputError (E403) where latex2mathml is missing."""
    try:
        from latex2mathml.converter import convert  # noqa: PLC0415 # an extra, loaded when MathML is asked for
    except ImportError:
        raise OutputError(
            "E403", "MathML needs the package latex2mathml", hint=how_to_install("latex2mathml", extra="mathml")
        ) from None
    return str(convert(formula, display=display))
