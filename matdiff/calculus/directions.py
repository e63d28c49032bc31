"""Changes of a question's symbols, dX for X: the total differential, and derivatives in directions."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.differential import Changes, differential
from matdiff.errors import CalculusError
from matdiff.graph.nodes import walk
from matdiff.records import replace

if TYPE_CHECKING:
    from matdiff.calculus.lower import Lowering
    from matdiff.calculus.variables import Variable
    from matdiff.formula.question import Symbol, Typed
    from matdiff.graph.nodes import Node


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
