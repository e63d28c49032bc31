"""Rewrites of the tensor graph that change how an answer reads, not what it is."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING
from math import prod

from matdiff.calculus.row_differentials import slopes
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.nodes import ONE, Ein, Lin, Map, Power, Var, number, walk
from matdiff.graph.powers import power
from matdiff.graph.sums import substitute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matdiff.graph.nodes import Coefficient, Indices, Node

_MANY = 64  # terms that a product of sums may fall into
_RAW = 256  # terms before like ones are collected: a product of more is not multiplied out at all
_WORK = 1500  # products that are formed in all while one tensor is multiplied out
_TRIED = 120  # the same, where it is only tried whether that reads shorter


def expanded(node: Node, keep: frozenset[Node] = frozenset()) -> Node:
    """Products of sums multiplied out, but for the sums in `keep`; the arguments of functions stay as they are, and so
    do products that would fall into too many terms.
    """
    return _Expansion(keep).of(node)


class _Expansion:
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
        if not isinstance(inner, Lin):
            return node
        self.work -= len(inner.terms)
        if self.work < 0:
            return node
        sizes = dict(enumerate(node.sizes))
        order = node.written or range(len(node.factors))
        terms = []
        for c, term in inner.terms:
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


def choices(derivative: Node, written: frozenset[Node]) -> Iterator[Node]:
    """The derivative as it came, with the sums of the sweep multiplied out, and, where terms may cancel, with all of
    them.
    """
    yield derivative
    some, all_ = _Expansion(written, _TRIED), _Expansion(frozenset(), _TRIED)
    once = some.of(derivative)
    if some.work < 0:
        return
    if once is not derivative:
        yield once
    if _may_cancel(once, all_):
        fully = all_.of(derivative)
        if fully is not once and all_.work >= 0:
            yield fully
    reduced = over_common(once)
    if reduced is not once:
        yield reduced
    if isinstance(once, Lin) and _has_sigmoids(once):
        fully = all_.of(derivative)
        if all_.work >= 0:
            yield gathered(_reflected(fully))


def over_common(root: Node) -> Node:
    """Scalar factors of one tensor over a common denominator, where the numerator gets shorter: 1 - s/(1 + s) is
    1/(1 + s).
    """
    changed: dict[Node, Node] = {}
    for node in walk(root):
        if isinstance(node, Lin) and len(node.terms) > 1:
            shorter = _over_common(node)
            if shorter is not node:
                changed[node] = shorter
    return substitute(root, changed) if changed else root


def _over_common(node: Lin) -> Node:
    groups: dict[Node, list[tuple[Coefficient, Node]]] = {}
    for c, term in node.terms:
        scalar, tensor = _scalar_apart(term)
        groups.setdefault(tensor, []).append((c, scalar))
    found = {tensor: _one_quotient(terms) for tensor, terms in groups.items() if len(terms) > 1}
    if all(quotient is None for quotient in found.values()):
        return node
    made: list[tuple[Coefficient, Node]] = []
    for tensor, terms in groups.items():
        quotient = found.get(tensor)
        shorter = terms if quotient is None else [(1, quotient)]
        made.extend([(c, build.mul(scalar, tensor)) for c, scalar in shorter])
    return build.lin(made, node.shape)


def _scalar_apart(term: Node) -> tuple[Node, Node]:
    """The scalar factors of a term, and the rest."""
    if not term.shape:
        return term, ONE
    if not isinstance(term, Ein):
        return ONE, term
    order = [term.factors[k] for k in term.written or range(len(term.factors))]
    scalars = [factor for factor, indices in order if not indices]
    rest = [factor for factor in order if factor[1]]
    return build.mul(*scalars) if scalars else ONE, build.ein(rest, term.out, dict(enumerate(term.sizes)))


def _one_quotient(terms: list[tuple[Coefficient, Node]]) -> Node | None:
    """A sum of scalars as one quotient with fewer terms above; None where there is none."""
    powers: dict[Node, Coefficient] = {}
    for _, term in terms:
        for factor in (term, *(term.args if isinstance(term, Ein) else ())):
            e = number(factor.exponent) if isinstance(factor, Power) else None
            if isinstance(factor, Power) and e is not None and e < 0 and e.denominator == 1:
                powers[factor.base] = min(e, powers.get(factor.base, e))
    for base, e in powers.items():
        if isinstance(base, Lin):
            below = power(base, build.num(-e))
            above = expanded(build.lin([(c, build.mul(below, term)) for c, term in terms], ()))
            if not isinstance(above, Lin) or len(above.terms) < len(terms):
                return build.mul(above, power(base, build.num(e)))
    return None


def gathered(node: Node) -> Node:
    """Sums over families that differ in one factor as one sum: Σ aₙ xₙ − Σ bₙ xₙ = Σ (aₙ − bₙ) xₙ."""
    if not isinstance(node, Lin):
        return node
    terms = list(node.terms)
    for i, (c, first) in enumerate(terms):
        for j in range(i + 1, len(terms)):
            d, second = terms[j]
            joined = _joined(c, first, d, second)
            if joined is not None:
                rest = [term for k, term in enumerate(terms) if k not in {i, j}]
                return gathered(build.lin([*rest[:i], (1, joined), *rest[i:]], node.shape))
    return node


def _joined(c: Coefficient, first: Node, d: Coefficient, second: Node) -> Node | None:
    if not isinstance(first, Ein) or not isinstance(second, Ein):
        return None
    holes = {hole: (factor, slots) for hole, factor, slots in _holes(first)}
    for hole, factor, slots in _holes(second):
        found = holes.get(hole)
        if found is not None and len(found[1]) == len(slots):
            inner = build.lin([(c, found[0]), (d, factor)], factor.shape)
            lead = tuple(range(first.order))
            return build.ein(
                [(inner, tuple(range(100, 100 + len(slots)))), (hole, (*lead, *range(100, 100 + len(slots))))], lead
            )
    return None


def _holes(node: Ein) -> Iterator[tuple[Node, Node, Indices]]:
    """What is left of a product without one factor that runs with a summed family, its indices open behind the
    product's own; the factor; its indices.
    """
    summed = {
        i
        for factor, slots in node.factors
        if isinstance(factor, Var)
        for i in slots[: factor.family]
        if i not in node.out
    }
    sizes = dict(enumerate(node.sizes))
    for k in node.written or range(len(node.factors)):
        factor, slots = node.factors[k]
        if len(slots) == 1 and slots[0] in summed:
            yield (
                build.ein([other for j, other in enumerate(node.factors) if j != k], node.out + slots, sizes),
                factor,
                slots,
            )


def _has_sigmoids(node: Node) -> bool:
    """Do σ(u) and σ(−u) both occur?"""
    arguments = {inner.arg for inner in walk(node) if isinstance(inner, Map) and inner.function == fn.SIGMOID}
    return any(build.scale(-1, arg) in arguments for arg in arguments)


def _reflected(node: Node) -> Node:
    """Terms with σ(−u) written with 1 − σ(u) where terms with σ(u) stand beside them: y σ(−u) − (1 − y) σ(u) = y −
    σ(u).
    """
    if not isinstance(node, Lin):
        return node
    places = {
        factor.arg
        for _, term in node.terms
        if isinstance(term, Ein)
        for factor, _ in term.factors
        if isinstance(factor, Map) and factor.function == fn.SIGMOID
    }
    gone = {arg for arg in places if build.scale(-1, arg) in places and build.split(arg)[0] < 0}
    terms: list[tuple[Coefficient, Node]] = []
    for c, term in node.terms:
        terms.extend(_opened_sigmoid(c, term, gone))
    return build.lin(terms, node.shape)


def _opened_sigmoid(c: Coefficient, term: Node, gone: set[Node]) -> list[tuple[Coefficient, Node]]:
    if not isinstance(term, Ein):
        return [(c, term)]
    for k, (factor, indices) in enumerate(term.factors):
        if isinstance(factor, Map) and factor.function == fn.SIGMOID and factor.arg in gone:
            order = term.written or range(len(term.factors))
            sizes = dict(enumerate(term.sizes))
            other = Map(fn.SIGMOID, build.scale(-1, factor.arg))
            without = build.ein([term.factors[j] for j in order if j != k], term.out, sizes)
            turned = build.ein([(other, indices) if j == k else term.factors[j] for j in order], term.out, sizes)
            return [(c, without), (-c, turned)]
    return [(c, term)]


def _may_cancel(node: Node, opened: _Expansion) -> bool:
    """Could multiplying out make it shorter?  Where several terms stand beside a product of sums, or a factor meets
    its own power in a sum.
    """
    if isinstance(node, Lin):
        return len(node.terms) > 1 and any(_has_open_factor(term, opened) for _, term in node.terms)
    return isinstance(node, Ein) and (_meets_itself(node) or _repeats_a_sum(node)) and _has_open_factor(node, opened)


def _has_open_factor(node: Node, opened: _Expansion) -> bool:
    return opened.opens(node) or (isinstance(node, Ein) and any(opened.opens(factor) for factor, _ in node.factors))


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
