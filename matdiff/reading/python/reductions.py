"""Sums, means, variances, norms, softmax of Python lines: over all entries or along an axis."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Call, Expr, Mul, Num, Sym, Transpose
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading.python import arrays
from matdiff.reading.python.arguments import refuse
from matdiff.reading.python.arrays import Array, number, static
from matdiff.reading.python.refusals import shapes
from matdiff.reading.python.values import Other, Several

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.errors import Span
    from matdiff.reading.python.arguments import Arguments
    from matdiff.reading.python.values import Value

Way = tuple[int, ...]


def total(array: Array, axes: Way | None, span: Span, *, keep: bool = False) -> Array:
    """The sum over some axes (over all where None)."""
    over = tuple(range(array.order)) if axes is None else axes
    long = [k for k in over if array.axes[k] != 1]
    left = tuple([1 if k in over else axis for k, axis in enumerate(array.axes)])
    given = [k for k, axis in enumerate(array.axes) if axis != 1]
    if not long:
        found = Array(array.tree, left, array.flipped)
    elif len(long) == len(given):
        found = Array(Call(fn.SUM, (array.tree,), span=span), left)
    elif long[0] == given[0]:
        row = Mul((arrays.transposed(arrays.ones(span)), array.tree), span=span)
        found = Array(row, left)
    else:
        found = Array(Mul((array.tree, arrays.ones(span)), span=span), left)
    return found if keep else dropped(found, over)


def dropped(array: Array, over: Way) -> Array:
    """An array without axes of length one."""
    left = tuple([axis for k, axis in enumerate(array.axes) if k not in over])
    if len(left) == 1 and len(array.axes) > 1 and left[0] != 1 and array.axes[-1] != 1:
        tree = array.tree
        factors = tree.factors if isinstance(tree, Mul) and len(tree.factors) == 2 else ()
        if factors and isinstance(factors[0], Transpose):
            column: Expr = Mul((arrays.transposed(factors[1]), factors[0].arg), span=tree.span)
        else:
            column = array.row()
        return Array(column, left, tree)
    return arrays.reshaped(array, left) if len(left) != len(array.axes) else array


def count(array: Array, axes: Way | None, span: Span) -> Array:
    """How many entries there are along some axes."""
    over = range(array.order) if axes is None else axes
    factors = [length(array, k, span) for k in over if array.axes[k] != 1]
    if not factors:
        return number(1, span)
    return factors[0] if len(factors) == 1 else Array(Mul(tuple([factor.tree for factor in factors]), span=span))


def length(array: Array, axis: int, span: Span) -> Array:
    """How long an axis is."""
    size = array.axes[axis]
    if isinstance(size, int):
        return number(size, span)
    if isinstance(size, str) and size.isidentifier():
        return Array(Sym(size, span=span))
    rows = array.order == 1 or (axis == 0) == (not arrays.is_row(array.axes))
    return Array(Call("nrows" if rows else "ncols", (array.tree,), span=span))


def mean_of(array: Array, axes: Way | None, span: Span, *, keep: bool = False) -> Array:
    if axes is None and not keep and not array.is_scalar:
        return Array(Call(fn.MEAN, (array.tree,), span=span))
    return arrays.divide(total(array, axes, span, keep=keep), count(array, axes, span))


def variance_of(array: Array, axes: Way | None, span: Span, less: int, *, keep: bool = False) -> Array:
    """The mean square distance from the mean, with `less` taken from the number of entries."""
    way = tuple(range(array.order)) if axes is None else axes
    centre = mean_of(array, way, span, keep=True) if axes is not None else mean_of(array, None, span)
    squares = arrays.power(arrays.subtract(array, centre), number(2, span))
    if not less:
        return mean_of(squares, axes, span, keep=keep)
    many = arrays.subtract(count(array, axes, span), number(less, span))
    return arrays.divide(total(squares, axes, span, keep=keep), many)


# -- handlers ------------------------------------------------------------------------------------------------------


def sum_(call: Arguments) -> Array:
    array = call.array("a", "input", "x")
    axes, keep = call.axis(array.order), call.flag("keepdims", "keepdim")
    if call.path == "sum" and array.order > 1:
        raise refuse(call, "of a matrix by Python's own name", "write np.sum(X), or np.sum(X, axis=0)")
    return total(array, axes, call.span, keep=keep)


def mean(call: Arguments) -> Array:
    """The mean, over an axis or all entries, or with weights."""
    array = call.array("a", "input", "x")
    axes, keep = call.axis(array.order), call.flag("keepdims", "keepdim")
    weights = call.keyword("weights") if call.name == "average" else None
    if weights is not None:
        weight = call.evaluation.array(weights)
        if axes is not None or weight.axes != array.axes:
            raise refuse(call, "with weights along an axis")
        return arrays.divide(arrays.inner(weight, array, call.span), total(weight, None, call.span))
    return mean_of(array, axes, call.span, keep=keep)


def _less(call: Arguments) -> int:
    """What is taken from the number of entries: nothing in NumPy, one in PyTorch."""
    if "unbiased" in call.named:
        return int(call.flag("unbiased"))
    return call.number("ddof", "correction", default=1 if call.library == "torch" else 0)


def var(call: Arguments) -> Array:
    array = call.array("a", "input", "x")
    axes, keep, less = call.axis(array.order), call.flag("keepdims", "keepdim"), _less(call)
    return variance_of(array, axes, call.span, less, keep=keep)


def std(call: Arguments) -> Array:
    return arrays.applied(fn.SQRT, var(call), call.span)


def extreme(call: Arguments) -> Array | Several:
    """The largest or smallest entry; of two arrays, entry by entry."""
    if len(call.items) == 2 and (call.library == "torch" or call.path in {"max", "min"}):
        return two_extremes(call)
    array = call.array("a", "input", "x")
    axes, keep = call.axis(array.order), call.flag("keepdims", "keepdim")
    if axes is not None and call.library == "torch" and call.name in {"max", "min"}:
        return _values_and_indices(call, array, axes, keep=keep)
    name = "max" if "max" in call.name else "min"
    if axes is not None and len([k for k in axes if array.axes[k] != 1]) < sum(a != 1 for a in array.axes):
        return _extreme_along(call, name, array, axes, keep=keep)
    return _extreme_of_all(call, name, array, keep=keep)


def _extreme_of_all(call: Arguments, name: str, array: Array, *, keep: bool) -> Array:
    """The largest or smallest of all entries."""
    if array.is_scalar:
        return Array(array.tree, (1,) * array.order if keep else ())
    tree = array.tree if sum(axis != 1 for axis in array.axes) == 1 else Call(fn.VEC, (array.tree,), span=call.span)
    return Array(Call(name, (tree,), span=call.span), (1,) * array.order if keep else ())


def _values_and_indices(call: Arguments, array: Array, axes: Way, *, keep: bool) -> Several:
    """The pair that PyTorch gives for a largest or smallest entry along an axis."""
    values = call.renamed(f"a{call.name}")
    way = Several([number(axis, call.span) for axis in axes], call.span)
    values.items, values.named = [array], {"axis": way, "keepdims": Other(keep, call.span)}
    return Several([extreme(values), Other("an index of entries", call.span)], call.span, ("values", "indices"))


def _extreme_along(call: Arguments, name: str, array: Array, axes: Way, *, keep: bool) -> Array:
    """The largest or smallest entry of each row or column."""
    (over,) = [k for k in axes if array.axes[k] != 1] or [-1]
    if over < 0:
        return array if keep else dropped(array, axes)
    least = name == "min"
    whole = arrays.negative(array) if least else array
    tree = Call(fn.MAX_ROWS if over == 1 else fn.MAX_COLUMNS, (whole.tree,), span=call.span)
    found = Array(tree, (array.axes[1 - over],))
    found = arrays.negative(found) if least else found
    return along(found, over) if keep else found


def two_extremes(call: Arguments) -> Array:
    """maximum(a, b) = b + relu(a - b), minimum(a, b) = a - relu(a - b)."""
    one, other = call.array("x1", "input"), call.array("x2", "other")
    if "max" in call.name:
        return larger(one, other, call.span)
    return smaller(one, other, call.span)


def larger(one: Array, other: Array, span: Span) -> Array:
    if static(one) == 0:
        one, other = other, one
    if static(other) == 0:
        return arrays.applied(fn.RELU, one, span)
    return arrays.add(other, arrays.applied(fn.RELU, arrays.subtract(one, other), span))


def smaller(one: Array, other: Array, span: Span) -> Array:
    if static(one) == 0:
        one, other = other, one
    if static(other) == 0:
        return arrays.negative(arrays.applied(fn.RELU, arrays.negative(one), span))
    return arrays.subtract(one, arrays.applied(fn.RELU, arrays.subtract(one, other), span))


def norm(call: Arguments) -> Array:
    """Norms by `ord` or `p`: of vectors, of matrices, of the rows or columns of a matrix."""
    array = call.array("x", "input", "a", "A")
    kind = _norm_kind(call, call.take("ord", "p"))
    axes, keep = call.axis(array.order), call.flag("keepdims", "keepdim")
    long = [k for k, axis in enumerate(array.axes) if axis != 1]
    over = long if axes is None else [k for k in axes if array.axes[k] != 1]
    if len(over) < len(long):
        return _norm_along(call, array, kind, tuple(over if axes is None else axes), keep=keep)
    flat = call.library == "torch" and "linalg" not in call.path and isinstance(kind, (int, Fraction))
    tree = array.tree
    if len(long) == 2 and flat and kind == 2:
        kind = ""
    elif len(long) == 2 and flat:
        tree = Call(fn.VEC, (tree,), span=call.span)
    elif len(long) == 2 and kind not in {"", 2, "F", "nuclear", 1, "inf"}:
        raise refuse(call, f"of order {kind} of a matrix")
    if len(long) == 2 and not flat and kind in {1, "inf"}:
        found: Expr = Call(fn.COLUMN_SUM_NORM if kind == 1 else fn.ROW_SUM_NORM, (tree,), span=call.span)
    elif not long:
        found = Call(fn.ABSOLUTE, (tree,), span=call.span)
    else:
        found = Call(fn.NORM, (tree, *_kind_tree(kind, call.span)), span=call.span)
    return Array(found, (1,) * array.order if keep else ())


def _norm_along(call: Arguments, array: Array, kind: str | Fraction | int, axes: Way, *, keep: bool) -> Array:
    """The norms of the rows or columns of a matrix."""
    sizes = arrays.applied(fn.ABSOLUTE, array, call.span)
    if kind == "inf":
        return _extreme_along(call, fn.MAX, sizes, axes, keep=keep)
    if kind == 1:
        return total(sizes, axes, call.span, keep=keep)
    if kind in {"", 2}:
        squares = arrays.power(array, number(2, call.span))
        return arrays.applied(fn.SQRT, total(squares, axes, call.span, keep=keep), call.span)
    if not isinstance(kind, (int, Fraction)):
        raise refuse(call, "of that order along an axis")
    powers = arrays.power(sizes, number(kind, call.span))
    return arrays.power(total(powers, axes, call.span, keep=keep), number(1 / Fraction(kind), call.span))


def _kind_tree(kind: str | Fraction | int, span: Span) -> tuple[Expr, ...]:
    if kind == "":
        return ()
    return (Sym(kind, span=span) if isinstance(kind, str) else Num(Fraction(kind), span=span),)


def _norm_kind(call: Arguments, value: object) -> str | Fraction | int:
    """Which norm is asked for: "" for the usual one, a name, or a number."""
    if value is None or (isinstance(value, Other) and value.value is None):
        return ""
    if isinstance(value, Other) and value.value in {"fro", "nuc"}:
        return "F" if value.value == "fro" else "nuclear"
    if isinstance(value, Array):
        if isinstance(value.tree, Sym) and value.tree.name == "inf":
            return "inf"
        found = static(value)
        if found is not None and found > 0:
            return found if found.denominator != 1 else int(found)
    raise refuse(call, "of this order")


def logsumexp(call: Arguments) -> Array:
    """Log sum exp over all entries, or along an axis."""
    array = call.array("a", "input", "x")
    axes, keep = call.axis(array.order), call.flag("keepdims", "keepdim")
    long = [k for k, axis in enumerate(array.axes) if axis != 1]
    over = long if axes is None else [k for k in axes if k in long]
    if not over:
        return array if keep else dropped(array, tuple(axes or range(array.order)))
    if len(over) == len(long):
        tree = array.tree if len(long) == 1 else Call(fn.VEC, (array.tree,), span=call.span)
        return Array(Call(fn.LOGSUMEXP, (tree,), span=call.span), (1,) * array.order if keep else ())
    name = fn.LOGSUMEXP_ROWS if over == [1] else fn.LOGSUMEXP_COLUMNS
    found = Array(Call(name, (array.tree,), span=call.span), (array.axes[1 - over[0]],))
    return along(found, over[0]) if keep else found


def along(array: Array, axis: int) -> Array:
    """A vector that stands beside a matrix, the axis that it was summed over kept."""
    (size,) = array.axes
    return arrays.reshaped(array, (1, size) if axis == 0 else (size, 1))


def softmax_along(array: Array, axis: int | None, span: Span) -> Array:
    """Softmax along an axis, over all entries where None."""
    long = [k for k, size in enumerate(array.axes) if size != 1]
    if axis is not None and array.axes[axis] == 1:
        return Array(Call(fn.ONES, (), span=span), array.axes) if long else number(1, span)
    if len(long) == 1:
        found = Array(Call(fn.SOFTMAX, (arrays.reshaped(array, (None,)).tree,), span=span), (array.axes[long[0]],))
        return arrays.reshaped(found, array.axes)
    if axis is None:
        exponentials = arrays.applied(fn.EXP, array, span)
        return arrays.divide(exponentials, total(exponentials, None, span))
    return arrays.applied(fn.SOFTMAX_ROWS if axis == 1 else fn.SOFTMAX_COLUMNS, array, span)


def _softmax_axis(call: Arguments, array: Array) -> int | None:
    """The axis of a softmax: the last in JAX, all of them in SciPy, one that must be said in PyTorch."""
    axes = call.axis(array.order)
    if axes is None and array.order > 1 and call.library != "numpy":
        if call.library == "torch":
            raise refuse(call, "of a matrix without dim=")
        return array.order - 1
    if axes is not None and len(axes) != 1:
        raise refuse(call, "along several axes")
    return None if axes is None else axes[0]


def softmax(call: Arguments) -> Array:
    """Softmax over all entries (SciPy), the last axis (JAX), or the axis that is said."""
    array = call.array("x", "input", "a")
    return softmax_along(array, _softmax_axis(call, array), call.span)


def log_softmax(call: Arguments) -> Array:
    array = call.array("x", "input", "a")
    return log_softmax_along(array, _softmax_axis(call, array), call.span)


def log_softmax_along(array: Array, axis: int | None, span: Span) -> Array:
    """X - logsumexp(x) of a vector; the logarithm of a matrix' softmax."""
    if array.order != 1:
        return arrays.applied(fn.LOG, softmax_along(array, axis, span), span)
    return arrays.subtract(array, Array(Call(fn.LOGSUMEXP, (array.tree,), span=span)))


def trace(call: Arguments) -> Array:
    """The sum of a diagonal: of the main one, or of the one that `offset` names."""
    array = call.array("a", "input", "x")
    if array.order != 2:
        raise shapes("the trace is of a matrix", array.span)
    beside = call.number("offset", default=0, positional=True)
    if beside:
        text = f"lambda a: np.sum(diag(a, {beside}))"
        return call.evaluation.array(call.evaluation.defined(text, [array], {}, call.span))
    return Array(Call(fn.TRACE, (array.tree,), span=call.span))


def product(call: Arguments) -> Array:
    """The product of all entries of a vector or matrix."""
    array = call.array("a", "input")
    axes = call.axis(array.order)
    row = TABLE.get(fn.PROD)
    if row is None or (axes is not None and len(axes) < array.order):
        raise refuse(call, "along an axis" if row is not None else "as a function")
    return Array(array.tree if array.is_scalar else Call(row.name, (array.tree,), span=call.span))


def cumulative(call: Arguments) -> Array:
    """The running sums of a vector: a lower triangle of ones times it."""
    array = call.array("a", "input")
    call.axis(max(array.order, 1))
    if array.order != 1:
        raise refuse(call, "of a matrix")
    square = Mul((arrays.ones(call.span), arrays.transposed(arrays.ones(call.span))), span=call.span)
    return Array(Mul((Call(fn.LOWER_TRIANGLE, (square,), span=call.span), array.tree), span=call.span), array.axes)


HANDLERS: dict[str, Callable[[Arguments], Value]] = {
    "sum": sum_,
    **dict.fromkeys(("mean", "average"), mean),
    "var": var,
    "std": std,
    **dict.fromkeys(("max", "min", "amax", "amin"), extreme),
    **dict.fromkeys(("maximum", "minimum", "fmax", "fmin"), two_extremes),
    "norm": norm,
    **dict.fromkeys(("vector_norm", "matrix_norm"), norm),
    "logsumexp": logsumexp,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "trace": trace,
    "cumsum": cumulative,
    "prod": product,
}
