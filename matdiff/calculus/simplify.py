"""Rewrites of the tensor graph that change how an answer reads, not what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matdiff.graph import build
from matdiff.graph.nodes import Ein, Lin, Power, number

if TYPE_CHECKING:
    from matdiff.graph.nodes import Coefficient, Node

_MANY = 64  # terms that a product of sums may fall into


def expanded(node: Node) -> Node:
    """Products of sums multiplied out; the arguments of functions stay as they are."""
    if isinstance(node, Lin):
        return build.lin([(c, expanded(term)) for c, term in node.terms], node.shape)
    if isinstance(node, Power):
        return _opened_power(node)
    if not isinstance(node, Ein):
        return node
    place = next((k for k, (factor, _) in enumerate(node.factors) if _opens(factor)), None)
    if place is None:
        return node
    inner, indices = node.factors[place]
    inner = expanded(inner)
    if not isinstance(inner, Lin):
        return node
    sizes = dict(enumerate(node.sizes))
    terms = []
    for c, term in inner.terms:
        factors = [(term, indices) if k == place else node.factors[k] for k in (node.written or range(len(node.factors)))]
        terms.append((c, expanded(build.ein(factors, node.out, sizes))))
    total = build.lin(terms, node.shape)
    return total if not isinstance(total, Lin) or len(total.terms) <= _MANY else node


def _opens(node: Node) -> bool:
    if isinstance(node, Lin):
        return len(node.terms) > 1
    if isinstance(node, Power):
        return _opened_power(node) is not node
    return isinstance(node, Ein) and not node.out and expanded(node) is not node


def _opened_power(node: Power) -> Node:
    """(a + b)² multiplied out."""
    e = number(node.exponent)
    base = expanded(node.base) if not node.shape else node.base
    if not isinstance(base, Lin) or len(base.terms) < 2 or e not in {2, 3}:
        return node
    slots = tuple(range(node.order))
    total: Node = base
    for _ in range(int(e) - 1):
        total = build.lin(
            [(c * d, build.ein([(left, slots), (right, slots)], slots)) for c, left in _terms(total) for d, right in base.terms],
            node.shape,
        )
    return total


def _terms(node: Node) -> tuple[tuple[Coefficient, Node], ...]:
    return node.terms if isinstance(node, Lin) else ((1, node),)


def may_cancel(node: Node) -> bool:
    """Could multiplying out make a sum shorter?  Only where several terms stand beside a product of sums."""
    return (
        isinstance(node, Lin)
        and len(node.terms) > 1
        and any(_opens(term) or (isinstance(term, Ein) and any(_opens(f) for f, _ in term.factors)) for _, term in node.terms)
    )
