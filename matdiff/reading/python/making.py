"""Arrays that Python lines make: eye, ones, diag, array, reshape, stack."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Call, Expr, Mul, Num
from matdiff.functions import names as fn
from matdiff.reading.python import arrays
from matdiff.reading.python import reductions as python_reductions
from matdiff.reading.python.arguments import refuse
from matdiff.reading.python.arrays import Array, number
from matdiff.reading.python.refusals import shapes
from matdiff.reading.python.values import Several, array_of, size_text, whole_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.errors import Span
    from matdiff.reading.python.arguments import Arguments


def _sizes(call: Arguments) -> list[Array]:
    """The sizes that are given, one by one or as a tuple."""
    given = call.needed("shape", "size", "N", "n")
    items = given.items if isinstance(given, Several) else [given]
    while call.items:
        items.append(call.items.pop(0))
    return [array_of(item) for item in items]


def _axes(sizes: list[Array], call: Arguments) -> arrays.Axes:
    found: list[arrays.Axis] = []
    for size in sizes:
        text = size_text(size.tree)
        if text is None and isinstance(size.tree, Call):
            found.append(None)
        elif text is None:
            raise refuse(call, "with a size that is neither a number nor a name")
        else:
            found.append(text)
    if len(found) > arrays.MOST_AXES:
        raise refuse(call, "of three dimensions or more")
    return tuple(found)


def _filled(call: Arguments, value: Array, axes: arrays.Axes, sizes: list[Array]) -> Array:
    """An array all of whose entries are one number."""
    long = [size for size, axis in zip(sizes, axes, strict=True) if axis != 1]
    vectors: list[Expr] = []
    for size in long:
        counted = isinstance(size.tree, Call)
        vectors.append(Call(fn.ONES, () if counted else (size.tree,), span=call.span))
    if not vectors:
        return Array(value.tree, axes)
    if len(vectors) == 2 or arrays.is_row(axes):
        vectors[-1] = arrays.transposed(vectors[-1])
    one = isinstance(value.tree, Num) and value.tree.value == 1
    if one and len(vectors) == 1:
        return Array(vectors[0], axes)
    return Array(Mul((*(() if one else (value.tree,)), *vectors), span=call.span), axes)


def ones(call: Arguments) -> Array:
    sizes = _sizes(call)
    value = arrays.number(1 if call.name == "ones" else 0, call.span)
    return _filled(call, value, _axes(sizes, call), sizes)


def full(call: Arguments) -> Array:
    given, value = call.needed("shape", "size"), call.array("fill_value")
    sizes = [array_of(item) for item in (given.items if isinstance(given, Several) else [given])]
    return _filled(call, value, _axes(sizes, call), sizes)


def like(call: Arguments) -> Array:
    """ones_like, zeros_like, full_like: as many entries as another array has, and constant."""
    array = call.array("a", "input")
    if call.name == "full_like":
        value = call.array("fill_value")
    else:
        value = arrays.number(1 if call.name == "ones_like" else 0, call.span)
    nought = arrays.multiply(arrays.number(0, call.span), array)
    return arrays.add(nought, value) if array.axes else value


def eye(call: Arguments) -> Array:
    """The identity matrix of a size."""
    size, other = call.array("N", "n"), call.take("M", "m")
    if other is not None and array_of(other).tree != size.tree:
        raise refuse(call, "that is not square")
    (axis,) = _axes([size], call)
    counted = isinstance(size.tree, Call)
    if axis == 1:
        return Array(Num(Fraction(1), span=call.span), (1, 1))
    return Array(Call(fn.IDENTITY, () if counted else (size.tree,), span=call.span), (axis, axis))


def diagonal(call: Arguments) -> Array:
    """The diagonal of a matrix, or a matrix of a diagonal."""
    array = call.array("v", "a", "input")
    beside = call.number("k", "offset", "diagonal", default=0, positional=True)
    if beside:
        return _beside(call, array, beside)
    if not array.axes:
        raise shapes(f"'{call.name}' is of a vector or a matrix", array.span)
    if array.order == 1 and call.name == "diagonal":
        raise shapes("the diagonal is of a matrix", array.span)
    axes = array.axes[:1] if array.order == 2 else (array.axes[0], array.axes[0])
    return Array(Call(fn.DIAG, (array.tree,), span=call.span), axes)


def _beside(call: Arguments, array: Array, offset: int) -> Array:
    """A diagonal above (offset > 0) or below the main one: the main one of what is left of the matrix."""
    if array.order < arrays.MOST_AXES:
        raise refuse(call, "of a vector beside the main diagonal")
    part = f":-{offset}, {offset}:" if offset > 0 else f"{-offset}:, :{offset}"
    return call.evaluation.array(call.evaluation.defined(f"lambda a: diag(a[{part}])", [array], {}, call.span))


def triangle(call: Arguments) -> Array:
    """tril(A, k), triu(A, k): without the diagonal what is left of A beside the other triangle."""
    array, first = call.array("m", "input"), call.number("k", "diagonal", default=0, positional=True)
    if array.order != 2:
        raise shapes(f"'{call.name}' is of a matrix", array.span)
    if first == 0:
        return Array(Call(call.name, (array.tree,), span=call.span), array.axes)
    if first != (-1 if call.name == "tril" else 1):
        raise refuse(call, f"from the diagonal {first} on")
    other = Array(
        Call(fn.UPPER_TRIANGLE if call.name == "tril" else fn.LOWER_TRIANGLE, (array.tree,), span=call.span), array.axes
    )
    return arrays.subtract(array, other)


# -- other shapes ----------------------------------------------------------------------------------------------------


def flat(call: Arguments) -> Array:
    """The entries row by row (order="F": column by column)."""
    whole = call.array("a", "input")
    order = call.text("order") or "C"
    if order not in {"C", "F"}:
        raise refuse(call, f"in order '{order}'")
    return flattened(whole, call.span, order)


def flattened(whole: Array, span: Span, order: str = "C") -> Array:
    long = [axis for axis in whole.axes if axis != 1]
    if len(long) < 2:
        return arrays.reshaped(whole, tuple(long) or (1,))
    tree = whole.tree if order == "F" else whole.row()
    return Array(Call(fn.VEC, (tree,), span=span), (None,))


def reshape(call: Arguments) -> Array:
    """The entries row by row in another shape, of sizes that are said or one of them -1."""
    whole = call.array("a", "input")
    given = call.needed("shape", "newshape", "size")
    order = call.text("order") or "C"
    sizes = given.items if isinstance(given, Several) else [given]
    numbers = [whole_number(size) for size in sizes]
    axes = tuple([None if k == -1 else size_text(array_of(size).tree) for k, size in zip(numbers, sizes, strict=True)])
    many = [k for k, n in enumerate(numbers) if n != 1]
    if len(axes) > arrays.MOST_AXES or order not in {"C", "F"} or numbers.count(-1) > 1:
        raise refuse(call, "to this shape")
    if len(many) <= 1:
        line = flattened(whole, call.span, order)
        known = line.axes[0] if -1 in numbers else axes[many[0]] if many else 1
        return arrays.reshaped(line, tuple([1 if k not in many else known for k in range(len(axes))]))
    if whole.axes == axes:
        return whole
    line = flattened(whole, call.span, order)
    rows, columns = (array_of(size).tree for size in sizes)
    if -1 in numbers or any(isinstance(size, Call) for size in (rows, columns)):
        raise refuse(call, "with a size that is not said")
    if order == "F":
        return Array(Call(fn.UNVEC, (line.tree, rows, columns), span=call.span), axes)
    turned = Call(fn.UNVEC, (line.tree, columns, rows), span=call.span)
    return Array(arrays.transposed(turned), axes)


def transpose(call: Arguments) -> Array:
    """np.transpose, swapaxes, x.t(): the axes in reverse, or in the order that is said."""
    array = call.array("a", "input")
    way = call.take("axes", "dim0")
    given = list(way.items) if isinstance(way, Several) else [] if way is None else [way]
    given += [call.items.pop(0)] if call.items else []
    named = call.keyword("dim1")
    given += [] if named is None else [named]
    if not given:
        return arrays.transpose(array)
    places = [place % 2 for item in given if (place := whole_number(item)) is not None]
    if array.order != arrays.MOST_AXES or sorted(places) != [0, 1]:
        raise refuse(call, "with these axes")
    stays = places == [0, 1] and call.library == "numpy" and call.name == "transpose"
    return array if stays else arrays.transpose(array)


def squeeze(call: Arguments) -> Array:
    array = call.array("a", "input")
    over = call.axis(array.order)
    gone = [k for k, axis in enumerate(array.axes) if axis == 1 and (over is None or k in over)]
    left = tuple([axis for k, axis in enumerate(array.axes) if k not in gone])
    return arrays.reshaped(array, left)


def unsqueeze(call: Arguments) -> Array:
    array = call.array("a", "input")
    over = call.axis(array.order + 1)
    if over is None or len(over) != 1 or array.order >= arrays.MOST_AXES:
        raise refuse(call, "here")
    axes = list(array.axes)
    axes.insert(over[0], 1)
    return arrays.reshaped(array, tuple(axes))


def at_least(call: Arguments) -> Array:
    array = call.array("a")
    return arrays.reshaped(array, (1,) * (2 - array.order) + array.axes)


def length(call: Arguments) -> Array:
    array = call.array("a", "input")
    if not array.axes:
        raise shapes("a number has no length", array.span)
    if call.name == "len":
        return python_reductions.length(array, 0, call.span)
    return python_reductions.count(array, call.axis(array.order), call.span)


def expand(call: Arguments) -> Array:
    """An axis of one entry, written out to the length that is said or that another array has."""
    array = call.array("array", "input")
    given = call.needed("shape", "size", "other")
    if call.name == "expand_as":
        axes = call.evaluation.array(given).axes
    else:
        sizes = given.items if isinstance(given, Several) else [given]
        kept = (1,) * (len(sizes) - array.order) + array.axes
        said = _axes([number(1, call.span) if whole_number(size) == -1 else array_of(size) for size in sizes], call)
        axes = tuple([own if own != 1 else axis for own, axis in zip(kept, said, strict=True)])
    return arrays.spread(array, arrays.common(call.span, array, Array(array.tree, axes)))


def repeat(call: Arguments) -> Array:
    """x.repeat(3, 1), np.tile: as `expand`, where an axis of one entry is what is repeated."""
    if call.name == "repeat" and call.library == "numpy":
        raise refuse(call, "of each entry", "np.tile repeats the whole")
    array = call.array("A", "input")
    given = call.needed("reps", "repeats", "size", "dims")
    sizes = given.items if isinstance(given, Several) else [given]
    kept = (1,) * (len(sizes) - array.order) + array.axes
    said = _axes([array_of(size) for size in sizes], call)
    if len(said) < array.order or any(own != 1 and times != 1 for own, times in zip(kept, said, strict=True)):
        raise refuse(call, "of more than one entry")
    axes = tuple([own if own != 1 else times for own, times in zip(kept, said, strict=True)])
    return arrays.spread(array, axes)


HANDLERS: dict[str, Callable[[Arguments], Array]] = {
    **dict.fromkeys(("ones", "zeros"), ones),
    "full": full,
    **dict.fromkeys(("ones_like", "zeros_like", "full_like"), like),
    **dict.fromkeys(("eye", "identity"), eye),
    **dict.fromkeys(("diag", "diagonal", "diagflat", "diag_embed"), diagonal),
    **dict.fromkeys(("tril", "triu"), triangle),
    **dict.fromkeys(("ravel", "flatten"), flat),
    **dict.fromkeys(("reshape", "view"), reshape),
    **dict.fromkeys(("transpose", "swapaxes", "t", "permute"), transpose),
    **dict.fromkeys(("expand", "expand_as", "broadcast_to"), expand),
    **dict.fromkeys(("repeat", "tile"), repeat),
    "squeeze": squeeze,
    **dict.fromkeys(("unsqueeze", "expand_dims"), unsqueeze),
    "atleast_2d": at_least,
    **dict.fromkeys(("len", "numel", "size"), length),
}
