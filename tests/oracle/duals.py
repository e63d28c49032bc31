"""Forward-mode differentiation of matrix expressions, with numpy alone.

A value is an array whose last two axes are rows and columns (a scalar is 1×1, a vector n×1), or a `Dual`: a value and
its tangent.  Tangents have
leading axes, one for each level of differentiation, that run over the entries of the variable, so one evaluation gives
a whole derivative.
A dual of level k holds values below level k: nesting gives every order from first-order rules.

Whatever numpy computes passes `watched`: a point where an expression has no value, or a huge one, is no point to
compare at.
"""

from __future__ import annotations

import numpy as np

BOUND = 1e6


class OutsideDomain(Exception):  # noqa: N818 # a place, not an error
    """The expression has no well-conditioned value at this point."""


class Magnitude:
    """The largest number met since it was reset: what rounding errors are relative to."""

    largest = 1.0


def watched(array):
    """The array, if its entries are finite and not huge."""
    size = float(np.max(np.abs(array))) if array.size else 0.0
    if not size < BOUND:
        raise OutsideDomain(f"a value of size {size:.3g}")
    Magnitude.largest = max(Magnitude.largest, size)
    return array


class Dual:
    """value + tangent·ε, where ε² = 0; `level` tells the ε of one differentiation from that of another."""

    __slots__ = ("level", "tangent", "value")

    def __init__(self, value, tangent, level):
        self.value, self.tangent, self.level = value, tangent, level


def level(*values):
    return max([v.level if isinstance(v, Dual) else 0 for v in values], default=0)


def parts(value, k):
    """Value and tangent at level k; the tangent of a constant is None."""
    if isinstance(value, Dual) and value.level == k:
        return value.value, value.tangent
    return value, None


def plain(value):
    """The array below all tangents."""
    while isinstance(value, Dual):
        value = value.value
    return value


def total(terms):
    """The sum of tangents, leaving out those that are None; None if all are."""
    found = None
    for term in terms:
        if term is not None:
            found = term if found is None else add(found, term)
    return found


def dual(value, tangent, k):
    return value if tangent is None else Dual(value, tangent, k)


def bilinear(product, a, b):
    """A product that is linear in both arguments."""
    k = level(a, b)
    if k == 0:
        return watched(product(a, b))
    (a0, a1), (b0, b1) = parts(a, k), parts(b, k)
    tangent = total(
        [None if a1 is None else bilinear(product, a1, b0), None if b1 is None else bilinear(product, a0, b1)]
    )
    return dual(bilinear(product, a0, b0), tangent, k)


def linear(operation, a):
    """A linear operation on the last two axes."""
    if isinstance(a, Dual):
        return Dual(linear(operation, a.value), linear(operation, a.tangent), a.level)
    return watched(operation(a))


def add(a, b):
    k = level(a, b)
    if k == 0:
        return watched(a + b)
    (a0, a1), (b0, b1) = parts(a, k), parts(b, k)
    return dual(add(a0, b0), total([spread(a1, b0), spread(b1, a0)]), k)


def spread(tangent, other):
    """A scalar tangent added to a matrix moves every entry."""
    if tangent is None or plain(tangent).shape[-2:] == plain(other).shape[-2:]:
        return tangent
    return add(tangent, np.zeros(plain(other).shape[-2:]))


def scale(c, a):
    return linear(lambda array: c * array, a)


def subtract(a, b):
    return add(a, scale(-1.0, b))


def multiply(a, b):
    """Entry by entry; a scalar multiplies every entry."""
    return bilinear(np.multiply, a, b)


def matmul(a, b):
    return bilinear(np.matmul, a, b)


def transpose(a):
    return linear(lambda array: np.swapaxes(array, -1, -2), a)


def trace(a):
    return linear(lambda array: np.trace(array, axis1=-2, axis2=-1)[..., None, None], a)


def entries_sum(a):
    return linear(lambda array: np.sum(array, axis=(-2, -1), keepdims=True), a)


def diagonal_matrix(a):
    """The diagonal matrix of a vector."""
    return linear(lambda array: array * np.eye(array.shape[-2]), a)


def diagonal_vector(a):
    """The diagonal of a matrix as a vector."""
    return linear(lambda array: np.diagonal(array, axis1=-2, axis2=-1)[..., None], a)


def stack_columns(a):
    """The columns of a matrix below each other."""
    return linear(lambda array: np.swapaxes(array, -1, -2).reshape((*array.shape[:-2], -1, 1)), a)


def stack_lower(a):
    """vech: the columns on and below the diagonal."""

    def stacked(array):
        columns = [array[..., j:, j] for j in range(array.shape[-1])]
        return np.concatenate(columns, axis=-1)[..., None]

    return linear(stacked, a)


def entry(a, i, j):
    return linear(lambda array: array[..., i : i + 1, j : j + 1], a)


def kronecker(a, b):
    def product(x, y):
        blocks = x[..., :, None, :, None] * y[..., None, :, None, :]
        return blocks.reshape((*blocks.shape[:-4], blocks.shape[-4] * blocks.shape[-3], -1))

    return bilinear(product, a, b)


def inverse(a):
    """The inverse, where the matrix is well conditioned."""
    if isinstance(a, Dual):
        inverted = inverse(a.value)
        return Dual(inverted, scale(-1.0, matmul(matmul(inverted, a.tangent), inverted)), a.level)
    if np.max(np.linalg.cond(a)) > 1e3:
        raise OutsideDomain("a matrix that is nearly singular")
    return watched(np.linalg.inv(a))


def determinant(a):
    """det, by Jacobi's formula; the matrix must be invertible."""
    if isinstance(a, Dual):
        value = determinant(a.value)
        return Dual(value, multiply(value, trace(matmul(inverse(a.value), a.tangent))), a.level)
    return watched(np.linalg.det(a)[..., None, None])


def elementwise(function, slope, a):
    """A function of each entry; `slope` is its derivative over values of any level."""
    if isinstance(a, Dual):
        return Dual(elementwise(function, slope, a.value), multiply(slope(a.value), a.tangent), a.level)
    return watched(function(a))


def seeded(array, k):
    """A variable at level k: its tangent runs over its entries in row order, along a leading axis of its own."""
    rows, columns = plain(array).shape
    directions = np.eye(rows * columns).reshape((rows * columns, *[1] * (k - 1), rows, columns))
    return Dual(array, directions, k)


def derivative(function, point, by):
    """All derivatives of `function` (dict of values → value) at `point` by the names in `by`, one after the other.

    Result: an array of axes (rows, columns of the value, then for each name rows and columns of the variable).
    """
    scope = dict(point)
    for k, name in enumerate(by, 1):
        scope[name] = seeded(scope[name], k)
    value = function(scope)
    rows, columns = plain(value).shape
    axes = [size for name in by for size in point[name].shape]
    for k in range(len(by), 0, -1):
        value = parts(value, k)[1]
        if value is None:
            return np.zeros((rows, columns, *axes))
    counts = tuple([point[name].size for name in reversed(by)])
    whole = np.broadcast_to(value, (*counts, rows, columns))
    order = (len(by), len(by) + 1, *range(len(by) - 1, -1, -1))
    return whole.transpose(order).reshape((rows, columns, *axes))
