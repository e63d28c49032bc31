"""Productions of column vectors."""

# ruff: noqa: ARG001 # all productions of a kind have one signature

from __future__ import annotations

import numpy as np

from oracle import duals, families, mathematics
from oracle import expressions as ex
from oracle.scalars import ANYWHERE, MORE_ANYWHERE, number


def variable(w, depth, n):
    return w.variable((n, 1))


def ones(w, depth, n):
    return ex.constant(f"ones({w.declared.said(n)})", (n, 1), lambda rows, columns: np.ones((rows, columns)))


def sum_of(w, depth, n):
    return ex.add(w.vector(n, depth), w.vector(n, depth))


def difference(w, depth, n):
    return ex.subtract(w.vector(n, depth), w.vector(n, depth))


def times_matrix(w, depth, n):
    m = w.size()
    return ex.multiply(w.matrix(n, m, depth), w.vector(m, depth))


def times_transposed(w, depth, n):
    m = w.size()
    return ex.multiply(ex.transpose(w.matrix(m, n, depth), w.pick(("^T", "'"))), w.vector(m, depth))


def times_scalar(w, depth, n):
    return (
        ex.multiply(w.scalar(depth), w.vector(n, depth))
        if w.chance(2)
        else ex.multiply(w.vector(n, depth), w.scalar(depth))
    )


def multiple(w, depth, n):
    return ex.multiply(number(w), w.vector(n, depth))


def over_scalar(w, depth, n):
    return ex.divide(w.vector(n, depth), w.positive(depth))


def negative(w, depth, n):
    return ex.negate(w.vector(n, depth))


def hadamard(w, depth, n):
    return ex.hadamard(w.vector(n, depth), w.vector(n, depth))


def hadamard_quotient(w, depth, n):
    return ex.hadamard_quotient(w.vector(n, depth), w.positive_vector(n, depth))


def hadamard_power(w, depth, n):
    k = w.pick((2, 3))
    return ex.hadamard_power(w.vector(n, depth), str(k), k)


def function(w, depth, n):
    return ex.elementwise(w.pick(ANYWHERE), w.vector(n, depth))


def function_of_positive(w, depth, n):
    return ex.elementwise(w.pick(("log", "sqrt")), w.positive_vector(n, depth))


def diagonal(w, depth, n):
    return ex.call("diag", duals.diagonal_vector, w.square(n, depth), (n, 1))


def solved(w, depth, n):
    return ex.multiply(ex.inverse(w.invertible(n, depth), w.pick(("^-1", "^{-1}", "inv"))), w.vector(n, depth))


LEAVES = (variable, variable, variable, ones)
CORE = (
    times_matrix, times_transposed, sum_of, difference, times_scalar, multiple, over_scalar, negative, hadamard, hadamard_quotient, hadamard_power,
    function, function_of_positive, diagonal, solved, times_matrix,
)  # fmt: skip


def exponential(w, depth, n):
    return ex.elementwise("exp", w.vector(n, depth - 1))


def one_plus_square(w, depth, n):
    return ex.add(ex.hadamard_power(w.vector(n, depth - 1), "2", 2), ones(w, 0, n))


def positive_function(w, depth, n):
    return ex.elementwise(w.pick(("sigmoid", "softplus", "cosh")), w.vector(n, depth - 1))


POSITIVE = (exponential, one_plus_square, positive_function)


def softmax(w, depth, n):
    return ex.call("softmax", mathematics.softmax, w.vector(n, depth))


def more_functions(w, depth, n):
    return ex.elementwise(w.pick(MORE_ANYWHERE), w.vector(n, depth))


def symbolic_power(w, depth, n):
    return ex.multiply(ex.symbolic_power(w.variable((n, n)), families.integer(w)), w.vector(n, depth))


def family_sum(w, depth, n):
    return families.vector_sum(w, depth, n)


def unknown(w, depth, n):
    return families.unknown(w, (n, 1), depth)


def unit(w, depth, n):
    return ex.constant("e_1", (n, 1), lambda rows, _: np.eye(rows)[:, :1])


MORE = (softmax, more_functions, symbolic_power, family_sum, unknown, unknown)
