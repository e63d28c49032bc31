"""Numbers for sizes: different for different names, and equal where sizes must be."""

from __future__ import annotations

from matdiff.calculator import Question, answer
from matdiff.checking.sizes import assignments, constraints, size_names

ROWS = ((2, 3, 4), (3, 2, 2))


def test_names():
    assert size_names(["m*n", 3, "n", "2*p"]) == ["m", "n", "p"]


def test_free_sizes_take_the_rows():
    assert list(assignments(["m", "n"], [], ROWS)) == [{"m": 2, "n": 3}, {"m": 3, "n": 2}]


def test_sizes_that_must_be_equal_are():
    found = list(assignments(["m", "n", "q"], [("m*n", 12)], ROWS))
    assert len(found) == 2
    assert all(sizes["m"] * sizes["n"] == 12 for sizes in found)
    assert found[0] != found[1]


def test_no_small_numbers_will_do():
    assert list(assignments(["m", "n"], [("m*n", 9973)], ROWS)) == []


def test_constraints_of_a_question():
    asked = answer(Question("kron(B^T, A) x", "d/dx^T", ("B in R^{n x q}, A in R^{p x m}, x in R^12",)))
    tied = set(size_names(size for pair in constraints(asked.value, asked.derivative) for size in pair))
    assert tied <= {"m", "n", "p", "q"}
    assert constraints(answer(Question("x^T A x", "d/dx")).derivative) == []
