"""Quadratic forms under quadratic norms: eigenproblems, also generalised and in k columns; polar factors.

Golub and Van Loan, Matrix Computations, sections 6.4 and 8.7; Schonemann 1966.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.simplify import expanded
from matdiff.functions import names as fn
from matdiff.graph import build, powers
from matdiff.graph.nodes import Ein, Lin, Op, Power, Var, number, walk
from matdiff.graph.sums import depends, substitute
from matdiff.problems import forms, linear
from matdiff.problems.affine import is_identity, multiple_of_identity
from matdiff.problems.definiteness import PROVED, Proof, nonnegative, positive_definite
from matdiff.problems.linear import Condition, Found
from matdiff.problems.terms import split_terms

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node
    from matdiff.problems.problem import Constraint

_HALF = Fraction(1, 2)
_ANGLE = "the cosine of an angle"
COLUMNS, POLAR = "an eigenproblem in k columns", "the polar factor"
ORTHONORMAL = {COLUMNS, POLAR}  # the rules whose columns are orthonormal


def eigenvector(objective: Node, unknown: Var, one: Constraint, which: str) -> Found | None:
    """x^T A x under x^T B x = c: the eigenvector for the smallest ("min") or largest ("max") eigenvalue."""
    form, norm = forms.quadratic(objective, unknown), forms.quadratic(forms.without_root(one.node, unknown), unknown)
    if form is None or norm is None or unknown.order != 1:
        return None
    if not forms.homogeneous(form) or not forms.homogeneous(norm):
        return None
    matrix, weight = build.scale(_HALF, form.matrix), build.scale(_HALF, norm.matrix)
    level = build.scale(-1, forms.constant_term(norm.value, unknown))
    scale = norm.scale
    if scale is not None:
        if number(scale) is None:
            return None
        squared = build.scale(2 / Fraction(number(scale) or 1), level)
        vector: Node = Op(f"eigvec_{which}", (matrix,), unknown.shape)
        conditions: tuple[Condition, ...] = ()
    else:
        if positive_definite(weight) is None:
            weight, level = build.scale(-1, weight), build.scale(-1, level)
        proof = positive_definite(weight)
        if proof is None:
            return None
        squared = level
        vector = Op(f"eigvec_{which}", (matrix, weight), unknown.shape)
        conditions = tuple(proof)
    if (number(squared) or 1) < 0:
        return None
    value = build.mul(powers.power(squared, build.num(_HALF)), vector)
    return Found(value, conditions, "an eigenproblem", unique=False)


def orthonormal(root: Node, unknown: Var) -> Node:
    """What is left of products once X^T X = I is used in them."""
    terms = root.terms if isinstance(root, Lin) else ((1, root),)
    return build.lin([(c, _without_squares(term, unknown)) for c, term in terms], root.shape)


def _without_squares(term: Node, unknown: Var) -> Node:
    if not isinstance(term, Ein):
        return term
    places: dict[int, list[int]] = {}
    for k, (factor, slots) in enumerate(term.factors):
        for axis, i in enumerate(slots):
            places.setdefault(i, []).append(k if factor is unknown and axis == 0 else -1)
    for i, found in places.items():
        if len(found) == 2 and min(found) >= 0 and found[0] != found[1] and i not in term.out:
            first, second = (term.factors[k][1][1] for k in found)
            rest = [pair for k, pair in enumerate(term.factors) if k not in found]
            joined = [*rest, (build.eye(unknown.shape[1]), (first, second))]
            return _without_squares(build.ein(joined, term.out), unknown)
    return term


def eigenvectors(objective: Node, unknown: Var, which: str) -> Found | None:
    """tr(X^T A X) under X^T X = I: k eigenvectors."""
    form = forms.quadratic(objective, unknown) or forms.quadratic(orthonormal(expanded(objective), unknown), unknown)
    if form is None or not forms.homogeneous(form) or form.gradient.sides is None or len(form.gradient.sides) != 1:
        return None
    side = form.gradient.sides[0]
    if side.turned or not is_identity(side.right):
        return None
    matrix = build.scale(_HALF, side.left)
    if build.split(matrix)[0] < 0 and not isinstance(build.split(matrix)[1], Lin):
        matrix, which = build.scale(-1, matrix), {"min": "max", "max": "min"}[which]
    arguments = (matrix, build.size_node(unknown.shape[1]))
    return Found(Op(f"eigvecs_{which}", arguments, unknown.shape), (), COLUMNS, unique=False)


def polar(objective: Node, unknown: Var, which: str) -> Found | None:
    """What is linear once X^T X = I is used: the polar factor of its coefficient."""
    both_signs = False
    if unknown.shape[0] == unknown.shape[1]:
        free = Var(unknown.name, unknown.shape, unknown.role, "orthogonal", 0, unknown.rows_columns)
        objective = expanded(substitute(expanded(objective), {unknown: free}))
        straight = _unsquared(objective, free, which)
        both_signs = straight is not objective
        slope = expanded(differentiate(straight, free))
        if depends(slope, free):
            return None
    else:
        form = forms.quadratic(objective, unknown)
        sides = None if form is None else form.gradient.sides
        moving = form is not None and not build.is_zero(form.matrix)
        if form is None or (moving and (sides is None or any(one.turned or not _scalar(one.left) for one in sides))):
            return None
        slope = expanded(form.linear)  # what is quadratic is tr(B X^T X), which is constant
    if build.is_zero(slope):
        return None
    core = build.split(build.scale(-1, slope) if which == "min" else slope)
    matrix = core[1] if core[0] > 0 else build.scale(-1, core[1])
    if is_identity(matrix):
        return Found(matrix, (), POLAR, unique=not both_signs)
    condition = Condition("{0} of full rank", (matrix,))
    return Found(Op(fn.POLAR, (matrix,), unknown.shape), (condition,), POLAR, unique=not both_signs)


def _unsquared(objective: Node, unknown: Var, which: str) -> Node:
    """The u of c u^2, where that is to be far from zero: -u of a minimum, -u^2."""
    moving = [(c, term) for c, term in split_terms(objective) if depends(term, unknown)]
    c, term = moving[0] if len(moving) == 1 else (0, objective)
    factors = [factor for factor, _ in term.factors] if isinstance(term, Ein) else [term]
    inside = [factor for factor in factors if depends(factor, unknown)]
    base = inside[0] if len(inside) == 1 else None
    if not isinstance(base, Power) or number(base.exponent) != 2 or base.order or (c > 0) == (which == "min"):
        return objective
    if nonnegative(build.mul(*[factor for factor in factors if factor is not base], build.num(1))) != PROVED:
        return objective
    return build.scale(1 if which == "max" else -1, base.base)


def _scalar(node: Node) -> bool:
    return multiple_of_identity(node) is not None


def quotient(objective: Node, unknown: Var, which: str) -> Found | None:
    """The Rayleigh quotient x^T A x / x^T B x, whose scale is free."""
    c, inside = build.split(objective)
    if not isinstance(inside, Ein) or unknown.order != 1 or c <= 0:
        return None
    roots = [factor for factor, _ in inside.factors if isinstance(factor, Power) and depends(factor, unknown)]
    below = [factor for factor in roots if (number(factor.exponent) or 0) < 0]
    above = [factor for factor, _ in inside.factors if factor not in below]
    if len(below) != 1 or not above or any(factor.order for factor in above):
        return None
    if number(below[0].exponent) == -_HALF:
        return _cosine(build.mul(*above), below[0].base, unknown, which)
    if number(below[0].exponent) != -1:
        return None
    top = forms.quadratic(build.mul(*above), unknown) or forms.quadratic(expanded(build.mul(*above)), unknown)
    bottom = forms.quadratic(below[0].args[0], unknown)
    if top is None or bottom is None or not _is_pure(top, unknown) or not _is_pure(bottom, unknown):
        return None
    return _ratio(top, bottom, unknown, which)


def _is_pure(form: forms.Quadratic, unknown: Var) -> bool:
    """x^T M x and nothing else, so that scaling x scales it: 1 + x^T x has a constant."""
    return forms.homogeneous(form) and build.is_zero(forms.constant_term(form.value, unknown))


def on_plane(objective: Node, unknown: Var, one: Constraint, which: str) -> Found | None:
    """A quotient as above under a^T x = b, where its constants are multiples of a^T x: its best direction, scaled."""
    plane = forms.halfspace(one.node, unknown)
    c, inside = build.split(objective)
    if plane is None or unknown.order != 1 or build.is_zero(plane[1]) or not isinstance(inside, Ein) or inside.out:
        return None
    factors = [_homogenised(factor, unknown, plane) for factor, _ in inside.factors]
    found = quotient(build.scale(c, build.mul(*factors)), unknown, which)
    if found is None:
        return None
    normal, level = plane
    length = build.ein([(normal, (0,)), (found.value, (0,))], ())
    value = build.mul(level, build.reciprocal(length), found.value)
    if found.rule != _ANGLE:
        return found._replace(value=value, conditions=(*found.conditions, *linear.nonzero(length)))
    sign = Condition("{0} > 0", (build.mul(level, length),))
    return found._replace(value=value, conditions=(*found.conditions, sign), unique=True)


def _homogenised(factor: Node, unknown: Var, plane: tuple[Node, Node]) -> Node:
    """The d + c^T x of a plane a^T x = b as (d/b a + c)^T x; another factor as it is."""
    line = forms.halfspace(factor, unknown) if depends(factor, unknown) and not factor.order else None
    if line is None or build.is_zero(line[1]):
        return factor
    normal, level = plane
    along = build.sub(build.mul(line[1], build.reciprocal(level), normal), line[0])
    return build.ein([(along, (0,)), (unknown, (0,))], ())


def _cosine(top: Node, square: Node, unknown: Var, which: str) -> Found | None:
    """m^T x/(x^T S x)^(1/2): the x along S^-1 m, whose scale is free."""
    line, bottom = forms.halfspace(top, unknown), forms.quadratic(square, unknown)
    if line is None or bottom is None or not _is_pure(bottom, unknown) or not build.is_zero(expanded(line[1])):
        return None
    proof = positive_definite(bottom.matrix)
    inverted = linear.inverse(bottom.matrix)
    if inverted is None or (proof is None and bottom.scale is None):
        return None
    value = build.split(linear.product(inverted[0], line[0]))[1]
    direction = build.split(line[0])[0] * (1 if which == "min" else -1)
    conditions = (*inverted[1], *(proof or ()))
    return Found(build.scale(1 if direction > 0 else -1, value), conditions, _ANGLE, unique=False)


def _ratio(top: forms.Quadratic, bottom: forms.Quadratic, unknown: Var, which: str) -> Found | None:
    matrix, weight = build.scale(_HALF, top.matrix), build.scale(_HALF, bottom.matrix)
    proof = positive_definite(weight)
    if proof is None and bottom.scale is None:
        proof = _assumed_definite(weight)
        if proof is None:
            return None
    direction = _rank_one(matrix)
    if direction is not None and which == "max":
        inverted = linear.inverse(weight)
        if inverted is not None:
            return Found(
                linear.product(inverted[0], direction),
                tuple(proof or ()) or inverted[1],
                "a quotient with a rank-one numerator",
                unique=False,
            )
    arguments = (matrix,) if bottom.scale is not None else (matrix, weight)
    vector = Op(f"eigvec_{which}", arguments, unknown.shape)
    return Found(vector, tuple(proof or ()), "a Rayleigh quotient", unique=False)


def _assumed_definite(weight: Node) -> Proof | None:
    """That a symmetric part of added matrices is positive definite, which their names leave open."""
    terms = split_terms(weight)
    plain = all(isinstance(inner, (Var, Lin, Ein)) and inner.order in {0, 2} for inner in walk(weight))
    if not plain or any(c < 0 or (isinstance(term, Ein) and _scaled(term)) for c, term in terms):
        return None
    if any(isinstance(inner, Var) and inner.structure == "skew" for inner in walk(weight)):
        return None
    return frozenset([Condition("{0} positive definite", (weight,))])


def _scaled(term: Ein) -> bool:
    """Is it more than one matrix, as it is or transposed?"""
    return len(term.factors) != 1


def _rank_one(matrix: Node) -> Node | None:
    """The a of a matrix c a a^T."""
    c, inside = build.split(matrix)
    if not isinstance(inside, Ein) or c <= 0 or inside.out != (0, 1):
        return None
    tensors = [(factor, slots) for factor, slots in inside.factors if slots]
    if len(tensors) == 2 and tensors[0][0] is tensors[1][0] and {slots for _, slots in tensors} == {(0,), (1,)}:
        return tensors[0][0]
    return None
