"""Inputs that the fuzzer found: each once ended in an internal error, a hang, or a wrong answer."""

from __future__ import annotations

import pytest

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError

REFUSED = [
    ("tr2", "d/dX", "", "E114"),
    ("x^T1 x", "d/dx", "", "E114"),
    ("tr(A) A", "d/dA", "A in R^{p q}", "E203"),
    ("tr(vec(A X B))", "d/dX", "", "E203"),
    ("a^T A sum_{n=1}^N n(X) B b", "d/dX", "", "E214"),
    ("x^T X x", "d/dX_i", "X in R^{n x n}", "E209"),
    ("t^2", "d/dt_i", "t in R", "E209"),
]
ANSWERED = [
    ("x.^x", "d/dx", "x in R^n", "diag(log(x) .* x.^x) + diag(x.^x)"),
    ("2.^x", "d/dx", "x in R^n", "log(2) diag(exp(log(2) x))"),
    ("det(8) t", "d/dt", "t in R", "8"),
    ("tr(X X)", "d/dX_train", "X in R^{n x n}", "0"),
    ("tr(X X)", "d/dX_hat", "X in R^{n x n}", "0"),
    ("tr(X X)", "d/dX_ij", "X in R^{n x n}", "2 X_ji"),
]


@pytest.mark.parametrize(("expr", "wrt", "where", "code"), REFUSED)
def test_it_is_refused(expr, wrt, where, code):
    with pytest.raises(MatdiffError) as error:
        answer(Question(expr, wrt, (where,) if where else ()))
    assert error.value.code == code


@pytest.mark.parametrize(("expr", "wrt", "where", "text"), ANSWERED)
def test_it_is_answered(expr, wrt, where, text):
    assert answer(Question(expr, wrt, (where,))).ascii == text
