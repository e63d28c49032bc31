"""In what order the factors of a product are joined where it is evaluated, and how many products of entries that takes.

A pair of indices fused into one is nearly all zeros: it takes no more entries than its two parts have.
"""

from __future__ import annotations

import math
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.graph.nodes import Ein, Op, walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.graph.nodes import Node, Size

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
