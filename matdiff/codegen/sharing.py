"""Products that a function needs more than once, so that contraction orders which compute them are preferred.

A function's products are contracted twice: the first time each for itself, and every set of factors that they can be
contracted by is noted; the second time what several of them can share costs each its part.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matdiff.codegen.pairs import Tensor

MOST_FACTORS, MOST_PRODUCTS = 8, 64  # larger products, and larger functions, share what comes out equal by itself
MOST = 4 * MOST_PRODUCTS  # of all products: so long a function is not contracted twice
THERE = 20.0  # a product that is needed as it stands counts for so many

Key = tuple[object, ...]


class Sharing:
    """How many products of a function can use the product of some of their factors."""

    def __init__(self) -> None:
        self._seen: list[tuple[list[Tensor], frozenset[int]]] = []
        self._noted = 0
        self._known = False
        self._counts: dict[Key | None, float] = {}

    def note(self, tensors: list[Tensor], open_: frozenset[int], *, summand: bool) -> None:
        """One more product, in the first round; out of a summand a factor may still be taken."""
        self._noted += 1
        if 1 < len(tensors) <= MOST_FACTORS and len(self._seen) <= MOST_PRODUCTS:
            self._seen.append((tensors, open_))
            key = _key(tensors, open_, (1 << len(tensors)) - 1)
            if key is not None and not summand:
                self._counts[key] = THERE

    def counted(self) -> bool:
        """End the first round; is there anything to share?"""
        self._known = True
        if len(self._seen) <= MOST_PRODUCTS and self._noted <= MOST:
            distinct = {_key(*product, (1 << len(product[0])) - 1): product for product in self._seen}
            for tensors, open_ in distinct.values():
                for key, count in _apart(tensors, open_).items():
                    self._counts[key] = self._counts.get(key, 0.0) + count
        self._counts = {key: count for key, count in self._counts.items() if count > 1 and count != THERE + 1}
        return any(len(tensors) > 2 for tensors, _ in self._seen) and bool(self._counts)

    def of(self, tensors: Sequence[Tensor], open_: frozenset[int]) -> Callable[[int], float]:
        """The part of the cost of a set of factors (a bit mask) that falls to this product."""
        parts: dict[int, float] = {}
        whole, paired = (1 << len(tensors)) - 1, _in_pairs(tensors)
        for mask in range(3, whole if len(tensors) <= MOST_FACTORS else 0):
            counted = self._known and bool(self._counts)
            part = 1 / self._counts.get(_key(tensors, open_, mask), 1.0) if counted else 1.0
            part *= 0.5 if _is_gram([tensors[k] for k in range(len(tensors)) if mask >> k & 1]) else 1.0
            part *= 0.5 if paired and _is_half(tensors, open_, mask, whole) else 1.0
            if part < 1:
                parts[mask] = part
        return lambda mask: parts.get(mask, 1.0)


def _in_pairs(tensors: Sequence[Tensor]) -> bool:
    """Is every array a matrix and a factor an even number of times, so that a product may be one of two equal ones?
    With vectors among them, other orders are often cheaper than the square.
    """
    if any(len(tensor.indices) != 2 for tensor in tensors):
        return False
    serials = sorted([tensor.array.serial for tensor in tensors])
    return len(serials) > 3 and serials[::2] == serials[1::2]


def _is_half(tensors: Sequence[Tensor], open_: frozenset[int], mask: int, whole: int) -> bool:
    """Is what is left of a product the same as some of its factors, as in tr(A B A B)?  Then one serves as both."""
    if 2 * mask.bit_count() != len(tensors):
        return False
    key = _key(tensors, open_, mask)
    return key is not None and key == _key(tensors, open_, whole ^ mask)


def _is_gram(members: list[Tensor]) -> bool:
    """Is a product A^T diag(x) A, which costs half?"""
    matrices = [tensor for tensor in members if len(tensor.indices) == 2]
    if len(matrices) != 2 or matrices[0].array is not matrices[1].array:
        return False
    (i, j), (k, l) = matrices[0].indices, matrices[1].indices
    shared = i if i == k and j != l else j if j == l and i != k else None
    return shared is not None and all(tensor.indices == (shared,) for tensor in members if tensor not in matrices)


def _apart(tensors: Sequence[Tensor], open_: frozenset[int]) -> dict[Key, int]:
    """How often one product can use the product of some of its factors: as often as such sets lie apart."""
    found: dict[Key, list[int]] = {}
    for mask in range(3, 1 << len(tensors)):
        key = _key(tensors, open_, mask)
        if key is not None and not any(mask & other for other in found.get(key, ())):
            found.setdefault(key, []).append(mask)
    return {key: len(masks) for key, masks in found.items()}


def _key(tensors: Sequence[Tensor], open_: frozenset[int], mask: int) -> Key | None:
    """The same for equal products of some of the factors, also transposed; None for one factor, or where no index ties
    them together.

    An index is told by the places where it stands; two products that differ in more than that only seem to be shared.
    """
    members = [k for k in range(len(tensors)) if mask >> k & 1]
    if len(members) < 2:
        return None
    outside = {i for k, tensor in enumerate(tensors) if k not in members for i in tensor.indices} | open_
    places: dict[int, list[tuple[int, int]]] = {}
    for k in members:
        array, indices = tensors[k]
        for axis, i in enumerate(indices):
            places.setdefault(i, []).append((array.serial, 0 if array.symmetric else axis))
    if not _tied([set(tensors[k].indices) for k in members]) or _scaled([tensors[k] for k in members], outside):
        return None
    serials = sorted([tensors[k].array.serial for k in members])
    told = sorted([(i in outside, tuple(sorted(found))) for i, found in places.items()])
    return (tuple(serials), tuple(told))


def _scaled(members: list[Tensor], outside: set[int]) -> bool:
    """Are factors a given matrix and vectors that scale it?  A matrix that is read is not made anew."""
    matrices = [tensor for tensor in members if len(tensor.indices) > 1]
    if len(matrices) != 1 or matrices[0].array.op not in {"name", "transpose"}:
        return False
    return all(tensor is matrices[0] or set(tensor.indices) <= outside for tensor in members)


def _tied(groups: list[set[int]]) -> bool:
    """Do indices connect all factors?"""
    reached, rest = groups[0], groups[1:]
    while rest:
        near = [group for group in rest if group & reached]
        if not near:
            return False
        rest = [group for group in rest if not group & reached]
        reached = reached.union(*near)
    return True
