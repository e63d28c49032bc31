"""Masks of triangles inside a product: on the diagonal 1, two alike are one, the lower times the upper is I."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.graph.nodes import Node, Op, Var

if TYPE_CHECKING:
    from matdiff.graph.nodes import Indices
    from matdiff.graph.products import Contraction

Factor = tuple[Node, "Indices"]


def settled(product: Contraction, factors: list[Factor]) -> list[Factor]:
    """The factors without masks that say nothing; two triangles that meet in the diagonal unite their indices."""
    if not any(_is_mask(node) for node, _ in factors):
        return factors
    below = {pair for node, indices in factors for pair in _triangle(node, indices)}
    kept: list[Factor] = []
    seen: set[tuple[int, int]] = set()
    for node, indices in factors:
        if not _is_mask(node):
            kept.append((node, indices))
            continue
        ((i, j),) = _triangle(node, indices)
        if product.find(i) != product.find(j) and (j, i) in below:
            product.unite(i, j)
        elif i != j and (i, j) not in seen:
            seen.add((i, j))
            kept.append((node, indices))
    find = product.find
    renamed = [(node, tuple([find(i) for i in indices])) for node, indices in kept]
    return [(node, indices) for node, indices in renamed if not _is_mask(node) or indices[0] != indices[1]]


def _is_mask(node: Node) -> bool:
    return isinstance(node, Op) and node.name == "mask"


def _triangle(node: Node, indices: Indices) -> list[tuple[int, int]]:
    """The pair (i, j) with i >= j wherever the factor is not zero."""
    if len(indices) != 2:
        return []
    side = node.attributes[0] if isinstance(node, Op) and node.name == "mask" else ""
    if isinstance(node, Var) and not node.family:
        side = node.structure
    return [indices] if side == "lower" else [indices[::-1]] if side == "upper" else []
