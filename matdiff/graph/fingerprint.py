"""An exact test for zero: a graph evaluated on random entries modulo a large prime.

Sums, products, inverses, determinants and integer powers are exact; functions, roots and unknown functions are opaque
atoms, the same for the same
argument (`graph.atoms` says some functions by others).  A fingerprint that is not zero proves nothing about functions'
identities; a zero one is a zero
polynomial but for a chance of about 2⁻⁶⁰, at the sizes that were tried.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from matdiff.graph import atoms
from matdiff.graph.atoms import PRIME, OpaqueError, random
from matdiff.graph.nodes import Ein, IndexSum, Lin, Map, Op, Power, Var, number, text_digest, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matdiff.graph.nodes import Node, Size

    SizeOf = Callable[[Size], int]

Table = dict[tuple[int, ...], int]
# from this seed on a size n as a number is random too: what vanishes then does not depend on the sizes that were tried
INDEPENDENT = 1000


def vanishes(root: Node, rounds: int = 2) -> bool:
    """Is every entry zero, as far as exact arithmetic on random entries tells?"""
    return all(not any(fingerprint(root, seed).values()) for seed in range(1, rounds + 1))


def fingerprint(root: Node, seed: int = 1, sizes: Mapping[str, int] | None = None) -> Table:
    """The entries of a graph modulo a prime, its variables random, its sizes small: as `sizes` says, else of
    `size_value`.
    """

    def size_of(size: Size) -> int:
        return size_value(size, sizes)

    values: dict[Node, Table] = {}
    for node in walk(root):
        values[node] = _value(node, values, seed, size_of)
    return values[root]


def size_value(size: Size, sizes: Mapping[str, int] | None = None) -> int:
    """A small number for a size: equal sizes equal, unequal ones mostly not."""
    if isinstance(size, int):
        return size
    total = 1
    for part in size.split("*"):
        total *= int(part) if part.isdigit() else (sizes or {}).get(part) or 2 + text_digest(part) % 2
    return total


def _places(shape: tuple[Size, ...], size_of: SizeOf) -> list[tuple[int, ...]]:
    return list(product(*[range(size_of(size)) for size in shape]))


def _value(node: Node, values: dict[Node, Table], seed: int, size_of: SizeOf) -> Table:
    if isinstance(node, Var):
        return _variable(node, seed, size_of)
    if isinstance(node, Lin):
        total = dict.fromkeys(_places(node.shape, size_of), 0)
        for c, term in node.terms:
            factor = c.numerator * pow(c.denominator, -1, PRIME)
            for place, value in values[term].items():
                total[place] = (total[place] + factor * value) % PRIME
        return total
    if isinstance(node, Ein):
        return _einsum(node, values, size_of)
    if isinstance(node, Map):
        return {place: atoms.function(node.function, value) for place, value in values[node.arg].items()}
    if isinstance(node, Power):
        return _power(node, values)
    if isinstance(node, IndexSum):
        raise OpaqueError
    return _operator(node, values, size_of)  # type: ignore[arg-type] # the last class of node


def _variable(node: Var, seed: int, size_of: SizeOf) -> Table:
    if node.role == "size" and seed < INDEPENDENT:
        return {(): size_of(node.name)}
    table = {place: random(seed, node.name, node.role, *place) for place in _places(node.shape, size_of)}
    if node.structure == "skew":
        return {place: _skew(place, table) for place in table}
    if node.structure in {"symmetric", "spd"}:
        return {place: table[min(place, place[::-1])] for place in table}
    return table


def _skew(place: tuple[int, ...], table: Table) -> int:
    """An entry of a skew matrix, of which the first two indices number rows and columns."""
    row, column, *rest = place
    value = table[min(row, column), max(row, column), *rest]
    return 0 if row == column else value if row < column else -value % PRIME


def _power(node: Power, values: dict[Node, Table]) -> Table:
    exponent = number(node.exponent)
    base = values[node.base]
    if exponent is not None:
        return {place: atoms.power(value, exponent) for place, value in base.items()}
    exponents = values[node.exponent]
    return {place: random(f"power {exponents[place[: node.exponent.order]]}", value) for place, value in base.items()}


def _einsum(node: Ein, values: dict[Node, Table], size_of: SizeOf) -> Table:
    """Factors are joined one at a time; an index that nothing needs any more is summed."""
    live: tuple[int, ...] = ()
    table: Table = {(): 1}
    for k, (factor, indices) in enumerate(node.factors):
        later = {i for _, others in node.factors[k + 1 :] for i in others} | set(node.out)
        joined = tuple(dict.fromkeys(live + indices))
        keep = tuple([i for i in joined if i in later])
        result: Table = {}
        for old, left in table.items():
            known = dict(zip(live, old, strict=True))
            for place, right in values[factor].items():
                here = dict(known)
                if all(here.setdefault(i, at) == at for i, at in zip(indices, place, strict=True)):
                    key = tuple([here[i] for i in keep])
                    result[key] = (result.get(key, 0) + left * right) % PRIME
        live, table = keep, result
    total: Table = {}
    sizes = [size_of(size) for size in node.sizes]
    free = [i for i in dict.fromkeys(node.out) if i not in live]
    for old, value in table.items():
        for rest in product(*[range(sizes[i]) for i in free]):
            here = {**dict(zip(live, old, strict=True)), **dict(zip(free, rest, strict=True))}
            total[tuple([here[i] for i in node.out])] = value
    return {place: total.get(place, 0) for place in _places(node.shape, size_of)}


def _operator(node: Op, values: dict[Node, Table], size_of: SizeOf) -> Table:
    if node.name == "fuse":
        fast = size_of(node.attributes[1])
        return {place: int(place[0] == place[1] * fast + place[2]) for place in _places(node.shape, size_of)}
    if node.name == "mask":
        lower = node.attributes[0] == "lower"
        return {(i, j): int(i >= j if lower else i <= j) for i, j in _places(node.shape, size_of)}
    if node.name in {"inv", "det", "logdet"}:
        found = inverse(values[node.args[0]], size_of(node.args[0].shape[0]), node.name.removeprefix("log"))
        return {(): atoms.logarithm(found[()])} if node.name == "logdet" else found
    if node.name in atoms.OPERATORS:
        return atoms.OPERATORS[node.name]([values[arg] for arg in node.args])
    key = hash(tuple(sorted(item for arg in node.args for item in values[arg].items())))
    return {place: random(node.name, repr(node.attributes), key, *place) for place in _places(node.shape, size_of)}


def inverse(table: Table, n: int, name: str) -> Table:
    """Inverse or determinant modulo the prime, by Gauss and Jordan."""
    rows = [[table[i, j] for j in range(n)] + [int(i == j) for j in range(n)] for i in range(n)]
    determinant = 1
    for k in range(n):
        pivot = next((i for i in range(k, n) if rows[i][k]), None)
        if pivot is None:
            raise OpaqueError
        if pivot != k:
            rows[k], rows[pivot] = rows[pivot], rows[k]
            determinant = -determinant
        determinant = determinant * rows[k][k] % PRIME
        scale = pow(rows[k][k], -1, PRIME)
        rows[k] = [value * scale % PRIME for value in rows[k]]
        for i in range(n):
            if i != k and rows[i][k]:
                times = rows[i][k]
                rows[i] = [(a - times * b) % PRIME for a, b in zip(rows[i], rows[k], strict=True)]
    if name == "det":
        return {(): determinant % PRIME}
    return {(i, j): rows[i][n + j] for i in range(n) for j in range(n)}
