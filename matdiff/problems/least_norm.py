"""Where an inverse never exists: the solution of least norm, by the pseudo-inverse (Penrose 1956)."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.nodes import Op
from matdiff.problems import linear
from matdiff.problems.affine import affine, is_identity
from matdiff.problems.linear import Condition, Found
from matdiff.problems.squares import residuals

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node, Var
    from matdiff.problems.problem import Problem


def least_squares(problem: Problem, unknown: Var) -> Found | None:
    """The x of least norm with B x = c, for an objective ||B x - c||^2 whose B^T B has no inverse."""
    found = residuals(problem)
    if found is None or len(found) != 1 or unknown.order != 1:
        return None
    residual = found[0]
    form = affine(residual, unknown)
    if form is None:
        return None
    if residual.order == 0:
        length = build.ein([(form.matrix, (0,)), (form.matrix, (0,))], ())
        value = build.mul(build.scale(-1, form.constant), build.reciprocal(length), form.matrix)
        return Found(value, linear.nonzero(length), "the least norm", unique=False)
    if residual.order != 1:
        return None
    square = build.ein([(form.matrix, (0, 1)), (form.matrix, (2, 1))], (0, 2))
    inverted = linear.inverse(square)
    if inverted is None:
        return None
    inside = linear.product(inverted[0], build.scale(-1, form.constant))
    value = linear.product(build.transposed(form.matrix), inside)
    return Found(value, inverted[1], "the least norm", unique=False)


def equation(node: Node, unknown: Var) -> Found | None:
    """A x = b, or A X B = C, with A and B not square: a solution wherever there is one."""
    form = affine(node, unknown)
    if form is None:
        return None
    goal = build.scale(-1, form.constant)
    if unknown.order == 1 and node.order == 1 and form.matrix.shape[0] != form.matrix.shape[1]:
        inverted = _pseudo(form.matrix)
        value = linear.product(inverted, goal)
        back = linear.product(form.matrix, value)
        return Found(value, (Condition("{0} = {1}", (back, goal)),), "the pseudo-inverse", unique=False)
    if unknown.order == 2 and form.sides is not None and len(form.sides) == 1 and not form.sides[0].turned:
        side = form.sides[0]
        value, back = goal, goal
        if not is_identity(side.left):
            value = linear.product(_pseudo(side.left), value)
            back = linear.product(side.left, linear.product(_pseudo(side.left), back))
        if not is_identity(side.right):
            value = linear.product(value, _pseudo(side.right))
            back = linear.product(back, linear.product(_pseudo(side.right), side.right))
        return Found(value, (Condition("{0} = {1}", (back, goal)),), "the pseudo-inverse", unique=False)
    return None


def _pseudo(matrix: Node) -> Node:
    kept, turned = build.oriented(matrix)
    made = Op(fn.PSEUDOINVERSE, (kept,), kept.shape[::-1])
    return build.transposed(made) if turned else made
