"""Rewrites of the tensor graph that change how an answer reads, not what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matdiff.calculus.differentiate import slopes
from matdiff.graph import build
from matdiff.graph.nodes import Ein, Lin, Power, number, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matdiff.graph.nodes import Coefficient, Node

_MANY = 64  # terms that a product of sums may fall into


def expanded(node: Node, keep: frozenset[Node] = frozenset()) -> Node:
    """Products of sums multiplied out, but for the sums in `keep`; the arguments of functions stay as they are."""
    if isinstance(node, Lin):
        return build.lin([(c, expanded(term, keep)) for c, term in node.terms], node.shape)
    if isinstance(node, Power):
        return _opened_power(node, keep)
    if not isinstance(node, Ein):
        return node
    place = next((k for k, (factor, _) in enumerate(node.factors) if _opens(factor, keep)), None)
    if place is None:
        return node
    inner, indices = node.factors[place]
    inner = expanded(inner, keep)
    if not isinstance(inner, Lin):
        return node
    sizes = dict(enumerate(node.sizes))
    terms = []
    for c, term in inner.terms:
        factors = [(term, indices) if k == place else node.factors[k] for k in (node.written or range(len(node.factors)))]
        terms.append((c, expanded(build.ein(factors, node.out, sizes), keep)))
    total = build.lin(terms, node.shape)
    return total if not isinstance(total, Lin) or len(total.terms) <= _MANY else node


def _opens(node: Node, keep: frozenset[Node] = frozenset()) -> bool:
    if isinstance(node, Lin):
        return len(node.terms) > 1 and node not in keep
    if isinstance(node, Power):
        return _opened_power(node, keep) is not node
    return isinstance(node, Ein) and not node.out and expanded(node, keep) is not node


def _opened_power(node: Power, keep: frozenset[Node]) -> Node:
    """(a + b)² multiplied out."""
    e = number(node.exponent)
    if e not in {2, 3} or node.base in keep:
        return node
    base = expanded(node.base, keep) if not node.shape else node.base
    if not isinstance(base, Lin) or len(base.terms) < 2 or e is None:
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


def written_sums(value: Node) -> frozenset[Node]:
    """The sums of the question itself and of the slopes of its functions, which an answer keeps as they are."""
    sums = {node for node in walk(value, *slopes()) if isinstance(node, Lin)}
    return frozenset(sums | {build.split(node)[1] for node in sums})


def choices(derivative: Node, written: frozenset[Node]) -> Iterator[Node]:
    """The derivative as it came, with the sums of the sweep multiplied out, and, where terms may cancel, with all of them."""
    yield derivative
    once = expanded(derivative, written)
    if once is not derivative:
        yield once
    if _may_cancel(once):
        fully = expanded(derivative)
        if fully is not once:
            yield fully


def _may_cancel(node: Node) -> bool:
    """Could multiplying out make it shorter?  Where several terms stand beside a product of sums, or a factor meets its own power in a sum."""
    if isinstance(node, Lin):
        return len(node.terms) > 1 and any(_has_open_factor(term) for _, term in node.terms)
    return isinstance(node, Ein) and _has_open_factor(node) and (_meets_itself(node) or _repeats_a_sum(node))


def _has_open_factor(node: Node) -> bool:
    return _opens(node) or (isinstance(node, Ein) and any(_opens(factor) for factor, _ in node.factors))


def _repeats_a_sum(node: Ein) -> bool:
    sums = [factor for factor, _ in node.factors if isinstance(factor, Lin)]
    return len(set(sums)) < len(sums)


def _meets_itself(node: Ein) -> bool:
    """Does a factor stand at the same indices as a sum that holds a power of it?"""
    for factor, indices in node.factors:
        if isinstance(factor, Lin):
            bases = {inner.base for _, term in factor.terms for inner in (term, *term.args) if isinstance(inner, Power)}
            if any(other in bases and slots == indices for other, slots in node.factors):
                return True
    return False
