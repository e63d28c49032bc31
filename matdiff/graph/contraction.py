"""Products of tensors, evaluated: in what order the factors are joined, and how many products of entries that takes.

A pair of indices fused into one is nearly all zeros: it takes no more entries than its two parts have.
"""

from __future__ import annotations

import math
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.graph.nodes import Ein, Op, walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.formula.rings import Element, Ring
    from matdiff.graph.nodes import Node, Size
    from matdiff.graph.world import Table, World

_FEW = 600  # products of entries for which no order is looked for


def contraction(node: Ein, size: Callable[[Size], int]) -> tuple[list[int], int]:
    """The places of the factors in the order in which they are joined, the next always the one that takes least; and
    how many products of entries that takes in all.
    """
    sizes = [size(side) for side in node.sizes]
    left = list(range(len(node.factors)))
    whole = math.prod(sizes)
    if whole <= _FEW or len(left) < 2:
        return left, whole
    axes = _axes(node)
    live: set[int] = set()
    order: list[int] = []
    total = 0
    while left:
        steps = {k: _entries(live.union(node.factors[k][1]), axes, sizes) for k in left}
        best = min(left, key=steps.__getitem__)
        total += steps[best]
        left.remove(best)
        order.append(best)
        needed = {i for k in left for i in node.factors[k][1]}.union(node.out)
        live = live.union(node.factors[best][1]) & needed
    return order, total


def work(root: Node, size: Callable[[Size], int]) -> int:
    """How many products of entries the evaluation of a graph takes."""
    return sum(
        contraction(node, size)[1] if isinstance(node, Ein) else math.prod([size(side) for side in node.shape])
        for node in walk(root)
        if not _is_fuse(node)
    )


def _axes(node: Ein) -> dict[int, frozenset[int]]:
    """What tells each index: itself, or of a pair its two parts."""
    axes = {i: frozenset((i,)) for i in range(len(node.sizes))}
    fuses = [indices for factor, indices in node.factors if _is_fuse(factor)]
    for _ in fuses:  # a part may be a pair itself
        for pair, slow, fast in fuses:
            axes[pair] = axes[slow] | axes[fast]
    return axes


def _entries(indices: set[int], axes: dict[int, frozenset[int]], sizes: list[int]) -> int:
    return math.prod([sizes[i] for i in frozenset().union(*[axes[i] for i in indices])])


def _is_fuse(node: Node) -> bool:
    return isinstance(node, Op) and node.name == "fuse"


def contracted(node: Ein, world: World, values: dict[Node, Table]) -> Table:
    """The entries of a product: factors are joined one at a time, an index that nothing needs any more is summed."""
    ring = world.ring
    live: tuple[int, ...] = ()
    table: Table = {(): ring.one}
    factors = [node.factors[k] for k in contraction(node, world.size)[0]]
    for k, ((factor, indices), later) in enumerate(zip(factors, _wanted(factors, node.out), strict=True)):
        keep = tuple([i for i in dict.fromkeys(live + indices) if i in later])
        if k == 0 and keep == indices:
            table = values[factor]
        else:
            table = _joined(ring, (live, table), (indices, values[factor]), keep)
        live = keep
    places = world.places(node.shape)
    if live == node.out and len(table) == len(places):
        return table
    total = _spread(node, world, live, table)
    return {place: total.get(place, ring.zero) for place in places}


def _wanted(factors: list[tuple[Node, tuple[int, ...]]], out: tuple[int, ...]) -> list[set[int]]:
    """For each factor the indices that the result or a factor behind it has."""
    found = [set(out)]
    for _, indices in factors[:0:-1]:
        found.append(found[-1].union(indices))
    return found[: len(factors)][::-1]


def _spread(node: Ein, world: World, live: tuple[int, ...], table: Table) -> Table:
    """A table over `live` as one over the result's indices, ones along those that no factor has."""
    free = [i for i in dict.fromkeys(node.out) if i not in live]
    spread = world.places(tuple([node.sizes[i] for i in free]))
    at = {i: k for k, i in enumerate((*live, *free))}
    pick = [at[i] for i in node.out]
    total: Table = {}
    for old, value in table.items():
        for rest in spread:
            here = (*old, *rest)
            total[tuple([here[k] for k in pick])] = value
    return total


def _joined(
    ring: Ring, left: tuple[tuple[int, ...], Table], right: tuple[tuple[int, ...], Table], keep: tuple[int, ...]
) -> Table:
    """The product of two tensors with named indices, those in `keep` kept and the others summed."""
    (live, table), (indices, factor) = left, right
    shared = [i for i in dict.fromkeys(indices) if i in live]
    new = [i for i in dict.fromkeys(indices) if i not in live]
    groups = _by_shared(indices, factor, shared, new)
    here = {i: k for k, i in enumerate((*live, *new))}
    on_left, kept = [live.index(i) for i in shared], [here[i] for i in keep]
    result: Table = {}
    for old, value in table.items():
        for rest, other in groups.get(tuple([old[k] for k in on_left]), ()):
            whole = (*old, *rest)
            place = tuple([whole[k] for k in kept])
            result[place] = result[place] + value * other if place in result else value * other
    return {place: ring.reduce(value) for place, value in result.items()}


def _by_shared(
    indices: tuple[int, ...], factor: Table, shared: list[int], new: list[int]
) -> dict[tuple[int, ...], list[tuple[tuple[int, ...], Element]]]:
    """The entries of a factor by what its shared indices are, each with its new ones; an index that it has twice is
    the same at both places, and the zeros of a pair of indices are left out.
    """
    first = {i: indices.index(i) for i in dict.fromkeys(indices)}
    twice = [(k, first[i]) for k, i in enumerate(indices) if first[i] != k]
    groups: dict[tuple[int, ...], list[tuple[tuple[int, ...], Element]]] = {}
    for place, value in factor.items():
        if value.__class__ is int and not value:
            continue
        if all(place[k] == place[m] for k, m in twice):
            key = tuple([place[first[i]] for i in shared])
            groups.setdefault(key, []).append((tuple([place[first[i]] for i in new]), value))
    return groups
