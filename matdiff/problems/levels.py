"""Optima up to one number tau that a condition on the data decides: water-filling, the simplex, l1 balls, capped boxes.

Each is x = clip(start + tau slope, low, high), where tau makes the sum of weight * x a total.  That sum is piecewise
linear and monotone in tau, so that the code finds it exactly between two of its kinks.
Held, Wolfe and Crowder 1974; Duchi et al. 2008; Boyd and Vandenberghe, Convex Optimization, example 5.2.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.functions import names as fn
from matdiff.graph import build, elementwise
from matdiff.graph.nodes import Op, Var, number
from matdiff.graph.sums import depends
from matdiff.problems import conjugates, forms, projections
from matdiff.problems.affine import affine
from matdiff.problems.definiteness import nonnegative
from matdiff.problems.linear import Condition, Found
from matdiff.problems.stationarity import fresh_name
from matdiff.problems.terms import kinked, split_terms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from matdiff.lean.fractions import Fraction

    from matdiff.graph.nodes import Node
    from matdiff.problems.problem import Constraint, Problem

_NAMES = ("tau", "t", "nu", "mu", "rho")
_EXACT, _AT_MOST = "{0} = {1}", "{0} = {1}, or tau = 0 where the left side is less there"


class Level(NamedTuple):
    """The number of a solution: sum(weight * clip(start + var slope, low, high)) is the total.

    at_most: it is 0 where the sum is at most the total there.
    """

    var: Var
    start: Node
    slope: Node
    weight: Node
    total: Node
    low: Node | None
    high: Node | None
    at_most: bool = False


def levelled(problem: Problem, equalities: Sequence[Constraint], inequalities: Sequence[Constraint]) -> Found | None:
    """The optimum of one vector under bounds and one sum, or in an l1 ball; None where no rule says it."""
    unknown = problem.unknowns[0]
    assert problem.objective is not None  # noqa: S101 # for the type checker
    if unknown.order != 1 or problem.sense not in {"min", "max"}:
        return None
    objective = build.scale(1 if problem.sense == "min" else -1, problem.objective)
    tau = Var(fresh_name(_NAMES, set(problem.typed.symbols)))
    bounds = [(one, forms.bound(one.node, unknown)) for one in inequalities if one.relation == ">="]
    others = [one for one, bound in bounds if bound is None]
    if len(bounds) < len(inequalities) or len(equalities) + len(others) > 1:
        return None
    box = [bound for _, bound in bounds if bound is not None]
    lower, upper = [one.value for one in box if one.lower], [one.value for one in box if not one.lower]
    if len(lower) > 1 or len(upper) > 1:
        return None
    last = (*equalities, *others)
    if not last:
        return None if box else _in_height(objective, unknown, tau)
    if others and not box:
        return _in_ball(objective, unknown, others[0], tau)
    plane = forms.halfspace(last[0].node, unknown)
    if plane is None or not box:
        return None
    if equalities and build.split(plane[0])[0] < 0:  # an equation may be turned
        plane = (build.scale(-1, plane[0]), build.scale(-1, plane[1]))
    return _quadratic(objective, unknown, tau, (*plane, bool(others)), (lower, upper)) or _logarithmic(
        objective, unknown, tau, plane, (lower, upper)
    )


def _told(value: Node, level: Level, conditions: tuple[Condition, ...], rule: str) -> Found:
    """The solution, with the condition that decides its number."""
    total = build.ein([(level.weight, (0,)), (value, (0,))], ())
    text = (_AT_MOST if level.at_most else _EXACT).replace("tau", level.var.name)
    return Found(value, (Condition(text, (total, level.total)), *conditions), rule, level=level)


def _quadratic(
    objective: Node,
    unknown: Var,
    tau: Var,
    plane: tuple[Node, Node, bool],
    box: tuple[list[Node], list[Node]],
) -> Found | None:
    """A separable quadratic: the free minimiser, moved along the plane's normal by tau, brought between the bounds."""
    form = forms.quadratic(objective, unknown)
    free = None if form is None else projections.separable(form, unknown)
    if form is None or free is None:
        return None
    value, weight, conditions = free
    normal, total, at_most = plane
    along = normal if form.scale is not None else build.hadamard(normal, build.reciprocal(weight))
    slope = build.scale(-1, build.split(along)[1] if build.split(along)[0] > 0 else along)  # a factor is tau's own
    moved = build.add(value, build.mul(tau, slope))
    level = Level(tau, value, slope, normal, total, _first(box[0]), _first(box[1]), at_most)
    rule = "the multiplier of the sum is a number tau; entry by entry the free minimiser is brought between the bounds"
    return _told(projections.between(moved, *box), level, conditions, rule)


def _logarithmic(
    objective: Node, unknown: Var, tau: Var, plane: tuple[Node, Node], box: tuple[list[Node], list[Node]]
) -> Found | None:
    """-sum(c log(a + g x)) under w^T x = b: x = tau c/w - a/g, brought between the bounds."""
    terms = [(c, term) for c, term in split_terms(objective) if depends(term, unknown)]
    found = conjugates.curved(*terms[0], unknown) if len(terms) == 1 and terms[0][0] < 0 else None
    inside = affine(found.argument, unknown) if found is not None and found.name == fn.LOG else None
    rate = None if inside is None else _rate(inside.matrix, unknown)
    weight, total = plane
    if found is None or inside is None or rate is None or not box[0]:
        return None
    proofs = [projections.positive(node) for node in (found.weight, rate, weight)]
    if any(proof is None for proof in proofs):
        return None
    parts = found.weight if found.weight.order else build.mul(found.weight, build.ones(unknown.shape))
    share = build.hadamard(build.reciprocal(weight), parts)
    start = build.scale(-1, build.hadamard(inside.constant, build.reciprocal(rate)))
    level = Level(tau, start, share, weight, total, _first(box[0]), _first(box[1]))
    value = projections.between(build.add(build.mul(tau, share), start), *box)
    conditions = tuple([condition for proof in proofs if proof is not None for condition in proof])
    return _told(value, level, conditions, "water-filling: the level is one over the multiplier of the sum")


def _rate(matrix: Node, unknown: Var) -> Node | None:
    """The g of a slope diag(g), one entry each."""
    diagonal = projections.diagonal(matrix, unknown)
    if diagonal is not None and diagonal.order == 1:
        return diagonal
    return None


def _in_ball(objective: Node, unknown: Var, one: Constraint, tau: Var) -> Found | None:
    """An isotropic quadratic under ||x||_1 <= r: soft(v, tau)."""
    form = forms.quadratic(objective, unknown)
    found = kinked(build.scale(-1, one.node), unknown)
    if form is None or form.scale is None or found is None or found.one is None or found.two is not None:
        return None
    weight, conditions = number(found.one), projections.positive(form.scale)
    if weight is None or weight <= 0 or conditions is None or depends(found.smooth, unknown):
        return None
    radius = build.mul(build.scale(-1, found.smooth), build.reciprocal(found.one))
    middle = forms.centre(form)
    level = _heights(middle, radius, tau)
    value = Op(fn.SOFT, (middle, tau), unknown.shape)
    length = build.ein([(elementwise.apply(fn.ABSOLUTE, value), (0,))], ())
    text = _AT_MOST.replace("tau", tau.name)
    return Found(value, (Condition(text, (length, radius)), *conditions), "the projection on an l1 ball", level=level)


def _in_height(objective: Node, unknown: Var, tau: Var) -> Found | None:
    """An isotropic quadratic and c ||x||_inf: the entries cut at tau, by Moreau's identity."""
    tops: list[tuple[int | Fraction, Node]] = []
    rest: list[tuple[int | Fraction, Node]] = []
    for c, term in split_terms(objective):
        height = forms.largest_entry(term, unknown)
        (rest if height is None else tops).append((c, term if height is None else height))
    form = forms.quadratic(build.lin(rest, ()), unknown) if len(tops) == 1 and tops[0][0] > 0 else None
    if form is None or form.scale is None:
        return None
    weight = build.lin(tops, ())
    proofs = (projections.positive(form.scale), nonnegative(weight))
    if proofs[0] is None or proofs[1] is None:
        return None
    middle = forms.centre(form)
    radius = build.mul(weight, build.reciprocal(form.scale))
    level = _heights(middle, radius, tau)
    value = Op(fn.CLIP, (middle, build.scale(-1, tau), tau), unknown.shape)
    over = elementwise.apply(fn.RELU, build.sub(level.start, build.mul(tau, build.ones(unknown.shape))))
    text = _AT_MOST.replace("tau", tau.name)
    conditions = (Condition(text, (build.ein([(over, (0,))], ()), radius)), *proofs[0], *sorted(proofs[1], key=str))
    return Found(value, conditions, "a bound on the entries, by Moreau's identity", level=level)


def _heights(middle: Node, radius: Node, tau: Var) -> Level:
    """The tau with sum(relu(|v| - tau)) = r."""
    ones = build.ones(middle.shape)
    start = elementwise.apply(fn.ABSOLUTE, middle)
    return Level(tau, start, build.scale(-1, ones), ones, radius, build.zero(middle.shape), None, at_most=True)


def _first(nodes: list[Node]) -> Node | None:
    return nodes[0] if nodes else None
