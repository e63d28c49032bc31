"""Shapes of solutions without a formula: of matrix equations, eigenvectors, thresholds."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Call
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading import clashes, refusals
from matdiff.reading.sizes import SCALAR, Dims

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.reading.inference import Inference
    from matdiff.reading.symbol_shapes import Typing


def _args(inference: Inference, node: Call) -> tuple[Call, list[Dims]]:
    fewest, most = TABLE[node.function].arity
    if not fewest <= len(node.args) <= most:
        raise refusals.arity(inference, node, fewest, most)
    args, shapes = inference.visit_all(node.args)
    return (node if args is node.args else Call(node.function, args, span=node.span)), shapes


def _squares(inference: Inference, node: Call, shapes: list[Dims], places: tuple[int, ...]) -> None:
    for k in places:
        if not inference.square(shapes[k]):
            raise clashes.not_square(inference, node.function, node.args[k], shapes[k])


def _sylvester(inference: Inference, node: Call) -> Typing:
    """A of m x m, B of n x n, C of m x n."""
    new, shapes = _args(inference, node)
    _squares(inference, node, shapes, (0, 1))
    whole = (shapes[0][0], shapes[1][0])
    if not inference.same(whole, shapes[2]):
        raise clashes.wrong_kind(inference, node, node.args[2], shapes[2], "a matrix of A's rows and B's columns")
    return new, whole


def _lyapunov(inference: Inference, node: Call) -> Typing:
    new, shapes = _args(inference, node)
    _squares(inference, node, shapes, (0, 1))
    if not inference.same(shapes[0], shapes[1]):
        raise clashes.wrong_kind(inference, node, node.args[1], shapes[1], "two matrices of one size")
    return new, shapes[1]


def _eigenvector(inference: Inference, node: Call) -> Typing:
    new, shapes = _args(inference, node)
    _squares(inference, node, shapes, tuple(range(len(shapes))))
    for k, dims in enumerate(shapes):
        if not inference.same(shapes[0], dims):
            raise clashes.wrong_kind(inference, node, node.args[k], dims, "two matrices of one size")
    return new, (shapes[0][0], 1)


def _eigenvectors(inference: Inference, node: Call) -> Typing:
    if len(node.args) != 2:
        raise refusals.arity(inference, node, 2, 2)
    matrix, dims = inference.visit(node.args[0])
    _squares(inference, node, [dims], (0,))
    count = inference.size_argument(node, node.args[1])
    return Call(node.function, (matrix, node.args[1]), span=node.span), (dims[0], count)


def _bounded(inference: Inference, node: Call) -> Typing:
    """An array, and bounds that are numbers or arrays of its shape."""
    new, shapes = _args(inference, node)
    for k, dims in enumerate(shapes[1:], 1):
        if dims != SCALAR and not inference.same(shapes[0], dims):
            raise clashes.elementwise(inference, node, (node.args[0], shapes[0]), (node.args[k], dims))
    return new, shapes[0]


RULES: dict[str, Callable[[Inference, Call], Typing]] = {
    fn.SYLVESTER: _sylvester,
    fn.LYAPUNOV: _lyapunov,
    "eigenvector": _eigenvector,
    "eigenvectors": _eigenvectors,
    "bounded": _bounded,
}
