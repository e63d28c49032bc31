"""Docstrings of generated code: the formula, the layout, shapes of arguments and result."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.codegen.extents import product
from matdiff.writing import write, write_operator

if TYPE_CHECKING:
    from matdiff.calculator import Answer
    from matdiff.codegen.names import Identifiers
    from matdiff.codegen.parameters import Parameter
    from matdiff.graph.nodes import Node, Size

WIDTH = 100
LONGEST = 400


class Function(NamedTuple):
    """What a docstring tells of: a function's name, whether it is what was asked for, what it returns, its parameters
    and the sizes among them.
    """

    name: str
    asked: bool
    roots: list[Node]
    parameters: list[Parameter]
    names: Identifiers
    missing: list[str]


def module_docstring(answer: Answer, *others: Answer) -> str:
    """What the module computes: d/dX tr(X^T B X) = (B + B^T) X.  Formulas that nobody would read are cut."""
    lines = [line for one in (answer, *others) for line in _told(one)]
    return _quoted(list(dict.fromkeys(lines)))


def _told(answer: Answer) -> list[str]:
    question = cut(_formula(answer))
    if answer.operator is None or not answer.operator.by:
        return [question]
    left = f"{write_operator(answer.operator, 'ascii')} ({question})"
    lets = [f"where {name} = {cut(write(tree, 'ascii'))}" for name, tree in answer.lets.items()]
    return [*_wrapped(left, " = " + _answer(answer)), *lets, *answer.notes]


def _answer(answer: Answer) -> str:
    return "..." if answer.formula is None else cut(answer.ascii)


def cut(formula: str) -> str:
    return formula if len(formula) <= LONGEST else formula[:LONGEST].rpartition(" ")[0] + " ..."


def function_docstring(answer: Answer, function: Function) -> list[str]:
    """The indented lines of a function's docstring."""
    names = function.names
    lines = [_summary(answer, function), ""]
    lines += [f"{p.identifier}: {_described(p)}" for p in function.parameters]
    lines += [f"{identifier}: callable, {_called(*told)}" for identifier, told in names.callables.items()]
    lines += [f"{names.sizes[size]}: int, a size" for size in function.missing]
    lines.append(f"Returns {_returned(function)}.")
    if function.name == "hessian" and function.roots[0].order > 2:
        count = str(product(function.roots[0].shape)).replace("*", " ")
        lines.append(f"It has {count} entries; hvp gives products with it and never forms it, --as kron its factors.")
    return ["    " + line if line else "" for line in _quoted(lines).split("\n")]


def _returned(function: Function) -> str:
    if function.name == "hessian_operator":
        return "the function that takes a direction v of the variable's shape to the Hessian times v"
    return " and ".join([_shape(root.shape) for root in function.roots])


def _formula(answer: Answer) -> str:
    return write(answer.expression, "ascii")


def _summary(answer: Answer, function: Function) -> str:
    name = function.name
    if name == "value":
        formula = _formula(answer)
        return formula if len(formula) < WIDTH else "The value of the expression."
    if function.asked and len(function.roots) == 1:
        tensor = answer.laid_out is None and answer.derivative.order > 2
        form = "axes of the value first, then those of the variable" if tensor else f"{answer.layout} layout"
        text = f"{_answer(answer)}, {form}"
        return text if len(text) < WIDTH else f"The {name.replace('_', ' ')}, {form}"
    if name == "hvp":
        return "The Hessian times a direction v of the variable's shape."
    if name == "hessian_operator":
        return "The Hessian as a linear map; what does not depend on the direction is computed once."
    return f"The {name.replace('_', ' ').replace('hessian', 'Hessian')}."


def _described(p: Parameter) -> str:
    if p.var.role == "integer":
        return "int"
    text = _shape(p.passed)
    return f"{text}, {p.var.structure}" if p.var.structure and p.var.structure != "diagonal" else text


def _called(name: str, arguments: tuple[str, ...], derivative: tuple[int, ...]) -> str:
    whole = f"{name}({', '.join(arguments)})"
    if not derivative:
        return whole
    return f"the derivative of {whole} by {', '.join([arguments[k] for k in derivative])}; axes of the value first"


def _shape(shape: tuple[Size, ...]) -> str:
    if not shape:
        return "a scalar"
    return f"an array of shape ({', '.join([str(size) for size in shape])}{',' if len(shape) == 1 else ''})"


def _wrapped(first: str, rest: str) -> list[str]:
    return [first + rest] if len(first + rest) < WIDTH else [first, "   " + rest]


def _quoted(lines: list[str]) -> str:
    """A docstring literal; whatever a text may hold stays inside it."""
    clean = [ascii(line)[1:-1].replace("\\'", "'").replace('"', "'") for line in lines]
    body = "\n".join(clean)
    return f'"""{body}"""' if len(clean) == 1 else f'"""{body}\n"""'
