"""Random questions over families: the printed text, evaluated by the independent reader, against differences."""

from __future__ import annotations

import collections

import numpy as np
import pytest
from oracle.family_questions import WHERE, differences, draw, point
from oracle.text_numbers import Identity, value

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError


def complaint(seed):
    """What is wrong with the printed answer to a random question; "" if nothing, the code of a refusal."""
    rng = np.random.default_rng(seed)
    question = draw(rng)
    free = "_k" in question.expr  # a member that no sum binds is one that every sum has
    scope = point(rng, {"k": 3 if free else int(rng.integers(1, 6)), "l": int(rng.integers(1, 6))})
    try:
        text = answer(Question(question.expr, question.wrt, (WHERE,))).ascii
    except MatdiffError as error:
        return error.code
    with np.errstate(all="ignore"):
        want, got = np.squeeze(differences(question, scope)), value(text, scope)
    if not np.any(want) or not np.all(np.isfinite(want)):  # a member that no sum takes: the notes say which it is for
        return ""
    got = np.squeeze(got.factor * np.eye(len(want)) if isinstance(got, Identity) else got)
    if question.by == (("S",),):
        want = (want + want.T) / 2
    same = got.shape == want.shape or not np.any(got)
    size = max(1.0, float(np.max(np.abs(want))))
    if same and np.allclose(got, want, rtol=1e-4, atol=1e-5 * size):
        return ""
    return f"{question.wrt}  {question.expr}\nprinted {text}\nwhich is {got}, and not {want}"


@pytest.mark.parametrize("start", range(0, 100, 20))
def test_the_printed_text_is_the_derivative(start):
    outcomes = collections.Counter([complaint(seed) for seed in range(start, start + 20)])
    assert set(outcomes) <= {"", "E410"}, outcomes
    assert outcomes["E410"] <= 1


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 5000, 100))
def test_no_printed_text_is_wrong(start):
    outcomes = collections.Counter([complaint(seed) for seed in range(start, start + 100)])
    assert set(outcomes) <= {"", "E410"}, outcomes
