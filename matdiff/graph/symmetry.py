"""Which matrices of the graph equal their transposes, and which are their negatives."""

from __future__ import annotations

from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.graph import current
from matdiff.graph.nodes import CONSTANT, Ein, Lin, Map, Node, Op, Power, Var

# f(Xᵀ) = f(X)ᵀ, so that a symmetric X gives a symmetric f(X); "matpow" is the graph's own power of a matrix
_KEEPS = frozenset(
    ["matpow", *[row.name for row in TABLE.values() if "transpose" in row.traits.keeps and row.arity == (1, 1)]]
)
_LONG = 12  # factors of a product beyond which its symmetry is not looked for


def symmetric(node: Node) -> bool:
    """Is the matrix its own transpose, or each member of a family of matrices?  These have their matrix in the last two
    axes.  False where this is not known.
    """
    table = current().symmetric
    known = table.get(node)
    if known is None:
        known = table[node] = node.order >= 2 and _find(node)
    return known


def _turned(node: Node) -> Node:
    """The last two axes exchanged."""
    if node.order == 2:
        return build.transposed(node)
    axes = tuple(range(node.order))
    return build.ein([(node, axes)], (*axes[:-2], axes[-1], axes[-2]))


def _find(node: Node) -> bool:
    if isinstance(node, Var):
        return node.structure in {"symmetric", "spd"} and node.order == node.family + 2
    if isinstance(node, Op):
        if node.name == CONSTANT:
            return bool(node.attributes[0] == tuple(zip(*node.attributes[0], strict=True)))
        if node.name == "apply":
            return _is_hessian(node)
        return node.name in _KEEPS and node.order == node.args[0].order and symmetric(node.args[0])
    if isinstance(node, (Map, Power)):
        return node.order == node.args[0].order and symmetric(node.args[0])
    if isinstance(node, Lin):
        terms = set(node.terms)
        return all((c, _turned(term)) in terms for c, term in node.terms)
    return isinstance(node, Ein) and len(node.factors) <= _LONG and _turned(node) is node


def _is_hessian(node: Op) -> bool:
    """Is it the second derivative of an unknown function by one vector?"""
    by = node.attributes[2]
    return len(by) == 2 and len(set(by)) == 1 and len(node.args[by[0]].shape) == 1


def is_skew(node: Node) -> bool:
    """Is the node the negative of its transpose: a skew matrix, its inverse, or a family of them?"""
    if isinstance(node, Op) and node.name == fn.INVERSE:
        return is_skew(node.args[0])
    return isinstance(node, Var) and node.structure == "skew" and node.order == node.family + 2
