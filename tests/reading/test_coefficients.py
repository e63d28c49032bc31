"""Letters that only multiply numbers are numbers; two that are vectors as a rule do not become a product by failure."""

from __future__ import annotations

import pytest

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError


@pytest.mark.parametrize(
    ("wrt", "expr", "expected"),
    [
        ("d/dw", "sum(n, 1, N, y_n (w^T x_n + b))", "sum(n, 1, N, y_n x_n)"),
        ("d/dx", "c ||x||^2", "2 c x"),
        ("d/dS", r"-N \log\det S", "-N S^-T"),
        ("d/dx", "x^T y z", "y z^T"),
        ("d/dx", "x (a^T x)", "(a^T x) I + a x^T"),
        ("d/dX", "A tr(X)", "vec(I_p) vec(A)^T"),
        ("d/dx", "x + t d", "I"),
        ("d/dx", r"\left\langle A x, y \right\rangle", "A^T y"),
    ],
)
def test_letters_that_multiply_numbers(wrt, expr, expected):
    assert answer(Question(expr, wrt)).ascii == expected


@pytest.mark.parametrize("expr", ["x y", "a x y", "1/2N ||x||^2", "tr(exp(A))", "exp(t A)", "x - x_1"])
def test_two_readings_are_an_error_that_shows_both(expr):
    with pytest.raises(MatdiffError) as caught:
        answer(Question(expr, "d/dx" if "x" in expr.replace("exp", "") else "d/dA"))
    assert caught.value.code == "E125"
    assert " or " in caught.value.hint
