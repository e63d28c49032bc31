"""Which indices of a node number the members of a family x_n, and what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matdiff.graph.graph import Memo
from matdiff.graph.nodes import Ein, IndexSum, Lin, Map, Power, Var

if TYPE_CHECKING:
    from matdiff.graph.nodes import Indices, Node


_known: Memo[Node, tuple[bool, ...]] = Memo()


def family_axes(node: Node) -> tuple[bool, ...]:
    """Which indices of a node number the members of a family."""
    table = _known.table
    known = table.get(node)
    if known is None:
        known = table[node] = _family_axes(node)
    return known


def _family_axes(node: Node) -> tuple[bool, ...]:
    if isinstance(node, Var):
        return (True,) * node.family + (False,) * (node.order - node.family)
    if isinstance(node, (Map, Power)):
        return family_axes(node.args[0])
    if isinstance(node, IndexSum):
        return family_axes(node.body)
    if isinstance(node, Lin):
        axes = [family_axes(term) for _, term in node.terms]
        return tuple([any(column) for column in zip(*axes, strict=True)]) if axes else (False,) * node.order
    if isinstance(node, Ein):
        family = {
            i
            for inner, indices in node.factors
            for i, is_family in zip(indices, family_axes(inner), strict=True)
            if is_family
        }
        return tuple([i in family for i in node.out])
    return (False,) * node.order


def family_names(node: Node, indices: Indices, i: int) -> list[str]:
    """The names that families give to index i."""
    if isinstance(node, Var):
        subscript = node.name.partition("_")[2]
        k = indices.index(i) if i in indices else -1
        if 0 <= k < node.family:
            return [subscript] if node.family == 1 else [subscript[k : k + 1]]
        return []
    if isinstance(node, Ein):
        inner = dict(zip(indices, node.out, strict=True)).get(i)
        return (
            []
            if inner is None
            else [name for factor, slots in node.factors for name in family_names(factor, slots, inner)]
        )
    if isinstance(node, (Lin, Map)):
        return [name for arg in node.args for name in family_names(arg, indices, i)]
    if isinstance(node, (Power, IndexSum)):
        return family_names(node.args[0], indices, i)
    return []
