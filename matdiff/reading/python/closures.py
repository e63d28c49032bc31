"""Functions inside a Python line: lambdas, def, and the library's functions that a definition says."""

from __future__ import annotations

import ast
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.reading import mistakes
from matdiff.reading.python.definitions import Elsewhere, parsed
from matdiff.reading.python.refusals import unsupported
from matdiff.reading.python.values import Closure

if TYPE_CHECKING:
    from matdiff.errors import Span
    from matdiff.reading.python.evaluation import Evaluation
    from matdiff.reading.python.values import Value

_MOST_CALLS = 400


def closure(evaluation: Evaluation, args: ast.arguments, body: list[ast.stmt] | ast.expr, span: Span) -> Closure:
    """A function with its parameters, the values of their defaults, and the names around it."""
    if args.vararg or args.kwarg:
        raise unsupported("a function of any number of arguments is", span)
    positional = [*args.posonlyargs, *args.args]
    names = [*[arg.arg for arg in positional], *[arg.arg for arg in args.kwonlyargs]]
    given = dict(zip([arg.arg for arg in positional][::-1], args.defaults[::-1], strict=False))
    given |= {arg.arg: value for arg, value in zip(args.kwonlyargs, args.kw_defaults, strict=True) if value}
    defaults = {name: evaluation.value(value) for name, value in given.items()}
    return Closure(names, len(positional), body, evaluation.scope, defaults, span)


def called(
    evaluation: Evaluation, function: Closure, args: list[Value], named: dict[str, Value], *, free: bool = False
) -> Value:
    """The value of a function for arguments; for its own parameters as names where `free`."""
    evaluation.calls += 1
    if evaluation.calls > _MOST_CALLS:
        raise unsupported("a function that calls itself is", function.span)
    given = {**function.defaults, **dict(zip(function.parameters, args, strict=False)), **named}
    missing = [name for name in function.parameters if name not in given]
    twice = named.keys() & set(function.parameters[: len(args)])
    unknown = named.keys() - set(function.parameters)
    if len(args) > function.positional or unknown or twice or (missing and not free):
        raise mistakes.error("E112", f"the function takes {', '.join(function.parameters)}", function.span)
    around = evaluation.scope
    evaluation.scope = {**function.scope, **given}
    for name in missing:
        evaluation.scope.pop(name, None)
    body = function.body
    found = evaluation.block(body) if isinstance(body, list) else evaluation.value(body)
    evaluation.scope = around
    if found is None or (isinstance(body, list) and not any(isinstance(part, ast.Return) for part in body)):
        raise mistakes.error("E100", "the function returns nothing", function.span)
    return found


def defined(evaluation: Evaluation, text: str, args: list[Value], named: dict[str, Value], span: Span) -> Value:
    """The value of a library's function by its definition, a lambda; all of it stands where it is called."""
    tree = parsed(text)
    places, scope, functions = evaluation.places, evaluation.scope, evaluation.functions
    evaluation.places, evaluation.scope, evaluation.functions = Elsewhere(text, span), {}, {}
    function = closure(evaluation, tree.args, tree.body, span)
    found = called(evaluation, function, args, named)
    evaluation.places, evaluation.scope, evaluation.functions = places, scope, functions
    return found
