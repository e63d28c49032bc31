"""Arrays of Python lines: a syntax tree beside the axes that NumPy gives its value, and NumPy's arithmetic on them.

A one-dimensional array is a column in the tree, an axis of length one vanishes there: (n,) and (n, 1) are columns,
(1, n) is a row, (1,) and (1, 1) are scalars.  Broadcasting is written out with vectors of ones; the graph knows them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.formula.syntax import Add, Call, Div, Expr, Had, HadDiv, HadPow, Mul, Neg, Num, Pow, Size, Transpose
from matdiff.functions import names as fn
from matdiff.reading.python.refusals import shapes, unsupported

if TYPE_CHECKING:
    from collections.abc import Callable

Axis = Size | None  # how long an axis is: a number, a name, or not known, which is never 1
Axes = tuple[Axis, ...]
MOST_AXES = 2


@dataclass(slots=True)
class Array:
    """A value: its tree, its axes, and the tree of its transposition where that is had for nothing (else None)."""

    tree: Expr
    axes: Axes = ()
    flipped: Expr | None = field(default=None, compare=False)

    @property
    def order(self) -> int:
        return len(self.axes)

    @property
    def is_scalar(self) -> bool:
        """Whether it holds one number, however many axes it has."""
        return all(axis == 1 for axis in self.axes)

    @property
    def span(self) -> Span:
        return self.tree.span

    def row(self) -> Expr:
        """The tree of the transposition."""
        return self.tree if self.is_scalar else self.flipped or transposed(self.tree)


def number(value: int | Fraction, span: Span) -> Array:
    return Array(Num(Fraction(value), span=span))


def static(array: Array) -> Fraction | None:
    """The number that an array is written as, or None."""
    tree, sign = array.tree, 1
    while isinstance(tree, Neg):
        tree, sign = tree.arg, -sign
    return sign * tree.value if isinstance(tree, Num) else None


def transposed(tree: Expr) -> Expr:
    return tree.arg if isinstance(tree, Transpose) else Transpose(tree, span=tree.span)


def ones(span: Span) -> Expr:
    """A vector of ones, as long as its surroundings say."""
    return Call(fn.ONES, (), span=span)


def joined(*arrays: Array) -> Span:
    return Span(min(array.span.start for array in arrays), max(array.span.end for array in arrays))


# -- broadcasting --------------------------------------------------------------------------------------------------


def common(span: Span, *arrays: Array) -> Axes:
    """The axes that arrays are broadcast to; raises E213 where numbers clash."""
    order = max(array.order for array in arrays)
    axes: list[Axis] = [1] * order
    for array in arrays:
        for k, axis in enumerate(array.axes, order - array.order):
            if axes[k] == 1 or (axes[k] is None and axis not in {1, None}):
                axes[k] = axis
            elif axis != 1 and isinstance(axis, int) and isinstance(axes[k], int) and axis != axes[k]:
                raise shapes(f"axes of {axes[k]} and {axis} entries cannot be broadcast", span)
    if order > MOST_AXES and sum(axis != 1 for axis in axes) > MOST_AXES:
        raise unsupported("an array of three dimensions or more is", span)
    return tuple(axes)


def spread(array: Array, axes: Axes) -> Array:
    """An array broadcast to `axes`."""
    if array.axes == axes:
        return array
    given = (1,) * (len(axes) - array.order) + array.axes
    missing = [k for k, axis in enumerate(given) if axis == 1 and axes[k] != 1]
    span = array.span
    if not missing:
        return reshaped(array, axes)
    factors: tuple[Expr, ...]
    if not array.is_scalar:
        first = missing[0] < len(axes) - 1
        factors = (ones(span), _turned(array, row=True)) if first else (_turned(array, row=False), _ones_row(span))
    elif len(missing) > 1:
        factors = (array.tree, ones(span), _ones_row(span))
    else:
        factors = (array.tree, _ones_row(span) if is_row(axes) else ones(span))
    return Array(Mul(factors, span=span), axes)


def _ones_row(span: Span) -> Expr:
    return transposed(ones(span))


def is_row(axes: Axes) -> bool:
    """Whether a tree of these axes is a row: the last axis of several is the only one that is longer than 1."""
    return len(axes) > 1 and axes[-1] != 1 and all(axis == 1 for axis in axes[:-1])


def _turned(array: Array, *, row: bool) -> Expr:
    """The tree of an array with one long axis, as a row or as a column."""
    if sum(axis != 1 for axis in array.axes) != 1 or is_row(array.axes) == row:
        return array.tree
    return array.row()


def reshaped(array: Array, axes: Axes) -> Array:
    """The same entries with axes of length one put in or taken away."""
    long = [axis for axis in axes if axis != 1]
    return Array(array.tree if len(long) != 1 else _turned(array, row=is_row(axes)), axes)


# -- arithmetic, entry by entry ------------------------------------------------------------------------------------


def add(one: Array, other: Array) -> Array:
    span = joined(one, other)
    axes = common(span, one, other)
    left, right = spread(one, axes), spread(other, axes)
    terms = left.tree.terms if isinstance(left.tree, Add) and left is one else (left.tree,)
    return Array(Add((*terms, right.tree), span=span), axes)


def negative(one: Array) -> Array:
    flipped = Neg(one.row(), span=one.span) if one.order == 1 else None
    return Array(Neg(one.tree, span=one.span), one.axes, flipped)


def subtract(one: Array, other: Array) -> Array:
    return add(one, negative(other))


def multiply(one: Array, other: Array) -> Array:
    """The product entry by entry, broadcast; of a column and a row their outer product."""
    span = joined(one, other)
    axes = common(span, one, other)
    if one.is_scalar or other.is_scalar:
        sides = [array if array.is_scalar else spread(array, axes) for array in (one, other)]
        flipped = Mul((sides[0].row(), sides[1].row()), span=span) if len(axes) == 1 else None
        return Array(Mul((sides[0].tree, sides[1].tree), span=span), axes, flipped)
    if _crossing(one, other, axes):
        return Array(Mul(_column_and_row(one, other), span=span), axes)
    return Array(Had((spread(one, axes).tree, spread(other, axes).tree), span=span), axes)


def _crossing(one: Array, other: Array, axes: Axes) -> bool:
    """Whether a column meets a row."""
    return (
        sum(axis != 1 for axis in axes) > 1
        and all(sum(axis != 1 for axis in array.axes) == 1 for array in (one, other))
        and _last_is_long(one) != _last_is_long(other)
    )


def _last_is_long(array: Array) -> bool:
    return array.axes[-1] != 1


def _column_and_row(one: Array, other: Array) -> tuple[Expr, Expr]:
    column, row = (other, one) if _last_is_long(one) else (one, other)
    return _turned(column, row=False), _turned(row, row=True)


def divide(one: Array, other: Array) -> Array:
    """The quotient entry by entry, broadcast."""
    span = joined(one, other)
    axes = common(span, one, other)
    if other.is_scalar:
        above = one if one.is_scalar else spread(one, axes)
        flipped = Div(above.row(), other.tree, span=span) if len(axes) == 1 else None
        return Array(Div(above.tree, other.tree, span=span), axes, flipped)
    above = one if one.is_scalar else spread(one, axes)
    return Array(HadDiv(above.tree, spread(other, axes).tree, span=span), axes)


def power(one: Array, other: Array) -> Array:
    """Every entry to a power."""
    span = joined(one, other)
    axes = common(span, one, other)
    if other.is_scalar:
        if one.is_scalar:
            return Array(Pow(one.tree, other.tree, span=span), axes)
        return Array(HadPow(spread(one, axes).tree, other.tree, span=span), axes)
    if isinstance(one.tree, Call) and one.tree.function == fn.EULER:
        return applied(fn.EXP, spread(other, axes), span)
    base = spread(one, axes).tree
    return Array(HadPow(base, spread(other, axes).tree, span=span), axes)


def applied(function: str, array: Array, span: Span) -> Array:
    """A function of every entry."""
    return Array(Call(function, (array.tree,), span=span), array.axes)


# -- products ------------------------------------------------------------------------------------------------------


def inner(one: Array, other: Array, span: Span) -> Array:
    """The sum of the products of all entries of two arrays of the same axes."""
    if one.is_scalar or other.is_scalar:
        return Array(multiply(one, other).tree)
    if sum(axis != 1 for axis in one.axes) == 1:
        column, row = _turned(other, row=False), one.row() if not is_row(one.axes) else one.tree
        return Array(Mul((row, column), span=span))
    return Array(Call(fn.INNER, (one.tree, other.tree), span=span))


def matmul(one: Array, other: Array, span: Span) -> Array:
    """NumPy's `@`; raises E201 where a number stands beside it."""
    for array in (one, other):
        if not array.order:
            raise shapes("@ takes vectors and matrices, and this is a number", array.span, "write * for it")
    _check_inner(one, other, span)
    if one.order == 1 and other.order == 1:
        return Array(_product(one.row(), other.tree, span))
    if one.order == 1:
        row = Array(_product(one.row(), other.tree, span), (1, other.axes[1]))
        column = _product(transposed(other.tree), one.tree, span)
        return Array(row.tree if other.axes[1] == 1 else column, other.axes[1:], row.tree)
    tree = _product(one.tree, other.tree, span)
    return Array(tree, (one.axes[0], *other.axes[1:]))


def _product(left: Expr, right: Expr, span: Span) -> Expr:
    factors = left.factors if isinstance(left, Mul) else (left,)
    return Mul((*factors, right), span=span)


def _check_inner(one: Array, other: Array, span: Span) -> None:
    left, right = one.axes[-1], other.axes[0]
    if left != right and (left == 1 or right == 1 or (isinstance(left, int) and isinstance(right, int))):
        raise shapes(f"@ sums over axes of {_told(left)} and {_told(right)}", span)


def _told(axis: Axis) -> str:
    return "1 entry" if axis == 1 else "several entries" if axis is None else f"{axis} entries"


def transpose(array: Array) -> Array:
    """`.T`: the axes in reverse; an array of one dimension stays as it is."""
    if array.order < 2:
        return array
    return Array(array.row(), array.axes[::-1], array.tree)


def outer(one: Array, other: Array, span: Span) -> Array:
    """All products of entries of two vectors."""
    if one.is_scalar or other.is_scalar:
        axes = (1, *other.axes[-1:]) if one.is_scalar else (*one.axes[:1], 1)
        return reshaped(Array(multiply(Array(one.tree, () if one.is_scalar else one.axes), other).tree, axes), axes)
    return Array(Mul((one.tree, other.row()), span=span), (one.axes[0], other.axes[0]))


ARITHMETIC: dict[str, Callable[[Array, Array], Array]] = {
    "Add": add,
    "Sub": subtract,
    "Mult": multiply,
    "Div": divide,
    "Pow": power,
}
