"""Markdown with mathematics: LaTeX between dollar signs."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.writing import latex

if TYPE_CHECKING:
    from matdiff.formula.question import Operator
    from matdiff.formula.syntax import Expr


class Notation(latex.Notation):
    def text(self, tree: Expr) -> str:
        return f"${super().text(tree)}$"

    def operator(self, operator: Operator) -> str:
        return f"${super().operator(operator)}$"
