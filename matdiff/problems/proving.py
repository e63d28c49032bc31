"""Putting solutions back: what must vanish does, by the exact fingerprint, at sizes at which the inverses exist."""

from __future__ import annotations

from itertools import product
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING
from math import gcd, lcm

from matdiff.functions import names as fn
from matdiff.graph import build, powers
from matdiff.graph.atoms import OpaqueError
from matdiff.graph.fingerprint import fingerprint, size_value
from matdiff.graph.nodes import Map, Var, walk
from matdiff.graph.sums import substitute

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matdiff.graph.nodes import Node

_TRIED = 12  # combinations of sizes that are tried until every inverse exists
_FEW = 2
_LARGE, _SMALL = 4, 2
_MANY = 8


def sizes_of(*nodes: Node) -> list[str]:
    """The names of the sizes in graphs."""
    names: dict[str, None] = {}
    for node in walk(*nodes):
        for size in node.shape:
            if isinstance(size, str):
                names.update(dict.fromkeys([part for part in size.split("*") if not part.isdigit()]))
        if node.kind == "var" and getattr(node, "role", "") == "size":
            names[node.name] = None  # type: ignore[attr-defined] # a Var has a name
    return list(names)


def _deep(*nodes: Node) -> bool:
    """Are there tensors of more than two indices?  Their stacked matrices grow with the square of the sizes."""
    return any(inner.order > 2 for inner in walk(*nodes))


def trials(*nodes: Node) -> Iterable[dict[str, int]]:
    """Sizes to try: as usual, then one much larger than the others, then each combination of small and large ones."""
    names = sizes_of(*nodes)
    deep = _deep(*nodes)
    yield {name: _SMALL + k % 2 if deep else size_value(name) for k, name in enumerate(names)}
    if len(names) > 6:
        for k in range(len(names)):
            yield {name: _LARGE if i == k else _SMALL for i, name in enumerate(names)}
        return
    if len(names) > 3:
        yield from _with_samples(names, deep)
    combinations = sorted(
        product((_SMALL, _LARGE), repeat=len(names)), key=lambda sizes: abs(2 * sum(sizes) - 6 * len(sizes))
    )
    for sizes in combinations[: _FEW if deep else _TRIED]:
        yield dict(zip(names, sizes, strict=True))
    if 1 < len(names) <= 3:  # of more names they went first
        yield from _with_samples(names, deep)


def _with_samples(names: list[str], deep: bool) -> Iterable[dict[str, int]]:  # what trials has found
    """One size is that of the samples, and the others together are less."""
    for name in names if not deep else ():
        yield {other: max(_MANY, _SMALL * len(names)) if other == name else _SMALL for other in names}


def vanishes(*nodes: Node) -> bool:
    """Are all entries zero, exactly?  Powers of one exponential are tried as such where they don't seem to cancel."""
    if _vanish(*nodes):
        return True
    powers_of_one = [_exponentials_joined(node) for node in nodes]
    return any(one is not node for one, node in zip(powers_of_one, nodes, strict=True)) and _vanish(*powers_of_one)


def _exponentials_joined(root: Node) -> Node:
    """exp(u) and exp(2 u) as E and E^2, which the fingerprint doesn't know of itself."""
    groups: dict[Node, list[tuple[Fraction, Node]]] = {}
    for node in walk(root):
        if isinstance(node, Map) and node.function == fn.EXP:
            c, core = build.split(node.arg)
            groups.setdefault(core, []).append((Fraction(c), node))
    changes: dict[Node, Node] = {}
    for k, found in enumerate(groups.values()):
        if len(found) < 2:
            continue
        step = Fraction(gcd(*[abs(c.numerator) for c, _ in found]), lcm(*[c.denominator for c, _ in found]))
        stand_in = Var(f"exp({k})", found[0][1].shape)
        for c, node in found:
            changes[node] = powers.power(stand_in, build.num(build.exact(c / step)))
    return substitute(root, changes) if changes else root


def _vanish(*nodes: Node) -> bool:
    """By the fingerprint.  Sizes at which an inverse doesn't exist prove nothing; at some they must all exist."""
    proved = 0
    for sizes in trials(*nodes):
        try:
            for node in nodes:
                for seed in (1, 2):
                    if any(fingerprint(node, seed, sizes).values()):
                        return False
        except OpaqueError:
            continue
        proved += 1
        if proved == 2 or _deep(*nodes):
            return True
    return proved > 0


def exists(node: Node) -> bool:
    """Is there a choice of sizes at which every inverse in the node exists?"""
    for sizes in trials(node):
        try:
            fingerprint(node, 1, sizes)
        except OpaqueError:
            continue
        return True
    return False


def put(node: Node, values: Mapping[Var, Node]) -> Node:
    """The node with unknowns replaced by their values."""
    return substitute(node, {var: value for var, value in values.items()})  # noqa: C416 # the keys become nodes


def solves(equations: Iterable[Node], solution: Mapping[Node, Node]) -> bool:
    """Do the equations hold where the unknowns are the solution?"""
    return vanishes(*[substitute(equation, solution) for equation in equations])
