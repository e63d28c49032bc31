"""`solve`: where the derivative is zero, under constraints, or the unknown of an equation."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.simplify import expanded
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.nodes import Ein, Map, Power, Var, number
from matdiff.graph.sums import depends, substitute
from matdiff.problems import (
    barriers,
    constants,
    customary,
    forms,
    least_norm,
    levels,
    nested,
    projections,
    reduced,
    riccati,
    spectral_forms,
    structures,
    systems,
    vanishing,
)
from matdiff.problems.affine import affine
from matdiff.problems.constraints import constrained
from matdiff.problems.curvature import AFFINE, CONCAVE, CONSTANT, CONVEX
from matdiff.problems.definiteness import nonnegative
from matdiff.problems.outcome import Outcome, Solution
from matdiff.problems.proving import vanishes
from matdiff.problems.stationarity import curved, gradients, kind_of
from matdiff.problems.terms import kinked

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node
    from matdiff.problems.curvature import Shape
    from matdiff.problems.linear import Condition, Found
    from matdiff.problems.problem import Problem


def solve(problem: Problem) -> Outcome:
    """The end of the question: a solution that was put back, or the reason why there is none."""
    if problem.sense == "equation":
        return _as_matrices(structures.within(_equations(problem), equation=True))
    return _as_matrices(structures.within(_optimum(problem), equation=False))


def _optimum(problem: Problem) -> Outcome:
    """The end of a problem with an objective."""
    return constrained(problem, _optimum) if problem.constraints else _free(problem)


def _as_matrices(found: Outcome) -> Outcome:
    """A diagonal unknown, which is solved for its diagonal, as the matrix that it is."""
    for solution in found.solutions:
        for values in (solution.shown, solution.whole):
            for var, value in values.items():
                if var.structure == "diagonal" and value.order == 1:
                    values[var] = build.ein([(value, (0,))], (0, 0))
    return found


def _equations(problem: Problem) -> Outcome:
    equations = [constraint.node for constraint in problem.constraints]
    if all(_zero(equation) for equation in equations):
        return Outcome("every point", equations, why="the equation holds for every value")
    found = systems.solved(equations, problem.unknowns)
    if found is None and len(equations) == 1 and len(problem.unknowns) == 1:
        other = least_norm.equation(equations[0], problem.unknowns[0])
        if other is not None:
            unknown = problem.unknowns[0]
            solution = Solution({unknown: other.value}, {unknown: other.value})
            notes = ["a solution wherever there is one, of least norm; with an invertible matrix it is the only one"]
            return Outcome("solved", equations, [solution], list(other.conditions), rules=[other.rule], notes=notes)
    if found is None:
        if any(number(equation) not in {None, 0} for equation in equations) or _never(problem, equations):
            return Outcome("no solution", equations, why="the equation doesn't hold for any value")
        why = riccati.reason(equations[0], problem.unknowns[0])
        return Outcome("no closed form", equations, why=why)
    found = constants.real(found)
    if not found.solutions:
        return Outcome("no solution", equations, why="no real number solves it")
    return Outcome("solved", equations, found.solutions, found.conditions, "", False, found.unique, rules=found.rules)


def _zero(node: Node) -> bool:
    return build.is_zero(node) or vanishes(expanded(node))


def _never(problem: Problem, equations: list[Node]) -> bool:
    """Is there an equation without an unknown that does not vanish?"""
    return any(not any(depends(expanded(equation), unknown) for unknown in problem.unknowns) for equation in equations)


def _free(problem: Problem) -> Outcome:
    assert problem.objective is not None  # noqa: S101 # for the type checker
    equations = gradients(problem, problem.objective)
    shape = curved(problem)
    if all(_zero(equation) for equation in equations):
        return Outcome("every point", equations, kind="stationary", why="the derivative is zero everywhere")
    wrong_way = shape is not None and {"min": CONCAVE, "max": CONVEX}.get(problem.sense) == shape.curvature
    if wrong_way and shape is not None and not shape.assumptions:
        why = f"the objective is {shape.curvature} and not constant ({shape.rule})"
        return Outcome("unbounded", equations, why=why)
    if shape is not None and shape.curvature in {AFFINE, CONSTANT}:
        if problem.sense == "stationary":
            return Outcome("no stationary point", equations, why="the derivative doesn't depend on the unknown")
        return Outcome("unbounded", equations, why="the objective is affine and not constant")
    if any(_never_zero(equation) for equation in equations):
        status = "no stationary point" if problem.sense == "stationary" else "unbounded"
        return Outcome(status, equations, why="the derivative is zero nowhere")
    special = _special(problem, shape)
    if special is not None:
        return _told(problem, special, shape, equations)
    found = systems.solved(equations, problem.unknowns)
    if found is None:
        return reduced.one_by_one(problem, _optimum) or _no_solution(problem, equations)
    return _stationary(problem, constants.real(found), equations, shape)


def _stationary(problem: Problem, found: systems.Solved, equations: list[Node], shape: Shape | None) -> Outcome:
    """What is known of the points at which the derivative is zero."""
    if not found.solutions:
        status = "no stationary point" if problem.sense == "stationary" else "undecided"
        return Outcome(status, equations, why="no real number makes the derivative zero")
    kept = nested.inside_domain(problem, found.solutions)
    if kept and len(kept) < len(found.solutions):
        found = found._replace(solutions=kept, unique=len(kept) == 1)
    kind, everywhere = kind_of(problem, shape)
    if kind == "stationary":
        return _unproved(problem, found, equations)
    assert shape is not None  # noqa: S101 # a kind was told
    conditions = [*found.conditions, *sorted(shape.assumptions, key=lambda one: one.nodes[0].digest)]
    conditions = list(dict.fromkeys(conditions))
    rules = [*found.rules, f"{shape.curvature}: {shape.rule}"]
    if {"min": CONCAVE, "max": CONVEX}.get(problem.sense) == shape.curvature:
        return Outcome("unbounded", equations, why=f"the objective is {shape.curvature}")
    made = Outcome("solved", equations, found.solutions, conditions, kind, everywhere, found.unique, rules=rules)
    made.others = customary.other_forms(problem, found.solutions[0].whole[problem.unknowns[0]])
    return made


def _unproved(problem: Problem, found: systems.Solved, equations: list[Node]) -> Outcome:
    """Stationary points of an objective that is not jointly convex, and what is known of them."""
    proved = nested.proof(problem, found.solutions[0]) if found.unique and len(found.solutions) == 1 else None
    if proved is not None:
        more = sorted(proved.assumptions, key=lambda one: one.nodes[0].digest)
        conditions = list(dict.fromkeys([*found.conditions, *more]))
        kind = {CONVEX: "minimum", CONCAVE: "maximum"}[proved.curvature]
        rules = [*found.rules, *proved.rules]
        return Outcome("solved", equations, found.solutions, conditions, kind, True, found.unique, rules=rules)
    conditions = list(dict.fromkeys(found.conditions))
    if problem.sense in {"min", "max"}:
        return _seconded(problem, found, conditions, found.rules, equations)
    made = Outcome("solved", equations, found.solutions, conditions, "stationary", False, found.unique)
    made.rules = list(found.rules)
    made.others = customary.other_forms(problem, found.solutions[0].whole[problem.unknowns[0]])
    return made


def _seconded(
    problem: Problem, found: systems.Solved, conditions: list[Condition], rules: list[str], equations: list[Node]
) -> Outcome:
    """An optimum that convexity doesn't prove: of one number by the second derivative, at the only stationary point."""
    made = Outcome("solved", equations, found.solutions, conditions, "stationary", False, found.unique, rules=rules)
    unknown = problem.unknowns[0]
    if len(problem.unknowns) > 1 or unknown.order:
        return made
    if len(found.solutions) > 1:
        return Outcome("undecided", equations, why="there are several stationary points, and none is known to be best")
    slope = expanded(substitute(differentiate(equations[0], unknown), {unknown: found.solutions[0].whole[unknown]}))
    turn = 1 if problem.sense == "min" else -1
    if build.is_zero(slope) or nonnegative(build.scale(-turn, slope)) is not None:
        return Outcome("undecided", equations, why="the stationary point is no optimum of this kind")
    proof = nonnegative(build.scale(turn, slope))
    if proof is not None:
        made.kind, made.everywhere = {"min": "minimum", "max": "maximum"}[problem.sense], True
        made.conditions += [one for one in proof if one not in conditions]
        made.rules.append("the only stationary point, by the second derivative")
    return made


def _special(problem: Problem, shape: Shape | None) -> list[Found] | None:
    """Minimisers that are known by name: of norms with a kink, of quotients of quadratic forms."""
    if len(problem.unknowns) != 1 or problem.objective is None:
        return None
    unknown, objective = problem.unknowns[0], problem.objective
    level = levels.levelled(problem, (), ())
    if level is not None:
        return [level]
    turn = -1 if problem.sense == fn.MAX or (shape is not None and shape.curvature == CONCAVE) else 1
    root = barriers.barrier(build.scale(turn, objective), unknown)
    if root is not None:
        return [root]
    kinks = kinked(build.scale(turn, objective), unknown)
    zero = vanishing.vanishing(build.scale(turn, objective), unknown)
    if zero is not None:
        return [zero]
    if kinks is not None and kinks.any:
        form = forms.quadratic(kinks.smooth, unknown)
        found = projections.projected(form, unknown, (), kinks) if form is not None else None
        return [found] if found is not None else None
    senses = {"min": ("min",), "max": ("max",)}.get(problem.sense, ("min", "max"))
    results = [
        spectral_forms.quotient(objective, unknown, which) or reduced.trace_quotient(objective, unknown, which)
        for which in senses
    ]
    named = [one for one in results if one is not None]
    return named if len(named) == len(senses) else None


def _told(problem: Problem, results: list[Found], shape: Shape | None, equations: list[Node]) -> Outcome:
    """The outcome of optima that a theorem names."""
    unknown = problem.unknowns[0]
    solutions = [Solution({unknown: one.value}, {unknown: one.value}) for one in results]
    kind = {"min": "minimum", "max": "maximum"}.get(problem.sense, "stationary")
    if kind == "stationary" and shape is not None:
        kind, _ = kind_of(problem, shape)
    conditions = list(dict.fromkeys([condition for one in results for condition in one.conditions]))
    unique = len(results) == 1 and results[0].unique
    rules = list(dict.fromkeys([one.rule for one in results]))
    status = "solved" if all(one.level is None for one in results) else "conditional"
    made = Outcome(status, equations, solutions, conditions, kind, kind != "stationary", unique, rules=rules)
    made.level = results[0].level
    made.smooth = not any(one.rule in {projections.THRESHOLD, vanishing.VANISHING} for one in results)
    return made


def _no_solution(problem: Problem, equations: list[Node]) -> Outcome:
    """Why no rule found a solution."""
    for equation, unknown in zip(equations, problem.unknowns, strict=True):
        if not any(depends(expanded(equation), other) for other in problem.unknowns):
            return Outcome("no stationary point", equations, why="the derivative doesn't depend on the unknown")
        plain = affine(equation, unknown)
        if plain is not None and len(equations) == 1:
            least = least_norm.least_squares(problem, unknown)
            if least is not None and vanishes(least_norm.of_full_rank(substitute(equation, {unknown: least.value}))):
                return _least(problem, least, equations)
            return Outcome("singular", equations, why="the coefficient of the unknown has no inverse")
    return Outcome("no closed form", equations, why="no rule takes the equations apart")


def _least(problem: Problem, found: Found, equations: list[Node]) -> Outcome:
    """One of many minima, the one of least norm."""
    unknown = problem.unknowns[0]
    solution = Solution({unknown: found.value}, {unknown: found.value})
    notes = ["the solution of least norm; what the residual doesn't see may be added to it"]
    kind, everywhere = kind_of(problem, curved(problem))
    return Outcome(
        "solved",
        equations,
        [solution],
        list(found.conditions),
        kind,
        everywhere,
        False,
        rules=[found.rule],
        notes=notes,
    )


def _never_zero(equation: Node) -> bool:
    """Is a scalar equation a product of powers and exponentials, which is zero nowhere?"""
    if equation.order:
        return False
    _, inside = build.split(equation)
    factors = [factor for factor, _ in inside.factors] if isinstance(inside, Ein) else [inside]
    return all(
        (isinstance(factor, Power) and (number(factor.exponent) or 0) < 0)
        or (isinstance(factor, Map) and factor.function in {fn.EXP, fn.SIGMOID, fn.COSH})
        or (isinstance(factor, Var) and factor.role == "size")
        for factor in factors
    )
