"""One step of a derivation."""

from __future__ import annotations

from dataclasses import dataclass
from matdiff.lean.typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from matdiff.formula.syntax import Expr
    from matdiff.graph.graph import Graph
    from matdiff.graph.nodes import Node


@dataclass(frozen=True)
class Formula:
    """A rule in general, left = right: d(U V) = dU V + U dV.  `condition` says where it holds ("" everywhere)."""

    left: Expr
    right: Expr
    condition: str = ""


@dataclass(frozen=True)
class Step:
    """What a rule makes of an expression: `before` = `after`, term for term.

    rule: its name ("product rule").  formula: the rule in general, where it has one.  left: what the derivation says
    `after` is equal to (df, ∂f/∂X).
    before_node, after_node: the same two as tensor graphs; that they are equal is what makes the step true.
    """

    rule: str
    left: Expr
    before: Expr
    after: Expr
    before_node: Node
    after_node: Node
    formula: Formula | None = None


@dataclass(frozen=True)
class Derivation:
    """The steps from an expression to its derivative, and what the steps are written with.

    left, expression: what is named first, f = …; for a second derivative there is one such line and a list of steps for
    each order.
    changes: the names (without subscripts) that stand for changes, and for the change of what: dX of X, d itself of
    nothing.
    graph: the tensor graph of the steps' nodes.
    """

    stages: tuple[Stage, ...]
    changes: Mapping[str, str]
    graph: Graph

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple([step for stage in self.stages for step in stage.steps])

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __str__(self) -> str:
        return self.write("unicode")

    def _repr_markdown_(self) -> str:
        """What a notebook shows: the steps as a list, in mathematics."""
        return self.write("markdown")

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002 # IPython's signature
        printer.text(str(self))

    def write(self, notation: str = "unicode") -> str:
        """The steps over several lines, in unicode, ascii, latex (align*), markdown or typst.  Raises OutputError E402
        for another notation.
        """
        from matdiff.derivation.writing import write_steps  # noqa: PLC0415 # it needs this module's classes

        return write_steps(self, notation)

    def objects(self) -> list[dict[str, str]]:
        """The steps for JSON: rule, formula, condition, left, before and after, formulas in the input language."""
        from matdiff.derivation.writing import step_objects  # noqa: PLC0415 # as in write()

        return step_objects(self)


@dataclass(frozen=True)
class Stage:
    """One order of a derivation: left = expression is given, and differentiated in `steps`."""

    left: Expr
    expression: Expr
    steps: tuple[Step, ...]
