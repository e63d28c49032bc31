"""Series-parallel reduction: an index graph becomes a matrix expression.

Indices are vertices, order-2 factors edges, order-1 factors pendants.  A loop M becomes tr(M) or a pendant diag(M); a
closed vertex of degree
two joins its edges, M₁ diag(p) M₂; parallel edges become M₁∘M₂; a closed vertex of degree one becomes a pendant M p or
M 1; a closed vertex alone
becomes pᵀq.  What is left between the terminals is the answer.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.formula.length import length
from matdiff.formula.syntax import Call, Expr, Num, Pow, Sym
from matdiff.functions import names as fn
from matdiff.notation import kronecker
from matdiff.notation.chains import Link, Word, column, matrix, spelled, transposed, turned
from matdiff.notation.entrywise import Entry, entrywise, is_ones
from matdiff.notation.kronecker import Fuse
from matdiff.notation.scalar_words import Power, Preference, inner, summed, trace
from matdiff.notation.sizes import size_expr

if TYPE_CHECKING:
    from matdiff.graph.nodes import Size


class Edge(NamedTuple):
    """A matrix between two vertices: rows at `i`, columns at `j`."""

    i: int
    j: int
    entry: Entry


class IrreducibleError(Exception):
    """No series-parallel reduction: `vertex` is the index to be summed over openly."""

    def __init__(self, vertex: int) -> None:
        super().__init__(vertex)
        self.vertex = vertex


class Network:
    """The index graph of one product."""

    def __init__(
        self,
        out: tuple[int, ...],
        sizes: dict[int, Size],
        preference: Preference,
        diagonals: frozenset[str] = frozenset(),
    ) -> None:
        self.out = out
        self.sizes = sizes
        self.preference = preference
        self.diagonals = diagonals
        self.edges: list[Edge] = []
        self.pendants: dict[int, list[Entry]] = {}
        self.scalars: list[Power] = []
        self.closed: set[int] = set()
        self.fuses: list[Fuse] = []

    def vertex(self, i: int) -> None:
        self.pendants.setdefault(i, [])
        if i not in self.out and not any(i in fuse for fuse in self.fuses):
            self.closed.add(i)

    def add_edge(self, i: int, j: int, entry: Entry) -> None:
        self.vertex(i)
        self.vertex(j)
        self.edges.append(Edge(i, j, entry))

    def add_pendant(self, i: int, entry: Entry) -> None:
        self.vertex(i)
        self.pendants[i].append(entry)

    def fuse(self, pair: int, slow: int, fast: int) -> None:
        """A pair of indices as one; all three are held until the fuse is read."""
        for v in (pair, slow, fast):
            self.vertex(v)
        self.fuses.append(Fuse(pair, slow, fast))
        self.closed -= {pair, slow, fast}

    def release(self) -> None:
        """Indices that no fuse holds any longer may be summed."""
        held = {v for fuse in self.fuses for v in fuse}
        self.closed |= {v for v in self.pendants if v not in self.out and v not in held}

    def pendant(self, v: int, word: Word) -> None:
        self.add_pendant(v, Entry(word))

    def edge(self, i: int, j: int, word: Word) -> None:
        self.add_edge(i, j, Entry(word))

    def rename(self, old: int, new: int) -> None:
        """Two vertices become one."""
        self.edges = [
            Edge(new if edge.i == old else edge.i, new if edge.j == old else edge.j, edge.entry) for edge in self.edges
        ]
        self.pendants[new].extend(self.pendants.pop(old, []))
        self.fuses = [Fuse(*[new if v == old else v for v in fuse]) for fuse in self.fuses]
        self.closed.discard(old)

    def size(self, v: int) -> Expr:
        return size_expr(self.sizes[v])

    # -- reduction ---------------------------------------------------------------------------------------------------

    def reduce(self) -> None:
        """Until nothing closed is left; raises IrreducibleError."""
        while self.closed or self.fuses or any(edge.i == edge.j for edge in self.edges):
            if not (self._step() or kronecker.resolve(self)):
                raise IrreducibleError(self._busiest())

    def settle(self) -> None:
        """The steps that leave fused indices alone."""
        while self._step():
            pass

    def _step(self) -> bool:
        return self._loops() or self._series() or self._ends() or self._parallel()

    def copy(self) -> Network:
        """The same graph, to be reduced apart."""
        other = Network(self.out, self.sizes, self.preference, self.diagonals)
        other.edges, other.scalars, other.closed, other.fuses = (
            list(self.edges),
            list(self.scalars),
            set(self.closed),
            list(self.fuses),
        )
        other.pendants = {v: list(entries) for v, entries in self.pendants.items()}
        return other

    def _busiest(self) -> int:
        if not self.closed:
            parts = [part for fuse in self.fuses for part in fuse[1:]]
            return next((part for part in parts if part not in self.out), parts[0])
        return max(sorted(self.closed), key=lambda v: sum(v in edge[:2] for edge in self.edges))

    def _incident(self, v: int) -> list[Edge]:
        return [edge for edge in self.edges if v in (edge.i, edge.j)]

    def _loops(self) -> bool:
        for edge in self.edges:
            if edge.i == edge.j:
                self.edges.remove(edge)
                word = self.plain(edge.entry, edge.i, edge.j)
                if edge.i in self.closed and not self.pendants[edge.i] and not self._incident(edge.i):
                    self.scalars.append(self.preference.best(trace(word)))
                    self._gone(edge.i)
                else:
                    self.pendants[edge.i].append(Entry((column(Call(fn.DIAG, (spelled(word),))),)))
                return True
        return False

    def _gone(self, v: int) -> None:
        self.closed.discard(v)
        del self.pendants[v]

    def _series(self) -> bool:
        for v in sorted(self.closed):
            edges = self._incident(v)
            if len(edges) != 2 or edges[0] is edges[1]:
                continue
            first, second = edges
            if (
                _multiple(first, second)
                and (self.pendants[v] or not self._alone(first, v))
                and self._entrywise_first(first, second)
            ):
                return True
            left = first.entry if first.j == v else first.entry.turned()
            right = second.entry if second.i == v else second.entry.turned()
            i = first.i if first.j == v else first.j
            j = second.j if second.i == v else second.i
            word = (*self.plain(left, i, v), *self.diagonal(self.pendants[v], v), *self.plain(right, v, j))
            place = self.edges.index(first)
            self.edges.remove(second)
            self.edges[place] = Edge(i, j, Entry(word))
            self._gone(v)
            return True
        return False

    def _parallel(self) -> bool:
        for a, first in enumerate(self.edges):
            for b in range(a + 1, len(self.edges)):
                second = self.edges[b]
                if _multiple(first, second):
                    other = second.entry if (second.i, second.j) == (first.i, first.j) else second.entry.turned()
                    word = self.hadamard([first.entry, other], (first.i, first.j))
                    self.edges[a] = Edge(first.i, first.j, Entry(word))
                    del self.edges[b]
                    return True
        return False

    def _alone(self, edge: Edge, v: int) -> bool:
        """Is the other end of an edge a closed index with nothing else, or an open one?"""
        other = edge.i if edge.j == v else edge.j
        return other in self.out or (not self.pendants[other] and len(self._incident(other)) == 2)

    def _entrywise_first(self, first: Edge, second: Edge) -> bool:
        """Parallel edges with a vector at their end: (A∘B) p, not diag(A diag(p) Bᵀ)."""
        other = second.entry if (second.i, second.j) == (first.i, first.j) else second.entry.turned()
        self.edges[self.edges.index(first)] = Edge(
            first.i, first.j, Entry(self.hadamard([first.entry, other], (first.i, first.j)))
        )
        self.edges.remove(second)
        return True

    def _ends(self) -> bool:
        for v in sorted(self.closed):
            edges = self._incident(v)
            if not edges:
                self.scalars.append(self._dot(self.pendants[v], v))
                self._gone(v)
                return True
            if len(edges) == 1:
                edge = edges[0]
                entry = edge.entry if edge.j == v else edge.entry.turned()
                other = edge.i if edge.j == v else edge.j
                tail = self.hadamard(self.pendants[v], (v,))
                self.pendants[other].append(Entry((*self.plain(entry, other, v), *tail)))
                self.edges.remove(edge)
                self._gone(v)
                return True
        return False

    # -- pieces of notation
    # ----------------------------------------------------------------------------------------------

    def ones(self, vertices: tuple[int, ...]) -> Expr:
        return Call(fn.ONES, tuple([size_expr(self.sizes[v]) for v in vertices]))

    def plain(self, entry: Entry, i: int, j: int) -> Word:
        """The word of an edge; a matrix with an entrywise power becomes a link of its own."""
        return entry.word if entry.exponent == 1 else self.hadamard([entry], (i, j))

    def hadamard(self, entries: list[Entry], vertices: tuple[int, ...]) -> Word:
        """The entrywise product of entries as a word; of none, the ones."""
        if len(entries) == 1 and entries[0].exponent == 1:
            return entries[0].word
        if len(vertices) == 1 and self.diagonals:
            links, rest = self._diagonal_matrices(entries)
            if links and rest:
                return (*links, *self.hadamard(rest, vertices))
        here = entrywise(entries, self.ones(vertices))
        if len(vertices) == 1:
            return (column(here),)
        there = entrywise([entry.turned() for entry in entries], self.ones(vertices[::-1]))
        return (matrix(here, there if length(there) <= length(here) else transposed(here)),)

    def diagonal(self, entries: list[Entry], v: int) -> Word:
        """Diag of an entrywise product, as links; the diagonal of a diagonal matrix is the matrix itself."""
        links, rest = self._diagonal_matrices(entries)
        if rest:
            expr = Call(fn.DIAG, (spelled(self.hadamard(rest, (v,))),))
            links.append(Link(expr, expr))
        return tuple(links)

    def _diagonal_matrices(self, entries: list[Entry]) -> tuple[list[Link], list[Entry]]:
        """Diagonals of diagonal matrices as those matrices, and the other factors."""
        links: list[Link] = []
        rest: list[Entry] = []
        for entry in entries:
            expr = spelled(entry.word)
            inside = (
                expr.args[0]
                if isinstance(expr, Call) and expr.function == fn.DIAG and isinstance(expr.args[0], Sym)
                else None
            )
            inside = inside if inside is not None and inside.name in self.diagonals else None
            if inside is not None and isinstance(entry.exponent, Fraction) and entry.exponent.denominator == 1:
                power = inside if entry.exponent == 1 else Pow(inside, Num(entry.exponent))
                links.append(Link(power, power))
            else:
                rest.append(entry)
        return links, rest

    # -- scalars
    # ---------------------------------------------------------------------------------------------------------

    def _dot(self, entries: list[Entry], v: int) -> Power:
        """Σ of an entrywise product: pᵀq, sum(p), ‖p‖²."""
        if not entries:
            return size_expr(self.sizes[v]), Fraction(1)
        options: list[Power] = []
        if len(entries) == 2 and all(entry.exponent == 1 for entry in entries):
            options.extend(inner(turned(entries[0].word) + entries[1].word))
        elif len(entries) == 1 and entries[0].exponent == 1:
            options.append((summed(entries[0].word), Fraction(1)))
        else:
            options.append((Call(fn.SUM, (entrywise(entries, self.ones((v,))),)), Fraction(1)))
            for k, entry in enumerate(entries):
                if entry.exponent == 1:
                    rest = self.hadamard(entries[:k] + entries[k + 1 :], (v,))
                    options.extend(inner(turned(entry.word) + rest))
        best = self.preference.best(options)
        self._note_sum(best[0], entries, v)
        return best

    def _note_sum(self, total: Expr, entries: list[Entry], v: int) -> None:
        """Where the question writes means: over how many entries a sum is, but for 1^T A 1, over rows and columns."""
        if self.preference.sums is None:
            return
        ends = [entry.word[-1].here for entry in entries]
        ones = [end.args for end in ends if isinstance(end, Call) and is_ones(end)]
        if not ones:
            self.preference.sums.append((total, size_expr(self.sizes[v])))
        elif len(ones) == 1 < len(entries):
            self.preference.sums.append((total, ones[0][0] if ones[0] else size_expr(self.sizes[v])))

    # -- the answer
    # ----------------------------------------------------------------------------------------------------------

    def word(self) -> Word:
        """What is left between the terminals, as a word: a column for one, a matrix for two."""
        if len(self.out) == 1:
            return self.hadamard(self.pendants.get(self.out[0], []), (self.out[0],))
        i, j = self.out
        if i == j:
            entries = self.pendants.get(i, [])
            eye: Expr = Call(fn.IDENTITY, ())
            return self.diagonal(entries, i) if entries else (Link(eye, eye),)
        return self._between(i, j)

    def _between(self, i: int, j: int) -> Word:
        rows, columns = self.pendants.get(i, []), self.pendants.get(j, [])
        edges = [edge.entry if edge.i == i else edge.entry.turned() for edge in self.edges]
        if not edges:
            return (
                self.hadamard(rows, (i,)) + turned(self.hadamard(columns, (j,)))
                if rows or columns
                else (matrix(self.ones((i, j)), self.ones((j, i))),)
            )
        plain = (*self.diagonal(rows, i), *self.hadamard(edges, (i, j)), *self.diagonal(columns, j))
        if rows and columns:
            outer = Entry(self.hadamard(rows, (i,)) + turned(self.hadamard(columns, (j,))))
            other = self.hadamard([outer, *edges], (i, j))
            if length(spelled(other)) < length(spelled(plain)):
                return other
        return plain


def _multiple(first: Edge, second: Edge) -> bool:
    return {first.i, first.j} == {second.i, second.j}
