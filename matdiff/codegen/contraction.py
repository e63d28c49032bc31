"""In which order to contract the factors of a product: by dynamic programming for few factors, greedily for many."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Group = frozenset[int]  # the indices of one factor
Step = tuple[int, int]
FEW = 6  # so many factors are ordered by dynamic programming


def steps(factors: Sequence[Group], out: Group, size: Callable[[int], float]) -> list[Step]:
    """Pairs to contract one after the other.  The factors are numbered as given, each result gets the next number.

    The factors must be connected by indices.  Where two orders cost the same, factors are taken from left to right.
    """
    if len(factors) < 3:
        return [(0, 1)] if len(factors) == 2 else []
    if len(factors) <= FEW:
        return _best(factors, out, size)
    return _greedy(factors, out, size)


def _best(factors: Sequence[Group], out: Group, size: Callable[[int], float]) -> list[Step]:
    """The order of least cost, over all ways to split every connected set of factors in two."""
    whole = (1 << len(factors)) - 1
    kept = _kept_indices(factors, out)
    best: dict[int, tuple[float, float, int]] = {1 << k: (0.0, 0.0, 0) for k in range(len(factors))}
    for mask in range(3, whole + 1):
        lowest = mask & -mask
        left = (mask - 1) & mask
        while left:
            right = mask ^ left
            if left & lowest and left in best and right in best and kept[left] & kept[right]:
                room = _volume(kept[mask], size)
                cost = best[left][0] + best[right][0] + _volume(kept[left] | kept[right], size)
                total = best[left][1] + best[right][1] + room
                if mask not in best or (cost, total) < best[mask][:2]:
                    best[mask] = (cost, total, left)
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


def _unfold(mask: int, best: dict[int, tuple[float, float, int]], found: list[Step], count: int) -> int:
    """The number of the product of `mask`, its steps put down before; as deep as there are factors, which are few."""
    if mask & (mask - 1) == 0:
        return mask.bit_length() - 1
    left = best[mask][2]
    found.append((_unfold(left, best, found, count), _unfold(mask ^ left, best, found, count)))
    return count + len(found) - 1


def _greedy(factors: Sequence[Group], out: Group, size: Callable[[int], float]) -> list[Step]:
    """Always the cheapest pair that shares an index; of equally cheap ones that with the smaller result, then the first."""
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
