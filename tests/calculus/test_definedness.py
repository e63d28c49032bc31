"""What is defined for no value of its variables is refused, and says why; what is defined for some is answered."""

from __future__ import annotations

import pytest

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError

NEVER = [
    ("d/dx", "log det(x x^T)", ""),
    ("d/dx", "log(det(x y^T)) + t", ""),
    ("d/dx", "1/det(x x^T)", ""),
    ("d/dt", "t log(0)", ""),
    ("d/dX", "tr((X - X)^-1)", ""),
    ("d/dX", "logdet(X X^T)", "X in R^{3 x 2}"),
    ("d/dX", "logdet(A X B)", "A in R^{3 x 2}, B in R^{2 x 3}"),
    ("d/dK", "tr(K^-1)", "K in R^{3 x 3} skew"),
    ("d/dx", "x^T x/0", ""),
    ("d/dx", "x^T x/(y^T y - y^T y)", ""),
    ("d/dx", "y^T (x y^T)^-1 x", ""),
]
SOMETIMES = [
    ("d/dX", "logdet(X X^T)", ""),
    ("d/dX", "logdet(X^T X)", ""),
    ("d/dX", "logdet(X X^T)", "X in R^{2 x 3}"),
    ("d/dK", "x^T K^-1 y", "K in R^{4 x 4} skew"),
    ("d/dX", "x^T (X X^T + t I)^-1 x", ""),
    ("d/dx", "1/(x^T x - y^T y)", ""),
    ("d/dX", "tr((X - A)^-1)", ""),
]


def asked(wrt, expr, where):
    return answer(Question(expr, wrt, (where,) if where else ()))


@pytest.mark.parametrize(("wrt", "expr", "where"), NEVER)
def test_what_is_never_defined_is_refused(wrt, expr, where):
    with pytest.raises(MatdiffError) as caught:
        asked(wrt, expr, where)
    assert caught.value.code == "E310"
    assert "singular" in caught.value.message or "zero" in caught.value.message


@pytest.mark.parametrize(("wrt", "expr", "where"), SOMETIMES)
def test_what_is_defined_somewhere_is_answered(wrt, expr, where):
    assert asked(wrt, expr, where).ascii != "0"
