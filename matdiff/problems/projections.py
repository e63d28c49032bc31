"""Minimisers known by name of an isotropic, or separable, quadratic: bounds, balls, halfspaces, thresholds.

Each is the projection of the free minimiser, or its proximal map (Parikh and Boyd, Proximal Algorithms, chapter 6;
Boyd and Vandenberghe, Convex Optimization, section 8.1).  The forms are recognised exactly, so nothing is put back.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import names as fn
from matdiff.graph import build, elementwise, powers
from matdiff.graph.nodes import Ein, Op, number
from matdiff.problems import forms, linear
from matdiff.problems.definiteness import definite, nonnegative, positive_definite
from matdiff.problems.linear import Condition, Found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matdiff.graph.nodes import Node, Var
    from matdiff.problems.affine import Affine
    from matdiff.problems.problem import Constraint
    from matdiff.problems.terms import Kinked

_HALF = Fraction(1, 2)
THRESHOLD = "a soft threshold"


def projected(form: forms.Quadratic, unknown: Var, inequalities: Sequence[Constraint], kinks: Kinked) -> Found | None:
    """The minimiser of a convex quadratic with kinks under inequalities; None where no rule says it."""
    bounds = [forms.bound(one.node, unknown) if one.relation == ">=" else None for one in inequalities]
    if inequalities and all(bounds):
        return _bounded(form, unknown, [one for one in bounds if one is not None], kinks)
    if not inequalities:
        return _threshold(form, unknown, kinks)
    if kinks.any or len(inequalities) != 1:
        return None
    one = inequalities[0]
    if one.relation == ">>":
        return _semidefinite(form, unknown, one)
    return _halfspace(form, unknown, one) or _ball(form, unknown, one)


def _separable(form: forms.Quadratic, unknown: Var) -> tuple[Node, Node, tuple[Condition, ...]] | None:
    """The free minimiser of a form whose entries don't meet, its weights, and what must hold."""
    if form.scale is not None:
        conditions = positive(form.scale)
        return None if conditions is None else (forms.centre(form), form.scale, conditions)
    diagonal = _diagonal(form.gradient, unknown)
    if diagonal is None:
        return None
    conditions = positive(diagonal)
    value = build.hadamard(build.scale(-1, form.linear), build.reciprocal(diagonal))
    return None if conditions is None else (value, diagonal, conditions)


def _diagonal(gradient: Affine, unknown: Var) -> Node | None:
    """The d of a gradient diag(d) x + K."""
    _, inside = build.split(gradient.matrix)
    if unknown.order == 1 and isinstance(inside, Ein) and inside.out == (0, 0):
        return build.ein([(gradient.matrix, (0, 0))], (0,))
    return None


def positive(weight: Node) -> tuple[Condition, ...] | None:
    """That a weight is positive: proved, assumed, or None where it is not."""
    proof = nonnegative(weight)
    if proof is None:
        return None
    return tuple([Condition("{0} > 0", one.nodes) for one in sorted(proof, key=lambda one: one.nodes[0].digest)])


def _bounded(form: forms.Quadratic, unknown: Var, bounds: list[forms.Bound], kinks: Kinked) -> Found | None:
    """Entry by entry the free minimiser, brought between the bounds."""
    free = _separable(form, unknown)
    if free is None or kinks.two is not None or kinks.nuclear is not None:
        return None
    value, weight, conditions = free
    lower = [one.value for one in bounds if one.lower]
    upper = [one.value for one in bounds if not one.lower]
    if len(lower) > 1 or len(upper) > 1:
        return None
    if kinks.one is not None:
        value = _soft(value, build.mul(kinks.one, build.reciprocal(weight)), above_zero=_zero(lower))
    return Found(_between(value, lower, upper), conditions, "the projection on a box")


def _zero(lower: list[Node]) -> bool:
    return len(lower) == 1 and build.is_zero(lower[0])


def _between(value: Node, lower: list[Node], upper: list[Node]) -> Node:
    if lower and upper:
        return Op(fn.CLIP, (value, _plain(lower[0]), _plain(upper[0])), value.shape)
    if lower:
        if build.is_zero(lower[0]):
            return elementwise.apply(fn.RELU, value)
        return build.add(lower[0], elementwise.apply(fn.RELU, build.sub(value, lower[0])))
    return build.sub(upper[0], elementwise.apply(fn.RELU, build.sub(upper[0], value)))


def _plain(node: Node) -> Node:
    """A bound that is a number in every entry, as the number."""
    c, inside = build.split(node)
    if build.is_zero(node):
        return build.num(0)
    everywhere = isinstance(inside, Ein) and len(set(inside.out)) == len(inside.out)
    if node.order and isinstance(inside, Ein) and everywhere and all(not slots for _, slots in inside.factors):
        return build.scale(c, build.mul(*[factor for factor, _ in inside.factors])) if inside.factors else build.num(c)
    return node


def _soft(value: Node, threshold: Node, *, above_zero: bool = False) -> Node:
    if above_zero:
        shift = build.mul(threshold, build.ones(value.shape)) if not threshold.order else threshold
        return build.sub(value, shift)
    return Op(fn.SOFT, (value, threshold), value.shape)


def _threshold(form: forms.Quadratic, unknown: Var, kinks: Kinked) -> Found | None:
    """Soft thresholds, of entries, of the whole vector, or of both one after the other."""
    free = _separable(form, unknown)
    if free is None or not kinks.any or kinks.nuclear is not None:
        return None
    value, weight, conditions = free
    if kinks.one is not None:
        more = positive(kinks.one)
        if more is None:
            return None
        value, conditions = _soft(value, build.mul(kinks.one, build.reciprocal(weight))), (*conditions, *more)
    if kinks.two is not None:
        more = positive(kinks.two)
        if more is None or form.scale is None:
            return None
        length = powers.power(_square(value), _minus_half())
        shrink = build.sub(build.num(1), build.mul(kinks.two, build.reciprocal(weight), length))
        value, conditions = build.mul(elementwise.apply(fn.RELU, shrink), value), (*conditions, *more)
    return Found(value, conditions, THRESHOLD)


def _minus_half() -> Node:
    return build.num(-_HALF)


def _square(value: Node) -> Node:
    slots = tuple(range(value.order))
    return build.ein([(value, slots), (value, slots)], ())


def _ball(form: forms.Quadratic, unknown: Var, one: Constraint) -> Found | None:
    """A point outside a ball is moved to its edge."""
    found = forms.ball(one.node, unknown)
    if found is None or one.relation != ">=" or form.scale is None:
        return None
    conditions = positive(form.scale)
    if conditions is None or _outside(one.node, unknown):
        return None
    away = build.sub(forms.centre(form), found.centre)
    ratio = build.mul(found.radius, powers.power(_square(away), _minus_half()))
    value = build.add(found.centre, build.mul(Op(fn.CLIP, (ratio, build.num(0), build.num(1)), ()), away))
    return Found(value, conditions, "the projection on a ball")


def _outside(node: Node, unknown: Var) -> bool:
    """Does the constraint hold outside of the ball?"""
    form = forms.quadratic(forms.without_root(node, unknown), unknown)
    c = None if form is None or form.scale is None else number(form.scale)
    return c is None or c > 0


def _halfspace(form: forms.Quadratic, unknown: Var, one: Constraint) -> Found | None:
    """A strictly convex quadratic under a^T x <= b: the free minimiser, moved along M^-1 a where it violates that."""
    plane = forms.halfspace(one.node, unknown)
    if plane is None or unknown.order > 1:
        return None
    a, b = plane
    if unknown.order == 0:
        return None
    proof = positive_definite(form.matrix) or definite(form.matrix)
    inverted = linear.inverse(form.matrix)
    if proof is None or inverted is None:
        return None
    free = linear.product(inverted[0], build.scale(-1, form.linear))
    direction = linear.product(inverted[0], a)
    over = build.sub(build.ein([(a, (0,)), (free, (0,))], ()), b)
    length = build.ein([(a, (0,)), (direction, (0,))], ())
    step = build.mul(elementwise.apply(fn.RELU, over), build.reciprocal(length))
    value = build.sub(free, build.mul(step, direction))
    return Found(value, (*inverted[1], *proof, *linear.nonzero(length)), "the projection on a halfspace")


def _semidefinite(form: forms.Quadratic, unknown: Var, one: Constraint) -> Found | None:
    """The nearest positive semidefinite matrix: half of S + (S^2)^(1/2)."""
    if one.node is not unknown or form.scale is None:
        return None
    conditions = positive(form.scale)
    middle = forms.centre(form)
    if conditions is None:
        return None
    even = build.scale(_HALF, build.add(middle, build.transposed(middle)))
    square = build.ein([(even, (0, 1)), (even, (1, 2))], (0, 2))
    root = Op(fn.SQRTM, (square,), square.shape)
    return Found(build.scale(_HALF, build.add(even, root)), conditions, "the nearest semidefinite matrix")


def over_ball(objective_gradient: Node, unknown: Var, one: Constraint) -> Found | None:
    """The minimiser of a linear function over x^T B x <= r^2, or on its edge."""
    node = forms.without_root(one.node, unknown)
    form = forms.quadratic(node, unknown)
    if form is None or unknown.order != 1:
        return None
    c = objective_gradient
    found = forms.ball(one.node, unknown)
    if found is not None:
        if one.relation == ">=" and _outside(one.node, unknown):
            return None
        length = powers.power(_square(c), _minus_half())
        value = build.sub(found.centre, build.mul(found.radius, length, c))
        return Found(value, linear.nonzero(powers.power(_square(c), build.num(1))), "a linear function over a ball")
    return _over_ellipsoid(c, form, unknown, one)


def _over_ellipsoid(c: Node, form: forms.Quadratic, unknown: Var, one: Constraint) -> Found | None:
    matrix = build.scale(-_HALF, form.matrix)
    if not forms.homogeneous(form) or (one.relation == ">=" and positive_definite(matrix) is None):
        return None
    if positive_definite(matrix) is None:
        matrix = build.scale(-1, matrix)
        if one.relation == ">=" or positive_definite(matrix) is None:
            return None
    inverted = linear.inverse(matrix)
    top = forms.constant_term(form.value, unknown)
    if inverted is None:
        return None
    if number(top) is not None and (number(top) or 0) < 0:
        top = build.scale(-1, top)
    direction = linear.product(inverted[0], c)
    length = powers.power(build.ein([(c, (0,)), (direction, (0,))], ()), _minus_half())
    radius = powers.power(top, build.num(_HALF))
    return Found(
        build.scale(-1, build.mul(radius, length, direction)), inverted[1], "a linear function over an ellipsoid"
    )


def on_sphere(form: forms.Quadratic, unknown: Var, one: Constraint) -> Found | None:
    """The point of a sphere next to the free minimiser of an isotropic quadratic."""
    found = forms.ball(one.node, unknown)
    if found is None or form.scale is None:
        return None
    conditions = positive(form.scale)
    away = build.sub(forms.centre(form), found.centre)
    if conditions is None or build.is_zero(away):
        return None
    ratio = build.mul(found.radius, powers.power(_square(away), _minus_half()))
    return Found(
        build.add(found.centre, build.mul(ratio, away)), (*conditions, *linear.nonzero(_square(away))), "a sphere"
    )
