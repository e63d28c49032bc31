"""Constraints for SciPy: bounds as bounds, affine ones by their matrix, others by their values and Jacobians."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.calculus.differential import differential
from matdiff.errors import CalculusError
from matdiff.graph.nodes import Var
from matdiff.graph.sums import depends
from matdiff.problems.code import Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matdiff.graph.nodes import Node
    from matdiff.problems.minimize import Task
    from matdiff.problems.problem import Problem


def parts(problem: Problem, moved: Mapping[Node, Node]) -> list[Part]:
    """rules(unknowns..., ...): the left sides of all constraints; slopes(unknowns..., directions..., ...): their
    changes.  Raises CalculusError E301 for a constraint that SciPy doesn't take.
    """
    if any(one.relation == ">>" for one in problem.constraints):
        raise CalculusError(
            "E301", "minimize doesn't take X >> 0", hint="take X = L L^T, with L for the unknown, or ask for the dual"
        )
    nodes = [one.node for one in problem.constraints]
    if not nodes:
        return []
    first = list(problem.unknowns)
    both = [*first, *[node for node in moved.values() if isinstance(node, Var)]]
    changes = [differential(node, dict(moved)) for node in nodes]
    return [
        Part("rules", nodes, first, "list", "The left sides of the constraints."),
        Part("slopes", changes, both, "list", "Their changes."),
    ]


def constant_slopes(problem: Problem, moved: Mapping[Node, Node]) -> list[bool]:
    """For each constraint, whether it is affine in the unknowns."""
    return [
        not any(depends(differential(one.node, dict(moved)), unknown) for unknown in problem.unknowns)
        for one in problem.constraints
    ]


def for_scipy(task: Task, affine: list[bool]) -> list[Any]:
    """The constraints as SciPy's objects."""
    import numpy as np  # noqa: PLC0415 # loaded where there is data
    from scipy import optimize  # noqa: PLC0415 # as above

    start = task.start()
    values = [np.ravel(part) for part in task.call("rules", start)]
    made = []
    for k, one in enumerate(task.answer.problem.constraints):
        high = 0.0 if one.relation == "=" else np.inf

        def value(flat: Any, k: int = k) -> Any:
            return np.ravel(task.call("rules", flat)[k])

        def slope(flat: Any, k: int = k, rows: int = len(values[k])) -> Any:
            columns = [
                np.broadcast_to(np.ravel(task.moved("slopes", flat, unit)[k]), (rows,)) for unit in np.eye(len(flat))
            ]
            return np.stack(columns, axis=1)

        if affine[k]:
            made.append(optimize.LinearConstraint(slope(start), -values[k], high - values[k] if high == 0 else np.inf))
        else:
            made.append(optimize.NonlinearConstraint(value, 0.0, high, jac=slope))
    return made
