"""Families of structured matrices: each member is symmetric, spd, skew, triangular or diagonal, as a single matrix is."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from matdiff import MatdiffError, derivative

N, SIDE, STEP = 3, 4, 1e-5
FORMS = [
    "sum(i,1,N, y_i^T A_i x_i)",
    "sum(i,1,N, x_i^T A_i^2 x_i)",
    "sum(i,1,N, exp(y_i^T A_i B A_i^T x_i))",
    "sum(i,1,N, tr(A_i^-1 B A_i))",
]
INTO = {  # a general matrix, made one of the structure
    "symmetric": lambda m: m + m.T,
    "spd": lambda m: m @ m.T,
    "skew": lambda m: m - m.T,
    "lower": np.tril,
    "upper": np.triu,
    "diagonal": lambda m: np.diag(np.diag(m)),
}


@pytest.mark.parametrize("structure", list(INTO))
@pytest.mark.parametrize("form", FORMS)
def test_the_gradient_by_a_member_is_that_along_its_structure(form, structure):
    answer = derivative(form, "d/dA_k", where=f"A_i {structure}; B in R^{{n x n}}; x_i, y_i in R^n")
    value, gradient = answer.function("value"), answer.function()
    rng = np.random.default_rng(5)
    into, near = INTO[structure], np.eye(SIDE) if structure != "skew" else 0
    arrays = {
        "A_i": np.array([into(rng.normal(size=(SIDE, SIDE)) / 3) + near for _ in range(N)]),
        "B": rng.normal(size=(SIDE, SIDE)) / 3,
        "x_i": rng.normal(size=(N, SIDE)),
        "y_i": rng.normal(size=(N, SIDE)),
    }
    along = np.array([into(rng.normal(size=(SIDE, SIDE))) for _ in range(N)])
    along = along if structure != "spd" else along - along.mean()

    def of(function, matrices):
        wanted = {name: array for name, array in {**arrays, "A_i": matrices}.items() if name in parameters(function)}
        return function(**wanted)

    slope = (of(value, arrays["A_i"] + STEP * along) - of(value, arrays["A_i"] - STEP * along)) / (2 * STEP)
    found = of(gradient, arrays["A_i"])
    assert np.allclose(np.sum(found * along), slope, rtol=1e-6)
    for member in found:  # and it lies in that structure itself
        assert np.allclose(member, PROJECTED[structure](member))


PROJECTED = {
    **INTO,
    "symmetric": lambda m: (m + m.T) / 2,
    "spd": lambda m: (m + m.T) / 2,
    "skew": lambda m: (m - m.T) / 2,
}


def parameters(function):
    return inspect.signature(function).parameters


@pytest.mark.parametrize(
    ("expr", "where", "text"),
    [
        ("sum(i,1,N, x^T A_i x)", "A_i symmetric", "2 sum(i, 1, N, A_i) x"),
        ("sum(i,1,N, x^T A_i^-1 x)", "A_i spd", "2 sum(i, 1, N, A_i^-1 x)"),
        ("sum(i,1,N, x^T A_i x)", "A_i skew", "0"),
        ("sum(i,1,N, (x^T A_i x)^2)", "A_i symmetric", "4 sum(i, 1, N, (x^T A_i x) A_i x)"),
    ],
)
def test_a_member_equals_its_transpose(expr, where, text):
    assert derivative(expr, "d/dx", where=where).ascii == text


@pytest.mark.parametrize("target", ["julia", "matlab", "r", "eigen"])
def test_a_language_of_two_axes_refuses_a_family_of_diagonal_matrices(target):
    answer = derivative("sum(i,1,N, x^T A_i x)", "d/dx", where="A_i diagonal")
    with pytest.raises(MatdiffError, match="3 axes"):
        answer.code(target)
