"""Questions that a Python line asks by itself: jax.grad(f)(x), jax.hessian(f), torch.autograd.grad(loss, w)."""

from __future__ import annotations

import ast
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.reading.python.refusals import unsupported

if TYPE_CHECKING:
    from matdiff.reading.python.places import Places

_OPERATORS = {
    "grad": "d/d{0}",
    "hessian": "d^2/d{0} d{0}^T",
    "jacobian": "d/d{0}^T",
    "jacfwd": "d/d{0}^T",
    "jacrev": "d/d{0}^T",
}
# modules whose functions take a function, and give one; those that take a value or a function, and a point
_OF_FUNCTIONS = frozenset(("", "jax", "autograd", "torch.func", "functorch"))
_AT_A_POINT = frozenset(("torch.autograd", "torch.autograd.functional", "autograd", "autograd.functional"))


class Question(NamedTuple):
    """An operator, as text, and what it is of, in place of the call that asked for it."""

    operator: str
    of: ast.expr


def asked(module: ast.Module, places: Places) -> str:
    """The operator of a line that ends by asking for a derivative, which is replaced by what it is of; "" for a line
    that asks for none.  Raises E115 for a question of another form.
    """
    last = module.body[-1] if module.body else None
    if not isinstance(last, ast.Expr):
        return ""
    question = _question(last.value, module, places)
    if question is None:
        return ""
    module.body[-1] = ast.copy_location(ast.Expr(ast.copy_location(question.of, last)), last)
    return question.operator


def _question(call: ast.expr, module: ast.Module, places: Places) -> Question | None:
    if isinstance(call, ast.Attribute) and call.attr == "grad":
        return _after_backward(call.value, module, places)
    if not isinstance(call, ast.Call):
        return None
    if isinstance(call.func, ast.Call):
        return _at_a_point(call.func, call.args, module, places)
    root, name = _named(call.func)
    if name not in _OPERATORS:
        return None
    if root in _AT_A_POINT and len(call.args) == 2:
        function, point = call.args
        if name == "grad":
            return Question(_operator(name, point, places), function)
        points = list(point.elts) if isinstance(point, (ast.Tuple, ast.List)) else [point]
        return Question(_operator(name, points[0], places), ast.Call(function, points, []))
    return _at_a_point(call, None, module, places)


def _after_backward(by: ast.expr, module: ast.Module, places: Places) -> Question | None:
    """w.grad behind loss.backward()."""
    for statement in module.body:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "backward":
            return Question(_operator("grad", by, places), call.func.value)
    return None


def _at_a_point(call: ast.Call, points: list[ast.expr] | None, module: ast.Module, places: Places) -> Question | None:
    """jax.grad(f, argnums=1) at points, or at its own parameters where none are given."""
    root, name = _named(call.func)
    if name not in _OPERATORS or root not in _OF_FUNCTIONS or not call.args:
        return None
    function = call.args[0]
    if points is None:
        points = [ast.copy_location(ast.Name(one, ast.Load()), function) for one in _parameters(function, module)]
    numbers = [item.value for item in call.keywords if item.arg == "argnums"] + call.args[1:]
    which = numbers[0].value if numbers and isinstance(numbers[0], ast.Constant) else 0
    if not points or not isinstance(which, int) or not 0 <= which < len(points) or len(numbers) > 1:
        raise unsupported("this derivative is", places.span(call))
    return Question(_operator(name, points[which], places), ast.Call(function, points, []))


def _parameters(function: ast.expr, module: ast.Module) -> list[str]:
    """The parameters of a lambda, or of a function that the text defines."""
    called = function.id if isinstance(function, ast.Name) else ""
    for statement in module.body if called else ():
        if isinstance(statement, ast.FunctionDef) and statement.name == called:
            return [arg.arg for arg in statement.args.args]
        if isinstance(statement, ast.Assign) and _named(statement.targets[0])[1] == called:
            function = statement.value
    return [arg.arg for arg in function.args.args] if isinstance(function, ast.Lambda) else []


def _operator(name: str, point: ast.expr, places: Places) -> str:
    if isinstance(point, (ast.Tuple, ast.List)) and len(point.elts) == 1:
        point = point.elts[0]
    if not isinstance(point, ast.Name):
        raise unsupported("a derivative by anything but a name is", places.span(point))
    return _OPERATORS[name].format(point.id)


def _named(path: ast.expr) -> tuple[str, str]:
    """The module and the name of jax.grad; empty for what is no name."""
    parts: list[str] = []
    while isinstance(path, ast.Attribute):
        parts.append(path.attr)
        path = path.value
    if not isinstance(path, ast.Name):
        return "", ""
    parts.append(path.id)
    return ".".join(parts[:0:-1]), parts[0]
