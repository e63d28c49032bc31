"""Sums of products entry by entry, without the product: vdot and einsum("ij,ij->i")."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.codegen.program import rebuilt, uses_of

if TYPE_CHECKING:
    from matdiff.codegen.arrays import Array, Arrays


def with_dots(arrays: Arrays, roots: list[Array]) -> list[Array]:
    """The program with sums of products, where nothing else needs the product, as scalar products."""
    uses = uses_of(roots)

    def change(node: Array, old: Array) -> Array:
        if node.op != "sum" or node.args[0].order != 2 or uses.get(old.args[0], 1) > 1:
            return node
        pair = _factors(node.args[0])
        if pair is None:
            return node
        axis = node.data[0] if node.data else None
        return arrays.make("dots", pair, axis)

    return rebuilt(arrays, roots, change)


def _factors(product: Array) -> tuple[Array, Array] | None:
    """The two matrices that a matrix is the product of, entry by entry."""
    if product.op == "power" and product.data == 2:
        return product.args[0], product.args[0]
    if product.op != "mul" or any(arg.order != 2 or arg.shape != product.shape for arg in product.args):
        return None
    first, second = product.args
    return None if second.op == "recip" else (first, second)
