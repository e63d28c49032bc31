"""Derivatives by members of families, by entries and by structured matrices, against differences of formulas written
out in NumPy.
"""

from __future__ import annotations

import numpy as np
import pytest

from matdiff.calculator import Question, answer

RNG = np.random.default_rng(7)
X = RNG.normal(size=(5, 3))  # a family of five vectors
ALPHA, LABEL = RNG.uniform(0.5, 1.5, 5), RNG.normal(size=5)
W, V = RNG.normal(size=3), RNG.normal(size=3)
A = RNG.normal(size=(3, 3)) + 3 * np.eye(3)
B = RNG.normal(size=(3, 3))
FAMILY = "x_n in R^d, alpha_n in R, y_n in R, w in R^d"


def differences(function, point, step=1e-5):
    """Central differences of a scalar function by every entry of an array."""
    out = np.zeros_like(point)
    for place in np.ndindex(point.shape):
        moved = np.zeros_like(point)
        moved[place] = step
        out[place] = (function(point + moved) - function(point - moved)) / (2 * step)
    return out


def computed(expr, wrt, where, given, **settings):
    module: dict = {}
    exec(answer(Question(expr, wrt, (where,), **settings)).code(), module)  # noqa: S102 # generated code is run
    derivative = module["derivative"]
    names = derivative.__code__.co_varnames[: derivative.__code__.co_argcount]
    return np.asarray(derivative(**{name: given[name] for name in names}))


GIVEN = {"x_n": X, "alpha_n": ALPHA, "y_n": LABEL, "w": W}
MEMBERS = {
    "dual SVM": (
        "sum(n, 1, N, alpha_n) - (1/2) sum(n, 1, N, sum(m, 1, N, alpha_n alpha_m y_n y_m x_n^T x_m))",
        "d/dalpha_m",
        "alpha_n",
        lambda alpha: alpha.sum() - 0.5 * (alpha * LABEL) @ X @ X.T @ (alpha * LABEL),
    ),
    "logistic loss by a sample": (
        "sum(n, 1, N, log(1 + exp(-y_n w^T x_n)))",
        "d/dx_m",
        "x_n",
        lambda x: np.log1p(np.exp(-LABEL * (x @ W))).sum(),
    ),
    "squares by a label": ("sum(n, 1, N, (w^T x_n - y_n)^2)", "d/dy_m", "y_n", lambda y: ((X @ W - y) ** 2).sum()),
    "a sum of outer products": (
        "w^T sum(n, 1, N, alpha_n x_n x_n^T) w",
        "d/dx_m",
        "x_n",
        lambda x: (ALPHA * (x @ W) ** 2).sum(),
    ),
}


@pytest.mark.parametrize("name", MEMBERS)
def test_a_member_of_a_family(name):
    """The array of the derivatives by every member."""
    expr, wrt, variable, function = MEMBERS[name]
    got = computed(expr, wrt, FAMILY, GIVEN)
    assert np.allclose(got, differences(function, GIVEN[variable]), rtol=1e-6, atol=1e-7)


def test_a_double_sum_by_a_vector():
    expr = "sum(n, 1, N, sum(m, 1, N, alpha_n alpha_m (w^T x_n) (w^T x_m)^2))"
    got = computed(expr, "d/dw", FAMILY, GIVEN)
    assert np.allclose(got, differences(lambda w: (ALPHA @ (X @ w)) * (ALPHA @ (X @ w) ** 2), W), rtol=1e-6)


RANGES = {
    "from two": ("sum(n, 2, N, (w^T x_n)^2)", lambda x, w: ((x[1:] @ w) ** 2).sum()),
    "numbers": ("sum(n, 3, 5, sin(w^T x_n))", lambda x, w: np.sin(x[2:5] @ w).sum()),
    "up to the last but one": ("sum(n, 1, N-1, exp(w^T x_n))", lambda x, w: np.exp(x[:-1] @ w).sum()),
    "from nought": ("sum(n, 0, N-1, (w^T x_n)^2)", lambda x, w: ((x @ w) ** 2).sum()),
    "several": (
        "sum(n, 1, N, (w^T x_n)^2) + sum(n, 2, 4, sin(w^T x_n)) + log(sum(n, 2, N, exp(w^T x_n)))",
        lambda x, w: ((x @ w) ** 2).sum() + np.sin(x[1:4] @ w).sum() + np.log(np.exp(x[1:] @ w).sum()),
    ),
}


@pytest.mark.parametrize("name", RANGES)
def test_ranges_in_code(name):
    """By a vector, and by every member: those that no sum takes get zeros."""
    expr, function = RANGES[name]
    given = {**GIVEN, "N": 5}
    assert np.allclose(computed(expr, "d/dw", FAMILY, given), differences(lambda w: function(X, w), W), atol=1e-7)
    by_members = computed(expr, "d/dx_k", FAMILY, given)
    assert np.allclose(by_members, differences(lambda x: function(x, W), X)[: len(by_members)], atol=1e-7)


@pytest.mark.parametrize(
    ("expr", "function"),
    [
        ("tr(A X B X)", lambda x: np.trace(A @ x @ B @ x)),
        ("logdet(X)", lambda x: np.linalg.slogdet(x)[1]),
        ("a^T inv(X) b", lambda x: W @ np.linalg.inv(x) @ V),
    ],
)
@pytest.mark.parametrize(("entry", "place"), [("X_12", (0, 1)), ("X_33", (2, 2))])
def test_an_entry_of_a_matrix(expr, function, entry, place):
    point = B + 4 * np.eye(3)
    got = computed(
        expr,
        f"d/d{entry}",
        "X in R^{3 x 3}, A in R^{3 x 3}, B in R^{3 x 3}, a in R^3, b in R^3",
        {"X": point, "A": A, "B": B, "a": W, "b": V},
    )
    assert np.isclose(got, differences(function, point)[place], rtol=1e-6)


SYMMETRIC = (B + B.T) / 2 + 3 * np.eye(3)
STRUCTURES = {
    "symmetric, projected": ("symmetric", "project", SYMMETRIC, lambda g: (g + g.T) / 2),
    "symmetric, by entries": ("symmetric", "entries", SYMMETRIC, lambda g: g + g.T - np.diag(np.diag(g))),
    "lower": ("lower", "project", np.tril(B) + 3 * np.eye(3), np.tril),
    "upper": ("upper", "project", np.triu(B) + 3 * np.eye(3), np.triu),
    "diagonal": ("diagonal", "project", np.diag([1.5, 2.5, 0.5]), lambda g: np.diag(np.diag(g))),
    "skew": ("skew", "project", (B - B.T) / 2, lambda g: (g - g.T) / 2),
    "orthogonal": ("orthogonal", "project", np.linalg.qr(B)[0], lambda g: g),
}


@pytest.mark.parametrize("name", STRUCTURES)
@pytest.mark.parametrize(
    ("expr", "function"),
    [
        ("tr(A S B S)", lambda s: np.trace(A @ s @ B @ s)),
        ("a^T S S^T S b", lambda s: W @ s @ s.T @ s @ V),
        ("||A S - B||_F^2", lambda s: np.sum((A @ s - B) ** 2)),
    ],
)
def test_a_structured_variable(name, expr, function):
    """The gradient of the function of all matrices, restricted as the convention says, and the convention is named."""
    structure, symmetric, point, restricted = STRUCTURES[name]
    where = f"S in R^{{3 x 3}} {structure}, A in R^{{3 x 3}}, B in R^{{3 x 3}}, a in R^3, b in R^3"
    got = computed(expr, "d/dS", where, {"S": point, "A": A, "B": B, "a": W, "b": V}, symmetric=symmetric)
    assert np.allclose(got, restricted(differences(function, point)), rtol=1e-5, atol=1e-6)
    assert any(structure in note for note in answer(Question(expr, "d/dS", (where,), symmetric=symmetric)).notes)


def test_constants_keep_their_structure():
    assert answer(Question("x^T S x", "d/dx", ("S symmetric, x in R^n",))).ascii == "2 S x"
    assert answer(Question("x^T K x", "d/dx", ("K skew, x in R^n",))).ascii == "0"
    assert answer(Question("||Q x||^2", "d/dx", ("Q orthogonal, x in R^n",))).ascii == "2 x"
    assert answer(Question("x^T D x", "d/dx", ("D diagonal, x in R^n",))).ascii == "2 D x"
