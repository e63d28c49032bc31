"""Products of Python lines: dot, inner, outer, kron, tensordot, einsum."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Call
from matdiff.functions import names as fn
from matdiff.reading.python import arrays
from matdiff.reading.python.arguments import refuse
from matdiff.reading.python.arrays import Array
from matdiff.reading.python.einsum import contracted
from matdiff.reading.python.refusals import shapes
from matdiff.reading.python.values import Other, Several, whole_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.reading.python.arguments import Arguments


def dot(call: Arguments) -> Array:
    one, other = call.array("a", "input"), call.array("b", "other")
    if not one.axes or not other.axes:
        return arrays.multiply(one, other)
    return arrays.matmul(one, other, call.span)


def matmul(call: Arguments) -> Array:
    return arrays.matmul(call.array("x1", "input"), call.array("x2", "other", "mat2", "vec"), call.span)


def inner(call: Arguments) -> Array:
    """The sum over the last axes of both."""
    one, other = call.array("a", "input"), call.array("b", "other")
    if not one.axes or not other.axes:
        return arrays.multiply(one, other)
    return arrays.matmul(one, arrays.transpose(other), call.span)


def vdot(call: Arguments) -> Array:
    one, other = call.array("a", "x1"), call.array("b", "x2")
    if one.order != other.order:
        raise refuse(call, "of arrays of different dimensions")
    return arrays.inner(one, other, call.span)


def outer(call: Arguments) -> Array:
    one, other = call.array("a", "input"), call.array("b", "vec2")
    if one.order > 1 or other.order > 1:
        raise refuse(call, "of matrices", "use kron or einsum")
    one, other = (arrays.reshaped(array, array.axes or (1,)) for array in (one, other))
    return arrays.outer(one, other, call.span)


def cross(call: Arguments) -> Array:
    """The cross product of two vectors of three entries."""
    one, other = call.array("a", "input"), call.array("b", "other")
    if one.order != 1 or other.order != 1:
        raise refuse(call, "of matrices")
    return Array(Call("×", (one.tree, other.tree), span=call.span), one.axes)


def kron(call: Arguments) -> Array:
    one, other = call.array("a", "input"), call.array("b", "other")
    order = max(one.order, other.order)
    if not one.axes or not other.axes:
        return arrays.multiply(one, other)
    one, other = (arrays.reshaped(array, (1,) * (order - array.order) + array.axes) for array in (one, other))
    axes = tuple([_times(a, b) for a, b in zip(one.axes, other.axes, strict=True)])
    return Array(Call(fn.KRONECKER, (one.tree, other.tree), span=call.span), axes)


def _times(one: arrays.Axis, other: arrays.Axis) -> arrays.Axis:
    if one == 1 or other == 1:
        return other if one == 1 else one
    return one * other if isinstance(one, int) and isinstance(other, int) else None


def multi_dot(call: Arguments) -> Array:
    """The product of a list of arrays."""
    given = call.take("arrays")
    if call.name == "chain_matmul" and isinstance(given, Array):
        given, call.items = Several([given, *call.items], call.span), []
    if not isinstance(given, Several) or not given.items:
        raise refuse(call, "of anything but a list")
    found = call.evaluation.array(given.items[0])
    for item in given.items[1:]:
        found = arrays.matmul(found, call.evaluation.array(item), call.span)
    return found


def tensordot(call: Arguments) -> Array:
    """Sums over pairs of axes, as an einsum."""
    one, other = call.array("a"), call.array("b")
    way = call.take("axes", "dims")
    left, right = _pairs(call, way, one, other)
    letters = "abcd"
    names = list(letters[: one.order]), list("wxyz"[: other.order])
    for k, m in zip(left, right, strict=True):
        names[1][m] = names[0][k]
    out = [name for k, name in enumerate(names[0]) if k not in left]
    out += [name for k, name in enumerate(names[1]) if k not in right]
    return contracted([(one, "".join(names[0])), (other, "".join(names[1]))], "".join(out), call.span)


def _pairs(call: Arguments, way: object, one: Array, other: Array) -> tuple[list[int], list[int]]:
    if isinstance(way, Several) and len(way.items) == 2:
        sides = [side.items if isinstance(side, Several) else [side] for side in way.items]
        found = [[whole_number(item) for item in side] for side in sides]
        left = [k % one.order for k in found[0] if k is not None and one.order]
        right = [k % other.order for k in found[1] if k is not None and other.order]
    else:
        many = 2 if way is None else whole_number(way) if isinstance(way, Array) else None
        if many is None:
            raise refuse(call, "with these axes")
        left, right = list(range(one.order - many, one.order)), list(range(many))
    if len(left) != len(right) or any(not 0 <= k < one.order for k in left) or any(k >= other.order for k in right):
        raise shapes("these axes do not pair", call.span)
    return left, right


def einsum(call: Arguments) -> Array:
    """np.einsum of vectors and matrices, with or without "->"."""
    pattern = call.take("subscripts", "equation")
    if not isinstance(pattern, Other) or not isinstance(pattern.value, str):
        raise refuse(call, "without a text that says the sum")
    operands = [call.evaluation.array(item) for item in call.items]
    call.items = []
    text = _without_ellipsis(pattern.value.replace(" ", ""), operands)
    given, arrow, out = text.partition("->")
    names = given.split(",")
    if "." in text or not all(name.isalpha() or not name for name in names) or (out and not out.isalpha()):
        raise refuse(call, f"with '{pattern.value}'")
    if len(names) != len(operands) or any(
        len(name) != array.order for name, array in zip(names, operands, strict=False)
    ):
        raise shapes(f"'{pattern.value}' does not fit to the arrays", call.span)
    if not arrow:
        letters = "".join(names)
        out = "".join(sorted(letter for letter in set(letters) if letters.count(letter) == 1))
    if len(set(out)) < len(out) or not set(out) <= set("".join(names)):
        raise shapes(f"'{pattern.value}' does not say what comes out", call.span)
    return contracted(list(zip(operands, names, strict=True)), out, call.span)


def _without_ellipsis(text: str, operands: list[Array]) -> str:
    """The sum with letters for the axes that "..." stands for, those of all operands aligned from the right."""
    given, arrow, out = text.partition("->")
    names = given.split(",")
    if "..." not in given or len(names) != len(operands):
        return text
    free = [letter for letter in "ZYXWVU" if letter not in text]
    counts = [array.order - len(name.replace("...", "")) for name, array in zip(names, operands, strict=True)]
    most = max([many for many, name in zip(counts, names, strict=True) if "..." in name])
    if not 0 <= most <= len(free) or min(counts) < 0:
        return text
    axes = "".join(free[:most])
    found = [name.replace("...", axes[len(axes) - many :]) for many, name in zip(counts, names, strict=True)]
    if not arrow:
        letters = given.replace("...", "").replace(",", "")
        out = "..." + "".join(sorted([letter for letter in set(letters) if letters.count(letter) == 1]))
    return f"{','.join(found)}->{out.replace('...', axes)}"


HANDLERS: dict[str, Callable[[Arguments], Array]] = {
    "dot": dot,
    **dict.fromkeys(("matmul", "mm", "mv"), matmul),
    "inner": inner,
    **dict.fromkeys(("vdot", "vecdot"), vdot),
    **dict.fromkeys(("outer", "ger"), outer),
    "cross": cross,
    "kron": kron,
    **dict.fromkeys(("multi_dot", "chain_matmul"), multi_dot),
    "tensordot": tensordot,
    "einsum": einsum,
}
