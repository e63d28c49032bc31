"""`solve`: published closed forms run on data, and the ends of questions that have none."""

from __future__ import annotations

import json

import numpy as np
import pytest
from oracle import corpus

from matdiff.errors import MatdiffError
from matdiff.problems.asking import solution
from matdiff.problems.problem import Asked

CASES = {case["id"]: case for case in corpus.load("problems_visible.jsonl") if case["command"] == "solve"}
GOLDEN = {row["id"]: row for row in corpus.load("golden_problems_visible.jsonl")}
# cases that are not answered yet; a test fails when one of them starts to work
OPEN = frozenset(["intercept"])


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


@pytest.mark.parametrize("name", sorted(CASES.keys() - OPEN))
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


@pytest.mark.parametrize("name", sorted(OPEN))
def test_an_open_case_is_still_open(name):
    """A case that is answered is to be taken from the list."""
    case = CASES[name]
    try:
        answer = solution(asked(case))
    except MatdiffError:
        return
    if answer.status in case["status"] and answer.status == "solved":
        found = run(answer, "solution", given_to(case))
        assert not np.allclose(found, GOLDEN[name]["solution"][case["unknowns"][0]], rtol=1e-6, atol=1e-7)


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
