"""Which indices of a node number the members of a family x_n, and from where to where.

An index that numbers members has no vector or matrix that stands for all of them: notation sums over it openly, or
gives it a name.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import names as fn
from matdiff.graph.graph import Memo
from matdiff.graph.nodes import Ein, IndexSum, Lin, Map, Op, Power, Size, Var

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node

Bounds = tuple[Size, Size]
MEMBERS, PLACE = "members", "place"
_OVER_MEMBERS = frozenset({fn.SOFTMAX, fn.LOGSUMEXP})  # operators that take an entry from every member of a family
_known: Memo[Node, tuple[Bounds | None, ...]] = Memo()


def family_axes(node: Node) -> tuple[Bounds | None, ...]:
    """Which indices of a node number the members of a family, and from where to where; None of any other index."""
    table = _known.table
    known = table.get(node)
    if known is None:
        known = table[node] = _family_axes(node)
    return known


def is_tensor(node: Lin) -> bool:
    """Is a sum one that no notation says as a factor: of more than two indices for one member of each family?  So is
    one with terms that are there for equal members alone: a product over members takes those apart.
    """
    if node.order < 3 or not node.terms:
        return False
    if len(node.terms) == 1:
        return True  # no sum: its number goes in front
    return family_axes(node).count(None) > 2 or any(_unites(term) for _, term in node.terms)


def _unites(term: Node) -> bool:
    return isinstance(term, Ein) and (
        len(set(term.out)) < len(term.out)
        or any(isinstance(factor, Op) and factor.name == PLACE for factor, _ in term.factors)
    )


def first_member(node: Node) -> int | None:
    """The number of a family's first member, where a node picks one of its members."""
    return node.attributes[1] if isinstance(node, Op) and node.name == "pick" and node.attributes else None


def _family_axes(node: Node) -> tuple[Bounds | None, ...]:
    none = (None,) * node.order
    if isinstance(node, Var):
        return (*[(1, size) for size in node.shape[: node.family]], *none[node.family :])
    if isinstance(node, (Map, Power, IndexSum)):
        return family_axes(node.args[0])
    if isinstance(node, Lin):
        axes = [family_axes(term) for _, term in node.terms]
        return tuple([next(filter(None, column), None) for column in zip(*axes, strict=True)]) if axes else none
    if isinstance(node, Ein):
        found: dict[int, Bounds] = {}
        for inner, indices in node.factors:
            found.update([(i, known) for i, known in zip(indices, family_axes(inner), strict=True) if known])
        return tuple([found.get(i) for i in node.out])
    return _operator_axes(node) if isinstance(node, Op) else none


def _operator_axes(node: Op) -> tuple[Bounds | None, ...]:
    if node.name in _OVER_MEMBERS:
        return family_axes(node.args[0])[: node.order]
    if node.name == MEMBERS:
        axis, low, last, *_ = node.attributes
        axes = family_axes(node.args[0])
        return (*axes[:axis], (low, last), *axes[axis + 1 :])
    if node.name == PLACE:
        low, last, _, start = node.attributes
        return (low, last), (start, node.shape[1])
    start = first_member(node)
    if start is not None:
        return ((start, node.shape[0]),)
    return (None,) * node.order
