"""Graphs of a problem as formulas: with families as they are, or stacked into X and y where that is shorter."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.choices import choices
from matdiff.calculus.simplify import written_sums
from matdiff.calculus.stacking import stack_of
from matdiff.formula.length import length
from matdiff.formula.syntax import Call, Num, subtrees
from matdiff.functions import names as fn
from matdiff.graph.graph import current
from matdiff.graph.members import family_axes
from matdiff.graph.nodes import Var, walk
from matdiff.graph.sums import substitute
from matdiff.notation.display import Manner, Raiser
from matdiff.problems.signed import tidied
from matdiff.writing import Style, write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matdiff.formula.question import Symbol
    from matdiff.formula.syntax import Expr
    from matdiff.graph.nodes import Node
    from matdiff.problems.linear import Condition
    from matdiff.problems.problem import Problem


def shortest(problem: Problem, slope: Node) -> Node:
    """A derivative of the objective in the form that is shortest on paper, as the calculator would print it."""
    assert problem.objective is not None  # noqa: S101 # for the type checker
    options = list(choices(slope, written_sums(problem.objective)))
    raiser = Raiser({name: k for k, name in enumerate(problem.typed.symbols)}, Manner(norms=True))
    return min(options, key=lambda node: length(raiser.raised(node))) if len(options) > 1 else slope


class Scribe:
    """Writes the graphs of one problem; `lets` tells what X and y stack, once they stand in a formula."""

    def __init__(self, problem: Problem, more: Iterable[Symbol] = (), *, stacks: bool = False) -> None:
        typed = problem.typed
        self.problem = problem
        self.stacks = stacks  # whether families are always stacked, as beside multipliers that are vectors
        self.symbols: dict[str, Symbol] = {**typed.symbols, **{symbol.name: symbol for symbol in more}}
        ranks = {name: k for k, name in enumerate(self.symbols)}
        norms = stacks or any(
            isinstance(inner, Call) and inner.function == fn.NORM for inner in subtrees(typed.expression)
        )
        self.raiser = Raiser(ranks, Manner(norms=norms))
        self.lets: dict[str, dict[str, str]] = {}
        self._stacks: dict[Node, tuple[Var, Symbol, Symbol]] = {}
        for symbol in typed.symbols.values():
            made = stack_of(symbol, typed.symbols) if symbol.family else None
            if made is not None:
                var, _ = problem.lowering.variable(symbol)
                whole = Var(made.name, var.shape, rows_columns=made.shape)
                self._stacks[var] = (whole, made, symbol)
                self.raiser.ranks.setdefault(made.name, self.raiser.ranks.get(symbol.name, 0))

    def tree(self, node: Node) -> Expr:
        """The formula of a node, in whichever of the two ways is shorter."""
        mine = [inner for inner in walk(node) if inner in self._stacks]
        if not mine:
            return self._raised(node)
        stacked = self._raised(substitute(node, {old: self._stacks[old][0] for old in mine}))
        if not self.stacks and not any(self._open(node, old) for old in mine):
            plain = self._raised(node)
            if length(plain) <= length(stacked):
                return plain
        for old in mine:
            _, made, symbol = self._stacks[old]
            what = "entries" if made.kind == "vector" else "rows"
            self.lets[made.name] = {what: symbol.name}
        return stacked

    def shortest_tree(self, node: Node) -> Expr:
        """The formula of a solution: multiplied out, over a common denominator, with sums in the signs that the problem
        wrote, not those that solving met them with, where that is shorter.
        """
        options = list(choices(node, frozenset()))
        found = [self.tree(option) for option in options]
        graph, raiser, met = current(), self.raiser, current().signs
        self.problem.as_written()
        self.raiser = Raiser(raiser.ranks, raiser.manner)
        found += [self.tree(option) for option in options]
        graph.signs, self.raiser = met, raiser
        return min(found, key=length)

    def _raised(self, node: Node) -> Expr:
        return tidied(self.raiser.raised(node))

    @staticmethod
    def _open(node: Node, family: Node) -> bool:
        """Does the node number members of a family itself?"""
        return any(family_axes(node)) and any(inner is family for inner in walk(node))

    def text(self, node: Node, notation: str = "ascii") -> str:
        return self.write(self.tree(node), notation)

    def write(self, tree: Expr, notation: str = "ascii") -> str:
        return write(tree, notation, Style(symbols=self.symbols))

    def condition(self, one: Condition, notation: str = "ascii") -> str:
        """What must hold, as text."""
        return one.text.format(*[self.text(node, notation) for node in one.nodes])

    def equation(self, node: Node, notation: str = "ascii") -> str:
        """The node set equal to zero: what doesn't hold the unknowns could stand right, where that reads as well."""
        return f"{self.text(node, notation)} = 0"

    def zero(self) -> Expr:
        return Num(Fraction(0))
