"""A question's answer as a self-contained Python module.

graph ──lower──▶ array program ──print──▶ statements ──sign, document──▶ functions ──▶ module
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.row_differentials import spelled_out
from matdiff.codegen import documents
from matdiff.codegen.costs import hints
from matdiff.codegen.derivatives import Derivatives
from matdiff.codegen.function import Function
from matdiff.codegen.languages import LANGUAGES
from matdiff.codegen.parameters import symbol_variable, variables
from matdiff.codegen.targets import Target, has_function, target
from matdiff.errors import OutputError
from matdiff.graph.nodes import Map, walk

if TYPE_CHECKING:
    from matdiff.calculator import Answer
    from matdiff.graph.nodes import Node, Var

PARTS = ("value", "gradient", "value_and_gradient", "jacobian", "hessian", "hvp", "hessian_operator")
_FIRST = ("gradient", "jacobian")
_ALONG = ("hvp", "hessian_operator")  # what takes a direction
_ORDINALS = ("value", "gradient", "hessian", "third_derivative", "fourth_derivative")


def module(answer: Answer, target_name: str, of: tuple[str, ...] = (), others: tuple[Answer, ...] = ()) -> str:
    """Source text of a module with one function for each of `of` (of PARTS; default: the value and what was asked).

    What was asked is also bound to `derivative`.  others: answers by further variables, in the same graph; what was
    asked is a tuple then.
    Raises OutputError: E401 unknown target, E402 no code for something in the answer, E404 a name that cannot stand in
    code, E405 a number out of range, E406 an exponent that is no whole number, E407 an unknown part, E412 sizes that
    are none.
    """
    return Module(answer, target(target_name), others).text(of)


class Module:
    """The functions of one module, which share their parameters."""

    def __init__(self, answer: Answer, where: Target, others: tuple[Answer, ...] = ()) -> None:
        self.answer, self.where = answer, where
        self.answers = (answer, *others)
        self.derivatives = Derivatives(answer)
        self.asked = _asked(answer)
        if any(_asked(other) != self.asked for other in others) or (others and self.asked not in _FIRST):
            raise OutputError("E407", "code by several variables is for first derivatives", hint="ask by one at a time")
        self.symbols = self._symbols()
        self.hints = hints(answer.question.sizes)
        self.helpers: dict[str, None] = {}

    def _language_text(self, functions: list[str], *, bound: bool) -> str:
        """The file in a language beside Python."""
        language = LANGUAGES[self.where.name]
        said = documents.module_docstring(*self.answers).strip('"').strip().split("\n")
        comments = "\n".join([f"{language.comment}{line}".rstrip() for line in said])
        parts = [comments, *filter(None, [language.head]), *self.helpers, *functions]
        last = language.bound(self.asked) if bound else ""
        return "\n\n".join([*parts, *filter(None, [last])]) + "\n"

    def text(self, of: tuple[str, ...]) -> str:
        wanted = tuple(dict.fromkeys([self._part(name) for name in of or ("value", self.asked)]))
        if of and {"value", "gradient"} <= {*wanted}:
            wanted = (*wanted, *({"value_and_gradient"} - {*wanted}))
        functions = [self._function(name) for name in wanted]
        if self.where.language:
            return self._language_text(functions, bound=self.asked in wanted)
        head = [documents.module_docstring(*self.answers), "\n".join(self.where.imports)]
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
        found = variables(self.answer.value, *map(_derivative, self.answers))
        operators = [answer.operator for answer in self.answers if answer.operator is not None]
        for by in [by for operator in operators for by in operator.by]:
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
            return [_derivative(answer) for answer in self.answers]
        if name == "value_and_gradient":
            return [self.answer.value, *self._graphs(self._part("gradient"))]
        if name in {"gradient", "jacobian"}:
            return [Derivatives(answer).gradient() for answer in self.answers]
        if len(self.answers) > 1:
            raise OutputError("E407", f"{name} is by one variable", hint="ask by one at a time")
        if name == "hessian":
            return [self.derivatives.hessian()]
        return [self.derivatives.product(self.derivatives.direction())]

    def _function(self, name: str) -> str:
        """The text of one function."""
        direction = self.derivatives.direction() if name in _ALONG else None
        symbols = dict(self.symbols)
        if direction is not None:
            symbols[direction.name] = direction
        apart = direction.name if direction is not None and name == "hessian_operator" else ""
        kinds = {name: symbol.kind for name, symbol in self.answer.symbols.items()}
        function = Function(self.where, symbols, kinds, self.hints, apart)
        roots = _sayable(self._graphs(name), self.where)
        function.compute(roots, inner=len(self.answers) > 1 and name == "value_and_gradient")
        self.helpers.update(function.helpers)
        said = documents.Function(
            name, name == self.asked, roots, function.parameters, function.names, function.missing
        )
        return function.text(name, tuple(self.answer.symbols), documents.function_docstring(self.answer, said))


def _sayable(roots: list[Node], where: Target) -> list[Node]:
    """The same where a library lacks functions of every entry and has all that their rows' formulas say them by."""
    lacking = _lacking(roots, where)
    said = [spelled_out(root, lacking) for root in roots] if lacking else roots
    return roots if _lacking(said, where) else said


def _lacking(roots: list[Node], where: Target) -> set[str]:
    names = {node.function for node in walk(*roots) if isinstance(node, Map)}
    return {name for name in names if not has_function(where, name)}


def _derivative(answer: Answer) -> Node:
    """What was asked, as it is laid out."""
    return answer.laid_out if answer.laid_out is not None else answer.derivative


def _asked(answer: Answer) -> str:
    """The name of the function that computes what was asked."""
    order = len(answer.operator.by) if answer.operator is not None else 0
    if order == 0 or answer.question.form == "directional":
        return "differential"
    if order == 1 and answer.value.order:
        return "jacobian"
    return _ORDINALS[order] if order < len(_ORDINALS) else "derivative_of_order_" + str(order)
