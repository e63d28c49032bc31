"""In which order to contract the factors of a product: by dynamic programming for few factors, greedily for many."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matdiff.graph.nodes import Indices

Group = frozenset[int]  # the indices of one factor
Step = tuple[int, int]
FEW = 6  # so many factors are ordered by dynamic programming


def steps(tensors: Sequence[Indices], out: Group, size: Callable[[int], float]) -> list[Step]:
    """Pairs to contract one after the other.  The factors (given by their indices) are numbered from zero, each result
    gets the next number.

    The factors must be connected by indices.  Where two orders cost the same, that with fewer transposes is taken, then
    factors from left to right.
    """
    if len(tensors) < 3:
        return [(0, 1)] if len(tensors) == 2 else []
    factors = [frozenset(indices) for indices in tensors]
    if len(tensors) <= FEW:
        return _best(factors, out, size, {1 << k: indices[0] for k, indices in enumerate(tensors) if len(indices) == 2})
    return _greedy(factors, out, size)


class Plan(NamedTuple):
    """How a set of factors is contracted: flops, entries of intermediate results, transposes; and the first of the two
    sets it is split into.
    """

    cost: tuple[float, float, int]
    left: int = 0


def _best(factors: Sequence[Group], out: Group, size: Callable[[int], float], rows: dict[int, int]) -> list[Step]:
    """The order of least cost, over all ways to split every connected set of factors in two; `rows` holds the first
    indices of the matrices.
    """
    whole = (1 << len(factors)) - 1
    kept = _kept_indices(factors, out)
    best = {1 << k: Plan((0.0, 0.0, 0)) for k in range(len(factors))}
    for mask in range(3, whole + 1):
        lowest = mask & -mask
        left = (mask - 1) & mask
        while left:
            right = mask ^ left
            if left & lowest and left in best and right in best and kept[left] & kept[right]:
                one, other = best[left].cost, best[right].cost
                gone = (kept[left] | kept[right]) - kept[mask]
                turned = (rows.get(left) in gone and len(kept[right]) == 1) + (
                    rows.get(right) in gone and len(kept[left]) == 1
                )
                flops = one[0] + other[0] + _volume(kept[left] | kept[right], size)
                cost = (flops, one[1] + other[1] + _volume(kept[mask], size), one[2] + other[2] + turned)
                if mask not in best or cost < best[mask].cost:
                    best[mask] = Plan(cost, left)
            left = (left - 1) & mask
    found: list[Step] = []
    _unfold(whole, best, found, len(factors))
    return found


def _kept_indices(factors: Sequence[Group], out: Group) -> list[Group]:
    """For every set of factors (a bit mask), the indices that its product still has."""
    count = 1 << len(factors)
    union: list[Group] = [frozenset()] * count
    for mask in range(1, count):
        lowest = mask & -mask
        union[mask] = union[mask ^ lowest] | factors[lowest.bit_length() - 1]
    return [union[mask] & (union[count - 1 - mask] | out) for mask in range(count)]


def _volume(indices: Group, size: Callable[[int], float]) -> float:
    total = 1.0
    for i in indices:
        total *= size(i)
    return total


def _unfold(mask: int, best: dict[int, Plan], found: list[Step], count: int) -> int:
    """The number of the product of `mask`, its steps put down before; as deep as there are factors, which are few."""
    if mask & (mask - 1) == 0:
        return mask.bit_length() - 1
    left = best[mask].left
    found.append((_unfold(left, best, found, count), _unfold(mask ^ left, best, found, count)))
    return count + len(found) - 1


def _greedy(factors: Sequence[Group], out: Group, size: Callable[[int], float]) -> list[Step]:
    """Always the cheapest pair that shares an index; of equally cheap ones that with the smaller result, then the
    first.
    """
    work = _Work(out, size)
    for k, group in enumerate(factors):
        work.add(k, group)
    found: list[Step] = []
    while len(work.alive) > 1:
        a, b = min(work.costs, key=work.costs.__getitem__)
        found.append((a, b))
        work.unite(a, b, len(factors) + len(found) - 1)
    return found


class _Work:
    """The factors not yet contracted, and what it costs to contract two of them."""

    def __init__(self, out: Group, size: Callable[[int], float]) -> None:
        self.out, self.size = out, size
        self.alive: dict[int, Group] = {}
        self.holders: dict[int, set[int]] = {}
        self.costs: dict[Step, tuple[float, float, int, int]] = {}

    def add(self, k: int, group: Group) -> None:
        self.alive[k] = group
        neighbours: set[int] = set()
        for i in group:
            held = self.holders.setdefault(i, set())
            neighbours |= held
            held.add(k)
        for other in neighbours:
            both = group | self.alive[other]
            pair = (min(k, other), max(k, other))
            self.costs[pair] = (_volume(both, self.size), _volume(self._kept(both, {k, other}), self.size), *pair)

    def _kept(self, both: Group, pair: set[int]) -> Group:
        return frozenset([i for i in both if i in self.out or self.holders[i] - pair])

    def unite(self, a: int, b: int, made: int) -> None:
        for pair in [pair for pair in self.costs if a in pair or b in pair]:
            del self.costs[pair]
        kept = self._kept(self.alive.pop(a) | self.alive.pop(b), {a, b})
        for held in self.holders.values():
            held -= {a, b}
        self.add(made, kept)
