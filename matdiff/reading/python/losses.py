"""Losses and layers of PyTorch and JAX: torch.nn.functional and its like."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Call
from matdiff.functions import names as fn
from matdiff.reading.python import arrays
from matdiff.reading.python.arguments import refuse
from matdiff.reading.python.arrays import Array, number
from matdiff.reading.python.reductions import log_softmax_along, mean_of, total
from matdiff.reading.python.refusals import unsupported

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.reading.python.arguments import Arguments


def reduced(call: Arguments, each: Array) -> Array:
    """What `reduction=` makes of a loss for each entry: its mean (the default), its sum, or itself."""
    way = call.text("reduction") or "mean"
    if way == "none":
        return each
    if way not in {"mean", "sum"}:
        raise unsupported(f"reduction='{way}' is", call.span)
    return mean_of(each, None, call.span) if way == "mean" else total(each, None, call.span)


def _pair(call: Arguments) -> tuple[Array, Array]:
    """Prediction and target; PyTorch does not broadcast them."""
    one, other = call.array("input"), call.array("target")
    if one.order != other.order:
        raise refuse(call, "of arrays of different dimensions")
    return one, other


def squares(call: Arguments) -> Array:
    """F.mse_loss."""
    one, other = _pair(call)
    return reduced(call, arrays.power(arrays.subtract(one, other), number(2, call.span)))


def absolutes(call: Arguments) -> Array:
    """F.l1_loss."""
    one, other = _pair(call)
    return reduced(call, arrays.applied(fn.ABSOLUTE, arrays.subtract(one, other), call.span))


def cross_entropy_of_bits(call: Arguments) -> Array:
    """F.binary_cross_entropy: -(y log p + (1 - y) log(1 - p))."""
    one, other = _pair(call)
    unit = number(1, call.span)
    log = arrays.multiply(other, arrays.applied(fn.LOG, one, call.span))
    rest = arrays.applied(fn.LOG, arrays.subtract(unit, one), call.span)
    return reduced(call, arrays.negative(arrays.add(log, arrays.multiply(arrays.subtract(unit, other), rest))))


def cross_entropy_of_logits(call: Arguments) -> Array:
    """F.binary_cross_entropy_with_logits: softplus(z) - y z."""
    one, other = _pair(call)
    return reduced(call, arrays.subtract(arrays.applied(fn.SOFTPLUS, one, call.span), arrays.multiply(other, one)))


def cross_entropy(call: Arguments) -> Array:
    """F.cross_entropy of logits and probabilities of classes, row by row."""
    one, other = call.array("input"), call.array("target")
    if one.order != other.order or not one.order:
        raise refuse(call, "of numbers of classes", "give probabilities: a target as large as the input")
    each = arrays.multiply(other, log_softmax_along(one, one.order - 1, call.span))
    rows = arrays.negative(total(each, (one.order - 1,), call.span))
    return reduced(call, rows)


def divergence(call: Arguments) -> Array:
    """F.kl_div(input, target): target (log target - input)."""
    one, other = _pair(call)
    gap = arrays.subtract(arrays.applied(fn.LOG, other, call.span), one)
    return reduced(call, arrays.multiply(other, gap))


def linear(call: Arguments) -> Array:
    """F.linear(x, W, b): x W^T + b."""
    array, weight = call.array("input"), call.array("weight")
    bias = call.take("bias")
    found = arrays.matmul(array, arrays.transpose(weight), call.span)
    return found if bias is None else arrays.add(found, call.evaluation.array(bias))


def cosine(call: Arguments) -> Array:
    """F.cosine_similarity of two vectors."""
    one, other = call.array("x1"), call.array("x2")
    way = call.axis(1)
    if one.order != 1 or other.order != 1 or way == (1,):
        raise refuse(call, "of matrices")
    lengths = [Array(Call(fn.NORM, (array.tree,), span=call.span)) for array in (one, other)]
    return arrays.divide(arrays.inner(one, other, call.span), arrays.multiply(*lengths))


HANDLERS: dict[str, Callable[[Arguments], Array]] = {
    "mse_loss": squares,
    "l1_loss": absolutes,
    "binary_cross_entropy": cross_entropy_of_bits,
    "binary_cross_entropy_with_logits": cross_entropy_of_logits,
    "cross_entropy": cross_entropy,
    "linear": linear,
    "cosine_similarity": cosine,
}
