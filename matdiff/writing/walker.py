"""One walk over the syntax tree for every notation; a notation overrides how things are spelled.

Pieces of text are collected in a list, so that writing takes time linear in the size of the formula.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, cast

from matdiff.formula.length import signed, unsigned
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
from matdiff.writing.spread import spread
from matdiff.writing.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Callable

# How tightly a formula holds together, loosest first: a sum, a negation, A .* B, a product or quotient, one factor of
# a product,
# and what may carry an exponent.
SUM, NEGATION, LOOSE, PRODUCT, FACTOR, BASE = range(6)

_LEVELS: dict[type, int] = {
    Add: SUM,
    Neg: NEGATION,
    Had: LOOSE,
    HadDiv: LOOSE,
    Mul: PRODUCT,
    Div: PRODUCT,
    Derivative: PRODUCT,
    Pow: FACTOR,
    HadPow: FACTOR,
    Transpose: FACTOR,
    Sym: BASE,
    Call: BASE,
    Matrix: BASE,
    Apply: BASE,
}


class Walker:
    """Names, arithmetic and exponents of the input language; `text` is what to ask for.  Serves one formula."""

    hadamard = " .* "
    hadamard_division = " ./ "
    transposed = "^T"
    inverse_transposed = "^-T"
    open_sums = False  # whether a sum over an index is a sign that takes in the product that follows

    def __init__(self, style: Style = PLAIN) -> None:
        self.style = style
        self.transposed = style.turned or self.transposed
        self.out: list[str] = []
        self.compact = False  # inside an exponent, where k-1 is set without spaces
        self.barred = False  # between bars, where a second pair of bars could not be told from the end of the first
        self.root: Expr | None = None
        self.forms: dict[type, Callable[..., None]] = {
            Num: self.number,
            Sym: self.symbol,
            Add: self.sum,
            Mul: self.product,
            Div: self.quotient,
            Had: self.hadamard_product,
            HadDiv: self.hadamard_quotient,
            HadPow: self.hadamard_power,
            Pow: self.power,
            Transpose: self.transpose,
        }

    def text(self, tree: Expr) -> str:
        if self.style.symbols:  # what stands for a scalar is known
            tree = spread(tree, self.style.symbols)
        self.root = tree
        self.put(tree)
        return "".join(self.out)

    def say(self, *pieces: str) -> None:
        self.out.extend(pieces)

    # ---- precedence

    def level(self, tree: Expr) -> int:
        """How tightly the written formula holds together."""
        kind = type(tree)
        if kind is Num:
            return BASE if cast("Num", tree).value.denominator == 1 else PRODUCT
        if kind is Mul and type(cast("Mul", tree).factors[-1]) is IndexedSum:
            return LOOSE if self.open_sums else PRODUCT
        if kind is IndexedSum:
            return LOOSE if self.open_sums else BASE
        return _LEVELS[kind]

    def put(self, tree: Expr, least: int = SUM) -> None:
        """Write a formula where at least this level is asked for, in parentheses if it is looser."""
        negative = signed(tree)
        if (NEGATION if negative else self.level(tree)) < least:
            self.group(tree)
        elif negative:
            self.say("-")
            self.put(unsigned(tree), LOOSE)
        else:
            self.forms[type(tree)](tree)

    def group(self, tree: Expr) -> None:
        self.enclosed("(", tree, ")")

    def enclosed(self, opening: str, tree: Expr, closing: str, *, bars: bool = False) -> None:
        before, self.barred = self.barred, bars
        self.say(opening)
        self.put(tree)
        self.say(closing)
        self.barred = before

    def listed(self, opening: str, trees: tuple[Expr, ...], closing: str) -> None:
        """Arguments between parentheses, with commas."""
        before, self.barred = self.barred, False
        self.say(opening)
        for place, tree in enumerate(trees):
            if place:
                self.say(", ")
            self.put(tree)
        self.say(closing)
        self.barred = before

    # ---- names and numbers

    def name(self, name: str) -> str:
        return name

    def number(self, tree: Num) -> None:
        self.say(str(tree.value))

    def symbol(self, tree: Sym) -> None:
        self.say(self.name(tree.name))

    # ---- arithmetic

    def sum(self, tree: Add) -> None:
        plus, minus = ("+", "-") if self.compact else (" + ", " - ")
        for place, term in enumerate(tree.terms):
            if not place:
                self.put(term, NEGATION)
            elif signed(term):
                self.say(minus)
                self.put(unsigned(term), LOOSE)
            else:
                self.say(plus)
                self.put(term, LOOSE)

    def product(self, tree: Mul) -> None:
        before: Expr | None = None
        last = len(tree.factors) - 1
        for place, factor in enumerate(tree.factors):
            if place:
                self.say(" ")
            kind = type(factor)
            if kind is Derivative or (kind is IndexedSum and place == last):
                self.forms[kind](factor)
            elif type(before) is Num and begins_with_number(factor):
                self.number_after_number(factor)
            elif place and kind is Num and cast("Num", factor).value == 1:
                self.group(factor)  # A 1 is A times ones
            else:
                self.put(factor, PRODUCT if place == last and kind is Call else FACTOR)
            before = factor

    def number_after_number(self, number: Expr) -> None:
        self.group(number)

    def quotient(self, tree: Div) -> None:
        self.put(tree.num, FACTOR if type(tree.num) is Derivative else PRODUCT)
        self.say("/")
        self.put(tree.den, FACTOR)

    def hadamard_product(self, tree: Had) -> None:
        for place, factor in enumerate(tree.factors):
            if place:
                self.say(self.hadamard)
            self.put(factor, PRODUCT)

    def hadamard_quotient(self, tree: HadDiv) -> None:
        self.put(tree.num, LOOSE if type(tree.num) is Had else PRODUCT)
        self.say(self.hadamard_division)
        self.put(tree.den, FACTOR)  # X ./ (W H): some read from left to right

    # ---- exponents

    def base(self, tree: Expr) -> None:
        self.put(tree, BASE)

    def power(self, tree: Pow) -> None:
        self.base(tree.base)
        self.exponent(tree.exponent)

    def hadamard_power(self, tree: HadPow) -> None:
        if type(tree.base) is Num:  # 2.^x would be read as 2. and ^x
            self.group(tree.base)
        else:
            self.base(tree.base)
        self.say(".")
        Walker.exponent(self, tree.exponent)  # x.^2 in every linear form: x.² reads badly

    def exponent(self, tree: Expr) -> None:
        self.say("^")
        name, sign = (tree.arg, "-") if isinstance(tree, Neg) else (tree, "")
        if isinstance(name, Num) and name.value.denominator == 1 and (name.value >= 0 or not sign):
            self.say(sign, str(name.value))
        elif not isinstance(name, Sym) or name.name.startswith("T_"):
            self.tight(tree, "(", ")")
        elif name.name == "T":  # X^T and X^(-T) are transposes
            self.say(f"({sign}(T))")
        else:
            self.say(sign, self.name(name.name))

    def tight(self, tree: Expr, opening: str, closing: str) -> None:
        """Write without spaces around + and -."""
        before, self.compact = self.compact, True
        self.enclosed(opening, tree, closing)
        self.compact = before

    def transpose(self, tree: Transpose) -> None:
        arg = tree.arg
        if type(arg) is Pow and type(arg.exponent) is Num and arg.exponent.value == -1:
            self.base(arg.base)
            self.say(self.inverse_transposed)
        elif type(arg) is Num:  # 1^T is a row of ones
            self.group(arg)
            self.say(self.transposed)
        else:
            self.base(arg)
            self.say(self.transposed)


def begins_with_number(factor: Expr) -> bool:
    """Whether a factor of a product begins with a number, as 3 and 3^k do."""
    if isinstance(factor, Pow):
        factor = factor.base
    elif isinstance(factor, Transpose):
        factor = factor.arg
    return isinstance(factor, Num)
