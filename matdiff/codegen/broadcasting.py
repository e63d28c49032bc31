"""Arrays that are constant along some axes: left to broadcasting in a sum, filled up where the full array is needed."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matdiff.codegen.arrays import Array, Arrays
    from matdiff.graph.nodes import Size


class Result(NamedTuple):
    """A scalar times an array that broadcasts to the shape of a node: `there` tells which axes it has."""

    array: Array
    there: tuple[bool, ...]
    shape: tuple[Size, ...]
    scalar: Array | None = None


def loose(arrays: Arrays, result: Result) -> Array:
    """The array as it is, times its scalar: it broadcasts along the axes that are missing."""
    array, scalar = result.array, result.scalar
    if scalar is None:
        return array
    if array.op == "number" and array.data == 1:
        return scalar
    return arrays.mul(array, scalar) if scalar.op == "recip" else arrays.mul(scalar, array)


def broadcast(arrays: Arrays, result: Result) -> Array:
    """The full array: ones multiplied in along the axes that are missing."""
    array, there, shape, _ = result
    if all(there):
        return loose(arrays, result)
    if there == (True, False):
        vector = array.args[0] if array.op == "expand" else arrays.reshape(array, shape[:1])
        full = arrays.make("outer", (vector, arrays.constant("ones", shape[1:])))
    elif there == (False, True):
        full = arrays.make("outer", (arrays.constant("ones", shape[:1]), array))
    elif not any(there):
        full = arrays.mul(array, arrays.constant("ones", shape))
    else:
        missing = tuple([size for size, here in zip(shape, there, strict=True) if not here])
        full = arrays.mul(array, arrays.expand(arrays.constant("ones", missing), tuple([not here for here in there])))
    return loose(arrays, result._replace(array=full))
