"""A family that a formula names as a whole is a matrix that the answer defines; letters beside entries are numbers."""

from __future__ import annotations

import json

import pytest

from matdiff import derivative
from matdiff.cli.formats import answer_object


@pytest.mark.parametrize(
    ("by", "text", "answer"),
    [
        ("A", "sum(i,1,N,sum(j,1,N, A_ij x_i^T x_j))", "X X^T"),
        (
            "alpha",
            "sum(i,1,N,alpha_i) - 1/2 sum(i,1,N,sum(j,1,N, alpha_i alpha_j y_i y_j x_i^T x_j))",
            "1 - y .* X sum(i, 1, N, alpha_i y_i x_i)",
        ),
    ],
)
def test_a_family_as_a_whole_is_defined(by, text, answer):
    found = derivative(text, wrt=by)
    assert found.ascii == answer
    assert found.certificate.status == "exact"
    assert "X is the matrix of rows x_i^T, N x n" in found.notes
    assert json.loads(json.dumps(answer_object(found)))["lets"]["X"] == "sum(i, 1, N, e_i x_i^T)"
    assert "x_i" in found.code()  # the code takes the family as it was asked


@pytest.mark.parametrize(
    ("by", "text", "answer"),
    [
        ("A", "sum(i,1,n,sum(j,1,n, A_ij x_i x_j))", "x x^T"),
        ("A", r"\sum_{ij} A_{ij} x_i y_j", "x y^T"),
        ("A", r"\sum_i (\sum_j A_{ij} x_j - b_i)^2", "2 (A x - b) x^T"),
        ("A", r"\sum_j A_{ij} B_{jk}", "e_i e_k^T B^T"),
        ("x", r"\sum_i b_i x_i", "b"),
        ("x", r"\sum_i w_i (y_i - x_i)^2", "2 (w .* (x - y))"),
        ("x", r"\sum_{ij} A_{ij} x_i b_j", "A b"),
        ("X", "X_{ij} Y_{ij}", "Y_ij e_i e_j^T"),
        ("x", "A_{ij} x_i x_j", "A_ij (x_j e_i + x_i e_j)"),
        ("x", r"\sum_i (a_i^T x - b_i)^2", "2 sum(i, 1, N, (a_i^T x - b_i) a_i)"),  # no entry stands there
    ],
)
def test_letters_beside_entries_are_numbers(by, text, answer):
    found = derivative(text, wrt=by)
    assert found.ascii == answer
    assert found.certificate.status == "exact"


def test_the_logarithm_of_a_product_with_an_exponential_is_a_sum():
    quotient = "sum(n,1,N,sum(k,1,K, t_nk log(exp(w_k^T x_n)/sum(j,1,K,exp(w_j^T x_n)))))"
    difference = "sum(n,1,N,sum(k,1,K, t_nk (w_k^T x_n - log(sum(j,1,K,exp(w_j^T x_n))))))"
    assert derivative(quotient, wrt="d/dw_k").ascii == derivative(difference, wrt="d/dw_k").ascii
