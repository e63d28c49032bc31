"""Which indices of a node number the members of a family x_n, and what they are called.

An index that numbers members has no vector or matrix that stands for all of them: in an answer it is the index of a
sum, or it has a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matdiff.formula.syntax import DELTA, Sym
from matdiff.graph import build, elementwise, powers
from matdiff.graph.graph import Memo
from matdiff.graph.nodes import Ein, IndexSum, Lin, Map, Op, Power, Var

if TYPE_CHECKING:
    from matdiff.graph.nodes import Coefficient, Indices, Node


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
    if isinstance(node, Op) and node.name in _OVER_MEMBERS:
        return family_axes(node.args[0])[: node.order]
    return (False,) * node.order


_OVER_MEMBERS = frozenset({"softmax", "logsumexp"})  # operators that take an entry from every member of a family


def written_out(node: Node) -> Node:
    """A logsumexp over the members of a family by the sum that it stands for: log sum exp(z_n)."""
    if not _runs_over_members(node, "logsumexp"):
        return node
    return Map("log", _total(node.args[0]))


def softmax_written_out(node: Node, indices: Indices) -> list[tuple[Node, Indices]]:
    """A softmax over the members of a family as exp(z_n) and the sum of them all; any other factor as it is."""
    if not _runs_over_members(node, "softmax"):
        return [(node, indices)]
    inside = node.args[0]
    return [(elementwise.apply("exp", inside), indices), (powers.power(_total(inside), build.num(-1)), ())]


def _runs_over_members(node: Node, name: str) -> bool:
    return isinstance(node, Op) and node.name == name and any(family_axes(node.args[0]))


def _total(exponents: Node) -> Node:
    return build.ein([(elementwise.apply("exp", exponents), (0,))], ())


def distributed(node: Node, names: tuple[str | None, ...]) -> tuple[tuple[Coefficient, Node], ...]:
    """A node as terms: a product over members is taken apart where a sum in it ties two indices of members, as
    diag(p) - p p^T does; what is left sums over one member at a time.
    """
    if isinstance(node, Lin):
        return tuple([(c * d, part) for c, term in node.terms for d, part in distributed(term, names)])
    if not isinstance(node, Ein):
        return ((1, node),)
    named = {i for i, name in zip(node.out, names, strict=True) if name is not None}
    place = next((k for k, factor in enumerate(node.factors) if _ties_members(*factor, named)), None)
    if place is None:
        return ((1, node),)
    inner, indices = node.factors[place]
    parts: list[tuple[Coefficient, Node]] = []
    for c, term in inner.terms:  # type: ignore[attr-defined] # a Lin, as _ties_members says
        order = node.written or range(len(node.factors))
        factors = [(term, indices) if k == place else node.factors[k] for k in order]
        parts.append((c, build.ein(factors, node.out, dict(enumerate(node.sizes)))))
    return tuple([(c * d, part) for c, term in parts for d, part in distributed(term, names)])


def _ties_members(node: Node, indices: Indices, named: set[int]) -> bool:
    """Does a sum stand between members of which one is still to be summed over?"""
    if not isinstance(node, Lin) or len(node.terms) < 2:
        return False
    members = [i for i, is_family in zip(indices, family_axes(node), strict=True) if is_family]
    return len(members) > 1 and not named.issuperset(members)


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
    if isinstance(node, (Power, IndexSum, Op)) and node.args:
        return family_names(node.args[0], indices, i)
    return []


def kronecker_delta(first: str, second: str) -> Sym:
    """delta_kl: one where two members are the same, else zero."""
    return Sym(f"{DELTA}_{first}{second}", (first, second), DELTA)
