"""One generated function: its parameters, the statements that compute what it returns, its text."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.codegen.association import associated
from matdiff.codegen.diagonals import with_diagonals
from matdiff.codegen.expressions import Expressions
from matdiff.codegen.expressions_torch import TorchExpressions
from matdiff.codegen.factorizations import factorised
from matdiff.codegen.grams import with_grams
from matdiff.codegen.languages import LANGUAGES
from matdiff.codegen.languages.language import Language
from matdiff.codegen.lowering import ArrayLowering
from matdiff.codegen.names import Identifiers
from matdiff.codegen.normalising import normalised
from matdiff.codegen.parameters import (
    Parameter,
    callable_lines,
    entry_lines,
    mixed_callables,
    parameter,
    scalar_lines,
    size_lines,
)
from matdiff.codegen.printing import Printer
from matdiff.codegen.row_blocks import with_row_blocks
from matdiff.codegen.snippets import DIFFERENCE
from matdiff.codegen.tidying import tidied
from matdiff.graph.nodes import Var

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matdiff.codegen.arrays import Array
    from matdiff.codegen.targets import Target
    from matdiff.graph.nodes import Node, Size


_OWN = {"torch": TorchExpressions}  # ways of writing of their own


def _unknown(identifier: str) -> Parameter:
    """A parameter that stands for no array: a size, or a callable."""
    return Parameter(identifier, Var(identifier, role="integer"), ())


class Function:
    """A function of `symbols` (`kinds` tells what each was declared as) for one target.

    hints: numbers for sizes, to plan for.  apart: a symbol that only the function takes which this one returns: all
    that does not depend on it is computed before.
    """

    def __init__(
        self,
        where: Target,
        symbols: Mapping[str, Var],
        kinds: Mapping[str, str],
        hints: Mapping[str, int],
        apart: str = "",
    ) -> None:
        self.where, self.symbols, self.hints = where, symbols, hints
        self.names = Identifiers(symbols, LANGUAGES[where.name].reserved if where.language else frozenset())
        every = [parameter(var, self.names, kinds.get(var.name, "")) for var in symbols.values()]
        self.parameters = [p for p in every if p.var.name != apart]
        self.inner = [p for p in every if p.var.name == apart]
        self.like = next((p.identifier for p in self.parameters if p.passed), "")
        self.helpers: dict[str, None] = {}
        self.body: list[str] = []
        self.missing: list[str] = []
        self.mixed: list[str] = []
        self.shapes: list[tuple[Size, ...]] = []
        self.syntax: Expressions

    def compute(self, roots: list[Node], *, inner: bool = False) -> None:
        """The statements that compute the roots; `inner`: those behind the first make a tuple of their own."""
        varying = frozenset([p.identifier for p in self.inner])
        lowering = ArrayLowering(self.names, self.hints, varying)
        lowering.arrays.in_place, lowering.arrays.fused = self.where.in_place, self.where.fused
        lowering.arrays.paired = self.where.in_place or "paired_outers" in self.where.carried
        lowering.arrays.grams, lowering.arrays.diagonals = self.where.grams, self.where.diagonals
        arrays = self._lowered(lowering, roots)
        arrays = tidied(lowering.arrays, associated(lowering.arrays, arrays, lowering.sizes))
        if self.where.grams:
            arrays = with_grams(lowering.arrays, arrays)
        if self.where.factors:
            arrays = factorised(lowering.arrays, arrays, frozenset(self.where.factors))
        if self.where.row_blocks:
            arrays = with_row_blocks(lowering.arrays, arrays)
        if self.where.diagonals:
            arrays = with_diagonals(lowering.arrays, arrays)
        written = LANGUAGES[self.where.name] if self.where.language else _OWN.get(self.where.name, Expressions)
        self.syntax = written(self.where, self.names, self.like)
        printer = Printer(self.syntax, self.names)
        if varying:
            printer.prepare(arrays)
        prepared = printer.lines
        printer.lines = []
        results = printer.results(arrays, varying)
        self.helpers.update(printer.expressions.helpers)
        self.shapes = [array.shape for array in arrays]
        sizes, self.missing = size_lines(self.parameters, self.names, self.syntax)
        self.mixed = mixed_callables(self.names, self.where)
        if self.mixed:
            self.helpers[DIFFERENCE] = None
        if inner and not self.where.language:
            results = [results[0], f"({', '.join(results[1:])})"]
        rest = [*printer.lines, *self.syntax.returned(results)]
        if varying:
            (name,) = varying
            entry = [*entry_lines(self.inner, self.where), *scalar_lines(self.inner, self.where, self.like)]
            entry = self.syntax.kept_diagonals(self.inner) if isinstance(self.syntax, Language) else entry
            rest = self.syntax.lambda_of(name, [*entry, *rest], arrays[0].order)
        self.body = [*self._entry(), *sizes, *prepared, *rest]

    def _lowered(self, lowering: ArrayLowering, roots: list[Node]) -> list[Array]:
        return lowering.roots(roots if self.where.language else normalised(roots))

    def _entry(self) -> list[str]:
        """The statements that bring the arguments into the form that the code computes with."""
        arrays = ", ".join([p.identifier for p in self.parameters if p.passed])
        first = [self.where.first.format(arrays) if arrays else self.where.first_lone] if self.where.first else []
        if isinstance(self.syntax, Language):  # a vector is a column there, and numbers are numbers
            return self.syntax.kept_diagonals(self.parameters)
        return [
            *first,
            *entry_lines(self.parameters, self.where),
            *scalar_lines(self.parameters, self.where, self.like),
            *callable_lines(self.mixed, self.names),
        ]

    def text(self, name: str, order: tuple[str, ...], docstring: list[str]) -> str:
        """The whole function; `order` names the question's symbols as they first appear."""
        if isinstance(self.syntax, Language):
            return self._in_language(name, order, docstring)
        lines = [f"def {name}({', '.join(self._signature(order))}):", *docstring]
        lines += [f"    {line}" if line else "" for line in self.body]
        return "\n".join(lines)

    def _in_language(self, name: str, order: tuple[str, ...], docstring: list[str]) -> str:
        """The whole function in a language beside Python; what is said of it stands before it as comments."""
        syntax = self.syntax
        assert isinstance(syntax, Language)  # noqa: S101 # for the type checker
        said = [line.strip().strip('"').strip() for line in docstring]
        comments = [f"{syntax.comment}{line}".rstrip() for line in said if line]
        known = {p.identifier: p for p in self.parameters}
        given = [known.get(identifier) or _unknown(identifier) for identifier in self._signature(order)]
        return "\n".join([*comments, syntax.definition(name, given, self.body, self.shapes)])

    def _signature(self, order: tuple[str, ...]) -> list[str]:
        """Parameters in the order in which the symbols first appear; sizes that no array tells where they appear, or
        at the end.
        """
        names = self.names
        own = {p.var.name: p.identifier for p in self.parameters}
        callables: dict[str, list[str]] = {}
        for called, (name, _, _) in names.callables.items():
            if called not in self.mixed:
                callables.setdefault(name, []).append(called)
        signature: list[str] = []
        for symbol in order:
            if symbol in own:
                signature.append(own.pop(symbol))
            elif symbol in callables:
                signature.extend(sorted(callables.pop(symbol), key=lambda called: (len(called), called)))
            elif symbol in self.missing:
                signature.append(names.sizes[symbol])
        signature.extend(own.values())
        for rest in callables.values():
            signature.extend(rest)
        signature += [names.sizes[size] for size in self.missing if names.sizes[size] not in signature]
        return [*signature, "**higher"] if self.mixed else signature
