"""Functions of numbers and of matrices over the values of `duals`: each from the definition, by other formulas than
the program's own.
"""

from __future__ import annotations

import math

import numpy as np

from oracle.duals import (
    OutsideDomain,
    add,
    determinant,
    elementwise,
    entries_sum,
    inverse,
    linear,
    matmul,
    multiply,
    plain,
    scale,
    subtract,
    trace,
    transpose,
)

KINK = 1e-3


def exp(a):
    return elementwise(np.exp, exp, a)


def reciprocal(a):
    if np.min(np.abs(plain(a))) < 0.02:
        raise OutsideDomain("a quotient by nearly zero")
    return elementwise(lambda array: 1 / array, lambda array: scale(-1.0, power(array, -2)), a)


def power(a, exponent):
    """Every entry to a number; a positive base where the exponent is no whole number."""
    if exponent == 0:
        return linear(np.ones_like, plain(a))
    if exponent != int(exponent) and np.min(plain(a)) < 0.02:
        raise OutsideDomain("a root of nearly zero")
    if exponent < 0 and np.min(np.abs(plain(a))) < 0.02:
        raise OutsideDomain("a quotient by nearly zero")
    return elementwise(
        lambda array: array ** float(exponent), lambda array: scale(exponent, power(array, exponent - 1)), a
    )


def log(a):
    if np.min(plain(a)) < 0.02:
        raise OutsideDomain("a logarithm of nearly zero")
    return elementwise(np.log, reciprocal, a)


def sin(a):
    return elementwise(np.sin, cos, a)


def cos(a):
    return elementwise(np.cos, lambda array: scale(-1.0, sin(array)), a)


def sign(a):
    if np.min(np.abs(plain(a))) < KINK:
        raise OutsideDomain("a kink")
    return np.sign(plain(a))


def step(a):
    return scale(0.5, add(sign(a), np.ones((1, 1))))


def quotient(a, b):
    return multiply(a, reciprocal(b))


def one_minus_square(a, sigma=-1.0):
    return add(np.ones((1, 1)), scale(sigma, multiply(a, a)))


def sigmoid(a):
    return reciprocal(add(np.ones((1, 1)), exp(scale(-1.0, a))))


def sinh(a):
    return scale(0.5, subtract(exp(a), exp(scale(-1.0, a))))


def cosh(a):
    return scale(0.5, add(exp(a), exp(scale(-1.0, a))))


def inside_unit(a):
    if np.max(np.abs(plain(a))) > 0.9:
        raise OutsideDomain("outside -1 ... 1")
    return power(one_minus_square(a), -0.5)


def asin(a):
    inside_unit(plain(a))
    return elementwise(np.arcsin, inside_unit, a)


def atan(a):
    return elementwise(np.arctan, lambda array: reciprocal(one_minus_square(array, 1.0)), a)


def erf(a):
    density = lambda array: scale(2 / math.sqrt(math.pi), exp(scale(-1.0, multiply(array, array))))  # noqa: E731 # one use
    return elementwise(np.vectorize(math.erf), density, a)


ELEMENTWISE = {
    "exp": exp,
    "log": log,
    "sqrt": lambda a: power(a, 0.5),
    "√": lambda a: power(a, 0.5),  # the sign, before it is known what it stands over
    "sin": sin,
    "cos": cos,
    "tan": lambda a: quotient(sin(a), cos(a)),
    "asin": asin,
    "acos": lambda a: subtract(np.full((1, 1), math.pi / 2), asin(a)),
    "atan": atan,
    "sinh": sinh,
    "cosh": cosh,
    "tanh": lambda a: quotient(sinh(a), cosh(a)),
    "sigmoid": sigmoid,
    "softplus": lambda a: log(add(np.ones((1, 1)), exp(a))),
    "relu": lambda a: multiply(step(a), a),
    "step": step,
    "abs": lambda a: multiply(sign(a), a),
    "sign": sign,
    "erf": erf,
}


def identity(n):
    return np.eye(n)


def frobenius(a):
    """The Euclidean norm of the entries."""
    return power(entries_sum(multiply(a, a)), 0.5)


def p_norm(a, p):
    return power(entries_sum(power(ELEMENTWISE["abs"](a), p)), 1 / p)


def largest_entry(a):
    """The maximum norm, away from ties."""
    sizes = np.sort(np.abs(plain(a)).ravel())
    if sizes.size > 1 and sizes[-1] - sizes[-2] < KINK:
        raise OutsideDomain("two largest entries")
    return entries_sum(multiply((np.abs(plain(a)) == sizes[-1]).astype(float), ELEMENTWISE["abs"](a)))


def matrix_power(a, k):
    """A whole power of a square matrix by repeated products."""
    if k < 0:
        return matrix_power(inverse(a), -k)
    result = identity(plain(a).shape[-1])
    for _ in range(k):
        result = matmul(result, a)
    return result


def logdet(a):
    return log(determinant(a))


def expm(a):
    """Taylor series of a/2⁶, squared six times."""
    n = plain(a).shape[-1]
    small = scale(1 / 64, a)
    if np.max(np.abs(plain(small))) > 0.2:
        raise OutsideDomain("a large matrix exponential")
    result = term = identity(n)
    for k in range(1, 16):
        term = scale(1 / k, matmul(term, small))
        result = add(result, term)
    for _ in range(6):
        result = matmul(result, result)
    return result


def sqrtm(a):
    """Denman and Beavers' iteration (1976): its tangents converge with it."""
    if np.min(np.linalg.eigvals(plain(a)).real) < 0.05:
        raise OutsideDomain("no principal square root")
    root, inverted = a, identity(plain(a).shape[-1])
    for _ in range(14):
        root, inverted = scale(0.5, add(root, inverse(inverted))), scale(0.5, add(inverted, inverse(root)))
    return root


def logm(a):
    """The logarithm of the 32nd root by its series in (R − I)(R + I)⁻¹."""
    one = identity(plain(a).shape[-1])
    for _ in range(5):
        a = sqrtm(a)
    ratio = matmul(subtract(a, one), inverse(add(a, one)))
    square, odd, result = matmul(ratio, ratio), ratio, ratio
    for k in range(3, 24, 2):
        odd = matmul(odd, square)
        result = add(result, scale(1 / k, odd))
    return scale(64.0, result)


def pinv(a):
    """The pseudoinverse of a matrix of full rank."""
    rows, columns = plain(a).shape[-2:]
    if rows >= columns:
        return matmul(inverse(matmul(transpose(a), a)), transpose(a))
    return matmul(transpose(a), inverse(matmul(a, transpose(a))))


def lambda_max(a):
    """The largest eigenvalue of a symmetric matrix, by inverse iteration with a shift just above it."""
    values = np.linalg.eigvalsh(plain(a))
    gap = values[-1] - values[-2] if values.size > 1 else 1.0
    if gap < 0.3:
        raise OutsideDomain("a multiple eigenvalue")
    shift = values[-1] + 0.3 * gap
    n = values.size
    solver = inverse(subtract(shift * np.eye(n), a))
    vector = np.ones((n, 1)) / math.sqrt(n) + 0.01 * np.arange(n)[:, None]
    for _ in range(35):
        vector = matmul(solver, vector)
        vector = quotient(vector, frobenius(vector))
    return matmul(transpose(vector), matmul(a, vector))


def gram(a):
    """The smaller of AᵀA and AAᵀ: its eigenvalues are the squared singular values."""
    rows, columns = plain(a).shape[-2:]
    return matmul(transpose(a), a) if columns <= rows else matmul(a, transpose(a))


def softmax(a):
    e = exp(a)
    return quotient(e, entries_sum(e))


def logsumexp(a):
    return log(entries_sum(exp(a)))


def nuclear_norm(a):
    return trace(sqrtm(gram(a)))


def spectral_norm(a):
    return power(lambda_max(gram(a)), 0.5)
