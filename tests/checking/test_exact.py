"""Exact proofs hold: what they accept is equal at numbers too, and small dimensions do not mislead them."""

from __future__ import annotations

import math
from matdiff.lean.fractions import Fraction

import numpy as np
import pytest

from matdiff.calculator import Question
from matdiff.checking.check import check
from matdiff.graph import atoms


def how(wrt, expr, claim, *where):
    return check(Question(expr, wrt, where), claim).how


def test_the_ways_of_a_proof():
    assert how("d/dx", "x^T x", "2 x") == "the same in canonical form"
    assert how("d/dX", "tr(X^T B X)", "(B + B^T) X") in {"the same when multiplied out", "the same in canonical form"}
    assert how("d/dx", "sum(tanh(x))", "1 ./ cosh(x).^2") == "the same for random entries in exact arithmetic"


def test_cayley_and_hamilton_hold_for_two_rows_only():
    claim = "2 X^T + (X^2 - tr(X) X + det(X) I)^T"
    assert check(Question("tr(X^2)", "d/dX", ("X in R^{2 x 2}",)), claim).verdict == "proved"
    assert check(Question("tr(X^2)", "d/dX"), claim).verdict == "refuted"


def half(n):
    return Fraction(n, 2)


IDENTITIES = [
    ("exp", lambda z: atoms.function("exp", z) * atoms.function("exp", -z) - 1),
    ("tanh", lambda z: atoms.function("cosh", z) ** 2 - atoms.function("sinh", z) ** 2 - 1),
    ("sin", lambda z: atoms.function("cos", z) ** 2 + atoms.function("sin", z) ** 2 - 1),
    ("sigmoid", lambda z: atoms.function("sigmoid", z) + atoms.function("sigmoid", -z) - 1),
    ("tan", lambda z: atoms.function("tan", z) * atoms.function("cos", z) - atoms.function("sin", z)),
    ("log", lambda z: atoms.function("log", z) + atoms.function("log", atoms.inverse(z))),
    ("sqrt", lambda z: atoms.power(z, half(3)) - z * atoms.power(z, half(1))),
    ("1/sqrt", lambda z: atoms.power(z, half(-1)) * z - atoms.power(z, half(1))),
    ("abs", lambda z: atoms.function("abs", z) - atoms.function("abs", -z)),
]


@pytest.mark.parametrize(("name", "zero"), IDENTITIES)
@pytest.mark.parametrize("value", [3, 12345678901234567, 2**60 + 7])
def test_functions_obey_their_laws(name, zero, value):
    assert zero(value) % atoms.PRIME == 0, name


FALSE = [
    ("exp", lambda f, z: f("exp", 2 * z % atoms.PRIME) - 2 * f("exp", z)),
    ("sin", lambda f, z: f("sin", z) - z),
    ("sigmoid", lambda f, z: f("sigmoid", z) - f("tanh", z)),
    ("softplus", lambda f, z: f("softplus", z) - f("relu", z)),
    ("abs", lambda f, z: f("abs", z) - z),
]


@pytest.mark.parametrize(("name", "difference"), FALSE)
def test_functions_obey_no_other_laws(name, difference):
    assert difference(atoms.function, 987654321) % atoms.PRIME != 0, name


REAL = {
    "exp": math.exp,
    "sin": math.sin,
    "cos": math.cos,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
}


@pytest.mark.parametrize(
    "claim", ["cos(t)^2 + sin(t)^2", "sigmoid(t) + sigmoid(-t)", "cosh(t)^2 - sinh(t)^2", "exp(t) exp(-t)"]
)
def test_the_laws_are_those_of_real_numbers(claim):
    assert check(Question("t", "d/dt", ("t scalar",)), claim)
    code = claim.replace("^", "**").replace(") ", ") * ") if "exp" in claim else claim.replace("^", "**")
    scope = {**REAL, "cosh": math.cosh, "sinh": math.sinh}
    for t in np.linspace(-2, 2, 7):
        assert abs(eval(code, {**scope, "t": float(t)}) - 1) < 1e-9  # noqa: S307 # the four texts above


@pytest.mark.parametrize(
    ("expr", "claim"),
    [
        ("sum(silu(x))", "sigmoid(x) .* (1 + x .* (1 - sigmoid(x)))"),
        ("sum(sinc(x))", "(x .* cos(x) - sin(x)) ./ x.^2"),
        ("sum(gelu(x))", "gelu(x) ./ x + x .* exp(-x.^2/2) / sqrt(2 pi)"),
    ],
)
def test_functions_are_proved_by_their_own_formulas(expr, claim):
    assert "formulas" in how("d/dx", expr, claim)


def test_a_wrong_claim_about_a_function_with_a_formula_is_refuted():
    found = check(Question("sum(silu(x))", "d/dx"), "sigmoid(x) .* (1 + x)")
    assert found.verdict == "refuted"
