"""Equations between arrays that hold entry by entry, each entry with its own entry of the unknown: as scalar equations.

y ./ p - (1 - y) ./ (1 - p) = 0 is y/p - (1 - y)/(1 - p) = 0 with letters for the entries of y and of p.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.graph import build, elementwise, powers
from matdiff.graph.nodes import Ein, Lin, Map, Power, Var, number, walk
from matdiff.graph.sums import depends

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.graph.nodes import Indices, Node
    from matdiff.problems.linear import Found


def solved(equation: Node, unknown: Var, solve: Callable[[Node, Var], list[Found]]) -> list[Found]:
    """What the unknown must be, by the scalar equation of one entry; `solve` solves that."""
    if unknown.order == 0 or equation.shape != unknown.shape or unknown.structure:
        return []
    letters = _Letters(unknown)
    scalar = letters.entry(equation)
    if scalar is None:
        return []
    results = []
    for found in solve(scalar, letters.unknown):
        letters.arrays.pop(letters.unknown, None)
        value = letters.array(found.value)
        if value is None or any(letters.mixed(node) for one in found.conditions for node in one.nodes):
            return []
        letters.arrays[letters.unknown] = unknown
        conditions = [one._replace(nodes=tuple([letters.told(node) for node in one.nodes])) for one in found.conditions]
        kept = [one for one in conditions if any(inner.kind == "var" for inner in walk(*one.nodes))]
        results.append(found._replace(value=value, conditions=tuple(kept)))
    return results


class _Letters:
    """Scalars that stand for an entry of arrays."""

    def __init__(self, unknown: Var) -> None:
        self.whole = unknown
        self.unknown = Var(f"{unknown.name}(entry)")
        self.arrays: dict[Node, Node] = {}  # letter: array
        self.out = tuple(range(unknown.order))

    def entry(self, node: Node) -> Node | None:
        """One entry of an array, None where it takes other entries of the unknown."""
        if node is self.whole:
            return self.unknown
        if not depends(node, self.whole):
            return self._letter(node) if node.order else node
        if node.shape != self.whole.shape:
            return None
        if isinstance(node, Lin):
            parts = _known([self.entry(term) for _, term in node.terms])
            return None if parts is None else build.lin(zip([c for c, _ in node.terms], parts, strict=True), ())
        return self._product(node) if isinstance(node, Ein) else self._applied(node)

    def _applied(self, node: Node) -> Node | None:
        inside = self.entry(node.args[0]) if isinstance(node, (Map, Power)) else None
        if inside is None:
            return None
        if isinstance(node, Map):
            return elementwise.apply(node.function, inside)
        exponent = node.args[1]
        return None if depends(exponent, self.whole) else powers.power(inside, exponent)

    def _product(self, node: Ein) -> Node | None:
        moving = [pair for pair in node.factors if depends(pair[0], self.whole)]
        if {node.out, *[slots for _, slots in moving]} != {self.out}:
            return None
        parts = _known([self.entry(factor) for factor, _ in moving])
        rest = [pair for pair in node.factors if pair not in moving]
        tensors = [(factor, slots) for factor, slots in rest if slots]
        if parts is None:
            return None
        scalars = [factor for factor, slots in rest if not slots]
        more = [self._letter(build.ein(tensors, node.out, dict(enumerate(node.sizes))))] if tensors else []
        return build.mul(*scalars, *parts, *more)

    def _letter(self, node: Node) -> Node:
        c, inside = build.split(node)
        if inside is build.ones(node.shape):
            return build.num(c)
        for letter, known in self.arrays.items():
            if known is inside:
                return build.scale(c, letter)
        made = Var(f"{self.whole.name}(entry {len(self.arrays)})")
        self.arrays[made] = inside
        return build.scale(c, made)

    def mixed(self, node: Node) -> bool:
        """Does it hold letters in a way that has no array?"""
        return self._moves(node) and self.array(node) is None

    def told(self, node: Node) -> Node:
        """A node with arrays for its letters; one without letters is itself."""
        made = self.array(node) if self._moves(node) else node
        return node if made is None else made

    def _moves(self, node: Node) -> bool:
        return any(inner in self.arrays for inner in walk(node))

    def array(self, node: Node) -> Node | None:
        """The array whose entries a scalar tells."""
        made = self._array(node)
        if made is None or made.order:
            return made
        return build.mul(made, build.ones(self.whole.shape))

    def _array(self, node: Node) -> Node | None:
        """An array where letters occur, else the scalar as it is."""
        if node in self.arrays:
            return self.arrays[node]
        if not self._moves(node):
            return node
        if isinstance(node, Lin):
            parts = _known([self.array(term) for _, term in node.terms])
            coefficients = [c for c, _ in node.terms]
            return None if parts is None else build.lin(zip(coefficients, parts, strict=True), self.whole.shape)
        return self._product_of_arrays(node) if isinstance(node, Ein) else self._function_of_array(node)

    def _function_of_array(self, node: Node) -> Node | None:
        inside = self.array(node.args[0]) if isinstance(node, (Map, Power)) else None
        if inside is None:
            return None
        if isinstance(node, Map):
            return elementwise.apply(node.function, inside)
        exponent = node.args[1]
        e = number(exponent)
        if self._moves(exponent):
            return None
        return powers.power(inside, exponent) if e is None else rooted(inside, Fraction(e))

    def _product_of_arrays(self, node: Ein) -> Node | None:
        factors = _known([self._array(factor) for factor, _ in node.factors])
        if factors is None or any(slots for _, slots in node.factors):
            return None
        arrays = build.hadamard(*[factor for factor in factors if factor.order])
        return build.mul(*[factor for factor in factors if not factor.order], arrays)


def _known(nodes: list[Node | None]) -> list[Node] | None:
    """The nodes, None where one is not known."""
    found = [node for node in nodes if node is not None]
    return found if len(found) == len(nodes) else None


def along(term: Node) -> tuple[Node, Indices] | None:
    """What a term that is the same along some of its indices is, and the indices that it has; None of another term."""
    if not term.order:
        return term, ()
    if not isinstance(term, Ein) or len(set(term.out)) < term.order:
        return None
    used = {i for _, slots in term.factors for i in slots}
    kept = tuple([i for i in term.out if i in used])
    if len(kept) == term.order or term.out != tuple(range(term.order)):
        return None
    return build.ein(term.factors, kept, {i: size for i, size in enumerate(term.sizes) if i in used}), kept


def constant_along(term: Node) -> Node | None:
    """The scalar s of a term s 1, or of a scalar term."""
    found = along(term)
    return found[0] if found is not None and not found[1] else None


def rooted(value: Node, e: Fraction) -> Node:
    """Every entry to a power: that of s 1 is s^e 1, and a product to a whole power is one of powers."""
    c, inside = build.split(value)
    level = constant_along(inside)
    if value.order and level is not None:
        return build.mul(powers.power(build.scale(c, level), build.num(build.exact(e))), build.ones(value.shape))
    if e.denominator == 1 and isinstance(inside, Ein) and _open(inside):
        parts = [(powers.power(factor, build.num(build.exact(e))), slots) for factor, slots in inside.factors]
        first = powers.power(build.num(c), build.num(build.exact(e)))
        return build.mul(first, build.ein(parts, inside.out, dict(enumerate(inside.sizes))))
    return powers.power(value, build.num(build.exact(e)))


def _open(product: Ein) -> bool:
    """Is every index one of the result's, which has each once?"""
    out = set(product.out)
    return out == set(range(product.order)) and all(set(slots) <= out for _, slots in product.factors)
