"""The sizes of the factors of a Kronecker product beside a vec, which their product alone leaves open."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Call, Expr, Transpose
from matdiff.functions import names as fn

if TYPE_CHECKING:
    from typing import TypeGuard

    from matdiff.reading.sizes import Dims
    from matdiff.reading.symbol_shapes import SymbolShapes


def align(inference: SymbolShapes, left: Expr, right: Expr) -> None:
    """vec(X)^T (A ⊗ B) or (A ⊗ B) vec(X), which is vec(B X A^T): where nothing else is told, A is as long as X is wide,
    and B as long as X is high.
    """
    turned = left.arg if isinstance(left, Transpose) else left
    for product, vec, side in ((left, right, 1), (right, turned, 0)):
        if _is(product, fn.KRONECKER) and _is(vec, fn.VEC):
            _unify(inference, [inference.written.get(id(node)) for node in (*product.args, *vec.args)], side)


def _unify(inference: SymbolShapes, known: list[Dims | None], side: int) -> None:
    """The sizes of A, B and X as above, if they may be so."""
    first, second, inner = known
    if first is None or second is None or inner is None:
        return
    pairs = ((first[side], inner[1]), (second[side], inner[0]))
    if all(inference.sizes.could_unify(*pair) for pair in pairs):
        for pair in pairs:
            inference.sizes.unify(*pair)


def _is(node: Expr, function: str) -> TypeGuard[Call]:
    return isinstance(node, Call) and node.function == function
