"""Functions of entries in Python lines that have no row of their own, or another meaning there than in the table."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Call, Div, HadDiv, HadPow, Num, Pow, Sym, subtrees
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading.python import arrays
from matdiff.reading.python import losses as python_losses
from matdiff.reading.python import reductions as python_reductions
from matdiff.reading.python.arguments import Arguments, refuse
from matdiff.reading.python.arrays import Array, number, static
from matdiff.reading.python.refusals import unsupported
from matdiff.reading.python.values import Other, Truth, Value, whole_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.errors import Span


def _binary(act: Callable[[Array, Array], Array]) -> Callable[[Arguments], Array]:
    def handler(call: Arguments) -> Array:
        return act(call.array("x1", "input"), call.array("x2", "other", "exponent"))

    return handler


def _on_entries(act: Callable[[Array, Span], Array]) -> Callable[[Arguments], Array]:
    def handler(call: Arguments) -> Array:
        return act(call.array("x", "input"), call.span)

    return handler


def _log_sigmoid(array: Array, span: Span) -> Array:
    return arrays.negative(arrays.applied(fn.SOFTPLUS, arrays.negative(array), span))


def _square(array: Array, span: Span) -> Array:
    return arrays.power(array, number(2, span))


def _reciprocal(array: Array, span: Span) -> Array:
    return arrays.divide(number(1, span), array)


def _rsqrt(array: Array, span: Span) -> Array:
    return arrays.power(array, Array(Num(Fraction(-1, 2), span=span)))


def _exp2(array: Array, span: Span) -> Array:
    return arrays.power(number(2, span), array)


def _entropy(array: Array, span: Span) -> Array:
    return arrays.negative(arrays.multiply(array, arrays.applied(fn.LOG, array, span)))


def _xlogy(one: Array, other: Array) -> Array:
    return arrays.multiply(one, arrays.applied(fn.LOG, other, other.span))


def _relative_entropy(one: Array, other: Array) -> Array:
    return arrays.multiply(one, arrays.applied(fn.LOG, arrays.divide(one, other), one.span))


def _divergence(one: Array, other: Array) -> Array:
    return arrays.add(arrays.subtract(_relative_entropy(one, other), one), other)


def _log_add_exp(one: Array, other: Array) -> Array:
    """log(exp a + exp b) = b + softplus(a - b)."""
    if static(one) == 0:
        one, other = other, one
    if static(other) == 0:
        return arrays.applied(fn.SOFTPLUS, one, one.span)
    return arrays.add(other, arrays.applied(fn.SOFTPLUS, arrays.subtract(one, other), one.span))


def _sinc(array: Array, span: Span) -> Array:
    """NumPy's sinc(x) is sin(pi x)/(pi x)."""
    return arrays.applied(fn.SINC, arrays.multiply(Array(Call(fn.PI, (), span=span)), array), span)


def _gelu(call: Arguments) -> Array:
    """The exact one: in JAX only where that is said."""
    array = call.array("x", "input")
    exact = call.keyword("approximate")
    said = exact.value if isinstance(exact, Other) else None
    if said not in {False, "none", None} or (said is None and call.library == "jax"):
        raise refuse(call, "by its approximation", "approximate=False is the exact one")
    return arrays.applied(fn.GELU, array, call.span)


def _huber(call: Arguments) -> Array:
    """scipy.special.huber(delta, r)."""
    delta, array = call.array("delta"), call.array("r")
    if delta.axes:
        raise refuse(call, "with an array as its width")
    return Array(Call(fn.HUBER, (array.tree, delta.tree), span=call.span), array.axes)


def _kl_div(call: Arguments) -> Array:
    return python_losses.loss(call) if call.library == "torch" else _binary(_divergence)(call)


def _polygamma(call: Arguments) -> Array:
    """The derivatives of digamma, as far as the table has them."""
    order, array = whole_number(call.needed("n")), call.array("x", "input")
    names = ("digamma", "trigamma", "tetragamma", "pentagamma")
    if order is None or not 0 <= order < len(names):
        raise refuse(call, "of this order")
    return arrays.applied(names[order], array, call.span)


def _hypotenuse(one: Array, other: Array) -> Array:
    span = arrays.joined(one, other)
    squares = [arrays.power(array, number(2, span)) for array in (one, other)]
    return arrays.applied(fn.SQRT, arrays.add(*squares), span)


def _clip(call: Arguments) -> Array:
    """Clip, clamp: the smaller of the larger, each bound where it is given."""
    array = call.array("a", "input")
    low, high = call.take("a_min", "min"), call.take("a_max", "max")
    for bound, act in ((low, python_reductions.larger), (high, python_reductions.smaller)):
        if bound is not None and not (isinstance(bound, Other) and bound.value is None):
            array = act(array, call.evaluation.array(bound), call.span)
    return array


def _where(call: Arguments) -> Array:
    """where(c, a, b) = b + c (a - b), of branches that are defined everywhere."""
    condition = call.take("condition")
    if not isinstance(condition, Truth):
        raise refuse(call, "of anything but a comparison")
    one, other = call.array("x", "input"), call.array("y", "other")
    for branch in (one, other):
        if not _everywhere(branch):
            raise refuse(call, "of a branch that is not defined everywhere")
    step = condition.array
    if static(other) == 0 and isinstance(step.tree, Call) and step.tree.args == (one.tree,):
        return arrays.applied(fn.RELU, one, call.span)
    chosen = arrays.multiply(step, arrays.subtract(one, other) if static(other) != 0 else one)
    return chosen if static(other) == 0 else arrays.add(other, chosen)


def _everywhere(array: Array) -> bool:
    for part in subtrees(array.tree):
        if isinstance(part, Call) and part.function in TABLE and TABLE[part.function].sample not in {"real", "vector"}:
            return False
        if isinstance(part, (Div, HadDiv)) and not isinstance(part.den, (Num, Sym)):
            return False
        if isinstance(part, (Pow, HadPow)) and not (
            isinstance(part.exponent, Num) and part.exponent.value.denominator == 1 and part.exponent.value > 0
        ):
            return False
    return True


def compared(sign: str, left: Array, right: Array, span: Span) -> Truth:
    """A comparison as an array of ones and noughts, through the step at nought."""
    if sign in {"Lt", "GtE"}:
        gap = arrays.subtract(right, left) if static(left) != 0 else right
    elif sign in {"Gt", "LtE"}:
        gap = arrays.subtract(left, right) if static(right) != 0 else left
    else:
        raise unsupported("a comparison for equality is", span)
    if static(gap) is None and static(right) == 0 and sign in {"Lt", "GtE"}:
        gap = arrays.negative(left)
    step = arrays.applied(fn.STEP, gap, span)
    return Truth(step if sign in {"Lt", "Gt"} else arrays.subtract(number(1, span), step))


HANDLERS: dict[str, Callable[[Arguments], Value]] = {
    "add": _binary(arrays.add),
    **dict.fromkeys(("subtract", "sub"), _binary(arrays.subtract)),
    **dict.fromkeys(("multiply", "mul"), _binary(arrays.multiply)),
    **dict.fromkeys(("divide", "true_divide", "div"), _binary(arrays.divide)),
    **dict.fromkeys(("power", "pow", "float_power"), _binary(arrays.power)),
    **dict.fromkeys(("negative", "neg"), _on_entries(lambda array, _: arrays.negative(array))),
    **dict.fromkeys(("logsigmoid", "log_sigmoid", "log_expit"), _on_entries(_log_sigmoid)),
    "square": _on_entries(_square),
    "reciprocal": _on_entries(_reciprocal),
    "rsqrt": _on_entries(_rsqrt),
    "exp2": _on_entries(_exp2),
    "entr": _on_entries(_entropy),
    "xlogy": _binary(_xlogy),
    "rel_entr": _binary(_relative_entropy),
    "kl_div": _kl_div,
    "sinc": _on_entries(_sinc),
    "polygamma": _polygamma,
    "gelu": _gelu,
    "huber": _huber,
    "logaddexp": _binary(_log_add_exp),
    "hypot": _binary(_hypotenuse),
    **dict.fromkeys(("clip", "clamp"), _clip),
    "where": _where,
}
