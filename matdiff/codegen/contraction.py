"""In which order to contract the factors of a product: by dynamic programming for few factors, greedily for many.

Sizes that are only names may be small or large: orders are found for several regimes of sizes, and the one kept is
the one that is nowhere far from the best.  Where none is, the best two are kept, for a branch on the sizes.
"""

from __future__ import annotations

from itertools import combinations
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.codegen.costs import ROBUST, regret, total, volume
from matdiff.codegen.dynamic import Splits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from matdiff.codegen.costs import Cost, Regime, Sizes
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
        return [_priced([(0, 1)] if len(tensors) == 2 else [], tensors, sizes, judged)]
    regimes = known.regimes(dict.fromkeys([sizes[i] for indices in tensors for i in indices]))
    found: list[Order] = []
    for order in _found(tensors, sizes, regimes, judged):
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


def _found(
    tensors: Sequence[Indices], sizes: Mapping[int, Size], regimes: Sequence[Regime], judged: _Judged
) -> Iterator[list[Step]]:
    """The best order in every regime."""
    indices = dict.fromkeys([i for tensor in tensors for i in tensor])
    groups = [frozenset(tensor) for tensor in tensors]
    few = _splits(tensors, judged) if len(tensors) <= FEW else None
    for regime in regimes:
        size = {i: regime.size(sizes[i]) for i in indices}.__getitem__
        yield few.best(size, judged.share) if few is not None else _greedy(groups, judged.out, size, judged.given)


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
    both = left & right
    return _dear(len(both - kept), len(both & kept), len(left - right), len(right - left))


def _dear(both: int, shared: int, left: int, right: int) -> float:
    """How dear an operation is, by the indices summed over, shared by both and kept, and of either alone: entry by
    entry it waits for memory, in a product of matrices hardly.
    """
    if not both or shared:
        return ENTRYWISE
    return MATRICES if left and right else VECTOR


def _splits(tensors: Sequence[Indices], judged: _Judged) -> Splits:
    """All ways to contract few factors, among which the sizes decide."""

    def weight(one: int, other: int, stay: int) -> float:
        return _dear(both=one & other & ~stay, shared=one & other & stay, left=one & ~other, right=other & ~one)

    return Splits(tensors, judged.out, sum([1 << k for k in judged.given]), weight, GIVEN)


def _volume(indices: Group, size: Callable[[int], float]) -> float:
    total = 1.0
    for i in indices:
        total *= size(i)
    return total


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
