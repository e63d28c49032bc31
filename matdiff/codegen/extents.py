"""The shapes of arrays in a program, from their operations: one rule for each.

A size is an int or a size expression, as in the graph; 1 stands where an axis is broadcast.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any
from math import prod

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matdiff.graph.nodes import Size

Shape = tuple["Size", ...]


def shape_of(op: str, shapes: Sequence[Shape], data: Any) -> Shape:
    """The shape that an operation gives arguments of `shapes`.  KeyError where only the maker of an array can tell."""
    return _RULES[op](shapes, data)


def broadcast_shape(shapes: Sequence[Shape]) -> Shape:
    """The shape of an operation entry by entry: axes aligned from the last one, those of size 1 stretched."""
    order = max(map(len, shapes))
    result: list[Size] = [1] * order
    for shape in shapes:
        for axis, size in enumerate(shape, order - len(shape)):
            if size != 1:
                result[axis] = size
    return tuple(result)


def _entrywise(shapes: Sequence[Shape], _: Any) -> Shape:
    return broadcast_shape(shapes)


def _same(shapes: Sequence[Shape], _: Any) -> Shape:
    return shapes[0]


def _given(_: Sequence[Shape], data: Any) -> Shape:
    return tuple(data)


def _number(_: Sequence[Shape], __: Any) -> Shape:
    return ()


def _expand(shapes: Sequence[Shape], there: Any) -> Shape:
    sizes = iter(shapes[0])
    return tuple([next(sizes) if here else 1 for here in there])


def _sum(shapes: Sequence[Shape], axes: Any) -> Shape:
    return tuple([size for axis, size in enumerate(shapes[0]) if axis not in axes]) if axes else ()


def _matmul(shapes: Sequence[Shape], _: Any) -> Shape:
    return shapes[0][:-1] + shapes[1][1:]


def _chain(shapes: Sequence[Shape], _: Any) -> Shape:
    return (shapes[0][0], shapes[-1][-1])


def _kron(shapes: Sequence[Shape], _: Any) -> Shape:
    return tuple([product((a, b)) for a, b in zip(*shapes, strict=True)])


def _tensordot(shapes: Sequence[Shape], axes: Any) -> Shape:
    return tuple(
        [size for shape, gone in zip(shapes, axes, strict=True) for k, size in enumerate(shape) if k not in gone]
    )


def _einsum(shapes: Sequence[Shape], subscripts: Any) -> Shape:
    inputs, out = subscripts.split("->")
    sizes = {
        letter: size
        for own, shape in zip(inputs.split(","), shapes, strict=True)
        for letter, size in zip(own, shape, strict=True)
    }
    return tuple([sizes[letter] for letter in out])


def _diagonals(shapes: Sequence[Shape], axes: Any) -> Shape:
    (shape,) = shapes
    return (*[size for axis, size in enumerate(shape) if axis not in axes], shape[axes[0]])


def _take(shapes: Sequence[Shape], axis: Any) -> Shape:
    return shapes[0][:axis] + shapes[0][axis + 1 :]


def _slice(shapes: Sequence[Shape], part: Any) -> Shape:
    axis, _, _, length, _ = part
    return (*shapes[0][:axis], length, *shapes[0][axis + 1 :])


def product(sizes: Sequence[Size]) -> Size:
    """The number of entries of an array."""
    number = prod([size for size in sizes if isinstance(size, int)])
    names = [size if size.isidentifier() else f"({size})" for size in sizes if isinstance(size, str)]
    return "*".join([*([str(number)] if number != 1 else []), *names]) if names else number


_RULES: dict[str, Callable[[Sequence[Shape], Any], Shape]] = {
    **dict.fromkeys(("number", "size", "integer", "constant", "norm", "trace"), _number),
    **dict.fromkeys(("lin", "mul", "recip", "power", "sqrt", "map"), _entrywise),
    **dict.fromkeys(("inv", "matpow", "choose", "embed"), _same),
    **dict.fromkeys(("reshape", "ones", "zeros", "eye", "outers"), _given),
    "paired_outers": lambda _, data: tuple(data[0]),
    "matmul": _matmul,
    "chain": _chain,
    "outer": lambda shapes, _: (shapes[0][0], shapes[1][0]),
    "kron": _kron,
    "tensordot": _tensordot,
    "einsum": _einsum,
    "permute": lambda shapes, axes: tuple([shapes[0][axis] for axis in axes]),
    "transpose": lambda shapes, _: shapes[0][::-1],
    "expand": _expand,
    "sum": _sum,
    "max": _sum,
    "dots": lambda shapes, axis: () if axis is None else _sum([broadcast_shape(shapes)], (axis,)),
    "diagonal": lambda shapes, _: shapes[0][:1],
    "diag": lambda shapes, _: (shapes[0][0], shapes[0][0]),
    **dict.fromkeys(("lu", "factored", "definite", "inverse_of"), _same),
    "low_rank": lambda shapes, _: (shapes[1][0], shapes[1][0]),
    "gram": lambda shapes, _: (shapes[0][1], shapes[0][1]),
    "diagonal_of": lambda shapes, _: shapes[0][:1],
    "logdet_of": _number,
    "inner_of": _number,
    "solved": lambda shapes, _: shapes[1],
    "congruence_of": lambda shapes, _: (shapes[1][1], shapes[1][1]),
    "forms_of": lambda shapes, _: shapes[1][1:],
    "diagonals": _diagonals,
    "unit": lambda _, size: (size,),
    "take": _take,
    "slice": _slice,
    "loop": lambda _, data: tuple(data[1]),
}
