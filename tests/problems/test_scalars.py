"""Scalar equations: every real solution is told, and none that is no real number."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matdiff.problems.asking import solution
from matdiff.problems.problem import Asked


def solved(text, where="x in R"):
    return solution(Asked(text, "x", (), (where,)))


def numbers(answer):
    names = {"sqrt": math.sqrt, "log": math.log}
    texts = [one["x"] for one in answer.object().get("solutions", [])]
    return sorted(float(eval(text.replace("^", "**"), names)) for text in texts)  # noqa: S307 # numbers alone


TOLD = [
    ("x^2 = 4", "x = 2 or x = -2"),
    ("x^2 - 5 x + 6 = 0", "x = 3 or x = 2"),
    ("x^2 + x = 0", "x = -1 or x = 0"),
    ("x (x - 1) = 0", "x = 1 or x = 0"),
    ("x^3 - x = 0", "x = 1 or x = 0 or x = -1"),
    ("x^3 = 8", "x = 2"),
    ("x + 1/x = 3", "x = (sqrt(5) + 3)/2 or x = (3 - sqrt(5))/2"),
    ("(x^2 - 1)/(x - 1) = 0", "x = -1"),
    ("exp(2 x) - 3 exp(x) + 2 = 0", "x = log(2) or x = 0"),
    ("exp(2 x) + exp(x) - 2 = 0", "x = 0"),
]


@pytest.mark.parametrize(("text", "expected"), TOLD)
def test_all_solutions_are_told(text, expected):
    assert solved(text).object()["unicode"] == expected


@pytest.mark.parametrize("text", ["x^2 + 1 = 0", "exp(x) = -1", "1/x = 0", "x^2 + x + 1 = 0", "x^4 = -1"])
def test_what_no_real_number_solves(text):
    assert solved(text).status == "no solution"


def test_the_reason_is_true_where_no_rule_is_known():
    answer = solution(Asked("max_{x, y} x + 2 y s.t. x^2 + y^2 = 5", "", (), ("x in R, y in R",)))
    assert (answer.status, "linear" in answer.object()["error"]["message"]) == ("no closed form", False)


def test_a_threshold_of_zero_is_zero():
    best = solution(Asked("min_x abs(x) + x^2", "", (), ("x in R",)))
    assert best.object()["solutions"] == [{"x": "0"}]


def test_letters_among_the_coefficients():
    answer = solved("a x (x - b) = 0", "x in R, a in R, b in R")
    assert answer.object()["unicode"] == "x = b or x = 0"
    assert answer.object()["conditions"] == ["a nonzero"]


def test_stationary_points_are_all_told():
    answer = solution(Asked("x^4 - 2 x^2", "d/dx", (), ("x in R",)))
    assert answer.object()["latex"] == r"x = 1 \quad\text{or}\quad x = 0 \quad\text{or}\quad x = -1"
    best = solution(Asked("max_x x exp(-x)", "", (), ("x in R",)))
    assert [best.object()[name] for name in ("unicode", "kind", "global")] == ["x = 1", "maximum", True]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-5, 5), min_size=1, max_size=4), st.integers(0, 2), st.integers(1, 4))
def test_a_polynomial_has_the_roots_that_it_was_made_of(roots, squares, leading):
    polynomial = leading * np.poly1d(roots, r=True) * np.poly1d([1, 0, 3]) ** squares
    coefficients = [round(c) for c in polynomial.coeffs]
    text = " + ".join(f"({c}) x^{len(coefficients) - 1 - k}" for k, c in enumerate(coefficients[:-1]))
    answer = solved(f"{text} + ({coefficients[-1]}) = 0".replace("x^1 ", "x "))
    assert numbers(answer) == pytest.approx(sorted(set(roots)))
    assert answer.object()["unique"] is (len(set(roots)) == 1)
