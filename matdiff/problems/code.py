"""The code of a problem: functions over one set of parameters, by the same lowering and printing as derivatives."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.codegen.expressions import Expressions
from matdiff.codegen.lowering import ArrayLowering
from matdiff.codegen.names import Identifiers
from matdiff.codegen.parameters import entry_lines, parameter, scalar_lines, size_lines, variables
from matdiff.codegen.printing import Printer
from matdiff.codegen.targets import target
from matdiff.codegen.tidying import tidied

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matdiff.codegen.parameters import Parameter
    from matdiff.codegen.targets import Target
    from matdiff.formula.question import Symbol
    from matdiff.graph.nodes import Node, Var


class Part(NamedTuple):
    """One function: what it returns, and the variables that stand in front among its parameters.

    gives: "values" (one, or a tuple), "list", "points" (a list of points, each of `width` values), "above" or "below"
    (the first, where the others are positive definite).
    """

    name: str
    roots: Sequence[Node]
    first: Sequence[Var] = ()
    gives: str = "values"
    says: str = ""
    width: int = 1
    last: Sequence[str] = ()
    entry: Sequence[str] = ()
    even: Sequence[Var] = ()  # of a list: matrices that must be symmetric, which is said last


class Emitter:
    """Writes the functions of a problem's module."""

    def __init__(self, symbols: dict[str, Symbol], data: dict[str, Var], to: str) -> None:
        self.symbols, self.data, self.where = symbols, data, target(to)
        self.helpers: dict[str, None] = {}

    def module(self, title: str, parts: Sequence[Part]) -> str:
        """The text of the module."""
        return self.assembled(title, [self.function(part) for part in parts])

    def assembled(self, title: str, functions: Sequence[str]) -> str:
        """The text of a module of functions that are written."""
        imports = [helper for helper in self.helpers if helper.startswith(("import ", "from "))]
        head = "\n".join([*imports, *self.where.imports])
        rest = [helper for helper in self.helpers if helper not in imports]
        return "\n\n\n".join([f'"""{_plain(title)}"""\n\n{head}', *rest, *functions]) + "\n"

    def function(self, part: Part) -> str:
        """One function with signature, docstring and statements."""
        first = {var.name: var for var in part.first}
        given = {**first, **{name: var for name, var in self.data.items() if name not in first}}
        needed = variables(*part.roots)
        given |= {name: var for name, var in needed.items() if name not in given}
        names = Identifiers(given)
        parameters = [parameter(var, names, self._kind(name)) for name, var in given.items()]
        lowering = ArrayLowering(names)
        arrays = tidied(lowering.arrays, lowering.roots(list(part.roots)))
        like = next((p.identifier for p in parameters if p.passed), "")
        printer = Printer(Expressions(self.where, names, like), names)
        results = printer.results(arrays)
        self.helpers.update(printer.expressions.helpers)
        sizes, missing = size_lines(parameters, names, printer.expressions)
        signature = [p.identifier for p in parameters]
        signature += [names.sizes[size] for size in missing if names.sizes[size] not in signature]
        signature += [name for name in part.last if name not in signature]
        body = [
            *self._first(parameters),
            *part.entry,
            *entry_lines(parameters, self.where),
            *scalar_lines(parameters, self.where, like),
            *sizes,
            *printer.lines,
            *self._guard(part, results),
            f"return {_returned(part, [*results, *self._skew_parts(part, names)])}",
        ]
        doc = [f'"""{_plain(part.says)}"""'] if part.says else []
        return "\n".join([f"def {part.name}({', '.join(signature)}):", *[f"    {line}" for line in (*doc, *body)]])

    def _skew_parts(self, part: Part, names: Identifiers) -> list[str]:
        """What of symmetric matrices must vanish: the differences of the entries above and below the diagonal."""
        called = [names.parameter(var.name) for var in part.even] if self.where.prefix == "np" else []
        return [f"({name} - {name}.T)[np.triu_indices({name}.shape[0], 1)]" for name in called]

    def _guard(self, part: Part, results: list[str]) -> list[str]:
        """Where a matrix is not positive definite, the infimum of a form with its inverse is minus infinity."""
        if part.gives not in _OUTSIDE or self.where.prefix != "np":
            return []
        matrices = ", ".join(results[1:])
        return [
            f"if any(np.linalg.eigvalsh(matrix)[0] <= 1e-12 * np.linalg.norm(matrix) for matrix in [{matrices}]):",
            f"    return {_OUTSIDE[part.gives]}",
        ]

    def _first(self, parameters: list[Parameter]) -> list[str]:
        arrays = ", ".join([p.identifier for p in parameters if p.passed])
        where: Target = self.where
        if not where.first:
            return []
        return [where.first.format(arrays) if arrays else where.first_lone]

    def _kind(self, name: str) -> str:
        symbol = self.symbols.get(name)
        return symbol.kind if symbol is not None else ""


_OUTSIDE = {"above": "-np.inf", "below": "np.inf"}  # what a value is where the matrices behind it are not definite


def _returned(part: Part, results: list[str]) -> str:
    if part.gives in _OUTSIDE:
        return results[0]
    if part.gives == "list":
        return f"[{', '.join(results)}]"
    if part.gives == "points":
        points = [results[k : k + part.width] for k in range(0, len(results), part.width)]
        return f"[{', '.join([_tuple(point) for point in points])}]"
    return _tuple(results)


def _tuple(results: list[str]) -> str:
    return results[0] if len(results) == 1 else f"({', '.join(results)})"


def _plain(text: str) -> str:
    """A text that cannot end the docstring it stands in."""
    return ascii(text)[1:-1].replace("\\'", "'").replace('"', "'")
