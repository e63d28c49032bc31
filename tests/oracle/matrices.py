"""Productions of matrices."""

# ruff: noqa: ARG001 # all productions of a kind have one signature

from __future__ import annotations

import numpy as np

from oracle import duals, families, mathematics
from oracle import expressions as ex
from oracle.scalars import ANYWHERE, MORE_ANYWHERE, number


def variable(w, depth, m, n):
    if w.chance(4):
        return ex.transpose(w.variable((n, m)), w.pick(("^T", "'")))
    return w.variable((m, n))


def ones(w, depth, m, n):
    return ex.constant(
        f"ones({w.declared.said(m)}, {w.declared.said(n)})", (m, n), lambda rows, columns: np.ones((rows, columns))
    )


def product(w, depth, m, n):
    k = w.size()
    return ex.multiply(w.matrix(m, k, depth), w.matrix(k, n, depth), w.pick((" ", " ", " * ")))


def sum_of(w, depth, m, n):
    return ex.add(w.matrix(m, n, depth), w.matrix(m, n, depth))


def difference(w, depth, m, n):
    return ex.subtract(w.matrix(m, n, depth), w.matrix(m, n, depth))


def transposed(w, depth, m, n):
    return ex.transpose(w.matrix(n, m, depth), w.pick(("^T", "'", "^{\\top}")))


def times_scalar(w, depth, m, n):
    return ex.multiply(w.scalar(depth), w.matrix(m, n, depth))


def multiple(w, depth, m, n):
    return ex.multiply(number(w), w.matrix(m, n, depth))


def over_scalar(w, depth, m, n):
    return ex.divide(w.matrix(m, n, depth), w.positive(depth))


def negative(w, depth, m, n):
    return ex.negate(w.matrix(m, n, depth))


def hadamard(w, depth, m, n):
    return ex.hadamard(w.matrix(m, n, depth), w.matrix(m, n, depth))


def hadamard_quotient(w, depth, m, n):
    positive = ex.elementwise(w.pick(("exp", "cosh", "sigmoid")), w.matrix(m, n, depth - 1))
    return ex.hadamard_quotient(w.matrix(m, n, depth), positive)


def hadamard_power(w, depth, m, n):
    k = w.pick((2, 3))
    return ex.hadamard_power(w.matrix(m, n, depth), str(k), k)


def function(w, depth, m, n):
    return ex.elementwise(w.pick(ANYWHERE), w.matrix(m, n, depth))


def outer(w, depth, m, n):
    return ex.multiply(w.vector(m, depth), ex.transpose(w.vector(n, depth)))


def diagonal_times(w, depth, m, n):
    return ex.multiply(diagonal(w, depth, m, m), w.matrix(m, n, depth))


def diagonal(w, depth, n, _):
    return ex.call("diag", duals.diagonal_matrix, w.vector(n, depth), (n, n))


def identity(w, depth, n, _):
    return ex.constant(w.pick(("I", f"eye({w.declared.said(n)})")), (n, n), lambda rows, _: np.eye(rows))


def inverse(w, depth, n, _):
    return ex.inverse(w.invertible(n, depth), w.pick(("^-1", "^{-1}", "inv")))


def inverse_transpose(w, depth, n, _):
    return ex.inverse_transpose(w.invertible(n, depth))


def power(w, depth, n, _):
    k = w.pick((2, 3))
    return ex.matrix_power(w.square(n, depth), str(k), k)


def shifted(w, depth, n, _):
    return ex.add(w.square(n, depth), identity(w, depth, n, n))


LEAVES = (variable, variable, variable, variable)
CORE = (
    product, product, sum_of, difference, transposed, times_scalar, multiple, over_scalar, negative, hadamard, hadamard_quotient, hadamard_power, function,
    outer, diagonal_times,
)  # fmt: skip
SQUARE = (inverse, inverse_transpose, power, shifted, diagonal, inverse)


def gram_plus_one(w, depth, n):
    a = w.matrix(n, w.size(), depth - 1)
    return ex.add(ex.multiply(a, ex.transpose(a)), identity(w, 0, n, n))


def outer_plus_one(w, depth, n):
    x = w.vector(n, depth - 1)
    return ex.add(identity(w, 0, n, n), ex.multiply(x, ex.transpose(x)))


def positive_diagonal(w, depth, n):
    return ex.call("diag", duals.diagonal_matrix, w.positive_vector(n, depth), (n, n))


def plain_square(w, depth, n):
    return w.variable((n, n))


SPD = (gram_plus_one, outer_plus_one, positive_diagonal)
INVERTIBLE = (plain_square, plain_square, gram_plus_one, outer_plus_one, lambda w, _, n: product(w, 0, n, n))


def more_functions(w, depth, m, n):
    return ex.elementwise(w.pick(MORE_ANYWHERE), w.matrix(m, n, depth))


def outer_function(w, depth, m, n):
    a, b = w.vector(m, depth), w.vector(n, depth)
    return ex.binary(
        f"outer({a.text}, {b.text})", ex.ATOM, (m, n), lambda x, y: duals.matmul(x, duals.transpose(y)), a, b
    )


def pseudoinverse(w, depth, m, n):
    return ex.call("pinv", mathematics.pinv, w.variable((n, m)), (m, n))


def unknown(w, depth, m, n):
    return families.unknown(w, (m, n), depth)


def family_sum(w, depth, m, n):
    return families.matrix_sum(w, depth, m, n)


def matrix_function(w, depth, n, _):
    name, operation = w.pick((("sqrtm", mathematics.sqrtm), ("logm", mathematics.logm), ("expm", mathematics.expm)))
    a = w.spd(n, 0) if name != "expm" else ex.multiply(ex.number("1/2", 0.5), w.variable((n, n)))
    return ex.call(name, operation, a)


def symmetric_part(w, depth, n, _):
    name, sign = w.pick((("symm", 1.0), ("skew", -1.0)))
    operation = lambda value: duals.scale(0.5, duals.add(value, duals.scale(sign, duals.transpose(value))))  # noqa: E731 # closes over the sign
    return ex.call(name, operation, w.square(n, depth))


def adjugate(w, depth, n, _):
    return ex.call(
        "adj", lambda value: duals.multiply(duals.determinant(value), duals.inverse(value)), w.invertible(n, depth)
    )


def symbolic_power(w, depth, n, _):
    return ex.symbolic_power(w.variable((n, n)), families.integer(w))


MORE = (more_functions, outer_function, unknown, family_sum, pseudoinverse, unknown)
SQUARE_MORE = (*SQUARE, matrix_function, symmetric_part, adjugate, symbolic_power, inverse, power)
