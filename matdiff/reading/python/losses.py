"""Losses and layers of PyTorch and JAX: torch.nn.functional and its like.

A loss is told for each entry, by a lambda that is read as a user's own would be; `reduction=` makes one number of it.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import names as fn
from matdiff.reading.python import arrays
from matdiff.reading.python.arguments import refuse
from matdiff.reading.python.arrays import Array, number
from matdiff.reading.python.reductions import count, log_softmax_along, mean_of, total, variance_of
from matdiff.reading.python.refusals import unsupported
from matdiff.reading.python.values import Other, Several

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.reading.python.arguments import Arguments
    from matdiff.reading.python.values import Value

EACH: dict[str, str] = {
    "mse_loss": "lambda input, target: (input - target)**2",
    "l1_loss": "lambda input, target: abs(input - target)",
    "huber_loss": "lambda input, target, delta=1: huber(delta, input - target)",
    "smooth_l1_loss": "lambda input, target, beta=1: huber(beta, input - target) / beta",
    "binary_cross_entropy": "lambda input, target: -(target * log(input) + (1 - target) * log(1 - input))",
    "binary_cross_entropy_with_logits": "lambda input, target: softplus(input) - target * input",
    "soft_margin_loss": "lambda input, target: softplus(-target * input)",
    "poisson_nll_loss": "lambda input, target: exp(input) - target * input",
    "gaussian_nll_loss": "lambda input, target, var: (log(var) + (input - target)**2 / var) / 2",
    "divergence": "lambda input, target: target * (log(target) - input)",
    "margin_ranking_loss": "lambda input, other, target, margin=0: relu(margin - target * (input - other))",
    "triplet_margin_loss": (
        "lambda input, target, negative, margin=1, p=2, eps=1e-6:"
        " relu(norm(input - target + eps, p, -1) - norm(input - negative + eps, p, -1) + margin)"
    ),
}
MODULES = {  # classes of torch.nn, and the functions that their objects are
    "MSELoss": "mse_loss",
    "L1Loss": "l1_loss",
    "HuberLoss": "huber_loss",
    "SmoothL1Loss": "smooth_l1_loss",
    "BCELoss": "binary_cross_entropy",
    "BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
    "CrossEntropyLoss": "cross_entropy",
    "KLDivLoss": "kl_div",
    "SoftMarginLoss": "soft_margin_loss",
    "PoissonNLLLoss": "poisson_nll_loss",
    "GaussianNLLLoss": "gaussian_nll_loss",
    "TripletMarginLoss": "triplet_margin_loss",
    "CosineSimilarity": "cosine_similarity",
    "ReLU": "relu",
    "ReLU6": "relu6",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
    "Softplus": "softplus",
    "LogSigmoid": "logsigmoid",
    "GELU": "gelu",
    "SiLU": "silu",
    "Mish": "mish",
    "ELU": "elu",
    "SELU": "selu",
    "LeakyReLU": "leaky_relu",
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
    "Flatten": "flatten",
}


def reduced(call: Arguments, way: str, each: Array) -> Array:
    """What `reduction=` makes of a loss for each entry: its mean (the default), its sum, or itself."""
    if way == "none":
        return each
    if way == "batchmean" and each.order:
        return arrays.divide(total(each, None, call.span), count(each, (0,), call.span))
    if way not in {"mean", "sum"}:
        raise unsupported(f"reduction='{way}' is", call.span)
    return mean_of(each, None, call.span) if way == "mean" else total(each, None, call.span)


def _way(call: Arguments) -> str:
    return call.text("reduction") or "mean"


def loss(call: Arguments) -> Array:
    """A loss that is told for each entry; PyTorch does not broadcast prediction and target."""
    way = _way(call)
    name = "divergence" if call.name == "kl_div" else call.name
    one, other = call.array("input", "anchor", "input1"), call.array("target", "positive", "input2")
    if one.order != other.order:
        raise refuse(call, "of arrays of different dimensions")
    items, named = [one, other, *call.items], call.named
    call.items, call.named = [], {}
    each = call.evaluation.defined(EACH[name], items, named, call.span)
    return reduced(call, way, call.evaluation.array(each))


def cross_entropy(call: Arguments) -> Array:
    """F.cross_entropy of logits and probabilities of classes, row by row."""
    way = _way(call)
    one, other = call.array("input"), call.array("target")
    if one.order != other.order or not one.order:
        raise refuse(call, "of numbers of classes", "give probabilities: a target as large as the input")
    each = arrays.multiply(other, log_softmax_along(one, one.order - 1, call.span))
    rows = arrays.negative(total(each, (one.order - 1,), call.span))
    return reduced(call, way, rows)


def linear(call: Arguments) -> Array:
    """F.linear(x, W, b): x W^T + b."""
    array, weight = call.array("input"), call.array("weight")
    bias = call.take("bias")
    found = arrays.matmul(array, arrays.transpose(weight), call.span)
    return found if bias is None else arrays.add(found, call.evaluation.array(bias))


def layer_norm(call: Arguments) -> Array:
    """F.layer_norm over the last axes, as many as normalized_shape has."""
    array, shape = call.array("input"), call.needed("normalized_shape")
    many = len(shape.items) if isinstance(shape, Several) else 1
    axes = tuple(range(array.order - many, array.order))
    if many > array.order:
        raise refuse(call, "over more axes than there are")
    weight, bias, eps = call.take("weight"), call.take("bias"), call.take("eps")
    small = number(1, call.span) if eps is None else call.evaluation.array(eps)
    if eps is None:
        small = arrays.divide(small, number(100000, call.span))
    centred = arrays.subtract(array, mean_of(array, axes, call.span, keep=True))
    spread = arrays.add(variance_of(array, axes, call.span, 0, keep=True), small)
    found = arrays.divide(centred, arrays.applied(fn.SQRT, spread, call.span))
    if _is_given(weight):
        found = arrays.multiply(found, call.evaluation.array(weight))
    return arrays.add(found, call.evaluation.array(bias)) if _is_given(bias) else found


def _is_given(value: Value | None) -> bool:
    return value is not None and not (isinstance(value, Other) and value.value is None)


def dropout(call: Arguments) -> Array:
    """Dropout that drops nothing; any other is random."""
    array, share = call.array("input"), call.take("p")
    if call.named.get("training") is not None and not call.flag("training"):
        return array
    if share is None or arrays.static(call.evaluation.array(share)) != 0:
        raise refuse(call, "of random entries", "leave it out, or say training=False")
    return array


HANDLERS: dict[str, Callable[[Arguments], Array]] = {
    **dict.fromkeys([name for name in EACH if name != "divergence"], loss),
    "cross_entropy": cross_entropy,
    "linear": linear,
    "layer_norm": layer_norm,
    "dropout": dropout,
}
