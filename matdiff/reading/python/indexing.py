"""Attributes and indices of arrays in Python lines: X.T, X.shape, x[0], X[:, 1], X[1:3], x[:, None]."""

from __future__ import annotations

import ast
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.formula.syntax import Add, Call, Expr, Mul, Num, Transpose
from matdiff.functions import names as fn
from matdiff.reading import mistakes
from matdiff.reading.python import arrays
from matdiff.reading.python import reductions as python_reductions
from matdiff.reading.python.arrays import Array
from matdiff.reading.python.refusals import shapes, unsupported
from matdiff.reading.python.stacking import unit
from matdiff.reading.python.values import Method, Other, Several, Value, array_of, whole_number

if TYPE_CHECKING:
    from matdiff.errors import Span
    from matdiff.reading.python.evaluation import Evaluation

_LONGEST = 64  # entries of a slice: each is a term of its own
_TRANSPOSES = frozenset(("T", "mT", "H"))


def attribute(value: Value, name: str, span: Span) -> Value:
    """An attribute of a value; a method where it is none of those that are values."""
    if isinstance(value, Several) and name in value.names:
        return _plain_item(value.items[value.names.index(name)])
    array = array_of(value)
    if name in _TRANSPOSES:
        turned = arrays.transpose(array)
        if isinstance(turned.tree, Transpose) and turned.tree.arg is array.tree:
            turned.tree.span = span
        return turned
    if name == "shape":
        return Several([python_reductions.length(array, k, span) for k in range(array.order)], span)
    if name == "size":
        return python_reductions.count(array, None, span)
    if name == "ndim":
        return arrays.number(array.order, span)
    if name in {"real", "data"}:
        return array
    if name in {"dtype", "device"}:
        return Other(None, span)
    return Method(array, name, span)


class Step(NamedTuple):
    """What an index does to one axis: "one" takes a place, "some" takes several, "range" those between two ends, "all"
    keeps it, "new" puts one in.

    places: from 0, those below 0 from the end.  ends: of a range, the second exclusive, None for the axis' own.
    """

    way: str
    places: tuple[int, ...] = ()
    ends: tuple[int, int | None] = (0, None)


def subscript(evaluation: Evaluation, node: ast.Subscript) -> Value:
    """Entries, rows, columns, slices with numbers, new axes.  Raises E115 for other indices, E213 outside an axis."""
    span = evaluation.places.span(node)
    value = evaluation.value(node.value)
    if isinstance(value, Several):
        return _item(evaluation, value, node, span)
    array = array_of(value)
    parts = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    parts = _without_ellipsis(parts, array.order)
    steps: list[Step] = []
    axis = 0
    for part in parts:
        step = _step(evaluation, part, array, axis)
        steps.append(step)
        axis += step.way != "new"
    steps += [Step("all")] * (array.order - axis)
    return indexed(array, steps, span)


def _item(evaluation: Evaluation, value: Several, node: ast.Subscript, span: Span) -> Value:
    """One of a tuple: X.shape[0], slogdet(X)[1]."""
    if isinstance(node.slice, ast.Slice):
        bounds = (node.slice.lower, node.slice.upper, node.slice.step)
        ends = [None if side is None else _whole(evaluation, side) for side in bounds]
        return Several(value.items[slice(*ends)], span)
    place = whole_number(evaluation.value(node.slice))
    if place is None or not -len(value.items) <= place < len(value.items):
        raise shapes("there is no such item", span)
    return _plain_item(value.items[place])


def _plain_item(found: Value) -> Value:
    if isinstance(found, Other) and isinstance(found.value, str):
        raise unsupported(f"{found.value} is", found.span)
    return found


def _without_ellipsis(parts: list[ast.expr], order: int) -> list[ast.expr]:
    found: list[ast.expr] = []
    taken = sum(not _is_new(part) and not _is_ellipsis(part) for part in parts)
    for part in parts:
        found += [ast.Slice()] * (order - taken) if _is_ellipsis(part) else [part]
    return found


def _is_ellipsis(part: ast.expr) -> bool:
    return isinstance(part, ast.Constant) and part.value is Ellipsis


def _is_new(part: ast.expr) -> bool:
    return (isinstance(part, ast.Constant) and part.value is None) or (
        isinstance(part, ast.Attribute) and part.attr == "newaxis"
    )


def _step(evaluation: Evaluation, part: ast.expr, array: Array, axis: int) -> Step:
    if _is_new(part):
        return Step("new")
    if axis >= array.order:
        raise shapes(f"too many indices: the array has {array.order} dimensions", array.span)
    size = array.axes[axis]
    span = evaluation.places.span(part) if hasattr(part, "lineno") else array.span
    if isinstance(part, ast.Slice):
        bounds = [None if side is None else _whole(evaluation, side) for side in (part.lower, part.upper, part.step)]
        if bounds in ([None, None, None], [0, None, None]):
            return Step("all")
        return span_of_axis(bounds[0], bounds[1], size, span, bounds[2])
    value = evaluation.value(part)
    if isinstance(value, Several):
        return Step("some", tuple([_place(whole_number(item), size, span) for item in value.items]))
    index = array_of(value)
    if index.axes:
        raise unsupported("an array as an index is", span)
    place = whole_number(index)
    if place is None:
        raise unsupported("an index that is no number is", span, "write e_i^T x for an entry at i")
    return Step("one", (_place(place, size, span),))


def _whole(evaluation: Evaluation, side: ast.expr) -> int:
    found = whole_number(evaluation.value(side))
    if found is None:
        raise unsupported("a slice whose ends are no numbers is", evaluation.places.span(side))
    return found


def span_of_axis(low: int | None, high: int | None, size: arrays.Axis, span: Span, step: int | None = None) -> Step:
    """What a slice takes of an axis.  Raises E112 where that is nothing, E115 for steps along an axis of no known
    length.
    """
    if isinstance(size, int):
        found = range(size)[slice(low, high, step)]
        if not found:
            raise mistakes.error("E112", "the slice is empty", span)
        if len(found) == size and step in {None, 1}:
            return Step("all")
        if step in {None, 1}:
            return Step("range", ends=(found.start, found.stop))
        if len(found) > _LONGEST:
            raise unsupported(f"a slice of more than {_LONGEST} entries in steps is", span)
        return Step("some", tuple(found))
    return _span_of_unknown(low or 0, high, step, span)


def _span_of_unknown(first: int, high: int | None, step: int | None, span: Span) -> Step:
    """What a slice takes of an axis of no known length."""
    if step in {None, 1}:
        if high is not None and (first < 0) == (high < 0) and high <= first:
            raise mistakes.error("E112", "the slice is empty", span)
        return Step("range", ends=(first, high))
    if high is None or high < 0 or first < 0 or step is None or step < 0:
        raise unsupported("a slice in steps along an axis of unknown length is", span, "declare the size: x in R^5")
    if high > _LONGEST:
        raise unsupported(f"a slice in steps that reaches beyond {_LONGEST} entries is", span)
    return Step("some", tuple(range(first, high, step)))


def _place(place: int | None, size: arrays.Axis, span: Span) -> int:
    if place is None:
        raise unsupported("an index that is no number is", span)
    if isinstance(size, int):
        if not -size <= place < size:
            raise shapes(f"the index {place} is outside an axis of {size} entries", span)
        return place % size
    return place


def indexed(array: Array, steps: list[Step], span: Span) -> Array:
    """An array with an index at each of its axes."""
    real = [step for step in steps if step.way != "new"]
    for axis, step in enumerate(real):
        if array.axes[axis] != 1 and step.way != "all":
            array = _taken(array, axis, step, span)
    axes: list[arrays.Axis] = []
    left = iter(array.axes)
    for step in steps:
        axis_now = 1 if step.way == "new" else next(left)
        if step.way != "one":
            axes.append(axis_now)
    if len(axes) > arrays.MOST_AXES:
        raise unsupported("an array of three dimensions or more is", span)
    return arrays.reshaped(array, tuple(axes))


def _taken(array: Array, axis: int, step: Step, span: Span) -> Array:
    """The entries at some places of one axis, which stays with as many."""
    many = _length_of(step) if step.way == "range" else len(step.places)
    axes = (*array.axes[:axis], many, *array.axes[axis + 1 :])
    lines = sum(size != 1 for size in array.axes)
    places = [_counted(array, axis, place, span) for place in step.places]
    picker = _between(array, axis, step, span) if step.way == "range" else _picker(places, span)
    if lines == 1 and many == 1:
        column = array.tree if not arrays.is_row(array.axes) else array.row()
        return Array(Mul((arrays.transposed(picker), column), span=span), axes)
    row = arrays.is_row(array.axes) if lines == 1 else axis == 1
    if row:
        return Array(Mul((array.tree, picker), span=span), axes)
    return Array(Mul((arrays.transposed(picker), array.tree), span=span), axes)


def _counted(array: Array, axis: int, place: int, span: Span) -> Expr:
    """A place along an axis as the language has it: counted from 1, those below 0 from the end."""
    if place >= 0:
        return Num(Fraction(place + 1), span=span)
    length = python_reductions.length(array, axis, span).tree
    return length if place == -1 else Add((length, Num(Fraction(place + 1), span=span)), span=span)


def _length_of(step: Step) -> arrays.Axis:
    """How many places a range has, where both of its ends are counted from the same end of the axis."""
    low, high = step.ends
    if low < 0 and high is None:
        return -low
    return high - low if high is not None and (low < 0) == (high < 0) else None


def _between(array: Array, axis: int, step: Step, span: Span) -> Expr:
    """The matrix whose columns are the unit vectors between two ends."""
    low, high = step.ends
    first = _counted(array, axis, low, span)
    last = _counted(array, axis, -1 if high is None else high - 1, span)
    if _length_of(step) == 1:
        return Call(fn.UNIT_VECTOR, (first,), span=span)
    return Call(fn.UNIT_VECTORS, (first, last), span=span)


def _picker(places: list[Expr], span: Span) -> Expr:
    """The matrix whose columns are the unit vectors at some places."""
    picked = [Call(fn.UNIT_VECTOR, (place,), span=span) for place in places]
    if len(places) == 1:
        return picked[0]
    sized = Call(fn.IDENTITY, (Num(Fraction(len(places)), span=span),), span=span)
    columns = [
        Mul((one, arrays.transposed(Mul((sized, unit(k, span)), span=span))), span=span) for k, one in enumerate(picked)
    ]
    return Add(tuple(columns), span=span)
