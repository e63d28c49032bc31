"""Which norm a call is, told once: the value that code computes is the one that NumPy has for the same norm."""

from __future__ import annotations

import numpy as np
import pytest
from oracle.asking import run

from matdiff.calculator import Question, answer
from matdiff.formula.norms import norm_of
from matdiff.reading.reader import read_expression

X = np.array([[0.5, -0.3], [1.1, 0.7], [-0.8, 0.2]])
x = np.array([0.7, -0.4, 1.3])


@pytest.mark.parametrize(
    ("text", "is_vector", "kind"),
    [
        ("||x||", True, "2"),
        ("||x||_2", True, "2"),
        ("||x||_1", True, "1"),
        ("||x||_3", True, "p"),
        ("||x||_p", True, "p"),
        ("||x||_inf", True, "largest"),
        ("||X||", False, "2"),
        ("||X||_F", False, "2"),
        ("||X||_2", False, "row"),
        ("||X||_1", False, "row"),
        ("||X||_inf", False, "row"),
        ("||X||_*", False, "row"),
        ("||X||_3", False, ""),
        ("||x||_*", True, ""),
    ],
)
def test_a_call_is_one_norm(text, is_vector, kind):
    assert norm_of(read_expression(text, ("x", "X", "p")), is_vector=is_vector).kind == kind


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("||x||_3", np.linalg.norm(x, 3)),
        ("||x||_inf", np.linalg.norm(x, np.inf)),
        ("||X||_2", np.linalg.norm(X, 2)),
        ("||X||_inf", np.linalg.norm(X, np.inf)),
        ("||X||", np.linalg.norm(X)),
        ("norm(t, inf)", 0.8),
    ],
)
def test_code_computes_that_norm(text, value):
    where = ("X in R^{3 x 2}", "x in R^3", "t in R")
    asked = answer(Question(f"s {text}", "d/ds", (*where, "s in R")))
    assert np.isclose(run(asked.code("numpy"), {"x": x, "X": X, "t": -0.8, "s": 1.0}), value, rtol=1e-12)
