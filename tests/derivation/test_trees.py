"""Formulas under construction: signs, ones and zeros of products."""

from __future__ import annotations

from matdiff.derivation.trees import add, constant, had, mul, neg, num, power, quotient
from matdiff.formula.syntax import Neg, Sym
from matdiff.writing import write

X, Y = Sym("x", shape=("n", 1)), Sym("y", shape=("n", 1))
T = Sym("t", shape=(1, 1))
ONES, ZEROS = constant("ones", ("n", 1)), constant("zeros", ("n", 1))


def text(tree):
    return write(tree, "ascii")


def test_the_sign_of_an_entrywise_product():
    assert text(had(neg(X), Y)) == "-x .* y"
    assert text(had(neg(X), neg(Y))) == "x .* y"
    assert text(had(neg(ONES), X)) == "-x"
    assert isinstance(had(neg(ONES), ONES), Neg)
    assert had(neg(ONES), neg(ONES)) == ONES
    assert text(had(T, neg(X), Y)) == "-t (x .* y)"
    assert had(X, ZEROS) == ZEROS


def test_numbers_are_worked_out():
    assert add(num(8), num(-1), neg(T)) == add(num(7), neg(T))
    assert add(num(1), num(-1)) == num(0)
    assert quotient(num(1), num(3)).value.denominator == 3
    assert mul(num(2), T, num(3)) == mul(num(6), T)
    assert power(T, num(1)) == T
    assert power(X, num(0)) == ONES
