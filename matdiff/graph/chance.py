"""Random entries for the variables of a question, the same for its graph and for a text about it."""

from __future__ import annotations

import math
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.rings import NoValueError, eliminated, matmul
from matdiff.functions import names as fn
from matdiff.graph.atoms import PRIME, random
from matdiff.graph.nodes import OF_MEMBERS
from matdiff.graph.shapes import size_number

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from matdiff.formula.question import Symbol
    from matdiff.formula.rings import Element, Ring, Rows
    from matdiff.graph.nodes import Var


def known(sizes: Mapping[str, int], name: str) -> int:
    """The number of a size.  Raises NoValueError."""
    if name not in sizes:
        raise NoValueError(f"the size {name}")
    return sizes[name]


class Chance:
    """Random entries modulo a prime, the same for the graph and for the text.

    free: the names that a question differentiates by.  sizes: numbers for the names of sizes, set before entries are
    asked for.
    """

    def __init__(self, symbols: Mapping[str, Symbol], free: Collection[str], seed: int, ring: Ring) -> None:
        self.symbols, self.free, self.seed, self.ring = symbols, free, seed, ring
        self.sizes: dict[str, int] = {}
        self._numbers: dict[tuple[int | str, ...], Element] = {}
        self._orthogonal: dict[tuple[str, tuple[int, ...], int], Rows] = {}

    def number(self, *key: int | str) -> Element:
        """A random number, the same for the same key: asked for by the graph and by the text."""
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = self._drawn(key)
        return found

    def _drawn(self, key: tuple[int | str, ...]) -> Element:
        return random(self.seed, *key)

    def constant(self, name: str) -> Element:
        return self.number(name)

    def entry(self, node: Var, place: tuple[int, ...]) -> Element:
        """An entry of a variable of the graph."""
        if node.role == "number":
            return self.constant(node.name)
        symbol = self.symbols.get(node.name)
        starts = symbol.family_starts if symbol is not None and symbol.family_starts else (1,) * node.family
        member = tuple([k + start for k, start in zip(place, starts, strict=False)])
        inner = place[node.family :]
        if len(inner) == 1:
            lies = node.rows_columns[0] == 1 != node.rows_columns[1]
            inner = (inner[0], inner[0]) if node.structure == "diagonal" else (0, inner[0]) if lies else (inner[0], 0)
        return self._of(node.name, node.structure, member, *(inner or (0, 0)))

    def _of(self, name: str, structure: str, member: tuple[int, ...], i: int, j: int) -> Element:
        if structure == "orthogonal":
            return self._rotation(name, member)[i][j]
        if structure in {"symmetric", "spd", "skew"} and i > j:
            entry = self._of(name, structure, member, j, i)
            return self.ring.reduce(-entry) if structure == "skew" else entry
        outside = {"lower": i < j, "upper": i > j, "diagonal": i != j, "skew": i == j}
        if outside.get(structure):
            return self.ring.zero
        value = self.number(name, *member, i, j)
        return value + 4 if structure == "spd" and i == j else value

    def matrix(self, sizes: dict[str, int]) -> Callable[[str], Rows | None]:
        """The rows of a variable, by name."""

        def rows(name: str) -> Rows | None:
            symbol = self.symbols.get(name)
            if symbol is None or symbol.family or symbol.kind in {"size", "integer", "function"}:
                return None
            return self._rows(symbol, (), sizes)

        return rows

    def member(self, sizes: dict[str, int]) -> Callable[[str, tuple[int, ...]], Rows | None]:
        """The rows of a member of a family."""
        families = {(name.partition("_")[0], len(s.family)): s for name, s in self.symbols.items() if s.family}

        def rows(base: str, numbers: tuple[int, ...]) -> Rows | None:
            symbol = families.get((base, len(numbers)))
            return None if symbol is None else self._rows(symbol, numbers, sizes)

        return rows

    def _rows(self, symbol: Symbol, member: tuple[int, ...], sizes: dict[str, int]) -> Rows:
        m, n = [size_number(size, lambda name: known(sizes, name)) for size in symbol.shape]
        kept = not member or symbol.structure in {"diagonal", *OF_MEMBERS}
        structure = symbol.structure if m == n > 1 and kept else ""
        if symbol.structure == "orthogonal" and symbol.name in self.free:
            structure = ""  # what is differentiated by is any matrix
        return [[self._of(symbol.name, structure, member, i, j) for j in range(n)] for i in range(m)]

    def _rotation(self, name: str, member: tuple[int, ...]) -> Rows:
        """An orthogonal matrix, by Cayley's formula (I - K) (I + K)^-1 from a skew K.  Raises NoValueError for one that
        is not square.
        """
        m, n = [size_number(size, lambda name: known(self.sizes, name)) for size in self.symbols[name].shape]
        if m != n:
            raise NoValueError("an orthogonal matrix that is not square")
        found = self._orthogonal.get((name, member, n))
        if found is None:
            skew = [[self._of(name, "skew", member, i, j) for j in range(n)] for i in range(n)]
            plus, minus = [
                [[sign * entry + (i == j) for j, entry in enumerate(row)] for i, row in enumerate(skew)]
                for sign in (1, -1)
            ]
            found = matmul(self.ring, minus, eliminated(self.ring, plus)[1])
            self._orthogonal[name, member, n] = found
        return found


class Numbers(Chance):
    """Random floats."""

    def _drawn(self, key: tuple[int | str, ...]) -> float:
        share = random(self.seed, *key) / PRIME
        return 0.4 + share if self.seed % 2 == 0 else 3 * share - 1.5

    def constant(self, name: str) -> float:
        return math.pi if name == fn.PI else math.e
