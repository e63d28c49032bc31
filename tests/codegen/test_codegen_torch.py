"""What Torch's code has of its own: tall products as transposes, halves of symmetric products, diagonals; the numbers
are those of the plain formula, alone, in batches, backwards, in single precision.
"""

import numpy as np
import pytest
from dense_evaluation import load

from matdiff import derivative

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.targets


def hessian(expression, by, where=""):
    return load(derivative(expression, by, where=where).code("torch", ("hessian",)))["hessian"]


def drawn(*shape, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape))


@pytest.mark.parametrize("columns", [3, 199, 200, 301, 450])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_symmetric_product_is_computed_by_halves(columns, weighted):
    expression, names = ("||X w - y||^2", "Xwy") if not weighted else ("sum(log(cosh(X w - y)))", "Xwy")
    X, w, y = drawn(60, columns), drawn(columns, seed=1), drawn(60, seed=2)
    function = hessian(expression, "w", "X in R^{m x n}, y in R^m")
    weights = torch.ones(60, dtype=torch.float64) * 2 if not weighted else 1 - torch.tanh(X @ w - y) ** 2
    values = dict(zip(names, (X, w, y), strict=True))
    np.testing.assert_allclose(function(**values), X.T @ (weights[:, None] * X), rtol=1e-11, atol=1e-11)
    single = function(**{name: value.float() for name, value in values.items()})
    assert single.dtype == torch.float32
    batch = torch.func.vmap(function, in_dims=(None, None, 0))(X, w, torch.stack([y, y]))
    np.testing.assert_allclose(batch[1] if batch.ndim == 3 else batch, function(X, w, y), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("shape", [(2, 9), (9, 2), (5, 5)])
def test_long_and_narrow_products_are_turned(shape):
    found = derivative("||A B - C||_F^2", "A", where="A in R^{m x n}, B in R^{n x p}, C in R^{m x p}")
    A, B, C = drawn(shape[0], 4), drawn(4, shape[1], seed=1), drawn(*shape, seed=2)
    function = load(found.code("torch", ("gradient",)))["gradient"]
    np.testing.assert_allclose(function(A=A, B=B, C=C), 2 * (A @ B - C) @ B.T, rtol=1e-12)


DIAGONAL = {
    "||T - U V^T||_F^2": ("U", "T in R^{m x n}, U in R^{m x k}, V in R^{n x k}"),
    "||A X - Y||_F^2": ("X", "A in R^{m x n}, X in R^{n x k}, Y in R^{m x k}"),
    "sum(exp(X))": ("X", "X in R^{m x n}"),
    "sum(exp(A X))": ("X", "A in R^{m x n}, X in R^{n x k}"),
    "sum(log(exp(A X) ones(k))) + tr(C^T X)": ("X", "A in R^{m x n}, X in R^{n x k}, C in R^{n x k}"),
    "||tanh(A X) c - b||^2": ("X", "A in R^{m x n}, X in R^{n x k}, c in R^k, b in R^m"),
    "u^T diag(X b)^3 u": ("X", "X in R^{m x n}, b in R^n, u in R^m"),
    "||X||_F^4": ("X", "X in R^{m x n}"),
    "tr(X^T X X^T X)": ("X", "X in R^{m x n}"),
}


@pytest.mark.parametrize("expression", DIAGONAL)
def test_what_stands_on_a_diagonal(expression):
    by, where = DIAGONAL[expression]
    found = derivative(expression, by, where=where)
    module = load(found.code("torch", ("value", "hessian")))
    value, second = module["value"], module["hessian"]
    sizes = {"m": 5, "n": 4, "k": 3}
    shapes = {part.split(" in ")[0]: part for part in where.split(", ")}
    names = second.__code__.co_varnames[: second.__code__.co_argcount]
    given = {}
    for place, name in enumerate(names):
        letters = shapes[name].split("R^")[1].strip("{}").replace(" ", "").split("x")
        given[name] = drawn(*[sizes[letter] for letter in letters], seed=place)
    own = value.__code__.co_varnames[: value.__code__.co_argcount]
    want = torch.func.hessian(lambda x: value(**{name: x if name == by else given[name] for name in own}))(given[by])
    got = second(**given)
    np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-10)
    for other in names:
        dims = tuple([0 if name == other else None for name in names])
        stacked = [torch.stack([given[name]] * 2) if name == other else given[name] for name in names]
        batch = torch.func.vmap(second, in_dims=dims)(*stacked)
        np.testing.assert_allclose(batch[1], want, rtol=1e-10, atol=1e-10)
    assert second(**{name: value.float() for name, value in given.items()}).dtype == torch.float32
