"""How operators of the graph are written: inverses, powers, functions of the table, unknown functions and their
derivatives.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.errors import CalculusError
from matdiff.formula.syntax import Apply, Call, Derivative, Expr, Num, Pow, Sym, literal
from matdiff.functions import names as fn
from matdiff.graph.nodes import Op, Var
from matdiff.notation.chains import MINUS_ONE, Link, column, matrix, transposed
from matdiff.notation.sizes import size_expr

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.notation.display import Raiser


_MASKS = {"lower": fn.LOWER_TRIANGLE, "upper": fn.UPPER_TRIANGLE}


class Spelled(NamedTuple):
    """An operator as an expression, and as a link where it has open indices."""

    expr: Expr
    link: Link


def spell_operator(raiser: Raiser, node: Op) -> Spelled:
    """The notation of an operator."""
    if node.name == "apply":
        return _unknown(raiser, node)
    expr = _expression(raiser, node)
    if node.name == "mask":
        other = Call(fn.UPPER_TRIANGLE if expr.function == fn.LOWER_TRIANGLE else fn.LOWER_TRIANGLE, expr.args)  # type: ignore[union-attr] # a mask is a Call
        return Spelled(expr, Link(expr, other))
    if node.name == "constant" and node.order == 2:
        return Spelled(expr, Link(expr, literal(zip(*node.attributes[0], strict=True))))
    link = column(expr) if node.order == 1 else matrix(expr)
    return Spelled(expr, link)


def _expression(raiser: Raiser, node: Op) -> Expr:
    constant = _CONSTANTS.get(node.name)
    if constant is not None:
        return constant(raiser, node)
    if node.name == "fuse":
        raise CalculusError("E304", "this answer has no matrix notation yet")
    args = [raiser.raised(arg) for arg in node.args]
    if node.name == fn.SPECTRAL_NORM:
        return Call(fn.NORM, (args[0], Num(Fraction(2))))
    if node.name == fn.NUCLEAR_NORM:
        return Call(fn.NORM, (args[0], Sym("nuclear")))
    if node.name == fn.MAX and isinstance(args[0], Call) and args[0].function == fn.ABSOLUTE:
        return Call(fn.NORM, (args[0].args[0], Sym("inf")))
    if node.name == fn.INVERSE:
        return Pow(args[0], MINUS_ONE)
    if node.name == "matpow":
        return Pow(args[0], args[1])
    return Call(node.name, tuple(args))


def _mask(_: Raiser, node: Op) -> Expr:
    size = size_expr(node.shape[0])
    return Call(_MASKS[node.attributes[0]], (Call(fn.ONES, (size, size)),))


def _numbers(_: Raiser, node: Op) -> Expr:
    rows = node.attributes[0] if node.order > 1 else [[entry] for row in node.attributes[0] for entry in row]
    return literal(rows)


_CONSTANTS: dict[str, Callable[[Raiser, Op], Expr]] = {
    "pick": lambda raiser, node: Call(fn.UNIT_VECTOR, (raiser.raised(node.args[0]),)),
    "range": lambda _, node: Call(fn.UNIT_VECTORS, tuple([size_expr(place) for place in node.attributes])),
    "constant": _numbers,
    "mask": _mask,
    fn.ELIMINATION: lambda _, node: Call(fn.ELIMINATION, (size_expr(node.attributes[0]),)),
}


def _unknown(raiser: Raiser, node: Op) -> Spelled:
    """u, f(A x), du/dx, d^2f/dx dx^T; how a derivative lies depends on the layout."""
    name, names, derivative = node.attributes
    plain = all(isinstance(arg, Var) and arg.name == formal for arg, formal in zip(node.args, names, strict=True))
    args = () if plain else tuple([raiser.raised(arg) for arg in node.args])
    if not derivative:
        expr: Expr = Apply(name, args or tuple([Sym(formal) for formal in names]))
        return Spelled(expr, column(expr) if node.order == 1 else matrix(expr))
    value = node.order - sum(node.args[p].order for p in derivative)
    orders = [node.args[p].order for p in derivative]
    if node.order > 2:
        raise CalculusError(
            "E303", f"the derivative of {name} here has more than two indices: no matrix notation says it"
        )
    made = Derivative(name, tuple([(names[p], False) for p in derivative]), args)
    return Spelled(made, _laid_out(raiser, made, value, orders, node.order))


def unfolded_derivative(raiser: Raiser, node: Op, *, has_value: bool) -> Link:
    """dK/dX^T: vec of the value by vec of the arguments; of a scalar by two arguments, vec of the first by vec of the
    second.
    """
    name, names, derivative = node.attributes
    plain = all(isinstance(arg, Var) and arg.name == formal for arg, formal in zip(node.args, names, strict=True))
    args = () if plain else tuple([raiser.raised(arg) for arg in node.args])
    by = [(names[p], False) for p in derivative]
    here = Derivative(name, (*by[:-1], (by[-1][0], True)), args)
    if has_value:
        return Link(here, Derivative(name, tuple(by), args))
    if len(set(derivative)) == 1:
        return Link(here, here)
    return Link(here, transposed(here))


def _laid_out(raiser: Raiser, made: Derivative, value: int, orders: list[int], order: int) -> Link:
    def by(*flags: bool) -> Derivative:
        return Derivative(
            made.name, tuple([(name, flag) for (name, _), flag in zip(made.by, flags, strict=True)]), made.args
        )

    if order == 0:
        return Link(made, made)
    if order == 1 and value == 1:  # a vector by scalars: in the denominator layout a row
        return column(made) if raiser.manner.layout != "denominator" else Link(transposed(made), made, "column")
    if order == 1:
        place = orders.index(1)
        row = by(*[k == place for k in range(len(orders))]) if len(orders) == 1 else transposed(made)
        return Link(made, row if len(orders) == 1 else transposed(made), "column")
    if value == 1 and sum(orders) == 1 and len(orders) == 1:  # a vector by a vector
        return Link(by(True), made)
    if value == 0 and orders == [1, 1]:
        here = by(False, True)
        if made.by[0] == made.by[1]:
            return Link(here, here)
        return Link(here, Derivative(made.name, ((made.by[1][0], False), (made.by[0][0], True)), made.args))
    if value == 2 or orders == [2]:
        return matrix(made)
    raise CalculusError("E303", f"the derivative of {made.name} here has no matrix notation")
