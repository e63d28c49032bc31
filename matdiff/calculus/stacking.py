"""Families stacked into matrices: sum(n, 1, N, x_n x_n^T) is X^T X with X the matrix of rows x_n^T.

On the graph nothing happens but a change of names: the index that numbered the members becomes an index like any other,
so that sums over it are products.
"""

from __future__ import annotations

from itertools import chain, count
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.errors import CalculusError
from matdiff.formula.question import Symbol
from matdiff.graph.members import MEMBERS
from matdiff.graph.nodes import Node, Op, Var, walk
from matdiff.graph.sums import substitute

if TYPE_CHECKING:
    from collections.abc import Container

    from matdiff.calculus.lower import Lowering
    from matdiff.calculus.variables import Variable
    from matdiff.formula.question import Typed


class Stacked(NamedTuple):
    """The value over stacked matrices, and notes that say what they stack."""

    value: Node
    notes: tuple[str, ...]


def stacked(value: Node, typed: Typed, lowering: Lowering, variables: tuple[Variable, ...]) -> Stacked:
    """The value with its families stacked; the stacked matrices take the place of the families among the symbols.

    A family of matrices stays as it is.  Raises CalculusError E301 where the derivative is by a member of a family.
    """
    if any(variable.symbol.family for variable in variables):
        raise CalculusError(
            "E301",
            "--vectorize with a derivative by a member of a family is not supported",
            hint="leave out --vectorize",
        )
    if any(isinstance(node, Op) and node.name == MEMBERS for node in walk(value)):
        raise CalculusError(
            "E301",
            "--vectorize with a sum over a part of a family is not supported",
            hint="leave out --vectorize",
        )
    changes: dict[Node, Node] = {}
    notes: list[str] = []
    present = set(walk(value))
    for symbol in list(typed.symbols.values()):
        made = stack_of(symbol, typed.symbols) if symbol.family else None
        if made is None or lowering.variable(symbol)[0] not in present:
            continue
        old, _ = lowering.variable(symbol)
        changes[old] = Var(made.name, old.shape, rows_columns=made.shape)
        del typed.symbols[symbol.name]
        typed.symbols[made.name] = made
        notes.append(told(made, symbol))
    return Stacked(substitute(value, changes) if changes else value, tuple(notes))


def told(stack: Symbol, family: Symbol) -> str:
    """What a reader must know of a stack: X is the matrix of rows x_n^T, N x m."""
    turned = "^T" if family.shape[1] == 1 else ""
    parts = f"rows {family.name}{turned}" if family.shape != (1, 1) else f"entries {family.name}"
    sides = " x ".join(map(str, stack.shape if stack.kind == "matrix" else stack.shape[:1]))
    return f"{stack.name} is the {stack.kind} of {parts}, {sides}"


def stack_of(symbol: Symbol, taken: Container[str]) -> Symbol | None:
    """The vector or matrix that stacks a family, by a name that is not taken; None where it would have more than two
    indices.
    """
    inner = [side for side in symbol.shape if side != 1]
    sides = (*symbol.family_sizes, *inner)
    if len(sides) > 2:
        return None
    base = symbol.name.partition("_")[0]
    wished = base if len(sides) == 1 else base.upper() if len(base) == 1 else base.capitalize()
    name = next(name for name in chain([wished], (f"{wished}_{k}" for k in count())) if name not in taken)
    return Symbol(name, "vector" if len(sides) == 1 else "matrix", (sides[0], sides[1] if len(sides) == 2 else 1))
