"""Axes that number pairs (vec, Kronecker products): every such axis is split in two, so that no dense constant is ever
multiplied.
"""

from __future__ import annotations

from matdiff.graph.nodes import Indices, Node, Size

Factor = tuple[Node, Indices]


class Fused:
    """Which indices stand for pairs: `parts` maps an index to its two; `dense` holds the constants that remain
    factors.
    """

    def __init__(self) -> None:
        self.parts: dict[int, Indices] = {}
        self.same: dict[int, int] = {}
        self.dense: list[Factor] = []

    def find(self, i: int) -> int:
        while i in self.same:
            i = self.same[i]
        return i

    def expanded(self, indices: Indices) -> Indices:
        """Every index replaced by what it stands for, down to indices that are not split."""
        result: list[int] = []
        todo = list(reversed(indices))
        while todo:
            i = self.find(todo.pop())
            if i in self.parts:
                todo.extend(reversed(self.parts[i]))
            else:
                result.append(i)
        return tuple(result)

    def touches(self, indices: Indices) -> bool:
        """Is one of the indices split?"""
        return any(self.find(i) in self.parts for i in indices)

    def reaches(self, start: Indices, goal: int) -> bool:
        """Does splitting `start` lead to `goal`?"""
        todo, seen = [self.find(i) for i in start], set()
        while todo:
            i = todo.pop()
            if i == goal:
                return True
            if i not in seen:
                seen.add(i)
                todo.extend([self.find(part) for part in self.parts.get(i, ())])
        return False


def split(fuses: list[Factor], sizes: dict[int, Size]) -> Fused:
    """Read off the constants which index is which pair; two that split an index alike unite their parts."""
    fused = Fused()
    for node, indices in fuses:
        whole, slow, fast = [fused.find(i) for i in indices]
        known = fused.parts.get(whole)
        if known is None and not fused.reaches((slow, fast), whole):
            fused.parts[whole] = (slow, fast)
        elif (
            known is None
            or tuple([sizes[i] for i in known]) != node.shape[1:]
            or not _unite(fused, known, (slow, fast))
        ):
            fused.dense.append((node, (whole, slow, fast)))
    return fused


def _unite(fused: Fused, known: Indices, pair: Indices) -> bool:
    """Make two pairs of indices the same, where neither is split itself."""
    if any(fused.find(i) in fused.parts for i in (*known, *pair)):
        return False
    for first, second in zip(known, pair, strict=True):
        kept, gone = fused.find(first), fused.find(second)
        if kept != gone:
            fused.same[gone] = kept
    return True
