"""Derivatives laid out as the language's table says, from arrays with all their axes."""

from __future__ import annotations

import numpy as np


def natural(shape):
    """The axes of an ordinary array: none for a scalar, one for a vector."""
    return tuple([size for size in shape if size != 1])


def squeezed(raw, value_shape, by_shapes):
    """A derivative with (rows, columns) axes for the value and each variable, with the axes of size one left out."""
    return np.reshape(raw, sum([natural(shape) for shape in (value_shape, *by_shapes)], ()))


def laid_out(raw, value_shape, by_shapes, transposed, layout="denominator"):
    """As generated code returns it: matrix form where there is one, else axes of the value and then of the variables."""
    groups = [len(natural(shape)) for shape in (value_shape, *by_shapes)]
    array = squeezed(raw, value_shape, by_shapes)
    numerator = layout == "numerator" or (len(by_shapes) == 1 and transposed[0])
    if groups == [1, 1] and not numerator and layout != "mixed":
        return array.T
    if groups[0] == 0 and sum(groups) == max(groups) == 2 and numerator:
        return array.T
    return array


def vectorised(raw, value_shape, by_shapes, transposed, layout="denominator"):
    """As printed: a matrix, with both sides vectorised where there are more than two axes (columns stacked)."""
    array = squeezed(raw, value_shape, by_shapes)
    groups = [natural(shape) for shape in (value_shape, *by_shapes) if natural(shape)]
    if len(groups) < 2 or array.ndim <= 2:
        return laid_out(raw, value_shape, by_shapes, transposed, layout)
    first = len(groups[0])
    rows = np.reshape(
        np.transpose(array, (*reversed(range(first)), *range(first, array.ndim))), (-1, *array.shape[first:])
    )
    matrix = np.stack([_by_columns(row, [len(group) for group in groups[1:]]) for row in rows])
    by_value = natural(value_shape) != () and len(groups) == 2
    numerator = layout in {"numerator", "mixed"} or (len(by_shapes) == 1 and transposed[0])
    return matrix.T if by_value and not numerator else matrix


def _by_columns(array, orders):
    """The vec over groups of axes: columns stacked within a group, the last group fastest."""
    axes, start = [], 0
    for order in orders:
        axes += reversed(range(start, start + order))
        start += order
    return np.reshape(np.transpose(array, axes), -1)


def projected(raw, structure):
    """The derivative by a structured matrix under its default convention, from the unrestricted one."""
    turned = np.swapaxes(raw, -1, -2)
    if structure in {"symmetric", "spd"}:
        return (raw + turned) / 2
    if structure == "skew":
        return (raw - turned) / 2
    if structure == "diagonal":
        return raw * np.eye(raw.shape[-1])
    if structure == "lower":
        return np.tril(raw)
    return raw


def close(got, want, tolerance):
    """Equal up to axes of size one and to `tolerance`; a single 0 stands for an array of zeros."""
    got, want = np.squeeze(np.asarray(got, float)), np.squeeze(np.asarray(want, float))
    if got.size == 1 and want.size > 1 and not np.any(got) and not np.any(np.abs(want) > tolerance):
        return True
    return got.shape == want.shape and bool(np.all(np.isfinite(got))) and bool(np.all(np.abs(got - want) <= tolerance))
