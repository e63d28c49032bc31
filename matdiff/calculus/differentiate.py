"""Derivatives of the tensor graph by a reverse sweep.

Every node gets one cotangent: the derivative of the result by that node, with the indices of the result first.  What a
node hands to its
arguments is the einsum of its cotangent with its own derivative, so that the sweep is linear in the size of the graph.
Rows of the function
table state the differential; its coefficient is had by differentiating it, once, by the formal dX.

Laue, Mitterreiter, Giesen: Computing Higher Order Derivatives of Matrix and Tensor Expressions, NeurIPS 2018.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matdiff.calculus import given_rules, templates
from matdiff.calculus.lower import Lowering
from matdiff.calculus.values import Value
from matdiff.errors import CalculusError
from matdiff.functions import TABLE
from matdiff.graph import build, elementwise, matrices, powers
from matdiff.graph.graph import Memo, current
from matdiff.graph.nodes import (
    ONE,
    Coefficient,
    Ein,
    IndexSum,
    Indices,
    Lin,
    Map,
    Node,
    Op,
    Power,
    Var,
    number,
    walk,
)
from matdiff.graph.sums import index_sum, unused_index

if TYPE_CHECKING:
    from collections.abc import Iterator

_OUT = 1000  # the result's indices are numbered from here, a child's from zero
_SLOTS = 2000

Contribution = tuple[Node, Node]

_slopes: Memo[Node, Node] = Memo()
_coefficients: Memo[Node, Node] = Memo()
_derivatives: Memo[tuple[Node, Node], Node] = Memo()


def differentiate(node: Node, variable: Var) -> Node:
    """The derivative of `node` by `variable`: shape node.shape + variable.shape."""
    table = _derivatives.table
    known = table.get((node, variable))
    if known is None:
        current().check(node, variable)
        known = table[node, variable] = _sweep(node, variable)
    return known


def _sweep(root: Node, variable: Var) -> Node:
    order = list(walk(root, last_first=True))
    depends: set[Node] = set()
    for node in order:
        if node is variable or any(arg in depends for arg in node.args):
            depends.add(node)
    shape = root.shape + variable.shape
    if root not in depends:
        return build.zero(shape)
    k = root.order
    cotangents: dict[Node, list[tuple[Coefficient, Node]]] = {
        root: [(1, build.ein([], (*range(k), *range(k)), dict(enumerate(root.shape))))]
    }
    result = build.zero(shape)
    for node in reversed(order):
        if node not in depends or node not in cotangents:
            continue
        cotangent = build.lin(cotangents.pop(node), root.shape + node.shape)
        if node is variable:
            result = cotangent
            continue
        for child, share in _pull_back(node, cotangent, k, depends, variable):
            cotangents.setdefault(child, []).append((1, share))
    return result


def _pull_back(node: Node, cotangent: Node, k: int, depends: set[Node], variable: Var) -> Iterator[Contribution]:
    """What a node hands to those of its arguments that depend on the variable."""
    if isinstance(node, Lin):
        for c, term in node.terms:
            if term in depends:
                yield term, build.scale(c, cotangent)
    elif isinstance(node, Ein):
        yield from _pull_back_product(node, cotangent, k, depends)
    elif isinstance(node, Map):
        yield node.arg, _entrywise(cotangent, slope(node), k)
    elif isinstance(node, Power):
        yield from _pull_back_power(node, cotangent, k, depends)
    elif isinstance(node, IndexSum):
        inner = differentiate(node.body, variable)
        yield variable, contract(cotangent, index_sum(node.index, node.lo, node.hi, inner), k)
    else:
        assert isinstance(node, Op)  # noqa: S101 # for the type checker
        yield from _pull_back_operator(node, cotangent, k, depends, variable)


def _result_indices(k: int) -> Indices:
    return tuple(range(_OUT, _OUT + k))


def _pull_back_product(node: Ein, cotangent: Node, k: int, depends: set[Node]) -> Iterator[Contribution]:
    lead = _result_indices(k)
    sizes = dict(enumerate(node.sizes))
    order = node.written or tuple(range(len(node.factors)))
    for here in order:
        child, indices = node.factors[here]
        if child in depends:
            rest = [node.factors[other] for other in order if other != here]
            yield child, build.ein([(cotangent, lead + node.out), *rest], lead + indices, sizes)


def _entrywise(cotangent: Node, factor: Node, k: int) -> Node:
    lead = _result_indices(k)
    slots = tuple(range(factor.order))
    return build.ein([(cotangent, lead + slots), (factor, slots)], lead + slots)


def contract(cotangent: Node, coefficient: Node, k: int) -> Node:
    """The cotangent contracted with the leading indices of a derivative."""
    lead = _result_indices(k)
    slots = tuple(range(cotangent.order - k))
    rest = tuple(range(_SLOTS, _SLOTS + coefficient.order - len(slots)))
    return build.ein([(cotangent, lead + slots), (coefficient, slots + rest)], lead + rest)


def _pull_back_power(node: Power, cotangent: Node, k: int, depends: set[Node]) -> Iterator[Contribution]:
    base, exponent = node.base, node.exponent
    if base in depends:
        lowered = powers.power(base, build.sub(exponent, ONE))
        yield base, build.mul(exponent, _entrywise(cotangent, lowered, k))
    if exponent in depends:
        lead = _result_indices(k)
        slots = tuple(range(base.order))
        yield (
            exponent,
            build.ein([(cotangent, lead + slots), (node, slots), (elementwise.apply("log", base), slots)], lead),
        )


def slope(node: Map) -> Node:
    """f'(x), entry by entry, from the function's row."""
    table = _slopes.table
    known = table.get(node)
    if known is None:
        row = TABLE[node.function]
        if not row.differential:
            raise CalculusError("E301", f"the derivative of {node.function} is not supported yet")
        typed = templates.typed(row.differential.replace("Ω", "Omega"), {"x": (1, 1), "Omega": (1, 1)})
        formal, output = Var("x", role="formal"), Var("Omega", role="formal")
        formula = Lowering(typed.symbols, {"x": Value(formal), "Omega": Value(output)}).lower(typed.expression).node
        known = table[node] = _lift(formula, {formal: node.arg, output: node}, node)
    return known


def slopes() -> tuple[Node, ...]:
    """The slopes that this question has needed."""
    return tuple(_slopes.table.values())


def _lift(formula: Node, values: dict[Node, Node], like: Node) -> Node:
    """A scalar formula read entry by entry over tensors of one shape."""
    slots = tuple(range(like.order))
    done = dict(values)
    depends = set(values)

    def lifted(node: Node) -> Node:
        return done[node]

    for node in walk(formula):
        if node in done:
            continue
        if any(arg in depends for arg in node.args):
            depends.add(node)
        else:  # a constant of the formula stays one number
            done[node] = build.ein([(node, ())], slots, dict(enumerate(like.shape)))
            continue
        if isinstance(node, Lin):
            done[node] = build.lin([(c, lifted(term)) for c, term in node.terms], like.shape)
        elif isinstance(node, Ein):
            factors = [(lifted(factor), slots) for factor, _ in node.factors]
            done[node] = build.ein(factors, slots, dict(enumerate(like.shape)))
        elif isinstance(node, Map):
            done[node] = elementwise.apply(node.function, lifted(node.arg))
        else:
            assert isinstance(node, Power)  # noqa: S101 # a formula of one number has no other nodes that depend on it
            done[node] = powers.power(lifted(node.base), node.exponent)
    return done[formula]


def _pull_back_operator(node: Op, cotangent: Node, k: int, depends: set[Node], variable: Var) -> Iterator[Contribution]:
    if node.name == "apply":
        for position, arg in enumerate(node.args):
            if arg in depends:
                yield arg, contract(cotangent, _derivative_of_unknown(node, position), k)
        return
    if node.name == "matpow":
        yield node.args[0], _pull_back_matrix_power(node, cotangent, k)
        return
    if node.name in matrices.FRECHET:
        yield from _pull_back_matrix_function(node, cotangent, k, depends, variable)
        return
    if node.name in matrices.FRECHET.values() and node.args[0] not in depends:
        function = next(name for name, frechet in matrices.FRECHET.items() if frechet == node.name)
        if k:
            jacobian = Op(matrices.JACOBIANS[function], (node.args[0],), node.shape + node.shape)
            yield node.args[1], contract(cotangent, jacobian, k)
        else:
            yield node.args[1], matrices.frechet(function, build.transposed(node.args[0]), cotangent)
        return
    if node.name == "polar" and node.shape[0] != node.shape[1]:
        raise CalculusError("E301", "the second derivative of the nuclear norm is supported for square matrices only")
    row = TABLE.get(node.name)
    if row is None or not row.differential:
        raise CalculusError("E301", f"the derivative of {node.name} is not supported yet")
    yield node.args[0], contract(cotangent, coefficient(node), k)


def _pull_back_matrix_function(
    node: Op, cotangent: Node, k: int, depends: set[Node], variable: Var
) -> Iterator[Contribution]:
    """expm, logm, sqrtm: where only a scalar factor of the argument varies it commutes; else the Fréchet derivative,
    whose adjoint is L(Mᵀ, ·).
    """
    matrix = node.args[0]
    c, inside = build.split(matrix)
    if isinstance(inside, Ein) and not any(factor in depends for factor, indices in inside.factors if indices):
        lead = _result_indices(k)
        outer = matrices.scalar_slope(node.name, matrix, node)
        for place, (factor, indices) in enumerate(inside.factors):
            if not indices and factor in depends:
                rest = build.ein(
                    [other for other_place, other in enumerate(inside.factors) if other_place != place],
                    inside.out,
                    dict(enumerate(inside.sizes)),
                )
                yield (
                    factor,
                    build.scale(c, build.ein([(cotangent, (*lead, 0, 1)), (rest, (0, 2)), (outer, (2, 1))], lead)),
                )
        return
    if not variable.shape:
        along = matrices.frechet(node.name, matrix, differentiate(matrix, variable))
        yield variable, contract(cotangent, along, k)
        return
    if k:
        jacobian = Op(matrices.JACOBIANS[node.name], (matrix,), node.shape + matrix.shape)
        yield matrix, contract(cotangent, jacobian, k)
        return
    yield matrix, matrices.frechet(node.name, build.transposed(matrix), cotangent)


def coefficient(node: Op) -> Node:
    """The derivative of an operator by its argument, from its row's differential: shape node.shape + argument.shape."""
    table = _coefficients.table
    known = table.get(node)
    if known is None:
        row = TABLE[node.name]
        argument = node.args[0]
        formal = Var("dX", argument.shape, role="formal")
        sides = two_sided(argument)
        typed = templates.typed(
            row.differential.replace("Ω", "Omega"), {"X": sides, "dX": sides, "Omega": two_sided(node)}
        )
        bound = {"X": Value(argument), "dX": Value(formal), "Omega": Value(node)}
        known = table[node] = differentiate(Lowering(typed.symbols, bound).lower(typed.expression).node, formal)
    return known


def two_sided(node: Node) -> tuple[int | str, int | str]:
    """(rows, columns) of a node: a vector is a column."""
    sides = (*node.shape, 1, 1)
    return sides[0], sides[1]


def operator_derivative(node: Op, place: int) -> Node:
    """The derivative of an operator by one of its arguments: shape node.shape + argument.shape."""
    if node.name == "apply":
        return _derivative_of_unknown(node, place)
    if node.name == "matpow":
        k = node.order
        return _pull_back_matrix_power(node, build.ein([], (*range(k), *range(k)), dict(enumerate(node.shape))), k)
    if node.name == "polar" and node.shape[0] != node.shape[1]:
        raise CalculusError("E301", "the second derivative of the nuclear norm is supported for square matrices only")
    row = TABLE.get(node.name)
    if row is None or not row.differential:
        raise CalculusError("E301", f"the derivative of {node.name} is not supported yet")
    return coefficient(node)


def _derivative_of_unknown(node: Op, position: int) -> Node:
    """One derivative more of an unknown function; arguments differentiated by stand in their own order."""
    name, names, before = node.attributes
    if name in given_rules.in_force() and not before:
        return given_rules.derivative(given_rules.in_force()[name], node, differentiate)
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


def _pull_back_matrix_power(node: Op, cotangent: Node, k: int) -> Node:
    """D X^k = Σ_{r=0}^{k-1} X^r dX X^{k-1-r}  (Matrix Cookbook (90)), contracted inside the sum."""
    matrix, exponent = node.args
    sign = number(exponent)
    leading = exponent.terms[0][0] if isinstance(exponent, Lin) and exponent.terms else 1
    if (sign is not None and sign < 0) or (sign is None and leading < 0):
        inverse = matrices.inv(matrix)
        inner = _pull_back_matrix_power(Op("matpow", (inverse, build.scale(-1, exponent)), node.shape), cotangent, k)
        return contract(inner, coefficient(inverse), k) if isinstance(inverse, Op) else inner
    lead = _result_indices(k)
    r = Var(_unused_index(node, cotangent), role="integer")
    left = matrices.matpow(matrix, r)
    right = matrices.matpow(matrix, build.lin([(1, exponent), (-1, r), (-1, ONE)], ()))
    body = build.ein([(cotangent, (*lead, 0, 1)), (left, (0, 2)), (right, (3, 1))], (*lead, 2, 3))
    return index_sum(r, build.num(0), build.sub(exponent, ONE), body)


def _unused_index(*roots: Node) -> str:
    used = {node.name for node in walk(*roots) if isinstance(node, Var)} | {
        node.index.name for node in walk(*roots) if isinstance(node, IndexSum)
    }
    return unused_index(used)
