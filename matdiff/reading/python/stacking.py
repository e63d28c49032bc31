"""Arrays of given entries in Python lines, and arrays one below or beside the other, and in blocks."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Add, Call, Matrix, Mul, Num
from matdiff.functions import names as fn
from matdiff.reading.python import arrays
from matdiff.reading.python.arguments import refuse
from matdiff.reading.python.arrays import Array
from matdiff.reading.python.refusals import shapes
from matdiff.reading.python.values import Several, array_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.errors import Span
    from matdiff.formula.syntax import Expr
    from matdiff.reading.python.arguments import Arguments
    from matdiff.reading.python.values import Value


def unit(position: int, span: Span) -> Expr:
    """The unit vector at a position counted from 0."""
    return Call(fn.UNIT_VECTOR, (Num(Fraction(position + 1), span=span),), span=span)


def vector(entries: list[Array], span: Span) -> Array:
    """A vector of numbers."""
    if len(entries) == 1:
        return Array(entries[0].tree, (1,))
    return Array(Matrix(tuple([entry.tree for entry in entries]), 1, span=span), (len(entries),))


def matrix(rows: list[list[Array]], span: Span) -> Array:
    """A matrix of numbers."""
    height, width = len(rows), len(rows[0])
    if any(len(row) != width for row in rows):
        raise shapes("the rows are not of the same length", span)
    if height == 1 or width == 1:
        flat = vector([entry for row in rows for entry in row], span)
        return arrays.reshaped(flat, (height, width))
    return Array(Matrix(tuple([entry.tree for row in rows for entry in row]), width, span=span), (height, width))


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
    tree = Matrix(tuple([cell.tree for row in rows for cell in row]), len(rows[0]), span=span)
    sums = [added([_side(row, 0) for row in rows])]
    if not flat:
        sums.append(added([_side(list(column), 1) for column in zip(*rows, strict=True)]))
    return Array(tree, tuple(sums))


def _side(cells: list[Array], axis: int) -> arrays.Axis:
    """How long the cells of a row or column of blocks are along it; a 0 is as long as the others."""
    return next((cell.axes[axis] for cell in cells if cell.axes), 1)


def added(sizes: list[arrays.Axis]) -> arrays.Axis:
    """The length of axes one behind the other, where all are numbers."""
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


HANDLERS: dict[str, Callable[[Arguments], Array]] = {
    **dict.fromkeys(("array", "tensor", "asarray"), array),
    **dict.fromkeys(("stack", "vstack", "column_stack", "row_stack"), stack),
    **dict.fromkeys(("concatenate", "hstack", "cat", "concat"), concatenate),
    "block": block,
}
