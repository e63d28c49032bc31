"""Problems with constraints: multipliers for affine equations, and the constraints whose solution is known by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matdiff.graph import build
from matdiff.problems import systems
from matdiff.problems.affine import affine
from matdiff.problems.curvature import CONCAVE, CONVEX
from matdiff.problems.outcome import Outcome, Solution
from matdiff.problems.stationarity import curved, fresh_name, gradients, multiplier, paired

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node, Var
    from matdiff.problems.problem import Constraint, Problem

_MULTIPLIERS = ("nu", "mu", "eta", "kappa")


def constrained(problem: Problem) -> Outcome:
    """The end of a problem with constraints."""
    equalities = [one for one in problem.constraints if one.relation == "="]
    if len(equalities) == len(problem.constraints):
        return _kkt(problem, equalities)
    return Outcome("no closed form", gradients(problem, problem.objective), why="the constraints are inequalities")  # type: ignore[arg-type] # there is one


def lagrangian(problem: Problem, equalities: list[Constraint]) -> tuple[Node, list[Var]]:
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


def _kkt(problem: Problem, equalities: list[Constraint]) -> Outcome:
    """Affine equations: stationary points of the Lagrangian."""
    total, multipliers = lagrangian(problem, equalities)
    equations = [*gradients(problem, total), *[one.node for one in equalities]]
    found = systems.solved(equations, [*problem.unknowns, *multipliers])
    if found is None:
        return Outcome("no closed form", equations, why="no rule takes the equations apart")
    shape = curved(problem)
    straight = all(affine(one.node, unknown) is not None for one in equalities for unknown in problem.unknowns)
    kind, everywhere, rules, conditions = "stationary", False, list(found.rules), list(found.conditions)
    wanted = {"min": CONVEX, "max": CONCAVE}.get(problem.sense)
    if shape is not None and straight and shape.curvature in {CONVEX, CONCAVE} and wanted in {None, shape.curvature}:
        kind, everywhere = {CONVEX: "minimum", CONCAVE: "maximum"}[shape.curvature], True
        conditions += sorted(shape.assumptions, key=lambda one: one.nodes[0].digest)
        rules.append(f"{shape.curvature}: {shape.rule}; affine constraints")
    solutions = [
        Solution(
            {unknown: one.shown[unknown] for unknown in problem.unknowns},
            {unknown: one.whole[unknown] for unknown in problem.unknowns},
        )
        for one in found.solutions
    ]
    conditions = list(dict.fromkeys(conditions))
    return Outcome("solved", equations, solutions, conditions, kind, everywhere, found.unique, rules=rules)
