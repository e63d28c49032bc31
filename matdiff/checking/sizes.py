"""Numbers for symbolic sizes: small, different for different names as far as possible, and such that sizes which must
be equal are.
"""

from __future__ import annotations

from itertools import islice, product
from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING
from math import prod

from matdiff.graph.fingerprint import size_value
from matdiff.graph.nodes import Ein, IndexSum, Lin, Power, Var, number, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from matdiff.graph.nodes import Node, Size

_NAME = re.compile(r"[^\W\d]\w*")
_LARGEST = 13
_MOST_NAMES = 4
_MOST_VALUES = 12  # of one size that are tried
_NO_POLYNOMIAL = 6
Pair = tuple["Size", "Size"]


def size_names(sizes: Iterable[Size]) -> list[str]:
    """The names in size expressions, in order of first appearance."""
    found: dict[str, None] = {}
    for size in sizes:
        if isinstance(size, str):
            found.update(dict.fromkeys(_NAME.findall(size)))
    return list(found)


def sizes_of(node: Node) -> tuple[Size, ...]:
    """The sizes of a node's indices, and the size that it stands for as a number."""
    sizes = node.sizes if isinstance(node, Ein) else node.shape
    return (*sizes, node.name) if isinstance(node, Var) and node.role == "size" else sizes


def constraints(*roots: Node) -> list[Pair]:
    """Sizes that must be equal, and are written in different ways: 12 and m n, where a matrix of m n columns meets a
    vector of 12 entries.
    """
    found: dict[Pair, None] = {}
    for node in walk(*roots):
        pairs: list[Pair] = []
        if isinstance(node, Ein):
            pairs = [
                (node.sizes[i], size)
                for factor, indices in node.factors
                for i, size in zip(indices, factor.shape, strict=True)
            ]
        elif isinstance(node, Lin):
            pairs = [pair for term in node.args for pair in zip(node.shape, term.shape, strict=True)]
        found.update(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]))
    return list(found)


def assignments(names: Sequence[str], equal: Sequence[Pair], rows: Sequence[Sequence[int]]) -> Iterator[dict[str, int]]:
    """Numbers for `names`, for each of `rows` in turn, that make the pairs in `equal` equal; none where no small
    numbers do.
    """
    tied = size_names(size for pair in equal for size in pair)
    if not tied:
        yield from ({name: row[k % len(row)] for k, name in enumerate(names)} for row in rows)
        return
    if len(tied) > _MOST_NAMES:
        return
    solutions = [
        found
        for values in product(range(2, _LARGEST), repeat=len(tied))
        if _holds(equal, found := dict(zip(tied, values, strict=True)))
    ]
    step = max(1, len(solutions) // len(rows))
    for row, found in zip(rows, islice(solutions, 0, None, step), strict=False):
        yield {**{name: row[k % len(row)] for k, name in enumerate(names)}, **found}


def enough(node: Node, rows: Sequence[Sequence[int]]) -> list[Sequence[int]]:
    """`rows` and further ones, so that a polynomial in a size, as it stands in the node, has fewer roots than the size
    has values: (n-2)(n-3) vanishes for the first two.
    """
    more = range(len(rows), 1 + _degree(node))
    return [*rows, *[tuple([k + 2 + place for place in range(_MOST_NAMES)]) for k in more]]


def _degree(root: Node) -> int:
    """The degree of a node as a polynomial in the sizes that stand in it as numbers; a bound where it is none."""
    known: dict[Node, int] = {}
    for node in walk(root):
        below = [known[arg] for arg in node.args]
        if isinstance(node, Var):
            degree = int(node.role == "size")
        elif isinstance(node, Ein):
            degree = sum([known[factor] for factor, _ in node.factors])
        elif isinstance(node, Lin):
            degree = max(below, default=0)
        elif isinstance(node, IndexSum):
            degree = 1 + sum(below)
        elif isinstance(node, Power) and (exponent := number(node.exponent)) is not None:
            degree = known[node.base] * (1 + abs(exponent.numerator) // exponent.denominator)
        else:
            degree = _NO_POLYNOMIAL * any(below)
        known[node] = min(degree, _MOST_VALUES)
    return known[root]


def work(node: Node, sizes: dict[str, int]) -> int:
    """About how many products of entries it takes to evaluate a node."""
    return sum([prod([size_value(size, sizes) for size in sizes_of(inner)]) for inner in walk(node)])


def _holds(equal: Sequence[Pair], sizes: dict[str, int]) -> bool:
    return all(size_value(one, sizes) == size_value(other, sizes) for one, other in equal)
