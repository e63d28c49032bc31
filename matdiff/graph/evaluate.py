"""Graphs evaluated over a ring: every entry of a node, its variables given, its sizes small numbers.

One evaluator serves the fingerprint (a prime field), the certificate and the check of claims (floats), and entry by
entry formulas (SymPy): what differs is the ring, and what the variables' entries are.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.opaque import opaque_jacobian, opaque_square
from matdiff.formula.rings import (
    NoValueError,
    Ring,
    Rows,
    between,
    matrix_power,
    opaque_derivative,
    pseudo_inverse,
)
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph.contraction import contracted
from matdiff.graph.members import MEMBERS, PLACE
from matdiff.graph.nodes import Ein, IndexSum, Lin, Map, Op, Power, Var, number, walk
from matdiff.graph.world import Table, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.graph.nodes import Node


def evaluate(root: Node, world: World) -> Table:
    """The entries of a graph.  Raises NoValueError where the ring has no value for something in it."""
    found = _evaluated(root, world, {})
    if isinstance(root, Op) and root.name == "fuse":  # its zeros are left out
        return dict.fromkeys(world.places(root.shape), world.ring.zero) | found
    return found


def _evaluated(root: Node, world: World, values: dict[Node, Table]) -> Table:
    nodes = list(walk(root))
    inside_sums = _inside_sums(nodes)
    for node in nodes:
        if node in values or node in inside_sums:
            continue
        values[node] = _summed(node, world, values) if isinstance(node, IndexSum) else _value(node, world, values)
    return values[root]


def _inside_sums(nodes: list[Node]) -> set[Node]:
    """The nodes, given in the order of a walk, that depend on the index of a sum inside: they have a value for each
    number.
    """
    indices: set[Node] = {node.index for node in nodes if isinstance(node, IndexSum)}
    if not indices:
        return set()
    free: dict[Node, frozenset[Node]] = {}
    for node in nodes:
        mine = frozenset([node]) if node in indices else frozenset()
        below = mine.union(*[free[arg] for arg in node.args])
        free[node] = below - {node.index} if isinstance(node, IndexSum) else below
    return {node for node, below in free.items() if below}


def _summed(node: IndexSum, world: World, values: dict[Node, Table]) -> Table:
    low, high = world.whole(node.lo), world.whole(node.hi)
    total = dict.fromkeys(world.places(node.shape), world.ring.zero)
    for here in between(world.ring, low, high):
        inner = World(
            world.ring, world.entry, world.size, {**world.integers, node.index.name: here}, world.size_element
        )
        known = dict(values)
        body = _body(node, inner, known)
        for place, value in body.items():
            total[place] = world.ring.reduce(total[place] + value)
    return total


def _body(node: IndexSum, world: World, values: dict[Node, Table]) -> Table:
    nodes = list(walk(node.body))
    waiting = _inside_sums(nodes)
    for below in nodes:
        if below not in values and below not in waiting:
            is_sum = isinstance(below, IndexSum)
            values[below] = _summed(below, world, values) if is_sum else _value(below, world, values)  # type: ignore[arg-type] # a sum
    return values[node.body]


def _value(node: Node, world: World, values: dict[Node, Table]) -> Table:
    if isinstance(node, Ein):
        return contracted(node, world, values)
    if isinstance(node, Lin):
        return _lin(node, world, values)
    if isinstance(node, Var):
        return _variable(node, world)
    if isinstance(node, Map):
        function, name = world.ring.function, node.function
        return {place: function(name, value) for place, value in values[node.arg].items()}
    if isinstance(node, Power):
        return _power(node, world, values)
    return _operator(node, world, [values[arg] for arg in node.args])  # type: ignore[arg-type] # the last class of node


def _lin(node: Lin, world: World, values: dict[Node, Table]) -> Table:
    ring = world.ring
    total = dict.fromkeys(world.places(node.shape), ring.zero)
    for c, term in node.terms:
        factor = ring.number(c)
        for place, value in values[term].items():
            total[place] = total[place] + factor * value
    return {place: ring.reduce(value) for place, value in total.items()}


def _variable(node: Var, world: World) -> Table:
    if node.role == "size" and not node.shape:  # a claim may take the name of a size for a matrix
        return {(): world.size_element(node.name)}
    if node.name in world.integers and not node.shape:
        return {(): world.ring.number(world.integers[node.name])}
    return {place: world.entry(node, place) for place in world.places(node.shape)}


def _power(node: Power, world: World, values: dict[Node, Table]) -> Table:
    exponent, base, ring = number(node.exponent), values[node.base], world.ring
    if exponent is None and world.concrete:
        try:
            exponent = world.whole(node.exponent)
        except NoValueError:
            exponent = None
    if exponent is not None:
        return {place: ring.power(value, exponent) for place, value in base.items()}
    exponents, order = values[node.exponent], node.exponent.order
    return {place: ring.any_power(value, exponents[place[:order]]) for place, value in base.items()}


# -- operators ---------------------------------------------------------------------------------------------------------


def _operator(node: Op, world: World, args: list[Table]) -> Table:
    special = _SPECIAL.get(node.name)
    if special is not None:
        return special(node, world, args)
    if node.name == fn.PSEUDOINVERSE and world.ring.full_rank:
        m, n = [world.size(size) for size in node.args[0].shape]
        return table_of(pseudo_inverse(world.ring, [[args[0][i, j] for j in range(n)] for i in range(m)]))
    known = world.ring.operators.get(node.name)
    return known(args) if known is not None else _opaque(node, world, args)


def _opaque(node: Op, world: World, args: list[Table]) -> Table:
    row = TABLE.get(node.name)
    if row is not None and row.shape == "square->square" and all(arg.order == 2 for arg in node.args):
        n = world.size(node.shape[0])
        return table_of(opaque_square(world.ring, node.name, [rows_of(table, n) for table in args]))
    if row is not None and row.shape == "jacobian":
        return opaque_jacobian(world.ring, node.name, rows_of(args[0], world.size(node.shape[0])))
    flat = [value for table in args for _, value in sorted(table.items())]
    if node.name == "apply":
        orders = [arg.order for arg in node.args]
        return {
            place: opaque_derivative(world.ring, node.attributes, flat, place, orders)
            for place in world.places(node.shape)
        }
    return {place: world.ring.opaque(node.name, node.attributes, flat, place) for place in world.places(node.shape)}


def _fuse(node: Op, world: World, _: list[Table]) -> Table:
    """A pair of indices; without its zeros, which are nearly all, as it stands in products only."""
    slow, fast = [world.size(size) for size in node.shape[1:]]
    return {(i * fast + j, i, j): 1 for i in range(slow) for j in range(fast)}


def _mask(node: Op, world: World, _: list[Table]) -> Table:
    lower = node.attributes[0] == "lower"
    return {(i, j): int(i >= j if lower else i <= j) for i, j in world.places(node.shape)}


def _pick(node: Op, world: World, args: list[Table]) -> Table:
    try:
        position = world.whole(node.args[0]) - 1
    except NoValueError:
        if world.concrete:
            raise
        return _opaque(node, world, args)
    if not world.concrete and not 0 <= position < world.size(node.shape[0]):
        return _opaque(node, world, args)  # the sizes that are tried are too small for it
    return {place: int(place[0] == position) for place in world.places(node.shape)}


def _range(node: Op, world: World, _: list[Table]) -> Table:
    first = world.size(node.attributes[0]) - 1
    return {(i, j): int(i == j + first) for i, j in world.places(node.shape)}


def _constant(node: Op, world: World, _: list[Table]) -> Table:
    entries = [entry for row in node.attributes[0] for entry in row]
    return {place: world.ring.number(entry) for place, entry in zip(world.places(node.shape), entries, strict=True)}


def _members(node: Op, world: World, args: list[Table]) -> Table:
    axis, low, _, _, start = node.attributes
    shift = world.size(low) - start
    found = {}
    for place in world.places(node.shape):
        whole = (*place[:axis], place[axis] + shift, *place[axis + 1 :])
        if whole not in args[0]:
            raise NoValueError("a member beyond the family's last")
        found[place] = args[0][whole]
    return found


def _place(node: Op, world: World, _: list[Table]) -> Table:
    low, *_, start = node.attributes
    shift = world.size(low) - start
    return {(j, k): int(k == j + shift) for j, k in world.places(node.shape)}


def rows_of(table: Table, n: int) -> Rows:
    return [[table[i, j] for j in range(n)] for i in range(n)]


def table_of(rows: Rows) -> Table:
    return {(i, j): value for i, row in enumerate(rows) for j, value in enumerate(row)}


def _square(node: Op, world: World, args: list[Table]) -> Rows:
    """The rows of an argument; sizes that are only equal by an equation, as those of blocks, may not be so here."""
    rows, columns = [world.size(size) for size in node.args[0].shape]
    if rows != columns:
        raise NoValueError("a matrix that is not square at these sizes")
    return rows_of(args[0], rows)


def _matrix_power(node: Op, world: World, args: list[Table]) -> Table:
    try:
        exponent = world.whole(node.args[1])
    except NoValueError:
        return _opaque(node, world, args)
    return table_of(matrix_power(world.ring, _square(node, world, args), exponent))


def _softmax(_: Op, world: World, args: list[Table]) -> Table:
    ring = world.ring
    powers = {place: ring.function(fn.EXP, value) for place, value in args[0].items()}
    below = {row: ring.inverse(total) for row, total in _last_summed(ring, powers).items()}
    return {place: ring.reduce(value * below[place[:-1]]) for place, value in powers.items()}


def _logsumexp(_: Op, world: World, args: list[Table]) -> Table:
    powers = {place: world.ring.function(fn.EXP, value) for place, value in args[0].items()}
    return {row: world.ring.function(fn.LOG, total) for row, total in _last_summed(world.ring, powers).items()}


def _last_summed(ring: Ring, table: Table) -> Table:
    """The sums over the last index: over a vector, or along each row."""
    total: Table = {}
    for place, value in table.items():
        total[place[:-1]] = ring.reduce(total.get(place[:-1], ring.zero) + value)
    return total


_SPECIAL: dict[str, Callable[[Op, World, list[Table]], Table]] = {
    "fuse": _fuse,
    "mask": _mask,
    "pick": _pick,
    "range": _range,
    "constant": _constant,
    MEMBERS: _members,
    PLACE: _place,
    fn.INVERSE: lambda node, world, args: table_of(world.ring.inverted(_square(node, world, args))),
    fn.DETERMINANT: lambda node, world, args: {(): world.ring.determinant(_square(node, world, args))},
    fn.LOGDET: lambda node, world, args: {
        (): world.ring.function(fn.LOG, world.ring.determinant(_square(node, world, args)))
    },
    "matpow": _matrix_power,
    fn.SOFTMAX: _softmax,
    fn.LOGSUMEXP: _logsumexp,
}
