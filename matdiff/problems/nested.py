"""Optima that joint convexity doesn't prove: convex in one unknown after another, or in an unknown's inverse.

The likelihood of a Gaussian is concave in the mean for every covariance, and at the best mean concave in the precision
S^-1 (Boyd and Vandenberghe, Convex Optimization, section 7.1.1).  A minimum over one unknown for every value of the
others, put in, leaves a function of the others; a one-to-one change of an unknown changes no optimum.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.simplify import expanded
from matdiff.errors import CalculusError
from matdiff.functions import names as fn
from matdiff.graph import build, elementwise, matrices, powers
from matdiff.graph.nodes import Ein, Map, Op, Var, walk
from matdiff.graph.sums import depends, substitute
from matdiff.problems import solving
from matdiff.problems.curvature import CONCAVE, CONVEX, curvature
from matdiff.problems.definiteness import PROVED, definite, nonnegative

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node
    from matdiff.problems.curvature import Shape
    from matdiff.problems.definiteness import Proof
    from matdiff.problems.outcome import Solution
    from matdiff.problems.problem import Problem


class Proved(NamedTuple):
    """That the stationary point is the optimum, what it rests on, and the rules that say so."""

    curvature: str
    assumptions: Proof
    rules: tuple[str, ...]


def proof(problem: Problem, solution: Solution) -> Proved | None:
    """Why the only stationary point is the only optimum; None where no rule says it."""
    assert problem.objective is not None  # noqa: S101 # an optimum has one
    if any(one.structure == "spd" and _negative_definite(solution.whole[one]) for one in problem.unknowns):
        return None  # a stationary point that no positive definite matrix is
    wanted = {"min": (CONVEX,), "max": (CONCAVE,)}.get(problem.sense, (CONVEX, CONCAVE))
    try:
        found = [_after_another(problem.objective, list(problem.unknowns), one) for one in wanted]
    except CalculusError:  # what is left has no derivative that is known
        return None
    known = next((one for one in found if one is not None), None)
    guessed = known is not None and any("semidefinite" in one.text for one in known.assumptions)
    return None if guessed and problem.sense == "stationary" else known


def _after_another(objective: Node, unknowns: list[Var], wanted: str) -> Proved | None:
    """Convex (or concave) in one of the unknowns, and what is left at its optimum in the others."""
    for unknown in unknowns:
        here = _proved_in(objective, unknown, unknowns, wanted)
        others = [other for other in unknowns if other is not unknown]
        if here is None or not others:
            if here is not None:
                return here
            continue
        best = solving.solved(differentiate(objective, unknown), unknown)
        if len(best) != 1 or not best[0].unique:
            continue
        rest = _after_another(substitute(objective, {unknown: best[0].value}), others, wanted)
        if rest is not None:
            return Proved(wanted, here.assumptions | rest.assumptions, (*here.rules, *rest.rules))
    return None


def _proved_in(objective: Node, unknown: Var, unknowns: list[Var], wanted: str) -> Proved | None:
    """That the objective curves as wanted in one unknown, on assumptions that no other unknown is in."""
    shape, rule = _in_one(objective, unknown)
    if shape is None or shape.curvature != wanted:
        return None
    positive = [one for one in unknowns if not one.order and positive_by_domain(objective, one)]
    assumptions = frozenset([one for one in shape.assumptions if one.nodes[0] not in positive])
    return None if _rests_on(assumptions, unknowns) else Proved(wanted, assumptions, (rule,))


def _rests_on(assumptions: Proof, unknowns: list[Var]) -> bool:
    return any(depends(node, unknown) for one in assumptions for node in one.nodes for unknown in unknowns)


def _in_one(objective: Node, unknown: Var) -> tuple[Shape | None, str]:
    """How the objective curves in one unknown, or in its inverse, and the rule as a text."""
    shape = curvature(objective, [unknown])
    if shape is not None and shape.curvature in {CONVEX, CONCAVE}:
        return shape, f"{shape.curvature} in {unknown.name}: {shape.rule}"
    turned = _in_inverse(objective, unknown)
    shape = None if turned is None else curvature(turned[0], [turned[1]])
    if shape is None:
        return None, ""
    return shape, f"{shape.curvature} in {unknown.name}^-1: {shape.rule}"


def _in_inverse(objective: Node, unknown: Var) -> tuple[Node, Var] | None:
    """The objective as a function of the inverse of a positive number or of a positive definite matrix."""
    inverse = Var(f"{unknown.name}(inverse)", unknown.shape, unknown.role, unknown.structure, 0, unknown.rows_columns)
    if unknown.order == 2 and unknown.structure == "spd":
        changes = _of_matrix(objective, unknown, inverse)
    elif unknown.order == 0 and positive_by_domain(objective, unknown):
        changes = _of_number(objective, unknown, inverse)
    else:
        return None
    for form in (objective, expanded(objective)):
        made = substitute(form, changes)
        if not depends(made, unknown) and curvature(made, [inverse]) is not None:
            return made, inverse
    return None


def _of_matrix(objective: Node, unknown: Var, inverse: Var) -> dict[Node, Node]:
    """S^-1 as T, and logdet(S) as -logdet(T)."""
    changes: dict[Node, Node] = {matrices.inv(unknown): inverse}
    for node in walk(objective):
        if isinstance(node, Op) and node.name == fn.LOGDET and node.args[0] is unknown:
            changes[node] = build.scale(-1, matrices.scalar_of_matrix(fn.LOGDET, inverse))
    return changes


def _of_number(objective: Node, unknown: Var, inverse: Var) -> dict[Node, Node]:
    """1/s as t, and log(c s) as log(c) - log(t)."""
    changes: dict[Node, Node] = {unknown: powers.power(inverse, build.num(-1))}
    for node in walk(objective, expanded(objective)):
        if isinstance(node, Map) and node.function == fn.LOG and _positive_multiple(node.arg, unknown):
            rest = substitute(node.arg, {unknown: build.num(1)})
            changes[node] = build.sub(elementwise.apply(fn.LOG, rest), elementwise.apply(fn.LOG, inverse))
    return changes


def positive_by_domain(objective: Node, unknown: Var) -> bool:
    """Does a logarithm of the unknown itself say that it is positive?"""
    return any(
        isinstance(node, Map) and node.function == fn.LOG and _positive_multiple(node.arg, unknown)
        for node in walk(objective)
    )


def _positive_multiple(node: Node, unknown: Var) -> bool:
    """Is it the unknown, or a positive number times it?"""
    c, inside = build.split(node)
    if inside is unknown:
        return c > 0
    if c < 0 or not isinstance(inside, Ein) or any(slots for _, slots in inside.factors):
        return False
    rest = [factor for factor, _ in inside.factors if factor is not unknown]
    return len(rest) == len(inside.factors) - 1 and all(_positive(factor) for factor in rest)


def _positive(factor: Node) -> bool:
    """A constant such as pi, a size, or what is never negative."""
    return (isinstance(factor, Var) and factor.role in {"number", "size"}) or nonnegative(factor) == PROVED


def inside_domain(problem: Problem, solutions: list[Solution]) -> list[Solution]:
    """The solutions without those that are negative where a logarithm wants a positive number."""
    assert problem.objective is not None  # noqa: S101 # as above
    objective = problem.objective
    sought = [one for one in problem.unknowns if not one.order and positive_by_domain(objective, one)]
    return [one for one in solutions if not any(_negative(one.whole[unknown]) for unknown in sought)]


def _negative_definite(value: Node) -> bool:
    c, inside = build.split(value)
    return c < 0 and definite(inside) is not None


def _negative(value: Node) -> bool:
    c, inside = build.split(value)
    return c < 0 and nonnegative(inside) == PROVED
