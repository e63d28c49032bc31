"""`update`: published iterations repeated on data, and what is refused."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from oracle import corpus

from matdiff.errors import MatdiffError
from matdiff.problems.asking import iteration
from matdiff.problems.problem import Asked

CASES = {case["id"]: case for case in corpus.load("problems_visible.jsonl") if case["command"] == "update"}
GOLDEN = {row["id"]: row for row in corpus.load("golden_problems_visible.jsonl")}


def stepped(case, golden):
    where = case.get("where")
    answer = iteration(Asked(case["expr"], case.get("wrt", ""), (), (where,) if where else ()), case["method"])
    module = {}
    exec(compile(answer.code("numpy"), "answer", "exec"), module)  # noqa: S102 # the code under test
    step = module["step"]
    names = [rule["unknown"] for rule in answer.object()["rules"]]
    here = {name: np.asarray(value, float) for name, value in golden["start"].items()}
    here |= {name: np.zeros_like(next(iter(here.values()))) for name in names if name not in here}
    data = {k: np.asarray(v, float) for k, v in golden["data"].items()} | case["dims"]
    settings = golden["settings"]
    for k in range(len(golden["iterates"])):
        index = settings["indices"][k] if "indices" in settings else None
        given = {**data, **here, "eta": settings["eta"], "beta": settings.get("momentum"), "i": index}
        found = step(
            **{name: given[name if name in given else name.rstrip("_")] for name in inspect.signature(step).parameters}
        )
        here = dict(zip(names, found if isinstance(found, tuple) else (found,), strict=True))
        yield here


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_published_iteration_is_repeated(name):
    golden = GOLDEN[name]
    for here, want in zip(stepped(CASES[name], golden), golden["iterates"], strict=True):
        for unknown, value in want.items():
            assert np.allclose(here[unknown], value, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("expr", "method", "text"),
    [
        ("1/N ||X w - y||^2", "gd", "w - (2 eta/N) X^T (X w - y)"),
        ("1/2 ||X w - y||^2", "sgd", "w - eta (w^T x_i - y_i) x_i"),
        ("1/N ||X w - y||^2", "sgd", "w - 2 eta (w^T x_i - y_i) x_i"),
        ("x^3/3 - a x", "newton", "x + (a - x^2)/(2 x)"),
    ],
)
def test_the_rule_as_it_is_written(expr, method, text):
    unknown = "w" if "w" in expr else "x"
    where = ("x scalar, a scalar",) if unknown == "x" else ()
    (rule,) = iteration(Asked(expr, unknown, (), where), method).object()["rules"]
    assert rule["new"] == text


@pytest.mark.parametrize(
    ("expr", "method"),
    [
        ("w^T x", "newton"),
        ("w^T x", "sgd"),
        ("log(det(W))", "gauss-newton"),
        ("||w||^2", "nesterov"),
        ("X w = y", "gd"),
    ],
)
def test_what_has_no_such_iteration_is_refused(expr, method):
    with pytest.raises(MatdiffError):
        iteration(Asked(expr, "W" if "W" in expr else "w"), method)


def test_on_a_maximum_it_ascends():
    (rule,) = iteration(Asked("max_w b^T w - 1/2 ||w||^2")).object()["rules"]
    assert rule["new"] == "w + eta (b - w)"


def test_newton_on_a_quadratic_is_its_solution_from_everywhere():
    answer = iteration(Asked("||X w - y||^2 + lambda ||w||^2", "w"), "newton")
    assert answer.object()["rules"] == [{"unknown": "w", "new": "(X^T X + lambda I)^-1 X^T y"}]
    assert "one step is enough" in answer.object()["notes"][-1]
