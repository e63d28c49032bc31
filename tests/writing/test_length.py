"""The length of a formula is what a reader counts in its ASCII form."""

from __future__ import annotations

import re
from matdiff.lean.fractions import Fraction

from formulas import NODES, A, X, calls, formulas, k, mul, num, x
from hypothesis import given, settings

from matdiff.formula.length import length, signed, unsigned
from matdiff.formula.syntax import Neg, Num, Pow, Sym, Transpose
from matdiff.writing import write

_MET = re.compile(r"[A-Za-z_][A-Za-z_0-9]*|\d+(?:\.\d+)?|[-+*/^.']")


def counted(tree):
    """Names, numbers and operators in the text, a transpose or an inverse being one."""
    return len(_MET.findall(write(tree, "ascii").replace("^T", "'").replace("^-1", "'")))


def test_every_node_and_function():
    for tree in [*NODES, *calls()]:
        assert length(tree) == counted(tree), write(tree, "ascii")


def test_exponents():
    for exponent in [
        *map(num, range(-21, 21)),
        num(-1, 2),
        Sym("T"),
        Sym("T_1"),
        k,
        Neg(k),
        Neg(num(1)),
        Neg(Sym("T")),
    ]:
        tree = Pow(x, exponent)
        assert length(tree) == counted(tree), write(tree, "ascii")


@settings(max_examples=500, deadline=None)
@given(formulas())
def test_random_formulas(tree):
    assert length(tree) == counted(tree)


def test_examples():
    assert length(mul(num(-1), Transpose(A), X)) == 4
    assert length(Transpose(Pow(X, num(-1)))) == 4
    assert length(num(-1, 2)) == 4


@settings(max_examples=300, deadline=None)
@given(formulas())
def test_a_leading_minus_is_split_off(tree):
    """What `signed` says is what the text begins with; a lone number may be negative too."""
    text = write(tree, "ascii")
    assert signed(tree) <= text.startswith("-")
    if signed(tree):
        assert write(Neg(unsigned(tree)), "ascii") == text


def test_a_factor_of_minus_one_is_not_written():
    assert unsigned(mul(num(-1), X)) == X
    assert unsigned(mul(num(-2), X)) == mul(Num(Fraction(2)), X)
    assert write(mul(Neg(num(1)), X), "ascii") == "-1 X"
