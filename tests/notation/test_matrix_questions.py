"""Random questions of a matrix by a matrix: the printed text in closed form, and evaluated by the independent reader."""

from __future__ import annotations

import collections
import re

import numpy as np
import pytest
from oracle.matrix_questions import WHERE, differences, draw, point
from oracle.text_numbers import Identity, value

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError

_OPEN = re.compile(r"sum\([a-z],")


def complaint(seed):
    """What is wrong with the printed answer to a random question; "" if nothing, the code of a refusal."""
    rng = np.random.default_rng(seed)
    question = draw(rng)
    scope = point(rng)
    try:
        found = answer(Question(question.expr, question.wrt, (WHERE,)))
        text = found.ascii
    except MatdiffError as error:
        return error.code
    told = f"{seed}: {question.wrt}  {question.expr}\nprinted {text}"
    if _OPEN.search(text):
        return f"an open sum: {told}"
    if found.certificate.status == "no":
        return f"not certified, {found.certificate.why}: {told}"
    got = value(text, scope)
    return (
        "" if any(_agree(got, differences(question, scope, step)) for step in (4e-2, 4e-3, 4e-4)) else f"wrong: {told}"
    )


def _agree(got, want):
    """Whether a text's numbers are the derivative; where the question's own are out of bounds, nothing is known."""
    got = got.factor * np.eye(len(want)) if isinstance(got, Identity) else got
    size = float(np.max(np.abs(want)))
    if not np.all(np.isfinite(want)) or size > 1e5:
        return True
    same = got.shape == want.shape or not np.any(got)
    return same and np.allclose(got, want, rtol=1e-4, atol=1e-5 * max(1.0, size))


@pytest.mark.parametrize("start", range(0, 60, 20))
def test_the_printed_text_is_a_closed_form(start):
    outcomes = collections.Counter([complaint(seed) for seed in range(start, start + 20)])
    assert set(outcomes) == {""}, outcomes


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 5000, 100))
def test_no_matrix_by_matrix_answer_holds_an_open_sum(start):
    outcomes = collections.Counter([complaint(seed) for seed in range(start, start + 100)])
    assert set(outcomes) <= {"", "E125", "E410"}, outcomes
