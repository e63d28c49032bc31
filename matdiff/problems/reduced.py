"""Optima with one unknown after another: the optimum in one unknown, put in, leaves a problem in the others.

Also the change of variables by which norms become plain: X = S^(-1/2) V where X^T S X = I, and quotients that don't
change with the scale of X, of which one representative is sought under a norm.
"""

from __future__ import annotations

from dataclasses import replace
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.simplify import expanded
from matdiff.errors import CalculusError
from matdiff.functions import names as fn
from matdiff.graph import build, matrices
from matdiff.graph.nodes import Ein, Lin, Op, Power, Var, number, walk
from matdiff.graph.sums import depends, substitute
from matdiff.problems import forms, solving, spectral_forms
from matdiff.problems.affine import affine, subproduct
from matdiff.problems.definiteness import PROVED, nonnegative, positive_definite
from matdiff.problems.outcome import Outcome, Solution
from matdiff.problems.proving import put, vanishes

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.calculus.variables import Variable
    from matdiff.graph.nodes import Node
    from matdiff.problems.linear import Found
    from matdiff.problems.problem import Constraint, Problem

_HALF = Fraction(1, 2)


def one_by_one(problem: Problem, solve: Callable[[Problem], Outcome]) -> Outcome | None:
    """One unknown solved for, the others held fixed, and put in; then what is left.  None where that leads nowhere."""
    if len(problem.unknowns) < 2 or problem.objective is None or problem.sense not in {"min", "max"}:
        return None
    for variable in reversed(problem.variables):
        mine = [one for one in problem.constraints if depends(one.node, variable.var)]
        others = [other for other in problem.variables if other is not variable]
        if any(depends(one.node, other.var) for one in mine for other in others):
            continue
        first = replace(problem, variables=(variable,), constraints=mine, notes=[])
        rest = [one for one in problem.constraints if one not in mine]
        second = replace(problem, variables=tuple(others), constraints=rest, notes=[])
        try:
            found = _parted(first, second, solve)
        except CalculusError:  # what is left has no derivative that is known
            continue
        if found is not None:
            return _both(problem, variable.var, *found)
    return None


def eliminated(problem: Problem, solve: Callable[[Problem], Outcome]) -> Outcome | None:
    """An affine equation solved for a number, or for what it has as itself, which is put in; None where that leads
    nowhere.
    """
    equations = [one for one in problem.constraints if one.relation == "="]
    if len(problem.unknowns) < 2 or len(equations) != 1:
        return None
    for variable in reversed(problem.variables):
        found = _without(problem, variable, equations[0], solve) if _isolated(equations[0].node, variable.var) else None
        if found is not None:
            return found
    return None


def _isolated(node: Node, unknown: Var) -> bool:
    """Does the equation tell the unknown without an inverse?"""
    form = affine(node, unknown) if node.order == unknown.order else None
    if form is None or not unknown.order:
        return form is not None
    scale = forms.isotropic(form, unknown) if node.shape == unknown.shape else None
    return scale is not None and number(scale) not in {None, 0}


def _without(
    problem: Problem, variable: Variable, one: Constraint, solve: Callable[[Problem], Outcome]
) -> Outcome | None:
    """The optimum by one number less, which the equation tells."""
    unknown = variable.var
    found = solving.solved(one.node, unknown)
    if len(found) != 1 or problem.objective is None:
        return None
    put_in: dict[Node, Node] = {unknown: found[0].value}
    values = {unknown: found[0].value}
    others = tuple([other for other in problem.variables if other is not variable])
    placed = [each._replace(node=substitute(each.node, put_in)) for each in problem.constraints if each is not one]
    objective = expanded(substitute(problem.objective, put_in))
    outer = solve(replace(problem, variables=others, constraints=placed, objective=objective, notes=[]))
    if outer.status != "solved" or not outer.everywhere:
        return None
    inner = Outcome("solved", [one.node], [Solution(values, values)], list(found[0].conditions))
    inner.unique, inner.rules = True, [found[0].rule]
    return _both(problem, unknown, inner, outer)


def _parted(first: Problem, second: Problem, solve: Callable[[Problem], Outcome]) -> tuple[Outcome, Outcome] | None:
    """The first problem solved, and the second with that put in."""
    inner = solve(first)
    if inner.status != "solved" or not inner.everywhere or first.objective is None:
        return None
    unknown = first.unknowns[0]
    left = _plain(substitute(first.objective, {unknown: inner.solutions[0].whole[unknown]}))
    outer = solve(replace(second, objective=left))
    return (inner, outer) if outer.status == "solved" and outer.everywhere else None


def _plain(node: Node) -> Node:
    """What is left with its products multiplied out, where that is no longer a product of sums."""
    again = expanded(node)
    return again if len(again.terms if isinstance(again, Lin) else (again,)) <= 12 else node  # a few terms


def _both(problem: Problem, unknown: Var, inner: Outcome, outer: Outcome) -> Outcome:
    """The two solutions as one: the unknown that went first may be told by those that are listed before it."""
    rest = outer.solutions[0].whole
    squares: dict[Node, Node] = {
        build.ein([(var, (0, 1)), (var, (0, 2))], (1, 2)): build.eye(var.shape[1])
        for var in rest
        if var.order > 1 and spectral_forms.ORTHONORMAL & set(outer.rules)
    }
    told = substitute(inner.solutions[0].whole[unknown], squares)
    for var in [
        square_var for square_var in rest if squares and square_var.order > 1 and len(set(square_var.shape)) == 1
    ]:
        free = Var(f"{var.name}(free)", var.shape, var.role, "orthogonal", 0, var.rows_columns)
        told = substitute(expanded(substitute(told, {var: free})), {free: var})
    whole = {unknown: put(told, rest), **rest}
    names = list(problem.unknowns)
    later = [other for other in names[names.index(unknown) :] if other is not unknown and depends(told, other)]
    shown = {**outer.solutions[0].shown, unknown: whole[unknown] if later else told}
    solution = Solution({var: shown[var] for var in names}, {var: whole[var] for var in names})
    open_ones = [one for one in inner.conditions if not any(node in squares for node in one.nodes)]
    conditions = [one._replace(nodes=tuple([put(node, rest) for node in one.nodes])) for one in open_ones]
    made = Outcome(
        "solved",
        [*inner.equations, *outer.equations],
        [solution],
        list(dict.fromkeys([*outer.conditions, *conditions])),
    )
    made.kind, made.everywhere = outer.kind, True
    made.unique = inner.unique and outer.unique
    made.rules = [f"the best {unknown.name} for given others is put in", *inner.rules, *outer.rules]
    made.smooth = inner.smooth and outer.smooth
    return made


# -- norms made plain ---------------------------------------------------------------------------------------------


def weighted_orthogonality(one: Constraint, unknown: Var) -> Node | None:
    """The S of a constraint X^T S X = I."""
    if one.relation != "=" or unknown.order != 2 or one.node.order != 2 or not isinstance(one.node, Lin):
        return None
    for sign in (1, -1):
        square = build.add(build.scale(sign, one.node), build.eye(one.node.shape[0]))
        weight = _weight(square, unknown)
        if weight is not None and positive_definite(weight) is not None:
            return weight
    return None


def _weight(square: Node, unknown: Var) -> Node | None:
    """The S of X^T S X."""
    if not isinstance(square, Ein) or len(square.out) != 2:
        return None
    ends = [slots for factor, slots in square.factors if factor is unknown]
    rest = [pair for pair in square.factors if pair[0] is not unknown]
    if len(ends) != 2 or not rest or {ends[0][1], ends[1][1]} != set(square.out) or ends[0][0] == ends[1][0]:
        return None
    return subproduct(square, rest, (ends[0][0], ends[1][0]))


def in_plain_norm(objective: Node, unknown: Var, weight: Node, which: str) -> Found | None:
    """The optimum under X^T S X = I: X = S^(-1/2) V with V^T V = I."""
    root = matrices.inv(Op(fn.SQRTM, (weight,), weight.shape))
    turned = Var(f"{unknown.name}(turned)", unknown.shape, rows_columns=unknown.rows_columns)
    moved = build.ein([(root, (0, 1)), (turned, (1, 2))], (0, 2))
    inside = substitute(objective, {unknown: moved})
    found = spectral_forms.eigenvectors(inside, turned, which) or spectral_forms.polar(inside, turned, which)
    if found is None:
        return None
    return found._replace(value=build.ein([(root, (0, 1)), (found.value, (1, 2))], (0, 2)))


def trace_quotient(objective: Node, unknown: Var, which: str) -> Found | None:
    """tr((X^T S X)^-1 X^T B X) and what else doesn't change with X M: the X with X^T S X = I serves for all."""
    if unknown.order != 2:
        return None
    inverses = [
        node for node in walk(objective) if isinstance(node, Op) and node.name == fn.INVERSE and depends(node, unknown)
    ]
    if len(inverses) != 1:
        return None
    square = build.split(inverses[0].args[0])[1]
    plain = _plain_square(square, unknown)
    weight = None if plain else _weight(square, unknown)
    if (weight is None or positive_definite(weight) is None) and not plain:
        return None
    k = unknown.shape[1]
    mixing = Var(f"{unknown.name}(mixing)", (k, k), rows_columns=(k, k))
    mixed = build.ein([(unknown, (0, 1)), (mixing, (1, 2))], (0, 2))
    if not vanishes(build.sub(substitute(objective, {unknown: mixed}), objective)):
        return None
    c = build.split(inverses[0].args[0])[0]
    inside = expanded(substitute(objective, {inverses[0]: build.scale(Fraction(1) / Fraction(c), build.eye(k))}))
    if weight is None:
        return spectral_forms.eigenvectors(inside, unknown, which)
    return in_plain_norm(inside, unknown, weight, which)


def _plain_square(square: Node, unknown: Var) -> bool:
    return square is build.ein([(unknown, (0, 1)), (unknown, (0, 2))], (1, 2))


def increasing(objective: Node) -> Node:
    """The u of a root of u, or of its powers, where u is not negative: both have their optima at the same points."""
    c, inside = build.split(objective)
    if not isinstance(inside, Power) or inside.order or (number(inside.exponent) or 0) <= 0:
        return objective
    return build.scale(c, inside.base) if nonnegative(inside.base) == PROVED else objective
