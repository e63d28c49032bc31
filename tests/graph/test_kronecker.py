"""Kronecker products taken apart: determinants, inverses, derivatives."""

from __future__ import annotations

import pytest

from matdiff.calculator import Question, answer
from matdiff.checking.check import check


@pytest.mark.parametrize(
    ("wrt", "expr", "where", "form"),
    [
        ("d/dX", "det(kron(X, A))", "", "m det(A)^n det(X)^m X^-T"),
        ("d/dX", "det(kron(X, X))", "", "2 n det(X)^(2 n) X^-T"),
        ("d/dX", "logdet(kron(X, A))", "A in R^{m x m}", "m X^-T"),
        ("d/dX", "logdet(kron(I_k, X))", "", "k X^-T"),
        ("d/dX", "logdet(t kron(X, diag(w)))", "", "m X^-T"),
        ("d/dX", "logdet(kron(A B, X^T Y X))", "", "m (Y X (X^T Y X)^-1 + Y^T X (X^T Y X)^-T)"),
        ("d/dx", "x^T kron(A, B)^-1 y", "A in R^{m x m}", "kron(A^-1, B^-1) y"),
        ("d/dx", "x^T (3 kron(A, B))^-1 y", "A in R^{m x m}", "(1/3) kron(A^-1, B^-1) y"),
        ("d/dX", "logdet(kron(A, X) + B)", "", "sum(a, 1, n, kron(e_a^T, I_m) (kron(A, X) + B)^-T kron(A^T e_a, I_m))"),
    ],
)
def test_determinants_and_inverses(wrt, expr, where, form):
    found = answer(Question(expr, wrt, (where,) if where else ()))
    assert found.ascii == form
    assert found.certificate.status == "exact"


@pytest.mark.parametrize(
    ("wrt", "expr", "claim", "verdict"),
    [
        ("d/dX", "det(kron(A, X))", "m det(A)^n det(X)^m X^-T", "proved"),
        ("d/dX", "det(kron(A, X))", "n det(A)^n det(X)^m X^-T", "refuted"),
        ("d/dX", "det(kron(A, X))", "m det(A)^m det(X)^n X^-T", "refuted"),
        ("d/dX", "det(kron(A, X))", "m det(kron(A, X)) X^-T", "proved"),
        ("d/dX", "logdet(kron(A, X))", "m X^-T", "proved"),
        ("d/dX", "logdet(kron(A, X))", "n X^-T", "refuted"),
        ("d/dX", "tr(B kron(A, X)^-1)", "d/dX tr(B kron(A^-1, X^-1))", ""),
    ],
)
def test_claims_about_them(wrt, expr, claim, verdict):
    if not verdict:
        first, second = (answer(Question(text, wrt, ("A in R^{m x m}, X in R^{n x n}",))) for text in (expr, claim[5:]))
        assert first.ascii == second.ascii
        return
    assert check(Question(expr, wrt, ("A in R^{m x m}, X in R^{n x n}",)), claim).verdict == verdict
