"""How long a formula is to a reader, and which formulas begin with a minus sign."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, cast

from matdiff.formula.syntax import (
    Add,
    Apply,
    Call,
    Derivative,
    Div,
    Expr,
    Had,
    HadDiv,
    HadPow,
    IndexedSum,
    Matrix,
    Mul,
    Neg,
    Num,
    Pow,
    Sym,
    Transpose,
)
from matdiff.functions import TABLE

if TYPE_CHECKING:
    from collections.abc import Callable

_WRITTEN = {row.name: row.written for row in TABLE.values() if row.written}
NORM_NAMES = frozenset({"F", "inf", "nuclear", "p"})


def signed(tree: Expr) -> bool:
    """Whether the formula is written with a leading minus: -x, -2 X, -1/x."""
    kind = type(tree)
    if kind is Mul:
        tree = cast("Mul", tree).factors[0]
        kind = type(tree)
    elif kind is Div:
        tree = cast("Div", tree).num
        kind = type(tree)
        if kind is Mul:
            tree = cast("Mul", tree).factors[0]
            kind = type(tree)
    if kind is Num:
        return cast("Num", tree).value < 0
    return kind is Neg


def unsigned(tree: Expr) -> Expr:
    """What stands behind the leading minus of a `signed` formula."""
    if isinstance(tree, Neg):
        return tree.arg
    if isinstance(tree, Num):
        return Num(-tree.value)
    if isinstance(tree, Div):
        return Div(unsigned(tree.num), tree.den)
    if not isinstance(tree, Mul):
        return tree
    first, *rest = tree.factors
    if rest and isinstance(first, Num) and first.value == -1:
        return Mul(tuple(rest)) if len(rest) > 1 else rest[0]
    return Mul((unsigned(first), *rest))


def is_whole(tree: Expr) -> bool:
    """A whole number that is not negative."""
    return isinstance(tree, Num) and tree.value.denominator == 1 and tree.value >= 0


def is_subscript(tree: Expr) -> bool:
    """Whether the formula can stand behind an underscore: n, 3."""
    return "_" not in tree.name if isinstance(tree, Sym) else is_whole(tree)


def is_norm_name(kind: Expr) -> bool:
    """Whether a norm's kind can stand behind its bars: ||x||_1, ||X||_F, ||x||_p."""
    return kind.name in NORM_NAMES if isinstance(kind, Sym) else is_whole(kind)


def is_weight(tree: Expr) -> bool:
    """Whether a weight can stand behind a norm's bars, where no norm of that name exists."""
    return isinstance(tree, Sym) and "_" not in tree.name and tree.name not in NORM_NAMES and tree.name != "T"


def is_bare(call: Apply) -> bool:
    """An unknown function is written by its bare name, unless an argument is composed."""
    return all(type(arg) is Sym for arg in call.args)


def length(tree: Expr) -> int:
    """The number of names, numbers and operators in the formula's ASCII form; parentheses, bars and commas are free,
    and so are the carets of ^T and ^-1.
    """
    return _MEASURES[type(tree)](tree)


def _num(tree: Num) -> int:
    value = tree.value
    return 1 + (value < 0) + (2 if value.denominator != 1 else 0)


def _sum(tree: Add) -> int:
    total = len(tree.terms) - 1
    terms = iter(tree.terms)
    first = next(terms)
    total += _MEASURES[type(first)](first)
    for term in terms:
        total += _MEASURES[type(term)](term) - signed(term)
    return total


def _product(tree: Mul) -> int:
    total = 0
    for factor in tree.factors:
        total += _MEASURES[type(factor)](factor)
    first = tree.factors[0]
    return total - 1 if type(first) is Num and first.value == -1 and len(tree.factors) > 1 else total


def _hadamard(tree: Had) -> int:
    return sum(map(length, tree.factors)) + 2 * (len(tree.factors) - 1)


def _exponent(tree: Expr) -> int:
    """The length of ^2, ^-1, ^(k-1) with their caret (which ^-1, alone or in ^-12, has for free)."""
    if type(tree) is Num and tree.value.denominator == 1 and tree.value < 0:
        digits = str(-tree.value)
    elif type(tree) is Neg and is_whole(tree.arg):
        digits = str(cast("Num", tree.arg).value)
    else:
        return 1 + length(tree)
    return 1 if digits == "1" else 2 if digits.startswith("1") else 3


def _transpose(tree: Transpose) -> int:
    arg = tree.arg
    if type(arg) is Pow and type(arg.exponent) is Num and arg.exponent.value == -1:
        return length(arg.base) + 3
    return length(arg) + 1


def _call(tree: Call) -> int:
    args = tree.args
    total = sum(map(length, args))
    written = _WRITTEN.get(tree.function)
    if written is None:
        return total + 1
    if written == "unit vectors":
        return total + 1
    if written in {"identity", "unit vector"}:
        return 1 if args and is_subscript(args[0]) else total + 1
    if written == "norm" and len(args) > 1:
        return total + (args[1] == Sym("nuclear")) if is_norm_name(args[1]) else total + 1
    return total + (written == "weighted norm" and not is_weight(args[1])) + (written == "sign")


def _apply(tree: Apply) -> int:
    return 1 if is_bare(tree) else 1 + sum(map(length, tree.args))


def _derivative(tree: Derivative) -> int:
    order = len(tree.by)
    transposes = sum(transposed for _, transposed in tree.by)
    total = 2 + order + transposes + sum(map(length, tree.args))
    if order == 1:
        return total
    return total + 3 if not is_repeated(tree.by) else 8 + sum(map(length, tree.args))


def is_repeated(by: tuple[tuple[str, bool], ...]) -> bool:
    """Whether a derivative is written d^2u/dt^2: several times by one argument, never transposed."""
    return len(by) > 1 and not by[0][1] and by.count(by[0]) == len(by)


def _indexed_sum(tree: IndexedSum) -> int:
    return 2 + length(tree.lo) + length(tree.hi) + length(tree.body)


_MEASURES: dict[type, Callable[..., int]] = {
    Num: _num,
    Sym: lambda _: 1,
    Neg: lambda tree: 1 + length(tree.arg),
    Add: _sum,
    Mul: _product,
    Div: lambda tree: 1 + length(tree.num) + length(tree.den),
    Had: _hadamard,
    HadDiv: lambda tree: 2 + length(tree.num) + length(tree.den),
    HadPow: lambda tree: 1 + length(tree.base) + _exponent(tree.exponent),
    Pow: lambda tree: length(tree.base) + _exponent(tree.exponent),
    Transpose: _transpose,
    Call: _call,
    Matrix: lambda tree: sum(map(length, tree.cells)),
    Apply: _apply,
    Derivative: _derivative,
    IndexedSum: _indexed_sum,
}
