"""Claims of many kinds: true ones in unusual forms, false ones that differ by a sign, a transpose, a factor, a bound."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matdiff.calculator import Question
from matdiff.checking.check import check
from matdiff.errors import MatdiffError

CLAIMS = [json.loads(line) for line in (Path(__file__).parents[1] / "corpus" / "claims.jsonl").open(encoding="utf-8")]


@pytest.mark.parametrize("part", range(6))
def test_true_claims_are_proved_and_false_ones_refuted(part):
    wrong = []
    for claim in CLAIMS[part::6]:
        found = check(Question(claim["expr"], claim["wrt"], (claim["where"],)), claim["claim"])
        if found.verdict != ("proved" if claim["true"] else "refuted"):
            wrong.append((claim["id"], claim["wrt"], claim["expr"], claim["claim"], str(found)))
    assert not wrong


def test_a_scalar_beside_a_matrix_is_an_error_and_not_a_refutation():
    with pytest.raises(MatdiffError) as raised:
        check(Question("tr(X^T X)", "d/dX"), "2 X + 1")
    assert raised.value.code == "E202"


@pytest.mark.parametrize(
    ("wrt", "expr", "claim", "verdict"),
    [
        ("d/dX_ij", "tr(A X)", "A_ji", "proved"),
        ("d/dX_ij", "tr(A X)", "A_ij", "refuted"),
        ("d/dx_i", "x^T x", "2 x_j", "refuted"),
        ("d/dx_i", "x_j x_k", "0", "refuted"),
        ("d/dw", "sum(n, 1, N, w^T x_n)", "sum(n, 1, N-1, x_n) + x_N", "proved"),
        ("d/dw", "sum(n, 1, N, w^T x_n)", "sum(n, 1, N-1, x_n) + x_1", "refuted"),
        ("d/dw", "w^T x_k + sum(n, 1, N, w^T x_n)", "x_k + sum(n, 1, N, x_n)", "proved"),
        ("d/dw", "w^T x_k + sum(n, 1, N, w^T x_n)", "x_j + sum(n, 1, N, x_n)", "refuted"),
        ("d/dx", "sum(abs(x))", "x ./ abs(x)", "proved"),
        ("d/dx", "sum(abs(x))", "1 ./ sign(x)", "proved"),
        ("d/dx", "sum(abs(x))", "ones(n)", "refuted"),
        ("d/dt", "abs(t)", "1", "refuted"),
        ("d/dt", "relu(t)", "(t + abs(t))/(2 t)", "proved"),
        ("d/dt", "abs(t)^2", "2 t", "proved"),
    ],
)
def test_indices_are_different_and_signs_are_any(wrt, expr, claim, verdict):
    where = ("x in R^n", "A in R^{n x n}", "X in R^{n x n}") if "x_n" not in expr else ()
    assert check(Question(expr, wrt, where), claim).verdict == verdict


@pytest.mark.parametrize(
    ("expr", "claim", "verdict"),
    [
        ("tr(exp(X))", "I .* exp(X)", "proved"),
        ("tr(exp(X))", "expm(X)^T", "proved"),
        ("tr(log(X))", "X^-T", "proved"),
        ("tr(exp(X))", "X", "refuted"),
    ],
)
def test_a_claim_may_tell_which_of_two_readings_is_meant(expr, claim, verdict):
    found = check(Question(expr, "d/dX"), claim)
    assert found.verdict == verdict
    assert verdict == "refuted" or "read" in found.how


MEMBERS = "x_n in R^d, y_n in R, a_n in R, t in R, c in R, w in R^d, W in R^{p x d}, b in R^p, A in R^{d x d}, B_n in R^{d x d}"


@pytest.mark.parametrize(
    ("wrt", "expr", "claim"),
    [
        ("d/dy_k", "sum(n, 1, N, n y_n^2)", "2 k y_k"),
        ("d/dy_k", "sum(n, 1, N, (y_n n/10) tanh(a_n t))", "k tanh(a_k t)/10"),
        ("d/dx_k", "t sum(n, 1, N, (b^T W x_n)^2) + log(1 + y_k^2)", "2 t (b^T W x_k) W^T b"),
        ("d^2/dy_k dy_l", "t sum(n, 1, N, y_n^3)", "6 delta_kl t y_k"),
        ("d^2/dx_k dx_l^T", "x_1^T A x_k + sum(n, 1, N, w^T x_n)", "delta_1k delta_lk A + delta_l1 A^T"),
        ("d/da_k", "sum(n, 1, N, a_n t) + a_2^3", "t sum(n, 1, N, delta_kn) + 3 delta_2k a_2^2"),
        ("d/dB_k", "sum(n, 3, 5, tr(B_n A))", "A^T"),
        ("d/dx_k", "sum(n, 3, 5, x_n^T w)^2", "2 sum(n, 3, 5, x_n)^T w w"),
        ("d/da_k", "log(sum(n, 1, N, exp(a_n n t)))", "t k exp(a_k k t)/sum(n, 1, N, exp(a_n n t))"),
        ("d^2/dy_k dy_l", "sum(n, 1, N, y_n^3 n)", "6 l y_l delta_kl"),
        ("d^2/dy_k dy_l", "sum(n, 1, N, y_n^3 n)", "6 delta_lk k y_k"),
        ("d/da_k", "sum(n, 2, N, n a_n^2)", "sum(n, 2, N, 2 n a_n delta_kn)"),
    ],
)
def test_members_by_their_numbers(wrt, expr, claim):
    """The claim is proved, its negative and twice of it are refuted."""
    question = Question(expr, wrt, (MEMBERS,))
    assert check(question, claim).verdict == "proved"
    for wrong in (f"-({claim})", f"2 ({claim})"):
        assert check(question, wrong).verdict == "refuted"


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [("I - 1 softmax(x)^T", "proved"), ("I - 1 softmax(-x)^T", "refuted"), ("I - softmax(x) 1^T", "refuted")],
)
def test_a_bare_1_is_a_vector_of_ones_where_nothing_else_fits(claim, verdict):
    assert check(Question("x - log(sum(exp(x)))", "d/dx^T", ("x in R^n",)), claim).verdict == verdict


def test_a_claim_that_holds_for_numbers_is_told_so():
    with pytest.raises(MatdiffError) as caught:
        check(Question("log(1 + exp(x))", "d/dx"), "exp(x)/(1 + exp(x))")
    assert "x is read as a vector; for a number x the claim is right" in caught.value.hint
    with pytest.raises(MatdiffError) as caught:
        check(Question("log(1 + exp(x))", "d/dx"), "exp(-x)/(1 + exp(x))")
    assert "for a number" not in caught.value.hint
