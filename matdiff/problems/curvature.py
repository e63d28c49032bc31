"""Is a function of the unknowns convex, concave, affine?  By composition: the rules of disciplined convex programming
(Grant, Boyd and Ye 2006) over the traits that stand in the function table, and quadratic forms of definite matrices.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.functions import TABLE
from matdiff.graph import build
from matdiff.graph.nodes import Ein, IndexSum, Lin, Map, Op, Power, Var, number, walk
from matdiff.problems.affine import subproduct
from matdiff.problems.definiteness import PROVED, assumed, definite, nonnegative, turned_weight
from matdiff.problems.linear import Condition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from matdiff.graph.nodes import Indices, Node
from matdiff.functions import names as fn
from matdiff.problems.definiteness import Proof

CONSTANT, AFFINE, CONVEX, CONCAVE = "constant", "affine", "convex", "concave"


class Shape(NamedTuple):
    """How a function curves, what that rests on, and the rule that says so."""

    curvature: str
    assumptions: Proof = PROVED
    rule: str = ""


def curvature(root: Node, unknowns: Iterable[Node]) -> Shape | None:
    """How the root curves in all unknowns jointly; None where no rule says it."""
    known: dict[Node, Shape | None] = {}
    sought = frozenset(unknowns)
    for node in walk(root):
        if node in sought:
            known[node] = Shape(AFFINE)
        elif not any(_moves(known[arg]) for arg in node.args):
            known[node] = Shape(CONSTANT)
        else:
            known[node] = _RULES[type(node)](node, known)
    return known[root]


def _moves(shape: Shape | None) -> bool:
    return shape is None or shape.curvature != CONSTANT


def _turned(shape: Shape | None) -> Shape | None:
    if shape is None:
        return None
    return shape._replace(curvature={CONVEX: CONCAVE, CONCAVE: CONVEX}.get(shape.curvature, shape.curvature))


def _joined(shapes: Iterable[Shape | None]) -> Shape | None:
    """A sum."""
    kinds: set[str] = set()
    assumptions, rules = PROVED, dict[str, None]()
    for shape in shapes:
        if shape is None:
            return None
        kinds.add(shape.curvature)
        assumptions |= shape.assumptions
        if shape.rule:
            rules[shape.rule] = None
    if {CONVEX, CONCAVE} <= kinds:
        return None
    kind = next((kind for kind in (CONVEX, CONCAVE, AFFINE) if kind in kinds), CONSTANT)
    return Shape(kind, assumptions, "; ".join(rules))


def _sum(node: Lin, known: dict[Node, Shape | None]) -> Shape | None:
    return _joined([known[term] if c > 0 else _turned(known[term]) for c, term in node.terms])


def _index_sum(node: IndexSum, known: dict[Node, Shape | None]) -> Shape | None:
    return known[node.body] if not _moves(known[node.lo]) and not _moves(known[node.hi]) else None


def _product(node: Ein, known: dict[Node, Shape | None]) -> Shape | None:
    moving = [k for k, (factor, _) in enumerate(node.factors) if _moves(known[factor])]
    if len(moving) == 1:
        return _weighted(node, moving[0], known)
    if len(moving) == 2:
        return _square(node, moving, known) or _entropy(node, moving, known)
    return None


def _weighted(node: Ein, place: int, known: dict[Node, Shape | None]) -> Shape | None:
    """A sum of entries with weights."""
    shape = known[node.factors[place][0]]
    if shape is None or shape.curvature == AFFINE:
        return shape
    weights = [factor for k, (factor, _) in enumerate(node.factors) if k != place]
    turned = [factor for factor in weights if turned_weight(factor)]
    proofs = [assumed(build.scale(-1, factor) if factor in turned else factor) for factor in weights]
    if any(proof is None for proof in proofs):
        return None
    assumptions = shape.assumptions.union(*[proof for proof in proofs if proof is not None])
    found = Shape(shape.curvature, assumptions, shape.rule)
    return _turned(found) if len(turned) % 2 else found


def _square(node: Ein, moving: list[int], known: dict[Node, Shape | None]) -> Shape | None:
    """u^T P u, or tr(U^T P U Q), with u affine: the rest of the product is a definite form."""
    (one, first), (other, second) = (node.factors[k] for k in moving)
    shape = known[one]
    if one is not other or shape is None or shape.curvature != AFFINE:
        return None
    rest = [factor for k, factor in enumerate(node.factors) if k not in moving]
    if not one.order:
        proof = nonnegative(subproduct(node, rest, ()))
        return None if proof is None else Shape(CONVEX, proof, "a square")
    proof = _form(rest, first, second, node)
    return None if proof is None else Shape(CONVEX, proof, "a quadratic form of a positive semidefinite matrix")


def _form(rest: list[tuple[Node, Indices]], first: Indices, second: Indices, node: Ein) -> Proof | None:
    """Is the tensor that is left, between the indices of both factors, a product of definite matrices?"""
    kept = set(node.out)
    if kept:
        return _entrywise_form(rest, first, second, kept)
    if len(first) == 1:
        return definite(subproduct(node, rest, (first[0], second[0])))
    for order in ((0, 1), (1, 0)) if len(first) == 2 else ():
        found = _two_forms(rest, first, tuple([second[k] for k in order]), node) if order == (0, 1) else None
        if found is not None:
            return found
    if first == second:
        return _weights(rest)
    return None


def _weights(rest: list[tuple[Node, Indices]]) -> Proof | None:
    found = PROVED
    for factor, _ in rest:
        proof = nonnegative(factor)
        if proof is None:
            return None
        found |= proof
    return found


def _entrywise_form(rest: list[tuple[Node, Indices]], first: Indices, second: Indices, kept: set[int]) -> Proof | None:
    return _weights(rest) if first == second and set(first) <= kept | set(first) else None


def _two_forms(rest: list[tuple[Node, Indices]], first: Indices, second: Indices, node: Ein) -> Proof | None:
    """tr(U^T P U Q): the parts that connect rows with rows, and columns with columns."""
    reach = _reach(rest)
    rows = [factor for factor in rest if factor[1] and reach(factor[1][0]) == reach(first[0])]
    columns = [factor for factor in rest if factor[1] and factor not in rows]
    scalars = [factor for factor in rest if not factor[1]]
    if any(reach(factor[1][0]) != reach(first[1]) for factor in columns):
        return None
    if reach(first[0]) == reach(first[1]) and (rows or columns):
        return None
    if {first[0], second[0]} & {first[1], second[1]}:
        return None
    proofs = [
        definite(subproduct(node, rows, (first[0], second[0]))),
        definite(subproduct(node, columns, (first[1], second[1]))),
        _weights(scalars),
    ]
    if any(proof is None for proof in proofs):
        return None
    return PROVED.union(*[proof for proof in proofs if proof is not None])


def _reach(factors: list[tuple[Node, Indices]]) -> Callable[[int], int]:
    """For an index, a name of the part that it is connected with."""
    parent: dict[int, int] = {}

    def find(i: int) -> int:
        while parent.get(i, i) != i:
            i = parent[i]
        return i

    for _, indices in factors:
        for i in indices:
            parent.setdefault(i, i)
            parent[find(i)] = find(indices[0])
    return find


def _entropy(node: Ein, moving: list[int], known: dict[Node, Shape | None]) -> Shape | None:
    """Entropy: x log x, entry by entry."""
    for k, m in (moving, moving[::-1]):
        (one, first), (other, second) = node.factors[k], node.factors[m]
        if isinstance(other, Map) and other.function == fn.LOG and first == second and _log_of(other.arg, one):
            shape = known[one]
            proof = _weights([factor for j, factor in enumerate(node.factors) if j not in moving])
            if shape is not None and shape.curvature == AFFINE and proof is not None:
                return Shape(CONVEX, proof, "x log x")
    return None


def _log_of(arg: Node, base: Node) -> bool:
    """Is it log x, or log(x/q) with a constant q?"""
    if arg is base:
        return True
    return isinstance(arg, Ein) and sum(factor is base for factor, _ in arg.factors) == 1


def _function(node: Map | Op, known: dict[Node, Shape | None]) -> Shape | None:
    """The composition rule of the function's row."""
    row = TABLE.get(node.function if isinstance(node, Map) else node.name)
    if row is None or len(node.args) != 1:
        return None
    shape, traits = known[node.args[0]], row.traits
    if shape is None or not traits.convexity:
        return None
    rule = f"{row.name} is {traits.convexity}"
    shape = shape._replace(assumptions=shape.assumptions | _domain(node.args[0], traits.needs))
    monotone = traits.monotone[0] if traits.monotone else ""
    if AFFINE in (traits.convexity, shape.curvature):
        curved = traits.convexity if traits.convexity != AFFINE else shape.curvature
        return Shape(curved, shape.assumptions, rule)
    wanted = {CONVEX: "increasing", CONCAVE: "decreasing"} if traits.convexity == CONVEX else {}
    wanted = wanted or {CONCAVE: "increasing", CONVEX: "decreasing"}
    if wanted.get(shape.curvature) == monotone.removeprefix("loewner "):
        return Shape(traits.convexity, shape.assumptions, f"{rule} and {monotone}; {shape.rule}".strip("; "))
    return None


def _domain(arg: Node, needs: tuple[str, ...]) -> Proof:
    """What must hold for an argument to be where the function is convex."""
    if "positive definite" not in needs or definite(arg) is not None:
        return PROVED
    return frozenset([Condition("{0} positive definite", (arg,))])


def _power(node: Power, known: dict[Node, Shape | None]) -> Shape | None:
    shape, e = known[node.base], number(node.exponent)
    if shape is None or e is None or _moves(known[node.exponent]):
        return None
    if shape.curvature == AFFINE:
        if e.denominator == 1 and e >= 2 and e % 2 == 0:
            return Shape(CONVEX, shape.assumptions, "an even power")
        if e.denominator != 1:  # a root, which has no other arguments
            return Shape(CONCAVE if 0 < e < 1 else CONVEX, shape.assumptions, "a root of what is not negative")
        return None
    if shape.curvature == CONVEX and e >= 1 and nonnegative(node.base) == PROVED:
        return Shape(CONVEX, shape.assumptions, f"a power of a nonnegative convex function; {shape.rule}")
    if e * 2 >= 1 and isinstance(node.base, Ein) and shape.rule.startswith("a quadratic form"):
        return Shape(CONVEX, shape.assumptions, "a norm")
    return None


_RULES: dict[type, Callable[..., Shape | None]] = {
    Lin: _sum,
    Ein: _product,
    IndexSum: _index_sum,
    Map: _function,
    Op: _function,
    Power: _power,
    Var: lambda _node, _known: Shape(CONSTANT),
}
