"""The differentials that stand in the rows of the function table, over the tensor graph."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus import row_formulas as templates
from matdiff.calculus.lower import Lowering
from matdiff.calculus.lowered import Value
from matdiff.errors import CalculusError
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.functions.rules import RULES, rule_of_powers
from matdiff.graph import build, elementwise, powers
from matdiff.graph.graph import Memo
from matdiff.graph.nodes import Ein, Lin, Map, Node, Op, Power, Size, Var, walk
from matdiff.graph.sums import rebuild

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

_FORMAL = ("X", "Y", "Z")  # the arguments of a row's differential, which change by dX, dY, dZ
_slopes: Memo[Map, Node] = Memo()
_formulas: Memo[tuple[object, ...], Node] = Memo()


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


def entry_by_entry(rule: str, varying: Mapping[str, Node], scalars: Mapping[str, Node]) -> Node:
    """The right side of a rule of scalars: `varying` are tensors of one shape, read entry by entry, `scalars` numbers
    for all entries.
    """
    formal = {name: Var(name, role="formal") for name in varying}
    table = _formulas.table
    key = (rule, *scalars.values())
    formula = table.get(key)
    if formula is None:
        values = {name: Value(node) for name, node in (*formal.items(), *scalars.items())}
        typed = templates.typed(RULES[rule].right, dict.fromkeys(values, (1, 1)))
        formula = table[key] = Lowering(typed.symbols, values).lower(typed.expression).node
    like = next(iter(varying.values()))
    return _lift(formula, {formal[name]: node for name, node in varying.items()}, like, scalars.values())


def power_differential(matrix: Node, exponent: Node, change: Node, index: str) -> Node:
    """The differential of a power of a matrix that changes by `change`, by the rule of powers; none of the nodes has
    the index.
    """
    sides = two_sided(matrix.shape)
    bound = {"U": Value(matrix), "dU": Value(change), "k": Value(exponent)}
    typed = templates.typed(rule_of_powers(index), {"U": sides, "dU": sides, "k": (1, 1)}, integers=("k",))
    return Lowering(typed.symbols, bound).lower(typed.expression).node


def slopes() -> tuple[Node, ...]:
    """The slopes that this question has needed."""
    return tuple(_slopes.table.values())


def spelled_out(root: Node, functions: Container[str] = TABLE) -> Node:
    """The same with functions of one number said by others, where their rows do: silu(x) as x sigmoid(x)."""
    done: dict[Node, Node] = {}
    for node in walk(root):
        moved = any(done[arg] is not arg for arg in node.args)
        made = rebuild(node, [done[arg] for arg in node.args]) if moved else node
        text = TABLE[made.function].formula if isinstance(made, Map) and made.function in functions else ""
        done[node] = entrywise(text, "x", made.args[0]) if text else made
    return done[root]


def entrywise(text: str, name: str, node: Node) -> Node:
    """A formula of one number, `name`, at every entry of a node."""
    typed, formal = templates.typed(text, {name: (1, 1)}), Var(name, role="formal")
    told = Lowering(typed.symbols, {name: Value(formal)}).lower(typed.expression).node
    return _lift(told, {formal: node}, node)


def _lift(formula: Node, values: Mapping[Node, Node], like: Node, constants: Iterable[Node] = ()) -> Node:
    """A scalar formula read entry by entry over tensors of one shape; what depends on none of them stays one number,
    as do `constants`, which are not walked.
    """
    slots = tuple(range(like.order))
    done = dict(values)

    def lifted(node: Node) -> Node:
        found = done.get(node)
        return build.ein([(node, ())], slots, dict(enumerate(like.shape))) if found is None else found

    for node in walk(formula, but=constants):
        if node in done or not any(arg in done for arg in node.args):
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
    return lifted(formula)


def operator_differential(node: Op, change: Node, place: int = 0) -> Node:
    """The differential of an operator where one of its arguments changes by `change`: shape of the node, linear in
    `change`.

    Raises CalculusError E301 where the row has none.
    """
    row = TABLE.get(node.name)
    if row is None or "d" + _FORMAL[place] not in row.differential:
        raise CalculusError("E301", f"the derivative of {node.name} is not supported yet")
    if node.name == fn.POLAR and node.shape[0] != node.shape[1]:
        raise CalculusError("E301", "the second derivative of the nuclear norm is supported for square matrices only")
    shapes = {"Omega": two_sided(node.shape)}
    bound = {"Omega": Value(node)}
    for k, (name, arg) in enumerate(zip(_FORMAL, node.args, strict=False)):
        shapes |= dict.fromkeys((name, "d" + name), two_sided(arg.shape))
        bound |= {name: Value(arg), "d" + name: Value(change if k == place else build.zero(arg.shape))}
    typed = templates.typed(row.differential.replace("Ω", "Omega"), shapes)
    return Lowering(typed.symbols, bound).lower(typed.expression).node


def two_sided(shape: tuple[Size, ...]) -> tuple[Size, Size]:
    """(rows, columns) of a shape: a vector is a column."""
    sides = (*shape, 1, 1)
    return sides[0], sides[1]
