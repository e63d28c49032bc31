"""A question's answer as a self-contained Python module.

graph ──lower──▶ array program ──print──▶ statements ──sign, document──▶ functions ──▶ module
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matdiff.codegen import documents
from matdiff.codegen.derivatives import Derivatives
from matdiff.codegen.lowering import Lowering
from matdiff.codegen.names import Names
from matdiff.codegen.parameters import (
    Parameter,
    callable_lines,
    entry_lines,
    mixed_callables,
    parameter,
    scalar_lines,
    size_lines,
    symbol_variable,
    variables,
)
from matdiff.codegen.printing import Printer
from matdiff.codegen.snippets import DIFFERENCE
from matdiff.codegen.targets import Target, target
from matdiff.codegen.tidying import tidied
from matdiff.errors import OutputError

if TYPE_CHECKING:
    from matdiff.calculator import Answer
    from matdiff.graph.nodes import Node, Var

PARTS = ("value", "gradient", "jacobian", "hessian", "hvp", "value_and_gradient")
_ORDINALS = ("value", "gradient", "hessian", "third_derivative", "fourth_derivative")


def module(answer: Answer, target_name: str, of: tuple[str, ...] = ()) -> str:
    """Source text of a module with one function for each of `of` (of PARTS; default: the value and what was asked).

    What was asked is also bound to `derivative`.
    Raises OutputError: E401 unknown target, E402 no code for something in the answer, E404 a name that cannot stand in
    code,
    E405 a number out of range, E406 an exponent that is no whole number, E407 an unknown part.
    """
    return Module(answer, target(target_name)).text(of)


class Module:
    """The functions of one module, which share their parameters."""

    def __init__(self, answer: Answer, where: Target) -> None:
        self.answer, self.where = answer, where
        self.derivatives = Derivatives(answer)
        self.derivative = answer.laid_out if answer.laid_out is not None else answer.derivative
        self.asked = _asked(answer)
        self.symbols = self._symbols()
        self.helpers: dict[str, None] = {}

    def text(self, of: tuple[str, ...]) -> str:
        wanted = tuple(dict.fromkeys([self._part(name) for name in of or ("value", self.asked)]))
        functions = [self._function(name) for name in wanted]
        head = [documents.module_docstring(self.answer), "\n".join(self.where.imports)]
        imports = [helper for helper in self.helpers if helper.startswith(("import ", "from "))]
        if imports:
            head[1] = "\n".join([*imports, head[1]])
        parts = ["\n\n".join(head), *[helper for helper in self.helpers if helper not in imports], *functions]
        if self.asked in wanted:
            parts.append(f"derivative = {self.asked}")
        return "\n\n\n".join(parts) + "\n"

    def _part(self, name: str) -> str:
        if name not in PARTS and name != self.asked:
            raise OutputError(
                "E407",
                f"'{ascii(name)[1:-1][:40]}' is nothing that code can compute",
                hint="there are " + ", ".join(PARTS),
            )
        scalar = self.answer.value.order == 0
        if name in {"gradient", "jacobian"}:
            return "gradient" if scalar else "jacobian"
        return name

    def _symbols(self) -> dict[str, Var]:
        """The variables that any function needs, and those differentiated by, in order of first appearance."""
        found = variables(self.answer.value, self.derivative)
        operator = self.answer.operator
        for by in operator.by if operator is not None else ():
            symbol = self.answer.symbols.get(by.name)
            if by.name not in found and symbol is not None and symbol.kind in {"scalar", "vector", "row", "matrix"}:
                found[by.name] = symbol_variable(symbol)
        order = {name: k for k, name in enumerate(self.answer.symbols)}
        return dict(sorted(found.items(), key=lambda item: order.get(item[0], len(order))))

    def _graphs(self, name: str) -> list[Node]:
        """What one function returns."""
        if name == "value":
            return [self.answer.value]
        if name == self.asked and not self.derivatives.twice_diagonal:
            return [self.derivative]
        if name == "value_and_gradient":
            return [self.answer.value, *self._graphs(self._part("gradient"))]
        if name in {"gradient", "jacobian"}:
            return [self.derivatives.gradient()]
        if name == "hessian":
            return [self.derivatives.hessian()]
        return [self.derivatives.product(self.derivatives.direction())]

    def _function(self, name: str) -> str:
        """One function: signature, docstring, statements."""
        roots = self._graphs(name)
        symbols = dict(self.symbols)
        if name == "hvp":
            direction = self.derivatives.direction()
            symbols[direction.name] = direction
        names = Names(symbols)
        parameters = [parameter(var, names, self._kind(var.name)) for var in symbols.values()]
        lowering = Lowering(names)
        arrays = tidied(lowering.arrays, lowering.roots(roots))
        like = next((p.identifier for p in parameters if p.passed), "")
        printer = Printer(self.where, names, like)
        results = printer.results(arrays)
        self.helpers.update(printer.expressions.helpers)
        sizes, missing = size_lines(parameters, names)
        mixed = mixed_callables(names, self.where)
        arrays_given = ", ".join([p.identifier for p in parameters if p.passed])
        first = (
            [self.where.first.format(arrays_given) if arrays_given else self.where.first_lone]
            if self.where.first
            else []
        )
        entry = [
            *first,
            *entry_lines(parameters, self.where),
            *scalar_lines(parameters, self.where, like),
            *callable_lines(mixed, names),
        ]
        body = [*entry, *sizes, *printer.lines]
        if mixed:
            self.helpers[DIFFERENCE] = None
        signature = self._signature(parameters, names, missing, mixed)
        lines = [f"def {name}({', '.join(signature)}):"]
        lines += documents.function_docstring(
            self.answer, documents.Function(name, name == self.asked, roots, parameters, names, missing)
        )
        lines += [f"    {line}" for line in body]
        lines.append(f"    return {', '.join(results)}")
        return "\n".join(lines)

    def _kind(self, name: str) -> str:
        symbol = self.answer.symbols.get(name)
        return symbol.kind if symbol is not None else ""

    def _signature(self, parameters: list[Parameter], names: Names, missing: list[str], mixed: list[str]) -> list[str]:
        """Parameters in the order in which the symbols first appear; sizes that no array tells where they appear, or
        at the end.
        """
        own = {p.var.name: p.identifier for p in parameters}
        callables: dict[str, list[str]] = {}
        for called, (name, _, _) in names.callables.items():
            if called not in mixed:
                callables.setdefault(name, []).append(called)
        signature: list[str] = []
        for symbol in self.answer.symbols:
            if symbol in own:
                signature.append(own.pop(symbol))
            elif symbol in callables:
                signature.extend(sorted(callables.pop(symbol), key=lambda called: (len(called), called)))
            elif symbol in missing:
                signature.append(names.sizes[symbol])
        signature.extend(own.values())
        for rest in callables.values():
            signature.extend(rest)
        signature += [names.sizes[size] for size in missing if names.sizes[size] not in signature]
        return [*signature, "**higher"] if mixed else signature


def _asked(answer: Answer) -> str:
    """The name of the function that computes what was asked."""
    order = len(answer.operator.by) if answer.operator is not None else 0
    if order == 0 or answer.question.form == "directional":
        return "differential"
    if order == 1 and answer.value.order:
        return "jacobian"
    return _ORDINALS[order] if order < len(_ORDINALS) else "derivative_of_order_" + str(order)
