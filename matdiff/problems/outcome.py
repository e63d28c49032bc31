"""What becomes of a question: a solution with its conditions and kind, or an honest end."""

from __future__ import annotations

from dataclasses import dataclass, field
from matdiff.lean.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node, Var
    from matdiff.problems.levels import Level
    from matdiff.problems.linear import Condition

# status: (code of the error where it is one, exit status)
STATUSES: dict[str, tuple[str, int]] = {
    "solved": ("", 0),
    "conditional": ("", 0),
    "every point": ("", 0),
    "no closed form": ("E360", 3),
    "no stationary point": ("E361", 1),
    "no solution": ("E362", 1),
    "singular": ("E363", 1),
    "unbounded": ("E364", 1),
    "infeasible": ("E365", 1),
    "not convex": ("E366", 1),
    "undecided": ("E367", 3),
}


@dataclass
class Solution:
    """One solution: for each unknown what it is, with the unknowns listed before it, and without any."""

    shown: dict[Var, Node]
    whole: dict[Var, Node]


@dataclass
class Outcome:
    """The end of `solve`.

    equations: what must be zero.  solutions: the best first.  kind: "minimum", "maximum", "saddle", "stationary", or
    "" for an equation.  smooth: whether the equations vanish at the solution.  why: the reason of an end that is no
    solution, or the rule that proves the kind.  level: the number that the condition of a conditional one decides.
    others: notes with the formulas of other customary forms.
    """

    status: str
    equations: list[Node] = field(default_factory=list)
    solutions: list[Solution] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    kind: str = ""
    everywhere: bool = False
    unique: bool = False
    why: str = ""
    rules: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    smooth: bool = True
    level: Level | None = None
    others: list[Condition] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not STATUSES[self.status][0]
