"""Declarations as people write them: each says the same as its plain twin."""

import pytest

from matdiff import MatdiffError
from matdiff.reading.reader import read_declarations

SAME = [
    ("A = A^T", "A symmetric"),
    ("A^\\top = A", "A symmetric"),
    ("A = A'", "A symmetric"),
    ("A in R^{n x n}, A = A^T", "A in R^{n x n}, A symmetric"),
    ("K = -K^T", "K skew"),
    ("-K = K'", "K skew"),
    ("A is symmetric", "A symmetric"),
    ("A, B are symmetric", "A, B symmetric"),
    ("A is a real symmetric matrix, x is a vector", "A symmetric matrix, x vector"),
    ("let A be positive definite", "A positive definite"),
    ("A psd", "A symmetric"),
    ("A is positive semidefinite", "A symmetric"),
    ("A symmetric positive semi-definite", "A symmetric"),
    ("A Hermitian", "A symmetric"),
    ("A ≻ 0", "A spd"),
    ("A \\succeq 0", "A symmetric"),
    ("A ∈ S^n", "A in R^{n x n} symmetric"),
    ("A \\in \\mathbb{S}_{++}^n", "A in R^{n x n} spd"),
    ("A \\in \\mathbb{S}^{n}_{+}", "A in R^{n x n} symmetric"),
    ("A, B in S^n", "A, B in R^{n x n} symmetric"),
    ("A: (n, n), x: (n,)", "A: n x n, x: n"),
    ("A.shape = (m, n)", "A: m x n"),
    ("X: R^{n x d}", "X in R^{n x d}"),
    ("X : ℝ^{n×d}", "X in R^{n x d}"),
    ("A is an n x n symmetric matrix", "A: n x n symmetric matrix"),
    ("A n x n symmetric", "A: n x n symmetric"),
    ("\\theta \\in \\mathbb{R}^d", "theta in R^d"),
    ("x_n in R^d for n = 1..N", "x_n in R^d"),
    ("x_n in R^d for all n = 1, \\dots, N, y_n in R", "x_n in R^d, y_n in R"),
    ("A invertible", "A matrix"),
    ("A in R^{n x n} invertible", "A in R^{n x n}"),
    ("a is a scalar", "a scalar"),
    ("A is a real a x b matrix, x in R^a", "A: a x b matrix, x in R^a"),
]


def test_a_size_may_be_called_as_an_article_is():
    wide, square = read_declarations("X in R^{a x b}, C in R^{a x a} symmetric")
    assert (wide.rows, wide.columns) == ("a", "b")
    assert (square.rows, square.columns, square.structure) == ("a", "a", "symmetric")


@pytest.mark.parametrize(("text", "plain"), SAME)
def test_a_declaration_says_what_its_plain_twin_says(text, plain):
    assert read_declarations(text) == read_declarations(plain)


@pytest.mark.parametrize("text", ["Q^T Q = I", "A is purple", "A = B^T", "a > 0", "A in C^{n x n}", "A ∈ T^n"])
def test_what_says_something_else_is_refused(text):
    with pytest.raises(MatdiffError):
        read_declarations(text)
