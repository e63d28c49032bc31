"""What is known of the signs of a node's entries."""

from __future__ import annotations

from matdiff.functions import TABLE
from matdiff.graph.nodes import ONE, Ein, Indices, Lin, Map, Node, Power, Var, number


def nonnegative(node: Node) -> bool:
    """Is every entry known not to be negative?"""
    if isinstance(node, Map):
        return TABLE[node.function].traits.sign in {"positive", "nonnegative"}
    if isinstance(node, Var):
        return node.role == "size"
    if isinstance(node, Power):
        e = number(node.exponent)
        return e is None or e.denominator != 1 or e.numerator % 2 == 0 or nonnegative(node.base)
    if isinstance(node, Ein):
        return _square(node)
    return isinstance(node, Lin) and all(c > 0 and (term is ONE or nonnegative(term)) for c, term in node.terms)


def _square(node: Ein) -> bool:
    """A sum of squares ⟨M, M⟩, or a product of what is not negative."""
    counts: dict[tuple[Node, Indices], int] = {}
    for factor in node.factors:
        counts[factor] = counts.get(factor, 0) + 1
    return all(count % 2 == 0 or nonnegative(factor[0]) for factor, count in counts.items())
