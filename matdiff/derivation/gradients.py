"""The coefficient of dX, read off the differential: gradient, Jacobian, or the matrix of vec(dF) by vec(dX)."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.lower_calls import vectorised
from matdiff.calculus.transpose import contracted
from matdiff.calculus.variables import Part, restricted
from matdiff.derivation import trees
from matdiff.derivation.arranging import Derived, natural_shape
from matdiff.derivation.collecting import Occurrence, occurrence, paired, terms
from matdiff.derivation.formulas import formula
from matdiff.derivation.step import Step
from matdiff.derivation.trees import SCALAR, add, mul, shape
from matdiff.errors import CalculusError
from matdiff.formula.syntax import Add, Call, Derivative, Div, Mul, Sym, Transpose, children
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.notation.layout import lay_out
from matdiff.records import replace

if TYPE_CHECKING:
    from matdiff.calculus.variables import Variable
    from matdiff.derivation.changes import Changes
    from matdiff.formula.syntax import Expr, Shape
    from matdiff.graph.nodes import Node, Var
    from matdiff.notation.display import Raiser

_OCCURRENCES = (
    (
        False,
        "each {}: the transpose of what stands before it times the transpose of what stands after it",
        "tr(A dX B)",
        "tr((A^T B^T)^T dX)",
    ),
    (True, "each transposed {}: what stands after it times what stands before it", "tr(A dX^T B)", "tr((B A)^T dX)"),
)
_STRUCTURES = {
    "symmetric": "projection on the symmetric matrices",
    "spd": "projection on the symmetric matrices",
    "skew": "projection on the skew matrices",
    "diagonal": "the diagonal entries",
    "lower": "the entries of the lower triangle",
    "upper": "the entries of the upper triangle",
}


class Collector:
    """Collects the coefficient of one variable's change.  Takes a differential with its graph; gives the derivative in
    its natural layout.
    """

    def __init__(self, changes: Changes, variable: Variable, raiser: Raiser, symmetric: str) -> None:
        self.changes = changes
        self.variable = variable
        self.raiser = raiser
        self.symmetric = symmetric
        change = changes.nodes[variable.var]
        self.change: Var = change  # type: ignore[assignment] # the change of a variable is a variable
        self.sides = variable.symbol.shape
        self.steps: list[Step] = []

    def collect(
        self, state: tuple[Expr, Node], left: Derivative, name: Expr, given: Node
    ) -> tuple[Derived, list[Step]]:
        """The derivative `left` from the differential `name` = `state` (with its graph) of `given`."""
        self.left, self.name, self.value = left, name, shape(state[0])
        self.state, self.given = state, given
        variable, k = self.variable, state[1].order
        if variable.entry or variable.part.family:
            derived = self.directly(variable)
        elif k == 0 and self.sides == SCALAR:
            derived = self.by_scalar()
        elif k == 0:
            derived = self.gradient()
        elif self.sides == SCALAR:
            derived = self.by_scalar()
        elif k == 1 and self.change.order == 1 and self.value[1] == 1 and self.sides[1] == 1:
            derived = self.jacobian()
        else:
            derived = self.by_columns()
        return derived, self.steps

    # -- steps
    # ---------------------------------------------------------------------------------------------------------------

    def goes_to(self, rule: str, tree: Expr, node: Node, told: tuple[str, str] | None = None) -> None:
        """One step of the differential; none where nothing changes."""
        if tree != self.state[0]:
            self.steps.append(
                Step(rule, self.name, self.state[0], tree, self.state[1], node, formula(*told) if told else None)
            )
        self.state = (tree, node)

    def read_off(self, rule: str, derived: Derived, told: tuple[str, str]) -> Derived:
        self.steps.append(Step(rule, self.left, derived.tree, derived.tree, derived.node, derived.node, formula(*told)))
        return derived

    # -- coefficients
    # ----------------------------------------------------------------------------------------------------------

    def terms(self) -> list[Expr]:
        """The differential as a sum of terms with dX once each."""
        state, node = self.state
        found = terms(state, self.holds)
        self.goes_to("linearity", add(*found), node)
        return found

    def holds(self, tree: Expr) -> bool:
        if isinstance(tree, Sym):
            return (tree.variable or tree.name) in self.changes.names.values()
        return any(self.holds(child) for child in children(tree))

    def coefficient(self, term: Expr) -> Node:
        """The derivative of a term by dX."""
        return differentiate(self.changes.lower(term).node, self.change)

    def raised(self, node: Node) -> Expr:
        """A coefficient as a formula: of the shape of the value, the Jacobian's, or for a scalar the variable's."""
        row = node.order == 1 and self.value[0] == 1 and self.value[1] != 1
        sides = natural_shape(self.value, self.variable)
        return trees.typed_as(self.raiser.row(node) if row else self.raiser.raised(node), self.changes.symbols, sides)

    # -- scalars
    # -----------------------------------------------------------------------------------------------------------------

    def gradient(self) -> Derived:
        """The differential df = tr(G^T dX), or g^T dx."""
        found, contributions = self.contributions()
        change = Sym(self.changes.names[self.variable.symbol.name], shape=self.sides)
        shown = list(found)
        for turned, rule, left, right in _OCCURRENCES:
            places = [
                k for k, made in enumerate(contributions) if not isinstance(made, _Other) and made.turned is turned
            ]
            for k in places:
                shown[k] = paired(contributions[k].gradient, change)
            if places:
                self.goes_to(rule.format(self.variable.symbol.name), add(*shown), self.state[1], (left, right))
        parts = [made.gradient for made in contributions]
        matrix = 1 not in self.sides
        told = ("df", "tr(G^T dX)") if matrix else ("df", "G^T dx")
        self.goes_to("collecting the coefficients", add(*[paired(part, change) for part in parts]), self.state[1], told)
        whole = add(*parts)
        node = self.whole()
        self.goes_to("one coefficient", paired(whole, change), contracted(node, self.change), told)
        derived = self.read_off("reading off the gradient", Derived(whole, node, self.sides), told)
        return self.structured(derived)

    def contributions(self) -> tuple[list[Expr], list[Occurrence]]:
        """The terms of the differential, and what each adds to the gradient; all in one where a matrix function does
        not let them apart.
        """
        found = self.terms()
        try:
            return found, [self.contribution(term) for term in found]
        except CalculusError:
            return [self.state[0]], [_Other(turned=False, gradient=self.raised(self.diagonal(self.whole())))]

    def whole(self) -> Node:
        """The derivative by dX of the whole differential."""
        try:
            return differentiate(self.state[1], self.change)
        except CalculusError:
            return differentiate(self.given, self.variable.var)

    def contribution(self, term: Expr) -> Occurrence:
        """What a term adds to the gradient; by the rule for traces where it is one."""
        change = Sym(self.changes.names[self.variable.symbol.name])
        made = occurrence(term, change) if self.variable.symbol.structure != "diagonal" else None
        if made is not None:
            return made
        node = self.coefficient(term)
        return _Other(turned=False, gradient=self.raised(self.diagonal(node)))

    def diagonal(self, node: Node) -> Node:
        return restricted(node, self.variable, self.symmetric) if self.variable.symbol.structure == "diagonal" else node

    def structured(self, derived: Derived) -> Derived:
        """The gradient within the structure of the variable."""
        symbol = self.variable.symbol
        node = restricted(derived.node, self.variable, self.symmetric)
        if node is derived.node:
            return derived
        tree = derived.tree if symbol.structure == "diagonal" else self.projected(derived.tree)
        rule = "derivative by the free entries" if self.symmetric == "entries" else _STRUCTURES[symbol.structure]
        self.steps.append(Step(rule, self.left, tree, tree, node, node))
        return Derived(tree, node, self.sides)

    def projected(self, g: Expr) -> Expr:
        """(G + G^T)/2 and its kin."""
        structure = self.variable.symbol.structure
        if structure in {"lower", "upper"}:
            return Call(fn.LOWER_TRIANGLE if structure == "lower" else fn.UPPER_TRIANGLE, (g,), shape=self.sides)
        other = Transpose(g, shape=self.sides)
        if structure == "skew":
            return Div(Add((g, trees.neg(other)), shape=self.sides), trees.num(2), shape=self.sides)
        if self.symmetric == "entries":
            return Add((g, other, trees.neg(trees.had(g, Call(fn.IDENTITY, (), shape=self.sides)))), shape=self.sides)
        return Div(Add((g, other), shape=self.sides), trees.num(2), shape=self.sides)

    # -- the other kinds
    # -----------------------------------------------------------------------------------------------------------

    def by_scalar(self) -> Derived:
        """The differential dF = F' dt."""
        parts = [self.raised(self.coefficient(term)) for term in self.terms()]
        change = Sym(self.changes.names[self.variable.symbol.name], shape=SCALAR)
        node = differentiate(self.state[1], self.change)
        self.goes_to("collecting the coefficient", mul(add(*parts), change), contracted(node, self.change))
        if self.value[0] != 1 and self.value[1] == 1:
            self.turn_left()
        return self.read_off("reading off the derivative", Derived(add(*parts), node, self.value), ("df", "G dx"))

    def turn_left(self) -> None:
        """What is read off is ∂f/∂x^T."""
        self.left = replace(self.left, by=(*self.left.by[:-1], (self.left.by[-1][0], True)))

    def jacobian(self) -> Derived:
        """The differential df = J dx."""
        parts = [self.raised(self.coefficient(term)) for term in self.terms()]
        change = Sym(self.changes.names[self.variable.symbol.name], shape=self.sides)
        told = ("df", "G dx")
        node = differentiate(self.state[1], self.change)
        self.goes_to("collecting the coefficients", add(*[mul(part, change) for part in parts]), self.state[1], told)
        self.goes_to("one coefficient", mul(add(*parts), change), contracted(node, self.change), told)
        self.turn_left()
        return self.read_off(
            "reading off the Jacobian", Derived(add(*parts), node, (self.value[0], self.sides[0])), told
        )

    def directly(self, variable: Variable) -> Derived:
        """The derivative by an entry X_ij, or by a member x_m of a family."""
        node = restricted(differentiate(self.state[1], self.change), variable, self.symmetric)
        names = (
            (*variable.by.index, *[None] * (node.order - variable.part.family))
            if variable.part.family
            else (None,) * node.order
        )
        tree = self.raiser.raised(node, names)
        rule = "the entry that is asked for" if variable.entry else "the member that is asked for"
        return self.read_off(rule, Derived(tree, node, self.member_sides()), ("df", "G dx"))

    def member_sides(self) -> Shape:
        """The shape of a derivative by an entry or by a member of a family."""
        return natural_shape(self.value, self.variable)

    def by_columns(self) -> Derived:
        """The matrix M of vec(dF) = M vec(dX)."""
        state, moved = self.state
        self.turn_left()
        node = restricted(differentiate(moved, self.change), self.variable, self.symmetric)
        part = Part(moved.order, row=self.value[0] == 1 and moved.order == 1)
        laid = lay_out(node, part, (self.variable.part,), transposed=(False,), layout="numerator")
        sides = (laid.shape[0], laid.shape[1])
        tree = self.raiser.raised(laid.node)
        change = Sym(self.changes.names[self.variable.symbol.name], shape=self.sides)
        whole = self.stacked(state), self.stacked_node(moved)
        if self.variable.symbol.structure != "":
            return self.read_off(
                "columns stacked",
                Derived(tree, laid.node, sides, stacked=True),
                ("vec(A dX B)", "kron(B^T, A) vec(dX)"),
            )
        before = self.stacked_node(self.change)
        product = build.ein([(laid.node, (0, 1)), (before, (1,))], (0,))
        made = Mul((tree, self.stacked(change)))
        self.steps.append(
            Step(
                "columns stacked",
                self.stacked(self.name),
                whole[0],
                made,
                whole[1],
                product,
                formula("vec(A dX B)", "kron(B^T, A) vec(dX)"),
            )
        )
        return self.read_off(
            "reading off the matrix", Derived(tree, laid.node, sides, stacked=True), ("vec(df)", "G vec(dX)")
        )

    @staticmethod
    def stacked(tree: Expr) -> Expr:
        return tree if 1 in (tree.shape or (2, 2)) else Call(fn.VEC, (tree,))

    @staticmethod
    def stacked_node(node: Node) -> Node:
        return vectorised(node) if node.order == 2 else node


class _Other(Occurrence):
    """A contribution that no rule for traces tells."""
