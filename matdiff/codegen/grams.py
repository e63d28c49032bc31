"""Weighted Gram matrices A^T diag(x) A: those of one matrix in a sum become one, and where no weight is negative it is
a product of an array with itself.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.codegen.arrays import weighted_gram
from matdiff.codegen.program import rebuilt, uses_of

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
    matrix, scale = found
    if scale.op == "expand":
        return arrays.make("gram", (matrix, scale.args[0]))
    return arrays.make("gram", (arrays.transpose(matrix), scale))


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
