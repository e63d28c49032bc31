"""Kronecker products of square matrices, taken apart: det(A ⊗ B) = det(A)ⁿ det(B)ᵐ, (A ⊗ B)⁻¹ = A⁻¹ ⊗ B⁻¹.

Magnus & Neudecker (2019), section 2.2.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.graph import build
from matdiff.graph.nodes import Ein, Op
from matdiff.graph.shapes import product_size

if TYPE_CHECKING:
    from matdiff.graph.nodes import Indices, Node

Factor = tuple["Node", "Indices"]


class Kronecker(NamedTuple):
    """left ⊗ right, both square."""

    left: Node
    right: Node

    def made(self, left: Node, right: Node) -> Node:
        """The Kronecker product of two other matrices of these sizes."""
        m, n = left.shape[0], right.shape[0]
        whole = product_size(m, n)
        pair = Op("fuse", (), (whole, m, n), (m, n))
        return build.ein([(left, (2, 4)), (right, (3, 5)), (pair, (0, 2, 3)), (pair, (1, 4, 5))], (0, 1))


def kronecker(matrix: Node) -> Kronecker | None:
    """The parts of a matrix that is a Kronecker product of square matrices; None for any other."""
    sides = _sides(matrix) if isinstance(matrix, Ein) and matrix.order == 2 else None
    if sides is None or not isinstance(matrix, Ein):
        return None
    rest = [factor for factor in matrix.factors if not _is_fuse(factor[0])]
    left, right = (_joined(rest, side) for side in sides)
    scalars = [factor for factor in rest if not factor[1]]
    if len(left) + len(right) + len(scalars) != len(rest) or _meet(left, right, matrix.out):
        return None
    return Kronecker(_matrix([*left, *scalars], sides[0], matrix), _matrix(right, sides[1], matrix))


def _meet(left: list[Factor], right: list[Factor], out: Indices) -> bool:
    """Do two groups of factors have an index in common, or one of the result's?"""
    one, other = _held(left), _held(right)
    return not one.isdisjoint(other) or not one.union(other).isdisjoint(out)


def _sides(matrix: Ein) -> list[tuple[int, int]] | None:
    """Rows and columns of the two parts, where both are square and the matrix is fused of nothing else."""
    fuses = {indices[0]: indices[1:] for node, indices in matrix.factors if _is_fuse(node)}
    if len(fuses) != 2 or set(fuses) != set(matrix.out):
        return None
    found = list(zip(fuses[matrix.out[0]], fuses[matrix.out[1]], strict=True))
    return found if all(matrix.sizes[i] == matrix.sizes[j] for i, j in found) else None


def _matrix(factors: list[Factor], side: tuple[int, int], product: Ein) -> Node:
    """Factors of a product as a matrix by themselves."""
    return build.ein(factors, side, {i: product.sizes[i] for i in _held(factors).union(side)})


def _is_fuse(node: Node) -> bool:
    return isinstance(node, Op) and node.name == "fuse"


def _held(factors: list[Factor]) -> set[int]:
    return {i for _, indices in factors for i in indices}


def _joined(factors: list[Factor], start: tuple[int, int]) -> list[Factor]:
    """The factors that hang together with two indices, in their order."""
    reached = set(start)
    while True:
        found = [factor for factor in factors if reached.intersection(factor[1])]
        more = _held(found) - reached
        if not more:
            return found
        reached |= more
