"""Rewrites of the tensor graph that change how an answer reads, not what it is."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING
from math import prod

from matdiff.calculus.row_differentials import slopes
from matdiff.graph import build
from matdiff.graph.nodes import Ein, Lin, Power, number, walk

if TYPE_CHECKING:
    from matdiff.graph.nodes import Coefficient, Node

_MANY = 64  # terms that a product of sums may fall into
_RAW = 256  # terms before like ones are collected: a product of more is not multiplied out at all
_WORK = 1500  # products that are formed in all while one tensor is multiplied out


def expanded(node: Node, keep: frozenset[Node] = frozenset()) -> Node:
    """Products of sums multiplied out, but for the sums in `keep`; the arguments of functions stay as they are, and so
    do products that would fall into too many terms.
    """
    return Expansion(keep).of(node)


class Expansion:
    """One tensor multiplied out, within a budget of products."""

    def __init__(self, keep: frozenset[Node], work: int = _WORK) -> None:
        self.keep = keep
        self.work = work
        self.done: dict[Node, Node] = {}
        self.counts: dict[Node, int] = {}

    def of(self, node: Node) -> Node:
        known = self.done.get(node)
        if known is None:
            known = self.done[node] = self._of(node)
        return known

    def _of(self, node: Node) -> Node:
        if isinstance(node, Lin):
            return build.lin([(c, self.of(term)) for c, term in node.terms], node.shape)
        if isinstance(node, Power):
            return self.power(node)
        return self.product(node) if isinstance(node, Ein) else node

    def product(self, node: Ein) -> Node:
        place = next((k for k, (factor, _) in enumerate(node.factors) if self.opens(factor)), None)
        if place is None or self.count(node) > _RAW:
            return node
        inner, indices = node.factors[place]
        inner = self.of(inner)
        if inner is node.factors[place][0] and not isinstance(inner, Lin):
            return node
        parts = _terms(inner)  # y s + (1 - y) s is one term once it is multiplied out
        self.work -= len(parts)
        if self.work < 0:
            return node
        sizes = dict(enumerate(node.sizes))
        order = node.written or range(len(node.factors))
        terms = []
        for c, term in parts:
            factors = [(term, indices) if k == place else node.factors[k] for k in order]
            terms.append((c, self.of(build.ein(factors, node.out, sizes))))
        total = build.lin(terms, node.shape)
        return total if not isinstance(total, Lin) or len(total.terms) <= _MANY else node

    def opens(self, node: Node) -> bool:
        if isinstance(node, Lin):
            return len(node.terms) > 1 and node not in self.keep
        if isinstance(node, Power):
            return self.power(node) is not node
        return isinstance(node, Ein) and not node.out and self.of(node) is not node

    def power(self, node: Power) -> Node:
        """(a + b)² multiplied out."""
        e = number(node.exponent)
        if e not in {2, 3} or node.base in self.keep:
            return node
        base = self.of(node.base) if not node.shape else node.base
        if not isinstance(base, Lin) or len(base.terms) < 2 or e is None or len(base.terms) ** int(e) > _RAW:
            return node
        slots = tuple(range(node.order))
        total: Node = base
        for _ in range(int(e) - 1):
            total = build.lin(
                [
                    (c * d, build.ein([(left, slots), (right, slots)], slots))
                    for c, left in _terms(total)
                    for d, right in base.terms
                ],
                node.shape,
            )
        return total

    def count(self, node: Node) -> int:
        """How many terms a node falls into, before like ones are collected; at most a little over _RAW."""
        known = self.counts.get(node)
        if known is None:
            known = self.counts[node] = min(self._count(node), _RAW + 1)
        return known

    def _count(self, node: Node) -> int:
        if isinstance(node, Lin):
            return sum([self.count(term) for _, term in node.terms])
        if isinstance(node, Power):
            e = number(node.exponent)
            return self.count(node.base) ** int(e) if e in {2, 3} and node.base not in self.keep and e else 1
        if not isinstance(node, Ein):
            return 1
        return prod([self.count(factor) for factor, _ in node.factors if self._falls_apart(factor)])

    def _falls_apart(self, node: Node) -> bool:
        return node not in self.keep and (isinstance(node, (Lin, Power)) or not node.shape)


def _terms(node: Node) -> tuple[tuple[Coefficient, Node], ...]:
    return node.terms if isinstance(node, Lin) else ((1, node),)


def written_sums(value: Node) -> frozenset[Node]:
    """The sums of the question itself and of the slopes of its functions, which an answer keeps as they are."""
    sums = {node for node in walk(value, *slopes()) if isinstance(node, Lin)}
    return frozenset(sums | {build.split(node)[1] for node in sums})
