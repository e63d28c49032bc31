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
    text = code("d/dU", "||T - U V^T||_F^2", "T in R^{1500 x 1500}, U in R^{1500 x 20}, V in R^{1500 x 20}")
    assert "if " not in text
    assert "U @ (V.T @ V) - T @ V" in text


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
