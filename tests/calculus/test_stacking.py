"""--vectorize: a sum over a family is the product of the matrix that stacks it."""

from __future__ import annotations

import numpy as np
import pytest

from matdiff.calculator import Question, answer
from matdiff.errors import CalculusError

SUMS = [
    ("d/dA", "sum(n,1,N,x_n^T A x_n)", "X^T X"),
    ("d/dw", "sum(n,1,N,(y_n - w^T x_n)^2)", "2 X^T (X w - y)"),
    ("d/dw", "sum(n,1,N,log(1+exp(-y_n w^T x_n)))", "-X^T (sigmoid(-y .* X w) .* y)"),
]


@pytest.mark.parametrize(("wrt", "expr", "expected"), SUMS)
def test_sums_over_families_become_products(wrt, expr, expected):
    got = answer(Question(expr, wrt, vectorize=True))
    assert got.ascii == expected
    assert "X is the matrix of rows x_n^T, N x " in " ".join(got.notes)


@pytest.mark.parametrize(("wrt", "expr", "_"), SUMS)
def test_the_stacked_answer_is_the_same_number(wrt, expr, _):
    random = np.random.default_rng(1)
    x, y, w, A = random.normal(size=(5, 3)), random.normal(size=5), random.normal(size=3), random.normal(size=(3, 3))
    results = []
    for vectorize in (False, True):
        scope = {}
        exec(answer(Question(expr, wrt, vectorize=vectorize)).code("numpy"), scope)  # noqa: S102 # generated code is what is tested
        known = {"x": x, "x_n": x, "X": x, "y": y, "y_n": y, "w": w, "A": A}
        names = scope["derivative"].__code__.co_varnames[: scope["derivative"].__code__.co_argcount]
        results.append(scope["derivative"](**{name: known[name] for name in names}))
    np.testing.assert_allclose(*results)


def test_names_that_are_taken_are_not_taken_again():
    got = answer(Question("sum(n,1,N,x_n^T X x_n)", "d/dX", vectorize=True))
    assert got.ascii == "X_0^T X_0"


def test_a_derivative_by_a_member_is_refused():
    with pytest.raises(CalculusError, match="member of a family"):
        answer(Question("sum(n,1,N,x_n^T x_n)", "d/dx_m", vectorize=True))
