"""A number beside an array in a sum stands for as many ones: 1 - tanh(x).^2, as books print it and the reader takes it.

Beside functions of every entry only, for vectors and matrices alike: 1 - A would be taken for I - A.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.binding import rebuilt
from matdiff.formula.occurrences import children
from matdiff.formula.syntax import Add, Call, Div, Had, HadDiv, HadPow, IndexedSum, Mul, Neg, Num, Sym, Transpose
from matdiff.functions import TABLE
from matdiff.functions import names as fn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matdiff.formula.question import Symbol
    from matdiff.formula.syntax import Expr

ONE = Num(Fraction(1))


def spread(tree: Expr, symbols: Mapping[str, Symbol]) -> Expr:
    """The formula with numbers for the ones that stand beside functions of every entry, or above them in a quotient."""
    if isinstance(tree, IndexedSum):
        body = spread(tree.body, symbols)
        return tree if body is tree.body else IndexedSum(tree.index, tree.lo, tree.hi, body, tree.product)
    parts = children(tree)
    if not parts:
        return tree
    tree = rebuilt(tree, [spread(part, symbols) for part in parts])
    if isinstance(tree, HadDiv) and _is_ones(tree.num):
        return HadDiv(ONE, tree.den)
    if not isinstance(tree, Add):
        return tree
    numbers = [_number(term, symbols) for term in tree.terms]
    arrays = [term for term, number in zip(tree.terms, numbers, strict=True) if number is None]
    if len(arrays) == len(numbers) or not arrays:
        return tree
    averages = all(number is None or isinstance(_unsigned(number), Call) for number in numbers)  # x - mean(x)
    if not all(_of_every_entry(term) or (averages and _is_vector(term, symbols)) for term in arrays):
        return tree
    return Add(tuple([number or term for term, number in zip(tree.terms, numbers, strict=True)]))


def _unsigned(tree: Expr) -> Expr:
    return tree.arg if isinstance(tree, Neg) else tree


def _is_vector(tree: Expr, symbols: Mapping[str, Symbol]) -> bool:
    """Is it a vector, or a product that ends in one?"""
    if isinstance(tree, Neg):
        return _is_vector(tree.arg, symbols)
    if isinstance(tree, Mul):
        return _is_vector(tree.factors[-1], symbols)
    symbol = symbols.get(tree.name) if isinstance(tree, Sym) else None
    return symbol is not None and symbol.shape[1] == 1 and symbol.shape[0] != 1


def _is_ones(tree: Expr) -> bool:
    return isinstance(tree, Call) and tree.function == fn.ONES


def _is_filled(factors: tuple[Expr, ...]) -> bool:
    """Do factors end in ones() ones()^T, which the reader put in for a number beside a matrix?"""
    last = factors[-1]
    turned = isinstance(last, Transpose) and _is_ones(last.arg) and not children(last.arg)
    return turned and len(factors) > 1 and _is_ones(factors[-2]) and not children(factors[-2])


def _number(term: Expr, symbols: Mapping[str, Symbol]) -> Expr | None:
    """The scalar that ones are multiplied by; None where the term is something else."""
    if _is_ones(term):
        return ONE
    if isinstance(term, Neg):
        inside = _number(term.arg, symbols)
        return None if inside is None else Neg(inside)
    if isinstance(term, Div):
        inside = _number(term.num, symbols)
        return None if inside is None else Div(inside, term.den)
    if isinstance(term, Mul):
        scalars = term.factors[: -2 if _is_filled(term.factors) else -1]
        if not (_is_filled(term.factors) or _is_ones(term.factors[-1])):
            return None
        if not scalars:
            return ONE
        if all(_is_scalar(factor, symbols) for factor in scalars):
            return scalars[0] if len(scalars) == 1 else Mul(scalars)
    return None


def _is_scalar(tree: Expr, symbols: Mapping[str, Symbol]) -> bool:
    if isinstance(tree, Call):
        return TABLE[tree.function].shape.endswith("->scalar")
    if isinstance(tree, Sym):
        symbol = symbols.get(tree.name)
        return symbol is not None and symbol.shape == (1, 1)
    return isinstance(tree, Num)


def _of_every_entry(term: Expr) -> bool:
    """Is it a function of every entry, perhaps times a number?"""
    if isinstance(term, Neg):
        return _of_every_entry(term.arg)
    if isinstance(term, Mul):
        others = [factor for factor in term.factors if not isinstance(factor, Num)]
        return len(others) == 1 and _of_every_entry(others[0])
    if isinstance(term, Call):
        return TABLE[term.function].shape == "same"
    return isinstance(term, (Had, HadDiv, HadPow))
