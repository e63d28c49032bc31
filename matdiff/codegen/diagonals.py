"""Matrices that are factored, with something added to their diagonals, K + diag(d), K + c I: written into the sum,
without a matrix of zeros.  Beside a product of matrices that is no gain.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.codegen.program import rebuilt

if TYPE_CHECKING:
    from matdiff.codegen.arrays import Array, Arrays
    from matdiff.graph.nodes import Coefficient

_DEAR = frozenset({"matmul", "gram", "congruence_of", "chain"})


def with_diagonals(arrays: Arrays, roots: list[Array]) -> list[Array]:
    """The program with such sums in place."""

    def change(node: Array, _: Array) -> Array:
        return arrays.make(node.op, (_in_place(arrays, node.args[0]),)) if node.op in {"factored", "lu"} else node

    return rebuilt(arrays, roots, change)


def _in_place(arrays: Arrays, node: Array) -> Array:
    if node.op != "lin" or node.order != 2 or any(_core(arg).op in _DEAR for arg in node.args):
        return node
    on: list[tuple[Coefficient, Array]] = []
    rest: list[tuple[Coefficient, Array]] = []
    for c, arg in zip(node.data, node.args, strict=True):
        part = _diagonal(arrays, arg)
        (rest if part is None else on).append((c, arg if part is None else part))
    if not on or all(arg.shape != node.shape for _, arg in rest):
        return node
    return arrays.make("embed", (arrays.lin(rest), arrays.lin(on)), "ii->i")


def _core(node: Array) -> Array:
    """What a scalar multiplies."""
    return node.args[1] if node.op == "mul" and node.args[0].order == 0 else node


def _diagonal(arrays: Arrays, node: Array) -> Array | None:
    """The diagonal, a vector or a number, of a matrix that has nothing else."""
    if node.op == "eye":
        return arrays.number(1)
    if node.op == "diag":
        return node.args[0]
    inner = _diagonal(arrays, node.args[1]) if _core(node) is not node else None
    return None if inner is None else arrays.mul(node.args[0], inner) if inner.op != "number" else node.args[0]
