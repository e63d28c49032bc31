"""The cheapest order to contract few factors in: dynamic programming over all ways to split every connected set of them
in two.

What does not depend on the sizes is found out once, for all regimes of sizes.  Sets, of factors and of indices, are bit
masks.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matdiff.graph.nodes import Indices

    Weight = Callable[[int, int, int], float]  # how dear an operation is: by the indices of both, and those that stay


# a set of factors as two: both, the weight of their product, its indices, how many of the two are transposed for it
Split = tuple[int, int, float, int, int]
# how a set is contracted: flops, entries of intermediate results, transposes, and the first of the two sets
Plan = tuple[float, float, int, int]


class Splits:
    """All ways to split the connected sets of some factors, each given by its indices.

    out: the indices that stay.  given: the factors (a bit mask) that come from outside, `scaling` how much dearer it is
    to scale one of them.
    """

    def __init__(
        self, factors: Sequence[Indices], out: frozenset[int], given: int, weight: Weight, scaling: float
    ) -> None:
        self.count = len(factors)
        self.indices = list(dict.fromkeys([i for indices in factors for i in indices]))
        self._bits = {i: 1 << k for k, i in enumerate(self.indices)}
        self._given, self._weight, self._scaling = given, weight, scaling
        self._rows = {1 << k: self._bits[indices[0]] for k, indices in enumerate(factors) if len(indices) == 2}
        self.kept = self._kept([self._mask(indices) for indices in factors], self._mask(out))
        self.ways = self._ways()

    def _mask(self, indices: Indices | frozenset[int]) -> int:
        return sum({self._bits[i] for i in indices if i in self._bits})

    def _kept(self, factors: list[int], out: int) -> list[int]:
        """For every set of factors, the indices that its product still has."""
        count = 1 << self.count
        union = [0] * count
        for mask in range(1, count):
            lowest = mask & -mask
            union[mask] = union[mask ^ lowest] | factors[lowest.bit_length() - 1]
        return [union[mask] & (union[count - 1 - mask] | out) for mask in range(count)]

    def _ways(self) -> list[tuple[int, list[Split]]]:
        """Every connected set of two factors or more with its splits; smaller numbers first."""
        kept, connected = self.kept, [1 << k for k in range(self.count)]
        known = set(connected)
        found: list[tuple[int, list[Split]]] = []
        for mask in range(3, 1 << self.count):
            if mask in known:
                continue
            ways = [
                self._split(left, mask ^ left)
                for left in self._parts(mask, connected)
                if left in known and mask ^ left in known and kept[left] & kept[mask ^ left]
            ]
            if ways:
                known.add(mask)
                connected.append(mask)
                found.append((mask, ways))
        return found

    def _parts(self, mask: int, connected: list[int]) -> list[int]:
        """Parts of a set that have its lowest factor, all connected ones among them."""
        lowest = mask & -mask
        if len(connected) < 1 << (mask.bit_count() - 1):
            return [part for part in reversed(connected) if part & lowest and part & mask == part]
        rest, parts = mask ^ lowest, []
        left = (rest - 1) & rest
        while True:
            parts.append(left | lowest)
            if not left:
                return parts
            left = (left - 1) & rest

    def _split(self, left: int, right: int) -> Split:
        one, other, stay = self.kept[left], self.kept[right], self.kept[left | right]
        both = one | other
        weight = self._weight(one, other, stay)
        vectors = (not one & (one - 1), not other & (other - 1))
        if both == stay and (
            (left & self._given == left and not left & (left - 1) and vectors[1])
            or (right & self._given == right and not right & (right - 1) and vectors[0])
        ):
            weight *= self._scaling
        gone = both & ~stay
        turned = bool(self._rows.get(left, 0) & gone and vectors[1]) + bool(
            self._rows.get(right, 0) & gone and vectors[0]
        )
        return left, right, weight, both, turned

    def best(self, size: Callable[[int], float], share: Callable[[int], float]) -> list[tuple[int, int]]:
        """The order of least cost, as pairs of factors; each result gets the next number."""
        volumes: dict[int, float] = {}
        sizes = [size(i) for i in self.indices]

        def volume(mask: int) -> float:
            found = volumes.get(mask)
            if found is None:
                found = 1.0
                for k, one in enumerate(sizes):
                    found *= one if mask >> k & 1 else 1.0
                volumes[mask] = found
            return found

        best: dict[int, Plan] = {1 << k: (0.0, 0.0, 0, 0) for k in range(self.count)}
        for mask, ways in self.ways:
            part, entries = share(mask), volume(self.kept[mask])
            least: Plan | None = None
            for left, right, weight, both, turned in ways:
                one, other = best[left], best[right]
                flops = part * (one[0] + other[0] + weight * volume(both))
                if least is None or flops <= least[0]:
                    plan = (flops, one[1] + other[1] + entries, one[2] + other[2] + turned, left)
                    if least is None or plan[:3] < least[:3]:
                        least = plan
            if least is not None:
                best[mask] = least
        found: list[tuple[int, int]] = []
        self._unfold((1 << self.count) - 1, best, found)
        return found

    def _unfold(self, mask: int, best: dict[int, Plan], found: list[tuple[int, int]]) -> int:
        """The number of the product of `mask`, its steps put down before; as deep as there are factors."""
        if not mask & (mask - 1):
            return mask.bit_length() - 1
        left = best[mask][3]
        pair = (self._unfold(left, best, found), self._unfold(mask ^ left, best, found))
        found.append(pair)
        return self.count + len(found) - 1
