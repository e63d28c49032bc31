"""Expressions as text of the input language together with a way of their own to be evaluated.

Nothing here is read from matdiff: text and evaluation are put together side by side, from the same pieces.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from oracle import duals, mathematics

SUM, STAR, PRODUCT, POSTFIX, ATOM = range(5)


class Expression(NamedTuple):
    """text, how tightly it binds, (rows, columns) as sizes, and `evaluate`: dict of values → value."""

    text: str
    binding: int
    shape: tuple[Any, Any]
    evaluate: Any

    def at(self, binding):
        """The text where something binds as tightly as `binding`."""
        return self.text if self.binding >= binding else f"({self.text})"


SCALAR = (1, 1)


def number(text, value):
    array = np.full((1, 1), float(value))
    return Expression(text, PRODUCT if "/" in text else ATOM, SCALAR, lambda _: array)


def variable(name, shape):
    return Expression(name, ATOM, shape, lambda scope: scope[name])


def unary(text, binding, shape, operation, a):
    inner = a.evaluate
    return Expression(text, binding, shape, lambda scope: operation(inner(scope)))


def binary(text, binding, shape, operation, a, b):
    left, right = a.evaluate, b.evaluate
    return Expression(text, binding, shape, lambda scope: operation(left(scope), right(scope)))


def call(name, operation, a, shape=None):
    return unary(f"{name}({a.text})", ATOM, a.shape if shape is None else shape, operation, a)


def elementwise(name, a):
    return call(name, mathematics.ELEMENTWISE[name], a)


def add(a, b):
    return binary(f"{a.text} + {b.at(STAR)}", SUM, a.shape, duals.add, a, b)


def subtract(a, b):
    return binary(f"{a.text} - {b.at(STAR)}", SUM, a.shape, duals.subtract, a, b)


def negate(a):
    return unary(f"-{a.at(STAR)}", SUM, a.shape, lambda value: duals.scale(-1.0, value), a)


def _next(a):
    """The text of a factor that follows another: digits would run together with what stands before."""
    return a.at(POSTFIX) if not a.at(POSTFIX)[0].isdigit() else f"({a.text})"


def multiply(a, b, sign=" "):
    """A product with a scalar among the factors, or of matrices that fit."""
    if SCALAR in {a.shape, b.shape}:
        shape, operation = (b.shape if a.shape == SCALAR else a.shape), duals.multiply
    else:
        shape, operation = (a.shape[0], b.shape[1]), duals.matmul
    return binary(f"{a.at(PRODUCT)}{sign}{_next(b)}", PRODUCT if sign == " " else STAR, shape, operation, a, b)


def divide(a, b):
    return binary(
        f"{a.at(PRODUCT)}/{_next(b)}", PRODUCT, a.shape, lambda x, y: duals.multiply(x, mathematics.reciprocal(y)), a, b
    )


def hadamard(a, b):
    return binary(f"{a.at(PRODUCT)} .* {b.at(PRODUCT)}", STAR, a.shape, duals.multiply, a, b)


def hadamard_quotient(a, b):
    return binary(f"{a.at(PRODUCT)} ./ {b.at(PRODUCT)}", STAR, a.shape, mathematics.quotient, a, b)


def hadamard_power(a, text, exponent):
    return unary(f"{a.at(ATOM)}.^{text}", POSTFIX, a.shape, lambda value: mathematics.power(value, exponent), a)


def scalar_power(a, text, exponent):
    return unary(f"{a.at(ATOM)}^{text}", POSTFIX, a.shape, lambda value: mathematics.power(value, exponent), a)


def matrix_power(a, text, exponent):
    return unary(f"{a.at(ATOM)}^{text}", POSTFIX, a.shape, lambda value: mathematics.matrix_power(value, exponent), a)


def symbolic_power(a, symbol, offset=0):
    """X^k of a square matrix, k an integer found in the scope."""
    text = symbol if not offset else "{" + f"{symbol} {'+' if offset > 0 else '-'} {abs(offset)}" + "}"
    inner = a.evaluate
    return Expression(
        f"{a.at(ATOM)}^{text}",
        POSTFIX,
        a.shape,
        lambda scope: mathematics.matrix_power(inner(scope), scope[symbol] + offset),
    )


def transpose(a, spelling="^T"):
    return unary(f"{a.at(ATOM)}{spelling}", POSTFIX, a.shape[::-1], duals.transpose, a)


def inverse(a, spelling="^-1"):
    text = f"inv({a.text})" if spelling == "inv" else f"{a.at(ATOM)}{spelling}"
    return unary(text, ATOM if spelling == "inv" else POSTFIX, a.shape, duals.inverse, a)


def inverse_transpose(a):
    return unary(f"{a.at(ATOM)}^-T", POSTFIX, a.shape[::-1], lambda value: duals.transpose(duals.inverse(value)), a)


def norm(a, subscript, operation):
    """Bars where none stand inside, else the word."""
    if "|" not in a.text:
        return unary(f"||{a.text}||{subscript}", ATOM, SCALAR, operation, a)
    kind = subscript.lstrip("_").replace("*", "nuclear")
    return unary(f"norm({a.text}{', ' + kind if kind else ''})", ATOM, SCALAR, operation, a)


def constant(text, shape, array_of):
    """A constant whose array follows from the sizes in the scope."""
    return Expression(
        text, ATOM, shape, lambda scope: array_of(*[size if isinstance(size, int) else scope[size] for size in shape])
    )


def indexed_sum(index, last, body):
    """Σ over the members of families: while the body is evaluated, `index` in the scope holds the member's number."""
    inner = body.evaluate

    def evaluate(scope):
        terms = [inner({**scope, index: k}) for k in range(1, scope[last] + 1)]
        return duals.total(terms)

    return Expression(f"sum({index}, 1, {last}, {body.text})", ATOM, body.shape, evaluate)


def member(name, index, shape):
    """The member of a family: the family is held as one matrix, a member a row."""

    def evaluate(scope):
        k = scope[index] - 1
        return duals.linear(lambda array: np.swapaxes(array[..., k : k + 1, :], -1, -2), scope[name])

    return Expression(name, ATOM, shape, evaluate)


def applied(function, arguments):
    """An unknown function of variables or composed arguments; its instance is in the scope under its own name."""
    inner = [argument.evaluate for argument in arguments]
    text = f"{function.name}({', '.join([argument.text for argument in arguments])})"
    return Expression(
        text, ATOM, function.shape, lambda scope: function.instance(*[evaluate(scope) for evaluate in inner])
    )
