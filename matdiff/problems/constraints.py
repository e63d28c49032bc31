"""Problems with constraints: what is known by name first, multipliers for affine equations, then the honest end."""

from __future__ import annotations

from dataclasses import replace
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.simplify import expanded
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.nodes import Map, Var, number
from matdiff.graph.sums import depends, substitute
from matdiff.problems import (
    feasibility,
    forms,
    levels,
    linear_over,
    positive_numbers,
    projections,
    reduced,
    spectral_forms,
    systems,
)
from matdiff.problems.affine import affine
from matdiff.problems.curvature import AFFINE, CONCAVE, CONSTANT, CONVEX
from matdiff.problems.definiteness import nonnegative
from matdiff.problems.outcome import Outcome, Solution
from matdiff.problems.proving import vanishes
from matdiff.problems.stationarity import curved, fresh_name, gradients, multiplier, paired
from matdiff.problems.terms import kinked, split_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matdiff.graph.nodes import Node
    from matdiff.problems.linear import Condition, Found
    from matdiff.problems.problem import Constraint, Problem

_KINDS = {"min": "minimum", "max": "maximum"}
_MULTIPLIERS = ("nu", "mu", "eta", "kappa")


def constrained(problem: Problem, alone: Callable[[Problem], Outcome]) -> Outcome:
    """The end of a problem with constraints; `alone` solves one of fewer unknowns."""
    assert problem.objective is not None  # noqa: S101 # for the type checker
    objective = reduced.increasing(problem.objective)
    problem = replace(problem, objective=objective)
    equations = gradients(problem, objective)
    reason = feasibility.contradiction(problem.constraints, problem.unknowns)
    if reason:
        return Outcome("infeasible", equations, why=reason)
    if all(vanishes(expanded(equation)) for equation in equations):
        return Outcome("every point", equations, why="the objective is the same at every point")
    constraints = feasibility.without_repetition(problem.constraints, problem.unknowns)
    equalities = [one for one in constraints if one.relation == "="]
    inequalities = [part for one in constraints if one.relation != "=" for part in _without_size(one, problem.unknowns)]
    if len(problem.unknowns) == 1 and len(constraints) == 1 and _says_symmetric(constraints[0], problem.unknowns[0]):
        return _symmetric(problem, equations)
    return (
        _by_name(problem, equations, equalities, inequalities)
        or positive_numbers.solved(problem, alone)
        or reduced.one_by_one(problem, alone)
        or _by_multipliers(problem, equalities, inequalities, alone)
        or _by_level(problem, equations, equalities, inequalities)
        or _without_rule(problem, equations, inequalities)
    )


def _by_name(
    problem: Problem,
    equations: list[Node],
    equalities: Sequence[Constraint],
    inequalities: Sequence[Constraint],
) -> Outcome | None:
    """One unknown: by the rules of projections and of eigenproblems."""
    if len(problem.unknowns) > 1:
        return None
    return _named(problem, equations[0], equalities, inequalities)


def _by_level(
    problem: Problem,
    equations: list[Node],
    equalities: Sequence[Constraint],
    inequalities: Sequence[Constraint],
) -> Outcome | None:
    """One unknown: up to one number that a condition decides."""
    level = levels.levelled(problem, equalities, inequalities) if len(problem.unknowns) == 1 else None
    return None if level is None else _told(problem, [level], problem.unknowns[0], equations)


def _by_multipliers(
    problem: Problem,
    equalities: Sequence[Constraint],
    inequalities: Sequence[Constraint],
    alone: Callable[[Problem], Outcome],
) -> Outcome | None:
    """Affine equations by multipliers, with inequalities that hold anyway, or one that holds with equality."""
    if any(affine(one.node, unknown) is None for one in equalities for unknown in problem.unknowns):
        return None
    found = _kkt(problem, equalities)
    if found.status in {"not convex", "no closed form"}:
        found = reduced.eliminated(problem, alone) or found
    idle = _inactive(found, inequalities)
    if idle is not None:
        found.conditions += [one for one in idle if one not in found.conditions]
        return found
    return _active(problem, equalities, inequalities)


def _without_size(one: Constraint, unknowns: Sequence[Var]) -> list[Constraint]:
    """-b <= x and x <= b for |x| <= b entry by entry, or for ||x||_inf <= b."""
    for unknown in unknowns if one.relation == ">=" else ():
        for c, term in split_terms(one.node):
            largest = forms.largest_entry(term, unknown)
            entries = isinstance(term, Map) and term.function == fn.ABSOLUTE and term.arg is unknown
            if c >= 0 or not (entries or (largest is not None and number(largest) == 1)):
                continue
            rest = build.lin([pair for pair in split_terms(one.node) if pair[1] is not term], one.node.shape)
            if depends(rest, unknown):
                continue
            edge = build.scale(Fraction(-1) / Fraction(c), rest)
            edge = edge if edge.order == unknown.order else build.mul(edge, build.ones(unknown.shape))
            return [one._replace(node=node) for node in (build.sub(edge, unknown), build.add(edge, unknown))]
    return [one]


def _says_symmetric(one: Constraint, unknown: Var) -> bool:
    """Is the constraint X = X^T?"""
    if one.relation != "=" or unknown.order != 2 or one.node.shape != unknown.shape:
        return False
    difference = build.sub(unknown, build.transposed(unknown))
    return one.node is difference or one.node is build.scale(-1, difference)


def _symmetric(problem: Problem, equations: list[Node]) -> Outcome:
    """The symmetric matrices: a symmetric unknown takes the place of X."""
    unknown, objective = problem.unknowns[0], problem.objective
    assert objective is not None  # noqa: S101 # for the type checker
    even = Var(unknown.name, unknown.shape, unknown.role, "symmetric", 0, unknown.rows_columns)
    slope = differentiate(substitute(objective, {unknown: even}), even)
    both = build.lin([(Fraction(1, 2), slope), (Fraction(1, 2), build.transposed(slope))], slope.shape)
    found = systems.solved([both], [even])
    shape = curved(problem)
    wanted = {"min": CONVEX, "max": CONCAVE}.get(problem.sense)
    if found is None or shape is None or wanted not in {None, shape.curvature}:
        return Outcome("no closed form", equations, why="no rule takes the equations apart")
    value = found.solutions[0].whole[even]
    if not vanishes(build.sub(value, build.transposed(value))):
        return Outcome("undecided", equations, why="the solution is not seen to be symmetric")
    kind = {CONVEX: "minimum", CONCAVE: "maximum"}.get(shape.curvature, "stationary")
    solution = Solution({unknown: value}, {unknown: value})
    made = Outcome("solved", equations, [solution], found.conditions, kind, kind != "stationary", found.unique)
    made.rules = [*found.rules, f"{shape.curvature}: {shape.rule}"]
    return made


def _inactive(found: Outcome, inequalities: Sequence[Constraint]) -> list[Condition] | None:
    """What must hold for the solution without the inequalities to meet them anyway; None where that is not known."""
    conditions: list[Condition] = []
    for one in inequalities:
        proof = None
        if found.status == "solved" and one.relation == ">=":
            proof = nonnegative(systems.placed(one.node, found.solutions[0]))
        if proof is None:
            return None
        conditions += sorted(proof, key=lambda one: one.nodes[0].digest)
    return conditions


def _active(problem: Problem, equalities: Sequence[Constraint], inequalities: Sequence[Constraint]) -> Outcome | None:
    """The optimum at which one affine inequality holds with equality, and its multiplier has the sign that it must."""
    for one in inequalities:
        if one.node.order or any(affine(one.node, unknown) is None for unknown in problem.unknowns):
            continue
        edge = [*equalities, one._replace(relation="=")]
        found = _kkt(problem, edge)
        if found.status != "solved" or not found.everywhere or problem.sense not in _KINDS:
            continue
        total, multipliers = lagrangian(problem, edge)
        all_of = systems.solved(
            [*gradients(problem, total), *[each.node for each in edge]], [*problem.unknowns, *multipliers]
        )
        if all_of is None:
            continue
        price = build.scale(-1 if problem.sense == "min" else 1, all_of.solutions[0].whole[multipliers[-1]])
        proof = nonnegative(price)
        idle = _inactive(found, [other for other in inequalities if other is not one])
        if proof is not None and idle is not None:
            found.conditions = list(dict.fromkeys([*found.conditions, *sorted(proof, key=str), *idle]))
            found.rules.append("the inequality holds with equality, and its multiplier has the right sign")
            return found
    return None


def _without_rule(problem: Problem, equations: list[Node], inequalities: Sequence[Constraint]) -> Outcome:
    shape = curved(problem)
    why = "the constraints are inequalities, and no projection is known" if inequalities else "no rule takes them apart"
    straight = shape is not None and shape.curvature in {AFFINE, CONSTANT}
    if straight and not inequalities and all(_is_affine(one, problem.unknowns) for one in problem.constraints):
        why = "a linear objective under equations is unbounded, or constant where they hold"
    return Outcome("no closed form", equations, why=why)


def _is_affine(one: Constraint, unknowns: Sequence[Var]) -> bool:
    slopes = [expanded(differentiate(one.node, unknown)) for unknown in unknowns if depends(one.node, unknown)]
    return not any(depends(slope, unknown) for slope in slopes for unknown in unknowns)


# -- minimisers with names ---------------------------------------------------------------------------------------------


def _named(
    problem: Problem, gradient: Node, equalities: Sequence[Constraint], inequalities: Sequence[Constraint]
) -> Outcome | None:
    """The optimum of one unknown by the rules of projections and of eigenproblems."""
    unknown = problem.unknowns[0]
    assert problem.objective is not None  # noqa: S101 # for the type checker
    senses = {"min": ("min",), "max": ("max",)}.get(problem.sense, ("min", "max"))
    if len(equalities) == 1 and not inequalities:
        results = [_under_norm(problem.objective, gradient, unknown, equalities[0], which) for which in senses]
        results = [one for one in results if one is not None]
        if results:
            return _told(problem, [one for one in results if one is not None], unknown, [gradient])
    if problem.sense == "stationary" or not inequalities:
        return None
    if equalities:
        slope = build.scale(1 if problem.sense == "min" else -1, gradient)
        straight = not depends(expanded(gradient), unknown)
        vertex = linear_over.over_unit_sum(slope, unknown, equalities, inequalities) if straight else None
        return None if vertex is None else _told(problem, [vertex], unknown, [gradient])
    return _inequalities(problem, gradient, unknown, inequalities)


def _under_norm(objective: Node, gradient: Node, unknown: Var, one: Constraint, which: str) -> Found | None:
    on_plane = spectral_forms.on_plane(objective, unknown, one, which)
    if on_plane is not None:
        return on_plane
    objective = reduced.increasing(objective)
    weight = reduced.weighted_orthogonality(one, unknown)
    if weight is not None:
        return reduced.in_plain_norm(objective, unknown, weight, which)
    if forms.orthogonality(one, unknown):
        return spectral_forms.eigenvectors(objective, unknown, which) or spectral_forms.polar(objective, unknown, which)
    if one.node.order:
        return None
    straight = gradient if which == "min" else build.scale(-1, gradient)
    if not depends(expanded(gradient), unknown):
        return projections.over_ball(straight, unknown, one)
    found = spectral_forms.eigenvector(objective, unknown, one, which)
    if found is not None:
        return found
    form = forms.quadratic(build.scale(1 if which == "min" else -1, objective), unknown)
    return projections.on_sphere(form, unknown, one) if form is not None else None


def _inequalities(problem: Problem, gradient: Node, unknown: Var, inequalities: Sequence[Constraint]) -> Outcome | None:
    assert problem.objective is not None  # noqa: S101 # for the type checker
    turn = 1 if problem.sense == "min" else -1
    objective = build.scale(turn, problem.objective)
    if not depends(expanded(gradient), unknown):
        slope = build.scale(turn, gradient)
        found = projections.linear_in_box(slope, unknown, inequalities)
        if len(inequalities) == 1:
            one = inequalities[0]
            found = projections.over_ball(slope, unknown, one) or linear_over.over_norm_ball(slope, unknown, one)
        return None if found is None else _told(problem, [found], unknown, [gradient])
    kinks = kinked(objective, unknown)
    form = forms.quadratic(kinks.smooth, unknown) if kinks is not None else None
    if kinks is None or form is None:
        return None
    found = projections.projected(form, unknown, inequalities, kinks)
    return None if found is None else _told(problem, [found], unknown, [gradient])


def _told(problem: Problem, results: Sequence[Found], unknown: Var, equations: list[Node]) -> Outcome:
    """The outcome of optima that a theorem names."""
    solutions = [Solution({unknown: one.value}, {unknown: one.value}) for one in results]
    kind = {"min": "minimum", "max": "maximum"}.get(problem.sense, "stationary")
    conditions = list(dict.fromkeys([condition for one in results for condition in one.conditions]))
    notes = []
    if kind == "stationary" and len(results) > 1:
        notes.append(
            "the first is the minimum, the last the maximum; the eigenvectors between them are stationary, too"
        )
    unique = len(results) == 1 and results[0].unique
    rules = list(dict.fromkeys([one.rule for one in results]))
    status = "solved" if all(one.level is None for one in results) else "conditional"
    made = Outcome(
        status, equations, solutions, conditions, kind, kind != "stationary", unique, rules=rules, notes=notes
    )
    made.level = results[0].level
    return made


# -- affine equations --------------------------------------------------------------------------------------------------


def lagrangian(problem: Problem, equalities: Sequence[Constraint]) -> tuple[Node, list[Var]]:
    """The objective and each constraint times its multiplier."""
    taken = set(problem.typed.symbols)
    total, multipliers = problem.objective, []
    assert total is not None  # noqa: S101 # for the type checker
    for one in equalities:
        name = fresh_name(_MULTIPLIERS, taken)
        taken.add(name)
        var = multiplier(name, one.node)
        multipliers.append(var)
        total = build.add(total, paired(var, one.node))
    return total, multipliers


def _kkt(problem: Problem, equalities: Sequence[Constraint]) -> Outcome:
    """Affine equations: stationary points of the Lagrangian."""
    total, multipliers = lagrangian(problem, equalities)
    equations = [*gradients(problem, total), *[one.node for one in equalities]]
    found = systems.solved(equations, [*problem.unknowns, *multipliers])
    if found is None:
        return Outcome("no closed form", equations, why="no rule takes the equations apart")
    shape = curved(problem)
    kind, everywhere, rules, conditions = "stationary", False, list(found.rules), list(found.conditions)
    wanted = {"min": CONVEX, "max": CONCAVE}.get(problem.sense)
    if shape is not None and shape.curvature in {CONVEX, CONCAVE} and wanted in {None, shape.curvature}:
        kind, everywhere = {CONVEX: "minimum", CONCAVE: "maximum"}[shape.curvature], True
        conditions += sorted(shape.assumptions, key=lambda one: one.nodes[0].digest)
        rules.append(f"{shape.curvature}: {shape.rule}; affine constraints")
    elif shape is not None and shape.curvature in {AFFINE, CONSTANT} and found.unique and problem.sense in _KINDS:
        kind, everywhere = _KINDS[problem.sense], True  # one point is feasible
    elif wanted is not None:
        return Outcome("not convex", equations, why="a stationary point is not known to be the optimum")
    solutions = [
        Solution(
            {unknown: one.shown[unknown] for unknown in problem.unknowns},
            {unknown: one.whole[unknown] for unknown in problem.unknowns},
        )
        for one in found.solutions
    ]
    conditions = list(dict.fromkeys(conditions))
    return Outcome("solved", equations, solutions, conditions, kind, everywhere, found.unique, rules=rules)


def projection(problem: Problem, distance: Node, unknown: Var, equalities: Sequence[Constraint]) -> Node | None:
    """The point next to another one at which affine equations hold; None where no rule says it."""
    other = replace(problem, objective=distance, sense="min")
    found = _kkt(other, equalities)
    return found.solutions[0].whole[unknown] if found.solutions else None
