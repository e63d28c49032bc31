"""Sets that unknowns lie in, names that mean something else elsewhere, and what says nothing."""

from __future__ import annotations

import pytest

from matdiff.errors import ReadingError
from matdiff.problems.asking import answer
from matdiff.problems.problem import Asked

SOLUTIONS = [  # problem, unknown by, declarations, the solution
    ("min_x ||x - a||^2 s.t. x in R_+^n", "", "", "x = relu(a)"),
    (r"\min_{x \in \mathbb{R}^n_{+}} \|x-a\|^2", "", "", "x = relu(a)"),
    ("min_x ||x - a||^2", "", "x in R_+^n", "x = relu(a)"),
    (r"\min_{x \in [0,1]^n} \|x-a\|^2", "", "", "x = clip(a, 0, 1)"),
    ("min_x ||x - a||^2 s.t. x in [0, 1]", "", "", "x = clip(a, 0, 1)"),
    (r"\min_x \|x-a\|^2 \text{ s.t. } x \in [0, \infty)", "", "", "x = relu(a)"),
    (r"\min_x \|x-a\|^2 \text{ s.t. } x \in (0, 1)", "", "", None),
    (r"\min_{X \in S_{++}^n} \mathrm{tr}(C X) - \log\det X", "", "C spd", "X = C^-1"),
    ("min_d ||Y - X diag(d)||_F^2", "", "d vector", "d = diag(Y^T X) ./ diag(X^T X)"),
    (r"\min_{d} \|d - a\|^2", "", "", "d = a"),
    ("||Y - X diag(d)||_F^2", "d", "d vector", "d = diag(Y^T X) ./ diag(X^T X)"),
    ("inf_x ||x - a||^2", "", "", "x = a"),
    (r"\sup_{x} -\|x - a\|^2", "", "", "x = a"),
    ("min_x ||x - a||^2 s.t. x = x, 1 <= 2", "", "", "x = a"),
]


@pytest.mark.parametrize(("problem", "wrt", "where", "expected"), SOLUTIONS, ids=[case[0] for case in SOLUTIONS])
def test_what_is_said_of_the_unknowns_counts(problem, wrt, where, expected):
    asked = Asked(problem, wrt, where=(where,) if where else ())
    if expected is None:
        with pytest.raises(ReadingError):
            answer("solve", asked)
        return
    (found,) = answer("solve", asked).object()["solutions"]
    assert [f"{name} = {text}" for name, text in found.items()] == [expected]


def test_the_declared_entries_of_an_unknown_are_its_entries():
    problem = "min_{w,xi} 1/2 ||w||^2 + C/2 sum(n,1,N,xi_n^2) s.t. y_n w^T x_n >= 1 - xi_n, n = 1..N"
    made = answer("dual", Asked(problem, where=("y_n scalar, xi_n scalar, C scalar",)))
    assert made.object()["primal"]["xi"] == "alpha/C"


def test_an_unknown_whose_entries_are_added_is_a_vector():
    problem = "min_{w,xi} 1/2 ||w||^2 + C sum(xi) s.t. y .* (X w) >= 1 - xi, xi >= 0"
    made = answer("dual", Asked(problem, where=("y vector",)))
    assert "lambda <= C" in made.object()["constraints"]
    assert any("xi was taken to be a vector" in note for note in made.notes)
