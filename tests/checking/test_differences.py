"""--check: the answer against differences of the expression."""

from __future__ import annotations

import pytest

from matdiff.calculator import Question, answer
from matdiff.checking.differences import check_by_differences
from matdiff.errors import CalculusError, DataError
from matdiff.graph import build
from matdiff.records import replace


@pytest.mark.parametrize(
    ("wrt", "expr", "where"),
    [
        ("d/dX", "tr(X^T B X)", ""),
        ("d/dX", "logdet(X^T X)", ""),
        ("d/dx", "log(sum(exp(A x)))", ""),
        ("d/dx", "A x", ""),
        ("d/dX", "A X B", ""),
        ("d/dw", "sum(n, 1, N, log(1 + exp(-y_n w^T x_n)))", "w in R^d, x_n in R^d, y_n in R"),
        ("d/dx", "A u(x)", "x in R^p, u(x) in R^n"),
    ],
)
def test_right_answers_agree(wrt, expr, where):
    got = answer(Question(expr, wrt, (where,) if where else ()))
    assert check_by_differences(got).startswith("checked against numerical differences at ")


def test_a_wrong_answer_is_contradicted():
    got = answer(Question("x^T A x", "d/dx"))
    with got.graph.in_force():
        wrong = replace(got, derivative=build.scale(2, got.derivative))
    with pytest.raises(CalculusError) as caught:
        check_by_differences(wrong)
    assert caught.value.code == "E309"


@pytest.mark.parametrize(
    ("wrt", "expr", "where"),
    [("d^2/dx dx^T", "x^T A x", ""), ("d/dS", "tr(S A)", "S symmetric"), ("d/dx", "sqrt(-1 - x^T x)", "")],
)
def test_what_cannot_be_compared_is_refused(wrt, expr, where):
    with pytest.raises(DataError) as caught:
        check_by_differences(answer(Question(expr, wrt, (where,) if where else ())))
    assert caught.value.code == "E501"


@pytest.mark.parametrize(
    ("wrt", "expr"),
    [
        ("d/dX", "tr(B sqrtm(X))"),
        ("d/dX", "tr(B logm(X))"),
        ("d/dX", "logdet(X^T diag(w) X)"),
        ("d/dt", "sqrtm(t A)"),
        ("d/dX", "tr(A B)"),
    ],
)
def test_there_is_no_false_alarm(wrt, expr):
    """Roots of definite matrices alone; a variable that is absent."""
    assert "checked" in check_by_differences(answer(Question(expr, wrt)))


def test_a_function_that_only_a_rule_tells_has_no_numbers():
    made = answer(Question("f(A X)", "d/dX", rules=("d f(X) = tr(X^T dX)",)))
    with pytest.raises(DataError, match="rule"):
        check_by_differences(made)


@pytest.mark.parametrize(
    ("wrt", "expr", "where"),
    [
        ("d/dw", "logdet(X^T diag(w) X)", "X in R^{N x d}, w in R^N"),
        ("d/dX", "logdet(X^T X)", "X in R^{m x n}"),
        ("d/dX", "logdet(X X^T)", "X in R^{m x n}"),
        ("d/dA", "sum(abs(A x))", "A in R^{m x n}"),
    ],
)
def test_differences_that_are_rounding_are_no_contradiction(wrt, expr, where):
    """A matrix that is singular at some sizes has a determinant of rounding errors there."""
    assert "numerical differences" in check_by_differences(answer(Question(expr, wrt, (where,))))
