"""Derivatives in their natural layout, and from there to the layout that was asked for."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.simplify import expanded
from matdiff.derivation.step import Step
from matdiff.derivation.trees import SCALAR, is_number
from matdiff.formula.syntax import Expr, Transpose
from matdiff.graph import build
from matdiff.graph.atoms import OpaqueError
from matdiff.graph.fingerprint import vanishes

if TYPE_CHECKING:
    from matdiff.calculus.variables import Variable
    from matdiff.formula.syntax import Shape
    from matdiff.graph.nodes import Node, Size
    from matdiff.notation.layout import Laid


class Derived(NamedTuple):
    """A derivative: its formula, its graph, and rows and columns of the formula.

    The graph has the indices of the value, then those of the variable; or it is `stacked` into rows and columns.
    """

    tree: Expr
    node: Node
    sides: Shape
    stacked: bool = False


def written_name(variable: Variable) -> str:
    """The variable as it stands below the line of ∂f/∂X: X, x_n, X_ij."""
    index = "".join(variable.by.index)
    return (
        f"{variable.by.name.partition('_')[0] if variable.part.family else variable.by.name}_{index}"
        if index
        else variable.by.name
    )


def open_shape(variable: Variable) -> tuple[Size, ...]:
    """The sizes of the indices that a derivative by the variable adds."""
    if variable.entry:
        return ()
    return variable.var.shape if variable.symbol.structure != "diagonal" else variable.var.shape * 2


def natural_shape(value: Shape, variable: Variable) -> Shape:
    """A scalar by X has the shape of X, a vector by a vector is the Jacobian, anything by a scalar has its own
    shape.
    """
    by = SCALAR if variable.entry else variable.symbol.shape
    if value == SCALAR:
        return by
    return value if by == SCALAR else (value[0], by[0])


def simplified(left: Expr, state: tuple[Expr, Node], tree: Expr, node: Node) -> list[Step]:
    """From a formula to the one that the answer has."""
    if state[0] == tree:
        return []
    return [Step("simplification", left, state[0], tree, state[1], node)]


def laid_out(derived: Derived, left: Expr, tree: Expr, laid: Laid, manner: str, *, turns: bool) -> list[Step]:
    """The answer, from the derivative in its natural layout; `manner` tells what lays it out otherwise, `turns`
    whether that transposes a matrix.
    """
    sides, node = laid.shape or SCALAR, laid.node
    if is_number(tree, 0):
        return simplified(left, (derived.tree, node), tree, node)
    if derived.node.order < 2:
        turns = sides != derived.sides
    other = derived.node if derived.node.order < 2 else build.transposed(derived.node)
    if derived.stacked and not equal(derived.node, node) and not equal(other, node):
        return [Step(f"arranged, {manner}", left, tree, tree, node, node)]
    if derived.node.order > 1 and (equal(derived.node, node) or equal(other, node)):
        turns = not equal(derived.node, node)
    if turns:
        return [Step(f"transposed, {manner}", left, Transpose(derived.tree), tree, other, node)]
    return simplified(left, derived[:2], tree, node)


def equal(left: Node, right: Node) -> bool:
    """Whether two graphs of one shape are the same tensor, as far as exact arithmetic can tell."""
    if left is right or left.shape != right.shape:
        return left is right
    difference = expanded(build.sub(left, right))
    try:
        return build.is_zero(difference) or vanishes(difference)
    except OpaqueError:
        return False
