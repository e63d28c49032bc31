"""Canonical form of an index graph: two einsums that differ in the names of indices and the order of factors become
one.

Colour refinement: an index is coloured by its places in `out`, then by the factors and slots it meets and the colours
beyond them,
until nothing changes.  Where equal factors stay tied one of them is individualised and refinement goes on, within a
budget; a tie that
is left may miss a merge and never makes a wrong one.
"""

from __future__ import annotations

from matdiff.graph.nodes import Indices, Node

Factor = tuple[Node, Indices]
_BUDGET = 12


def canonical(
    factors: list[Factor], out: Indices, symmetric: frozenset[Node]
) -> tuple[tuple[Factor, ...], dict[int, int], Indices]:
    """Factors in canonical order with canonical indices, the renaming, and the original positions in that order.

    `symmetric` holds the nodes whose last two slots may be exchanged.
    """
    digests = [node.digest for node, _ in factors]
    if len(set(digests)) == len(digests) and not symmetric:
        order = sorted(range(len(factors)), key=digests.__getitem__)
        names = _name(factors, order, out, None, symmetric)
    else:
        colours = _refine(factors, out, symmetric)
        order = _sorted(factors, colours, symmetric)
        names = _name(factors, order, out, colours, symmetric)
    result = []
    for k in order:
        node, indices = factors[k]
        renamed = tuple([names[i] for i in indices])
        result.append((node, (*renamed[:-2], *sorted(renamed[-2:])) if node in symmetric else renamed))
    return tuple(result), names, tuple(order)


def _name(
    factors: list[Factor], order: list[int], out: Indices, colours: dict[int, int] | None, symmetric: frozenset[Node]
) -> dict[int, int]:
    names: dict[int, int] = {}
    for i in out:
        names.setdefault(i, len(names))
    for k in order:
        node, indices = factors[k]
        if colours is not None and node in symmetric:
            for i in indices[:-2]:
                names.setdefault(i, len(names))
            indices = tuple(sorted(indices[-2:], key=lambda i: (names.get(i, len(names)), colours[i])))
        for i in indices:
            names.setdefault(i, len(names))
    return names


def _key(factor: Factor, colours: dict[int, int], symmetric: frozenset[Node]) -> tuple[int, ...]:
    node, indices = factor
    return (node.digest, *_around(indices, colours, even=node in symmetric))


def _around(indices: Indices, colours: dict[int, int], *, even: bool) -> list[int]:
    """The colours of a factor's slots; of a symmetric one the last two in order."""
    around = [colours[i] for i in indices]
    return [*around[:-2], *sorted(around[-2:])] if even else around


def _sorted(factors: list[Factor], colours: dict[int, int], symmetric: frozenset[Node]) -> list[int]:
    keys = [_key(factor, colours, symmetric) for factor in factors]
    return sorted(range(len(factors)), key=keys.__getitem__)


def _refine(factors: list[Factor], out: Indices, symmetric: frozenset[Node]) -> dict[int, int]:
    places: dict[int, list[int]] = {}
    for place, i in enumerate(out):
        places.setdefault(i, []).append(place)
    for _, indices in factors:
        for i in indices:
            places.setdefault(i, [])
    colours = _stable({i: hash((7, *where)) for i, where in places.items()}, factors, symmetric)
    for round_ in range(_BUDGET):
        tied = _tied(factors, colours, symmetric)
        if tied is None:
            break
        colours = dict(colours)
        colours[tied] = hash((11, round_, colours[tied]))
        colours = _stable(colours, factors, symmetric)
    return colours


def _stable(colours: dict[int, int], factors: list[Factor], symmetric: frozenset[Node]) -> dict[int, int]:
    count = len(set(colours.values()))
    while count < len(colours):
        meets: dict[int, list[int]] = {i: [] for i in colours}
        for node, indices in factors:
            even = node in symmetric
            seen = hash((node.digest, *_around(indices, colours, even=even)))
            last = len(indices) - 2 if even else len(indices)
            for slot, i in enumerate(indices):
                meets[i].append(hash((seen, min(slot, last))))
        colours = {i: hash((colour, *sorted(meets[i]))) for i, colour in colours.items()}
        finer = len(set(colours.values()))
        if finer == count:
            break
        count = finer
    return colours


def _tied(factors: list[Factor], colours: dict[int, int], symmetric: frozenset[Node]) -> int | None:
    """An index that equal factors leave open, of the smallest key; None when every factor is told apart."""
    shared: dict[int, list[int]] = {}
    for i, colour in colours.items():
        shared.setdefault(colour, []).append(i)
    best: tuple[tuple[int, ...], int] | None = None
    for factor in factors:
        free = next((i for i in factor[1] if len(shared[colours[i]]) > 1), None)
        if free is not None:
            key = _key(factor, colours, symmetric)
            if best is None or key < best[0]:
                best = (key, free)
    return best[1] if best else None
