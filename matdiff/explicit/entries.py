"""Formulas evaluated to matrices of entries.

A value is a SymPy expression (a number) or a matrix of them; a bare I, whose size only its surroundings tell, is a
multiple of the identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from matdiff.lean.typing import TYPE_CHECKING, Any

import sympy

from matdiff.errors import OutputError
from matdiff.explicit.symbols import symbol_value
from matdiff.formula import syntax

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matdiff.formula.question import Symbol
    from matdiff.formula.syntax import Expr

_LARGEST_INVERSE = 4  # rows: the inverse of a matrix of five by five symbols has thousands of terms
_LONGEST_SUM = 50


@dataclass(frozen=True)
class Multiple:
    """c I, of a size that is not said."""

    factor: sympy.Expr


Value = Any  # a SymPy expression, a matrix of them, or a Multiple: SymPy ships no types


def cannot(what: str) -> OutputError:
    return OutputError("E411", f"the entries of {what} cannot be written out")


class Evaluation:
    """Evaluates formulas over the entries of `symbols`, where every open size is `n`."""

    def __init__(self, symbols: Mapping[str, Symbol], n: int) -> None:
        self.symbols = symbols
        self.n = n
        self.bound: dict[str, int] = {}

    def value(self, tree: Expr) -> Value:
        """The value of a formula.  Raises OutputError E411 for what has no entries."""
        form = _FORMS.get(type(tree))
        if form is None:
            raise cannot("an unknown function")
        found = form(self, tree)
        return found[0, 0] if is_matrix(found) and found.shape == (1, 1) else found

    def number(self, tree: Expr) -> sympy.Expr:
        found = self.value(tree)
        if is_matrix(found) or isinstance(found, Multiple):
            raise cannot("a matrix where a number is wanted")
        return found

    def whole(self, tree: Expr) -> int:
        """A whole number: a size, an exponent, the bound of a sum."""
        if isinstance(tree, syntax.Sym) and tree.name not in self.bound:
            symbol = self.symbols.get(tree.name)
            if symbol is None or symbol.kind == "size":
                return self.n
        found = self.number(tree)
        if not found.is_Integer:
            raise OutputError(
                "E411",
                f"{found} is no number here, so the entries cannot be written out",
                hint="give it a value: -w 'k = 3'",
            )
        return int(found)

    # -- names -------------------------------------------------------------------------------------------------------

    def symbol(self, tree: syntax.Sym) -> Value:
        if tree.name in self.bound:
            return sympy.Integer(self.bound[tree.name])
        symbol = self.symbols.get(tree.variable or tree.name) or self._family(tree)
        if symbol is None:
            return sympy.Integer(self.n)
        if symbol.family:
            names = tree.index or _split(tree.subscript, len(symbol.family))
            if not all(name in self.bound or name.isdigit() for name in names):
                raise cannot(f"{tree.name}, whose index is free,")
            return symbol_value(
                symbol, self.n, tuple([self.bound[name] if name in self.bound else int(name) for name in names])
            )
        found = symbol_value(symbol, self.n)
        return self._entry(found, tree) if tree.index else found

    def _family(self, tree: syntax.Sym) -> Symbol | None:
        """The family that y_m is a member of, whatever its index is called."""
        return next(
            (symbol for name, symbol in self.symbols.items() if symbol.family and name.partition("_")[0] == tree.base),
            None,
        )

    def _entry(self, value: Value, tree: syntax.Sym) -> Value:
        places = [self.bound[name] if name in self.bound else int(name) if name.isdigit() else 0 for name in tree.index]
        if not is_matrix(value) or not all(places):
            raise cannot(tree.name)
        return value[places[0] - 1, places[1] - 1] if len(places) == 2 else value[places[0] - 1]

    # -- arithmetic --------------------------------------------------------------------------------------------------

    def sum(self, tree: syntax.Add) -> Value:
        return added([self.value(term) for term in tree.terms])

    def product(self, tree: syntax.Mul) -> Value:
        total: Value = sympy.S.One
        for factor in tree.factors:
            total = multiplied(total, self.value(factor))
            total = total[0, 0] if is_matrix(total) and total.shape == (1, 1) else total
        return total

    def quotient(self, tree: syntax.Div) -> Value:
        return multiplied(1 / self.number(tree.den), self.value(tree.num))

    def hadamard(self, tree: syntax.Had) -> Value:
        total = self.value(tree.factors[0])
        for factor in tree.factors[1:]:
            total = entrywise_product(total, self.value(factor))
        return total

    def hadamard_quotient(self, tree: syntax.HadDiv) -> Value:
        return entrywise_product(self.value(tree.num), entrywise(self.value(tree.den), lambda z: 1 / z))

    def hadamard_power(self, tree: syntax.HadPow) -> Value:
        exponent = self.number(tree.exponent)
        return entrywise(self.value(tree.base), lambda z: z**exponent)

    def power(self, tree: syntax.Pow) -> Value:
        base = self.value(tree.base)
        if not is_matrix(base) and not isinstance(base, Multiple):
            return base ** self.number(tree.exponent)
        exponent = self.whole(tree.exponent)
        if isinstance(base, Multiple):
            return Multiple(base.factor**exponent)
        return base**exponent if exponent >= 0 else inverse(base) ** -exponent

    def indexed_sum(self, tree: syntax.IndexedSum) -> Value:
        low, high = self.whole(tree.lo), self.whole(tree.hi)
        if high - low >= _LONGEST_SUM:
            raise OutputError("E411", f"a sum of {high - low + 1} terms is too long to be written out")
        before = self.bound
        terms: list[Value] = []
        for k in range(low, high + 1):
            self.bound = {**before, tree.index: k}
            terms.append(self.value(tree.body))
        self.bound = before
        if not tree.product:
            return added(terms)
        total: Value = sympy.S.One
        for term in terms:
            total = multiplied(total, term)
        return total

    def call(self, tree: syntax.Call) -> Value:
        from matdiff.explicit.functions import call  # noqa: PLC0415 # it needs this module

        return call(self, tree)


def _split(subscript: str, arity: int) -> tuple[str, ...]:
    return (subscript,) if arity == 1 else tuple(subscript)


def is_matrix(value: object) -> bool:
    return isinstance(value, sympy.MatrixBase)


def sized(value: Value, like: Value) -> Value:
    """A multiple of I as a matrix of the size of another value."""
    if isinstance(value, Multiple):
        return value.factor * sympy.eye(like.rows) if is_matrix(like) else value.factor
    return value


def added(values: list[Value]) -> Value:
    """The sum; a multiple of I takes the size of the others.  Raises OutputError E411 where numbers and matrices
    meet.
    """
    if all(isinstance(value, Multiple) for value in values):
        return Multiple(sum([value.factor for value in values], sympy.S.Zero))
    like = next(value for value in values if not isinstance(value, Multiple))
    matrices = [sized(value, like) for value in values]
    total = matrices[0]
    for value in matrices[1:]:
        if is_matrix(total) != is_matrix(value):
            raise cannot("a sum of a number and a matrix")
        total += value
    return total


def multiplied(left: Value, right: Value) -> Value:
    """The product of numbers, matrices and multiples of I."""
    if isinstance(left, Multiple):
        return (
            Multiple(left.factor * right.factor)
            if isinstance(right, Multiple)
            else Multiple(left.factor * right)
            if not is_matrix(right)
            else left.factor * right
        )
    if isinstance(right, Multiple):
        return multiplied(right, left)
    return left * right


def entrywise(value: Value, function: Callable[[sympy.Expr], sympy.Expr]) -> Value:
    if isinstance(value, Multiple):
        raise cannot("a function of I, whose size is not said,")
    return value.applyfunc(function) if is_matrix(value) else function(value)


def entrywise_product(left: Value, right: Value) -> Value:
    left, right = sized(left, right), sized(right, left)
    if is_matrix(left) and is_matrix(right):
        return left.multiply_elementwise(right)
    return multiplied(left, right)


def inverse(value: Value) -> Value:
    """Of at most four rows where it is not diagonal: Cramer's rule, whose entries are fractions with the determinant
    below.
    """
    if isinstance(value, Multiple):
        return Multiple(1 / value.factor)
    if not is_matrix(value):
        return 1 / value
    if value.is_diagonal():
        return sympy.diag(*[1 / value[i, i] for i in range(value.rows)])
    if value.rows > _LARGEST_INVERSE:
        raise OutputError(
            "E411",
            f"the inverse of {value.rows} by {value.rows} symbols is too long to be written out",
            hint="choose a smaller number",
        )
    below = value.det(method="berkowitz")
    return value.adjugate().applyfunc(lambda entry: entry / below)


def transpose(value: Value) -> Value:
    return value.T if is_matrix(value) else value


_FORMS: dict[type, Callable[..., Value]] = {
    syntax.Num: lambda _, tree: sympy.Rational(tree.value.numerator, tree.value.denominator),
    syntax.Sym: Evaluation.symbol,
    syntax.Neg: lambda evaluation, tree: multiplied(sympy.S.NegativeOne, evaluation.value(tree.arg)),
    syntax.Add: Evaluation.sum,
    syntax.Mul: Evaluation.product,
    syntax.Div: Evaluation.quotient,
    syntax.Had: Evaluation.hadamard,
    syntax.HadDiv: Evaluation.hadamard_quotient,
    syntax.HadPow: Evaluation.hadamard_power,
    syntax.Pow: Evaluation.power,
    syntax.Transpose: lambda evaluation, tree: transpose(evaluation.value(tree.arg)),
    syntax.IndexedSum: Evaluation.indexed_sum,
    syntax.Call: Evaluation.call,
}
