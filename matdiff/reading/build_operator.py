"""What each rule of the grammar makes of operators and of derivatives of unknown functions: one function for each `->
name` there.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.errors import Span
from matdiff.formula.question import By, Operator
from matdiff.formula.syntax import Derivative, Expr
from matdiff.reading import mistakes
from matdiff.reading.calls import text_span

if TYPE_CHECKING:
    from matdiff.reading.lexing import Token

Values = list[Any]
HIGHEST_ORDER = 8


def order_one(values: Values) -> tuple[int, Token]:
    return 1, values[0]


def order_many(values: Values) -> tuple[int, Token]:
    return int(values[1].text), values[2]


def by(values: Values) -> list[By]:
    return [By(values[0].text, span=values[0].span)]


def by_transposed(values: Values) -> list[By]:
    return [By(values[0].text, transposed=True, span=Span(values[0].start, values[1].end))]


def by_repeated(values: Values) -> list[By]:
    """dx^2 stands for dx dx; raises E110 for too high an order."""
    count = int(values[1].text)
    if not 1 <= count <= HIGHEST_ORDER:
        raise mistakes.error(
            "E110", f"a derivative of order {count} is not supported: the limit is {HIGHEST_ORDER}", values[1].span
        )
    return [By(values[0].text, span=values[0].span) for _ in range(count)]


def joined(values: Values) -> list[By]:
    return [*values[0], *values[1]]


def derivative(values: Values) -> Expr:
    """du/dx, d^2A/dx_p dx_q, df/dx(A x)."""
    (order, name), below = values[1], values[3]
    arguments = tuple(values[5]) if len(values) > 4 else ()  # sign, name, slash, variables, and perhaps arguments
    last = values[-1].end if arguments else below[-1].span.end
    return _derivative(order, name, below, arguments, Span(values[0].start, last))


def derivative_fraction(values: Values) -> Expr:
    r"""\frac{\partial u}{\partial x}."""
    order, name = values[3]
    arguments = tuple(values[9]) if len(values) > 8 else ()
    return _derivative(order, name, values[6], arguments, text_span(values))


def _derivative(order: int, name: Token, below: list[By], arguments: tuple[Expr, ...], span: Span) -> Expr:
    _check_order(order, below, span)
    return Derivative(name.text, tuple([(item.name, item.transposed) for item in below]), arguments, span=span)


def _check_order(order: int, below: list[By], span: Span) -> None:
    if order != len(below):
        raise mistakes.error(
            "E110",
            f"a derivative of order {order} (d^{order}) needs {order} variables below, here is {len(below)}"
            if order > 1
            else f"d/… has one variable below, here are {len(below)}",
            span,
            hint="write the second derivative as d^2/dx^2 or d^2/dx dx^T",
        )


def total(_: Values) -> Operator:
    return Operator((), "d")


def operator(values: Values) -> Operator:
    return _operator(1, values[2], Span(values[0].start, values[2][-1].span.end))


def operator_order(values: Values) -> Operator:
    return _operator(int(values[2].text), values[4], Span(values[0].start, values[4][-1].span.end))


def operator_fraction(values: Values) -> Operator:
    return _operator(1, values[5], text_span(values))


def operator_fraction_order(values: Values) -> Operator:
    return _operator(int(values[4].text), values[7], text_span(values))


def nabla(values: Values) -> Operator:
    return Operator((By(values[1].text, span=values[1].span),), "")


def _operator(order: int, below: list[By], span: Span) -> Operator:
    _check_order(order, below, span)
    return Operator(tuple(below), "", power=order > 1 and len({item.span for item in below}) == 1)
