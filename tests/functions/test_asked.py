"""Functions asked as people ask them: in norms' bars, of a row, with a second argument; answers, code and steps by
numbers.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
from oracle.asking import run

from matdiff.calculator import Question, answer

POINT = {
    "A": np.array([[0.3, -1.1, 0.7], [1.2, 0.4, -0.5], [-0.6, 0.9, 0.2]]),
    "b": np.array([0.4, -0.3, 1.1]),
    "x": np.array([0.7, -0.4, 1.3]),
    "y": np.array([-0.2, 0.8, 0.5]),
    "X": np.array([[0.5, -0.3], [1.1, 0.7], [-0.8, 0.2]]),
    "V": np.array([[0.1, 0.9], [-0.5, 0.6], [0.3, 1.2]]),
}
WHERE = ("A in R^{m x m}", "b in R^m", "x in R^m", "y in R^m", "X in R^{m x n}", "V in R^{m x n}")
ASKED = [
    ("||X||_{2,1}", "X"),
    (r"\|A X\|_{2,1}^2", "X"),
    ("||A X||_1", "X"),
    (r"\|A X\|_{S_3}", "X"),
    ("||A X||_{3,2}", "X"),
    (r"\|A X\|_{\max}", "X"),
    ("||A X||_inf", "X"),
    ("schatten(A X, 3)", "X"),
    ("sigma_max(A X)", "X"),
    ("lambda_min(X^T X)", "X"),
    ("sum(expm(A))", "A"),
    ("sum(sqrtm(A A^T))", "A"),
    ("b^T sech(A x) + b^T coth(1 + x .* x) + b^T csch(1 + x .* x)", "x"),
    ("max(0, 1 - y^T x)", "x"),
    ("sum(max(A x, b).^2)", "x"),
    ("sum(min(A x, 1/2))", "x"),
    ("max(A X)", "X"),
    ("sum(clip(A x, -1/2, 1/2).^2)", "x"),
    ("sum(soft(A x, 1/5).^2)", "x"),
    ("sum(huber(A x - b, 1/2))", "x"),
    ("sum(elu(A x, 2))", "x"),
    ("sum(leaky_relu(A x, 1/5))", "x"),
    ("var(A x) / std(b + x)", "x"),
    ("std(A X)", "X"),
    ("prod(A x)", "x"),
    ("sum(softmax(A X) .* V)", "X"),
    ("sum(softmax_columns(A X) .* V)", "X"),
    ("b^T logsumexp_rows(A X)", "X"),
    ("||rowmean(A X)||^2 + ||colsum(X)||^2", "X"),
    ("sum(chol(A A^T + x x^T))", "x"),
    ("b^T lgamma(exp(A x))", "x"),
    ("b^T gelu(A silu(x))", "x"),
]


def differences(expr, name):
    code = answer(Question(expr=expr, wrt=f"d/d{name}", where=WHERE)).code("numpy")
    module = {}
    exec(compile(code, "asked", "exec"), module)  # noqa: S102 # the code under test
    value = module["value"]
    names = value.__code__.co_varnames[: value.__code__.co_argcount]
    found = np.zeros_like(POINT[name])
    for place in np.ndindex(*found.shape):
        moved = np.zeros_like(found)
        moved[place] = 1e-4
        steps = [value(**{**{k: POINT[k] for k in names}, name: POINT[name] + s * moved}) for s in (-2, -1, 1, 2)]
        found[place] = (steps[0] - 8 * steps[1] + 8 * steps[2] - steps[3]) / 12e-4
    return found


@pytest.mark.parametrize(("expr", "name"), ASKED, ids=[expr for expr, _ in ASKED])
def test_the_derivative_is_that_of_differences(expr, name):
    found = answer(Question(expr=expr, wrt=f"d/d{name}", where=WHERE))
    assert np.allclose(run(found.code("numpy"), POINT), differences(expr, name), rtol=1e-7, atol=1e-8)


STEPS = [expr for expr, name in ASKED if name == "x"]


@pytest.mark.parametrize("expr", STEPS)
def test_steps_end_in_the_answer(expr):
    """But for how a vector of ones is written in a sum."""
    found = answer(Question(expr=expr, wrt="d/dx", where=WHERE))
    last = str(found.steps()).splitlines()[-1]
    assert without_ones(found.unicode) in without_ones(last)


def without_ones(text):
    """Ones as the number 1, and none where a scalar takes them along: mean(x) ones(m) is mean(x)."""
    return re.sub(r"\) 1\b", ")", re.sub(r"ones\([mn]\)", "1", text))


@pytest.mark.parametrize("expr", ["std(A x)", "var(x)", "logsumexp(A x)", "b^T rowmean(x y^T)", "sum(sech(x))"])
def test_sympy_has_the_functions_that_rows_make_of_others(expr):
    """A size is a number there: the root of m is no function of entries."""
    said = answer(Question(expr=expr, wrt="d/dx", where=WHERE)).write("sympy")
    compile(said, "sympy", "eval")
    assert "m.applyfunc" not in said
