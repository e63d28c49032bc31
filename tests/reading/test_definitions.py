"""Equations name what follows, and definitions are put in: f = x^T A x, r = X w - y."""

from __future__ import annotations

import pytest

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError

SAME = [
    ("d/dx", "f = x^T A x", "x^T A x"),
    ("d/dw", r"L(w) = \frac12 \|X w - y\|^2", "1/2 ||X w - y||^2"),
    ("d/dw", "1/2 r^T r where r = X w - y", "1/2 ||X w - y||^2"),
    ("d/dw", "r = X w - y\n1/2 r^T r", "1/2 ||X w - y||^2"),
    ("d/dw", "r = X w - y; L = 1/2 r^T r", "1/2 ||X w - y||^2"),
    ("d/dw", r"L = \frac{1}{2} r^T r, \quad r = X w - y", "1/2 ||X w - y||^2"),
    ("d/dF", r"\mu \ln J, J = \det F", r"mu log(det(F))"),
    ("d/dx", "g(A x) where g(z) = z^T z", "||A x||^2"),
    ("d/dx", "h where h = g^T g, g = A x - b, A in R^{m x n}", "||A x - b||^2"),
    ("d/dx", "x^T x where n = 3, x in R^n", "x^T x where x in R^3"),
]
REFUSED = [
    ("d/dx", "y = tr(X)", "E108"),
    ("", "d/dx f = 2 A x", "E108"),
    ("d/dr", "r^T r where r = X w", "E110"),
    ("d/dx", "r_1 where r = A x", "E115"),
    ("d/dx", "a where a = b x, b = a^T a", "E108"),
    ("d/dx", "tr(x); tr(y)", "E108"),
]


@pytest.mark.parametrize(("wrt", "expr", "plain"), SAME)
def test_a_name_stands_for_what_it_was_defined_as(wrt, expr, plain):
    assert answer(Question(expr, wrt)).ascii == answer(Question(plain, wrt)).ascii


@pytest.mark.parametrize(("wrt", "expr", "code"), REFUSED)
def test_an_equation_that_names_nothing_is_refused(wrt, expr, code):
    with pytest.raises(MatdiffError) as caught:
        answer(Question(expr, wrt))
    assert caught.value.code == code
