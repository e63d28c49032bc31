"""Derivatives by several variables in one question: an answer for each, one function of code for all."""

import json
import subprocess
import sys

import numpy as np
import pytest

import matdiff
from matdiff.errors import MatdiffError

LAYER = "||W x + b - y||^2"


def asked(*words, stdin=None):
    return subprocess.run(
        [sys.executable, "-m", "matdiff", *words], capture_output=True, text=True, input=stdin, check=False
    )


@pytest.mark.parametrize(
    "wrt", ["d/dW, d/db", "d/dW,d/db", "∇_W, ∇_b", "W, b", r"\frac{\partial}{\partial W}, \nabla_b"]
)
def test_one_answer_for_each_variable_in_the_operators_order(wrt):
    found = matdiff.derivative(LAYER, wrt)
    assert [part.ascii for part in found] == ["2 (W x + b - y) x^T", "2 (W x + b - y)"]
    assert found.shape == (("m", "n"), ("m", 1))
    assert str(found).count("\n") == 1


def test_the_operators_may_stand_in_front_of_the_expression():
    assert matdiff.derivative(f"d/dW, d/db {LAYER}").ascii == matdiff.derivative(LAYER, "d/dW, d/db").ascii


def test_code_is_one_function_that_returns_a_tuple():
    found = matdiff.derivative(LAYER, "d/dW, d/db")
    generator = np.random.default_rng(0)
    W, x, b, y = [generator.normal(size=size) for size in ((3, 4), 4, 3, 3)]
    r = W @ x + b - y
    for got, want in zip(found.function()(W, x, b, y), (2 * np.outer(r, x), 2 * r), strict=True):
        np.testing.assert_allclose(got, want)
    value, gradients = found.function("value_and_gradient")(W, x, b, y)
    np.testing.assert_allclose(value, r @ r)
    np.testing.assert_allclose(gradients[1], 2 * r)
    jacobians = matdiff.derivative("W x + b", "d/dx, d/db", layout="numerator").function()
    np.testing.assert_allclose(jacobians(W, x, b)[0], W)


def test_three_variables_share_one_factorisation():
    found = matdiff.derivative("logdet(X + S) + u^T (X + S)^-1 u", "d/dX, d/dS, d/du", where="X spd, S spd")
    text = found.code("numpy", ("gradient",))
    assert text.count("= _factored(") == 1


def test_second_derivatives_are_by_one_variable():
    with pytest.raises(MatdiffError, match="by one variable") as error:
        matdiff.derivative(LAYER, "d/dW, d/db").code("numpy", ("hvp",))
    assert error.value.code == "E407"


def test_a_mistake_in_one_of_them_is_told():
    with pytest.raises(MatdiffError):
        matdiff.derivative(LAYER, "d/dW, d^/db")


def test_the_command_line_prints_a_line_for_each_and_one_object():
    assert asked("d/dW, d/db", LAYER, "-q").stdout.splitlines() == ["2 (W x + b - y) xᵀ", "2 (W x + b - y)"]
    made = json.loads(asked("d/dW, d/db", LAYER, "--json").stdout)
    assert made["shape"] == [["m", "n"], ["m", 1]]
    assert made["result"] == ["2 (W x + b - y) x^T", "2 (W x + b - y)"]
    assert made["wrt"] == "d/dW, d/db"
    streamed = asked("d/dW, d/db", "-", "--to", "ascii", stdin=LAYER + "\n").stdout
    assert streamed == "2 (W x + b - y) x^T; 2 (W x + b - y)\n"


def test_a_comma_within_an_expression_asks_by_one_variable():
    assert matdiff.derivative("dot(a, x)", "d/dx").ascii == "a"
    assert matdiff.derivative("d/dx dot(a, x)").ascii == "a"
