"""The other customary forms of a solution, for the notes: the Gram form of ridge regression, and all solutions of a
least squares problem whose matrix has no full rank.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import names as fn
from matdiff.graph import build, matrices
from matdiff.graph.nodes import Ein, Op
from matdiff.graph.sums import depends
from matdiff.problems import linear, squares
from matdiff.problems.affine import affine, multiple_of_identity
from matdiff.problems.linear import Condition
from matdiff.problems.proving import vanishes
from matdiff.problems.terms import split_terms

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node, Var
    from matdiff.problems.problem import Problem

_ALL = "where {0} is not invertible: {1} + (I - {2}) z with any z; the least norm has {1}"
_GRAM = "in Gram form: {0}"


def other_forms(problem: Problem, value: Node) -> list[Condition]:
    """Notes on the solution `value` of a problem without constraints in one vector or matrix."""
    unknown, objective = problem.unknowns[0], problem.objective
    if objective is None or len(problem.unknowns) > 1 or problem.constraints or unknown.order == 0 or unknown.structure:
        return []
    terms = [(c, term) for c, term in split_terms(objective) if depends(term, unknown)]
    found = [_square(c, term, unknown) for c, term in terms]
    squared = [one for one in found if one is not None]
    if len(squared) < len(found):
        return []
    if len(squared) == 1:
        return _all_of_them(squared[0][1], unknown)
    if len(squared) == 2:  # a residual and a penalty
        return _gram(squared, unknown, value)
    return []


def _square(c: object, term: Node, unknown: Var) -> tuple[Node, Node] | None:
    """The s and r of a term s ||r||^2."""
    assert isinstance(c, int | Fraction)  # noqa: S101 # for the type checker
    made = squares.residual(term, [unknown])
    if made is None:
        return None
    residual = made[0]
    slots = tuple(range(residual.order))
    plain = build.ein([(residual, slots), (residual, slots)], ())
    scalars = [factor for factor, at in term.factors if not at and factor is not plain] if isinstance(term, Ein) else []
    scale = build.mul(*scalars, build.num(1))
    return (build.scale(c, scale), residual) if build.mul(scale, plain) is term else None


def _left(residual: Node, unknown: Var) -> tuple[Node, Node] | None:
    """The A and b of a residual A x - b, or A X - B."""
    form = affine(residual, unknown)
    if form is None or residual.order != unknown.order:
        return None
    if unknown.order == 1:
        return form.matrix, build.scale(-1, form.constant)
    if form.sides is None or len(form.sides) != 1 or form.sides[0].turned:
        return None
    side = form.sides[0]
    plain = multiple_of_identity(side.right)
    return None if plain is None else (build.mul(plain, side.left), build.scale(-1, form.constant))


def _all_of_them(residual: Node, unknown: Var) -> list[Condition]:
    made = _left(residual, unknown)
    if made is None or multiple_of_identity(made[0]) is not None or isinstance(made[0].shape[0], int):
        return []
    c, matrix = build.split(made[0])
    inverted = Op(fn.PSEUDOINVERSE, (matrix,), matrix.shape[::-1])
    goal = build.scale(Fraction(1) / Fraction(c), made[1])
    gram = build.ein([(matrix, (0, 1)), (matrix, (0, 2))], (1, 2))
    return [Condition(_ALL, (gram, linear.product(inverted, goal), linear.product(inverted, matrix)))]


def _gram(squared: list[tuple[Node, Node]], unknown: Var, value: Node) -> list[Condition]:
    """S ||A x - b||^2 + m ||x||^2: A^T (A A^T + m/s I)^-1 b, where A is no multiple of I."""
    penalties = [pair for pair in squared if pair[1] is unknown]
    fits = [pair for pair in squared if pair[1] is not unknown]
    made = _left(fits[0][1], unknown) if len(fits) == 1 and len(penalties) == 1 else None
    if made is None or multiple_of_identity(made[0]) is not None:
        return []
    matrix, goal = made
    square = build.ein([(matrix, (0, 1)), (matrix, (2, 1))], (0, 2))
    weight = build.mul(penalties[0][0], build.reciprocal(fits[0][0]))
    inside = matrices.inv(build.add(square, build.mul(weight, build.eye(square.shape[0]))))
    other = linear.product(build.transposed(matrix), linear.product(inside, goal))
    return [Condition(_GRAM, (other,))] if vanishes(build.sub(other, value)) else []
