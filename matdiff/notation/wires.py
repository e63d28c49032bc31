"""Any linear map between vectorised tensors as a product of Kronecker products, diag(vec(G)) and commutation matrices.

The index graph is read as a string diagram, from the indices that are fused into the rows to those that are fused into
the columns.  The open ends at a place are the wires there, slowest first.  A wire may run along a matrix (a factor of a
Kronecker product), end in a vector, or begin with one; a matrix between two wires scales them, diag(vec(G)); wires that
cross are a commutation matrix.

A. Graham, Kronecker Products and Matrix Calculus (1981), chapter 2; P. Selinger, A survey of graphical languages for
monoidal categories (2011).
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.length import length
from matdiff.formula.syntax import Call, Expr, Mul
from matdiff.functions import names as fn
from matdiff.notation.chains import Link, Word, column, spelled, turned
from matdiff.notation.entrywise import Entry
from matdiff.notation.series_parallel import Edge

if TYPE_CHECKING:
    from matdiff.notation.kronecker import Fuse
    from matdiff.notation.series_parallel import Network

_MOST = 6  # wires side by side
_BRANCHES = 3  # wires that may split


def read_off(network: Network) -> Word | None:
    """What stands between the rows and the columns of a network with fused indices, as a word of links; a column for
    rows alone.  None where more wires would be needed than anybody reads.
    """
    if len(network.out) == 1:
        return _Diagram(network, network.out[0]).word()
    rows, columns = network.out
    if rows == columns:
        return None
    here = _Diagram(network, rows, columns).word()
    there = _Diagram(network, columns, rows).word()
    if here is None or (there is not None and length(spelled(turned(there))) < length(spelled(here))):
        return None if there is None else turned(there)
    return here


class _Wire:
    """One wire: the index at its end (None where it ended), and the word along it since the last whole layer."""

    __slots__ = ("begins", "end", "word")

    def __init__(self, end: int | None, word: Word = (), *, begins: bool = False) -> None:
        self.end, self.word, self.begins = end, word, begins


class _Diagram:
    """The wires between two fused indices, worked off from the first to the second."""

    def __init__(self, network: Network, start: int, goal: int | None = None) -> None:
        self.network = network
        self.edges: list[Edge] = list(network.edges)
        self.pendants = {v: list(entries) for v, entries in network.pendants.items()}
        self.sizes = network.sizes
        self.fuses: list[Fuse] = list(network.fuses)
        self.factors: list[Link] = []
        self.branches = 0
        ends = self._flat(start)
        self.goal = () if goal is None else self._flat(goal)
        self.wires = [_Wire(v) for v in ends]

    # -- ends --------------------------------------------------------------------------------------------------------

    def _flat(self, v: int) -> tuple[int, ...]:
        """The indices fused into one, slowest first, each of them different."""
        fuse = next((fuse for fuse in self.fuses if fuse.pair == v), None)
        if fuse is None or self._degree(v) or self.pendants.get(v):
            return (v,)
        self.fuses.remove(fuse)
        found: list[int] = []
        for end in (*self._flat(fuse.slow), *self._flat(fuse.fast)):
            found.append(self._twin(end) if end in found else end)
        return tuple(found)

    def _twin(self, v: int) -> int:
        """A new index that equals v."""
        new = max(self.sizes) + 1
        self.sizes[new] = self.sizes[v]
        self.pendants[new] = []
        eye = self._eye(v)
        self.edges.append(Edge(v, new, Entry((Link(eye, eye),))))
        return new

    def _degree(self, v: int) -> int:
        return sum((edge.i == v) + (edge.j == v) for edge in self.edges)

    def _live(self) -> dict[int, int]:
        """The places of the wires by the index at their ends."""
        return {wire.end: place for place, wire in enumerate(self.wires) if wire.end is not None}

    def _held(self, v: int) -> bool:
        """Is an index a goal, or part of a fuse?"""
        return v in self.goal or any(v in fuse for fuse in self.fuses)

    def _size(self, v: int) -> Expr:
        return self.network.size(v)

    def _eye(self, v: int) -> Expr:
        return Call(fn.IDENTITY, (self._size(v),))

    # -- the way from one end to the other ---------------------------------------------------------------------------

    def word(self) -> Word | None:
        """The factors in order; None where the wires get too many."""
        while self.edges or self.fuses:
            step = (
                self._scale() or self._run() or self._refuse() or self._end() or self._begin_pair() or self._together()
            )
            if not step and not self._branch():
                return None
            if len(self.wires) > _MOST:
                return None
        while self._end():
            pass
        for v in self.goal:
            if v not in self._live():
                self._begin(v)
        for wire in self.wires:
            if wire.end is not None:
                wire.word += self._scaling(wire.end)
        self._sort()
        self._flush()
        if not self.factors:
            eye = Call(fn.IDENTITY, ())
            return (Link(eye, eye),)
        return tuple(self.factors)

    def _scaling(self, v: int) -> Word:
        """The vectors at an index as a diagonal matrix, once."""
        entries = self.pendants.get(v, [])
        self.pendants[v] = []
        return self.network.diagonal(entries, v) if entries else ()

    def _between(self, edge: Edge, i: int) -> Word:
        """The word of an edge from one of its ends."""
        entry = edge.entry if edge.i == i else edge.entry.turned()
        return self.network.plain(entry, i, edge.j if edge.i == i else edge.i)

    def _scale(self) -> bool:
        """A matrix between two wires that lie side by side."""
        live = self._live()
        for edge in self.edges:
            if edge.i in live and edge.j in live and abs(self._apart(edge, live)) == 1:
                slow, fast = (edge.i, edge.j) if live[edge.i] < live[edge.j] else (edge.j, edge.i)
                self.edges.remove(edge)
                if all(not self._degree(v) and not self._held(v) for v in (slow, fast)):
                    self._end_pair(edge, slow, fast)
                    return True
                self._flush()
                inside = spelled(self._between(edge, fast))
                expr = Call(fn.DIAG, (Call(fn.VEC, (inside,)),))
                self._layer(self._live()[slow], 2, Link(expr, expr))
                return True
        return False

    def _end_pair(self, edge: Edge, slow: int, fast: int) -> None:
        """Two wires that only a matrix joins end in its vec."""
        self._flush()
        inside = (*self._scaling(fast), *self._between(edge, fast), *self._scaling(slow))
        at = self._live()[slow]
        self.wires[at].word, self.wires[at].end = (column(Call(fn.VEC, (spelled(inside),))),), None
        del self.wires[at + 1]

    def _apart(self, edge: Edge, live: dict[int, int]) -> int:
        """How far the ends of an edge lie from each other, wires that ended left out."""
        low, high = sorted((live[edge.i], live[edge.j]))
        return sum(wire.end is not None for wire in self.wires[low:high])

    def _run(self) -> bool:
        """A wire along the only matrix that is left at its end."""
        live = self._live()
        for v, place in live.items():
            edges = [edge for edge in self.edges if v in (edge.i, edge.j)]
            if len(edges) != 1 or self._held(v):
                continue
            edge = edges[0]
            other = edge.j if edge.i == v else edge.i
            if other in live:
                continue
            wire = self.wires[place]
            wire.word += (*self._scaling(v), *self._between(edge, v))
            wire.end = other
            self.edges.remove(edge)
            return True
        return False

    def _refuse(self) -> bool:
        """A pair of indices and its two parts are the same wires."""
        live = self._live()
        for fuse in self.fuses:
            if fuse.pair in live and not self._degree(fuse.pair) and fuse.pair not in self.goal:
                self.fuses.remove(fuse)
                self._split(live[fuse.pair], fuse)
                return True
            parts = (fuse.slow, fuse.fast)
            ready = all(v in live and not self._degree(v) and v not in self.goal for v in parts)
            if ready and fuse.slow != fuse.fast and sum(v in other for v in parts for other in self.fuses) == 2:
                self.fuses.remove(fuse)
                self._join(fuse)
                return True
        return False

    def _split(self, place: int, fuse: Fuse) -> None:
        self.wires[place].word += self._scaling(fuse.pair)
        self._flush()
        place = self._live()[fuse.pair]
        parts: list[int] = []
        for v in (fuse.slow, fuse.fast):
            parts.append(self._twin(v) if v in self._live() or v in parts else v)
        self.wires[place : place + 1] = [_Wire(v) for v in parts]

    def _join(self, fuse: Fuse) -> None:
        for v in (fuse.slow, fuse.fast):
            self.wires[self._live()[v]].word += self._scaling(v)
        self._beside(fuse.slow, fuse.fast)
        self._flush()
        place = self._live()[fuse.slow]
        self.wires[place : place + 2] = [_Wire(fuse.pair)]

    def _end(self) -> bool:
        """A wire that nothing goes on from ends in its vector, or in ones."""
        for wire in self.wires:
            v = wire.end
            if v is not None and not self._degree(v) and not self._held(v):
                entries = self.pendants.get(v, [])
                self.pendants[v] = []
                wire.word += self.network.hadamard(entries, (v,))
                wire.end = None
                return True
        return False

    def _begin(self, v: int, place: int | None = None, *, ones: bool = False) -> None:
        """A wire that begins with its vector, or with ones; in the place of one that ended beside it, if there is
        one.
        """
        entries = [] if ones else self.pendants.get(v, [])
        if entries:
            self.pendants[v] = []
        word = turned(self.network.hadamard(entries, (v,)))
        if place is None:
            before = self.goal[: self.goal.index(v)]
            place = max([at + 1 for end, at in self._live().items() if end in before], default=0)
            ended = next((at for at in (place, place - 1) if self._has_ended(at)), None)
            if ended is not None:
                self.wires[ended].word += word
                self.wires[ended].end = v
                return
        self.wires.insert(place, _Wire(v, word, begins=True))

    def _has_ended(self, place: int) -> bool:
        return 0 <= place < len(self.wires) and self.wires[place].end is None

    def _begin_pair(self) -> bool:
        """Two goals that only a matrix joins begin as its vec."""
        live = self._live()
        for edge in self.edges:
            ends = (edge.i, edge.j)
            if all(v in self.goal and v not in live and self._degree(v) == 1 for v in ends) and edge.i != edge.j:
                slow, fast = sorted(ends, key=self.goal.index)
                self.edges.remove(edge)
                inside = (*self._scaling(fast), *self._between(edge, fast), *self._scaling(slow))
                self._flush()
                whole = column(Call(fn.VEC, (spelled(inside),)))
                place = min(range(len(self.wires) + 1), key=lambda at: self._crossings(at, slow, fast))
                self.wires[place:place] = [
                    _Wire(slow, turned((whole,)), begins=True),
                    _Wire(fast, _NOTHING, begins=True),
                ]
                self._flush()
                return True
        return False

    def _crossings(self, place: int, slow: int, fast: int) -> int:
        """How many pairs of wires would not be in the goal's order with two more at a place."""
        ends = [wire.end for wire in self.wires]
        order = [self.goal.index(v) for v in (*ends[:place], slow, fast, *ends[place:]) if v in self.goal]
        return sum(first > second for k, first in enumerate(order) for second in order[k + 1 :])

    def _branch(self) -> bool:
        """One wire more, which begins with ones beside a wire that a matrix joins it to."""
        live = self._live()
        self.branches += 1
        if self.branches > _BRANCHES:
            return False
        options = [
            (v, other)
            for edge in self.edges
            for v, other in ((edge.i, edge.j), (edge.j, edge.i))
            if v in live and other not in live
        ]
        if not options:
            return False
        v, other = min(options, key=lambda option: (option[1] not in self.goal, self._degree(option[1])))
        self._begin(other, live[v], ones=True)
        return True

    # -- layers ------------------------------------------------------------------------------------------------------

    def _together(self) -> bool:
        """Wires that a matrix joins, brought side by side."""
        live = self._live()
        edge = next((edge for edge in self.edges if edge.i in live and edge.j in live), None)
        if edge is None:
            return False
        self._flush()
        live = self._live()
        near, far = sorted((edge.i, edge.j), key=live.__getitem__)
        self._swap(live[far] - 1)
        return near != far

    def _beside(self, slow: int, fast: int) -> None:
        """Swaps until `fast` stands directly behind `slow`."""
        self._flush()
        while (at := self._live())[fast] != at[slow] + 1:
            self._swap(at[fast] - 1 if at[fast] > at[slow] else at[fast])

    def _sort(self) -> None:
        """The wires in the order of the goal."""
        order = [self.goal.index(wire.end) for wire in self.wires if wire.end is not None]
        if order == sorted(order):
            return
        self._flush()
        ends = [wire.end for wire in self.wires if wire.end is not None]
        for _ in ends:
            for place in range(len(ends) - 1):
                if self.goal.index(ends[place]) > self.goal.index(ends[place + 1]):
                    self._swap(place)
                    ends = [wire.end for wire in self.wires if wire.end is not None]

    def _swap(self, place: int) -> None:
        first, second = self.wires[place : place + 2]
        m, n = self._size(first.end or 0), self._size(second.end or 0)
        self._layer(place, 2, Link(Call(fn.COMMUTATION, (m, n)), Call(fn.COMMUTATION, (n, m))))
        self.wires[place : place + 2] = [second, first]

    def _layer(self, place: int, count: int, link: Link) -> None:
        """A factor that acts on some of the wires, the others left alone."""
        before = [wire.end for wire in self.wires[:place] if wire.end is not None]
        behind = [wire.end for wire in self.wires[place + count :] if wire.end is not None]
        parts = [self._identity(before), (link.here, link.there), self._identity(behind)]
        self.factors.append(_kron([part for part in parts if part is not None]))

    def _identity(self, ends: list[int]) -> tuple[Expr, Expr] | None:
        if not ends:
            return None
        sizes = [self._size(v) for v in ends]
        eye = Call(fn.IDENTITY, (sizes[0] if len(sizes) == 1 else Mul(tuple(sizes)),))
        return eye, eye

    def _flush(self) -> None:
        """What the wires ran along since the last layer, as one factor."""
        if any(wire.word and wire.word is not _NOTHING for wire in self.wires):
            parts: list[tuple[Expr, Expr]] = []
            idle: list[int] = []
            for wire in (*self.wires, None):
                if wire is not None and not wire.word and wire.end is not None:
                    idle.append(wire.end)
                    continue
                left = self._identity(idle)
                idle = []
                parts.extend([left] if left is not None else [])
                if wire is not None and wire.word is not _NOTHING:
                    parts.append((spelled(wire.word), spelled(turned(wire.word))))
            if len(self.wires) == 1:
                self.factors.extend(self.wires[0].word)
            else:
                self.factors.append(_kron(parts, self._side()))
        self.wires = [_Wire(wire.end) for wire in self.wires if wire.end is not None]

    def _side(self) -> str:
        """Whether the layer is a column or a row."""
        if all(wire.end is None and not wire.begins for wire in self.wires):
            return "column"
        return "row" if all(wire.begins for wire in self.wires) else ""


_NOTHING: Word = (
    Link(Call(fn.IDENTITY, ()), Call(fn.IDENTITY, ())),
)  # stands where a wire begins inside the vec before it


def _kron(parts: list[tuple[Expr, Expr]], side: str = "") -> Link:
    """The Kronecker product of matrices, each with its transpose."""
    here, there = parts[0]
    for left, right in parts[1:]:
        here, there = Call(fn.KRONECKER, (here, left)), Call(fn.KRONECKER, (there, right))
    return Link(here, there, side)
