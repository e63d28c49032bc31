"""Which matrices of the graph equal their transposes, and which are their negatives."""

from __future__ import annotations

from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.elementwise import EVEN, ODD
from matdiff.graph.graph import Memo, current
from matdiff.graph.members import family_axes
from matdiff.graph.nodes import CONSTANT, Ein, IndexSum, Lin, Map, Node, Op, Power, Var, number

# f(Xᵀ) = f(X)ᵀ, so that a symmetric X gives a symmetric f(X); "matpow" is the graph's own power of a matrix
_KEEPS = frozenset(
    ["matpow", *[row.name for row in TABLE.values() if "transpose" in row.traits.keeps and row.arity == (1, 1)]]
)
_PAIR = 2  # terms of a difference of two members
_differences: Memo[Node, bool] = Memo()
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
    if isinstance(node, (Map, Power, IndexSum)):
        return _is_even_of_difference(node) or (node.order == node.args[0].order and symmetric(node.args[0]))
    if isinstance(node, Lin):
        terms = set(node.terms)
        return all((c, _turned(term)) in terms for c, term in node.terms)
    return isinstance(node, Ein) and len(node.factors) <= _LONG and _turned(node) is node


def _is_even_of_difference(node: Node) -> bool:
    """Is it a function of the entries of x_n - x_m that does not see their signs?"""
    if isinstance(node, Map):
        even = node.function in EVEN
    else:
        e = number(node.exponent) if isinstance(node, Power) else None
        even = e is not None and e.denominator == 1 and e.numerator % 2 == 0
    return even and node.order == 2 and _is_difference(node.args[0])


def _is_hessian(node: Op) -> bool:
    """Is it the second derivative of an unknown function by one vector?"""
    by = node.attributes[2]
    return len(by) == 2 and len(set(by)) == 1 and len(node.args[by[0]].shape) == 1


def skew_axes(node: Node) -> tuple[int, int] | None:
    """The two axes whose exchange changes the sign of a node: rows and columns of a skew matrix, of its inverse and of
    each member of a family of them; the two members of a difference x_n - x_m and of an odd function of one.  None of
    any other node.
    """
    if node.order < 2:
        return None
    if isinstance(node, Op) and node.name == fn.INVERSE:
        return skew_axes(node.args[0])
    if isinstance(node, Var):
        return (node.family, node.family + 1) if node.structure == "skew" and node.order == node.family + 2 else None
    if isinstance(node, Lin) or (isinstance(node, Map) and node.function in ODD):
        return (0, 1) if _is_difference(node.args[0] if isinstance(node, Map) else node) else None
    return None


def _is_difference(node: Node) -> bool:
    """Is a node over two members of one family the negative of what it is with the two exchanged?"""
    table = _differences.table
    known = table.get(node)
    if known is None:
        first, second = family_axes(node)[:2]
        known = table[node] = first is not None and first == second and _changes_sign(node)
    return known


def _changes_sign(node: Node) -> bool:
    axes = tuple(range(node.order))
    exchanged = (1, 0, *axes[2:])
    if isinstance(node, Lin) and len(node.terms) > 1:
        terms = set(node.terms)
        return len(terms) == _PAIR and all((-c, build.ein([(t, axes)], exchanged)) in terms for c, t in node.terms)
    inside = build.split(node)[1]
    return isinstance(inside, Ein) and build.ein([(inside, axes)], exchanged) is build.scale(-1, inside)
