"""Products with a sum multiplied out where that costs less: (diag(p) - p p^T) v is p*v - p (p^T v), and
(U V^T - T) V is U (V^T V) - T V where U is narrow.

A sum that something else needs as it stands is not multiplied out.  Where it depends on the sizes what is cheaper, both
are kept for a branch on them.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple
from math import exp, log

from matdiff.codegen.contraction import orders
from matdiff.codegen.costs import difference, leading, total, volume
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.nodes import Coefficient, Ein, Indices, Lin, Node, Op, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matdiff.codegen.costs import Cost, Sizes
    from matdiff.graph.nodes import Size

MOST_TERMS, MOST_FACTORS = 6, 8  # larger products stay as they are
GAIN = 0.75  # so much less it has to cost
EVEN = 1.1  # where an outer product would be pushed through a product of matrices
FAR = 3.0  # a way that never costs more than so many times the other needs no branch
SHORT = 3  # a branch compares sums of at most so many products of sizes

Factor = tuple[Node, Indices]


class Choice(NamedTuple):
    """A product multiplied out, and what it costs; `kept` is the cost of the product as it stands where, for some
    sizes, that is cheaper.
    """

    node: Node
    cost: Cost
    kept: Cost | None


class Distribution:
    """Which products of a function are multiplied out."""

    def __init__(self, roots: Iterable[Node], sizes: Sizes) -> None:
        self.sizes = sizes
        self.needed = _needed(tuple(roots))
        self._done: dict[Node, Choice | None] = {}

    def of(self, node: Node) -> Choice | None:
        """How a product is multiplied out, if it is."""
        if not isinstance(node, Ein) or len(node.factors) > MOST_FACTORS:
            return None
        if node not in self._done:
            self._done[node] = self._of(node)
        return self._done[node]

    def _of(self, node: Ein) -> Choice | None:
        for place, (factor, indices) in enumerate(node.factors):
            if (
                isinstance(factor, Lin)
                and factor.order == 2
                and factor not in self.needed
                and 1 < len(factor.terms) <= MOST_TERMS
                and len(set(indices)) == 2
                and not any(_constant(term) for _, term in factor.terms)
            ):
                found = self._out(node, place)
                if found is not None:
                    return found
        return None

    def _out(self, node: Ein, place: int) -> Choice | None:
        """The product with the sum at `place` multiplied out, where that is cheaper."""
        factor, indices = node.factors[place]
        assert isinstance(factor, Lin)  # noqa: S101 # for the type checker
        best: Choice | None = None
        regimes = self.sizes.regimes(node.sizes)
        as_is = total([self._sum_cost(factor), *[ways[0] for ways in self._parts(node).values()]])
        known = [regime.cost(as_is) for regime in regimes]

        def ratio(cost: Cost) -> float:
            return min([regime.cost(cost) / max(least, 1.0) for regime, least in zip(regimes, known, strict=True)])

        for groups in _groupings(factor):
            terms = [(c, _replaced(node, place, group, indices)) for c, group in groups]
            made = build.lin(terms, node.shape)
            if made is node or not isinstance(made, Lin) or node in made.args:
                continue
            parts: dict[object, list[Cost]] = {}
            for _, term in terms:
                parts.update(self._parts(term) if isinstance(term, Ein) else {})
            sums = [self._sum_cost(group) for _, group in groups if isinstance(group, Lin)]
            products = [min(ways, key=ratio) for ways in parts.values()]
            cost = total([*products, *sums, volume(node.shape, 2.0 * len(terms))])
            choice = self._compared(node, made, cost, as_is, outer=any(map(_outer, factor.args)))
            if choice is not None and (best is None or choice.kept is None):
                best = choice
        return best

    def _compared(self, node: Ein, made: Node, cost: Cost, as_is: Cost, *, outer: bool) -> Choice | None:
        regimes = self.sizes.regimes(node.sizes)
        costs = [[regime.cost(cost) for regime in regimes], [regime.cost(as_is) for regime in regimes]]
        ratios = [new / max(old, 1.0) for new, old in zip(*costs, strict=True)]
        mean = exp(sum(map(log, ratios)) / len(ratios))
        if mean < (EVEN if outer else GAIN) and max(ratios) < FAR:
            return Choice(made, cost, None)
        above, below = difference(leading(cost), leading(as_is))
        if node.order == 2 and min(ratios) < GAIN and 0 < len(above) <= SHORT and 0 < len(below) <= SHORT:
            return Choice(made, above, below)
        return None

    def _parts(self, node: Ein) -> dict[object, list[Cost]]:
        """The connected parts of a product with the costs of the best orders, and of putting them together; parts that
        several products have cost once.
        """
        sizes, out = dict(enumerate(node.sizes)), frozenset(node.out)
        groups = _connected([(factor, indices) for factor, indices in node.factors if indices])
        parts: dict[object, list[Cost]] = {}
        for group in groups:
            tensors = [indices for _, indices in group]
            key = tuple([(factor, tuple([(i in out, sizes[i]) for i in indices])) for factor, indices in group])
            if len(group) > 1:
                parts[key] = [order.cost for order in orders(tensors, out, sizes, self.sizes)]
        if len([group for group in groups if any(i in out for _, own in group for i in own)]) > 1:
            parts["outer product"] = [volume(node.shape, 8.0)]
        elif len(node.out) > len(out):
            parts["diagonal"] = [volume(node.shape, 8.0)]
        return parts

    def _sum_cost(self, node: Lin) -> Cost:
        """What a sum costs: its products, its inverses written out, and adding all up."""
        costs = [volume(node.shape, 8.0 * len(node.terms))]
        for _, term in node.terms:
            if isinstance(term, Ein):
                costs += [ways[0] for ways in self._parts(term).values()]
            elif isinstance(term, Op) and term.name == fn.INVERSE and term not in self.needed:
                costs.append(volume((*term.shape, term.shape[0]), 2.0))
        return total(costs)


def _needed(roots: tuple[Node, ...]) -> set[Node]:
    """What is wanted as it stands: by itself, by a function, or twice in one product; and the terms of such sums."""
    needed: set[Node] = set(roots)
    for node in walk(*roots):
        if isinstance(node, Ein):
            factors = [factor for factor, _ in node.factors]
            needed.update([factor for factor in factors if isinstance(factor, Lin) and factors.count(factor) > 1])
        elif not isinstance(node, Lin):
            needed.update(node.args)
    for node in list(needed):
        needed.update([term for _, term in node.terms] if isinstance(node, Lin) else [])
    return needed


def _groupings(node: Lin) -> list[list[tuple[Coefficient, Node]]]:
    """Ways to part a sum: what has no inner structure apart from the rest, or every term by itself."""
    plain = [(c, term) for c, term in node.terms if not _thin(term)]
    thin = [(c, term) for c, term in node.terms if _thin(term)]
    ways = [list(node.terms)]
    if thin and len(plain) > 1:
        ways.insert(0, [*thin, (1, build.lin(plain, node.shape))])
    return ways


def _thin(term: Node) -> bool:
    """Is a matrix an outer product or a diagonal one?"""
    return _diagonal(term) or _outer(term)


def _outer(term: Node) -> bool:
    """Is a matrix an outer product of two vectors?"""
    if not isinstance(term, Ein) or len(set(term.out)) < 2:
        return False
    groups = _connected([factor for factor in term.factors if factor[1]])
    return not any(set(term.out) <= {i for _, indices in group for i in indices} for group in groups)


def _constant(term: Node) -> bool:
    """Is a matrix, other than the identity, the same along an axis?"""
    return (
        isinstance(term, Ein)
        and not _identity(term)
        and not set(term.out) <= {i for _, indices in term.factors for i in indices}
    )


def _replaced(node: Ein, place: int, factor: Node, indices: Indices) -> Node:
    order = node.written or tuple(range(len(node.factors)))
    factors = [(factor, indices) if k == place else node.factors[k] for k in order]
    sizes: dict[int, Size] = dict(enumerate(node.sizes))
    return build.ein(factors, node.out, sizes)


def _connected(factors: Sequence[Factor]) -> list[list[Factor]]:
    """Groups of factors that share indices."""
    groups: list[tuple[set[int], list[Factor]]] = []
    for factor in factors:
        mine, members, apart = set(factor[1]), [factor], []
        for seen, others in groups:
            if seen & mine:
                mine |= seen
                members = others + members
            else:
                apart.append((seen, others))
        groups = [*apart, (mine, members)]
    return [members for _, members in groups]


def above_of(roots: Iterable[Node]) -> set[tuple[str, str]]:
    """Pairs (m, n) of sizes to plan for m >= n: a regular n x n matrix that is a product through an index of size m,
    and diag(d) + U U^T with U of m rows and n columns; X^T X + c I with X of m rows and n columns.
    """
    found: set[tuple[str, str]] = set()
    for node in walk(*roots):
        if isinstance(node, Op) and len(node.args) == 1 and node.args[0].order == 2 and _regular(node):
            inside = node.args[0]
            outer = inside.shape[0]
            if isinstance(inside, Ein):
                found.update([(middle, outer) for middle, _ in _middle(inside) if isinstance(outer, str)])
            elif isinstance(inside, Lin) and any(map(_diagonal, inside.args)) and isinstance(outer, str):
                for middle, rows in [pair for term in inside.args for pair in _middle(term)]:
                    tall = rows and all(map(_identity, filter(_diagonal, inside.args)))
                    found.add((middle, outer) if tall else (outer, middle))
    return found


def _middle(node: Node) -> set[tuple[str, bool]]:
    """The sizes that a matrix product sums over, where it is connected; and whether all its factors have them first."""
    if not isinstance(node, Ein) or len(_connected([factor for factor in node.factors if factor[1]])) != 1:
        return set()
    inner = {i for _, indices in node.factors for i in indices if i not in node.out}
    sizes = [(node.sizes[i], all(i not in indices[1:] for _, indices in node.factors)) for i in inner]
    return {(size, first) for size, first in sizes if isinstance(size, str)}


def _diagonal(node: Node) -> bool:
    """Is a matrix diag(d), or a multiple of the identity?"""
    return isinstance(node, Ein) and len(node.out) == 2 and len(set(node.out)) == 1


def _identity(node: Node) -> bool:
    """Is a matrix a multiple of the identity?"""
    return _diagonal(node) and isinstance(node, Ein) and not any(indices for _, indices in node.factors)


def _regular(node: Op) -> bool:
    """Does an operator or its derivative take the inverse of its argument?"""
    row = TABLE.get(node.name)
    return node.name == fn.INVERSE or (row is not None and "inv(X)" in row.differential)
