"""Tensors of three and more axes as sums of products of two: each term a tensor A over some axes times a tensor B over
the others.  All terms with the same axes make one product, sum_r A_r B_r, and terms that share A or B are added before.
"""

from __future__ import annotations

from itertools import combinations
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.graph import build
from matdiff.graph.nodes import Coefficient, Ein, Indices, Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matdiff.graph.build import Summand
    from matdiff.graph.nodes import Size

Axes = frozenset[int]
Factor = tuple[Node, Indices]


class Split(NamedTuple):
    """A sum of products of two tensors: over the axes `first`, and over the axes `second`, of the whole."""

    first: tuple[int, ...]
    second: tuple[int, ...]
    pairs: list[tuple[Node, Node]]


def splits(terms: Sequence[Summand], order: int) -> tuple[list[Split], list[Summand]]:
    """The terms of a sum as few such products, and those that are none."""
    parted = [(c, term, parts_of(term)) for c, term in terms]
    rest = [(c, term) for c, term, parts in parted if parts is None or len(parts) < 2]
    left = [(c, term, parts) for c, term, parts in parted if parts is not None and len(parts) > 1]
    found = []
    while left:
        first = max(_ways(order), key=lambda axes: sum([_fits(axes, parts) for _, _, parts in left]))
        mine = [(c, parts) for c, _, parts in left if _fits(first, parts)]
        if not mine:
            rest += [(c, term) for c, term, _ in left]
            break
        left = [item for item in left if not _fits(first, item[2])]
        found.append(_split(mine, first, order))
    return found, rest


Parts = dict[Axes, list[Factor]]


def parts_of(term: Node) -> Parts | None:
    """The connected parts of a product by the axes of the result that they have; scalars under no axes.  None where an
    axis is on a diagonal, or an index has no factor.
    """
    if not isinstance(term, Ein) or len(set(term.out)) < len(term.out):
        return None
    groups: list[tuple[set[int], list[Factor]]] = []
    for factor in term.factors:
        mine, members, apart = set(factor[1]), [factor], []
        for seen, others in groups:
            if seen & mine:
                mine |= seen
                members = others + members
            else:
                apart.append((seen, others))
        groups = [*apart, (mine, members)]
    place = {i: k for k, i in enumerate(term.out)}
    parts: Parts = {}
    for seen, members in groups:
        parts.setdefault(frozenset([place[i] for i in seen if i in place]), []).extend(members)
    covered, used = frozenset().union(*parts), {i for _, indices in term.factors for i in indices}
    if len(covered) < len(term.out) or len(used) < len(term.sizes):
        return None
    sizes = dict(enumerate(term.sizes))
    return {
        axes: [(_tensor(members, tuple([term.out[k] for k in sorted(axes)]), sizes), tuple(sorted(axes)))]
        for axes, members in parts.items()
    }


def _tensor(factors: list[Factor], out: Indices, sizes: dict[int, Size]) -> Node:
    used = {i for _, indices in factors for i in indices}
    return build.ein(factors, out, {i: size for i, size in sizes.items() if i in used})


def _ways(order: int) -> list[Axes]:
    """The axes that go with the first one; for four axes two and two come first."""
    rest = range(1, order)
    counts = sorted(range(order - 1), key=lambda count: abs(2 * (count + 1) - order))
    return [frozenset((0, *others)) for count in counts for others in combinations(rest, count)]


def _fits(first: Axes, parts: Parts) -> bool:
    """Does every part have its axes on one side?"""
    return all(axes <= first or not axes & first for axes in parts)


def _split(terms: list[tuple[Coefficient, Parts]], axes: Axes, order: int) -> Split:
    first, second = tuple(sorted(axes)), tuple([k for k in range(order) if k not in axes])
    pairs = []
    for c, parts in terms:
        mine = [factor for own, factors in parts.items() if own <= axes for factor in factors]
        other = [factor for own, factors in parts.items() if not own <= axes for factor in factors]
        pairs.append((c, build.ein(mine, first), build.ein(other, second)))
    by_first, by_second = _merged([(a, (c, b)) for c, a, b in pairs]), _merged([(b, (c, a)) for c, a, b in pairs])
    if len(by_second) < len(by_first):
        return Split(first, second, [(a, b) for b, a in by_second])
    return Split(first, second, by_first)


def _merged(pairs: list[tuple[Node, Summand]]) -> list[tuple[Node, Node]]:
    """Pairs with the same first member as one, the others added up."""
    found: dict[Node, list[Summand]] = {}
    for same, term in pairs:
        found.setdefault(same, []).append(term)
    return [(same, build.lin(terms, terms[0][1].shape)) for same, terms in found.items()]
