"""Random well-typed questions: code and printed answer against derivatives computed on another way.

An answer is right or it is refused with a clear error; how many are refused is bounded.
"""

from __future__ import annotations

import collections

import pytest
from hypothesis import HealthCheck, given, settings

from matdiff.graph.nodes import Lin
from oracle import asking
from oracle.duals import OutsideDomain
from oracle.generator import inputs, problems
from oracle.reading_back import complaint

REFUSED_AT_MOST = {1: 0.0, 2: 0.02}
SLOW = {1: 2000, 2: 5000}
LAYOUTS = ("denominator", "denominator", "numerator", "mixed")


def compare(tier, number, layouts=("denominator",), printed=complaint, depth=4):
    """Ask `number` random questions; stops at the first wrong answer, shrunk.  Result: how many were right, refused, not comparable."""
    tally = collections.Counter()
    refused = []

    @settings(max_examples=number, deadline=None, database=None, derandomize=True, print_blob=False, suppress_health_check=list(HealthCheck))
    @given(problems(tier=tier, depth=depth), inputs())
    def asked(problem, rng):
        which = layouts[len(problem.expr) % len(layouts)]
        try:
            outcome = asking.ask(problem, rng, which, printed)
        except OutsideDomain:
            tally["outside"] += 1
            return
        tally[outcome.verdict] += 1
        if outcome.verdict == "refused":
            refused.append(outcome.detail)
        assert outcome.verdict in {"right", "refused"}, outcome.detail
        if outcome.answer is not None and isinstance(outcome.answer.derivative, Lin) and not outcome.answer.derivative.terms:
            tally["zero"] += 1

    asked()
    compared = tally["right"] + tally["refused"]
    assert compared >= 0.7 * number, f"too few questions can be compared: {tally}"
    assert len(refused) <= REFUSED_AT_MOST[tier] * compared, "\n".join([f"{len(refused)} refused of {compared}", *refused[:20]])
    return tally


@pytest.mark.parametrize("tier", [1, 2])
def test_random_questions_are_answered_rightly(tier, examples):
    tally = compare(tier, examples[tier])
    assert tally["zero"] < 0.6 * tally["right"], "the questions say little: most derivatives are zero"


def test_random_questions_in_every_layout():
    compare(1, 150, LAYOUTS, depth=2)
    compare(2, 150, LAYOUTS, depth=2)


@pytest.mark.slow
@pytest.mark.parametrize("tier", [1, 2])
def test_thousands_of_random_questions(tier):
    compare(tier, SLOW[tier])
