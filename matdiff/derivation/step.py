"""One step of a derivation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node
    from matdiff.reading.syntax import Expr


@dataclass(frozen=True)
class Formula:
    """A rule in general, left = right: d(U V) = dU V + U dV.  `condition` says where it holds ("" everywhere)."""

    left: Expr
    right: Expr
    condition: str = ""


@dataclass(frozen=True)
class Step:
    """What a rule makes of an expression: `before` = `after`, term for term.

    rule: its name ("product rule").  formula: the rule in general, where it has one.  left: what the derivation says `after` is equal to (df, ∂f/∂X).
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

    left, expression: what is named first, f = …; for a second derivative there is one such line and a list of steps for each order.
    differentials: the names that stand for changes (dX, and d itself).
    """

    stages: tuple[Stage, ...]
    differentials: frozenset[str]

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple([step for stage in self.stages for step in stage.steps])


@dataclass(frozen=True)
class Stage:
    """One order of a derivation: left = expression is given, and differentiated in `steps`."""

    left: Expr
    expression: Expr
    steps: tuple[Step, ...]
