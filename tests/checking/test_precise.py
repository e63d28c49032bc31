"""Claims that exact arithmetic does not see through: proved or refuted at random points in many digits."""

from __future__ import annotations

import itertools
from fractions import Fraction

import mpmath
import pytest

from matdiff.calculator import Question
from matdiff.checking.check import check
from matdiff.checking.precise import Precise
from matdiff.formula.rings import NoValueError
from matdiff.graph.graph import Graph
from matdiff.graph.nodes import Var

TRUE = {
    "double angle": ("sin(t)^2", "d/dt", "sin(2 t)", "t in R"),
    "sigmoids of twice": ("sum(tanh(x))", "d/dx", "4 sigmoid(2 x) .* sigmoid(-2 x)", "x in R^n"),
    "a shifted softmax": ("log(sum(exp(x)))", "d/dx", "softmax(x + c ones(n))", "x in R^n, c in R"),
    "expm commutes": ("expm(t A)", "d/dt", "expm(t A) A", "t in R, A in R^{n x n}"),
    "the inverse of a Kronecker product": (
        "kron(A, B)^-1 x",
        "d/dx^T",
        "kron(A^-1, B^-1)",
        "A in R^{m x m}, B in R^{n x n}",
    ),
    "members by number": ("sum(n, 3, 5, w^T x_n)", "d/dw", "x_3 + x_4 + x_5", "w in R^d, x_n in R^d"),
    "N as a number": ("sum(n,1,N,x^T x)", "d/dx", "2 N x", "x in R^d"),
    "another index": ("sum(n,2,N,(w^T x_n)^2)", "d/dw", "2 sum(m,2,N,x_m x_m^T) w", "w in R^d, x_n in R^d"),
}
FALSE = {
    "a small number": ("t", "d/dt", "1 + 10^-30", "t in R"),
    "a smaller one": ("t", "d/dt", "1 + 10^-90", "t in R"),
    "a rounded root": ("sqrt(2) t", "d/dt", "1.4142135623730951", "t in R"),
    "another range": ("sum(n,2,5,sin(w^T x_n))", "d/dw", "sum(n,3,6,cos(w^T x_n) x_n)", "w in R^d, x_n in R^d"),
    "a range from one": ("sum(n,2,N,(w^T x_n)^2)", "d/dw", "2 sum(n,1,N,x_n x_n^T) w", "w in R^d, x_n in R^d"),
    "as many, but others": ("sum(n,2,N,(w^T x_n)^2)", "d/dw", "2 sum(n,1,N-1,x_n x_n^T) w", "w in R^d, x_n in R^d"),
    "another member": ("sum(n,3,5,w^T x_n)", "d/dw", "x_3 + x_4 + x_6", "w in R^d, x_n in R^d"),
    "a kink out of sight": ("x^T x/2", "d/dx", "x + relu(x - 50 ones(n))", "x in R^n"),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_claims_are_proved(name):
    expr, wrt, claim, where = TRUE[name]
    assert check(Question(expr, wrt, (where,)), claim).verdict == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_false_claims_are_never_proved(name):
    expr, wrt, claim, where = FALSE[name]
    verdict = check(Question(expr, wrt, (where,)), claim).verdict
    assert verdict == ("undecided" if "sight" in name else "refuted")


@pytest.fixture
def ring():
    context = mpmath.mp.clone()
    context.dps = 60
    return Precise(context)


@pytest.mark.parametrize("structure", ["symmetric", "spd", "skew", "lower", "upper"])
@pytest.mark.parametrize("seed", [1, 2])
def test_entries_have_the_structure_that_is_declared(ring, structure, seed):
    with Graph().in_force():
        matrix, entry = Var("M", ("n", "n"), structure=structure), ring.entries(seed)
        rows = [[entry(matrix, (i, j)) for j in range(3)] for i in range(3)]
    for i, j in itertools.combinations(range(3), 2):
        above, below = rows[i][j], rows[j][i]
        mirrored = {"symmetric": above, "spd": above, "skew": -above, "lower": below, "upper": ring.zero}[structure]
        assert below == mirrored
        assert (above == 0) == (structure == "lower")
    assert all((rows[i][i] == 0) == (structure == "skew") for i in range(3))


def test_what_the_ring_computes(ring):
    assert ring.inverse(ring.number(4)) == ring.number(Fraction(1, 4))
    assert ring.power(ring.number(2), -3) == ring.number(Fraction(1, 8))
    assert ring.power(ring.number(9), Fraction(3, 2)) == 27
    assert not ring.is_zero(ring.number(Fraction(1, 10**30)))
    assert ring.is_zero(ring.number(Fraction(1, 10**40)))
    with pytest.raises(NoValueError):
        ring.inverse(ring.zero)
    with pytest.raises(NoValueError):
        ring.power(ring.number(-2), Fraction(1, 2))
