"""An expression for SymPy: after `from sympy import *` it evaluates to the formula over MatrixSymbol and Symbol
objects of the same names.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.formula.length import signed, unsigned
from matdiff.formula.syntax import (
    Add,
    Call,
    Div,
    Had,
    HadDiv,
    HadPow,
    IndexedSum,
    Matrix,
    Mul,
    Num,
    Pow,
    Sym,
    Transpose,
)
from matdiff.functions import names as fn
from matdiff.writing import sympy_functions
from matdiff.writing.letters import GREEK
from matdiff.writing.sympy_code import (
    ATOM,
    NEGATIVE,
    POWER,
    PRODUCT,
    SIZE_TO_COME,
    Code,
    added,
    alike,
    cannot,
    hadamard_power,
    hadamard_product,
    matrix,
    multiplied,
    python_name,
    transposed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.formula.question import Operator
    from matdiff.formula.syntax import Expr, Shape
    from matdiff.writing.style import Style


class Notation:
    """Raises OutputError E402 for what SymPy's matrix expressions cannot say."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.forms: dict[type, Callable[[Any], Code]] = {
            Num: self.number,
            Sym: self.symbol,
            Matrix: self.matrix,
            Add: lambda tree: added([self.code(term) for term in tree.terms]),
            Mul: lambda tree: multiplied([self.code(factor) for factor in tree.factors]),
            Div: self.quotient,
            Had: lambda tree: hadamard_product([self.code(factor) for factor in tree.factors]),
            HadDiv: self.hadamard_quotient,
            HadPow: self.hadamard_power,
            Pow: self.power,
            Transpose: lambda tree: transposed(self.code(tree.arg)),
            Call: self.call,
            IndexedSum: self.indexed_sum,
        }

    def text(self, tree: Expr) -> str:
        shape = self.style.shape
        code = self.code(tree).sized((shape[0], shape[1]) if shape and len(shape) == 2 else None)
        if SIZE_TO_COME in code.text:
            raise cannot("an identity matrix of unknown size")
        return code.text

    def operator(self, operator: Operator) -> str:
        """Only a derivative by whole variables has a name in SymPy: what is differentiated stands as `f`."""
        names = [python_name(by.name) + (f"[{', '.join(by.index)}]" if by.index else "") for by in operator.by]
        if not names:
            raise cannot("the total differential")
        return f"Derivative(f, {', '.join(names)})"

    def code(self, tree: Expr) -> Code:
        form = self.forms.get(type(tree))
        if type(tree) is not Num and signed(tree):
            return self.negation(unsigned(tree))
        if form is None:
            raise cannot("an unknown function")
        return form(tree)

    # ---- names and numbers

    def number(self, tree: Num) -> Code:
        numerator, denominator = tree.value.as_integer_ratio()
        if denominator != 1:
            return Code(f"Rational({numerator}, {denominator})")
        return Code(str(numerator), ATOM if numerator >= 0 else NEGATIVE)

    def symbol(self, tree: Sym) -> Code:
        known = self.style.symbols.get(tree.name)
        if tree.index or (known and known.family):
            raise cannot(f"{tree.name}, a member of a family or an entry")
        is_size = any(tree.name in other.shape for other in self.style.symbols.values() if other.shape)
        shape = known.shape if known else (1, 1) if is_size else tree.shape or by_letter(tree.base)
        return Code(python_name(tree.name), ATOM, shape)

    # ---- arithmetic

    def negation(self, positive: Expr) -> Code:
        arg = self.code(positive)
        return Code("-" + arg.at(PRODUCT), NEGATIVE, arg.shape)

    def quotient(self, tree: Div) -> Code:
        if isinstance(tree.num, Num) and isinstance(tree.den, Num) and tree.den.value:
            return self.number(Num(tree.num.value / tree.den.value))
        num, den = self.code(tree.num), self.code(tree.den)
        text = exact(tree.num, num, PRODUCT)
        return Code(f"{text}/{den.at(POWER)}", PRODUCT, num.shape)

    def power(self, tree: Pow) -> Code:
        base, exponent = self.code(tree.base), self.code(tree.exponent)
        return Code(f"{exact(tree.base, base, ATOM)}**{exponent.at(ATOM)}", POWER, base.shape)

    # ---- elementwise

    def hadamard_quotient(self, tree: HadDiv) -> Code:
        num, den = alike([self.code(tree.num), self.code(tree.den)])
        if den.is_scalar:
            return self.quotient(Div(tree.num, tree.den))
        return hadamard_product([num, hadamard_power(den, Code("-1", NEGATIVE))])

    def hadamard_power(self, tree: HadPow) -> Code:
        base = self.code(tree.base)
        return (
            self.power(Pow(tree.base, tree.exponent))
            if base.is_scalar
            else hadamard_power(base, self.code(tree.exponent))
        )

    # ---- functions and sums

    def call(self, tree: Call) -> Code:
        if tree.function == fn.IDENTITY:
            return self.eye(tree)
        if tree.function in (fn.ONES, fn.ZEROS):
            return sympy_functions.constant(tree.function, [self.code(arg).text for arg in tree.args])
        if tree.function == fn.NORM:
            return sympy_functions.norm(tree, self.code(tree.args[0]))
        args = [self.code(arg) for arg in tree.args]
        made = sympy_functions.made_of(tree, of_numbers=bool(args) and all(arg.is_scalar for arg in args))
        return self.code(made) if made is not None else sympy_functions.call(tree, args)

    def matrix(self, tree: Matrix) -> Code:
        cells = [[self.code(cell) for cell in row] for row in tree.rows]
        joined = ", ".join([f"[{', '.join([cell.text for cell in row])}]" for row in cells])
        if all(cell.is_scalar for row in cells for cell in row):
            return matrix(f"ImmutableMatrix([{joined}])", str(len(cells)), str(tree.width))
        return Code(f"BlockMatrix([{joined}])", ATOM, None)

    def eye(self, tree: Call) -> Code:
        if not tree.args:
            return Code(f"Identity({SIZE_TO_COME})", ATOM, None)
        size = self.code(tree.args[0]).text
        return matrix(f"Identity({size})", size, size)

    def indexed_sum(self, tree: IndexedSum) -> Code:
        body = self.code(tree.body)
        if not body.is_scalar:
            raise cannot("a sum of matrices over an index")
        lo, hi = self.code(tree.lo).text, self.code(tree.hi).text
        return Code(f"{'Product' if tree.product else 'Sum'}({body.text}, ({python_name(tree.index)}, {lo}, {hi}))")


def exact(tree: Expr, code: Code, level: int) -> str:
    """Python would divide two of its own numbers inexactly."""
    return f"S({code.text})" if isinstance(tree, Num) else code.at(level)


def by_letter(base: str) -> Shape:
    """The shape of a name of which nothing is known: a capital is a matrix, a small letter a column, a Greek letter a
    number.
    """
    if base in GREEK:
        return (1, 1)
    return ("m", "n") if base[:1].isupper() else ("n", 1)
