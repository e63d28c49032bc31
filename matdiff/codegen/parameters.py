"""The parameters of a generated function: which symbols it takes, in what form they arrive, and how the sizes are read off them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from matdiff.codegen.names import Names, size_tokens
from matdiff.codegen.targets import Target, call_template
from matdiff.graph.nodes import IndexSum, Node, Size, Var, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matdiff.reading.syntax import Symbol


class Parameter(NamedTuple):
    """One symbol that a function takes: its identifier, the variable it stands for, and the shape in which the caller passes it."""

    identifier: str
    var: Var
    passed: tuple[Size, ...]


def variables(*roots: Node) -> dict[str, Var]:
    """The symbols in graphs, by name, without the indices of sums, sizes and numbers such as pi."""
    nodes = list(walk(*roots))
    bound = {node.index for node in nodes if isinstance(node, IndexSum)}
    return {node.name: node for node in nodes if isinstance(node, Var) and node.role in {"symbol", "integer"} and node not in bound}


def parameter(var: Var, names: Names, kind: str) -> Parameter:
    """The parameter of a variable.  `kind` is what the symbol was declared as: a 1×1 matrix arrives as a matrix."""
    family, member = var.shape[: var.family], var.shape[var.family :]
    if var.structure == "diagonal":
        member = (member[0], member[0])
    elif len(member) == 1 and var.rows_columns[0] == 1 and var.rows_columns[1] == member[0]:
        member = (1, member[0])
    elif not member and kind in {"matrix", "row"}:
        member = (1, 1)
    return Parameter(names.parameter(var.name), var, (*family, *member))


def symbol_variable(symbol: Symbol) -> Var:
    """The variable of a symbol that no graph has."""
    member = tuple([size for size in symbol.shape if size != 1])
    if symbol.structure == "diagonal":
        member = member[:1]
    return Var(symbol.name, (*symbol.family_sizes, *member), structure=symbol.structure, family=len(symbol.family), rows_columns=symbol.shape)


def scalar_lines(parameters: Iterable[Parameter], where: Target, like: str) -> list[str]:
    """Statements that make scalars of the library out of Python's numbers, where its functions take no others."""
    template = where.entry if like else where.lone
    return [f"{name} = {template.format(name, like)}" for name, var, passed in parameters if template and not passed and var.role != "integer"]


def entry_lines(parameters: Iterable[Parameter], where: Target) -> list[str]:
    """Statements that bring the arguments into the form that the code computes with."""
    lines: list[str] = []
    for name, var, passed in parameters:
        if var.structure == "diagonal":
            lines.append(f"{name} = {call_template(where, 'diagonal').format(name)}")
        elif len(passed) != var.order:
            shape = [f"{name}.shape[{k}]" for k in range(var.family)] + ["-1"] * (var.order - var.family)
            lines.append(f"{name} = {where.prefix}.reshape({name}, ({', '.join(shape)}{',' if len(shape) == 1 else ''}))")
    return lines


def mixed_callables(names: Names, where: Target) -> list[str]:
    """The mixed higher derivatives of unknown functions that may be left out: NumPy code takes differences of the lower ones then, which it notes as needed."""
    found: list[str] = []
    if where.name != "numpy":
        return found
    for called, (name, arguments, derivative) in list(names.callables.items()):
        for order in range(len(derivative) if len(arguments) > 1 else 0, 1, -1):
            found.append(called)
            called = names.callable(name, arguments, derivative[: order - 1])
    return sorted(dict.fromkeys(found), key=lambda called: len(names.callables[called][2]))


def callable_lines(mixed: list[str], names: Names) -> list[str]:
    """Statements that bind these callables: as given by keyword, else differences of the derivative of lower order."""
    lines: list[str] = []
    for called in mixed:
        name, arguments, derivative = names.callables[called]
        lower = names.callable(name, arguments, derivative[:-1])
        lines.append(f'{called} = higher.get("{called}", _difference({lower}, {derivative[-1]}))')
    return lines


def size_lines(parameters: Iterable[Parameter], names: Names) -> tuple[list[str], list[str]]:
    """Statements that read the needed sizes off the arrays, and the sizes that no array tells (they become parameters)."""
    known: set[str] = set()
    lines: list[str] = []
    arrays = [(name, var) for name, var, _ in parameters]
    changed = True
    while changed and set(names.sizes) - known:
        changed = False
        for name, var in arrays:
            found = [(axis, _unknown(size, known, names)) for axis, size in enumerate(var.shape)]
            new = {told[0]: (axis, told[1]) for axis, told in reversed(found) if told is not None and told[0] in names.sizes}
            if not new:
                continue
            changed = True
            lines.append(_unpacking(name, var, new, names))
            known.update(new)
    return lines, [size for size in names.sizes if size not in known]


def _unpacking(name: str, var: Var, new: dict[str, tuple[int, str]], names: Names) -> str:
    plain = len(new) == var.order > 1 and not any(divisor for _, divisor in new.values())
    if plain:
        ordered = sorted(new, key=lambda size: new[size][0])
        return f"{', '.join([names.sizes[size] for size in ordered])} = {name}.shape"
    return "; ".join([f"{names.sizes[size]} = {name}.shape[{axis}]{divisor}" for size, (axis, divisor) in sorted(new.items(), key=lambda item: item[1])])


def _unknown(size: Size, known: set[str], names: Names) -> tuple[str, str] | None:
    """The one unknown size in a product of sizes, and what to divide by: 2*m*n with known m gives n and " // (2 * m)"."""
    if isinstance(size, int):
        return None
    tokens = size_tokens(size)
    if any(kind == "operator" and text != "*" for kind, text in tokens):
        return None
    parts = [token for token in tokens if token[0] != "operator"]
    unknown = [text for kind, text in parts if kind == "name" and text not in known]
    if len(unknown) != 1:
        return None
    others = [names.size(text) if kind == "name" else text for kind, text in parts if text != unknown[0]]
    if not others:
        return unknown[0], ""
    return unknown[0], " // " + (others[0] if len(others) == 1 else f"({' * '.join(others)})")
