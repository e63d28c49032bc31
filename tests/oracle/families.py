"""Integers, indexed sums over families, and unknown functions, as they are declared while an expression is drawn."""

# ruff: noqa: ARG001 # all productions of a kind have one signature

from __future__ import annotations

from zlib import crc32

import numpy as np

from oracle import duals, mathematics
from oracle import expressions as ex
from oracle.declared import DIMENSIONS, Name

_INTEGER = "k"
_COUNT = "N"


def integer(w):
    """The name of a symbolic integer."""
    if _INTEGER not in w.declared.names:
        w.declared.add(_INTEGER, Name(ex.SCALAR, integer=w.pick((3, 2, 4))))
    return _INTEGER


def member(w, kind, n, index="i"):
    """A member of a family of scalars or vectors."""
    name = {"scalar": "o", "weight": "lambda", "vector": "d"}[kind] + "_" + index
    shape = (n, 1) if kind == "vector" else ex.SCALAR
    told = w.declared.names.get(name)
    if told is None:
        w.declared.add(name, Name(shape, family=index))
    elif told.shape != shape:
        return None
    return ex.member(name, index, shape)


def _body(w, depth, n, index):
    """Something of the i-th member, a scalar."""
    x = member(w, "vector", n, index)
    if x is None:
        return member(w, "scalar", n, index)
    inner = ex.multiply(ex.transpose(w.variable((n, 1))), x)
    residual = ex.subtract(member(w, "scalar", n, index), inner)
    return w.pick((
        lambda: ex.scalar_power(residual, "2", 2),
        lambda: ex.multiply(member(w, "weight", n, index), inner),
        lambda: ex.elementwise("log", ex.add(ex.number("1", 1), ex.elementwise("exp", ex.negate(ex.multiply(member(w, "scalar", n, index), inner))))),
        lambda: ex.elementwise("sigmoid", residual),
        lambda: ex.multiply(ex.multiply(ex.transpose(x), w.matrix(n, n, 0)), x),
    ))()  # fmt: skip


def scalar_sum(w, depth):
    return ex.indexed_sum("i", _COUNT, _body(w, depth, w.size(), "i"))


def vector_sum(w, depth, n):
    x = member(w, "vector", n)
    if x is None:
        return w.variable((n, 1))
    return ex.indexed_sum("i", _COUNT, ex.multiply(_body(w, depth, n, "i"), x))


def matrix_sum(w, depth, m, n):
    x = member(w, "vector", m)
    if x is None or m != n:
        return w.variable((m, n))
    body = ex.multiply(ex.multiply(member(w, "weight", m), x), ex.transpose(x))
    return ex.indexed_sum("i", _COUNT, body)


class Unknown:
    """A smooth instance of an unknown function: quadratic and trigonometric in the entries of its arguments."""

    def __init__(self, name, shape, arguments, argument_shapes):
        self.name, self.shape, self.arguments = name, shape, arguments
        rows, columns = [DIMENSIONS.get(size, size) for size in shape]
        lengths = [DIMENSIONS.get(m, m) * DIMENSIONS.get(n, n) for m, n in argument_shapes]
        rng = np.random.default_rng(crc32(name.encode()))
        self.sizes = (rows, columns)
        start = rng.standard_normal((rows, columns)) + (2 * np.eye(rows) if rows == columns else 0)
        self.constant = np.reshape(start.T, (-1, 1))
        self.waves, self.linear = (
            [rng.standard_normal((rows * columns, size)) * 0.4 for size in lengths] for _ in range(2)
        )

    def instance(self, *values):
        """The value, of the function's shape; values as the oracle's."""
        stacked = [duals.stack_columns(value) for value in values]
        slopes = [duals.matmul(matrix, value) for matrix, value in zip(self.linear, stacked, strict=True)]
        whole, product = self.constant, None
        for matrix, value, slope in zip(self.waves, stacked, slopes, strict=True):
            product = slope if product is None else duals.multiply(product, slope)
            whole = duals.add(
                whole,
                duals.add(mathematics.sin(duals.matmul(matrix, value)), duals.scale(0.2, duals.multiply(slope, slope))),
            )
        whole = duals.add(whole, duals.scale(0.5, product))
        rows, columns = self.sizes
        return duals.linear(lambda array: np.swapaxes(array.reshape((*array.shape[:-2], columns, rows)), -1, -2), whole)

    def derivative(self, positions, *values):
        """Axes: rows and columns of the value, then of each argument of `positions`."""
        point = {str(k): value for k, value in enumerate(values)}
        return duals.derivative(
            lambda scope: self.instance(*[scope[str(k)] for k in range(len(values))]),
            point,
            [str(k) for k in positions],
        )


def unknown(w, shape, depth):
    """An unknown function of the variables differentiated by, now and then of something composed."""
    pool = {1: ("f", "phi", "psi"), 2: ("u", "v_0", "eta"), 3: ("K", "U", "V")}[
        1 if shape == ex.SCALAR else 2 if shape[1] == 1 else 3
    ]
    name = next((name for name in pool if name not in w.declared.names or w.declared.shape(name) == shape), None)
    arguments = w.favoured[: w.pick((1, 2))] if w.favoured else (w.declared.new((w.size(), 1)),)
    if name is None or any(w.declared.names[argument].structure for argument in arguments):
        return w.variable(shape)
    told = w.declared.names.get(name)
    if told is None:
        shapes = [w.declared.shape(argument) for argument in arguments]
        w.declared.add(name, Name(shape, function=Unknown(name, shape, arguments, shapes)))
        told = w.declared.names[name]
    function = told.function
    parts = [w.expression(argument) for argument in function.arguments]
    if len(parts) == 1 and w.chance(4):
        argument = parts[0]
        parts = [ex.elementwise("sin", argument) if w.chance(2) else ex.multiply(ex.number("2", 2), argument)]
    return ex.applied(function, parts)
