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
