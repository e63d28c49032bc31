"""Arrays that Python lines make: eye, ones, diag, array, reshape, stack."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Add, Call, Expr, Mul, Num
from matdiff.functions import names as fn
from matdiff.reading.block_algebra import BLOCK, ROW
from matdiff.reading.python import arrays
from matdiff.reading.python import reductions as python_reductions
from matdiff.reading.python.arguments import refuse
from matdiff.reading.python.arrays import Array
from matdiff.reading.python.refusals import shapes
from matdiff.reading.python.values import Several, Value, array_of, size_text, whole_number

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
    if call.number("k", "offset", "diagonal", default=0):
        raise refuse(call, "beside the main diagonal")
    if not array.axes:
        raise shapes(f"'{call.name}' is of a vector or a matrix", array.span)
    if array.order == 1 and call.name == "diagonal":
        raise shapes("the diagonal is of a matrix", array.span)
    axes = array.axes[:1] if array.order == 2 else (array.axes[0], array.axes[0])
    return Array(Call(fn.DIAG, (array.tree,), span=call.span), axes)


def triangle(call: Arguments) -> Array:
    array = call.array("m", "input")
    if call.number("k", "diagonal", default=0):
        raise refuse(call, "beside the main diagonal")
    if array.order != 2:
        raise shapes(f"'{call.name}' is of a matrix", array.span)
    return Array(Call(call.name, (array.tree,), span=call.span), array.axes)


# -- arrays of given entries -----------------------------------------------------------------------------------------


def unit(position: int, span: Span) -> Expr:
    """The unit vector at a position counted from 0."""
    return Call(fn.UNIT_VECTOR, (Num(Fraction(position + 1), span=span),), span=span)


def vector(entries: list[Array], span: Span) -> Array:
    """A vector of numbers."""
    if len(entries) == 1:
        return Array(entries[0].tree, (1,))
    nought = Call(fn.ZEROS, (Num(Fraction(len(entries)), span=span),), span=span)
    terms = [Mul((entry.tree, unit(k, span)), span=span) for k, entry in enumerate(entries) if not _is_nought(entry)]
    return Array(Add((nought, *terms), span=span), (len(entries),))


def _is_nought(entry: Array) -> bool:
    return isinstance(entry.tree, Num) and not entry.tree.value


def matrix(rows: list[list[Array]], span: Span) -> Array:
    """A matrix of numbers."""
    height, width = len(rows), len(rows[0])
    if any(len(row) != width for row in rows):
        raise shapes("the rows are not of the same length", span)
    if height == 1 or width == 1:
        flat = vector([entry for row in rows for entry in row], span)
        return arrays.reshaped(flat, (height, width))
    sizes = [Num(Fraction(size), span=span) for size in (height, width)]
    nought = Call(fn.ZEROS, tuple(sizes), span=span)
    terms = [
        Mul((entry.tree, unit(k, span), arrays.transposed(unit(m, span))), span=span)
        for k, row in enumerate(rows)
        for m, entry in enumerate(row)
        if not _is_nought(entry)
    ]
    return Array(Add((nought, *terms), span=span), (height, width))


def array(call: Arguments) -> Array:
    """np.array of numbers, of rows of numbers, of vectors as rows; an array as it is."""
    given = call.needed("object", "data", "a")
    if not isinstance(given, Several):
        return call.evaluation.array(given)
    return listed(call, given)


def listed(call: Arguments, given: Several) -> Array:
    """A list of numbers, of rows of numbers, or of vectors as rows."""
    if not given.items:
        raise refuse(call, "without entries")
    items: list[Value] = [listed(call, item) if isinstance(item, Several) else item for item in given.items]
    rows = [array_of(item) for item in items]
    if all(not row.axes for row in rows):
        return vector(rows, call.span)
    if all(isinstance(item, Several) for item in given.items):
        flat = [[array_of(entry) for entry in item.items] for item in given.items if isinstance(item, Several)]
        if all(not entry.axes for row in flat for entry in row):
            return matrix(flat, call.span)
    return stacked(call, rows)


def stacked(call: Arguments, rows: list[Array]) -> Array:
    """Vectors as the rows of a matrix."""
    if any(row.order != 1 for row in rows):
        raise refuse(call, "of these arrays")
    if len(rows) == 1:
        return arrays.reshaped(rows[0], (1, *rows[0].axes))
    nought = Mul(
        (Call(fn.ZEROS, (Num(Fraction(len(rows)), span=call.span),), span=call.span), rows[0].row()), span=call.span
    )
    terms = [Mul((unit(k, call.span), row.row()), span=call.span) for k, row in enumerate(rows)]
    return Array(Add((nought, *terms), span=call.span), (len(rows), arrays.common(call.span, *rows)[0]))


def _listed_arrays(call: Arguments, *names: str) -> list[Array]:
    given = call.take(*names)
    if not isinstance(given, Several) or not given.items:
        raise refuse(call, "of anything but a list")
    return [call.evaluation.array(item) for item in given.items]


def stack(call: Arguments) -> Array:
    """np.stack, vstack, column_stack of vectors; of matrices one below or beside the other."""
    rows = _listed_arrays(call, "arrays", "tup", "tensors")
    axis = call.axis(2) if call.name == "stack" else None
    beside = call.name == "column_stack" or axis == (1,)
    if call.name != "stack" and any(row.order > 1 for row in rows):
        return joined(call, rows, axis=1 if beside else 0)
    found = stacked(call, rows)
    return arrays.transpose(found) if beside else found


def concatenate(call: Arguments) -> Array:
    """np.concatenate, np.hstack: arrays one behind the other along an axis that is there."""
    parts = _listed_arrays(call, "arrays", "tup", "tensors")
    axis: int | None = 1 if call.name == "hstack" and parts[0].order > 1 else 0
    if call.name != "hstack":
        way = call.axis(parts[0].order)
        axis = 0 if way is None else way[0]
    return joined(call, parts, axis=axis or 0)


def joined(call: Arguments, parts: list[Array], *, axis: int) -> Array:
    """Arrays along an axis, as a block matrix; vectors and numbers of one dimension as a block vector."""
    order = max(part.order for part in parts)
    if order == 1 and all(part.order <= 1 for part in parts):
        rows = [[part] for part in parts]
    elif order == arrays.MOST_AXES:
        parts = [arrays.reshaped(part, (1,) * (order - part.order) + part.axes) for part in parts]
        rows = [[part] for part in parts] if axis == 0 else [parts]
    else:
        raise refuse(call, "of numbers")
    return blocks_of(rows, call.span, flat=order == 1)


def blocks_of(rows: list[list[Array]], span: Span, *, flat: bool = False) -> Array:
    """A matrix in blocks; a vector in blocks where `flat`."""
    tree = Call(BLOCK, tuple([Call(ROW, tuple([cell.tree for cell in row]), span=span) for row in rows]), span=span)
    sums = [_added([row[0].axes[0] if row[0].axes else 1 for row in rows])]
    if not flat:
        sums.append(_added([cell.axes[1] for cell in rows[0]]))
    return Array(tree, tuple(sums))


def _added(sizes: list[arrays.Axis]) -> arrays.Axis:
    numbers = [size for size in sizes if isinstance(size, int)]
    return sum(numbers) if len(numbers) == len(sizes) else None


def block(call: Arguments) -> Array:
    """np.block([[A, B], [C, D]])."""
    given = call.take("arrays")
    if not isinstance(given, Several) or not given.items:
        raise refuse(call, "of anything but a list")
    nested = [item.items if isinstance(item, Several) else None for item in given.items]
    if None in nested:
        flat = [call.evaluation.array(item) for item in given.items]
        return joined(call, flat, axis=1 if flat[0].order > 1 else 0)
    rows = [[call.evaluation.array(item) for item in row or []] for row in nested]
    if len({len(row) for row in rows}) != 1 or not rows[0]:
        raise shapes("the rows of blocks have different lengths", call.span)
    if all(not cell.axes for row in rows for cell in row):
        return matrix(rows, call.span)
    rows = [[arrays.reshaped(cell, (1,) * (2 - cell.order) + cell.axes) for cell in row] for row in rows]
    return blocks_of(rows, call.span)


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


HANDLERS: dict[str, Callable[[Arguments], Array]] = {
    **dict.fromkeys(("ones", "zeros"), ones),
    "full": full,
    **dict.fromkeys(("ones_like", "zeros_like", "full_like"), like),
    **dict.fromkeys(("eye", "identity"), eye),
    **dict.fromkeys(("diag", "diagonal", "diagflat"), diagonal),
    **dict.fromkeys(("tril", "triu"), triangle),
    **dict.fromkeys(("array", "tensor", "asarray"), array),
    **dict.fromkeys(("stack", "vstack", "column_stack", "row_stack"), stack),
    **dict.fromkeys(("concatenate", "hstack", "cat", "concat"), concatenate),
    "block": block,
    **dict.fromkeys(("ravel", "flatten"), flat),
    **dict.fromkeys(("reshape", "view"), reshape),
    **dict.fromkeys(("transpose", "swapaxes", "t", "permute"), transpose),
    "squeeze": squeeze,
    **dict.fromkeys(("unsqueeze", "expand_dims"), unsqueeze),
    "atleast_2d": at_least,
    **dict.fromkeys(("len", "numel", "size"), length),
}
