"""From the variable that a question is about to something of the shape that is needed, so that most expressions depend
on it.
"""

from __future__ import annotations

import numpy as np

from oracle import duals, mathematics
from oracle import expressions as ex


def bridge(w, variable, shape):
    """An expression of `shape` in `variable`."""
    kind = "scalar" if variable.shape == ex.SCALAR else "vector" if variable.shape[1] == 1 else "matrix"
    if shape == ex.SCALAR:
        return _to_scalar(w, variable, kind)
    if shape[1] == 1:
        return _to_vector(w, variable, kind, shape[0])
    return _to_matrix(w, variable, kind, shape)


def _to_scalar(w, a, kind):
    if kind == "scalar":
        return a
    if kind == "vector":
        return w.pick((
            lambda: ex.multiply(ex.transpose(a), w.variable(a.shape)),
            lambda: ex.call("sum", duals.entries_sum, a, ex.SCALAR),
            lambda: ex.scalar_power(ex.norm(a, "", mathematics.frobenius), "2", 2),
            lambda: ex.multiply(ex.multiply(ex.transpose(a), w.variable((a.shape[0], a.shape[0]))), a),
        ))()  # fmt: skip
    m, n = a.shape
    return w.pick((
        lambda: ex.call("tr", duals.trace, ex.multiply(a, w.variable((n, m))), ex.SCALAR),
        lambda: ex.multiply(ex.multiply(ex.transpose(w.variable((m, 1))), a), w.variable((n, 1))),
        lambda: ex.call("sum", duals.entries_sum, a, ex.SCALAR),
        lambda: ex.call("tr", duals.trace, ex.multiply(ex.transpose(a), a), ex.SCALAR),
    ))()  # fmt: skip


def _to_vector(w, a, kind, n):
    if kind == "scalar":
        return ex.multiply(a, w.variable((n, 1)))
    if kind == "vector":
        return ex.multiply(w.variable((n, a.shape[0])), a) if a.shape[0] != n else a
    if a.shape[0] == n:
        return ex.multiply(a, w.variable((a.shape[1], 1)))
    if a.shape[1] == n:
        return ex.multiply(ex.transpose(a), w.variable((a.shape[0], 1)))
    return ex.multiply(w.variable((n, a.shape[0])), ex.multiply(a, w.variable((a.shape[1], 1))))


def _to_matrix(w, a, kind, shape):
    if kind == "scalar":
        return ex.multiply(a, w.variable(shape))
    if kind == "vector":
        if shape == (a.shape[0], a.shape[0]) and w.chance(2):
            return ex.call("diag", duals.diagonal_matrix, a, shape)
        if a.shape[0] == shape[1] and a.shape[0] != shape[0]:
            return ex.multiply(w.variable((shape[0], 1)), ex.transpose(a))
        left = a if a.shape[0] == shape[0] else ex.multiply(w.variable((shape[0], a.shape[0])), a)
        return ex.multiply(left, ex.transpose(w.variable((shape[1], 1))))
    if a.shape[::-1] == shape:
        return ex.transpose(a)
    if a.shape[0] == shape[0]:
        return ex.multiply(a, w.variable((a.shape[1], shape[1])))
    if a.shape[1] == shape[1]:
        return ex.multiply(w.variable((shape[0], a.shape[0])), a)
    return ex.multiply(_outer(a, shape), w.variable(shape))


def _outer(a, shape):
    """A scalar in front of a matrix, where the sizes have nothing in common."""
    assert a.shape != shape
    ones = ex.constant("2", ex.SCALAR, lambda *_: np.full((1, 1), 2.0))
    return ex.multiply(ones, ex.call("sum", duals.entries_sum, a, ex.SCALAR))
