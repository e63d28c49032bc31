"""Typed syntax tree → tensor graph.

A value has one index for each side that is not one, and before them one for each index of a family x_n still free.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus import lower_unknown as unknown
from matdiff.calculus import row_formulas as templates
from matdiff.calculus.lower_calls import LOWERINGS, contraction, length, written_out
from matdiff.calculus.lower_sums import indexed_sum
from matdiff.calculus.lowered import (
    CHUNK,
    Chain,
    OfMembersError,
    Value,
    delta,
    entry_vector,
    numbered,
    operator,
    sides,
    taken,
    union,
)
from matdiff.formula import syntax
from matdiff.formula.syntax import DELTA
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph import build, elementwise, matrices, powers
from matdiff.graph.nodes import OF_MEMBERS, Indices, Node, Size, Var, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matdiff.formula.question import Symbol, Typed
    from matdiff.formula.syntax import Expr
    from matdiff.functions import Function


_FORMAL = ("X", "Y", "Z")  # the arguments of a definition


class Lowering:
    """Lowers one question.

    `free` are the names differentiated by; `bound` gives names a value directly: formal arguments of a function's
    definition or differential.
    """

    def __init__(
        self,
        symbols: Mapping[str, Symbol],
        bound: Mapping[str, Value] | None = None,
        free: frozenset[str] = frozenset(),
    ) -> None:
        self.symbols = symbols
        self.free = free
        self.notes: list[str] = []
        self.bound = dict(bound or {})
        self.sizes: dict[str, Size] = {}
        self.running: dict[str, Node] = {}  # the indices of the sums around that begin at 1, and their upper bounds
        self.for_all: frozenset[str] = frozenset()  # the indices of a relation that holds for all of its members
        self.ranges: dict[str, tuple[Size, Size]] = {}
        self.around: tuple[str, ...] = ()  # the indices of all sums around
        self.numbers: frozenset[str] = frozenset()  # indices that stand for numbers: x_n is one member, not all of them
        for symbol in symbols.values():
            for name, size in zip(symbol.family, symbol.family_sizes, strict=True):
                self.sizes.setdefault(name, size)

    def lower(self, tree: Expr) -> Value:
        """The value of a tree whose every node has a shape."""
        return _LOWER[type(tree)](self, tree)

    # -- names -------------------------------------------------------------------------------------------------------

    def symbol(self, tree: syntax.Sym) -> Value:
        bound = self.bound.get(tree.name)
        if bound is not None:
            return bound
        if tree.variable == DELTA:
            return delta(self, tree.index)
        symbol = self.symbols.get(tree.variable or tree.name)
        if symbol is None:
            return Value(Var(tree.name, role="integer"))
        _, node = self.variable(symbol)
        if not tree.index:
            return Value(node, symbol.family)
        if symbol.family:
            for axis, (name, size) in enumerate(zip(tree.index, symbol.family_sizes, strict=False)):
                self.sizes.setdefault(name, size)
                if not name.isdigit() and name not in self.numbers:
                    node = taken(node, axis, symbol, self.ranges.get(name), self.sizes[name])
            of = len(symbol.family)
            value = numbered(node, tree.index[:of], symbol, self.numbers)
            return self.component(value, tree.index[of:]) if len(tree.index) > of else value
        if self.runs(node, tree.index):
            for name, size in zip(tree.index, node.shape, strict=True):
                self.sizes.setdefault(name, size)
            return Value(node, tree.index)
        return self.along_diagonal(node, tree.index) or Value(self.entry(node, tree.index))

    def component(self, member: Value, index: tuple[str, ...]) -> Value:
        """The entry x_nk of a member x_n; where k runs over all of them, it is like another index of the family."""
        first = len(member.family)
        if first + len(index) == member.node.order and self.runs(member.node, (*member.family, *index)):
            self.sizes.update(zip(index, member.node.shape[first:], strict=True))
            return Value(member.node, (*member.family, *index))
        factors: list[tuple[Node, Indices]] = [(member.node, tuple(range(member.node.order)))]
        for axis, name in enumerate(index, first):
            factors.append((entry_vector(name, member.node.shape[axis]), (axis,)))
        return Value(build.ein(factors, tuple(range(first))), member.family)

    def runs(self, node: Node, index: tuple[str, ...]) -> bool:
        """Do the indices of an entry x_i run over all of x?  Then x is like a family of numbers."""
        return (
            len(set(index)) == node.order
            and self.numbers.isdisjoint(index)
            and all(
                self.running.get(name) is build.size_node(size) for name, size in zip(index, node.shape, strict=False)
            )
        )

    def along_diagonal(self, node: Node, index: tuple[str, ...]) -> Value | None:
        """The entries X_ii of a relation that holds for every i: the diagonal, like a family of numbers."""
        if len(index) != 2 or index[0] != index[1] or index[0] not in self.for_all or len(set(node.shape)) > 1:
            return None
        if self.running.get(index[0]) is not build.size_node(node.shape[0]):
            return None
        self.sizes.setdefault(index[0], node.shape[0])
        return Value(build.ein([(node, (0, 0))], (0,)), index[:1])

    def variable(self, symbol: Symbol) -> tuple[Var, Node]:
        """The Var of a symbol, and the node it stands for (a diagonal matrix is the Var of its diagonal)."""
        role = symbol.kind if symbol.kind in {"integer", "size"} else "symbol"
        shape = tuple(side for side in symbol.shape if side != 1)
        family = tuple(symbol.family_sizes)
        if symbol.structure == "diagonal" and len(shape) == 2:
            diagonal = Var(symbol.name, (*family, shape[0]), role, "diagonal", len(family), symbol.shape)
            axes = tuple(range(len(family) + 1))
            return diagonal, build.ein([(diagonal, axes)], (*axes, axes[-1]))
        structure = symbol.structure if len(shape) == 2 and (not family or symbol.structure in OF_MEMBERS) else ""
        if structure == "orthogonal" and symbol.name in self.free:
            structure = ""  # a derivative by Q that used QᵀQ = I would be that of another function
        var = Var(symbol.name, (*family, *shape), role, structure, len(family), symbol.shape)
        return var, var

    def entry(self, node: Node, index: tuple[str, ...]) -> Node:
        factors: list[tuple[Node, Indices]] = [(node, tuple(range(node.order)))]
        for axis, name in enumerate(index):
            factors.append((entry_vector(name, node.shape[axis]), (axis,)))
        return build.ein(factors, ())

    # -- sums and products

    def add(self, tree: syntax.Add) -> Value:
        return self.total(
            [
                (-1, self.lower(term.arg)) if isinstance(term, syntax.Neg) else (1, self.lower(term))
                for term in tree.terms
            ],
            tree,
        )

    def total(self, terms: list[tuple[int, Value]], tree: Expr) -> Value:
        family = union([value.family for _, value in terms])
        shape = (*[self.sizes[name] for name in family], *sides(tree))
        return Value(build.lin([(c, self.spread(value, family, sides(tree))) for c, value in terms], shape), family)

    def spread(self, value: Value, family: tuple[str, ...], inner: tuple[Size, ...]) -> Node:
        """The value as a tensor over all of `family`, constant along what it does not depend on."""
        lacking = value.node.order - len(value.family) < len(inner)
        if value.family == family and not lacking:
            return value.node
        place = {name: i for i, name in enumerate(family)}
        axes = tuple(range(len(family), len(family) + len(inner)))
        sizes: dict[int, Size] = {i: self.sizes[name] for name, i in place.items()}
        sizes.update(zip(axes, inner, strict=True))
        return build.ein(
            [(value.node, tuple([place[name] for name in value.family]) + (() if lacking else axes))],
            (*range(len(family)), *axes),
            sizes,
        )

    def mul(self, tree: syntax.Mul) -> Value:
        chain = Chain()
        for factor in tree.factors:
            chain.multiply(self.lower(factor), factor.shape or (1, 1))
        return chain.value()

    def divide(self, tree: syntax.Div) -> Value:
        below = self.lower(tree.den)
        chain = Chain()
        chain.multiply(self.lower(tree.num), tree.num.shape or (1, 1))
        chain.multiply(Value(build.reciprocal(below.node), below.family), (1, 1))
        return chain.value()

    def hadamard(self, tree: syntax.Had) -> Value:
        return self.entrywise([self.lower(factor) for factor in tree.factors], tree)

    def entrywise(self, values: list[Value], tree: Expr) -> Value:
        """Entry-by-entry product of values of the tree's shape, or scalars; of many, in parts."""
        while len(values) > CHUNK:
            values = [self.entrywise(values[:CHUNK], tree), *values[CHUNK:]]
        family = union([value.family for value in values])
        place = {name: i for i, name in enumerate(family)}
        inner = tuple(range(len(family), len(family) + len(sides(tree))))
        factors = [
            (v.node, tuple([place[name] for name in v.family]) + (inner if v.node.order > len(v.family) else ()))
            for v in values
        ]
        sizes: dict[int, Size] = dict(zip(inner, sides(tree), strict=True))
        return Value(build.ein(factors, (*range(len(family)), *inner), sizes), family)

    def hadamard_quotient(self, tree: syntax.HadDiv) -> Value:
        below = self.lower(tree.den)
        return self.entrywise([self.lower(tree.num), Value(build.reciprocal(below.node), below.family)], tree)

    def negative(self, tree: syntax.Neg) -> Value:
        value = self.lower(tree.arg)
        return Value(build.scale(-1, value.node), value.family)

    def transpose(self, tree: syntax.Transpose) -> Value:
        value = self.lower(tree.arg)
        k = len(value.family)
        if value.node.order - k < 2:
            return value
        lead = tuple(range(k))
        return Value(build.ein([(value.node, (*lead, k, k + 1))], (*lead, k + 1, k)), value.family)

    def power(self, tree: syntax.Pow | syntax.HadPow) -> Value:
        value, exponent = self.lower(tree.base), self.lower(tree.exponent)
        if isinstance(value.node, Var) and value.node.role == "number" and value.node.name == fn.EULER:
            return Value(elementwise.apply(fn.EXP, exponent.node), exponent.family)
        if exponent.family:
            raise OfMembersError("an exponent", tree, exponent.family)
        if isinstance(tree, syntax.HadPow) and exponent.node.order:
            logarithm = Value(
                elementwise.apply(fn.LOG, value.node), value.family
            )  # each entry has an exponent of its own
            product = self.entrywise([exponent, logarithm], tree)
            return Value(elementwise.apply(fn.EXP, product.node), product.family)
        if isinstance(tree, syntax.HadPow) or tree.base.shape == (1, 1):
            return Value(powers.power(value.node, exponent.node), value.family)
        self.refuse_family([value], "a matrix power", tree)
        return Value(matrices.matpow(value.node, exponent.node))

    def refuse_family(self, values: list[Value], what: str, tree: Expr) -> None:
        family = union([value.family for value in values])
        if family:
            raise OfMembersError(what, tree, family)

    # -- functions ---------------------------------------------------------------------------------------------------

    def call(self, tree: syntax.Call) -> Value:
        row = TABLE.get(tree.function)
        if row is None:
            return length(self, tree)
        operation = LOWERINGS.get(row.operation)
        if operation is not None:
            return operation(self, tree)
        if row.einsum:
            return contraction(self, row.einsum, tree)
        values = [self.lower(arg) for arg in tree.args]
        if row.parametric and len(values) > 1:
            return self.with_parameter(row, values, tree)
        if row.kind == "elementwise":
            return Value(elementwise.apply(row.name, values[0].node), values[0].family)
        if row.kind == "definition":
            return self.definition(row.definition, values, tree)
        return self.operator(row, values, tree)

    def operator(self, row: Function, values: list[Value], tree: syntax.Call) -> Value:
        """What is an Op of the graph, but for numbers and for members of families."""
        if row.of_scalar and not any(map(sides, tree.args)):
            return self.expanded(row.of_scalar, values, tree)
        if row.formula and any(value.family for value in values):
            return self.expanded(row.formula, values, tree)  # what is no primitive is said by what it is made of
        self.refuse_family(values, row.name, tree)
        return Value(operator(row.name, tuple([value.node for value in values]), sides(tree)))

    def with_parameter(self, row: Function, values: list[Value], tree: syntax.Call) -> Value:
        """A function of one argument that is given a second; where the two may change places, the array, or what is no
        number, comes first.
        """
        first, second = tree.args[0].shape == (1, 1), tree.args[1].shape == (1, 1)
        if row.traits.commutes and first and (not second or number(values[0].node) is not None):
            tree = syntax.Call(tree.function, tree.args[::-1], span=tree.span, shape=tree.shape)
            values = [values[1], values[0]]
        return self.expanded(row.parametric, values, tree)

    def definition(self, text: str, values: list[Value], tree: syntax.Call) -> Value:
        if TABLE[tree.function].note:
            self.notes.append(TABLE[tree.function].note)
        return self.expanded(text, values, tree)

    def expanded(self, text: str, values: list[Value], tree: syntax.Call) -> Value:
        """An expression in X, Y, Z of the arguments of a call."""
        shapes = {name: arg.shape or (1, 1) for name, arg in zip(_FORMAL, tree.args, strict=False)}
        typed = templates.typed(text, shapes)
        inner = Lowering(typed.symbols, dict(zip(_FORMAL, values, strict=False)))
        inner.sizes = self.sizes
        return inner.lower(typed.expression)

    def member_by_number(self, tree: Expr, free: tuple[str, ...]) -> Value:
        """A value that names members which no sum binds: each is one member, by a number that is any of them."""
        self.numbers |= set(free)
        return self.lower(tree)

    def relation(self, tree: syntax.Relation) -> Value:
        """The left side minus the right one; a scalar is one for each entry of the other side."""
        return self.total([(1, self.lower(tree.left)), (-1, self.lower(tree.right))], tree)


def _number(_: Lowering, tree: syntax.Num) -> Value:
    return Value(build.num(build.exact(tree.value) if tree.value.denominator != 1 else tree.value.numerator))


_LOWER: dict[type, Callable[..., Value]] = {
    syntax.Num: _number,
    syntax.Sym: Lowering.symbol,
    syntax.Neg: Lowering.negative,
    syntax.Add: Lowering.add,
    syntax.Mul: Lowering.mul,
    syntax.Div: Lowering.divide,
    syntax.Had: Lowering.hadamard,
    syntax.HadDiv: Lowering.hadamard_quotient,
    syntax.HadPow: Lowering.power,
    syntax.Pow: Lowering.power,
    syntax.Transpose: Lowering.transpose,
    syntax.Call: Lowering.call,
    syntax.Matrix: written_out,
    syntax.Apply: unknown.applied,
    syntax.Derivative: unknown.derivative,
    syntax.IndexedSum: indexed_sum,
    syntax.Relation: Lowering.relation,
}


def lower(typed: Typed) -> Value:
    """The expression of a question as a tensor graph."""
    return Lowering(typed.symbols).lower(typed.expression)
