"""W_2 beside an undeclared matrix W is another matrix: an entry of one has two indices."""

from __future__ import annotations

import pytest

from matdiff import derivative

SECOND_LAYER = "||W_2 relu(W x + b) - y||^2"


def test_a_second_matrix_is_no_entry_of_the_first():
    answer = derivative(SECOND_LAYER, wrt="W")
    assert answer.ascii == derivative(SECOND_LAYER.replace("W_2", "V"), wrt="W").ascii.replace("V", "W_2")
    assert "W_2 was taken to be a name of its own, no entry of W" in answer.notes


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("X_{12} tr(X)", "tr(X) e_1 e_2^T + X_{12} I"),  # two indices: an entry
        ("sum(i,1,n,X_i^2)", "2 X"),  # the index of a sum: the entries of a vector
    ],
)
def test_entries_stay_entries(text, answer):
    assert derivative(text, wrt="X").ascii.replace("X_12", "X_{12}") == answer


@pytest.mark.parametrize(
    ("by", "text", "answer"),
    [
        ("z", "-z_y + logsumexp(z)", "softmax(z) - e_y"),  # z_y in a question that has z: its entry
        ("z", r"\log \frac{e^{z_y}}{\sum_j e^{z_j}}", "e_y - softmax(z)"),
        ("x", "||x - x_t||^2", "2 (x - x_t)"),  # an entry wouldn't fit: a name of its own
        ("x", "x_a^T x", "x_a"),  # no entry is transposed
        ("x", "x_1^T x", "x_1"),
        ("beta", "sum(i,1,n, exp(x_i^T beta))", "sum(i, 1, n, exp(x_i^T beta) x_i)"),  # behind a row: a vector
    ],
)
def test_what_a_letter_is_by_its_place(by, text, answer):
    found = derivative(text, wrt=by)
    assert found.ascii == answer
    assert found.certificate.status == "exact"
