"""What stands for expm where there is no expm: the laws of every function of matrices, and of no single one."""

from __future__ import annotations

import pytest

from matdiff.formula.floats import TableFloats
from matdiff.formula.opaque import opaque_jacobian, opaque_square
from matdiff.formula.rings import NoValueError, matmul
from matdiff.graph.atoms import random
from matdiff.graph.residues import RESIDUES

M, E, F = ([[random(name, i, j) for j in range(3)] for i in range(3)] for name in "MEF")


def turned(rows):
    return [list(column) for column in zip(*rows, strict=True)]


def of(name, *args):
    return opaque_square(RESIDUES, name, list(args))


@pytest.mark.parametrize("name", ["expm", "logm", "sqrtm"])
def test_the_laws_of_every_function_of_a_matrix(name):
    value = of(name, M)
    assert of(name, turned(M)) == turned(value)
    assert matmul(RESIDUES, M, value) == matmul(RESIDUES, value, M)
    assert matmul(RESIDUES, E, value) != matmul(RESIDUES, value, E)


@pytest.mark.parametrize("name", ["dexpm", "dlogm", "dsqrtm"])
def test_the_laws_of_its_derivative(name):
    total = [[(a + 5 * b) for a, b in zip(one, other, strict=True)] for one, other in zip(E, F, strict=True)]
    parts = zip(of(name, M, E), of(name, M, F), strict=True)
    assert of(name, M, total) == [[(a + 5 * b) % (2**61 - 1) for a, b in zip(*part, strict=True)] for part in parts]
    assert of(name, turned(M), turned(E)) == turned(of(name, M, E))


@pytest.mark.parametrize(("jacobian", "change"), [("jexpm", "dexpm"), ("jlogm", "dlogm"), ("jsqrtm", "dsqrtm")])
def test_the_jacobian_holds_the_changes(jacobian, change):
    entries, change = opaque_jacobian(RESIDUES, jacobian, M), of(change, M, E)
    for i in range(3):
        for j in range(3):
            total = sum(entries[i, j, k, l] * E[k][l] for k in range(3) for l in range(3))
            assert total % (2**61 - 1) == change[i][j]


def test_different_functions_differ_and_floats_have_none():
    assert of("expm", M) != of("logm", M)
    with pytest.raises(NoValueError):
        opaque_square(TableFloats(lambda text: text), "expm", [[[1.0]]])
    with pytest.raises(NoValueError):
        opaque_jacobian(RESIDUES, "expm", M)
