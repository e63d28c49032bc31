"""What stands below a norm's bars says which norm it is: the question is the same as in the function's own spelling."""

from __future__ import annotations

import pytest

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError

WHERE = ("X in R^{m x n}", "x in R^n", "p in R", "q in R")


def asked(expr):
    by = "d/dX" if "X" in expr else "d/dx"
    return answer(Question(expr=expr, wrt=by, where=WHERE)).unicode


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("||X||_{S_p}", "schatten(X, p)"),
        (r"\|X\|_{S_p}^p", "schatten(X, p)^p"),
        (r"\lVert X \rVert_{\mathcal{S}_p}", "schatten(X, p)"),
        (r"||X||_{\mathrm{S}_{4}}", "schatten(X, 4)"),
        ("||X||_{S^3}", "schatten(X, 3)"),
        ("||X||_{S_{1.5}}", "schatten(X, 1.5)"),
        ("||X||_{S_1}", "||X||_*"),
        ("||X||_{S_2}", "||X||_F"),
        (r"||X||_{S_\infty}", "sigma_max(X)"),
        ("||X||_{2,1}", "norm21(X)"),
        (r"\|X\|_{2, 1}", "norm21(X)"),
        (r"\|X\|_{\ell_{2,1}}", "norm21(X)"),
        ("||X||_{1,1}", "sum(abs(X))"),
        ("||X||_{2,2}", "||X||_F"),
        ("||X||_{p,q}", "norm_entries(X, p, q)"),
        ("||X||_{1,2}", "sum(colsum(abs(X)).^2)^(1/2)"),
        (r"||X||_{\max}", "max(abs(X))"),
        ("||X||_{max}", "max(abs(X))"),
        (r"||X||_\infty", "max(rowsum(abs(X)))"),
        ("||X||_{1}", "max(colsum(abs(X)))"),
        (r"||x||_{\ell_1}", "sum(abs(x))"),
        (r"||x||_{\ell_p}", "||x||_p"),
        (r"||x||_{\ell_\infty}", "||x||_inf"),
        ("||x||_{l_2}^2", "x^T x"),
        (r"||x||_{\max}", "||x||_inf"),
        ("||x - y||_{S_1}^2", "(x - y)^T S_1 (x - y)"),
    ],
)
def test_a_norm_is_the_one_that_its_subscript_says(written, meant):
    assert asked(written) == asked(meant)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("||X||_{(k)}", "E115"),
        (r"||X||_{2,\infty}", "E115"),
        (r"||X||_{\infty,1}", "E115"),
        ("||X||_{F,1}", "E115"),
        ("||X||_{S_{p-1}}", "E115"),
        ("||A x - y||_{S_3}", "E206"),
        ("||X||_3", "E301"),
        ("||X||_p", "E301"),
    ],
)
def test_what_is_no_norm_or_several_is_refused(written, code):
    with pytest.raises(MatdiffError) as refused:
        asked(written)
    assert refused.value.code == code


def test_a_declared_matrix_below_the_bars_is_a_weight():
    found = answer(Question(expr="||A x - y||_{S_1}^2", wrt="d/dx", where=("S_1 spd",)))
    assert found.unicode == "2 Aᵀ S₁ (A x - y)"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"\log\Gamma(t)", "lgamma(t)"),
        (r"\ln \Gamma(1 + t)", "lgamma(1 + t)"),
        ("log Γ(t)", "lgamma(t)"),
        (r"\sqrt[3]{t}", "cbrt(t)"),
        (r"1^T \sqrt[3]{x}", "sum(cbrt(x))"),
    ],
)
def test_functions_by_their_signs(written, meant):
    by = "d/dx" if "x" in written else "d/dt"
    assert answer(Question(expr=written, wrt=by)).unicode == answer(Question(expr=meant, wrt=by)).unicode


def test_the_cube_root_of_a_matrix_is_refused():
    with pytest.raises(MatdiffError) as refused:
        answer(Question(expr=r"tr(\sqrt[3]{X})", wrt="d/dX"))
    assert refused.value.code == "E206"
