"""Functions declared analytic: d tr F(X)/dX is F'(X)^T, for every F that has a power series."""

import inspect

import numpy as np
import pytest
import scipy.linalg

from matdiff import MatdiffError, derivative

EXAMPLES = [
    (scipy.linalg.expm, scipy.linalg.expm),
    (lambda X: X @ X @ X, lambda X: 3 * X @ X),
    (np.linalg.inv, lambda X: -np.linalg.inv(X) @ np.linalg.inv(X)),
]
QUESTIONS = [
    ("tr(F(X))", lambda F, A, X: np.trace(F(X)), "F'(X)^T"),
    ("tr(F(A X))", lambda F, A, X: np.trace(F(A @ X)), "A^T F'(A X)^T"),
    ("log(tr(F(X)))", lambda F, A, X: np.log(np.trace(F(X))), "F'(X)^T/tr(F(X))"),
    ("tr(F(X^T A X))", lambda F, A, X: np.trace(F(X.T @ A @ X)), "A X F'(X^T A X) + A^T X F'(X^T A X)^T"),
]


@pytest.mark.parametrize(("expr", "value", "text"), QUESTIONS)
@pytest.mark.parametrize(("function", "slope"), EXAMPLES)
def test_the_gradient_of_a_trace_holds_the_derivative(expr, value, text, function, slope):
    rng = np.random.default_rng(5)
    given = {"A": rng.uniform(0, 0.4, (3, 3)) + np.eye(3), "X": rng.uniform(0, 0.4, (3, 3)) + np.eye(3)}
    answer = derivative(expr, "X", where="F analytic, A in R^{n x n}, X in R^{n x n}")
    assert answer.ascii == text
    code = answer.function()
    known = {**given, "F": function, "F_prime": slope}
    got = code(**{name: known[name] for name in inspect.signature(code).parameters})
    for place in np.ndindex(3, 3):
        step = np.zeros((3, 3))
        step[place] = 1e-6
        rise = value(function, given["A"], given["X"] + step) - value(function, given["A"], given["X"] - step)
        assert np.isclose(got[place], rise / 2e-6, rtol=1e-5)


def test_what_is_printed_is_read_back():
    answer = derivative("tr(F(A X))", "X", where="F analytic")
    assert derivative(answer.read, "").ascii == answer.ascii == "A^T F'(A X)^T"
    assert derivative("tr(A F'(B))", "A", where="F is analytic").ascii == "F'(B)^T"


@pytest.mark.parametrize(("expr", "code"), [("tr(F'(X))", "E301"), ("F(x)", "E203")])
def test_what_an_analytic_function_has_not(expr, code):
    with pytest.raises(MatdiffError) as raised:
        derivative(expr, "x" if "x" in expr else "X", where="F analytic, x in R^n")
    assert raised.value.code == code
