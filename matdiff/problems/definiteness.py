"""Signs of scalars and definiteness of matrices, proved by form: B^T B, B^T P B, sums, inverses, declared structure.

A proof may rest on assumptions: a scalar or the weights of a family whose sign is not known, or a symmetric matrix.
They are returned, as text with the formulas of nodes, and become conditions of what is said.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import TABLE
from matdiff.graph import build, signs
from matdiff.graph.nodes import ONE, Ein, Lin, Map, Op, Power, Var, number, walk
from matdiff.graph.symmetry import symmetric
from matdiff.problems.affine import subproduct
from matdiff.problems.linear import Condition

if TYPE_CHECKING:
    from matdiff.graph.nodes import Indices, Node

Proof = frozenset[Condition]  # what it rests on
PROVED: Proof = frozenset()
NONNEGATIVE, DEFINITE = "{0} >= 0", "{0} positive semidefinite"


def nonnegative(node: Node) -> Proof | None:
    """Why every entry is at least 0; None where that is not known."""
    if number(node) is not None:
        return PROVED if (number(node) or 0) >= 0 else None
    if signs.nonnegative(node) or node is ONE:
        return PROVED
    if isinstance(node, Var):
        return frozenset([Condition(NONNEGATIVE, (node,))]) if node.role == "symbol" else None
    if isinstance(node, Lin):
        return _all_of([nonnegative(term) if c > 0 else None for c, term in node.terms])
    if isinstance(node, Power):
        e = number(node.exponent)
        if e is not None and e.denominator == 1 and e % 2 == 0:
            return PROVED
        return nonnegative(node.base)
    if isinstance(node, Op):
        row = TABLE.get(node.name)
        return PROVED if row is not None and row.traits.sign in {"positive", "nonnegative"} else None
    if isinstance(node, Map):
        sign = TABLE[node.function].traits.sign
        return PROVED if sign in {"positive", "nonnegative"} else None
    if isinstance(node, Ein):
        return _nonnegative_product(node)
    return None


def assumed(node: Node) -> Proof | None:
    """Why every entry is at least 0, where a sum of symbols may be assumed to be: the 1 - q of a weight."""
    proof = nonnegative(node)
    if proof is not None or not isinstance(node, Lin):
        return proof
    symbols = [inner for inner in walk(node) if inner.kind == "var"]
    plain = all(isinstance(inner, (Var, Lin, Ein)) and inner.order <= 1 for inner in walk(node))
    if not symbols or not plain or not _reads_positive(node):
        return None
    return frozenset([Condition(NONNEGATIVE, (node,))])


def _reads_positive(node: Lin) -> bool:
    """Are most of its terms added, or the number of as many: 1 - q rather than q - 1?"""
    balance = sum(1 if c > 0 else -1 for c, _ in node.terms)
    numbers = sum(c for c, term in node.terms if not any(inner.kind == "var" for inner in walk(term)))
    return balance > 0 or (balance == 0 and numbers > 0)


def turned_weight(node: Node) -> bool:
    """Is it minus a weight?"""
    return assumed(node) is None and assumed(build.scale(-1, node)) is not None


def _nonnegative_product(node: Ein) -> Proof | None:
    if not node.factors:
        return PROVED
    twos = _pairs(node)
    return _all_of([nonnegative(factor) for factor in twos])


def _pairs(node: Ein) -> list[Node]:
    """The factors that don't stand twice at the same indices; a quadratic form of a definite matrix is taken whole."""
    left = list(node.factors)
    if not node.out and quadratic_core(node) is not None:
        return []
    single: list[Node] = []
    while left:
        factor = left.pop()
        if factor in left:
            left.remove(factor)
        else:
            single.append(factor[0])
    return single


def quadratic_core(node: Ein) -> Proof | None:
    """Why a closed product u^T P u is at least 0."""
    for k, (factor, first) in enumerate(node.factors):
        if factor.order != 1:
            continue
        for m, (other, second) in enumerate(node.factors):
            if m > k and other is factor and first != second:
                rest = [pair for j, pair in enumerate(node.factors) if j not in {k, m}]
                return definite(subproduct(node, rest, (first[0], second[0])))
    return None


def _all_of(proofs: list[Proof | None]) -> Proof | None:
    found: frozenset[Condition] = PROVED
    for proof in proofs:
        if proof is None:
            return None
        found |= proof
    return found


def definite(node: Node) -> Proof | None:
    """Why a square matrix is positive semidefinite; None where that is not known."""
    if node.order != 2:
        return None
    if isinstance(node, Lin):
        return _all_of([definite(term) if c > 0 else None for c, term in node.terms])
    if isinstance(node, Var):
        if node.structure == "spd":
            return PROVED
        if node.structure == "symmetric":
            return frozenset([Condition(DEFINITE, (node,))])
        return None
    if isinstance(node, Op):
        keeps = TABLE[node.name].traits.keeps if node.name in TABLE and len(node.args) == 1 else ()
        if "symmetric to definite" in keeps and symmetric(node.args[0]):
            return PROVED
        return definite(node.args[0]) if "definite" in keeps else None
    return _mirrored(node) if isinstance(node, Ein) else None


def positive_definite(node: Node) -> Proof | None:
    """Why a square matrix is positive definite; None where that is not known."""
    if isinstance(node, Lin):
        proof = definite(node)
        if proof is None:
            return None
        strict = [positive_definite(term) for _, term in node.terms]
        known = [one for one in strict if one is not None]
        return proof | min(known, key=len) if known else None
    if isinstance(node, Var):
        return PROVED if node.structure == "spd" and node.order == 2 else None
    if isinstance(node, Op) and node.name in TABLE and len(node.args) == 1:
        keeps = TABLE[node.name].traits.keeps
        if "symmetric to definite" in keeps and symmetric(node.args[0]):
            return PROVED
        return positive_definite(node.args[0]) if "definite" in keeps else None
    if isinstance(node, Ein) and node.out == (0, 0) and all(not indices for _, indices in node.factors):
        proofs = [_positive(factor) for factor, _ in node.factors]
        return _all_of(proofs)
    return None


def _positive(node: Node) -> Proof | None:
    proof = nonnegative(node)
    if proof is None or (isinstance(node, Var) and node.role == "size"):
        return proof
    return frozenset([Condition("{0} > 0", (node,))]) if isinstance(node, Var) else None


def _mirrored(node: Ein) -> Proof | None:
    """B^T P B: the product reads the same from both ends, and its middle is definite."""
    scalars = _all_of([nonnegative(factor) for factor, indices in node.factors if not indices])
    if scalars is None:
        return None
    left = [factor for factor in node.factors if factor[1]]
    i, j = node.out
    while i != j:
        step = _step(left, i, j)
        if step is None:
            return None
        i, j, proof, left = step
        if proof is not None:
            scalars |= proof
            return scalars if not left else None
    weights = _all_of([nonnegative(factor) if indices == (i,) else None for factor, indices in left])
    return None if weights is None else scalars | weights


def _step(
    left: list[tuple[Node, Indices]], i: int, j: int
) -> tuple[int, int, Proof | None, list[tuple[Node, Indices]]] | None:
    """One factor from each end; a proof where both ends are those of one factor, the middle."""
    at_i = [factor for factor in left if factor[1] == (i,)]
    at_j = [(node, (i,)) for node, indices in left if indices == (j,)]
    if sorted(map(id, [node for node, _ in at_i])) != sorted(map(id, [node for node, _ in at_j])):
        return None
    left = [factor for factor in left if factor[1] not in {(i,), (j,)}]
    first = [factor for factor in left if i in factor[1]]
    last = [factor for factor in left if j in factor[1]]
    if len(first) != 1 or len(last) != 1 or len(first[0][1]) != 2 or len(last[0][1]) != 2:
        return None
    (node, a), (other, b) = first[0], last[0]
    if first[0] is last[0] or (node is other and set(a) == {i, j} == set(b)):
        rest = [factor for factor in left if factor is not first[0]]
        proof = definite(node)
        return None if proof is None else (i, i, proof, rest)
    if node is not other:
        return None
    even = symmetric(node)
    if not even and a.index(i) != b.index(j):
        return None
    inner_i, inner_j = a[1 - a.index(i)], b[1 - b.index(j)]
    rest = [factor for factor in left if factor is not first[0] and factor is not last[0]]
    return inner_i, inner_j, None, rest
