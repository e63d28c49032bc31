"""Einsum in matrix notation: factors of one or two indices are joined until one stays, as resistors are.

Two factors of the same indices become a Hadamard product; a vector scales the rows or columns of a matrix at its index;
an index that only one factor has and that is not asked for is summed away; one that two matrices share is their
product's.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Call, Mul
from matdiff.functions import names as fn
from matdiff.reading.python import arrays
from matdiff.reading.python.arrays import Array
from matdiff.reading.python.refusals import unsupported

if TYPE_CHECKING:
    from matdiff.errors import Span

Factor = tuple[Array, str]


def contracted(given: list[Factor], out: str, span: Span) -> Array:
    """The einsum of arrays with these indices.  Raises E115 for what matrix notation has no product for."""
    factors = [_plain(array, names, span) for array, names in given]
    scalar: Array | None = None
    while True:
        for factor in [factor for factor in factors if not factor[1]]:
            factors.remove(factor)
            scalar = factor[0] if scalar is None else arrays.multiply(scalar, factor[0])
        step = _united(factors, alike=True) or _multiplied(factors, out, span)
        step = step or _united(factors, alike=False) or _summed(factors, out, span)
        if step is None:
            break
        factors = step
    found = _result(factors, out, span)
    if found is None:
        return scalar if scalar is not None else arrays.number(1, span)
    return found if scalar is None else arrays.multiply(scalar, found)


def _plain(array: Array, names: str, span: Span) -> Factor:
    """A factor without repeated indices, and without axes of length one."""
    if len(names) == 2 and names[0] == names[1]:
        return Array(Call(fn.DIAG, (array.tree,), span=span), array.axes[:1]), names[0]
    if len(names) > 2:
        raise unsupported("an array of three dimensions or more is", span)
    if 1 in array.axes:
        raise unsupported("an einsum over an axis of length one is", span)
    return array, names


def _united(factors: list[Factor], *, alike: bool) -> list[Factor] | None:
    """Two factors of the same indices, or (not `alike`) a vector and a matrix that has its index, as one."""
    for one in factors:
        for other in factors:
            if one is other or not set(one[1]) <= set(other[1]) or (alike and len(one[1]) < len(other[1])):
                continue
            rest = [factor for factor in factors if factor is not one and factor is not other]
            return [*rest, (_times(one, other), other[1])]
    return None


def _times(one: Factor, other: Factor) -> Array:
    (array, names), (whole, around) = one, other
    if len(names) == len(around):
        return arrays.multiply(array if names == around else arrays.transpose(array), whole)
    if names == around[1]:
        return arrays.multiply(whole, array)
    return arrays.multiply(arrays.reshaped(array, (*array.axes, 1)), whole)


def _summed(factors: list[Factor], out: str, span: Span) -> list[Factor] | None:
    """An index that one factor alone has, summed away."""
    for place, (array, names) in enumerate(factors):
        for axis, name in enumerate(names):
            if name in out or any(name in other for k, (_, other) in enumerate(factors) if k != place):
                continue
            rest = factors[:place] + factors[place + 1 :]
            return [*rest, (_without(array, axis, span), names[:axis] + names[axis + 1 :])]
    return None


def _without(array: Array, axis: int, span: Span) -> Array:
    if array.order == 1:
        return Array(Call(fn.SUM, (array.tree,), span=span))
    matrix = arrays.transpose(array) if axis == 0 else array
    return Array(Mul((matrix.tree, arrays.ones(span)), span=span), matrix.axes[:1])


def _multiplied(factors: list[Factor], out: str, span: Span) -> list[Factor] | None:
    """An index that two matrices share and nothing else has, as that of their product."""
    for name in dict.fromkeys("".join([names for _, names in factors])):
        having = [factor for factor in factors if name in factor[1]]
        if name in out or len(having) != 2:
            continue
        rest = [factor for factor in factors if name not in factor[1]]
        (one, left), (other, right) = having
        if left[0] == name:
            one, left = arrays.transpose(one), left[::-1]
        if right[-1] == name:
            other, right = arrays.transpose(other), right[::-1]
        product = arrays.matmul(one, other, span)
        names = left[:-1] + right[1:]
        if len(names) == 2 and names[0] == names[1]:
            product, names = Array(Call(fn.DIAG, (product.tree,), span=span), product.axes[:1]), names[0]
        return [*rest, (product, names)]
    return None


def _result(factors: list[Factor], out: str, span: Span) -> Array | None:
    if not factors:
        return None
    if len(factors) == 1 and sorted(factors[0][1]) == sorted(out):
        array, names = factors[0]
        return array if names == out else arrays.transpose(array)
    if len(factors) == 2 and len(out) == 2 and all(len(names) == 1 for _, names in factors):
        one, other = sorted(factors, key=lambda factor: out.index(factor[1]))
        return arrays.outer(one[0], other[0], span)
    raise unsupported("an einsum that is no product of matrices is", span)
