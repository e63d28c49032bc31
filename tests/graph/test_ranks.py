"""Ranks that shapes bound: never less than the rank of random matrices, and a determinant of what is deficient is 0."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

import numpy as np
import pytest

from matdiff.graph import build, matrices
from matdiff.graph.graph import Graph
from matdiff.graph.nodes import Var
from matdiff.graph.ranks import is_deficient, rank_at_most

RANDOM = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def _graph():
    with Graph().in_force():
        yield


def path(*shapes):
    names = [Var(f"M{k}", shape) for k, shape in enumerate(shapes)]
    return build.ein([(node, (k, k + 1)) for k, node in enumerate(names)], (0, len(names)))


def outer(name, size):
    return build.ein([(Var(name, (size,)), (0,)), (Var(name + "_", (size,)), (1,))], (0, 1))


def test_a_product_has_no_greater_rank_than_its_narrowest_factor():
    assert rank_at_most(path((4, 2), (2, 4))) == 2
    assert rank_at_most(path((4, 3), (3, 2), (2, 4))) == 2
    assert rank_at_most(path((4, "k"), ("k", 4))) == 4
    assert rank_at_most(path(("n", "k"), ("k", "n"))) is None


def test_an_outer_product_has_rank_one_and_sums_add_up():
    assert rank_at_most(outer("x", "n")) == 1
    assert rank_at_most(build.add(outer("x", 4), outer("y", 4))) == 2
    assert rank_at_most(build.add(outer("x", "n"), build.eye("n"))) is None
    assert rank_at_most(build.ones(("n", "n"))) == 1


def test_an_entrywise_product_may_have_a_greater_rank():
    x = Var("x", (3,))
    squares = build.ein([(x, (0,)), (x, (1,)), (Var("A", (3, 3)), (0, 1))], (0, 1))
    assert rank_at_most(squares) == 3


@pytest.mark.parametrize("widths", [(3, 2, 3), (4, 1, 4), (5, 3, 2, 5), (2, 3, 2), (3, 3, 3)])
def test_the_bound_is_the_rank_of_random_matrices(widths):
    shapes = list(pairwise(widths))
    sides = [tuple(side for side in shape if side != 1) for shape in shapes]
    factors = [(Var(f"M{k}", side), _indices(k, shapes)) for k, side in enumerate(sides)]
    matrix = build.ein(factors, (0, len(shapes)))
    truth = np.linalg.matrix_rank(reduce(np.matmul, [RANDOM.normal(size=shape) for shape in shapes]))
    assert rank_at_most(matrix) == truth
    assert is_deficient(matrix) is bool(truth < widths[0])


def _indices(k, shapes):
    return tuple(index for index, side in zip((k, k + 1), shapes[k], strict=True) if side != 1)


def test_the_determinant_of_what_is_deficient_is_nought():
    for matrix in (outer("x", "n"), path((3, 2), (2, 3)), build.add(outer("x", 3), outer("y", 3))):
        assert build.is_zero(matrices.scalar_of_matrix("det", matrix))
    for matrix in (path((2, 3), (3, 2)), path(("n", "m"), ("m", "n")), build.add(outer("x", 2), outer("y", 2))):
        assert not build.is_zero(matrices.scalar_of_matrix("det", matrix))
