"""Graphs modulo the prime against exact determinants, inverses, powers and sums, as SymPy has them for whole numbers."""

from __future__ import annotations

import random

import pytest
import sympy

from matdiff.formula.rings import NoValueError
from matdiff.graph import build, matrices
from matdiff.graph.atoms import PRIME
from matdiff.graph.evaluate import evaluate
from matdiff.graph.graph import Graph
from matdiff.graph.nodes import IndexSum, Var
from matdiff.graph.residues import RESIDUES, ROOTED
from matdiff.graph.shapes import size_number
from matdiff.graph.world import World


def modulo(value):
    value = sympy.Rational(value)
    return int(value.p) * pow(int(value.q), -1, PRIME) % PRIME


def as_table(matrix):
    return {(i, j): modulo(matrix[i, j]) for i in range(matrix.rows) for j in range(matrix.cols)}


@pytest.fixture(params=range(6))
def case(request):
    """A square matrix of whole numbers, a world in which X is that matrix, and X."""
    draw = random.Random(request.param)  # noqa: S311 # a matrix to try, no secret
    n = 2 + request.param % 3
    matrix = sympy.Matrix(n, n, lambda *_: draw.randint(-9, 9)) + 20 * sympy.eye(n)
    with Graph().in_force():
        world = World(
            RESIDUES, lambda _, place: int(matrix[place]) % PRIME, lambda size: size_number(size, lambda _: n), {"k": 3}
        )
        yield matrix, world, Var("X", ("n", "n"))


def test_determinants_and_inverses(case):
    matrix, world, x = case
    assert evaluate(matrices.scalar_of_matrix("det", x), world) == {(): modulo(matrix.det())}
    assert evaluate(matrices.inv(x), world) == as_table(matrix.inv())
    assert evaluate(build.transposed(matrices.inv(x)), world) == as_table(matrix.inv().T)


@pytest.mark.parametrize("exponent", [-3, -1, 2, 5])
def test_powers(case, exponent):
    matrix, world, x = case
    assert evaluate(matrices.matpow(x, build.num(exponent)), world) == as_table(matrix**exponent)


def test_symbolic_powers_and_sums_take_the_integer_that_is_given(case):
    matrix, world, x = case
    k, r = Var("k", role="integer"), Var("r", role="integer")
    assert evaluate(matrices.matpow(x, k), world) == as_table(matrix**3)
    total = evaluate(IndexSum(r, build.num(0), k, matrices.matpow(x, r)), world)
    assert total == as_table(sum([matrix**e for e in range(4)], start=sympy.zeros(*matrix.shape)))


def test_a_singular_matrix_has_no_inverse(case):
    _, world, x = case
    difference = build.ones(("n", "n"))
    assert evaluate(x, world)
    with pytest.raises(NoValueError):
        evaluate(matrices.inv(difference), world)


def test_square_roots_are_roots():
    for value in range(1, 60):
        try:
            root = ROOTED.power(value, sympy.Rational(1, 2))
        except NoValueError:
            continue
        assert root * root % PRIME == value
        assert ROOTED.power(value, sympy.Rational(-1, 2)) * root % PRIME == 1


@pytest.mark.parametrize(
    ("size", "value"), [("N-1", 4), ("m*n", 35), ("n*(n+1)/2", 28), ("2*n", 14), ("N-m+1", 1), (3, 3)]
)
def test_sizes_are_numbers(size, value):
    assert size_number(size, {"N": 5, "m": 5, "n": 7}.__getitem__) == value
