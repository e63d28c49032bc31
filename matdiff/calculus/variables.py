"""The variables a question differentiates by, their structure, and the derivative by all of them in turn."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.lower import Lowering
from matdiff.errors import CalculusError, Label
from matdiff.functions import TABLE
from matdiff.graph import build
from matdiff.graph.nodes import Map, Node, Op, Var, walk
from matdiff.reading.syntax import By, Symbol, Typed


class Part(NamedTuple):
    """The indices that the value, or one variable, adds to a derivative: how many, whether a single one lies as a row, and how many number a family."""

    order: int
    row: bool = False
    family: int = 0


class Variable(NamedTuple):
    """One variable differentiated by: its Var, how it lies, and its structure."""

    var: Var
    by: By
    symbol: Symbol
    part: Part

    @property
    def transposed(self) -> bool:
        return self.by.transposed


def value_part(typed: Typed) -> Part:
    """The indices of the expression's value."""
    shape = typed.expression.shape or (1, 1)
    return Part(sum(side != 1 for side in shape), shape[0] == 1 and shape[1] != 1)


def variables_of(typed: Typed, lowering: Lowering) -> tuple[Variable, ...]:
    """The variables of the operator."""
    if typed.operator is None:
        raise CalculusError("E302", "there is no operator: by what is it to be differentiated?", hint='put one in front, as in d/dX "tr(X^T B X)"')
    if not typed.operator.by:
        raise CalculusError("E301", "the total differential is not supported yet", hint="name a variable, as in d/dX")
    found = []
    for by in typed.operator.by:
        symbol = typed.symbols[by.name]
        var, _ = lowering.variable(symbol)
        if by.index and not symbol.family:
            raise CalculusError("E301", f"a derivative by one entry of {by.name} is not supported yet", Label(by.span), source=typed.operator.text)
        order = sum(side != 1 for side in symbol.shape)
        found.append(Variable(var, by, symbol, Part(order, symbol.shape[0] == 1 and symbol.shape[1] != 1, len(symbol.family))))
    return tuple(found)


def derive(value: Node, variables: tuple[Variable, ...], symmetric: str) -> Node:
    """The derivative by each variable in turn: indices of the value, then of every variable."""
    for variable in variables:
        value = _structured(differentiate(value, variable.var), variable, symmetric)
    return value


def _structured(gradient: Node, variable: Variable, symmetric: str) -> Node:
    """The derivative within the variable's structure (Matrix Cookbook, section 2.8; Magnus & Neudecker (2019), chapter 3)."""
    structure = variable.symbol.structure if variable.part.order == 2 and not variable.part.family else ""
    axes = tuple(range(gradient.order))
    if structure in {"symmetric", "spd", "skew"}:
        turned = build.ein([(gradient, axes)], (*axes[:-2], axes[-1], axes[-2]))
        if structure == "skew":
            return build.lin([(Fraction(1, 2), gradient), (Fraction(-1, 2), turned)], gradient.shape)
        if symmetric == "entries":
            diagonal = build.ein([(gradient, (*axes[:-1], axes[-2]))], (*axes[:-2], axes[-2], axes[-2]))
            return build.lin([(1, gradient), (1, turned), (-1, diagonal)], gradient.shape)
        return build.lin([(Fraction(1, 2), gradient), (Fraction(1, 2), turned)], gradient.shape)
    if structure == "diagonal":
        return build.ein([(gradient, axes)], (*axes, axes[-1]))
    if structure in {"lower", "upper"}:
        raise CalculusError("E301", f"a derivative by a {structure} triangular matrix is not supported yet")
    return gradient


def notes_of(typed: Typed, variables: tuple[Variable, ...], value: Node, question: object) -> tuple[str, ...]:
    """Conventions that the answer follows, and points where there is no derivative."""
    notes: list[str] = []
    for variable in variables:
        name, structure = variable.symbol.name, variable.symbol.structure
        if structure in {"symmetric", "spd"} and variable.part.order == 2:
            if getattr(question, "symmetric", "") == "entries":
                notes.append(f"{name} is symmetric: derivative by its free entries, G + G^T - G .* I")
            else:
                notes.append(f"{name} is symmetric: gradient projected on the symmetric matrices, (G + G^T)/2")
        elif structure == "diagonal":
            notes.append(f"{name} is diagonal: derivative by its diagonal entries")
    for node in walk(value):
        if isinstance(node, (Map, Op)):
            row = TABLE.get(node.function if isinstance(node, Map) else node.name)
            if row is not None and row.note and row.note not in notes:
                notes.append(row.note)
    return tuple(notes)
