"""Every row of the function table runs as NumPy code, and gives what the function is."""

import math

import numpy as np
import pytest
from dense_evaluation import SIZES, answer, call, check, computed, load
from oracle.interpreter import interpret

from matdiff.codegen.module import module
from matdiff.errors import MatdiffError
from matdiff.functions import TABLE
from matdiff.graph import build
from matdiff.graph.nodes import Map, Op, Var
from matdiff.reading.reader import read_expression

DRAWN = {
    "real": lambda g, s: g.normal(size=s),
    "positive": lambda g, s: g.uniform(0.5, 2, s),
    "unit": lambda g, s: g.uniform(-0.9, 0.9, s),
    "above one": lambda g, s: g.uniform(1.1, 3, s),
    "probability": lambda g, s: g.uniform(0.1, 0.9, s),
    "square": lambda g, s: g.normal(size=s) + 3 * np.eye(*s),
    "spd": lambda g, s: np.eye(*s) + np.cov(g.normal(size=s)),
    "symmetric": lambda g, s: np.cov(g.normal(size=s)) - np.eye(*s) / 2,
    "vector": lambda g, s: g.normal(size=s),
}
IDENTITIES = {
    "exp": lambda x, y: np.allclose(np.log(y), x),
    "log": lambda x, y: np.allclose(np.exp(y), x),
    "sin": lambda x, y: np.allclose(y, np.imag(np.exp(1j * x))),
    "cos": lambda x, y: np.allclose(y, np.real(np.exp(1j * x))),
    "tan": lambda x, y: np.allclose(y * np.cos(x), np.sin(x)),
    "asin": lambda x, y: np.allclose(np.sin(y), x),
    "acos": lambda x, y: np.allclose(np.cos(y), x),
    "atan": lambda x, y: np.allclose(np.tan(y), x),
    "sinh": lambda x, y: np.allclose(2 * y, np.exp(x) - np.exp(-x)),
    "cosh": lambda x, y: np.allclose(2 * y, np.exp(x) + np.exp(-x)),
    "tanh": lambda x, y: np.allclose(y * np.cosh(x), np.sinh(x)),
    "sigmoid": lambda x, y: np.allclose(y * (1 + np.exp(-x)), 1),
    "softplus": lambda x, y: np.allclose(np.exp(y), 1 + np.exp(x)),
    "relu": lambda x, y: np.all(y == np.where(x > 0, x, 0)),
    "step": lambda x, y: np.all(y == (x > 0)),
    "abs": lambda x, y: np.allclose(y, np.sqrt(x * x)),
    "sign": lambda x, y: np.allclose(y * np.abs(x), x),
    "erf": lambda x, y: np.allclose(np.ravel(y), [math.erf(entry) for entry in np.ravel(x)]),
    "inv": lambda x, y: np.allclose(x @ y, np.eye(len(x))),
    "det": lambda x, y: np.allclose(y, np.prod(np.linalg.eigvals(x)).real),
    "logdet": lambda x, y: np.allclose(np.exp(y), np.prod(np.linalg.eigvals(x)).real),
    "pinv": lambda x, y: np.allclose(x @ y @ x, x),
    "expm": lambda x, y: np.allclose(y, _of_eigenvalues(np.exp, x)),
    "logm": lambda x, y: np.allclose(y, _of_eigenvalues(np.log, x)),
    "sqrtm": lambda x, y: np.allclose(y @ y, x),
    "lambda_max": lambda x, y: np.allclose(y, max(np.linalg.eigvals(x).real)),
    "topvec": lambda x, y: np.allclose(x @ y, max(np.linalg.eigvalsh(x)) * y) and np.isclose(y @ y, 1),
    "spectral": lambda x, y: np.allclose(y**2, max(np.linalg.eigvalsh(x.T @ x))),
    "leftvec": lambda x, y: np.allclose(x @ (x.T @ y), max(np.linalg.eigvalsh(x.T @ x)) * y) and np.isclose(y @ y, 1),
    "rightvec": lambda x, y: np.allclose(x.T @ (x @ y), max(np.linalg.eigvalsh(x.T @ x)) * y) and np.isclose(y @ y, 1),
    "nuclear": lambda x, y: np.allclose(y, np.sum(np.sqrt(np.abs(np.linalg.eigvalsh(x.T @ x))))),
    "polar": lambda x, y: np.allclose(y.T @ y, np.eye(y.shape[1])) and np.allclose(y.T @ x, x.T @ y),
    "max": lambda x, y: y in x and np.all(x <= y),
    "maxpos": lambda x, y: np.isclose(x @ y, max(x)) and np.sum(y) == 1,
    "softmax": lambda x, y: np.allclose(y * np.exp(x).sum(), np.exp(x)),
    "logsumexp": lambda x, y: np.allclose(np.exp(y), np.exp(x).sum()),
    "schatten": lambda x, y: np.allclose(y, np.linalg.norm(x)),
    "svdpower": lambda x, y: (
        np.allclose(np.linalg.svd(y)[1], np.linalg.svd(x)[1] ** 2) and np.allclose(y @ x.T, x @ y.T)
    ),
    "sylvester": lambda a, b, c, y: np.allclose(a @ y + y @ b, c),
    "lyapunov": lambda a, c, y: np.allclose(a @ y + y @ a.T, c),
    "stein": lambda a, b, c, y: np.allclose(y - a @ y @ b, c),
    "eigvec_min": lambda x, y: np.allclose(x @ y, min(np.linalg.eigvalsh(x)) * y) and np.isclose(y @ y, 1),
    "eigvec_max": lambda x, y: np.allclose(x @ y, max(np.linalg.eigvalsh(x)) * y) and np.isclose(y @ y, 1),
    "eigvecs_min": lambda x, y: np.allclose(x @ y, y * np.linalg.eigvalsh(x)[:2]) and np.allclose(y.T @ y, np.eye(2)),
    "eigvecs_max": lambda x, y: (
        np.allclose(x @ y, y * np.linalg.eigvalsh(x)[:-3:-1]) and np.allclose(y.T @ y, np.eye(2))
    ),
    "soft": lambda v, t, y: np.allclose(y, np.copysign(np.clip(abs(v) - t, 0, None), v)),
    "clip": lambda v, a, b, y: np.allclose(
        y, np.where(v < a, a, v) * (np.where(v < a, a, v) <= b) + b * (np.where(v < a, a, v) > b)
    ),
}


def _of_eigenvalues(function, x):
    values, vectors = np.linalg.eig(x.astype(complex))
    return (vectors @ np.diag(function(values)) @ np.linalg.inv(vectors)).real


def _is_value_of(name):
    """Does the result agree with the interpreter, which takes the row's formula or a library's function?"""

    def agrees(x, y):
        column = np.reshape(x, (len(x), -1))
        want = interpret(read_expression(f"{name}(A)", ["A"]), {"A": column})
        return np.allclose(np.reshape(y, want.shape), want)

    return agrees


def _is_derivative_of(name):
    """Does the result agree with central differences of a function of a matrix, whose own code is tested too?"""

    def agrees(x, direction, y):
        node, h = node_of(TABLE[name]), 1e-4
        ahead, behind = (computed(node, {"X": x + sign * h * direction}) for sign in (1, -1))
        return np.allclose(y, (ahead - behind) / (2 * h), rtol=1e-5, atol=1e-5 * np.max(np.abs(y)))

    return agrees


IDENTITIES |= {"d" + name: _is_derivative_of(name) for name in ("expm", "logm", "sqrtm")}


def node_of(row):
    """The function of a matrix or vector X, and of matrices E and F where it takes more; of 2 where that is a number."""
    if row.kind == "elementwise":
        X = Var("X", ("m", "n"), rows_columns=("m", "n"))
        return Map(row.name, X)
    shape = ("n",) if row.shape.startswith("vector") or row.name in {"max", "maxpos"} else ("n", "n")
    args = []
    for name, takes in zip("XEF"[: row.arity[0]], (*row.takes, *["value"] * 2), strict=False):
        args.append(Var(name, shape, rows_columns=(*shape, 1)[:2]) if takes == "value" else build.num(2))
    if row.shape == "eigenvectors":
        return Op(row.name, tuple(args), ("n", 2))
    value = () if row.shape.endswith("scalar") or row.shape == "extremum" else shape
    return Op(row.name, tuple(args), ("n",) if row.shape in {"rows", "eigenvector"} else value)


ROWS = [row for row in TABLE.values() if row.kind in {"elementwise", "operator"}]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_has_right_code(row):
    """A new row needs an identity here, or a formula in its row: what the function is, told independently."""
    node = node_of(row)
    generator = np.random.default_rng(3)
    for _ in range(3):
        variables = [arg for arg in node.args if isinstance(arg, Var)]
        drawn = {arg.name: DRAWN[row.sample](generator, [SIZES[size] for size in arg.shape]) for arg in variables}
        identity = IDENTITIES.get(row.name, _is_value_of(row.name))
        assert identity(*drawn.values(), computed(node, drawn))


@pytest.mark.parametrize("row", [row for row in ROWS if row.kind == "elementwise"], ids=lambda row: row.name)
def test_elementwise_functions_take_python_numbers(row):
    t = Var("t")
    assert np.isfinite(computed(Map(row.name, t), {"t": 1.25 if row.sample == "above one" else 0.25}))


@pytest.mark.parametrize(
    ("function", "argument", "value"),
    [("sigmoid", -800.0, 0.0), ("sigmoid", 800.0, 1.0), ("softplus", 800.0, 800.0), ("softplus", -800.0, 0.0)],
)
def test_no_overflow(function, argument, value):
    with np.errstate(all="raise", under="ignore"):
        assert computed(Map(function, Var("t")), {"t": argument}) == value


@pytest.mark.parametrize("scale", [1e-9, 0.1, 3.0, 40.0])
def test_exponential_of_a_matrix_of_any_size(scale):
    """Also of a defective matrix: exp of a Jordan block."""
    node = node_of(TABLE["expm"])
    X = scale * np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(computed(node, {"X": X}), np.eye(3) + X + X @ X / 2, rtol=1e-13, atol=1e-13)


def test_roots_and_logarithms_of_matrices_that_are_not_symmetric():
    generator = np.random.default_rng(4)
    X = generator.normal(size=(3, 3)) * 0.02 + np.array([[2.0, 5.0, 0.0], [0.0, 2.0, 5.0], [0.0, 0.0, 2.0]])
    assert np.linalg.norm(X - X.T) > 1
    assert not any(value.real <= 0 for value in np.linalg.eigvals(X))
    root = computed(node_of(TABLE["sqrtm"]), {"X": X})
    np.testing.assert_allclose(root @ root, X, rtol=1e-10, atol=1e-10)
    logarithm = computed(node_of(TABLE["logm"]), {"X": X})
    np.testing.assert_allclose(computed(node_of(TABLE["expm"]), {"X": logarithm}), X, rtol=1e-9, atol=1e-9)


def test_a_function_without_code_is_refused():
    node = Op("vech", (Var("X", ("n", "n")),), ("n",))
    with pytest.raises(MatdiffError) as caught:
        module(answer(node, node), "numpy", ("value",))
    assert caught.value.code == "E402"


x, y = Var("x", ("n",), rows_columns=("n", 1)), Var("y", ("m",), rows_columns=("m", 1))
CALLS = {
    "u": (Op("apply", (x,), ("m",), ("u", ("x",), ())), {"u": lambda x: np.outer([1.0, 2.0], x) @ x}),
    "Du": (Op("apply", (x,), ("m", "n"), ("u", ("x",), (0,))), {"Du": lambda x: np.outer([1.0, 2.0], x)}),
    "D2u": (Op("apply", (x,), ("m", "n", "n"), ("u", ("x",), (0, 0))), {"D2u": lambda x: np.ones((2, 3, 3)) * x}),
    "Du_y": (Op("apply", (x, y), ("n", "m"), ("u", ("x", "y"), (1,))), {"Du_y": np.outer}),
}


@pytest.mark.parametrize("name", CALLS)
def test_unknown_functions_are_callables(name):
    node, given = CALLS[name]
    check(node, np.random.default_rng(2), given)


def test_mixed_derivative_of_an_unknown_function():
    """By keyword, or by differences of the first derivative: axes of the value, of x, of y."""
    node = Op("apply", (x, y), ("n", "m"), ("u", ("x", "y"), (0, 1)))
    value = load(module(answer(node, node), "numpy", ("value",)))["value"]
    given = {"x": np.array([1.0, 2.0, 3.0]), "y": np.array([4.0, 5.0])}
    want = np.outer(given["x"] ** 2, np.cos(given["y"]))
    first = {"Du_x": lambda x, y: x**2 * np.sin(y).sum()}
    np.testing.assert_allclose(call(value, {**given, **first}), want, rtol=1e-9)
    exact = value(**given, **first, D2u_x_y=lambda x, y: np.cos(y) * x[:, None] ** 2)
    np.testing.assert_array_equal(exact, want)
