"""Rewrites of the tensor graph that change how an answer reads, not what it is."""

from __future__ import annotations

from matdiff.graph import build
from matdiff.graph.nodes import Ein, Lin, Node, walk
from matdiff.graph.sums import rebuild

_MANY = 200  # terms that a product of sums may fall into


def expanded(root: Node) -> Node:
    """Products of sums multiplied out."""
    done: dict[Node, Node] = {}
    for node in walk(root):
        args = [done[arg] for arg in node.args]
        made = rebuild(node, args) if any(new is not old for new, old in zip(args, node.args, strict=True)) else node
        done[node] = _distributed(made)
    return done[root]


def _distributed(node: Node) -> Node:
    if isinstance(node, Lin):
        return build.lin([(c, _distributed(term)) for c, term in node.terms], node.shape)
    if not isinstance(node, Ein):
        return node
    place = next((k for k, (factor, _) in enumerate(node.factors) if isinstance(factor, Lin) and len(factor.terms) > 1), None)
    if place is None:
        return node
    inner, indices = node.factors[place]
    assert isinstance(inner, Lin)
    sizes = dict(enumerate(node.sizes))
    terms = []
    for c, term in inner.terms:
        factors = [(term, indices) if k == place else node.factors[k] for k in (node.written or range(len(node.factors)))]
        terms.append((c, _distributed(build.ein(factors, node.out, sizes))))
    total = build.lin(terms, node.shape)
    return total if not isinstance(total, Lin) or len(total.terms) <= _MANY else node
