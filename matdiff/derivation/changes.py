"""What varies in a derivation: the changes dX of the variables, and d(…) of what is not worked out yet."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.differential import differential
from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.lower import Lowering
from matdiff.calculus.lowered import Value
from matdiff.calculus.transpose import contracted
from matdiff.derivation import trees
from matdiff.formula.syntax import Apply, Derivative, Expr, Sym, Transpose, children
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.nodes import Var, walk
from matdiff.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matdiff.formula.question import Symbol
    from matdiff.graph.nodes import Node
    from matdiff.notation.display import Raiser

_MARKS = ("d", "D", "delta", "Delta", "partial", "Diff", "change", "variation")
_STRUCTURES = {"orthogonal": "", "spd": "symmetric"}  # a change of an orthogonal matrix is not orthogonal


class Changes(Lowering):
    """The changes of some symbols; lowers formulas that hold them, d(…) as the differential of what stands inside.

    mark: the name that is written for d, which no symbol has.  raiser: writes what is worked out on the graph.
    """

    def __init__(self, symbols: Mapping[str, Symbol], varying: Iterable[str], raiser: Raiser) -> None:
        self.raiser = raiser
        self.mark = next((mark for mark in _MARKS if not _taken(mark, [*symbols])), "differential")
        self.names = {name: self.mark + name for name in varying}
        super().__init__({**symbols, **{made: changed(symbols[name], made) for name, made in self.names.items()}})
        self.nodes: dict[Node, Node] = {
            self.variable(symbols[name])[0]: self.variable(self.symbols[made])[0] for name, made in self.names.items()
        }

    def lower(self, tree: Expr) -> Value:
        if isinstance(tree, Apply) and tree.name == self.mark:
            value = super().lower(tree.args[0])
            return Value(differential(value.node, self.nodes), value.family)
        return super().lower(tree)

    def derivative(self, tree: Expr) -> Value:
        """The differential of a formula by way of its derivatives, each contracted with the change of its variable."""
        value = super().lower(tree)
        present = set(walk(value.node))
        terms = [
            (1, contracted(differentiate(value.node, var), change))
            for var, change in self.nodes.items()
            if isinstance(var, Var) and var in present
        ]
        return Value(build.lin(terms, value.node.shape), value.family)

    def of_symbols(self, symbols: Mapping[str, Symbol]) -> Changes:
        """The changes of other symbols, all of which vary."""
        return Changes(symbols, symbols, self.raiser)

    @property
    def written(self) -> dict[str, str]:
        """The names, without subscripts, that a writer sets as changes, and of what."""
        return {self.mark: "", **{(self.mark + name).partition("_")[0]: name.partition("_")[0] for name in self.names}}

    def varies(self, tree: Expr) -> bool:
        """Whether a formula depends on what changes."""
        if isinstance(tree, Sym):
            return (tree.variable or tree.name) in self.names
        if isinstance(tree, (Apply, Derivative)) and not tree.args:
            return any(name in self.names for name in self.symbols[tree.name].args)
        return any(self.varies(child) for child in children(tree))

    def is_pending(self, tree: Expr) -> bool:
        return isinstance(tree, Apply) and tree.name == self.mark

    def is_settled(self, tree: Expr) -> bool:
        """Whether every differential in a formula is worked out."""
        return not self.is_pending(tree) and all(self.is_settled(child) for child in children(tree))

    def of(self, tree: Expr) -> Expr:
        """The differential of a formula: zero, dX, or d(…) where a rule is to be applied."""
        if not self.varies(tree):
            return trees.constant(fn.ZEROS, trees.shape(tree))
        if isinstance(tree, Sym):
            whole = tree.variable or tree.name
            name = self.mark + tree.name
            return Sym(name, tree.index, self.names[whole] if tree.variable else "", shape=tree.shape)
        if isinstance(tree, Transpose):
            return trees.transpose(self.of(tree.arg))
        return Apply(self.mark, (tree,), shape=trees.shape(tree))


def _taken(mark: str, names: list[str]) -> bool:
    """Whether a name of the question could be taken for the mark, or for a change."""
    bases = {name.partition("_")[0] for name in names}
    return mark in bases or any(mark + base in bases for base in bases)


def changed(symbol: Symbol, name: str) -> Symbol:
    """The change of a symbol: of its shape, and of its structure as far as a change has it."""
    return replace(symbol, name=name, structure=_STRUCTURES.get(symbol.structure, symbol.structure))
