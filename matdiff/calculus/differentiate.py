"""Derivatives of the tensor graph: the differentials of its nodes, transposed by a reverse sweep."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.differential import differential, formal, local
from matdiff.calculus.transpose import (
    Contribution,
    Depends,
    contract,
    identity,
    sweep,
    through_product,
    through_sum,
    transposed,
)
from matdiff.graph import build, matrices
from matdiff.graph.graph import Memo, current
from matdiff.graph.nodes import Ein, IndexSum, Lin, Node, Op, Var

if TYPE_CHECKING:
    from collections.abc import Iterator

_derivatives: Memo[tuple[Node, Node], Node] = Memo()


def differentiate(node: Node, variable: Var) -> Node:
    """The derivative of `node` by `variable`: shape node.shape + variable.shape."""
    table = _derivatives.table
    known = table.get((node, variable))
    if known is None:
        current().check(node, variable)
        known = table[node, variable] = _swept(node, variable)
    return known


def _swept(root: Node, variable: Var) -> Node:
    k = root.order

    def hand_back(node: Node, cotangent: Node, depends: Depends) -> Iterator[Contribution]:
        if isinstance(node, Lin):
            return ((term, build.scale(c, cotangent)) for c, term in node.terms if term in depends)
        if isinstance(node, Ein):
            return _factors(node, cotangent, k, depends)
        if isinstance(node, IndexSum):
            return iter([(variable, through_sum(node, cotangent, k, differentiate(node.body, variable)))])
        if isinstance(node, Op) and node.name in matrices.FRECHET and _at_once(node, variable, depends):
            return iter([(variable, _matrix_function(node, cotangent, k, variable))])
        return _function(node, cotangent, depends)

    found = sweep(root, variable, identity(root), hand_back)
    return build.zero(root.shape + variable.shape) if found is None else found


def _factors(node: Ein, cotangent: Node, k: int, depends: Depends) -> Iterator[Contribution]:
    """A product is linear in each of its factors."""
    for place in node.written or range(len(node.factors)):
        child = node.factors[place][0]
        if child in depends:
            yield child, through_product(node, place, cotangent, k)


def _function(node: Node, cotangent: Node, depends: Depends) -> Iterator[Contribution]:
    """The differential of a function in the formal change of each argument, transposed."""
    for arg in dict.fromkeys(node.args):
        if arg in depends:
            change = formal(arg)
            yield arg, transposed(local(node, {arg: change}), change, cotangent, (node, *node.args))


def _at_once(node: Op, variable: Var, depends: Depends) -> bool:
    """Is a matrix function better differentiated by the variable itself?  By a scalar, and where only scalar factors
    of its argument vary: their change commutes with it.
    """
    inside = build.split(node.args[0])[1]
    return not variable.shape or (
        isinstance(inside, Ein) and not any(factor in depends for factor, indices in inside.factors if indices)
    )


def _matrix_function(node: Op, cotangent: Node, k: int, variable: Var) -> Node:
    matrix = node.args[0]
    if not variable.shape:
        return contract(cotangent, matrices.frechet(node.name, matrix, differentiate(matrix, variable)), k)
    change = formal(variable)
    direction = matrices.frechet(node.name, matrix, differential(matrix, {variable: change}))
    return transposed(direction, change, cotangent)
