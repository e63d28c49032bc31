"""Bounds of ranks that a product's shape tells: x yᵀ has rank one, A B no more than A has columns."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.graph.nodes import Ein, Lin, Node

if TYPE_CHECKING:
    from matdiff.graph.nodes import Indices

Factor = tuple[Node, "Indices"]


def is_deficient(matrix: Node) -> bool:
    """Is a square matrix singular for every value of its variables, by its shape alone?  A size that is a name stands
    for two or more.
    """
    size, rank = matrix.shape[0], rank_at_most(matrix)
    return rank is not None and rank < (size if isinstance(size, int) else 2)


def rank_at_most(matrix: Node) -> int | None:
    """A bound of the rank of a matrix, None where nothing is known."""
    sides = [side for side in matrix.shape if isinstance(side, int)]
    if isinstance(matrix, Lin):
        bounds = [rank_at_most(term) for _, term in matrix.terms]
        found = None if None in bounds else sum([bound for bound in bounds if bound is not None])
    elif isinstance(matrix, Ein) and matrix.order == 2:
        found = _of_product(matrix)
    else:
        found = None
    return min([*sides, found], default=None) if found is not None else min(sides, default=None)


def _of_product(product: Ein) -> int | None:
    """The least bound along the way from rows to columns, which every other factor leaves alone; one where there is
    no way: an outer product.
    """
    rows, columns = product.out
    if rows == columns:
        return None
    reached, edges = {rows}, [indices for _, indices in product.factors]
    while True:
        more = {i for indices in edges if reached & set(indices) for i in indices} - reached
        if not more:
            break
        reached |= more
    if columns not in reached:
        return 1
    return _along_a_path([factor for factor in product.factors if factor[1]], rows, columns)


def _along_a_path(factors: list[Factor], at: int, end: int) -> int | None:
    """The least rank of the matrices on the only way from one index to another; None where ways part."""
    bounds: list[int] = []
    left = list(factors)
    while at != end:
        here = [factor for factor in left if at in factor[1]]
        onward = [factor for factor in here if len(set(factor[1])) == 2]
        if len(onward) != 1 or any(len(factor[1]) > 2 for factor in here):
            return None
        node, (first, second) = onward[0]
        bound = rank_at_most(node)
        bounds += [] if bound is None else [bound]
        left = [factor for factor in left if factor not in here]
        at = second if first == at else first
    return min(bounds, default=None)
