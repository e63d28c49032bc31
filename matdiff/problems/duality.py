"""Why a problem and its dual have the same optimum: convexity with affine constraints, Slater's condition, the S-lemma.

Boyd and Vandenberghe, Convex Optimization, sections 5.2.3 and appendix B.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.graph import build
from matdiff.problems import forms
from matdiff.problems.curvature import AFFINE, CONCAVE, CONSTANT, CONVEX, curvature

if TYPE_CHECKING:
    from matdiff.problems.problem import Problem


def _one_quadratic(problem: Problem) -> str:
    """The S-lemma: a quadratic objective under one quadratic constraint needs no convexity."""
    if len(problem.unknowns) != 1 or len(problem.constraints) != 1 or problem.objective is None:
        return ""
    unknown, one = problem.unknowns[0], problem.constraints[0]
    quadratic = [forms.quadratic(node, unknown) for node in (problem.objective, one.node)]
    if one.node.order or any(form is None for form in quadratic):
        return ""
    return "one quadratic constraint (S-lemma), if a point meets it strictly"


def strong(problem: Problem, turn: int) -> str:
    """Why the optima are the same."""
    assert problem.objective is not None  # noqa: S101 # for the type checker
    shape = curvature(build.scale(turn, problem.objective), problem.unknowns)
    assumed = shape is not None and any("semidefinite" in one.text for one in shape.assumptions)
    if shape is None or assumed or shape.curvature not in {CONVEX, AFFINE, CONSTANT}:
        return _one_quadratic(problem)
    curvatures = [curvature(one.node, problem.unknowns) for one in problem.constraints]
    if any(one is None for one in curvatures):
        return ""
    straight = all(one is not None and one.curvature in {AFFINE, CONSTANT} for one in curvatures)
    if straight and all(one.relation != ">>" for one in problem.constraints):
        return "convex, affine constraints" if problem.constraints else "convex"
    fine = all(
        one is not None and (one.curvature in {AFFINE, CONSTANT} or (one.curvature == CONCAVE and c.relation != "="))
        for one, c in zip(curvatures, problem.constraints, strict=True)
    )
    return "convex, if a point meets the inequalities strictly (Slater)" if fine else ""
