"""The variables a question differentiates by, their structure, and the derivative by all of them in turn."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.lowered import entry_vector, member_vector
from matdiff.errors import CalculusError
from matdiff.functions import TABLE
from matdiff.graph import build
from matdiff.graph.nodes import Coefficient, Ein, Lin, Map, Node, Op, Var, walk

if TYPE_CHECKING:
    from matdiff.calculus.lower import Lowering
    from matdiff.formula.question import By, Symbol, Typed


class Part(NamedTuple):
    """The indices that the value, or one variable, adds to a derivative: how many, whether a single one lies as a row,
    and how many number a family.
    """

    order: int
    row: bool = False
    family: int = 0


class Variable(NamedTuple):
    """One variable differentiated by: its Var, how it lies, its structure, and the entry of it that is meant (if one
    is), or the member by its number: x_1, and x_k where the expression has x_k outside of every sum.
    """

    var: Var
    by: By
    symbol: Symbol
    part: Part
    entry: tuple[str, ...] = ()
    member: tuple[str, ...] = ()

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
        raise CalculusError(
            "E302",
            "there is no operator: by what is it to be differentiated?",
            hint='put one in front, as in d/dX "tr(X^T B X)"',
        )
    found = []
    for by in typed.operator.by:
        symbol = typed.symbols[by.name]
        var, _ = lowering.variable(symbol)
        if by.index and not symbol.family:
            _check_entry(by, symbol)
            found.append(Variable(var, by, symbol, Part(0), by.index))
            continue
        order = sum(side != 1 for side in symbol.shape)
        told = bool(by.index) and all(
            name.isdigit() or name in {*lowering.numbers, *symbol.family_sizes} for name in by.index
        )
        part = Part(order, symbol.shape[0] == 1 and symbol.shape[1] != 1, 0 if told else len(symbol.family))
        found.append(Variable(var, by, symbol, part, member=by.index if told else ()))
    return tuple(found)


def _check_entry(by: By, symbol: Symbol) -> None:
    """An entry has an index for each dimension.  Raises CalculusError (E209)."""
    order = sum(side != 1 for side in symbol.shape)
    if len(by.index) != order:
        name, what = by.name, {0: "a scalar", 1: "a vector"}.get(order, "a matrix")
        hint = f"write {name}_{'ij'[:order]} for an entry" if order else ""
        raise CalculusError("E209", f"{name} is {what}, and {name}_{''.join(by.index)} is no entry of it", hint=hint)


def derive(value: Node, variables: tuple[Variable, ...], symmetric: str) -> Node:
    """The derivative by each variable in turn: indices of the value, then of every variable."""
    for variable in variables:
        value = restricted(differentiate(value, variable.var), variable, symmetric)
    return value


def restricted(gradient: Node, variable: Variable, symmetric: str) -> Node:
    """A derivative by a whole variable, kept to the variable's structure and to the entry that is meant."""
    sign = _MIRRORED.get(variable.symbol.structure, 0) if len(variable.entry) == 2 else 0
    if sign:  # the entry and its mirror image are one free entry
        here = _at_entry(gradient, variable)
        if variable.entry[0] == variable.entry[1]:
            return here if sign > 0 else build.zero(here.shape)
        there = _at_entry(gradient, variable._replace(entry=variable.entry[::-1]))
        return build.lin([(1, here), (sign, there)], here.shape)
    return _at_entry(_structured(_at_member(gradient, variable), variable, symmetric), variable)


def _at_member(gradient: Node, variable: Variable) -> Node:
    """The derivative by one member of a family: that of the whole family, at the member's number."""
    if not variable.member:
        return gradient
    if isinstance(gradient, Lin):
        shape = gradient.shape[: gradient.order - variable.var.order] + variable.var.shape[len(variable.member) :]
        return build.lin([(c, _at_member(term, variable)) for c, term in gradient.terms], shape)
    starts = variable.symbol.family_starts or (1,) * len(variable.member)
    first = gradient.order - variable.var.order
    axes = tuple(range(gradient.order))
    picks = [
        (member_vector(name, gradient.shape[first + k], start), (first + k,))
        for k, (name, start) in enumerate(zip(variable.member, starts, strict=True))
    ]
    return build.ein([(gradient, axes), *picks], axes[:first] + axes[first + len(picks) :])


def _at_entry(gradient: Node, variable: Variable) -> Node:
    """The derivative by one entry: the gradient's entry at that place."""
    if not variable.entry:
        return gradient
    if isinstance(gradient, Lin):
        shape = gradient.shape[: gradient.order - len(variable.entry)]
        return build.lin([(c, _at_entry(term, variable)) for c, term in gradient.terms], shape)
    first = gradient.order - len(variable.entry)
    picks = [(entry_vector(name, gradient.shape[first + k]), (first + k,)) for k, name in enumerate(variable.entry)]
    return build.ein([(gradient, tuple(range(gradient.order))), *picks], tuple(range(first)))


def _with_transpose(gradient: Node, sign: int) -> Node:
    """(G + G^T)/2 or (G - G^T)/2, term by term: B + B^T and not (B + S)^T."""
    axes = tuple(range(gradient.order))
    out = (*axes[:-2], axes[-1], axes[-2])
    terms = [(Fraction(c, 2), term) for c, term in _terms(gradient)]
    turned = [(sign * c, build.ein([(term, axes)], out)) for c, term in terms]
    return build.lin([*terms, *turned], gradient.shape)


def _terms(gradient: Node) -> list[tuple[Coefficient, Node]]:
    """The terms of a sum, or of the transpose of one."""
    if isinstance(gradient, Lin):
        return list(gradient.terms)
    if isinstance(gradient, Ein) and len(gradient.factors) == 1 and gradient.order == 2:
        inside, indices = gradient.factors[0]
        if isinstance(inside, Lin) and indices == (1, 0) and gradient.out == (0, 1):
            return [(c, build.transposed(term)) for c, term in inside.terms]
    return [(1, gradient)]


def _structured(gradient: Node, variable: Variable, symmetric: str) -> Node:
    """The derivative within the variable's structure (Matrix Cookbook, section 2.8; Magnus & Neudecker (2019), chapter
    3).
    """
    two = sum(side != 1 for side in variable.symbol.shape) == 2
    structure = variable.symbol.structure if two else ""
    axes = tuple(range(gradient.order))
    if structure in {"symmetric", "spd", "skew"}:
        if structure == "skew":
            return _with_transpose(gradient, -1)
        if symmetric == "entries":
            turned = build.ein([(gradient, axes)], (*axes[:-2], axes[-1], axes[-2]))
            diagonal = build.ein([(gradient, (*axes[:-1], axes[-2]))], (*axes[:-2], axes[-2], axes[-2]))
            return build.lin([(1, gradient), (1, turned), (-1, diagonal)], gradient.shape)
        return _with_transpose(gradient, 1)
    if structure == "diagonal":
        return build.ein([(gradient, axes)], (*axes, axes[-1]))
    if structure in {"lower", "upper"}:
        mask = Op("mask", (), gradient.shape[-2:], (structure,))
        return build.ein([(gradient, axes), (mask, axes[-2:])], axes)
    return gradient


def notes_of(variables: tuple[Variable, ...], roots: tuple[Node, ...], symmetric: str) -> tuple[str, ...]:
    """Conventions that the answer follows, and points where there is no derivative."""
    notes: dict[str, None] = {}
    for variable in variables:
        structure = variable.symbol.structure
        key = _convention(variable, symmetric)
        if key in _CONVENTIONS:
            notes[f"{variable.symbol.name} is {structure}: {_CONVENTIONS[key]}"] = None
    for node in walk(*roots):
        if isinstance(node, (Map, Op)):
            row = TABLE.get(node.function if isinstance(node, Map) else node.name)
            if row is not None and row.note:
                notes[row.note] = None
    return tuple(notes)


def _convention(variable: Variable, symmetric: str) -> str:
    """Which convention a derivative by a structured variable follows."""
    structure, entry = variable.symbol.structure, variable.entry
    if len(entry) == 2 and structure in _MIRRORED:
        return f"{structure} entry" if entry[0] != entry[1] else ""
    return f"{structure} entries" if symmetric == "entries" and structure in {"symmetric", "spd"} else structure


_MIRRORED = {"symmetric": 1, "spd": 1, "skew": -1}
_FREE_ENTRY = "derivative by a free entry, which moves its mirror image too; on the diagonal, half of it"
_CONVENTIONS = {
    "symmetric entry": _FREE_ENTRY,
    "spd entry": _FREE_ENTRY,
    "skew entry": "derivative by a free entry, which moves its mirror image the other way",
    "symmetric": "gradient projected on the symmetric matrices, (G + G^T)/2",
    "spd": "gradient projected on the symmetric matrices, (G + G^T)/2",
    "symmetric entries": "derivative by its free entries, G + G^T - G .* I",
    "spd entries": "derivative by its free entries, G + G^T - G .* I",
    "diagonal": "derivative by its diagonal entries",
    "lower": "derivative by its free entries, those of the lower triangle",
    "upper": "derivative by its free entries, those of the upper triangle",
    "skew": "gradient projected on the skew matrices, (G - G^T)/2",
    "orthogonal": "taken as an unconstrained matrix where it is differentiated by",
}
