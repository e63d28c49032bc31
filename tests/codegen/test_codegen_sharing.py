"""What a function computes once: products that several of its products need, chains that are their own transpose, forms
of an inverse; and what it never has in memory twice.
"""

import re
from itertools import pairwise

import numpy as np
import pytest
from dense_evaluation import load

from matdiff.calculator import Question, answer
from matdiff.codegen import snippets

SOFTMAX = ("d/dW", "sum(log(exp(X W) ones(k))) - tr(Y^T X W)", "X in R^{N x d}, W in R^{d x k}, Y in R^{N x k}")
ATTENTION = ("d/dW", "v^T softmax(K W q)", "K in R^{n x d}, q in R^d, v in R^n")
NETWORK = ("d/dW", "||tanh(X W) w - y||^2", "X in R^{N x d}, W in R^{d x h}, w in R^h, y in R^N")
GAUSS = ("d/dX", "-logdet(X) - u^T X^-1 u", "X spd")


def code(question, of, **settings):
    wrt, expression, where = question
    return answer(Question(expression, wrt, (where,) if where else (), **settings)).code("numpy", (of,))


@pytest.mark.parametrize(
    ("question", "of", "times"),
    [
        (ATTENTION, "hvp", {" @ K": 1, "K @ ": 2}),
        (SOFTMAX, "hvp", {"X_rows @ ": 2, "X_rows.T @ ": 1}),
        (SOFTMAX, "value_and_gradient", {"X_rows @ ": 1, "X_rows.T @ ": 1}),
        (NETWORK, "hvp", {"X_rows @ ": 2, "X_rows.T @ ": 1}),
    ],
)
def test_data_is_read_as_often_as_by_hand(question, of, times):
    text = code(question, of)
    assert {product: text.count(product) for product in times} == times


def test_a_trace_of_four_factors_squares_the_product_of_two():
    text = code(("d/dt", "logdet(s exp(-t D) + I)", "D symmetric, s scalar, t scalar"), "hessian")
    assert "t5 = t4 @ t3" in text
    assert "np.vdot(t5, t5.T)" in text


@pytest.mark.parametrize("of", ["hessian", "hvp"])
def test_a_trace_of_four_factors_does_so_beside_other_products_of_them(of):
    kernel = "(s exp(-t D) + I)"
    process = f"1/2 y^T {kernel}^-1 y + 1/2 logdet{kernel}"
    text = code(("d/dt", process, "D symmetric, s scalar, t scalar, y in R^n"), of)
    square = re.search(r"np\.vdot\((t\d+), \1\.T\)", text)
    assert square is not None
    assert re.search(rf"{square[1]} = t\d+ @ t\d+\n", text)
    generator = np.random.default_rng(0)
    D, y = np.abs(generator.normal(size=(5, 5))), generator.normal(size=5)
    D, s, t, step = D @ D.T, 0.1, 0.7, 1e-5
    gradient = load(code(("d/dt", process, "D symmetric, s scalar, t scalar, y in R^n"), "gradient"))["gradient"]
    differences = (gradient(y, s, t + step, D) - gradient(y, s, t - step, D)) / (2 * step)
    direction = {"hvp": (1.0,)}.get(of, ())
    np.testing.assert_allclose(load(text)[of](y, s, t, D, *direction), differences, rtol=1e-6)


@pytest.mark.parametrize("seed", range(40))
def test_a_chain_that_is_its_own_transpose_in_part(seed):
    names = {}
    exec("\n\n".join([*snippets_of_chains(), "chain, steps = _chain, _steps"]), names)  # noqa: S102 # the module's code
    generator = np.random.default_rng(seed)
    sizes = generator.integers(1, 9, 5) * generator.choice([1, 30], 5)
    half = [generator.normal(size=shape) for shape in pairwise(sizes)][: generator.integers(1, 5)]
    middle = [np.diag(generator.normal(size=len(half[0])))] * int(generator.integers(0, 2))
    own = [*[matrix.T for matrix in half[::-1]], *middle, *half]
    before = [generator.normal(size=(3, own[0].shape[0]))] * int(generator.integers(0, 2))
    after = [generator.normal(size=(own[-1].shape[1], 4))] * int(generator.integers(0, 2))
    matrices = [*before, *own, *after]
    found = names["chain"](*matrices, mirrored=(len(before), len(before) + len(own)))
    wanted = np.linalg.multi_dot(matrices)
    np.testing.assert_allclose(found, wanted, atol=1e-9 * np.abs(wanted).max())
    assert len(names["steps"]((1500, 10, 1500, 10, 1500, 5), 0, 4)) == 4


def snippets_of_chains():
    return ["from functools import cache", snippets.CHAIN_STEPS, snippets.CHAIN]


def test_products_of_a_mirrored_chain_serve_twice():
    names = {}
    exec("\n\n".join(snippets_of_chains()), names)  # noqa: S102 # the module's code
    steps = names["_steps"]((5, 1500, 10, 1500, 10, 1500, 5), 0, 6)
    assert any(second is None for _, second in steps)


def test_a_form_of_an_inverse_is_a_product_of_an_array_with_itself():
    text = code(("d/dx", "logdet(A^T diag(x) A)", ""), "hessian")
    assert ".congruence(A.T)" in text
    generator = np.random.default_rng(0)
    A, x = generator.normal(size=(7, 3)), generator.random(7) + 0.5
    K = A @ np.linalg.inv(A.T @ (x[:, None] * A)) @ A.T
    np.testing.assert_allclose(load(text)["hessian"](A, x), -(K**2), rtol=1e-9)


def test_a_hessian_by_a_matrix_is_one_array():
    """It is built in place, a sum of outer products of both kinds by products of narrow matrices."""
    text = code(GAUSS, "hessian")
    assert "_paired_outers(" in text
    generator = np.random.default_rng(0)
    X = generator.normal(size=(4, 4))
    X, u = X @ X.T + np.eye(4), generator.normal(size=4)
    module = load(code(GAUSS, "hvp"))
    V = generator.normal(size=(4, 4))
    V = V + V.T
    found = np.tensordot(load(text)["hessian"](X, u), V, 2)
    np.testing.assert_allclose(found, module["hvp"](X, u, V), rtol=1e-9)


def test_rows_of_a_khatri_rao_product_are_scaled_by_the_root_of_weights():
    text = code(SOFTMAX, "hessian")
    assert "_gram" not in text
    assert ".T @ t" in text
    assert "H *= -1" in text


@pytest.mark.parametrize("shape", [(50, 4, 3), (4, 50, 3), (3, 4, 90)])
def test_sums_over_rows_stand_within_the_branches_on_the_sizes(shape):
    text = code(("d/dW", "sum(n, 1, N, ||W x_n - y_n||^2)", ""), "gradient")
    assert text.index("else:") < text.index("for rows in")
    N, d, k = shape
    generator = np.random.default_rng(0)
    W, X, Y = [generator.normal(size=size) for size in ((k, d), (N, d), (N, k))]
    np.testing.assert_allclose(load(text)["gradient"](W, X, Y), 2 * (W @ X.T - Y.T) @ X, rtol=1e-9)
