"""Entries, rows, columns and slices in the spellings of MATLAB, Julia and books."""

import pytest

from matdiff import MatdiffError, derivative

SAME = [  # text, operator, plain, declarations
    ("x(1)^2 + x(2)^2", "d/dx", "(e_1^T x)^2 + (e_2^T x)^2", ""),
    ("x[1]^2 + x[2]^2", "d/dx", "(e_1^T x)^2 + (e_2^T x)^2", ""),
    ("X(1,2)", "d/dX", "e_1^T X e_2", ""),
    ("X(:,1)'*a", "d/dX", "e_1^T X^T a", ""),
    ("X(2,:)*a", "d/dX", "e_2^T X a", ""),
    ("X[2,:]'*a .+ 0", "d/dX", "e_2^T X a", "a in R^n, X in R^{m x n}"),
    ("(A x)_j", "d/dx", "e_j^T A x", ""),
    ("[A X B]_{ij}", "d/dX", "e_i^T A X B e_j", ""),
    ("(A X B)_{12}", "d/dX", "e_1^T A X B e_2", ""),
    ("(X^{-1})_{i,j}", "d/dX", "e_i^T X^-1 e_j", ""),
    (r"\left(A x + b\right)_i", "d/dx", "e_i^T A x", ""),
    (r"\sum_{i=1}^n (A x)_i^2", "d/dx", "||A x||^2", "A in R^{n x m}"),
    ("X(:)'*b", "d/dX", "vec(X)^T b", ""),
    ("x(:)'*x", "d/dx", "x^T x", ""),
]
REFUSED = [
    ("x[1] + x[2]", "d/dx", "E125", ""),
    ("x(7)", "d/dx", "E209", "x in R^3"),
    ("X(3)", "d/dX", "E209", ""),
    ("f(1) x", "d/dx", "E115", ""),
    ("x(0)", "d/dx", "E115", ""),
    ("x(1.5)", "d/dx", "E115", ""),
    ("x(3:2)", "d/dx", "E112", ""),
    ("(A x)_{x=0}", "d/dx", "E115", ""),
    ("logabsdet(X)[2]", "d/dX", "E125", ""),
]


@pytest.mark.parametrize(("text", "wrt", "plain", "where"), SAME)
def test_an_index_is_an_entry_or_a_slice(text, wrt, plain, where):
    assert derivative(text, wrt, where=where).ascii == derivative(plain, wrt, where=where).ascii


@pytest.mark.parametrize(("text", "wrt", "code", "where"), REFUSED)
def test_an_index_that_says_too_little_is_refused(text, wrt, code, where):
    with pytest.raises(MatdiffError) as raised:
        derivative(text, wrt, where=where)
    assert raised.value.code == code


def test_a_slice_picks_its_entries():
    numpy = pytest.importorskip("numpy")
    gradient = derivative("c'*x(2:3)", "d/dx", where="c in R^2, x in R^4").function()
    assert numpy.allclose(gradient(numpy.array([5.0, 7.0]), numpy.ones(4)), [0, 5, 7, 0])
