"""Derivatives of more than two indices: products of Kronecker products, diag(vec(G)) and commutation matrices."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from oracle import asking, generator
from oracle.duals import OutsideDomain
from oracle.reading_back import complaint

from matdiff.calculator import Question, answer

OPEN_SUM = re.compile(r"\be_[a-z]\b")  # over unit vectors
PAIRS = (
    ("matrix", ("matrix",)),
    ("matrix", ("matrix",)),
    ("scalar", ("matrix", "matrix")),
    ("vector", ("matrix",)),
    ("matrix", ("vector",)),
)


@pytest.mark.parametrize(
    ("wrt", "expr", "where", "printed"),
    [
        ("d/dX", "X a b^T", "X in R^{m x n}, a in R^n, b in R^p", "kron(a b^T, I_m)"),
        ("d/dX", "A exp(X B)", "A in R^{p x m}, B in R^{n x q}", "kron(B, I_m) diag(vec(exp(X B))) kron(I_q, A^T)"),
        ("d/dX", "A .* X B", "X in R^{m x n}, B in R^{n x q}", "kron(B, I_m) diag(vec(A))"),
        ("d/dX", "X .* X^T", "", "diag(vec(X^T)) + K_{n,n} diag(vec(X))"),
        ("d/dX", "X^T X", "X in R^{m x n}", "kron(I_n, X) (K_{n,n} + I)"),
        ("d^2/dH dH", "||H w||^2", "H in R^{m x n}", "2 kron(w w^T, I_m)"),
        ("d/dX", "X w .* X w", "X in R^{m x n}", "2 kron(w, diag(X w))"),
        ("d/dX", "kron(A, X)", "A in R^{p x q}, X in R^{m x n}", "kron(vec(A)^T, eye(n m)) kron(kron(I_q, K_{p,n}), I_m)"),
        ("d/dX", "kron(X, A)", "A in R^{p x q}, X in R^{m x n}", "kron(kron(I_n, vec(A)^T), I_m) kron(eye(n q), K_{p,m})"),
        ("d/dX", "diag(X)", "X in R^{n x n}", "diag(vec(I_n)) kron(I_n, ones(n))"),
        ("d/dX", "K X^T", "K in R^{n x n}, X in R^{n x n}", "kron(K^T, I_n) commutation(n, n)"),
    ],
)  # fmt: skip
def test_forms(wrt, expr, where, printed):
    found = answer(Question(expr, wrt, (where,) if where else ()))
    assert found.ascii == printed
    assert ("commutation(m, n)" in " ".join(found.notes)) == ("K_{" in printed or "commutation" in printed)


def test_kronecker_products_of_three_need_no_parentheses():
    found = answer(Question("kron(X, A)", "d/dX", ("A in R^{p x q}, X in R^{m x n}",)))
    assert r"I_{n} \otimes \operatorname{vec}(A)^{\top} \otimes I_{m}" in found.latex


def compare(number, monkeypatch):
    """Random derivatives by matrices: right as printed, and none an open sum over unit vectors."""
    monkeypatch.setattr(generator, "PAIRS_2", PAIRS)

    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(generator.problems(tier=2), generator.inputs())
    def ask(problem, rng):
        try:
            outcome = asking.ask(problem, rng, "denominator", complaint)
        except OutsideDomain:
            return
        assert outcome.verdict in {"right", "refused"}, outcome.detail
        if outcome.answer is not None:
            assert not OPEN_SUM.search(outcome.answer.ascii), outcome.detail

    ask()


def test_random_derivatives_by_matrices(monkeypatch):
    compare(150, monkeypatch)


@pytest.mark.slow
def test_thousands_of_random_derivatives_by_matrices(monkeypatch):
    compare(3000, monkeypatch)
