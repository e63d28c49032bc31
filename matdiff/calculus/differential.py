"""Differentials: what a change of its arguments makes of each kind of node, linear in the change.

A product has a term for each factor, a function its slope, an operator its row's differential, a power the rules of
`functions.rules`, from which the steps of a derivation are told too.  Derivatives are had by transposing the
differentials (`calculus.differentiate`).  d(X w - y) stays one factor, so that 2 (X w - y)^T (dX w + X dw - dy) comes
out as it is written by hand.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus import given_rules
from matdiff.calculus.row_differentials import entry_by_entry, operator_differential, power_differential, slope
from matdiff.calculus.transpose import contracted, mapped, tensor
from matdiff.errors import CalculusError
from matdiff.formula.syntax import PRIME
from matdiff.functions import names as fn
from matdiff.functions.rules import leibniz
from matdiff.graph import build, families, matrices, members
from matdiff.graph.graph import Memo
from matdiff.graph.nodes import Ein, IndexSum, Lin, Map, Node, Op, Power, Var, number, walk
from matdiff.graph.sums import index_sum, unused_index

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matdiff.graph.build import Factor
    from matdiff.graph.nodes import Indices

Changes = dict[Node, Node]

_coefficients: Memo[tuple[Node, int], Node] = Memo()


def differential(root: Node, changes: Mapping[Node, Node]) -> Node:
    """The differential of `root` where the variables in `changes` change so: shape of the root."""
    moved: Changes = {}
    for node in walk(root):
        if node in changes:
            moved[node] = changes[node]
        elif any(arg in moved for arg in node.args):
            moved[node] = local(node, moved)
    return moved.get(root, build.zero(root.shape))


def local(node: Node, moved: Mapping[Node, Node]) -> Node:
    """The differential of one node where its arguments in `moved` change so, the others not: shape of the node."""
    return _RULES[type(node)](node, moved)


def formal(node: Node) -> Var:
    """The formal change of a node, for rules that are to be transposed."""
    return Var("dX", node.shape, role="formal")


def _sum(node: Lin, moved: Changes) -> Node:
    return build.lin([(c, moved[term]) for c, term in node.terms if term in moved], node.shape)


def _product(node: Ein, moved: Changes) -> Node:
    sizes = dict(enumerate(node.sizes))
    factors = [node.factors[k] for k in node.written or range(len(node.factors))]

    def change(factor: Factor) -> Factor | None:
        return (moved[factor[0]], factor[1]) if factor[0] in moved else None

    return build.lin([(1, build.ein(term, node.out, sizes)) for term in leibniz(factors, change)], node.shape)


def _map(node: Map, moved: Changes) -> Node:
    return build.hadamard(slope(node), moved[node.arg])


def _power(node: Power, moved: Changes) -> Node:
    terms = []
    if node.base in moved:
        terms.append(entry_by_entry("power rule", {"u": node.base, "du": moved[node.base]}, {"a": node.exponent}))
    if node.exponent in moved:
        scalars = {"u": node.exponent, "du": moved[node.exponent]}
        terms.append(entry_by_entry("exponential rule", {"c": node.base}, scalars))
    return build.lin([(1, term) for term in terms], node.shape)


def _indexed_sum(node: IndexSum, moved: Changes) -> Node:
    if node.body not in moved:
        raise CalculusError("E301", "the differential of a sum whose bounds change is not supported")
    return index_sum(node.index, node.lo, node.hi, moved[node.body])


def _operator(node: Op, moved: Changes) -> Node:
    if node.name == "apply":
        terms = [(1, contracted(_of_unknown(node, place), moved[arg])) for place, arg in _moving(node, moved)]
        return build.lin(terms, node.shape)
    if node.name == members.MEMBERS:
        axis, *part = node.attributes
        return families.members(moved[node.args[0]], axis, families.Range(*part))
    if node.name == "matpow":
        return matrix_power(node, moved[node.args[0]])
    if node.name in matrices.FRECHET:
        return matrices.frechet(node.name, node.args[0], moved[node.args[0]])
    if node.name in matrices.FRECHET.values():
        return _frechet(node, moved)
    places = [place for place, _ in _moving(node, moved)]
    if len(places) == 1:
        return mapped(coefficient(node, places[0]), moved[node.args[places[0]]])
    return build.lin([(1, mapped(coefficient(node, k), moved[node.args[k]])) for k in places], node.shape)


def _moving(node: Op, moved: Changes) -> list[tuple[int, Node]]:
    return [(place, arg) for place, arg in enumerate(node.args) if arg in moved]


def coefficient(node: Op, place: int = 0) -> Node:
    """The derivative of an operator by one of its arguments, from its row's differential: shape node.shape +
    argument.shape.
    """
    table = _coefficients.table
    known = table.get((node, place))
    if known is None:
        change = formal(node.args[place])
        known = table[node, place] = tensor(operator_differential(node, change, place), change, (node, *node.args))
    return known


def _frechet(node: Op, moved: Changes) -> Node:
    """The Fréchet derivative is linear in the direction; in the matrix it has none that is told here."""
    if node.args[0] in moved:
        raise CalculusError("E301", f"the derivative of {node.name} is not supported yet")
    function = next(name for name, frechet in matrices.FRECHET.items() if frechet == node.name)
    return matrices.frechet(function, node.args[0], moved[node.args[1]])


def matrix_power(node: Op, change: Node) -> Node:
    """The rule of powers; of a negative power, by the inverse."""
    matrix, exponent = node.args
    sign = number(exponent)
    leading = exponent.terms[0][0] if isinstance(exponent, Lin) and exponent.terms else 1
    if (sign is not None and sign < 0) or (sign is None and leading < 0):
        inverse = Op(fn.INVERSE, (matrix,), node.shape)
        moved = operator_differential(inverse, change)
        return matrix_power(Op("matpow", (matrices.inv(matrix), build.scale(-1, exponent)), node.shape), moved)
    return power_differential(matrix, exponent, change, _unused_index(node, change))


def _unused_index(*roots: Node) -> str:
    used = {node.name for node in walk(*roots) if isinstance(node, Var)} | {
        node.index.name for node in walk(*roots) if isinstance(node, IndexSum)
    }
    return unused_index(used)


def _of_unknown(node: Op, position: int) -> Node:
    """One derivative more of an unknown function; arguments differentiated by stand in their own order."""
    name, names, before = node.attributes
    if name.endswith(PRIME):
        raise CalculusError("E301", f"the derivative of {name.removesuffix(PRIME)}' is not supported yet")
    given = given_rules.in_force().get(name)
    if given is not None and not before:
        return given_rules.derivative(given, node)
    after = tuple(sorted((*before, position)))
    value = node.shape[: node.order - sum(node.args[p].order for p in before)]
    shape = (*value, *[size for p in after for size in node.args[p].shape])
    made = Op("apply", node.args, shape, (name, names, after))
    if after == (*before, position):
        return made
    cuts: list[Indices] = []
    start = len(value)
    for p in after:
        cuts.append(tuple(range(start, start + node.args[p].order)))
        start += node.args[p].order
    new = after.index(position) + after.count(position) - 1
    out = (
        tuple(range(len(value))) + tuple([i for place, cut in enumerate(cuts) if place != new for i in cut]) + cuts[new]
    )
    return build.ein([(made, tuple(range(start)))], out)


_RULES: dict[type, Callable[..., Node]] = {
    Lin: _sum,
    Ein: _product,
    Map: _map,
    Power: _power,
    IndexSum: _indexed_sum,
    Op: _operator,
}
