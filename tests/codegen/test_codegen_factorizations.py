"""Matrices by their factors in NumPy code: one factorisation a matrix, the right one, and the same numbers with SciPy and
without it.
"""

import numpy as np
import pytest
from dense_evaluation import call, load

from matdiff.calculator import Question, answer

GENERATOR = np.random.default_rng(5)
N = 7


def spd():
    matrix = GENERATOR.normal(size=(N, N))
    return matrix @ matrix.T + np.eye(N)


def indefinite():
    matrix = GENERATOR.normal(size=(N, N))
    return matrix + matrix.T


u, w, d = GENERATOR.normal(size=N), GENERATOR.normal(size=N), GENERATOR.uniform(0.5, 1.5, size=N)
U, A = GENERATOR.normal(size=(N, 2)), GENERATOR.normal(size=(N, 3))
QUESTIONS = {  # expression, variable, declarations, values
    "spd": ("logdet(X) + u^T X^-1 u", "X", "X spd", {"X": spd(), "u": u}),
    "symmetric": ("u^T X^-1 w", "X", "X symmetric", {"X": indefinite(), "u": u, "w": w}),
    "indefinite": ("logdet(X) + u^T X^-1 u", "u", "X symmetric", {"X": indefinite(), "u": u}),
    "general": ("logdet(X) + u^T X^-1 w", "X", "", {"X": GENERATOR.normal(size=(N, N)), "u": u, "w": w}),
    "weighted": ("logdet(A^T diag(x) A)", "x", "", {"A": A, "x": d}),
    "weighted with signs": ("tr((A^T diag(x) A)^-1)", "x", "", {"A": A, "x": d * np.sign(u)}),
    "low rank": ("logdet(diag(d) + U U^T) + u^T (diag(d) + U U^T)^-1 u", "U", "", {"d": d, "U": U, "u": u}),
    "low rank with a zero": ("u^T (diag(d) + U U^T)^-1 u", "U", "", {"d": d * (np.arange(N) > 0), "U": U, "u": u}),
    "low rank of any sign": ("logdet(diag(d) + U U^T)", "d", "", {"d": d * np.sign(w), "U": U}),
    "wide": ("logdet(diag(d) + U U^T)", "d", "", {"d": d, "U": GENERATOR.normal(size=(N, 9))}),
    "ridge": ("u^T (U U^T + s I)^-1 u", "U", "", {"U": U, "u": u, "s": 0.3}),
    "kernel": ("logdet(s exp(-t D) + I)", "t", "D symmetric", {"s": 1.2, "t": 0.4, "D": spd()}),
}
OF = ("value", "gradient", "value_and_gradient", "hvp", "hessian")


def module(name):
    expression, wrt, where, _ = QUESTIONS[name]
    return answer(Question(expression, "d/d" + wrt, (where,) if where else ())).code("numpy", OF)


def difference(function, values, name, direction, step=1e-5):
    ahead, behind = [call(function, {**values, name: values[name] + sign * step * direction}) for sign in (1, -1)]
    return (ahead - behind) / (2 * step)


@pytest.mark.parametrize("with_scipy", [True, False])
@pytest.mark.parametrize("name", QUESTIONS)
def test_factors_give_the_derivatives(name, with_scipy):
    _, wrt, where, values = QUESTIONS[name]
    space = load(module(name))
    if not with_scipy:
        space["lapack"] = None
    direction = np.asarray(GENERATOR.normal(size=np.shape(values[wrt])))
    if where and wrt in where:
        direction = direction + direction.T
    slope = difference(space["value"], values, wrt, direction)
    gradient = call(space["gradient"], values)
    np.testing.assert_allclose(np.sum(gradient * direction), slope, rtol=1e-5, atol=1e-5)
    value, again = call(space["value_and_gradient"], values)
    np.testing.assert_allclose(value, call(space["value"], values), rtol=1e-9)
    np.testing.assert_allclose(again, gradient, rtol=1e-8, atol=1e-10)
    moved = difference(space["gradient"], values, wrt, direction)
    scale = max(1.0, float(np.max(np.abs(moved))))
    product = call(space["hvp"], {**values, "v": direction})
    np.testing.assert_allclose(product, moved, rtol=1e-4, atol=1e-5 * scale)
    hessian = np.asarray(call(space["hessian"], values))
    np.testing.assert_allclose(np.tensordot(hessian, direction, direction.ndim), product, rtol=1e-6, atol=1e-8 * scale)


def test_a_matrix_is_factored_once():
    text = module("spd")
    both = text[text.index("def value_and_gradient") : text.index("def hvp")]
    assert both.count("_factored(") == 1
    assert "np.linalg" not in both


def test_a_diagonal_and_a_narrow_product_are_never_added_up():
    text = module("low rank")
    for name in ("gradient", "value_and_gradient"):
        body = text[text.index(f"def {name}(") :].split("\n\n\n")[0]
        assert "_low_rank(d, U)" in body
        assert "inverse()" not in body


def test_a_singular_matrix_is_told():
    space = load(module("general"))
    with pytest.raises(np.linalg.LinAlgError):
        space["gradient"](X=np.zeros((2, 2)), u=np.ones(2), w=np.ones(2))


def _numbers(question, of, values):
    return call(load(answer(question).code("numpy", (of,)))[of], values)


def test_the_diagonal_of_an_inverse_by_low_rank_is_not_formed():
    """diag((diag(d) + U U^T)^-1) by Woodbury's formula, against the inverse; also where U is wide."""
    question = Question("logdet(diag(d) + U U^T) + y^T (diag(d) + U U^T)^-1 y", "d/dd", ("d in R^n, U in R^{n x k}",))
    text = answer(question).code("numpy", ("gradient",))
    assert ".diagonal()" in text.partition("def gradient")[2]
    generator = np.random.default_rng(0)
    for k in (2, 9):
        d, U, y = generator.random(9) + 0.5, generator.normal(size=(9, k)), generator.normal(size=9)
        inverse = np.linalg.inv(np.diag(d) + U @ U.T)
        np.testing.assert_allclose(
            _numbers(question, "gradient", {"d": d, "U": U, "y": y}), np.diag(inverse) - (inverse @ y) ** 2
        )


def test_the_value_uses_the_products_of_the_gradient():
    """tr((W W^T + s I)^-1 S) takes S M^-1 W from the gradient; single precision stays."""
    question = Question(
        "logdet(W W^T + s I) + tr((W W^T + s I)^-1 S)", "d/dW", ("W in R^{d x k}, S in R^{d x d} symmetric, s scalar",)
    )
    text = answer(question).code("numpy", ("value_and_gradient",)).partition("def value_and_gradient")[2]
    assert text.count("S @") == 1
    generator = np.random.default_rng(0)
    W, S = generator.normal(size=(12, 3)), generator.normal(size=(12, 12))
    S, K = S + S.T, W @ W.T + 0.7 * np.eye(12)
    value, gradient = _numbers(question, "value_and_gradient", {"W": W, "S": S, "s": 0.7})
    inverse = np.linalg.inv(K)
    np.testing.assert_allclose(value, np.linalg.slogdet(K)[1] + np.sum(inverse * S))
    np.testing.assert_allclose(gradient, 2 * (inverse @ W - inverse @ S @ inverse @ W))


def test_the_square_of_an_inverse_is_of_one_inverse():
    question = Question("tr((X^T X + c I)^-1)", "d/dX", ("X in R^{m x n}", "c scalar"))
    text = answer(question).code("numpy", ("gradient",)).partition("def gradient")[2]
    assert "linalg.inv" not in text
    assert text.count(".inverse()") == 1
