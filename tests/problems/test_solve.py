"""`solve`: published closed forms run on data, and the ends of questions that have none."""

from __future__ import annotations

import json

import numpy as np
import pytest
from oracle import corpus

from matdiff.problems.asking import solution
from matdiff.problems.problem import Asked

CASES = {case["id"]: case for case in corpus.load("problems_visible.jsonl") if case["command"] == "solve"}
GOLDEN = {row["id"]: row for row in corpus.load("golden_problems_visible.jsonl")}


def asked(case):
    where = case.get("where")
    return Asked(case["expr"], case.get("wrt", ""), tuple(case.get("subject_to", ())), (where,) if where else ())


def run(answer, name, given):
    module = {}
    exec(compile(answer.code("numpy"), "answer", "exec"), module)  # noqa: S102 # the code under test
    function = module[name]
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    return function(**{key: given[key] if key in given else given[key.rstrip("_")] for key in names})


def given_to(case):
    return {**case["dims"], **{k: np.asarray(v, float) for k, v in GOLDEN[case["id"]]["data"].items()}}


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_published_solution_has_the_numbers_of_a_solver(name):
    case = CASES[name]
    answer = solution(asked(case))
    assert answer.status in case["status"]
    if answer.status != "solved" or not case.get("unique", True):
        return
    found = run(answer, "solution", given_to(case))
    parts = found if isinstance(found, tuple) else (found,)
    for unknown, part in zip(answer.object()["unknowns"], parts, strict=True):
        assert np.allclose(part, GOLDEN[name]["solution"][unknown], rtol=1e-6, atol=1e-7)


def test_the_object_of_a_solution_says_what_holds():
    made = solution(Asked("||Y - X W||_F^2", "d/dW")).object()
    assert made["status"] == "solved"
    assert made["equations"] == ["2 X^T (X W - Y) = 0"]
    assert made["solutions"] == [{"W": "(X^T X)^-1 X^T Y"}]
    assert made["conditions"] == ["X^T X invertible"]
    assert (made["kind"], made["global"], made["unique"]) == ("minimum", True, True)
    json.dumps(made)


def test_the_residual_vanishes_at_the_solution_alone():
    case = CASES["ridge"]
    answer, given = solution(asked(case)), given_to(case)
    at = run(answer, "solution", given)
    assert np.allclose(run(answer, "residual", {**given, "w": at}), 0, atol=1e-9)
    assert not np.allclose(run(answer, "residual", {**given, "w": at + 1}), 0)


@pytest.mark.parametrize(
    ("expr", "wrt", "where", "text"),
    [
        ("(a^T x - b)^2", "x", "b scalar", "b a/(a^T a)"),
        ("||A x - b||^2", "x", "A in R^{3 x 5}", "A^T (A A^T)^-1 b"),
        ("A x = b", "x", "", "pinv(A) b"),
        ("||Y - X W||_F^2", "W", "X in R^{3 x 5}, Y in R^{3 x 2}", "pinv(X) Y"),
        ("||y - K a||^2 + c a^T K a", "a", "K spd, a vector, c scalar", "(K + c I)^-1 y"),
        ("min_x 1/2 ||x - v||^2 - c sum(log(x))", "", "v vector, c scalar", "(sqrt(v.^2 + 4 c) + v)/2"),
        ("min_X tr(S X) - logdet(X) + r ||X||_F^2", "", "S spd, X spd, r scalar", "(sqrtm(S^2 + 8 r I) - S)/(4 r)"),
        ("A X + X A^T + Q = 0", "X", "Q symmetric", "lyapunov(A, -Q)"),
        ("X - A X B = C", "X", "", "stein(A, B, C)"),
        ("||A X - B||_F^2 + ||X C - D||_F^2", "X", "", "sylvester(A^T A, C C^T, A^T B + D C^T)"),
        ("exp(A x) = b", "x", "A in R^{n x n}", "A^-1 log(b)"),
        ("a x^2 + b x + c = 0", "x", "x scalar, a scalar, b scalar, c scalar", "(sqrt(b^2 - 4 a c) - b)/(2 a)"),
        ("N log det Sigma + tr(Sigma^-1 S)", "d/dSigma", "Sigma spd, S spd, N scalar", "S/N"),
        ("min_x c^T x s.t. x^T Q x <= 1", "", "Q spd", "-Q^-1 c/sqrt(c^T Q^-1 c)"),
        ("max_w w^T A w / (w^T B w)", "", "A symmetric, B spd", "eigvec_max(A, B)"),
        ("min_x 1/2 ||x - v||^2 + lambda ||x||", "", "v vector", "relu(1 - lambda/||v||) v"),
        ("min_x 1/2 ||x - v||^2 + lambda ||x||_1 + mu/2 ||x||^2", "", "v vector", "soft(v/(1 + mu), lambda/(1 + mu))"),
        ("min_x ||x - v||^2 s.t. ||x|| <= 1", "", "v vector", "clip(1/||v||, 0, 1) v"),
        ("min_x ||x - v||^2 s.t. l <= x <= u", "", "v vector", "clip(v, l, u)"),
        ("min_x ||x - v||^2 s.t. x^T x = 1", "", "v vector", "v/||v||"),
        ("max_X tr(A^T X) s.t. X^T X = I", "", "X in R^{n x p}", "polar(A)"),
        ("min_X ||X - A||_F^2 s.t. X^T X = I", "", "X in R^{n x p}", "polar(A)"),
        ("sum(exp(x)) - b^T x", "x", "", "log(b)"),
        ("sigmoid(x) = p", "x", "x scalar, p scalar", "log(p/(1 - p))"),
        ("||A - K||_F^2", "K", "K skew", "(A - A^T)/2"),
        ("||A - D B||_F^2", "D", "D diagonal", "diag(diag(A B^T) ./ diag(B B^T))"),
        ("min_W ||X - X W W^T||_F^2 s.t. W^T W = I", "", "X in R^{n x d}, W in R^{d x k}", "eigvecs_max(X^T X, k)"),
        ("max_p sum(k, 1, K, m_k log(p_k)) s.t. sum(p) = 1, p >= 0", "", "p in R^K, m_k scalar", "m/sum(m)"),
        ("2^x = a", "x", "x scalar, a scalar", "log(a)/log(2)"),
        ("min_X ||X - A||_F^2 s.t. X = X^T", "", "", "(A + A^T)/2"),
        ("min_p sum(i, 1, n, p_i log(p_i/q_i)) s.t. sum(p) = 1", "", "p in R^n, q in R^n", "q/sum(q)"),
    ],
)
def test_closed_forms_as_books_print_them(expr, wrt, where, text):
    answer = solution(Asked(expr, wrt, (), (where,) if where else ()))
    (found,) = answer.object()["solutions"][0].values()
    assert (answer.status, found) == ("solved", text)


@pytest.mark.parametrize(
    ("expr", "status"),
    [
        ("min_x ||A x - b||_1", "no closed form"),
        ("max_x c^T x s.t. A x <= b, x >= 0", "no closed form"),
        ("min_x c^T x", "unbounded"),
        ("min_t t^3 where t scalar", "undecided"),
        ("min_x ||x||^2 s.t. x^T x = -1", "infeasible"),
        ("min_x ||x||^2 s.t. x >= 2, x <= 1", "infeasible"),
        ("x^T K x - x^T K^T x", "every point"),
    ],
)
def test_ends_without_a_closed_form(expr, status):
    assert solution(Asked(expr, "" if expr.startswith("m") else "x")).status == status


def test_the_nearest_semidefinite_matrix_is_no_entrywise_projection():
    answer = solution(Asked("min_X ||X - A||_F^2 s.t. X >> 0", "", (), ("X symmetric, A symmetric",)))
    a = np.array([[1.0, 2.0], [2.0, -3.0]])
    values, vectors = np.linalg.eigh(a)
    assert np.allclose(run(answer, "solution", {"A": a}), vectors @ np.diag(np.maximum(values, 0)) @ vectors.T)


def test_steps_lead_from_the_lagrangian_to_the_solution():
    steps = solution(Asked("min_x ||x||^2 s.t. A x = b")).steps("ascii").splitlines()
    assert steps[0].startswith("1. the Lagrangian: L = ||x||^2")
    assert "5. so x = A^T (A A^T)^-1 b" in steps


def test_a_generalised_eigenproblem_is_computed_with_both_matrices():
    answer = solution(Asked("min_x x^T A x s.t. x^T B x = 2", "", (), ("A symmetric, B spd",)))
    rng = np.random.default_rng(1)
    root = rng.standard_normal((3, 3))
    given = {"A": root + root.T, "B": root @ root.T + np.eye(3)}
    x = run(answer, "solution", given)
    values = np.linalg.eigvals(np.linalg.solve(given["B"], given["A"])).real
    assert np.isclose(x @ given["B"] @ x, 2)
    assert np.isclose(x @ given["A"] @ x, 2 * values.min())


@pytest.mark.parametrize(
    ("expr", "note"),
    [
        ("||X w - y||^2 + lambda ||w||^2", "in Gram form: X^T (X X^T + lambda I)^-1 y"),
        (
            "||X w - y||^2",
            "where X^T X is not invertible: pinv(X) y + (I - pinv(X) X) z with any z; the least norm has pinv(X) y",
        ),
    ],
)
def test_the_other_customary_form_stands_in_a_note(expr, note):
    answer = solution(Asked(expr, "w"))
    assert note in answer.notes
    rng = np.random.default_rng(0)
    given = {"X": rng.standard_normal((4, 3)), "y": rng.standard_normal(4), "lambda": 0.7}
    x, y, c = given["X"], given["y"], given["lambda"] if "lambda" in expr else 0.0
    gram = x.T @ np.linalg.solve(x @ x.T + c * np.eye(4), y) if c else np.linalg.pinv(x) @ y
    assert np.allclose(run(answer, "solution", given), gram)


def test_a_conditional_solution_says_what_decides_and_computes_it():
    answer = solution(Asked("min_x ||x - v||^2 s.t. 1^T x = 1, x >= 0", where=("v vector",)))
    made = answer.object()
    assert (made["ok"], made["status"]) == (True, "conditional")
    assert made["solutions"] == [{"x": "relu(v - tau ones(n))"}]
    assert made["conditions"] == ["sum(relu(v - tau ones(n))) = 1"]
    assert np.allclose(run(answer, "solution", {"v": np.array([0.9, 0.5, -3.0])}), [0.7, 0.3, 0.0])


def test_a_total_that_no_point_has_is_an_error_of_the_code():
    answer = solution(Asked("min_x ||x - v||^2 s.t. 1^T x = c, 0 <= x <= 1", where=("v vector, c scalar",)))
    with pytest.raises(ValueError, match="no point meets"):
        run(answer, "solution", {"v": np.zeros(3), "c": 4.0})
