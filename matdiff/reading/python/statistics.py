"""Differences, covariances, correlations and sums of products in Python lines."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.reading.python import arrays
from matdiff.reading.python.arguments import refuse
from matdiff.reading.python.arrays import Array, number
from matdiff.reading.python.indexing import Step, indexed, span_of_axis
from matdiff.reading.python.reductions import count, mean_of
from matdiff.reading.python.stacking import stacked
from matdiff.reading.python.values import Other

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.reading.python.arguments import Arguments

_MOST_DIFFERENCES = 4


def difference(call: Arguments) -> Array:
    """np.diff(x, n, axis): each entry less the one before it, n times."""
    array, times = call.array("a", "input"), call.number("n", default=1, positional=True)
    axes = call.axis(array.order)
    axis = array.order - 1 if axes is None else axes[0]
    if not array.order or not 1 <= times <= _MOST_DIFFERENCES:
        raise refuse(call, "of this array")
    for _ in range(times):
        keep = [Step("all")] * array.order
        sides = []
        for ends in ((1, None), (None, -1)):
            step = span_of_axis(ends[0], ends[1], array.axes[axis], call.span)
            sides.append(indexed(array, [*keep[:axis], step, *keep[axis + 1 :]], call.span))
        array = arrays.subtract(*sides)
    return array


def _observed(call: Arguments) -> Array:
    """Variables in rows, observations in columns: a matrix, or two vectors."""
    array, other = call.array("m", "x", "input"), call.take("y")
    by_rows = call.flag("rowvar", default=True, positional=True)
    if other is not None and not (isinstance(other, Other) and other.value is None):
        return stacked(call, [array, call.evaluation.array(other)])
    return array if by_rows or array.order < arrays.MOST_AXES else arrays.transpose(array)


def _centred(call: Arguments, array: Array) -> Array:
    return arrays.subtract(array, mean_of(array, (array.order - 1,), call.span, keep=True))


def covariance(call: Arguments) -> Array:
    """np.cov of variables in rows (rowvar=False: in columns), over the number of observations less one."""
    array = _observed(call)
    less = 0 if call.flag("bias") else 1
    less = call.number("ddof", "correction", default=less)
    if not array.order:
        raise refuse(call, "of a number")
    centred = _centred(call, array)
    many = count(array, (array.order - 1,), call.span)
    below = arrays.subtract(many, number(less, call.span)) if less else many
    return arrays.divide(arrays.matmul(centred, arrays.transpose(centred), call.span), below)


def correlation(call: Arguments) -> Array:
    """np.corrcoef: the products of rows that are centred and of length one."""
    array = _observed(call)
    if array.order != arrays.MOST_AXES:
        raise refuse(call, "of one variable")
    centred = _centred(call, array)
    lengths = call.evaluation.defined("lambda x: norm(x, 2, 1)[:, None]", [centred], {}, call.span)
    scaled = arrays.divide(centred, call.evaluation.array(lengths))
    return arrays.matmul(scaled, arrays.transpose(scaled), call.span)


HANDLERS: dict[str, Callable[[Arguments], Array]] = {
    "diff": difference,
    "cov": covariance,
    "corrcoef": correlation,
}
