"""Constructors of the tensor graph.  They keep the invariants, so that what is equal by the rules of tensor algebra is
the same node.

Free of charge: cyclicity of the trace, transposes of products, diag(x) y = x∘y, scalars commuting, 1ᵀ1 = n, like terms,
like powers.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING
from math import gcd, lcm

from matdiff.graph.graph import current
from matdiff.graph.members import is_tensor
from matdiff.graph.nodes import ONE, Coefficient, Ein, IndexSum, Indices, Lin, Node, Size, Var
from matdiff.graph.rewriting import REWRITES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Factor = tuple[Node, Indices]
Summand = tuple[Coefficient, Node]


def exact(value: Fraction) -> Coefficient:
    """A rational number as an int where it is one."""
    return value.numerator if value.denominator == 1 else value


def num(value: Coefficient) -> Node:
    """A number as a scalar node."""
    return scale(value, ONE)


def zero(shape: tuple[Size, ...]) -> Node:
    return Lin((), shape)


def is_zero(node: Node) -> bool:
    return isinstance(node, Lin) and not node.terms


def ones(shape: tuple[Size, ...]) -> Node:
    """A tensor whose every entry is one."""
    return Ein((), tuple(range(len(shape))), shape)


def eye(size: Size) -> Node:
    """The identity of order `size`."""
    return Ein((), (0, 0), (size,))


def size_node(size: Size) -> Node:
    """A size as a scalar: a number, n, or a product m*n."""
    if isinstance(size, int):
        return num(size)
    result: Node = ONE
    for part in size.split("*"):
        if not part.isidentifier():
            return Var(size, role="size")
        result = mul(result, Var(part, role="size"))
    return result


def scale(coefficient: Coefficient, node: Node) -> Node:
    """Coefficient * node."""
    if coefficient == 1:
        return node
    if coefficient == 0:
        return zero(node.shape)
    if isinstance(node, Lin):
        return lin([(coefficient * c, term) for c, term in node.terms], node.shape)
    return Lin(((coefficient, node),), node.shape)


def split(node: Node) -> Summand:
    """A node as coefficient times a node without one: 2 X is (2, X), 2 X + 4 Y is (2, X + 2 Y)."""
    if not isinstance(node, Lin) or not node.terms:
        return 1, node
    if len(node.terms) == 1:
        return node.terms[0]
    splits = current().splits
    known = splits.get(node)
    if known is None:
        content = _content(node)
        known = splits[node] = (1, node) if content == 1 else (content, scale(exact(Fraction(1) / content), node))
    return known


def _content(node: Lin) -> Coefficient:
    """Greatest common divisor of the coefficients, with the sign of the term of least digest."""
    top, bottom = 0, 1
    for c, _ in node.terms:
        top, bottom = gcd(top, c.numerator), lcm(bottom, c.denominator)
    leading = min(node.terms, key=lambda term: (term[1].digest, term[0]))[0]
    return exact(Fraction(top if leading > 0 else -top, bottom))


def lin(terms: Iterable[Summand], shape: tuple[Size, ...]) -> Node:
    """A sum: like terms collected, nested sums opened, matrices brought into one orientation."""
    collected: dict[Node, Coefficient] = {}
    for c, node in terms:
        if isinstance(node, Lin):
            for d, term in node.terms:
                collected[term] = collected.get(term, 0) + c * d
        else:
            collected[node] = collected.get(node, 0) + c
    kept = [(exact(c) if isinstance(c, Fraction) else c, node) for node, c in collected.items() if c != 0]
    if len(kept) > 1:
        kept = REWRITES.named_sum(kept, shape)
    if len(kept) == 1 and kept[0][0] == 1:
        return kept[0][1]
    if len(kept) > 1 and len(shape) == 2:
        return _oriented_sum(kept, shape)
    return Lin(tuple(kept), shape)


def _oriented_sum(terms: list[Summand], shape: tuple[Size, ...]) -> Node:
    """A + B and (Aᵀ + Bᵀ)ᵀ are one node and its transpose: the one that was written first is kept."""
    here = Lin(tuple(terms), shape)
    orientation = current().orientation
    if here not in orientation:
        there = Lin(tuple([(c, transposed(node)) for c, node in terms]), shape[::-1])
        orientation.setdefault(here, here)
        orientation.setdefault(there, here)
    kept = orientation[here]
    return here if kept is here else flipped(kept)


def flipped(node: Node) -> Node:
    """The transpose of a node that is no einsum, as the einsum that exchanges its indices."""
    return Ein(((node, (1, 0)),), (0, 1), node.shape[::-1], (0,))


def oriented(node: Node) -> tuple[Node, bool]:
    """A matrix or its transpose, whichever came first as the argument of a function, and whether it was transposed."""
    if node.order != 2 or not isinstance(node, Ein):
        return node, False
    other = transposed(node)
    if other is node:
        return node, False
    if not isinstance(other, Ein):
        return other, True
    orientation = current().orientation
    kept = orientation.setdefault(node, node)
    orientation.setdefault(other, kept)
    return kept, kept is not node


def add(*nodes: Node) -> Node:
    return lin([(1, node) for node in nodes], nodes[0].shape)


def sub(left: Node, right: Node) -> Node:
    return lin([(1, left), (-1, right)], left.shape)


def mul(*nodes: Node) -> Node:
    """Product of scalars, or of scalars and one tensor."""
    indices: list[Factor] = []
    out: Indices = ()
    for node in nodes:
        slots = tuple(range(node.order))
        out = slots or out
        indices.append((node, slots))
    return ein(indices, out)


def hadamard(*nodes: Node) -> Node:
    """Entrywise product of nodes of one shape."""
    slots = tuple(range(nodes[0].order))
    return ein([(node, slots) for node in nodes], slots)


def transposed(node: Node) -> Node:
    """The transpose of an order-2 node."""
    transposes = current().transposes
    known = transposes.get(node)
    if known is None:
        known = ein([(node, (1, 0))], (0, 1))
        transposes[node] = known
        transposes[known] = node
    return known


def ein(factors: Iterable[Factor], out: Indices, sizes: Mapping[int, Size] | None = None) -> Node:
    """An einsum in canonical form; `sizes` gives the sizes of indices that no factor has."""
    factors = list(factors)
    for k, (node, indices) in enumerate(factors):
        if isinstance(node, Lin) and is_tensor(node):
            known = {**dict(zip(indices, node.shape, strict=True)), **(sizes or {})}
            parts = [(c, ein([*factors[:k], (term, indices), *factors[k + 1 :]], out, known)) for c, term in node.terms]
            return lin(parts, parts[0][1].shape)
        if isinstance(node, IndexSum) and node.order > 2:
            known = {**dict(zip(indices, node.shape, strict=True)), **(sizes or {})}
            total = REWRITES.apart(node, [other for other, _ in factors[:k] + factors[k + 1 :]])
            body = ein([*factors[:k], (total.body, indices), *factors[k + 1 :]], out, known)
            return REWRITES.index_sum(total.index, total.lo, total.hi, body)
    product = REWRITES.product(sizes or {}, len(factors) == 1)
    for node, indices in factors:
        product.multiply(node, indices)
    return product.node(out)


def reciprocal(node: Node) -> Node:
    """1/x, entry by entry."""
    return REWRITES.power(node, num(-1))
