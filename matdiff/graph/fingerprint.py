"""An exact test for zero: a graph evaluated on random entries modulo a large prime.

Sums, products, inverses, determinants and integer powers are exact; functions, roots and unknown functions are opaque
atoms, the same for the same
argument (`graph.atoms` says some functions by others).  A fingerprint that is not zero proves nothing about functions'
identities; a zero one is a zero
polynomial but for a chance of about 2⁻⁶⁰, at the sizes that were tried.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.rings import NoValueError
from matdiff.graph.atoms import PRIME, OpaqueError, random
from matdiff.graph.evaluate import evaluate, rows_of
from matdiff.graph.nodes import IndexSum, text_digest, walk
from matdiff.graph.residues import RESIDUES
from matdiff.graph.shapes import size_number
from matdiff.graph.world import Table, World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matdiff.graph.nodes import Node, Size, Var

    Entry = Callable[[Var, tuple[int, ...]], int]

# from this seed on a size n as a number is random too: what vanishes then does not depend on the sizes that were tried
INDEPENDENT = 1000


def vanishes(root: Node, rounds: int = 2) -> bool:
    """Is every entry zero, as far as exact arithmetic on random entries tells?"""
    return all(not any(fingerprint(root, seed).values()) for seed in range(1, rounds + 1))


def fingerprint(root: Node, seed: int = 1, sizes: Mapping[str, int] | None = None) -> Table:
    """The entries of a graph modulo a prime, its variables random, its sizes small: as `sizes` says, else of
    `size_value`, one more or less from seed to seed, since identities may hold for matrices of two rows alone.
    """
    if any(isinstance(node, IndexSum) for node in walk(root)):
        raise OpaqueError
    independent = (lambda name: random(seed, name, "size")) if seed >= INDEPENDENT else None
    world = World(RESIDUES, entries(seed), lambda size: size_value(size, sizes, seed), None, independent)
    try:
        return evaluate(root, world)
    except NoValueError as error:
        raise OpaqueError from error


def determinant(table: Table) -> int:
    """The determinant of a square matrix modulo the prime.  Raises OpaqueError where it is zero."""
    try:
        return int(RESIDUES.determinant(rows_of(table, 1 + max(place[0] for place in table))))
    except NoValueError as error:
        raise OpaqueError from error


def entries(seed: int) -> Entry:
    """Random entries of variables, with the structure that they have."""

    def entry(node: Var, place: tuple[int, ...]) -> int:
        if node.structure in {"symmetric", "spd"}:
            place = (*place[:-2], *sorted(place[-2:]))
        if node.structure == "skew" and len(place) >= 2:  # Kᵀ = −K
            *member, row, column = place
            value = random(seed, node.name, node.role, *member, min(row, column), max(row, column))
            return 0 if row == column else value if row < column else -value % PRIME
        return random(seed, node.name, node.role, *place)

    return entry


def size_value(size: Size, sizes: Mapping[str, int] | None = None, seed: int = 0) -> int:
    """A small number for a size: equal sizes equal, unequal ones mostly not."""
    return size_number(size, lambda name: (sizes or {}).get(name) or 2 + (text_digest(name) + seed) % 2)
