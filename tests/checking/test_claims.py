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
