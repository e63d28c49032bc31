r"""What people type, and the one reading that all would take; where two are left, E125 shows both."""

from __future__ import annotations

import pytest

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError

READ = [
    # T is declared, and still marks a transpose
    ("d/dx x^T A x", "T in R", "(A + A^T) x"),
    ("d/dV tr(V^T B)", "T = 3, V in R^{N x T}", "B"),
    ("d/dx x^T A^{-T} x", "T in N", "(A^-T + A^-1) x"),
    # Greek words with a subscript are names
    (r"d/dx \sum_k pi_k \exp(x_k)", "", "pi .* exp(x)"),
    # the largest over an index
    (r"d/dx \max_i x_i", "", "maxpos(x)"),
    (r"d/dx \min_i x_i", "", "maxpos(-x)"),
    (r"d/dx 2 \max_{i} \left| x_i - y_i \right|", "", "2 (maxpos(abs(x - y)) .* sign(x - y))"),
    # numbers beside entries are entries
    ("d/dx sum_i (y_i - x_i)^2", "", "2 (x - y)"),
    ("d/dx sum_i (y_i - x_i)^2", "y_i in R, x in R^n", "2 (x - y)"),
    ("d/dx sum_i y_i x_i", "", "y"),
    (r"d/dX \sum_{i,j} C_{ij} X_{ij}", "", "C"),
    (r"d/dp \sum_i p_i \log \frac{p_i}{q_i}", "", "log(p ./ q) + 1"),
    # one letter in two fonts is two names, the plain one a number
    (r"d/d\mathbf{x} x \mathbf{x}^T \mathbf{x}", "", "2 x x_bold"),
    (r"\nabla_{\mathbf{X}} \operatorname{tr}(\mathbf{X}^T \mathcal{X})", "", "X_cal"),
    (r"d/dx \mathbf{x}^T A \mathbf{x}", "", "(A + A^T) x"),
    ("d/d𝐱 x 𝐱ᵀ𝐀𝐱", "", "x (A + A^T) x_bold"),
    # all letters are numbers where the variable is one, and nothing is an array
    ("d/dx a x^2 + b x + c", "", "2 a x + b"),
    # e^x is of a number, but where it stands as an array does
    ("d/dx 1/(1 + e^{-x})", "", "sigmoid(-x) sigmoid(x)"),
    ("d/dx x e^x", "", "exp(x) (1 + x)"),
    ("d/dx 1/e^{-x}", "", "exp(x)"),
    ("d/dx log(sum(e^x))", "", "softmax(x)"),
    ("d/dx 1^T e^x", "", "exp(x)"),
    ("d/dx a^T e^x", "", "a .* exp(x)"),
    ("d/dx ||e^x - y||^2", "", "2 ((exp(x) - y) .* exp(x))"),
    # a capital letter over a number, beside what is a number
    ("d/dw 1/2 ||w||^2 + C/2 sum(i, 1, n, z_i^2)", "z_i in R", "w"),
    (
        "d/dw 1/2 ||w||^2 + C/N sum(n, 1, N, (y_n - w^T x_n)^2)",
        "y_n in R",
        "w - (2 C/N) sum(n, 1, N, (y_n - w^T x_n) x_n)",
    ),
    # beside vec(X) the factors of a Kronecker product are as long as X is wide and high
    ("d/dX vec(X)^T kron(A, B) vec(X)", "", "B X A^T + B^T X A"),
    ("d/dX vec(Y)^T (A \\otimes B) vec(X)", "", "B^T Y A"),
    # MATLAB's axes, where its signs tell that it is MATLAB's
    ("d/dX sum(sum(X,1).^2)", "", "2 ones(m) ones(m)^T X"),
    ("d/dX sum(sum(X.^2))", "", "2 X"),
]


@pytest.mark.parametrize(("question", "where", "expected"), READ)
def test_one_reading(question, where, expected):
    found = answer(Question(question, where=(where,) if where else ()))
    assert found.ascii == expected
    declared = found.read.partition(" where ")
    assert answer(Question(declared[0], where=(declared[2],))).ascii == expected


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("d/dx a x b", ""),
        ("d/dx log(x a)", ""),
        ("d/dX a X b", ""),
        ("d/dx theta^T x", "T in N"),
        ("d/dX sum(sum(X,1))", ""),
        ("d/dX sum(sum(X).^2)", ""),
        ("d/dX sum(sqrt(sum(X.^2)))", ""),
        (r"d/du \sum_{i,j} (X_{ij} - u_i^T v_j)^2", ""),
    ],
)
def test_two_readings(question, where):
    with pytest.raises(MatdiffError) as caught:
        answer(Question(question, where=(where,) if where else ()))
    assert caught.value.code == "E125"
    assert " or " in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("d/dx sum(x**2)", "E204"),
        ("d/dx sum(x^2)", "E204"),
        ("d/dX ||X||_{S}^2", "E206"),
        ("d/dx sum_i (y_i - a_i^T x)^2 + x_i", "E208"),
        (r"d/dx \max_i a_i^T x", "E115"),
        (r"d/dx \max_i x_i y_i", "E115"),
    ],
)
def test_refused(question, code):
    with pytest.raises(MatdiffError) as caught:
        answer(Question(question))
    assert caught.value.code == code
