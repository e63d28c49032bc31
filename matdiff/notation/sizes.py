"""Sizes as expressions."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Add, Div, Expr, Mul, Neg, Num, Sym

if TYPE_CHECKING:
    from matdiff.graph.nodes import Size

_TOKEN = re.compile(r"\d+|\w+|\S")


def size_expr(size: Size) -> Expr:
    """A size as an expression: m*n, N-1, n*(n+1)/2."""
    if isinstance(size, int):
        return Num(Fraction(size))
    if size.isidentifier():
        return Sym(size)
    tokens = _TOKEN.findall(size)[::-1]  # the next one is the last
    return _sum(tokens)


def _sum(tokens: list[str]) -> Expr:
    terms = [_signed(tokens)]
    while tokens and tokens[-1] in {"+", "-"}:
        terms.append(_signed(tokens))
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def _signed(tokens: list[str]) -> Expr:
    sign = tokens.pop() if tokens[-1] in {"+", "-"} else "+"
    term = _product(tokens)
    if sign == "+":
        return term
    return Num(-term.value) if isinstance(term, Num) else Neg(term)


def _product(tokens: list[str]) -> Expr:
    factors = [_atom(tokens)]
    while tokens and tokens[-1] in {"*", "/"}:
        if tokens.pop() == "*":
            factors.append(_atom(tokens))
        else:
            above = factors[0] if len(factors) == 1 else Mul(tuple(factors))
            factors = [Div(above, _atom(tokens))]
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def _atom(tokens: list[str]) -> Expr:
    part = tokens.pop()
    if part == "(":
        inner = _sum(tokens)
        tokens.pop()
        return inner
    return Num(Fraction(int(part))) if part.isdigit() else Sym(part)
