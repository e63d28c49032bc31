"""Weighted Gram matrices A^T diag(x) A: those of one matrix in a sum become one, and where no weight is negative it is
a product of an array with itself.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.codegen.arrays import weighted_gram
from matdiff.codegen.extents import product
from matdiff.codegen.pairs import Tensor
from matdiff.codegen.program import rebuilt, uses_of
from matdiff.functions import TABLE

if TYPE_CHECKING:
    from matdiff.codegen.arrays import Array, Arrays
    from matdiff.graph.nodes import Coefficient


class Gram(NamedTuple):
    """A scalar times A^T diag(x) A."""

    scalar: Array | None
    matrix: Array
    weights: Array


def with_grams(arrays: Arrays, roots: list[Array]) -> list[Array]:
    """The program with every weighted Gram matrix as an operation of its own, sums of them united."""
    roots = rebuilt(arrays, roots, lambda node, _: _as_gram(arrays, node))
    uses = uses_of(roots)
    return rebuilt(arrays, roots, lambda node, _: _united(arrays, node, uses) if node.op == "lin" else node)


def _as_gram(arrays: Arrays, node: Array) -> Array:
    found = weighted_gram(*node.args) if node.op == "matmul" and node.order == 2 else None
    if found is None:
        return node
    matrix = arrays.transpose(found.matrix) if found.turned else found.matrix
    return arrays.make("gram", (matrix, found.weights))


def _united(arrays: Arrays, node: Array, uses: dict[Array, int]) -> Array:
    """A sum with the Gram matrices of one matrix added up by their weights."""
    weights: dict[Array, list[tuple[Coefficient, Array]]] = {}
    rest: list[tuple[Coefficient, Array]] = []
    for c, term in zip(node.data, node.args, strict=True):
        gram = _gram(term, uses)
        if gram is None:
            rest.append((c, term))
        else:
            own = gram.weights if gram.scalar is None else arrays.mul(gram.scalar, gram.weights)
            weights.setdefault(gram.matrix, []).append((c, own))
    if all(len(terms) == 1 for terms in weights.values()):
        return node
    return arrays.lin(
        [*[(1, arrays.make("gram", (matrix, arrays.lin(terms)))) for matrix, terms in weights.items()], *rest]
    )


def _gram(term: Array, uses: dict[Array, int]) -> Gram | None:
    """A term that is a Gram matrix which nothing else needs."""
    scalar = None
    if term.op == "mul" and term.args[0].order == 0 and uses.get(term, 1) == 1:
        scalar, term = term.args
    if term.op != "gram" or uses.get(term, 1) > 1:
        return None
    return Gram(scalar, *term.args)


def khatri_rao_gram(arrays: Arrays, group: list[Tensor], open_: frozenset[int]) -> Tensor | None:
    """sum_n w_n X_ni Y_nk X_nj Y_nl as a Gram matrix of the products X_ni Y_nk of rows; None for anything else."""
    shared = set(group[0].indices).intersection(*[tensor.indices for tensor in group]) - open_
    if len(shared) != 1 or len(group) < 4:
        return None
    (n,) = shared
    weights = [tensor.array for tensor in group if tensor.indices == (n,)]
    rows = [_rows(arrays, tensor, n) for tensor in group if len(tensor.indices) == 2]
    others = [other for _, other in rows]
    if (
        len(weights) + len(rows) < len(group)
        or len(rows) < 4
        or not set(others) <= open_
        or len(set(others)) < len(rows)
    ):
        return None
    places: dict[Array, list[int]] = {}
    for array, other in rows:
        places.setdefault(array, []).append(other)
    if any(len(found) % 2 for found in places.values()):
        return None
    pairs = [(array, pair) for array, found in places.items() for pair in zip(found[::2], found[1::2], strict=True)]
    matrices = [array for array, _ in pairs]
    scale = None
    for weight in weights:
        scale = weight if scale is None else arrays.mul(scale, weight)
    root = root_of(arrays, scale) if scale is not None else None
    if root is not None:
        matrices[0] = arrays.mul(matrices[0], arrays.expand(root, (True, False)))
    J = _khatri_rao(arrays, matrices)
    made = arrays.matmul(arrays.transpose(J), J) if scale is None or root else arrays.make("gram", (J, scale))
    sizes = tuple([array.shape[1] for array in matrices])
    indices = (*[first for _, (first, _) in pairs], *[second for _, (_, second) in pairs])
    return Tensor(arrays.reshape(made, sizes * 2), indices)


def root_of(arrays: Arrays, node: Array) -> Array | None:
    """The square root of an array, where no entry can be negative."""
    if not nonnegative(node):
        return None
    if node.op == "recip":
        root = root_of(arrays, node.args[0])
        return None if root is None else arrays.recip(root)
    if node.op == "power" and len(node.args) == 1 and node.data % 2 == 0 and nonnegative(node.args[0]):
        return arrays.power(node.args[0], node.data // 2)
    return arrays.power(node, Fraction(1, 2))


def nonnegative(node: Array) -> bool:
    """Is no entry of an array negative, whatever the arguments are?"""
    if node.op == "number":
        return bool(node.data >= 0)
    if node.op in {"power", "norm", "sqrt"}:
        return node.op != "power" or (len(node.args) == 1 and (node.data % 2 == 0 or nonnegative(node.args[0])))
    if node.op in {"map", "op"}:
        return TABLE[node.data].traits.sign in {"positive", "nonnegative"} if node.data in TABLE else False
    if node.op == "lin":
        return all(c >= 0 and nonnegative(arg) for c, arg in zip(node.data, node.args, strict=True))
    if node.op == "mul":
        return node.args[0] is node.args[1] or all(map(nonnegative, node.args))
    return node.op in {"recip", "sum", "expand", "transpose"} and nonnegative(node.args[0])


def _rows(arrays: Arrays, tensor: Tensor, n: int) -> tuple[Array, int]:
    """A matrix with the index n first, and its other index."""
    first, second = tensor.indices
    return (tensor.array, second) if first == n else (arrays.transpose(tensor.array), first)


def _khatri_rao(arrays: Arrays, rows: list[Array]) -> Array:
    """The matrix whose rows are the Kronecker products of those of matrices."""
    order = len(rows) + 1
    whole = None
    for k, array in enumerate(rows, 1):
        factor = arrays.expand(array, tuple([axis in (0, k) for axis in range(order)]))
        whole = factor if whole is None else arrays.mul(whole, factor)
    assert whole is not None  # noqa: S101 # for the type checker
    return arrays.reshape(whole, (rows[0].shape[0], product([array.shape[1] for array in rows])))
