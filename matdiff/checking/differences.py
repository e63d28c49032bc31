"""The answer against numerical differences of the expression: a second opinion that shares no rule with the
calculus.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.checking.numeric import Laboratory
from matdiff.errors import CalculusError, DataError
from matdiff.functions import TABLE
from matdiff.graph.nodes import Op, Var, walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.calculator import Answer
    from matdiff.checking.numeric import Point

Array = Any  # an array of NumPy, which is loaded only where it is needed
_STEP = 1e-4
_TOLERANCE = 1e-5
_POINTS = 12  # points that are tried


def check_by_differences(answer: Answer) -> str:
    """A note that says at how many random points the derivative agrees with differences.

    Raises CalculusError E309 where it does not, DataError E501 where nothing can be compared, OutputError E403 where
    NumPy is missing.
    """
    operator = answer.operator
    if (
        operator is None
        or len(operator.by) != 1
        or operator.by[0].index
        or answer.symbols[operator.by[0].name].structure
    ):
        raise DataError("E501", "--check compares first derivatives by a whole variable without structure")
    if answer.question.rules:
        raise DataError("E501", "--check has no numbers for a function that is known by its rule alone")
    name = operator.by[0].name
    laboratory = Laboratory(answer)
    with answer.graph.branch().in_force():
        value, derivative = laboratory.compiled(answer.value), laboratory.compiled(answer.derivative)
    if all(node.name != name for node in walk(answer.value) if isinstance(node, Var)):
        return f"checked: the expression does not depend on {name}"
    points = laboratory.points(7, definite=_needs_definite(answer))
    agreed = sum(_agrees(value, derivative, point, name) for point, _ in zip(points, range(_POINTS), strict=False))
    if not agreed:
        raise DataError("E501", "--check found no point at which the expression has a finite value")
    return f"checked against numerical differences at {agreed} random points"


def _needs_definite(answer: Answer) -> bool:
    """Is there a function that has real values for positive definite matrices only, as a root or a logarithm?"""
    rows = [TABLE.get(node.name) for node in walk(answer.value) if isinstance(node, Op)]
    return any("positive definite" in row.traits.needs for row in rows if row is not None)


def _agrees(value: Callable[[Point], Array], derivative: Callable[[Point], Array], point: Point, name: str) -> bool:
    """Whether the point says something; CalculusError where it contradicts the answer."""
    import numpy as np  # noqa: PLC0415 # loaded only where numbers are drawn

    with np.errstate(all="ignore"):
        got, want = np.asarray(derivative(point), float), _differences(value, point, name)
    if got.shape != want.shape or not (np.all(np.isfinite(got)) and np.all(np.isfinite(want))):
        return False
    scale = max(1.0, float(np.max(np.abs(want), initial=0.0)))
    if scale > 1e6:  # differences of so steep a function say nothing
        return False
    if np.max(np.abs(got - want), initial=0.0) > _TOLERANCE * scale:
        with np.errstate(all="ignore"):
            finer = _differences(value, point, name, _STEP / 3)
        if not np.max(np.abs(finer - want), initial=0.0) <= _TOLERANCE * scale:
            return False  # the differences of a kink, or of a function that is all rounding: they tell nothing
        raise CalculusError(
            "E309",
            "numerical differences contradict the answer: please report the question",
            hint="or the point is one where there is no derivative",
        )
    return True


def _differences(value: Callable[[Point], Array], point: Point, name: str, step: float = _STEP) -> Any:
    """Fourth-order central differences by every entry of the variable: axes of the value first."""
    import numpy as np  # noqa: PLC0415 # as above

    base = np.asarray(point.arrays[name], float)
    columns = []
    for place in np.ndindex(base.shape):
        total: Any = 0.0
        for shift, weight in ((-2, 1), (-1, -8), (1, 8), (2, -1)):
            moved = base.copy()
            moved[place] += shift * step
            total = total + weight * np.asarray(value(point._replace(arrays={**point.arrays, name: moved})), float)
        columns.append(total / (12 * step))
    stacked = np.stack(columns, axis=-1)
    return stacked.reshape(stacked.shape[:-1] + base.shape)
