"""Sums over pairs of indices: of the members of families, whose inner sum begins where the outer one stands."""

import inspect

import numpy as np
import pytest

from matdiff import MatdiffError, derivative

PAIRS = [
    (r"\sum_{i<j} \|x_i - x_j\|^2", lambda k, x: 2 * (len(x) * x[k] - x.sum(0))),
    (r"\sum_{i=1}^N \sum_{j=i+1}^N \|x_i - x_j\|^2", lambda k, x: 2 * (len(x) * x[k] - x.sum(0))),
    (r"\sum_{i \ne j} \|x_i - x_j\|^2", lambda k, x: 4 * (len(x) * x[k] - x.sum(0))),
]


@pytest.mark.parametrize(("text", "truth"), PAIRS)
def test_a_sum_over_pairs_of_members(text, truth):
    """The inner sum's bound names the outer index: both must be numbers then (once it dangled, sum(i, i+1, N, ...))."""
    answer = derivative(text, "d/dx_k", where="x_i in R^d")
    x = np.random.default_rng(1).normal(size=(5, 3))
    function = answer.function()
    sizes = {"N": 5} if "N" in inspect.signature(function).parameters else {}
    got = function(x_i=x, **sizes)
    assert np.allclose(got, [truth(k, x) for k in range(5)])


def test_two_readings_of_an_unequal_pair():
    with pytest.raises(MatdiffError, match="E125"):
        derivative(r"\sum_{j \ne i} x_i x_j", "d/dx", where="x in R^n")


def test_entries_that_are_not_there():
    for text in (r"\sum_{i=0}^{n} x_i", r"\sum_{i=1}^{n} x_i x_{i+1}", r"\sum_{i=1}^{n} x_{i-1}"):
        with pytest.raises(MatdiffError, match="E209"):
            derivative(text, "d/dx", where="x in R^n")
