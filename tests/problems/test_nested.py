"""Optima by one unknown after another, or by its inverse; domains that a logarithm tells; equations with a name."""

from __future__ import annotations

import numpy as np
import pytest

from matdiff.problems.asking import solution
from matdiff.problems.problem import Asked

GAUSSIAN = "N/2 logdet(S) + 1/2 sum(n, 1, N, (x_n - mu)^T S^-1 (x_n - mu))"
OPTIMA = [  # problem, unknowns, declarations, kind
    ("N/2 logdet(S) + 1/2 tr(S^-1 C)", "d/dS", "C spd, S spd, N scalar", "minimum"),
    (GAUSSIAN, "d/dmu, d/dS", "mu vector, S spd", "minimum"),
    ("max_{m,s} -N log(s) - 1/(2 s^2) sum(n, 1, N, (x_n - m)^2)", "", "s scalar, m scalar, x_n scalar", "maximum"),
    ("max_{w,v} -N/2 log(2 pi v) - 1/(2 v) ||y - X w||^2", "", "v scalar, N scalar", "maximum"),
    ("max_{B,S} -N/2 logdet(S) - 1/2 tr((Y - X B) S^-1 (Y - X B)^T)", "", "S spd, N scalar", "maximum"),
]


@pytest.mark.parametrize(("problem", "wrt", "where", "kind"), OPTIMA, ids=[case[0] for case in OPTIMA])
def test_likelihoods_of_gaussians_have_one_optimum(problem, wrt, where, kind):
    outcome = solution(Asked(problem, wrt, where=(where,))).outcome
    assert (outcome.kind, outcome.everywhere, outcome.unique) == (kind, True, True)
    assert any("^-1" in rule for rule in outcome.rules)


@pytest.mark.parametrize("problem", ["N/2 logdet(S) - 1/2 tr(S^-1 C)", "max_S N/2 logdet(S) + 1/2 tr(S^-1 C)"])
def test_what_is_no_optimum_is_not_called_one(problem):
    asked = Asked(problem, "" if problem.startswith("max") else "d/dS", where=("C spd, S spd, N scalar",))
    assert solution(asked).outcome.kind in {"", "stationary"}


def test_a_deviation_is_positive():
    problem = "max_s -N log(s) - 1/(2 s^2) sum(n, 1, N, x_n^2)"
    made = solution(Asked(problem, where=("s scalar, x_n scalar",)))
    module = {}
    exec(compile(made.code("numpy"), "answer", "exec"), module)  # noqa: S102 # the code under test
    data = np.array([1.0, -2.0, 2.0])
    assert made.status == "solved"
    assert np.isclose(module["solution"](x_n=data), np.sqrt(3.0))


@pytest.mark.parametrize(
    ("equation", "name"),
    [
        ("A^T X + X A - X B R^-1 B^T X + Q = 0", "an algebraic Riccati equation"),
        ("X = A^T X A - A^T X B (R + B^T X B)^-1 B^T X A + Q", "a discrete algebraic Riccati equation"),
    ],
)
def test_riccatis_equations_are_named(equation, name):
    made = solution(Asked(equation, "X", where=("X spd, R spd, Q spd",)))
    assert made.status == "no closed form"
    assert name in made.error.message
