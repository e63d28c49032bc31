"""--as index: entries with index letters."""

from __future__ import annotations

import pytest

from matdiff.calculator import Question, answer
from matdiff.errors import CalculusError

FORMS = [
    ("d/dX", "A X B", "A_ik B_lj"),
    ("d/dX", "tr(X^T B X)", "sum(a, 1, m, B_ia X_aj) + sum(a, 1, m, X_aj B_ai)"),
    ("d/dX", "X^-1", "-(e_i^T X^-1 e_k) (e_l^T X^-1 e_j)"),
    ("d/dx", "A x", "A_ij"),
    ("d/dx", "tanh(W x)", "W_ij (1 - tanh(sum(a, 1, n, W_ia x_a))^2)"),
    ("d/dx", "x", "e_i^T e_j"),
]


@pytest.mark.parametrize(("wrt", "expr", "expected"), FORMS)
def test_the_index_form_names_every_axis(wrt, expr, expected):
    got = answer(Question(expr, wrt, form="index"))
    assert got.ascii == expected
    assert any(note.startswith("entry with the indices") for note in got.notes)


def test_letters_of_the_question_are_not_used_as_indices():
    assert (
        answer(Question("i X j", "d/dX", ("i scalar, j in R^m, X in R^{n x m}",), form="index")).ascii
        == "i j_p e_k^T e_l"
    )


def test_a_family_is_refused():
    with pytest.raises(CalculusError, match="not supported yet"):
        answer(Question("sum(n, 1, N, x_n^T A x_n)", "d/dA", form="index"))
