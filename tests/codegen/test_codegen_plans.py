"""In which order products are computed, and which are multiplied out: the number of operations for long, wide and thin
matrices, and the numbers.
"""

from itertools import pairwise

import numpy as np
import pytest
from dense_evaluation import call, load

from matdiff.calculator import Question, answer
from matdiff.codegen.costs import Sizes, difference, leading, regret
from matdiff.codegen.extents import broadcast_shape
from matdiff.errors import MatdiffError


def code(wrt, expression, where="", of="gradient"):
    return answer(Question(expression, wrt, (where,) if where else ())).code("numpy", (of,))


def gradient(text):
    return load(text)["gradient"]


def test_a_product_with_a_sum_of_thin_matrices_is_multiplied_out():
    """The Jacobian of softmax is never formed."""
    text = code("d/dW", "v^T softmax(K W q)", "K in R^{n x d}, q in R^d, v in R^n")
    assert "np.diag" not in text
    assert text.count("np.outer") == 1


def test_a_narrow_product_is_multiplied_out_where_the_sizes_say_so():
    text = code("d/dU", "||T - U V^T||_F^2")
    assert "if " in text
    generator = np.random.default_rng(0)
    for m, n, k in ((9, 8, 2), (3, 4, 11)):
        T, U, V = [generator.normal(size=shape) for shape in ((m, n), (m, k), (n, k))]
        np.testing.assert_allclose(call(gradient(text), {"T": T, "U": U, "V": V}), 2 * (U @ V.T - T) @ V)


@pytest.mark.parametrize("sizes", [(40, 2, 40, 2, 40, 3), (2, 30, 2, 30, 2, 30), (5, 5, 5, 5, 5, 5)])
def test_a_chain_is_multiplied_in_the_best_order(sizes):
    text = code("d/dX", "||A B C D X - Y||_F^2")
    generator = np.random.default_rng(0)
    shapes = list(pairwise(sizes))
    A, B, C, D, X = [generator.normal(size=shape) for shape in shapes]
    Y = generator.normal(size=(sizes[0], sizes[-1]))
    whole = A @ B @ C @ D
    values = {"A": A, "B": B, "C": C, "D": D, "X": X, "Y": Y}
    np.testing.assert_allclose(call(gradient(text), values), 2 * whole.T @ (whole @ X - Y), rtol=1e-9)


def test_declared_sizes_need_no_branch():
    text = code("d/dU", "||C - U V^T||_F^2", "C in R^{1500 x 1500}, U in R^{1500 x 20}, V in R^{1500 x 20}")
    assert "if " not in text
    assert "U @ (V.T @ V) - C @ V" in text


def test_regimes_keep_what_is_known_of_sizes():
    values = [(regime.values["m"], regime.values["n"]) for regime in Sizes(above=[("m", "n")]).regimes(["m", "n"])]
    assert len(values) == 2
    assert all(m >= n for m, n in values)
    assert [regime.size("n*3") for regime in Sizes({"n": 7}).regimes(["n"])] == [21]


def test_costs_without_what_they_share():
    above, below = difference({("m", "n"): 3.0, ("n", "n"): 1.0}, {("m", "n"): 1.0, ("k", "n"): 4.0})
    assert (above, below) == ({("m",): 2.0, ("n",): 1.0}, {("k",): 4.0})
    assert leading({("m", "n"): 3.0, ("n",): 9.0}) == {("m", "n"): 3.0}
    assert regret([[1.0, 80.0], [10.0, 8.0]]) == [10.0, 10.0]


def test_axes_are_broadcast_from_the_last():
    assert broadcast_shape([("m", 1), ("n",)]) == ("m", "n")


def test_sizes_may_be_given_as_hints():
    text = answer(Question("||T - U V^T||_F^2", "d/dU", sizes="m=1500, n=1500,p=20")).code("numpy", ("gradient",))
    assert "if " not in text
    assert "U @ (V.T @ V) - T @ V" in text


@pytest.mark.parametrize("sizes", ["m", "m=", "m=x", "m=0", "=3", "m=1.5", "m n=3"])
def test_sizes_that_are_none(sizes):
    with pytest.raises(MatdiffError) as caught:
        answer(Question("||T - U V^T||_F^2", "d/dU", sizes=sizes)).code("numpy")
    assert caught.value.code == "E412"


def test_a_hessian_operator_prepares_once():
    """What does not depend on the direction is computed before, and the product is that of hvp."""
    made = answer(Question("-logdet(X) - u^T X^-1 u", "d/dX", ("X spd",)))
    text = made.code("numpy", ("hessian_operator", "hvp"))
    inner = text[text.index("def product(") : text.index("return product")]
    assert "linalg" not in inner
    space = load(text)
    generator = np.random.default_rng(0)
    X = generator.normal(size=(4, 4))
    X, V, u = X @ X.T + np.eye(4), X + X.T, generator.normal(size=4)
    product = space["hessian_operator"](X, u)
    np.testing.assert_allclose(product(V), space["hvp"](X, u, V))
    np.testing.assert_allclose(product(2 * V), 2 * product(V))


def test_value_and_gradient_asked_for_together_share_their_work():
    text = code("d/dw", "||X w - y||^2", of="value")
    assert "value_and_gradient" not in text
    both = answer(Question("||X w - y||^2", "d/dw")).code("numpy", ("value", "gradient"))
    space = load(both)
    generator = np.random.default_rng(0)
    X, w, y = generator.normal(size=(5, 3)), generator.normal(size=3), generator.normal(size=5)
    value, slope = space["value_and_gradient"](X, w, y)
    np.testing.assert_allclose(value, space["value"](X, w, y))
    np.testing.assert_allclose(slope, space["gradient"](X, w, y))


def test_a_block_diagonal_hessian_is_written_on_a_view():
    text = code("d/dU", "||T - U V^T||_F^2", of="hessian")
    assert "np.eye" not in text
    generator = np.random.default_rng(0)
    T, U, V = [generator.normal(size=shape) for shape in ((4, 5), (4, 2), (5, 2))]
    want = np.einsum("ij,ab->iajb", np.eye(4), 2 * V.T @ V)
    np.testing.assert_allclose(call(load(text)["hessian"], {"T": T, "U": U, "V": V}), want, atol=1e-12)


def test_a_view_is_never_one_of_what_is_used_again():
    """The array under the diagonal is a copy where something else needs it, or the caller."""
    text = answer(Question("||X||_F^2 tr(X A) + ||X||_F^2", "d/dX")).code("numpy", ("hessian",))
    generator = np.random.default_rng(0)
    X, A = generator.normal(size=(3, 3)), generator.normal(size=(3, 3))
    before = X.copy(), A.copy()
    hessian = call(load(text)["hessian"], {"X": X, "A": A})
    assert np.array_equal(before[0], X)
    assert np.array_equal(before[1], A)
    identity = np.einsum("ik,jl->ijkl", np.eye(3), np.eye(3))
    both = 2 * np.multiply.outer(X, A.T) + 2 * np.multiply.outer(A.T, X)
    np.testing.assert_allclose(hessian, both + 2 * (np.trace(X @ A) + 1) * identity, atol=1e-9)


def test_sums_of_outer_products_are_one_product():
    text = code("d/dX", "a^T X^-1 b", of="hessian")
    assert text.count("np.tensordot") == 1
    generator = np.random.default_rng(0)
    X, a, b = generator.normal(size=(3, 3)), generator.normal(size=3), generator.normal(size=3)
    Y = np.linalg.inv(X)
    want = np.einsum("a,ai,jk,lb,b->ijkl", a, Y, Y, Y, b) + np.einsum("a,ak,li,jb,b->ijkl", a, Y, Y, Y, b)
    np.testing.assert_allclose(call(load(text)["hessian"], {"X": X, "a": a, "b": b}), want, rtol=1e-8)


@pytest.mark.parametrize("sign", [1, -1])
def test_weighted_gram_matrices_of_any_sign(sign):
    text = code("d/dA", "tr((A^T diag(x) A)^2)", "A in R^{m x n}, x in R^m")
    assert "_gram(A, x)" in text
    generator = np.random.default_rng(0)
    A, x = generator.normal(size=(5, 3)), sign * generator.uniform(0.5, 1.5, size=5)
    want = 4 * x[:, None] * A @ (A.T @ (x[:, None] * A))
    np.testing.assert_allclose(call(gradient(text), {"A": A, "x": x}), want)


def test_sums_over_rows_go_block_by_block():
    """X is read once, by all sums over its rows; the numbers are those of the whole."""
    text = answer(Question("sum(softplus(-y .* (X w)))", "d/dw", ("X in R^{m x n}, y in R^m",))).code(
        "numpy", ("value_and_gradient", "hvp")
    )
    both = text[text.index("def value_and_gradient") : text.index("def hvp")]
    assert both.count("for rows in") == 1
    space = load(text)
    generator = np.random.default_rng(0)
    X, w, y = generator.normal(size=(700, 3)), generator.normal(size=3), np.sign(generator.normal(size=700))
    z = -y * (X @ w)
    value, slope = call(space["value_and_gradient"], {"X": X, "w": w, "y": y})
    np.testing.assert_allclose(value, np.sum(np.logaddexp(0, z)))
    s = 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(slope, X.T @ (-y * s))
    v = generator.normal(size=3)
    np.testing.assert_allclose(call(space["hvp"], {"X": X, "w": w, "y": y, "v": v}), X.T @ (s * (1 - s) * (X @ v)))


def test_no_row_is_no_block():
    space = load(code("d/dw", "||X w - y||^2"))
    assert np.array_equal(space["gradient"](np.ones((0, 3)), np.ones(3), np.ones(0)), np.zeros(3))
    assert space["gradient"](np.ones((2, 0)), np.ones(0), np.ones(2)).shape == (0,)


def test_rows_that_meet_are_not_parted():
    """Where rows depend on each other, as in softmax, there are no blocks."""
    assert "for rows" not in code("d/dw", "y^T softmax(X w)", "X in R^{m x n}, y in R^m")


@pytest.mark.parametrize("shape", [(90, 3, 2), (5, 4, 30)])
def test_a_branch_and_sums_over_rows(shape):
    """Either way of a branch on the sizes gives the numbers, also where its parts are sums over the rows of one matrix."""
    m, n, p = shape
    text = code("d/dR", "||A R - B||_F^2")
    generator = np.random.default_rng(0)
    A, R, B = generator.normal(size=(m, n)), generator.normal(size=(n, p)), generator.normal(size=(m, p))
    np.testing.assert_allclose(call(gradient(text), {"A": A, "R": R, "B": B}), 2 * A.T @ (A @ R - B), rtol=1e-9)
