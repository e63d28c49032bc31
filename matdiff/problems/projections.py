"""Minimisers known by name of an isotropic, or separable, quadratic: bounds, balls, halfspaces, thresholds.

Each is the projection of the free minimiser, or its proximal map (Parikh and Boyd, Proximal Algorithms, chapter 6;
Boyd and Vandenberghe, Convex Optimization, section 8.1).  The forms are recognised exactly, so nothing is put back.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.simplify import expanded
from matdiff.functions import names as fn
from matdiff.graph import build, elementwise, powers
from matdiff.graph.nodes import Ein, Op, number
from matdiff.graph.sums import substitute
from matdiff.problems import forms, linear
from matdiff.problems.definiteness import definite, nonnegative, positive_definite
from matdiff.problems.linear import Condition, Found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matdiff.graph.nodes import Node, Var
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
        return _singular_threshold(form, unknown, kinks) or _threshold(form, unknown, kinks)
    if kinks.any:
        return None
    if len(inequalities) == 2:
        return _slab(form, unknown, inequalities)
    if len(inequalities) != 1:
        return None
    one = inequalities[0]
    if one.relation == ">>":
        return _semidefinite(form, unknown, one)
    return _halfspace(form, unknown, one) or _ball(form, unknown, one)


def separable(form: forms.Quadratic, unknown: Var) -> tuple[Node, Node, tuple[Condition, ...]] | None:
    """The free minimiser of a form whose entries don't meet, its weights, and what must hold."""
    if form.scale is not None:
        conditions = positive(form.scale)
        return None if conditions is None else (forms.centre(form), form.scale, conditions)
    weights = diagonal(form.gradient.matrix, unknown)
    if weights is None:
        return None
    conditions = positive(weights)
    value = build.hadamard(build.scale(-1, form.linear), build.reciprocal(weights))
    return None if conditions is None else (value, weights, conditions)


def diagonal(matrix: Node, unknown: Var) -> Node | None:
    """The d of a slope diag(d)."""
    _, inside = build.split(matrix)
    if unknown.order == 1 and isinstance(inside, Ein) and inside.out == (0, 0):
        return build.ein([(matrix, (0, 0))], (0,))
    return None


def positive(weight: Node) -> tuple[Condition, ...] | None:
    """That a weight is positive: proved, assumed, or None where it is not."""
    proof = nonnegative(weight)
    if proof is None:
        return None
    return tuple([Condition("{0} > 0", one.nodes) for one in sorted(proof, key=lambda one: one.nodes[0].digest)])


def _bounded(form: forms.Quadratic, unknown: Var, bounds: list[forms.Bound], kinks: Kinked) -> Found | None:
    """Entry by entry the free minimiser, brought between the bounds."""
    free = separable(form, unknown)
    if free is None or kinks.two is not None or kinks.nuclear is not None:
        return None
    value, weight, conditions = free
    lower = [one.value for one in bounds if one.lower]
    upper = [one.value for one in bounds if not one.lower]
    if len(lower) > 1 or len(upper) > 1:
        return None
    if kinks.one is not None:
        value = _soft(value, build.mul(kinks.one, build.reciprocal(weight)), above_zero=_zero(lower))
    return Found(between(value, lower, upper), conditions, "the projection on a box")


def _zero(lower: list[Node]) -> bool:
    return len(lower) == 1 and build.is_zero(lower[0])


def between(value: Node, lower: list[Node], upper: list[Node]) -> Node:
    """A value brought between bounds, as far as there are any."""
    if lower and upper:
        return clipped(value, _plain(lower[0]), _plain(upper[0]))
    if lower:
        if build.is_zero(lower[0]):
            return elementwise.apply(fn.RELU, value)
        return build.add(lower[0], elementwise.apply(fn.RELU, build.sub(value, lower[0])))
    return build.sub(upper[0], elementwise.apply(fn.RELU, build.sub(upper[0], value)))


def clipped(value: Node, low: Node, high: Node) -> Node:
    """clip(value, low, high), of numbers the number."""
    told = [number(one) for one in (value, low, high)]
    if all(one is not None for one in told):
        c, least, most = [Fraction(one or 0) for one in told]
        return build.num(build.exact(min(max(c, least), most)))
    return Op(fn.CLIP, (value, low, high), value.shape)


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
    return value if build.is_zero(value) else Op(fn.SOFT, (value, threshold), value.shape)


def _threshold(form: forms.Quadratic, unknown: Var, kinks: Kinked) -> Found | None:
    """Soft thresholds, of entries, of the whole vector, or of both one after the other."""
    free = separable(form, unknown)
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
    value = build.add(found.centre, build.mul(clipped(ratio, build.num(0), build.num(1)), away))
    return Found(value, conditions, "the projection on a ball")


def _outside(node: Node, unknown: Var) -> bool:
    """Does the constraint hold outside of the ball?"""
    form = forms.quadratic(forms.without_root(node, unknown), unknown)
    c = None if form is None or form.scale is None else number(form.scale)
    return c is None or c > 0


def _halfspace(form: forms.Quadratic, unknown: Var, one: Constraint) -> Found | None:
    """A strictly convex quadratic under a^T x <= b: the free minimiser, moved along M^-1 a where it violates that."""
    made = _towards(form, unknown, forms.halfspace(one.node, unknown))
    if made is None:
        return None
    found, reached, level, direction, length = made
    step = build.mul(elementwise.apply(fn.RELU, build.sub(reached, level)), build.reciprocal(length))
    return found._replace(value=build.sub(found.value, build.mul(step, direction)))


def _slab(form: forms.Quadratic, unknown: Var, inequalities: Sequence[Constraint]) -> Found | None:
    """The same under l <= a^T x <= u."""
    planes = [forms.halfspace(one.node, unknown) for one in inequalities]
    if any(plane is None for plane in planes):
        return None
    (a, upper), (b, minus_lower) = [plane for plane in planes if plane is not None]
    if a is not build.scale(-1, b):
        return None
    if build.split(a)[0] < 0:
        a, upper, minus_lower = b, minus_lower, upper
    made = _towards(form, unknown, (a, upper))
    if made is None:
        return None
    found, reached, _, direction, length = made
    lower = build.scale(-1, minus_lower)
    inside = clipped(reached, lower, upper)
    step = build.mul(build.sub(reached, inside), build.reciprocal(length))
    return found._replace(value=build.sub(found.value, build.mul(step, direction)), rule="the projection on a slab")


def _towards(
    form: forms.Quadratic, unknown: Var, plane: tuple[Node, Node] | None
) -> tuple[Found, Node, Node, Node, Node] | None:
    """The free minimiser; where it lies by a^T x, the b of the plane, the direction M^-1 a and its length by a."""
    if plane is None or unknown.order != 1:
        return None
    a, b = plane
    proof = positive_definite(form.matrix) or definite(form.matrix)
    inverted = linear.inverse(form.matrix)
    if proof is None or inverted is None:
        return None
    free = linear.product(inverted[0], build.scale(-1, form.linear))
    direction = linear.product(inverted[0], a)
    reached = build.ein([(a, (0,)), (free, (0,))], ())
    length = build.ein([(a, (0,)), (direction, (0,))], ())
    conditions = (*inverted[1], *proof, *linear.nonzero(length))
    return Found(free, conditions, "the projection on a halfspace"), reached, b, direction, length


def _singular_threshold(form: forms.Quadratic, unknown: Var, kinks: Kinked) -> Found | None:
    """The nuclear norm: singular values less c, as far as they are more: polar(M) times what (M^T M)^(1/2) - c I
    has of positive eigenvalues (Cai, Candes and Shen 2010).
    """
    if kinks.nuclear is None or kinks.one is not None or kinks.two is not None or form.scale is None:
        return None
    proofs = (positive(form.scale), positive(kinks.nuclear))
    if proofs[0] is None or proofs[1] is None or unknown.structure:
        return None
    middle, threshold = forms.centre(form), build.mul(kinks.nuclear, build.reciprocal(form.scale))
    gram = build.ein([(middle, (1, 0)), (middle, (1, 2))], (0, 2))
    away = build.sub(Op(fn.SQRTM, (gram,), gram.shape), build.mul(threshold, build.eye(gram.shape[0])))
    kept = build.scale(
        _HALF, build.add(away, Op(fn.SQRTM, (build.ein([(away, (0, 1)), (away, (1, 2))], (0, 2)),), gram.shape))
    )
    value = linear.product(Op(fn.POLAR, (middle,), middle.shape), kept)
    return Found(value, (*proofs[0], *proofs[1]), THRESHOLD)


def linear_in_box(slope: Node, unknown: Var, inequalities: Sequence[Constraint]) -> Found | None:
    """c^T x between bounds: each entry at the bound that its coefficient asks for."""
    bounds = [forms.bound(one.node, unknown) if one.relation == ">=" else None for one in inequalities]
    lower = [one.value for one in bounds if one is not None and one.lower]
    upper = [one.value for one in bounds if one is not None and not one.lower]
    if len(bounds) != 2 or len(lower) != 1 or len(upper) != 1:
        return None
    low, high = lower[0], upper[0]
    if low is build.scale(-1, high):
        value = build.scale(-1, _entrywise(high, elementwise.apply(fn.SIGN, slope)))
    else:
        step = elementwise.apply(fn.STEP, build.scale(-1, slope))
        value = build.add(low, _entrywise(build.sub(high, low), step))
    return Found(value, (), "each entry at one of its bounds", unique=False)


def _entrywise(one: Node, other: Node) -> Node:
    return build.hadamard(one, other) if one.order else build.mul(one, other)


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
    if form is None or not unknown.order or unknown.structure:
        return None
    c = objective_gradient
    found = forms.ball(one.node, unknown)
    if found is not None:
        if one.relation == ">=" and _outside(one.node, unknown):
            return None
        length = powers.power(_square(c), _minus_half())
        value = build.sub(found.centre, build.mul(found.radius, length, c))
        return Found(value, linear.nonzero(powers.power(_square(c), build.num(1))), "a linear function over a ball")
    return _over_ellipsoid(c, form, unknown, one) if unknown.order == 1 else None


def _over_ellipsoid(c: Node, form: forms.Quadratic, unknown: Var, one: Constraint) -> Found | None:
    """The minimiser of c^T x over (x - a)^T P (x - a) <= r^2: a - r P^-1 c/(c^T P^-1 c)^(1/2)."""
    matrix = build.scale(-_HALF, form.matrix)
    if one.relation != ">=" and positive_definite(matrix) is None:
        matrix = build.scale(-1, matrix)
    inverted = linear.inverse(matrix) if positive_definite(matrix) is not None else None
    whole = linear.inverse(form.matrix)
    if inverted is None or whole is None:
        return None
    middle = build.zero(unknown.shape)
    if not forms.homogeneous(form):
        middle = expanded(linear.product(whole[0], build.scale(-1, expanded(form.linear))))
    top = expanded(substitute(form.value, {unknown: middle}))
    if number(top) is not None and (number(top) or 0) < 0:
        top = build.scale(-1, top)
    direction = linear.product(inverted[0], c)
    length = powers.power(build.ein([(c, (0,)), (direction, (0,))], ()), _minus_half())
    away = build.mul(powers.power(top, build.num(_HALF)), length, direction)
    return Found(build.sub(middle, away), inverted[1], "a linear function over an ellipsoid")


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
