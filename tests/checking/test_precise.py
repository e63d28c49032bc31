"""Claims that exact arithmetic does not see through: proved or refuted at random points in many digits."""

from __future__ import annotations

import pytest

from matdiff.calculator import Question
from matdiff.checking.check import check

TRUE = {
    "double angle": ("sin(t)^2", "d/dt", "sin(2 t)", "t in R"),
    "sigmoids of twice": ("sum(tanh(x))", "d/dx", "4 sigmoid(2 x) .* sigmoid(-2 x)", "x in R^n"),
    "a shifted softmax": ("log(sum(exp(x)))", "d/dx", "softmax(x + c ones(n))", "x in R^n, c in R"),
    "expm commutes": ("expm(t A)", "d/dt", "expm(t A) A", "t in R, A in R^{n x n}"),
    "the inverse of a Kronecker product": (
        "kron(A, B)^-1 x",
        "d/dx^T",
        "kron(A^-1, B^-1)",
        "A in R^{m x m}, B in R^{n x n}",
    ),
    "members by number": ("sum(n, 3, 5, w^T x_n)", "d/dw", "x_3 + x_4 + x_5", "w in R^d, x_n in R^d"),
    "N as a number": ("sum(n,1,N,x^T x)", "d/dx", "2 N x", "x in R^d"),
    "another index": ("sum(n,2,N,(w^T x_n)^2)", "d/dw", "2 sum(m,2,N,x_m x_m^T) w", "w in R^d, x_n in R^d"),
}
FALSE = {
    "a small number": ("t", "d/dt", "1 + 10^-30", "t in R"),
    "a smaller one": ("t", "d/dt", "1 + 10^-90", "t in R"),
    "a rounded root": ("sqrt(2) t", "d/dt", "1.4142135623730951", "t in R"),
    "another range": ("sum(n,2,5,sin(w^T x_n))", "d/dw", "sum(n,3,6,cos(w^T x_n) x_n)", "w in R^d, x_n in R^d"),
    "a range from one": ("sum(n,2,N,(w^T x_n)^2)", "d/dw", "2 sum(n,1,N,x_n x_n^T) w", "w in R^d, x_n in R^d"),
    "as many, but others": ("sum(n,2,N,(w^T x_n)^2)", "d/dw", "2 sum(n,1,N-1,x_n x_n^T) w", "w in R^d, x_n in R^d"),
    "another member": ("sum(n,3,5,w^T x_n)", "d/dw", "x_3 + x_4 + x_6", "w in R^d, x_n in R^d"),
    "a kink out of sight": ("x^T x/2", "d/dx", "x + relu(x - 50 ones(n))", "x in R^n"),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_claims_are_proved(name):
    expr, wrt, claim, where = TRUE[name]
    assert check(Question(expr, wrt, (where,)), claim).verdict == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_false_claims_are_never_proved(name):
    expr, wrt, claim, where = FALSE[name]
    verdict = check(Question(expr, wrt, (where,)), claim).verdict
    assert verdict == ("undecided" if "sight" in name else "refuted")
