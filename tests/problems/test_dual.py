"""`dual`: published dual problems reach the optimum of the primal, and tell its minimiser."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from oracle import corpus

from matdiff.errors import MatdiffError
from matdiff.problems.asking import dual_problem
from matdiff.problems.problem import Asked

CASES = {case["id"]: case for case in corpus.load("problems_visible.jsonl") if case["command"] == "dual"}
GOLDEN = {row["id"]: row for row in corpus.load("golden_problems_visible.jsonl")}


def asked(case):
    where = case.get("where")
    return Asked(case["expr"], case.get("wrt", ""), tuple(case.get("subject_to", ())), (where,) if where else ())


def module(answer):
    made = {}
    exec(compile(answer.code("numpy"), "answer", "exec"), made)  # noqa: S102 # the code under test
    return made


def call(function, given):
    return function(**{p: given[p if p in given else p.rstrip("_")] for p in inspect.signature(function).parameters})


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_published_dual_is_written(name):
    answer = dual_problem(asked(CASES[name]))
    made = answer.object()
    assert made["ok"]
    assert made["sense"] == {"min": "max", "max": "min"}[CASES[name]["sense"]]
    assert made["strong"].startswith("convex")
    assert {"objective", "equalities", "inequalities"} <= module(answer).keys()
    assert set(CASES[name].get("recover", [])) <= set(made["primal"])


def test_the_multipliers_of_the_solver_reach_the_optimum():
    """In standard form the sign of the multipliers is the only choice: with the optimal ones the dual is tight."""
    case, golden = CASES["nonnegative-ls-dual"], GOLDEN["nonnegative-ls-dual"]
    given = {**case["dims"], **{k: np.asarray(v, float) for k, v in golden["data"].items()}}
    x = np.asarray(golden["solution"]["x"])
    given["lambda"] = given["A"].T @ (given["A"] @ x - given["b"])
    made = module(dual_problem(asked(case)))
    assert np.isclose(call(made["objective"], given), golden["optimum"], atol=1e-5)
    assert np.allclose(call(made["primal"], given), x, atol=1e-5)


@pytest.mark.parametrize(
    ("expr", "where", "objective", "constraints"),
    [
        ("min_x c^T x s.t. A x = b, x >= 0", "", "b^T nu", ["A^T nu <= c"]),
        ("max_x c^T x s.t. A x <= b, x >= 0", "", "b^T lambda", ["lambda >= 0", "A^T lambda >= c"]),
        ("min_x ||x||_1 s.t. A x = b", "", "b^T nu", ["A^T nu >= -1", "A^T nu <= 1"]),
        ("min_w 1/2 ||w||^2 s.t. w^T x >= 1", "", "lambda (1 - lambda ||x||^2/2)", ["lambda >= 0"]),
        (
            "min_X tr(C X) s.t. tr(A X) = b, X >> 0",
            "C symmetric, A symmetric, b scalar, X symmetric",
            "nu b",
            ["C - nu A >> 0"],
        ),
    ],
)
def test_duals_as_a_book_prints_them(expr, where, objective, constraints):
    made = dual_problem(Asked(expr, "", (), (where,) if where else ())).object()
    assert made["objective"] == objective
    if constraints is not None:
        assert made["constraints"] == constraints


def test_a_soft_margin_leaves_its_box():
    made = dual_problem(asked(CASES["seed2-soft-margin-svm"])).object()
    assert [one["name"] for one in made["multipliers"]] == ["alpha"]
    assert made["constraints"] == ["alpha >= 0", "alpha <= C", "y^T alpha = 0"]
    assert made["primal"] == {"w": "X^T (alpha .* y)"}
    assert made["lets"] == {"X": {"rows": "x_n"}, "y": {"entries": "y_n"}}


@pytest.mark.parametrize(
    ("expr", "status"),
    [
        ("min_x c^T x", "unbounded"),
        ("min_x -||x||^2", "unbounded"),
        ("min_x -||x||^2 s.t. A x = b", "not convex"),
        ("min_x -x^T P x s.t. A x <= b where P spd", "not convex"),
        ("min_x ||x||^2 s.t. a^T x = 1, a^T x = 2", "infeasible"),
    ],
)
def test_ends_without_a_dual(expr, status):
    answer = dual_problem(Asked(expr))
    assert (answer.ok, answer.status) == (False, status)
    with pytest.raises(MatdiffError, match=status):
        answer.code("numpy")


def test_a_form_that_may_be_concave_has_its_sign_in_the_condition():
    made = dual_problem(Asked("min_x -x^T P x s.t. A x = b")).object()
    assert made["conditions"][0] == "-(P + P^T) positive semidefinite"


def test_an_equation_has_no_dual():
    with pytest.raises(MatdiffError):
        dual_problem(Asked("A x = b", "x"))


def test_vectorized_a_dual_has_a_matrix_that_is_told():
    expr, where = "min_{w,b} 1/2 ||w||^2 s.t. y_n (w^T x_n + b) >= 1, n = 1..N", ("y_n scalar, b scalar",)
    answer = dual_problem(Asked(expr, where=where), vectorize=True)
    made = answer.object()
    assert made["objective"] == "sum(alpha) - alpha^T Q alpha/2"
    assert made["lets"]["Q"] == "diag(y) X X^T diag(y)"
    assert "where Q = " in answer.unicode
    assert made["latex"].endswith(r"\operatorname{diag}(y) X X^{\top} \operatorname{diag}(y)")
    assert dual_problem(Asked(expr, where=where)).code("numpy") != ""


def test_a_semidefinite_unknown_is_symmetric_whatever_its_data_are():
    made = dual_problem(Asked("min_X tr(C X) s.t. tr(A X) = 1, X >> 0")).object()
    assert (made["sense"], made["objective"], made["constraints"]) == (
        "max",
        "nu",
        ["(C^T - nu A + C - nu A^T)/2 >> 0"],
    )
