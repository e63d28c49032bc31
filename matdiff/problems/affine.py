"""What is affine in an unknown X, collected: the sum of A X B, of C X^T D and of a constant K.

The coefficients come from the derivative, which doesn't depend on the unknown then: its indices are those of the value,
then those of X, and each of its terms falls into parts that are connected through its factors.  A part that holds a row
of the value and a row of X is a left factor, one that holds two columns a right one.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.simplify import expanded
from matdiff.errors import CalculusError
from matdiff.functions import TABLE
from matdiff.graph import build
from matdiff.graph.nodes import Ein, Lin, Map, Op, walk
from matdiff.graph.sums import depends, substitute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matdiff.graph.nodes import Coefficient, Indices, Node, Var


class Sided(NamedTuple):
    """left X right, or left X^T right where `turned`."""

    left: Node
    right: Node
    turned: bool = False


class Affine(NamedTuple):
    """sides: the terms A X B of a matrix X; matrix: the coefficient as a whole (value's indices, then X's);
    constant: K.

    `sides` is None where a term is no product of this kind (tr(M X) N, or an entrywise product).
    """

    constant: Node
    matrix: Node
    sides: tuple[Sided, ...] | None = None


def affine(node: Node, unknown: Var) -> Affine | None:
    """The node as an affine function of `unknown`; None where it is none."""
    if any(_piecewise(inner) and depends(inner, unknown) for inner in walk(node)):
        return None
    try:
        slope = differentiate(node, unknown)
        if depends(slope, unknown):
            node = expanded(node)
            slope = expanded(differentiate(node, unknown))
    except CalculusError:
        return None  # the unknown stands in something that has no derivative: it isn't affine there
    if depends(slope, unknown):
        return None
    constant = substitute(node, {unknown: build.zero(unknown.shape)})
    if not unknown.family and unknown.order == 2 and node.order == 2:
        return Affine(constant, slope, _structured(sides(slope), unknown))
    return Affine(constant, slope)


def _piecewise(node: Node) -> bool:
    """A function with a kink or a jump, whose derivative doesn't tell what it depends on."""
    name = node.function if isinstance(node, Map) else node.name if isinstance(node, Op) else ""
    row = TABLE.get(name)
    return row is not None and (bool(row.kink) or row.differential in {"0", "0 dX"})


def _structured(terms: tuple[Sided, ...] | None, unknown: Var) -> tuple[Sided, ...] | None:
    """Of a symmetric unknown X^T is X, of a skew one -X."""
    sign = {"symmetric": 1, "spd": 1, "skew": -1}.get(unknown.structure)
    if terms is None or sign is None:
        return terms
    return tuple(gathered([Sided(build.scale(sign, one.left), one.right) if one.turned else one for one in terms]))


def sides(slope: Node) -> tuple[Sided, ...] | None:
    """The terms A X B of a slope with the indices of the value, then of X; like ones gathered."""
    found: list[Sided] = []
    terms: Iterable[tuple[Coefficient, Node]] = slope.terms if isinstance(slope, Lin) else ((1, slope),)
    for c, term in terms:
        side = _sided(c, term)
        if side is None:
            return None
        found.append(side)
    return tuple(gathered(found))


def _sided(c: Coefficient, term: Node) -> Sided | None:
    if not isinstance(term, Ein):
        return None
    group = _groups(term)
    i, j, a, b = [group[index] for index in term.out]
    if i == j or a == b:
        return None
    if i == a and j == b:
        turned = False
    elif i == b and j == a:
        turned = True
    else:
        return None
    row, column = (term.out[2], term.out[3]) if not turned else (term.out[3], term.out[2])
    left = build.scale(c, _part(term, group, group[term.out[0]], (term.out[0], row), scalars=True))
    right = _part(term, group, group[term.out[1]], (column, term.out[1]), scalars=False)
    return Sided(left, right, turned)


def _groups(term: Ein) -> dict[int, int]:
    """For each index, a name of the part that it is connected with."""
    parent = list(range(len(term.sizes)))

    def find(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for _, indices in term.factors:
        for i in indices[1:]:
            parent[find(i)] = find(indices[0])
    return {i: find(i) for i in range(len(term.sizes))}


def _part(term: Ein, group: dict[int, int], name: int, out: Indices, *, scalars: bool) -> Node:
    """The factors of one part as a node; `scalars` puts the factors without indices, and closed parts, to it."""
    mine = {name}
    if scalars:
        mine |= {group[i] for i in group} - {group[i] for i in term.out}
    order = term.written or range(len(term.factors))
    factors = [
        term.factors[k] for k in order if (group[term.factors[k][1][0]] in mine if term.factors[k][1] else scalars)
    ]
    return subproduct(term, factors, out)


def subproduct(whole: Ein, factors: list[tuple[Node, Indices]], out: Indices) -> Node:
    """Some factors of a product as a product of its own."""
    here = {i for _, indices in factors for i in indices} | set(out)
    return build.ein(factors, out, {i: size for i, size in enumerate(whole.sizes) if i in here})


def gathered(terms: Iterable[Sided]) -> list[Sided]:
    """A X B + A X C as A X (B + C), A X C + B X C as (A + B) X C, as long as it goes."""
    left = list(terms)
    changed = True
    while changed:
        changed = False
        for x in range(len(left)):
            for y in range(x + 1, len(left)):
                joined = _joined(left[x], left[y])
                if joined is not None:
                    left[x] = joined
                    del left[y]
                    changed = True
                    break
            if changed:
                break
    return [side for side in left if not build.is_zero(side.left) and not build.is_zero(side.right)]


def _joined(first: Sided, second: Sided) -> Sided | None:
    if first.turned != second.turned:
        return None
    if first.right is second.right:
        return Sided(build.add(first.left, second.left), first.right, first.turned)
    (c, one), (d, other) = build.split(first.left), build.split(second.left)
    if _parallel(one, other):
        _, scalars, core = _scalars(one)
        _, more, _ = _scalars(other)
        left = build.mul(*scalars, build.scale(c, first.right)) if scalars else build.scale(c, first.right)
        right = build.mul(*more, build.scale(d, second.right)) if more else build.scale(d, second.right)
        return Sided(core, build.add(left, right), first.turned)
    return None


def _parallel(one: Node, other: Node) -> bool:
    """Are they multiples of the same matrix by scalars?"""
    return _scalars(one)[2] is _scalars(other)[2]


def _scalars(node: Node) -> tuple[int, list[Node], Node]:
    """The scalar factors of a product, and the product without them."""
    if not isinstance(node, Ein):
        return 0, [], node
    found = [factor for factor, indices in node.factors if not indices]
    if not found:
        return 0, [], node
    rest = [factor for factor in node.factors if factor[1]]
    return len(found), found, subproduct(node, rest, node.out)


def is_identity(node: Node) -> bool:
    """Is it I, without a factor?"""
    return isinstance(node, Ein) and not node.factors and node.out == (0, 0)


def multiple_of_identity(node: Node) -> Node | None:
    """The scalar c where the node is c I."""
    c, inside = build.split(node)
    if not isinstance(inside, Ein) or inside.out != (0, 0) or any(indices for _, indices in inside.factors):
        if isinstance(inside, Lin) and inside.terms:
            parts = [(d, multiple_of_identity(term)) for d, term in inside.terms]
            if all(part is not None for _, part in parts):
                return build.scale(c, build.lin([(d, part) for d, part in parts if part is not None], ()))
        return None
    scalars = [factor for factor, _ in inside.factors]
    return build.scale(c, build.mul(*scalars)) if scalars else build.num(c)


def symbols_in(*nodes: Node) -> frozenset[Node]:
    """The variables that occur."""
    return frozenset([inner for inner in walk(*nodes) if inner.kind == "var"])
