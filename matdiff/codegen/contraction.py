"""In which order to contract the factors of a product: by dynamic programming for few factors, greedily for many."""

from __future__ import annotations

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
    alive: dict[int, Group] = dict(enumerate(factors))
    holders: dict[int, set[int]] = {}
    for k, group in alive.items():
        for i in group:
            holders.setdefault(i, set()).add(k)
    costs: dict[Step, tuple[float, float, int, int]] = {}
    found: list[Step] = []

    def consider(a: int, b: int) -> None:
        pair = (min(a, b), max(a, b))
        if pair not in costs:
            both = alive[a] | alive[b]
            gone = {i for i in both if i not in out and holders[i] <= {a, b}}
            costs[pair] = (_volume(both, size), _volume(both - gone, size), *pair)

    for k in alive:
        for i in alive[k]:
            for other in holders[i]:
                if other != k:
                    consider(k, other)
    while len(alive) > 1:
        a, b = min(costs, key=costs.__getitem__)
        found.append((a, b))
        made = len(factors) + len(found) - 1
        both = alive.pop(a) | alive.pop(b)
        for pair in [pair for pair in costs if a in pair or b in pair]:
            del costs[pair]
        for i in both:
            holders[i] -= {a, b}
        alive[made] = frozenset([i for i in both if i in out or holders[i]])
        for i in alive[made]:
            holders[i].add(made)
        for i in alive[made]:
            for other in holders[i]:
                if other != made:
                    consider(made, other)
    return found
