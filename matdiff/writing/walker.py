"""One walk over the syntax tree for every notation; a notation overrides how things are spelled.

Pieces of text are collected in a list, so that writing takes time linear in the size of the formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard, cast

from matdiff.notation.length import is_bare, is_norm_name, is_repeated, is_subscript, is_weight, signed, unsigned
from matdiff.reading.syntax import (
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
    Mul,
    Neg,
    Num,
    Operator,
    Pow,
    Sym,
    Transpose,
)
from matdiff.writing.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Callable

# How tightly a formula holds together, loosest first: a sum, a negation, A .* B, a product or quotient, one factor of a product,
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
    Apply: BASE,
}


class Walker:
    """The linear form of the input language; `text` and `operator` are the two things to ask for.  Serves one formula."""

    hadamard = " .* "
    hadamard_division = " ./ "
    transposed = "^T"
    inverse_transposed = "^-T"
    double_bars = ("||", "||")
    single_bars = ("|", "|")
    open_sums = False  # whether a sum over an index is a sign that takes in the product that follows

    def __init__(self, style: Style = PLAIN) -> None:
        self.style = style
        self.out: list[str] = []
        self.compact = False  # inside an exponent, where k-1 is set without spaces
        self.barred = False  # between bars, where a second pair of bars could not be told from the end of the first
        self.ambiguous: frozenset[str] | None = None
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
            Call: self.call,
            Apply: self.apply,
            Derivative: self.derivative,
            IndexedSum: self.indexed_sum,
        }
        self.calls: dict[str, Callable[[Call], None]] = {
            "eye": self.eye,
            "unit": self.unit,
            "norm": self.norm,
            "norm_weighted": self.norm_weighted,
            "bars": self.bars,
        }

    def text(self, tree: Expr) -> str:
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
            elif kind is Num and type(before) is Num:
                self.number_after_number(factor)
            else:
                self.put(factor, FACTOR)
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
        self.put(tree.den, PRODUCT)

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
        if type(tree) is Num and tree.value.denominator == 1:
            self.say(str(tree.value))
        elif is_plain_exponent(tree):
            self.symbol(tree)
        elif isinstance(tree, Neg) and is_plain_exponent(tree.arg):
            self.say("-")
            self.symbol(tree.arg)
        else:
            self.tight(tree, "(", ")")

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
        else:
            self.base(arg)
            self.say(self.transposed)

    # ---- functions

    def function_name(self, name: str) -> str:
        return name

    def call(self, tree: Call) -> None:
        special = self.calls.get(tree.function)
        if special:
            special(tree)
        else:
            self.plain_call(tree)

    def plain_call(self, tree: Call) -> None:
        self.say(self.function_name(tree.function))
        if tree.args or tree.function in ("ones", "zeros"):
            self.arguments(tree.args)

    def arguments(self, args: tuple[Expr, ...]) -> None:
        self.listed("(", args, ")")

    def subscript(self, tree: Expr) -> None:
        self.say("_")
        self.put(tree)

    def eye(self, tree: Call) -> None:
        if not tree.args:
            self.say("I")
        elif is_subscript(tree.args[0]):
            self.say("I")
            self.subscript(tree.args[0])
        else:
            self.plain_call(tree)

    def unit(self, tree: Call) -> None:
        if is_subscript(tree.args[0]):
            self.say("e")
            self.subscript(tree.args[0])
        else:
            self.plain_call(tree)

    def between(self, bars: tuple[str, str], tree: Call) -> None:
        """Bars within bars are put in parentheses: ||A (||x||)||."""
        opening, closing = bars
        if self.barred:
            opening, closing = "(" + opening, closing + ")"
        self.enclosed(opening, tree.args[0], closing, bars=True)

    def bars(self, tree: Call) -> None:
        self.between(self.single_bars, tree)

    def norm(self, tree: Call) -> None:
        if len(tree.args) > 1 and not is_norm_name(tree.args[1]):
            self.plain_call(tree)
        else:
            self.subscripted_norm(tree, self.norm_kind(tree.args[1]) if len(tree.args) > 1 else "")

    def norm_kind(self, kind: Expr) -> str:
        """What stands behind the bars: _1, _F, _*."""
        if isinstance(kind, Sym):
            return "_*" if kind.name == "nuclear" else "_" + kind.name
        return f"_{kind.value}" if isinstance(kind, Num) else ""

    def subscripted_norm(self, tree: Call, subscript: str) -> None:
        opening, closing = self.double_bars
        if self.barred:
            opening, subscript = "(" + opening, subscript + ")"
        self.enclosed(opening, tree.args[0], closing, bars=True)
        self.say(subscript)

    def norm_weighted(self, tree: Call) -> None:
        weight = tree.args[1]
        if isinstance(weight, Sym) and is_weight(weight):
            self.subscripted_norm(tree, "_" + weight.name)
        else:
            self.plain_call(tree)

    # ---- unknown functions

    def apply(self, tree: Apply) -> None:
        self.say(self.name(tree.name))
        if not is_bare(tree) or tree.name in self.applied_twice():
            self.arguments(tree.args)

    def applied_twice(self) -> frozenset[str]:
        """Unknown functions that stand in the formula with different arguments, and so need them written."""
        if self.ambiguous is None:
            self.ambiguous = _applied_twice(self.root)
        return self.ambiguous

    def derivative(self, tree: Derivative) -> None:
        order = len(tree.by)
        over = self.d if order == 1 else self.d + self.small(order)
        self.say(over, self.name(tree.name), "/", self.denominator(tree.by))
        if tree.args:
            self.arguments(tree.args)

    d = "d"

    def small(self, exponent: int) -> str:
        return f"^{exponent}"

    def denominator(self, by: tuple[tuple[str, bool], ...]) -> str:
        """What a derivative is by: dx, dx^T, dx_p dx_q, dt^2."""
        if is_repeated(by):
            return self.d + self.name(by[0][0]) + self.small(len(by))
        return " ".join(self.d + self.name(name) + (self.transposed if transposed else "") for name, transposed in by)

    def operator(self, operator: Operator) -> str:
        """The operator alone: d/dX, d^2/dx dx^T, d for the total differential."""
        if not operator.by:
            return "d"
        names = differentials(operator)
        over = self.d if len(names) == 1 else self.d + self.small(len(names))
        return f"{over}/{self.denominator(names)}"

    # ---- sums over an index

    def indexed_sum(self, tree: IndexedSum) -> None:
        before, self.barred = self.barred, False
        self.say("prod(" if tree.product else "sum(", self.name(tree.index), ", ")
        self.bound(tree.lo)
        self.say(", ")
        self.bound(tree.hi)
        self.say(", ")
        self.put(tree.body)
        self.say(")")
        self.barred = before

    def bound(self, tree: Expr) -> None:
        before, self.compact = self.compact, True
        self.put(tree)
        self.compact = before


def is_plain_exponent(tree: Expr) -> TypeGuard[Sym]:
    """A name that needs no parentheses in an exponent; X^T is a transpose."""
    return isinstance(tree, Sym) and not tree.name.startswith("T")


def differentials(operator: Operator) -> tuple[tuple[str, bool], ...]:
    """What an operator differentiates by: (name, transposed), an entry as X_ij."""
    return tuple((item.name + ("_" + "".join(item.index) if item.index else ""), item.transposed) for item in operator.by)


def _applied_twice(root: Expr | None) -> frozenset[str]:
    found: dict[str, Apply] = {}
    twice: set[str] = set()
    rest = [root] if root is not None else []
    while rest:
        tree = rest.pop()
        if isinstance(tree, Apply) and found.setdefault(tree.name, tree) != tree:
            twice.add(tree.name)
        rest.extend(children(tree))
    return frozenset(twice)


def children(tree: Expr) -> tuple[Expr, ...]:
    """The formulas directly inside a formula."""
    match tree:
        case Add(terms):
            return terms
        case Mul(factors) | Had(factors):
            return factors
        case Call(_, args) | Apply(_, args) | Derivative(_, _, args):
            return args
        case Div(left, right) | HadDiv(left, right) | Pow(left, right) | HadPow(left, right):
            return (left, right)
        case Neg(arg) | Transpose(arg):
            return (arg,)
        case IndexedSum(_, lo, hi, body):
            return (lo, hi, body)
        case _:
            return ()
