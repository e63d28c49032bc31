"""The ways in which a derivative may be written: as it came, multiplied out, over common denominators, gathered."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.quotients import over_common, without_quotients
from matdiff.calculus.simplify import Expansion
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.nodes import Ein, Lin, Map, Power, Var, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matdiff.graph.nodes import Coefficient, Indices, Node

_TRIED = 120  # products that are formed while it is only tried whether a tensor multiplied out reads shorter


def choices(derivative: Node, written: frozenset[Node]) -> Iterator[Node]:
    """The derivative as it came, with the sums of the sweep multiplied out, and, where terms may cancel, with all of
    them.
    """
    yield derivative
    some, all_ = Expansion(written, _TRIED), Expansion(frozenset(), _TRIED)
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
    flat = without_quotients(once)
    if flat is not once:
        yield flat
    if isinstance(once, Lin) and _has_sigmoids(once):
        fully = all_.of(derivative)
        if all_.work >= 0:
            yield gathered(_reflected(fully))


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


def _may_cancel(node: Node, opened: Expansion) -> bool:
    """Could multiplying out make it shorter?  Where several terms stand beside a product of sums, also within a
    product, or a factor meets its own power in a sum.
    """
    if isinstance(node, Lin):
        return len(node.terms) > 1 and any(_has_open_factor(term, opened) for _, term in node.terms)
    if not isinstance(node, Ein):
        return False
    if any(isinstance(factor, Lin) and _may_cancel(factor, opened) for factor, _ in node.factors):
        return True
    return (_meets_itself(node) or _repeats_a_sum(node)) and _has_open_factor(node, opened)


def _has_open_factor(node: Node, opened: Expansion) -> bool:
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
