"""What a language's code looks like, where its program need not be installed to see it."""

from __future__ import annotations

import re

import pytest

from matdiff import derivative


def module(expr, wrt, target, of=(), where=""):
    return derivative(expr, wrt=wrt, where=where).code(target, of)


def test_r_returns_one_result_by_itself_and_several_as_a_list():
    assert "list(" not in module("x^T A x", "x", "r", ("gradient",))
    both = module("x^T A x", "x", "r", ("value_and_gradient",))
    assert re.search(r"^  list\(sum\(x \* Ax\), ", both, re.MULTILINE)


@pytest.mark.parametrize(
    ("where", "parameter"),
    [
        ("D in R^{n x n} diagonal", "Eigen::MatrixXd D"),  # by value: its diagonal takes its place
        ("D in R^{n x n}", "const Eigen::MatrixXd& D"),
        ("D in R", "double D"),
    ],
)
def test_eigen_takes_arrays_by_reference(where, parameter):
    assert parameter in module("x^T D x", "x", "eigen", where=where)


@pytest.mark.parametrize(
    ("expr", "text"),
    [("a^T x - b^T x", "-"), ("-2 a^T x", "-2"), ("3/4 x^T x", "1.5")],
)
def test_signs_and_coefficients(expr, text):
    for target in ("julia", "matlab", "r", "eigen"):
        code = module(expr, "x", target)
        assert text in code
        assert "+-" not in code.replace(" ", "")
        assert "--" not in "".join(
            line for line in code.splitlines() if not line.lstrip().startswith(("#", "%", "/", "*"))
        )


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("julia", "D = diag(D)"),
        ("matlab", "D = diag(D);"),
        ("r", "D <- diag(D)"),
        ("eigen", "D = D.diagonal().eval();"),
    ],
)
def test_a_diagonal_matrix_arrives_as_a_matrix(target, line):
    """As in Python: the code computes with its diagonal."""
    code = module("x^T D x", "x", target, ("gradient",), "D in R^{n x n} diagonal")
    assert line in [written.strip() for written in code.splitlines()]
