"""Single precision stays single: constants, zeros and identities take the type of the data.  Whole numbers as data give
what the same numbers as floats give.
"""

import inspect

import numpy as np
import pytest
from dense_evaluation import load

from matdiff import derivative

QUESTIONS = {
    "||X w - y||^2 + ||w||^2": ("w", "X in R^{m x n}, y in R^m"),
    "||T - U V^T||_F^2": ("U", "T in R^{m x n}, U in R^{m x k}, V in R^{n x k}"),
    "sum(exp(X))": ("X", "X in R^{m x n}"),
    "x^T x": ("x", "x in R^n"),
    "sum(x)": ("x", "x in R^n"),
    "1/2 ||x||^2 + x_2": ("x", "x in R^4"),
    "x^T [1, 1/2; 3, 4] x": ("x", ""),
    "logdet(S + I)": ("S", "S spd"),
    "u^T (S + I)^-1 u": ("S", "S spd, u in R^n"),
    "logdet(X^T X + I) + tr(X^T X)^2": ("X", "X in R^{m x n}"),
    "tr(S^3) + tr(S)": ("S", "S symmetric"),
    "tr(expm(S)) + tr(S^2)": ("S", "S symmetric"),
    "u^T sqrtm(S) u": ("S", "S spd, u in R^n"),
    "u^T logm(S) u": ("S", "S spd, u in R^n"),
    "log(sum(exp(X w)))": ("w", "X in R^{m x n}"),
    "||tanh(X W) v - y||^2": ("W", "X in R^{m x n}, W in R^{n x k}, v in R^k, y in R^m"),
    "y^T (s K + I)^-1 y": ("y", "K symmetric, y in R^n, s scalar"),
    "sum(n, 1, N, ||W x_n - y_n||^2)": ("W", ""),
    "log(sum(exp(x - x))) x^T x": ("x", "x in R^n"),
    "||X||_F^4": ("X", "X in R^{m x n}"),
}
PARTS = ("value", "gradient", "hvp", "hessian")
SIZES = {"m": 6, "n": 4, "k": 3, "N": 6, "p": 3, "q": 4}


def given(function, single=False):
    """Arguments by their documented shapes, symmetric ones near the identity."""
    generator, found = np.random.default_rng(0), {}
    for line in inspect.getdoc(function).split("\n"):
        name, _, rest = line.strip().partition(": ")
        if "array of shape" in rest:
            sizes = rest.split("(")[1].split(")")[0].replace(" ", "").split(",")
            shape = tuple([int(size) if size.isdigit() else SIZES.get(size, 4) for size in sizes if size])
            found[name] = generator.normal(size=shape)
            if "spd" in rest or "symmetric" in rest:
                found[name] = found[name] @ found[name].T / 8 + np.eye(shape[0])
        elif name in inspect.signature(function).parameters:
            found[name] = 0.5
    return {
        name: value.astype("float32") if single and isinstance(value, np.ndarray) else value
        for name, value in found.items()
    }


CASES = [(expression, part) for expression in QUESTIONS for part in PARTS]
ONCE = ("sqrtm", "logm")  # they have first derivatives only


@pytest.mark.parametrize(
    ("expression", "part"),
    [(expression, part) for expression, part in CASES if part in PARTS[:2] or not any(f in expression for f in ONCE)],
)
def test_single_precision_stays_single(expression, part):
    by, where = QUESTIONS[expression]
    function = load(derivative(expression, by, where=where).code("numpy", (part,)))[part]
    result = np.asarray(function(**given(function, single=True)))
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, function(**given(function)), rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "expression", ["x^T [1, 1/2; 3, 4] x", "x^T x/4", "||T - U V^T||_F^2 / 3", "sum(X .^ 3) / 7", "||X w - y||^2 / 2"]
)
@pytest.mark.parametrize("target", ["numpy", "array-api"])
def test_data_of_whole_numbers(expression, part, target):
    pytest.importorskip("array_api_compat" if target == "array-api" else "numpy")
    by = "w" if "w" in expression else "U" if "U" in expression else "X" if "X" in expression else "x"
    where = "X in R^{m x n}, y in R^m" if by == "w" else "T in R^{m x n}, U in R^{m x k}" if by == "U" else ""
    code = derivative(expression, by, where=where).code(target, (part,))
    function = load(code)[part]
    floats = {name: np.rint(3 * np.asarray(value)) for name, value in given(function).items()}
    want = function(**floats)
    got = function(**{name: value.astype(int) for name, value in floats.items()})
    np.testing.assert_allclose(got, want, rtol=1e-6)
