"""ASCII and Unicode answers are questions of the input language: read back they are the same formula, and written again the same text."""

from __future__ import annotations

import pytest
from formulas import NODES, calls, formulas, num
from hypothesis import given, settings
from test_notations import OPERATORS, TABLE

from matdiff.errors import ReadingError
from matdiff.notation.length import signed, unsigned
from matdiff.reading.reader import read_expression, read_operator
from matdiff.reading.syntax import Add, Apply, Call, Derivative, Div, Had, HadDiv, HadPow, IndexedSum, Mul, Neg, Num, Pow, Sym, Transpose
from matdiff.writing import write, write_operator
from matdiff.writing.linear import children

NAMES = ["rate", "W_train"]
FUNCTIONS = {"u": ("x",), "v": ("t",), "A": ("x_p", "x_q"), "U": ("t",), "f": ("x",), "y": ("t",)}


def read(text, tree):
    used = _functions(tree)
    return read_expression(text, NAMES, {name: args for name, args in FUNCTIONS.items() if name in used})


def _functions(tree):
    found = {tree.name} if isinstance(tree, (Apply, Derivative)) else set()
    return found.union(*[_functions(child) for child in children(tree)])


def normal(tree):
    """The formula without what a text cannot tell: where a minus sign belongs, 1/2 as number or quotient, e_i as unit vector or name."""
    if signed(tree):
        return Neg(normal(unsigned(tree)))
    match tree:
        case Add(terms):
            return Add(tuple(map(normal, terms)))
        case Mul(factors):
            return Mul(tuple(map(normal, factors)))
        case Had(factors):
            return Had(tuple(map(normal, factors)))
        case Div(num, den):
            num, den = normal(num), normal(den)
            return Num(num.value / den.value) if isinstance(num, Num) and isinstance(den, Num) and den.value else Div(num, den)
        case HadDiv(num, den):
            return HadDiv(normal(num), normal(den))
        case Pow(base, exponent):
            return Pow(normal(base), normal(exponent))
        case HadPow(base, exponent):
            return HadPow(normal(base), normal(exponent))
        case Transpose(arg):
            return Transpose(normal(arg))
        case Call("unit", (Sym(name),)):
            return Sym("e_" + name)
        case Call("unit", (Num(value),)):
            return Sym(f"e_{value}")
        case Call("inv", (arg,)):
            return Pow(normal(arg), normal(MINUS_ONE))
        case Call(name, args):
            return Call(name, tuple(map(normal, args)))
        case Apply(name, args):
            return Apply(name, tuple(map(normal, args)))
        case Derivative(name, by, args):
            return Derivative(name, by, tuple(map(normal, args)))
        case IndexedSum(index, lo, hi, body, product):
            return IndexedSum(index, normal(lo), normal(hi), normal(body), product)
        case _:
            return tree


def reads_back(tree, notation):
    text = write(tree, notation)
    back = read(text, tree)
    assert normal(back) == normal(tree), text
    assert write(back, notation) == text, text


MINUS_ONE = num(-1)
SPOKEN = [row[0] for row in TABLE]


@pytest.mark.parametrize("notation", ["ascii", "unicode"])
@settings(max_examples=500, deadline=None)
@given(tree=formulas())
def test_random_formulas(notation, tree):
    reads_back(tree, notation)
