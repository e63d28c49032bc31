"""The parameters of a generated function: which symbols it takes, in what form they arrive, and how the sizes are read
off them.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.codegen.names import Identifiers, size_tokens
from matdiff.codegen.targets import Target, call_template
from matdiff.graph.nodes import IndexSum, Node, Size, Var, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matdiff.codegen.syntax import Statements
    from matdiff.formula.question import Symbol


class Parameter(NamedTuple):
    """One symbol that a function takes: its identifier, the variable it stands for, and the shape in which the caller
    passes it.
    """

    identifier: str
    var: Var
    passed: tuple[Size, ...]


def variables(*roots: Node) -> dict[str, Var]:
    """The symbols in graphs, by name, without the indices of sums, sizes and numbers such as pi."""
    nodes = list(walk(*roots))
    bound = {node.index for node in nodes if isinstance(node, IndexSum)}
    return {
        node.name: node
        for node in nodes
        if isinstance(node, Var) and node.role in {"symbol", "integer"} and node not in bound
    }


def parameter(var: Var, names: Identifiers, kind: str) -> Parameter:
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
    return Var(
        symbol.name,
        (*symbol.family_sizes, *member),
        structure=symbol.structure,
        family=len(symbol.family),
        rows_columns=symbol.shape,
    )


def scalar_lines(parameters: Iterable[Parameter], where: Target, like: str) -> list[str]:
    """Statements that make scalars of the library out of Python's numbers, where its functions take no others."""
    template = where.entry if like else where.lone
    return [
        f"{name} = {template.format(name, like)}"
        for name, var, passed in parameters
        if template and not passed and var.role != "integer"
    ]


def entry_lines(parameters: Iterable[Parameter], where: Target) -> list[str]:
    """Statements that bring the arguments into the form that the code computes with."""
    lines: list[str] = []
    for name, var, passed in parameters:
        if var.structure == "diagonal" and var.family:
            kept = call_template(where, "diagonals").format(name, var.family, var.family + 1)
            lines.append(f"{name} = {kept}")
        elif var.structure == "diagonal":
            lines.append(f"{name} = {call_template(where, 'diagonal').format(name)}")
        elif len(passed) != var.order:
            shape = [f"{name}.shape[{k}]" for k in range(var.family)] + ["-1"] * (var.order - var.family)
            lines.append(
                f"{name} = {where.prefix}.reshape({name}, ({', '.join(shape)}{',' if len(shape) == 1 else ''}))"
            )
    return lines


def mixed_callables(names: Identifiers, where: Target) -> list[str]:
    """The mixed higher derivatives of unknown functions that may be left out: NumPy code takes differences of the
    lower ones then, which it notes as needed.
    """
    found: list[str] = []
    if where.name != "numpy":
        return found
    for name, arguments, derivative in list(names.callables.values()):
        for order in range(len(derivative) if len(arguments) > 1 else 0, 1, -1):
            found.append(names.callable(name, arguments, derivative[:order]))
            names.callable(name, arguments, derivative[: order - 1])
    return sorted(dict.fromkeys(found), key=lambda called: len(names.callables[called][2]))


def callable_lines(mixed: list[str], names: Identifiers) -> list[str]:
    """Statements that bind these callables: as given by keyword, else differences of the derivative of lower order."""
    lines: list[str] = []
    for called in mixed:
        name, arguments, derivative = names.callables[called]
        lower = names.callable(name, arguments, derivative[:-1])
        lines.append(f'{called} = higher.get("{called}", _difference({lower}, {derivative[-1]}))')
    return lines


def size_lines(parameters: Iterable[Parameter], names: Identifiers, syntax: Statements) -> tuple[list[str], list[str]]:
    """Statements that read the needed sizes off the arrays, and the sizes that no array tells (they become
    parameters).
    """
    arrays = [(name, var) for name, var, _ in parameters]
    told = _told(arrays)
    needed = set(names.sizes)
    for size in reversed(told):
        if size in needed:
            needed.update(told[size].divisors)
    lines = []
    for name, var in arrays:
        mine = [size for size in told if size in needed and told[size].array == name]
        plain = len(mine) == var.order > 1 and not any(told[size].divisors or told[size].number > 1 for size in mine)
        if plain and not syntax.end:
            mine.sort(key=lambda size: told[size].axis)
            lines.append(
                (
                    max([list(told).index(size) for size in mine]),
                    f"{', '.join([names.size(size) for size in mine])} = {name}.shape",
                )
            )
        else:
            for size in mine:
                axis, own = told[size].axis, names.size(size)
                line = f"{own} = {told[size].text(names)}"
                whole = told[size].divisors or told[size].number > 1
                lines.append((list(told).index(size), line if whole else syntax.length_of(own, name, axis, var.order)))
    return [line for _, line in sorted(lines)], [size for size in names.sizes if size not in told]


class Told(NamedTuple):
    """How an array tells a size: the length of an axis, divided by a number and by other sizes."""

    array: str
    axis: int
    number: int
    divisors: tuple[str, ...]

    def text(self, names: Identifiers) -> str:
        divisors = [*([str(self.number)] if self.number > 1 else []), *[names.size(size) for size in self.divisors]]
        axis = f"{self.array}.shape[{self.axis}]"
        if not divisors:
            return axis
        return f"{axis} // " + (divisors[0] if len(divisors) == 1 else f"({' * '.join(divisors)})")


def _told(arrays: list[tuple[str, Var]]) -> dict[str, Told]:
    """Every size that arrays tell, in an order in which they can be computed."""
    told: dict[str, Told] = {}
    count = -1
    while count < len(told):
        count = len(told)
        for name, var in arrays:
            for axis, size in enumerate(var.shape):
                number, factors = _factors(size)
                unknown = [factor for factor in factors if factor not in told]
                if len(unknown) == 1:
                    told[unknown[0]] = Told(name, axis, number, tuple([factor for factor in factors if factor in told]))
    return told


def _factors(size: Size) -> tuple[int, list[str]]:
    """A product of sizes as its number and its names; no names for anything else."""
    number, factors = 1, []
    for kind, text in size_tokens(str(size)):
        if kind == "number":
            number *= int(text)
        elif kind == "name":
            factors.append(text)
        elif text != "*":
            return 1, []
    return number, factors
