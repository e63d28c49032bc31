"""The oracle itself against finite differences: nothing of matdiff is asked here."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from oracle import duals, layout, mathematics
from oracle.generator import inputs, problems


def differences(function, point, name, step=2e-3):
    """Central differences with two extrapolations (error of sixth order): axes of the value, then of the variable."""
    base = np.asarray(function(point))
    result = np.zeros((*base.shape, *point[name].shape))
    for index in np.ndindex(*point[name].shape):
        slopes = []
        for h in (step, step / 2, step / 4):
            ahead, behind = (
                {**point, name: point[name] + sign * h * _unit(point[name].shape, index)} for sign in (1, -1)
            )
            slopes.append((function(ahead) - function(behind)) / (2 * h))
        first = [(4 * b - a) / 3 for a, b in itertools.pairwise(slopes)]
        result[(..., *index)] = (16 * first[1] - first[0]) / 15
    return result


def _unit(shape, index):
    unit = np.zeros(shape)
    unit[index] = 1.0
    return unit


SAMPLES = {"log": "positive", "sqrt": "positive", "asin": "unit", "acos": "unit"}


@pytest.mark.parametrize("name", sorted(mathematics.ELEMENTWISE))
def test_an_elementwise_function_has_the_slope_of_its_differences(name):
    rng = np.random.default_rng(1)
    x = 0.1 + 0.7 * rng.random((3, 2))
    function = lambda scope: mathematics.ELEMENTWISE[name](scope["x"])  # noqa: E731 # two uses
    exact = duals.derivative(function, {"x": x}, ["x"])
    assert np.allclose(exact, differences(function, {"x": x}, "x"), rtol=1e-7, atol=1e-9)
    second = duals.derivative(function, {"x": x}, ["x", "x"])
    slope = lambda scope: duals.derivative(function, scope, ["x"])  # noqa: E731 # one use
    assert np.allclose(second, differences(slope, {"x": x}, "x"), rtol=1e-6, atol=1e-8)


MATRIX_FUNCTIONS = {
    "inverse": duals.inverse,
    "determinant": duals.determinant,
    "expm": lambda a: mathematics.expm(duals.scale(0.5, a)),
    "sqrtm": mathematics.sqrtm,
    "logm": mathematics.logm,
    "pinv": mathematics.pinv,
    "nuclear": mathematics.nuclear_norm,
    "spectral": mathematics.spectral_norm,
    "lambda_max": lambda a: mathematics.lambda_max(duals.add(a, duals.transpose(a))),
    "softmax": lambda a: mathematics.softmax(duals.stack_columns(a)),
    "vech": duals.stack_lower,
    "kron": lambda a: duals.kronecker(a, duals.transpose(a)),
}


@pytest.mark.parametrize("name", sorted(MATRIX_FUNCTIONS))
def test_a_matrix_function_has_the_slope_of_its_differences(name):
    rng = np.random.default_rng(2)
    a = 2 * np.eye(3) + 0.4 * rng.standard_normal((3, 3))
    function = lambda scope: MATRIX_FUNCTIONS[name](scope["A"])  # noqa: E731 # two uses
    exact = duals.derivative(function, {"A": a}, ["A"])
    assert np.allclose(exact, differences(function, {"A": a}, "A"), rtol=1e-7, atol=1e-8)
    second = duals.derivative(function, {"A": a}, ["A", "A"])
    slope = lambda scope: duals.derivative(function, scope, ["A"])  # noqa: E731 # one use
    assert np.allclose(second, differences(slope, {"A": a}, "A"), rtol=1e-5, atol=1e-6)


def test_matrix_functions_are_what_they_are_called():
    rng = np.random.default_rng(3)
    a = 2 * np.eye(3) + 0.3 * rng.standard_normal((3, 3))
    root = mathematics.sqrtm(a)
    assert np.allclose(root @ root, a)
    assert np.allclose(mathematics.expm(mathematics.logm(a)), a)
    assert np.isclose(mathematics.nuclear_norm(a).item(), np.linalg.norm(a, "nuc"))
    assert np.isclose(mathematics.spectral_norm(a).item(), np.linalg.norm(a, 2))
    assert np.allclose(mathematics.pinv(a[:, :2]), np.linalg.pinv(a[:, :2]))
    assert np.allclose(duals.kronecker(a, a[:2]), np.kron(a, a[:2]))
    assert np.isclose(mathematics.lambda_max(a + a.T).item(), np.linalg.eigvalsh(a + a.T)[-1])


@pytest.mark.parametrize("tier", [1, 2])
def test_generated_expressions_have_the_derivatives_of_their_differences(tier):
    compared = []

    @settings(max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(problems(tier=tier), inputs())
    def compare(problem, rng):
        point = problem.declared.draw(rng)
        *outer, last = problem.by
        inner = lambda scope: duals.derivative(problem.evaluate, scope, outer)  # noqa: E731 # two uses
        try:
            with np.errstate(all="ignore"):
                exact = duals.derivative(problem.evaluate, point, problem.by)
                rough = differences(inner, point, last)
        except duals.OutsideDomain:
            assume(False)
        scale = max(1e-2, float(np.max(np.abs(exact))), duals.Magnitude.largest * 1e-4)
        assert np.all(np.abs(exact - rough) <= 1e-4 * scale), problem.expr
        compared.append(problem.expr)

    compare()
    assert len(compared) >= 30


def test_layouts_of_the_table():
    """Shapes of the layouts table, on arrays whose axes differ."""
    jacobian = np.arange(12.0).reshape(3, 1, 4, 1)
    assert layout.laid_out(jacobian, (3, 1), [(4, 1)], (False,)).shape == (4, 3)
    assert layout.laid_out(jacobian, (3, 1), [(4, 1)], (True,)).shape == (3, 4)
    gradient = np.arange(12.0).reshape(1, 1, 3, 4)
    assert layout.laid_out(gradient, (1, 1), [(3, 4)], (False,)).shape == (3, 4)
    assert layout.laid_out(gradient, (1, 1), [(3, 4)], (False,), "numerator").shape == (4, 3)
    product = duals.derivative(
        lambda scope: duals.matmul(scope["A"], scope["X"]),
        {"A": np.arange(6.0).reshape(2, 3), "X": np.ones((3, 4))},
        ["X"],
    )
    printed = layout.vectorised(product, (2, 4), [(3, 4)], (False,))
    assert np.array_equal(printed, np.kron(np.eye(4), np.arange(6.0).reshape(2, 3)).T)
