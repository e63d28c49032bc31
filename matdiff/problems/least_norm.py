"""Where an inverse never exists: the solution of least norm, by the pseudo-inverse (Penrose 1956)."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import names as fn
from matdiff.graph import build, matrices
from matdiff.graph.nodes import Op, walk
from matdiff.graph.sums import substitute
from matdiff.problems import linear
from matdiff.problems.affine import Affine, affine, is_identity
from matdiff.problems.linear import Condition, Found
from matdiff.problems.squares import residuals

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node, Var
    from matdiff.problems.problem import Problem


def least_squares(problem: Problem, unknown: Var) -> Found | None:
    """The x of least norm with B x = c, for an objective ||B x - c||^2 whose B^T B has no inverse."""
    found = residuals(problem)
    if found is None or len(found) != 1 or unknown.order not in {1, 2} or unknown.structure:
        return None
    residual = found[0]
    form = affine(residual, unknown)
    if form is None:
        return None
    if unknown.order == 2:  # a matrix
        return None if residual.order != 2 else _matrix(form)  # as above
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


def _matrix(form: Affine) -> Found | None:
    """The X of least norm with the least ||A X B - C||_F: A^+ C B^+."""
    if form.sides is None or len(form.sides) != 1 or form.sides[0].turned:
        return None
    side, value = form.sides[0], build.scale(-1, form.constant)
    if not is_identity(side.left):
        value = linear.product(_pseudo(side.left), value)
    if not is_identity(side.right):
        value = linear.product(value, _pseudo(side.right))
    return Found(value, (), "the pseudo-inverse", unique=False)


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
    c, core = build.split(matrix)
    kept, turned = build.oriented(core)
    made = build.scale(Fraction(1) / Fraction(c), Op(fn.PSEUDOINVERSE, (kept,), kept.shape[::-1]))
    return build.transposed(made) if turned else made


def of_full_rank(node: Node) -> Node:
    """The node with pinv(A) as A^T (A A^T)^-1 of a matrix that is declared wide, which is what it is for full rank."""
    changes: dict[Node, Node] = {}
    for inner in walk(node):
        if isinstance(inner, Op) and inner.name == fn.PSEUDOINVERSE:
            matrix = inner.args[0]
            rows, columns = matrix.shape
            if isinstance(rows, int) and isinstance(columns, int) and rows < columns:
                square = build.ein([(matrix, (0, 1)), (matrix, (2, 1))], (0, 2))
                changes[inner] = linear.product(build.transposed(matrix), matrices.inv(square))
    return substitute(node, changes) if changes else node
