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
        if node.op in {"diagonal", "trace"} and uses.get(old.args[0], 1) == 1:
            found = _on_diagonal(arrays, node.args[0])
            return node if found is None else found if node.op == "diagonal" else _total(arrays, found)
        if node.op != "sum" or node.args[0].order != 2 or uses.get(old.args[0], 1) > 1:
            return node
        pair = _factors(node.args[0])
        if pair is None:
            return node
        axis = node.data[0] if node.data else None
        return arrays.make("dots", pair, axis)

    return rebuilt(arrays, roots, change)


def _on_diagonal(arrays: Arrays, node: Array) -> Array | None:
    """The diagonal of a matrix, without the rest of it; None where that is no gain."""
    if node.op == "transpose":
        return _on_diagonal(arrays, node.args[0])
    if node.op == "outer":
        return arrays.mul(*node.args)
    if node.op == "matmul":
        return arrays.make("dots", (node.args[0], arrays.transpose(node.args[1])), 1)
    if node.op == "mul" and node.args[0].order == 0:
        found = _on_diagonal(arrays, node.args[1])
        return None if found is None else arrays.mul(node.args[0], found)
    if node.op == "lin":
        parts = [_on_diagonal(arrays, arg) for arg in node.args]
        if all(part is None for part in parts) or any(arg.order < 2 or arg.op == "expand" for arg in node.args):
            return None
        return arrays.lin(
            [
                (c, arrays.diagonal(arg, 0, 1) if part is None else part)
                for c, arg, part in zip(node.data, node.args, parts, strict=True)
            ]
        )
    return None


def _total(arrays: Arrays, diagonal: Array) -> Array:
    """The trace of a matrix with this diagonal."""
    if diagonal.op == "lin":
        return arrays.lin([(c, _total(arrays, arg)) for c, arg in zip(diagonal.data, diagonal.args, strict=True)])
    if diagonal.op == "dots":
        return arrays.make("dots", diagonal.args)
    if diagonal.op == "mul" and diagonal.args[0].order == 0:
        return arrays.mul(diagonal.args[0], _total(arrays, diagonal.args[1]))
    if diagonal.op == "mul":
        return arrays.matmul(*diagonal.args)
    return arrays.make("trace", diagonal.args) if diagonal.op == "diagonal" else arrays.sum(diagonal, (0,))


def _factors(product: Array) -> tuple[Array, Array] | None:
    """The two matrices that a matrix is the product of, entry by entry."""
    if product.op == "power" and product.data == 2:
        return product.args[0], product.args[0]
    if product.op != "mul" or any(arg.order != 2 or arg.shape != product.shape for arg in product.args):
        return None
    first, second = product.args
    return None if second.op == "recip" else (first, second)
