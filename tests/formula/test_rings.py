"""Rings: a matrix that is singular has no inverse in any of them, and determinants keep their signs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from matdiff.formula.rings import Floats, NoValueError, between, matmul, matrix_power
from matdiff.graph.residues import RESIDUES

FLOATS = Floats({})
THIRD = [[1, 2, 3], [4, 5, 6], [7, 8, 10]]


@pytest.mark.parametrize("ring", [FLOATS, RESIDUES], ids=["floats", "residues"])
def test_a_singular_matrix_has_no_inverse_nor_determinant(ring):
    thin = [[ring.number(Fraction(a, 7)) for a in row] for row in ([1, 2], [3, 5], [4, 9])]
    singular = matmul(ring, thin, [list(column) for column in zip(*thin, strict=True)])
    for asked in (ring.inverted, ring.determinant):
        with pytest.raises(NoValueError):
            asked(singular)


@pytest.mark.parametrize("ring", [FLOATS, RESIDUES], ids=["floats", "residues"])
def test_determinants_inverses_and_powers(ring):
    rows = [[ring.number(a) for a in row] for row in THIRD]
    difference = ring.reduce(ring.determinant(rows) - ring.number(-3))
    assert difference == 0 or abs(difference) < 1e-9
    identity = matmul(ring, rows, ring.inverted(rows))
    for i in range(3):
        for j in range(3):
            off = ring.reduce(identity[i][j] - ring.number(int(i == j)))
            assert off == 0 or abs(off) < 1e-9
    swapped = [rows[1], rows[0], rows[2]]
    total = ring.reduce(ring.determinant(swapped) + ring.determinant(rows))
    assert total == 0 or abs(total) < 1e-9


def test_powers_are_products_and_inverses():
    rows = [[float(a) for a in row] for row in THIRD]
    for k in (-3, -1, 0, 1, 2, 5):
        np.testing.assert_allclose(
            matrix_power(FLOATS, rows, k), np.linalg.matrix_power(np.array(THIRD, float), k), rtol=1e-7, atol=1e-9
        )


def test_a_long_sum_is_not_tried():
    assert list(between(FLOATS, 2, 4)) == [2, 3, 4]
    assert list(between(FLOATS, 1, FLOATS.longest_sum)) == list(range(1, FLOATS.longest_sum + 1))
    with pytest.raises(NoValueError):
        between(FLOATS, 0, FLOATS.longest_sum)
