r"""f_\theta(x), f'(x), phi(x_n): unknown functions as papers write them, with a parameter, a prime, of a member."""

from __future__ import annotations

import pytest

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError

READ = [
    (
        r"d/dtheta \sum_{i=1}^N \|y_i - f_\theta(x_i)\|^2",
        "-2 sum(i, 1, N, df/dtheta(x_i, theta) (y_i - f(x_i, theta)))",
    ),
    (r"d/dw (y - f_w(x))^2", "-2 (y - f) df/dw"),
    (r"d/dtheta theta^T theta + f_\theta(x)^2", "2 theta + 2 f df/dtheta"),
    ("d/dx (x - mu_x)^T B_x (x - mu_x)", "(B_x + B_x^T) (x - mu_x)"),
    # of a member, with the member
    (r"d/dw \sum_{i=1}^N (y_i - w^T \phi(x_i))^2", "-2 sum(i, 1, N, (y_i - w^T phi(x_i)) phi(x_i))"),
    ("d/dx_k sum(i, 1, N, log(f(x_i)))", "df/dx_i(x_k) diag(1 ./ f(x_k))"),
    # the minus of a difference stands before the sum
    (
        "d/dtheta sum(i, 1, N, ||y_i - f(x_i, theta)||^2)/(2 N)",
        "-sum(i, 1, N, df/dtheta(x_i, theta) (y_i - f(x_i, theta)))/N",
    ),
]


@pytest.mark.parametrize(("question", "expected"), READ)
def test_a_function_with_its_arguments(question, expected):
    assert answer(Question(question)).ascii == expected


REFUSED = [
    ("d/dx V_x", "", "E211"),
    (r"d/dx \|x\|_{L^2}^2", "", "E115"),
    ("d/dX Total[X, 2]", "", "E115"),
    ("d/dx k(x, x_i)", "", "E125"),
    (r"d/dt 1/2 \dot q^T M \dot q", "", "E211"),
    (r"d/dt q(t)^T \dot q", "", "E211"),
    ("d/dtheta f_theta(x)", "f_theta(x) in R", "E125"),
    ("d/dx f'(x) g(x)", "f(x) in R, g(x) in R", "E125"),
    ("d/dx phi′(x)", "", "E125"),
]


@pytest.mark.parametrize(("question", "where", "code"), REFUSED)
def test_what_could_be_another_question_is_refused(question, where, code):
    with pytest.raises(MatdiffError) as caught:
        answer(Question(question, "", (where,) if where else ()))
    assert caught.value.code == code


def test_a_transpose_written_as_one_stays_one():
    assert answer(Question("d/dx x'(A x)")).ascii == "(A + A^T) x"
