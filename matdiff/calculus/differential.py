"""Differentials: the tensor graph pushed forward, dX for X, and derivatives contracted with a change of their
variables.

The rule of every node is the one that `differentiate` sweeps backwards: a product has a term for each factor, a
function its slope,
an operator the coefficient of its row.  d(X w - y) stays one factor, so that 2 (X w - y)^T (dX w + X dw - dy) comes out
as it is written by hand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from matdiff.calculus.differentiate import operator_derivative, slope
from matdiff.errors import CalculusError
from matdiff.graph import build, elementwise, matrices, powers
from matdiff.graph.nodes import ONE, Ein, IndexSum, Lin, Map, Node, Op, Power, walk
from matdiff.graph.sums import index_sum

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matdiff.calculus.lower import Lowering
    from matdiff.calculus.variables import Variable
    from matdiff.formula.syntax import Symbol, Typed

Changes = dict[Node, Node]


def changed(symbol: Symbol) -> Symbol:
    """The formal change dX of a symbol X: of the same shape and structure."""
    return replace(symbol, name="d" + symbol.name)


def total_differential(value: Node, typed: Typed, lowering: Lowering) -> Node:
    """D f in all symbols that are not integers, sizes or functions; the changes dX join the question's symbols."""
    given = [symbol for symbol in typed.symbols.values() if symbol.kind not in {"integer", "size", "function"}]
    present = set(walk(value))
    return differential(
        value, _declared(typed, lowering, [symbol for symbol in given if lowering.variable(symbol)[0] in present])
    )


def along(value: Node, variables: tuple[Variable, ...], typed: Typed, lowering: Lowering) -> Node:
    """The derivative by `variables` in turn, in the directions dX, dY …; every direction is constant."""
    for variable in variables:
        if variable.entry or variable.part.family:
            raise CalculusError(
                "E301",
                "the directional form by an entry or by a member of a family is not supported yet",
                hint="leave out --as, or differentiate by the whole",
            )
    for variable in variables:
        value = differential(value, _declared(typed, lowering, [variable.symbol]))
    return value


def _declared(typed: Typed, lowering: Lowering, symbols: list[Symbol]) -> Changes:
    """The change of each symbol's Var; raises E305 where a name dX is taken."""
    changes: Changes = {}
    for symbol in symbols:
        change = changed(symbol)
        known = typed.symbols.setdefault(change.name, change)
        if known != change:
            raise CalculusError(
                "E305",
                f"{change.name} is the change of {symbol.name} in the answer, and the question has it already",
                hint="rename it",
            )
        changes[lowering.variable(symbol)[0]] = lowering.variable(change)[0]
    return changes


def differential(root: Node, changes: Mapping[Node, Node]) -> Node:
    """The differential of `root` where the variables in `changes` change so: shape of the root."""
    moved: Changes = {}
    for node in walk(root):
        if node in changes:
            moved[node] = changes[node]
        elif any(arg in moved for arg in node.args):
            moved[node] = _RULES[type(node)](node, moved)
    return moved.get(root, build.zero(root.shape))


def _sum(node: Lin, moved: Changes) -> Node:
    return build.lin([(c, moved[term]) for c, term in node.terms if term in moved], node.shape)


def _product(node: Ein, moved: Changes) -> Node:
    order = node.written or tuple(range(len(node.factors)))
    sizes = dict(enumerate(node.sizes))
    terms = []
    for here in order:
        factor, indices = node.factors[here]
        if factor in moved:
            factors = [(moved[factor], indices) if k == here else node.factors[k] for k in order]
            terms.append((1, build.ein(factors, node.out, sizes)))
    return build.lin(terms, node.shape)


def _map(node: Map, moved: Changes) -> Node:
    return build.hadamard(slope(node), moved[node.arg])


def _power(node: Power, moved: Changes) -> Node:
    terms: list[tuple[int, Node]] = []
    if node.base in moved:
        lowered = powers.power(node.base, build.sub(node.exponent, ONE))
        terms.append((1, build.mul(node.exponent, build.hadamard(lowered, moved[node.base]))))
    if node.exponent in moved:
        terms.append((1, build.mul(moved[node.exponent], build.hadamard(node, elementwise.apply("log", node.base)))))
    return build.lin(terms, node.shape)


def _indexed_sum(node: IndexSum, moved: Changes) -> Node:
    if node.body not in moved:
        raise CalculusError("E301", "the differential of a sum whose bounds change is not supported")
    return index_sum(node.index, node.lo, node.hi, moved[node.body])


def _operator(node: Op, moved: Changes) -> Node:
    if node.name in matrices.FRECHET:
        return matrices.frechet(node.name, node.args[0], moved[node.args[0]])
    terms = [
        (1, contracted(operator_derivative(node, place), moved[arg]))
        for place, arg in enumerate(node.args)
        if arg in moved
    ]
    return build.lin(terms, node.shape)


def contracted(derivative: Node, change: Node) -> Node:
    """A derivative, the indices of its variable last, contracted with a change of that variable."""
    kept = derivative.order - change.order
    axes = tuple(range(derivative.order))
    if isinstance(derivative, Lin):
        return build.lin([(c, contracted(term, change)) for c, term in derivative.terms], derivative.shape[:kept])
    if isinstance(derivative, IndexSum):
        return index_sum(derivative.index, derivative.lo, derivative.hi, contracted(derivative.body, change))
    return build.ein([(derivative, axes), (change, axes[kept:])], axes[:kept])


_RULES: dict[type, Callable[..., Node]] = {
    Lin: _sum,
    Ein: _product,
    Map: _map,
    Power: _power,
    IndexSum: _indexed_sum,
    Op: _operator,
}
