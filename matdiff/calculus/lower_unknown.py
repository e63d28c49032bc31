"""Unknown functions and their derivatives, u(A x) and du/dx, as nodes of the graph."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.lowered import Value, fused, sides, unfolding
from matdiff.formula import syntax
from matdiff.graph import build
from matdiff.graph.nodes import Node, Op, Size

if TYPE_CHECKING:
    from matdiff.calculus.lower import Lowering


def applied(self: Lowering, tree: syntax.Apply) -> Value:
    symbol = self.symbols[tree.name]
    arguments = [self.lower(arg) for arg in tree.args]
    self.refuse_family(arguments, "an unknown function", tree)
    return Value(
        Op("apply", tuple([value.node for value in arguments]), sides(tree), (symbol.name, tuple(symbol.args), ()))
    )


def derivative(self: Lowering, tree: syntax.Derivative) -> Value:
    """du/dx in the denominator layout, as answers write it."""
    symbol = self.symbols[tree.name]
    names = list(symbol.args)
    arguments = (
        [self.lower(arg).node for arg in tree.args]
        if tree.args
        else [self.symbol(syntax.Sym(name)).node for name in names]
    )
    positions = tuple(sorted(names.index(name) for name, _ in tree.by))
    value_sides = tuple(side for side in symbol.shape if side != 1)
    shape = (*value_sides, *[size for k in positions for size in arguments[k].shape])
    node: Node = Op("apply", tuple(arguments), shape, (symbol.name, tuple(names), positions))
    if len(shape) > 2:
        return Value(
            _unfolded(
                node,
                value_sides,
                [arguments[k].order for k in positions],
                transposed=any(flag for _, flag in tree.by),
            )
        )
    if len(positions) == 1 and len(shape) == 2 and len(value_sides) == 1 and not tree.by[0][1]:
        node = build.transposed(node)
    return Value(node)


def _unfolded(node: Node, value_sides: tuple[Size, ...], orders: list[int], *, transposed: bool) -> Node:
    """A derivative with more than two indices as a matrix: vec of the value by vec of the arguments, or of the
    first of two arguments by the other.
    """
    rows, columns = unfolding(len(value_sides), orders)
    matrix = fused(node, rows, columns)
    return matrix if transposed or not value_sides else build.transposed(matrix)
