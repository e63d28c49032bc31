"""In which order to contract the factors of a product: by dynamic programming for few factors, greedily for many.

Sizes that are only names may be small or large: orders are found for several regimes of sizes, and the one kept is
the one that is nowhere far from the best.  Where none is, the best two are kept, for a branch on the sizes.
"""

from __future__ import annotations

from itertools import combinations
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.codegen.costs import ROBUST, regret, total, volume

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matdiff.codegen.costs import Cost, Sizes
    from matdiff.graph.nodes import Indices, Size

Group = frozenset[int]  # the indices of one factor
Step = tuple[int, int]
NONE: frozenset[int] = frozenset()
FEW = 8  # so many factors are ordered by dynamic programming
# what an operation on every entry costs: in a product of matrices, of a matrix and a vector, entry by entry
MATRICES, VECTOR, ENTRYWISE = 1.0, 4.0, 8.0
GIVEN = 1.5  # times as much where a given matrix is scaled: it is read anew, and is no common factor of a sum any more


class Order(NamedTuple):
    """Steps, and what they cost."""

    steps: list[Step]
    cost: Cost


def _whole(_: int) -> float:
    """The cost of a product that nothing else shares."""
    return 1.0


class _Judged(NamedTuple):
    """What an order is priced by: the indices that stay, the factors that come from outside, the shares of costs."""

    out: Group
    given: frozenset[int]
    share: Callable[[int], float]


def orders(
    tensors: Sequence[Indices],
    out: Group,
    sizes: Mapping[int, Size],
    known: Sizes,
    *,
    given: frozenset[int] = NONE,
    share: Callable[[int], float] = _whole,
) -> list[Order]:
    """The order in which to contract connected factors; two of them where each is far from the best for some sizes.

    given: the factors that come from outside; where it costs the same, others are scaled.  share: the part of the cost
    of a set of factors (a bit mask) that falls to this product.
    """
    judged = _Judged(out, given, share)
    if len(tensors) < 3:
        return [_priced(steps(tensors, out, lambda _: 1.0), tensors, sizes, judged)]
    regimes = known.regimes(dict.fromkeys([sizes[i] for indices in tensors for i in indices]))
    found: list[Order] = []
    for regime in regimes:
        numbers = {i: regime.size(sizes[i]) for i in dict.fromkeys([i for indices in tensors for i in indices])}
        order = steps(tensors, out, numbers.__getitem__, given, judged.share)
        if all(order != other.steps for other in found):
            found.append(_priced(order, tensors, sizes, judged))
    costs = [[regime.cost(order.cost) for regime in regimes] for order in found]
    worst = regret(costs)
    least = min(range(len(found)), key=lambda k: worst[k])
    if worst[least] <= ROBUST:
        return [found[least]]
    both = [[min(pair) for pair in zip(costs[a], costs[b], strict=True)] for a, b in combinations(range(len(found)), 2)]
    shared = regret([*both, *costs])[: len(both)]
    first, second = list(combinations(range(len(found)), 2))[min(range(len(both)), key=lambda k: shared[k])]
    return [found[first], found[second]]


def _priced(order: list[Step], tensors: Sequence[Indices], sizes: Mapping[int, Size], judged: _Judged) -> Order:
    work: list[Group] = [frozenset(indices) for indices in tensors]
    masks = [1 << k for k in range(len(work))]
    alive = set(range(len(work)))
    costs: list[Cost] = []
    for a, b in order:
        alive -= {a, b}
        both = work[a] | work[b]
        kept = frozenset([i for i in both if i in judged.out or any(i in work[k] for k in alive)])
        masks.append(masks[a] | masks[b])
        weight = _weight(work[a], work[b], kept)
        if kept == both and ((a in judged.given and len(work[b]) == 1) or (b in judged.given and len(work[a]) == 1)):
            weight *= GIVEN
        costs.append(volume([sizes[i] for i in both], weight * judged.share(masks[-1])))
        alive.add(len(work))
        work.append(kept)
    return Order(order, total(costs))


def _weight(left: Group, right: Group, kept: Group) -> float:
    """How dear an operation is: entry by entry it waits for memory, in a product of matrices hardly."""
    gone = (left | right) - kept
    if not gone or (left & right) - gone:
        return ENTRYWISE
    return MATRICES if left - right and right - left else VECTOR


def steps(
    tensors: Sequence[Indices],
    out: Group,
    size: Callable[[int], float],
    given: frozenset[int] = NONE,
    share: Callable[[int], float] = _whole,
) -> list[Step]:
    """Pairs to contract one after the other.  The factors (given by their indices) are numbered from zero, each result
    gets the next number.

    The factors must be connected by indices.  Where two orders cost the same, that with fewer transposes is taken, then
    factors from left to right.
    """
    if len(tensors) < 3:
        return [(0, 1)] if len(tensors) == 2 else []
    factors = [frozenset(indices) for indices in tensors]
    if len(tensors) <= FEW:
        rows = {1 << k: indices[0] for k, indices in enumerate(tensors) if len(indices) == 2}
        return _best(_Costs(factors, out, size, rows, frozenset([1 << k for k in given]), share))
    return _greedy(factors, out, size, given)


class Plan(NamedTuple):
    """How a set of factors is contracted: flops, entries of intermediate results, transposes and given
    matrices that are scaled; and the first of the two
    sets it is split into.
    """

    cost: tuple[float, float, int]
    left: int = 0


class _Costs(NamedTuple):
    """What orders are judged by; `rows` holds the first indices of the matrices (by bit mask)."""

    factors: Sequence[Group]
    out: Group
    size: Callable[[int], float]
    rows: dict[int, int]
    given: frozenset[int]
    share: Callable[[int], float]


def _best(costs: _Costs) -> list[Step]:
    """The order of least cost, over all ways to split every connected set of factors in two."""
    count = len(costs.factors)
    whole = (1 << count) - 1
    kept = _kept_indices(costs.factors, costs.out)
    best = {1 << k: Plan((0.0, 0.0, 0)) for k in range(count)}
    for mask in range(3, whole + 1):
        lowest, part = mask & -mask, costs.share(mask)
        left = (mask - 1) & mask
        while left:
            right = mask ^ left
            if left & lowest and left in best and right in best and kept[left] & kept[right]:
                one, other = best[left].cost, best[right].cost
                weight = _weight(kept[left], kept[right], kept[mask])
                weight *= GIVEN if _scaled(costs, kept, left, right) else 1.0
                flops = part * (one[0] + other[0] + weight * _volume(kept[left] | kept[right], costs.size))
                turned = one[2] + other[2] + _turned(costs, kept, left, right)
                cost = (flops, one[1] + other[1] + _volume(kept[mask], costs.size), turned)
                if mask not in best or cost < best[mask].cost:
                    best[mask] = Plan(cost, left)
            left = (left - 1) & mask
    found: list[Step] = []
    _unfold(whole, best, found, count)
    return found


def _scaled(costs: _Costs, kept: list[Group], left: int, right: int) -> bool:
    """Is a given matrix scaled by a vector?"""
    if not kept[left] | kept[right] <= kept[left | right]:
        return False
    return any(side in costs.given and len(kept[other]) == 1 for side, other in ((left, right), (right, left)))


def _turned(costs: _Costs, kept: list[Group], left: int, right: int) -> int:
    """How many of two sets of factors are transposed for their product."""
    gone = (kept[left] | kept[right]) - kept[left | right]
    return (costs.rows.get(left) in gone and len(kept[right]) == 1) + (
        costs.rows.get(right) in gone and len(kept[left]) == 1
    )


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


def _greedy(
    factors: Sequence[Group], out: Group, size: Callable[[int], float], given: frozenset[int] = NONE
) -> list[Step]:
    """Always the cheapest pair that shares an index; of equally cheap ones that with the smaller result, then one that
    scales no given matrix, then the first.
    """
    work = _Work(out, size, given)
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

    def __init__(self, out: Group, size: Callable[[int], float], given: frozenset[int]) -> None:
        self.out, self.size, self.given = out, size, given
        self.alive: dict[int, Group] = {}
        self.holders: dict[int, set[int]] = {}
        self.costs: dict[Step, tuple[float, float, bool, int, int]] = {}

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
            kept = self._kept(both, {k, other})
            scaled = kept == both and (k in self.given or other in self.given)
            self.costs[pair] = (_volume(both, self.size), _volume(kept, self.size), scaled, *pair)

    def _kept(self, both: Group, pair: set[int]) -> Group:
        return frozenset([i for i in both if i in self.out or self.holders[i] - pair])

    def unite(self, a: int, b: int, made: int) -> None:
        for pair in [pair for pair in self.costs if a in pair or b in pair]:
            del self.costs[pair]
        kept = self._kept(self.alive.pop(a) | self.alive.pop(b), {a, b})
        for held in self.holders.values():
            held -= {a, b}
        self.add(made, kept)
