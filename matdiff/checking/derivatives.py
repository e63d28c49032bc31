"""The right answer as a laid-out tensor, in the convention asked for and in the others that people use."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculator import LAYOUTS
from matdiff.calculus.variables import derive, value_part
from matdiff.formula.question import Typed
from matdiff.notation.layout import Laid, lay_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matdiff.calculator import Answer
    from matdiff.calculus.variables import Variable
    from matdiff.graph.nodes import Node

_STRUCTURED = {"symmetric", "spd"}
FORMULAS = {"project": "(G + G^T)/2", "entries": "G + G^T - G .* I"}


class Convention(NamedTuple):
    """The derivative in another convention, and how to say that a claim follows it."""

    laid: Laid
    layout: str
    hint: str


class Derivatives:
    """One question's derivative, laid out in every way."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.typed = Typed(answer.operator, answer.expression, answer.symbols)
        self.variables: tuple[Variable, ...] = answer.variables

    def laid(self, layout: str, node: Node | None = None) -> Laid:
        """The derivative, or another tensor with its indices, in a layout."""
        parts = tuple([variable.part for variable in self.variables])
        transposed = tuple([variable.transposed for variable in self.variables])
        return lay_out(
            node or self.answer.derivative, value_part(self.typed), parts, transposed=transposed, layout=layout
        )

    @property
    def family(self) -> tuple[str, ...]:
        """The indices of a family that the derivative still has."""
        return tuple([index for variable in self.variables if variable.part.family for index in variable.by.index])

    @property
    def asked(self) -> Laid:
        return self.laid(self.answer.layout)

    def others(self) -> Iterator[Convention]:
        """The derivative in the conventions that were not asked for."""
        for layout in LAYOUTS:
            if layout != self.answer.layout:
                yield Convention(
                    self.laid(layout),
                    layout,
                    f"this is the answer in {layout} layout: add --layout {layout}, or transpose it",
                )
        if self.symmetric:
            yield from self._symmetric()

    def _symmetric(self) -> Iterator[Convention]:
        """By a symmetric matrix: (G + Gᵀ)/2 or G + Gᵀ − G∘I, whichever was not asked for."""
        other = "entries" if self.answer.question.symmetric != "entries" else "project"
        turned = derive(self.answer.value, self.variables, other)
        told = (
            f"this is {FORMULAS[other]}, the other convention for a symmetric {self.symmetric}: add --symmetric {other}"
        )
        yield Convention(self.laid(self.answer.layout, turned), self.answer.layout, told)

    @property
    def symmetric(self) -> str:
        """The symmetric matrix that is differentiated by, where there is just one variable; else ""."""
        names = [
            variable.symbol.name
            for variable in self.variables
            if variable.symbol.structure in _STRUCTURED and not variable.entry
        ]
        return names[0] if len(self.variables) == 1 and names else ""
