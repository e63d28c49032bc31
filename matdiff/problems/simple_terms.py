"""Terms without a derivative everywhere whose minimiser is known: soft thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node
    from matdiff.problems.curvature import Shape
    from matdiff.problems.outcome import Outcome
    from matdiff.problems.problem import Problem


def nonsmooth(_problem: Problem, _equations: list[Node], _shape: Shape | None) -> Outcome | None:
    """The minimiser where the objective has a norm among its terms; None where there is none."""
    return None
