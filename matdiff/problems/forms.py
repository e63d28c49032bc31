"""Forms that are recognised in objectives and constraints: quadratic ones, balls, bounds, halfspaces, orthogonality."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.simplify import expanded
from matdiff.errors import CalculusError
from matdiff.functions import names as fn
from matdiff.graph import build, powers
from matdiff.graph.nodes import Ein, Lin, Map, Op, Power, number
from matdiff.graph.sums import depends, substitute
from matdiff.problems import linear
from matdiff.problems.affine import Affine, affine, multiple_of_identity
from matdiff.problems.proving import vanishes

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node, Var
    from matdiff.problems.problem import Constraint


class Quadratic(NamedTuple):
    """1/2 x^T M x + K^T x + c of a vector, by its gradient M x + K; `scale` is m where M is m I."""

    gradient: Affine
    scale: Node | None
    value: Node

    @property
    def matrix(self) -> Node:
        return self.gradient.matrix

    @property
    def linear(self) -> Node:
        return self.gradient.constant


def quadratic(value: Node, unknown: Var) -> Quadratic | None:
    """The node as a quadratic function of the unknown; None where it is none, or no number."""
    if value.order:
        return None
    try:
        gradient = affine(differentiate(value, unknown), unknown)
    except CalculusError:
        return None
    if gradient is None:
        return None
    return Quadratic(gradient, isotropic(gradient, unknown), value)


def isotropic(gradient: Affine, unknown: Var) -> Node | None:
    """The m of a gradient m X + K."""
    if unknown.order == 0:
        return gradient.matrix
    if unknown.order == 1:
        return multiple_of_identity(gradient.matrix)
    if gradient.sides is not None and len(gradient.sides) == 1 and not gradient.sides[0].turned:
        left, right = multiple_of_identity(gradient.sides[0].left), multiple_of_identity(gradient.sides[0].right)
        return None if left is None or right is None else build.mul(left, right)
    return None


def centre(form: Quadratic) -> Node:
    """The point at which an isotropic form is stationary."""
    assert form.scale is not None  # noqa: S101 # for the type checker
    return build.mul(build.reciprocal(form.scale), build.scale(-1, form.linear))


class Ball(NamedTuple):
    """The points at most `radius` from a centre."""

    centre: Node
    radius: Node


def ball(node: Node, unknown: Var) -> Ball | None:
    """The ball of a constraint node >= 0 (or = 0: its sphere)."""
    node = without_root(node, unknown)
    form = quadratic(node, unknown)
    if form is None or form.scale is None or build.is_zero(form.scale):
        return None
    middle = centre(form)
    top = substitute(node, {unknown: middle})
    square = build.mul(expanded(top), build.scale(-2, build.reciprocal(form.scale)))
    return Ball(middle, powers.power(expanded(square), build.num(Fraction(1, 2))))


def without_root(node: Node, unknown: Var) -> Node:
    """For r - ||u||: r^2 - ||u||^2, which has the same sign where r >= 0."""
    terms = node.terms if isinstance(node, Lin) else ((1, node),)
    roots = [
        (c, term)
        for c, term in terms
        if isinstance(term, Power) and number(term.exponent) == Fraction(1, 2) and depends(term, unknown)
    ]
    rest = [(c, term) for c, term in terms if (c, term) not in roots]
    if len(roots) != 1 or any(depends(term, unknown) for _, term in rest) or node.order:
        return node
    c, root = roots[0]
    bound = build.scale(Fraction(1) / abs(Fraction(c)), build.lin(rest, ()))
    sign = 1 if c > 0 else -1
    assert isinstance(root, Power)  # noqa: S101 # for the type checker
    return build.scale(sign, build.sub(root.base, powers.power(bound, build.num(2))))


class Bound(NamedTuple):
    """An entrywise bound of the unknown: at least, or at most, `value`."""

    value: Node
    lower: bool


def bound(node: Node, unknown: Var) -> Bound | None:
    """The bound of a constraint c (x - l) >= 0 or c (u - x) >= 0."""
    form = affine(node, unknown)
    if form is None or node.shape != unknown.shape:
        return None
    scale = isotropic(form, unknown)
    c = None if scale is None else number(scale)
    if c is None or c == 0:
        return None
    return Bound(build.scale(Fraction(-1) / Fraction(c), form.constant), c > 0)


def largest_entry(term: Node, unknown: Var) -> Node | None:
    """The weight of a term c max(abs(x)); None of another term."""
    factors = [factor for factor, _ in term.factors] if isinstance(term, Ein) and not term.out else [term]
    tops = [factor for factor in factors if depends(factor, unknown)]
    top = tops[0] if len(tops) == 1 else None
    inside = top.args[0] if isinstance(top, Op) and top.name == fn.MAX else None
    if not isinstance(inside, Map) or inside.function != fn.ABSOLUTE or inside.arg is not unknown:
        return None
    return build.mul(*[factor for factor in factors if factor is not top], build.num(1))


def halfspace(node: Node, unknown: Var) -> tuple[Node, Node] | None:
    """The a and b of a constraint b - a^T x >= 0."""
    if node.order:
        return None
    form = affine(node, unknown)
    if form is None or form.matrix.shape != unknown.shape:
        return None
    return build.scale(-1, form.matrix), form.constant


def homogeneous(form: Quadratic) -> bool:
    """Is there no linear term?"""
    return build.is_zero(form.linear) or vanishes(expanded(form.linear))


def constant_term(node: Node, unknown: Var) -> Node:
    """The value at zero."""
    return expanded(substitute(node, {unknown: build.zero(unknown.shape)}))


def orthogonality(one: Constraint, unknown: Var) -> bool:
    """Is the constraint X^T X = I?"""
    if one.relation != "=" or unknown.order != 2 or one.node.order != 2:
        return False
    square = build.ein([(unknown, (0, 1)), (unknown, (0, 2))], (1, 2))
    if one.node.shape != square.shape:
        return unknown.shape[0] == unknown.shape[1] and one.node.shape == unknown.shape and _same(one.node, square)
    return _same(one.node, square) or (
        unknown.shape[0] == unknown.shape[1]
        and _same(one.node, build.ein([(unknown, (1, 0)), (unknown, (2, 0))], (1, 2)))
    )


def _same(node: Node, square: Node) -> bool:
    difference = build.sub(square, build.eye(square.shape[0]))
    return build.is_zero(build.sub(node, difference)) or build.is_zero(build.add(node, difference))


def nonzero(node: Node) -> tuple[linear.Condition, ...]:
    return linear.nonzero(node)
