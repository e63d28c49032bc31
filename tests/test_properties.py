"""Random well-typed questions: code and printed answer against derivatives computed on another way.

An answer is right or it is refused with a clear error; how many are refused is bounded.
"""

from __future__ import annotations

import collections

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from oracle import asking
from oracle.duals import OutsideDomain
from oracle.generator import inputs, problems
from oracle.reading_back import complaint

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError
from matdiff.graph.nodes import Lin

REFUSED_AT_MOST = {1: 0.0, 2: 0.02}
SLOW = {1: 2000, 2: 5000}
LAYOUTS = ("denominator", "denominator", "numerator", "mixed")


def compare(tier, number, layouts=("denominator",), printed=complaint, depth=4):
    """Ask `number` random questions; stops at the first wrong answer, shrunk.  Result: how many were right, refused,
    not comparable.
    """
    tally = collections.Counter()
    refused = []

    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=True,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
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
        if (
            outcome.answer is not None
            and isinstance(outcome.answer.derivative, Lin)
            and not outcome.answer.derivative.terms
        ):
            tally["zero"] += 1

    asked()
    compared = tally["right"] + tally["refused"]
    assert compared >= 0.7 * number, f"too few questions can be compared: {tally}"
    assert len(refused) <= REFUSED_AT_MOST[tier] * compared, "\n".join(
        [f"{len(refused)} refused of {compared}", *refused[:20]]
    )
    return tally


@pytest.mark.parametrize("tier", [1, 2])
def test_random_questions_are_answered_rightly(tier, examples):
    tally = compare(tier, examples[tier])
    assert tally["zero"] < 0.6 * tally["right"], "the questions say little: most derivatives are zero"


def test_random_questions_in_every_layout():
    compare(1, 150, LAYOUTS, depth=2)
    compare(2, 150, LAYOUTS, depth=2)


@pytest.mark.parametrize("tier", [1, 2])
def test_no_answer_is_silently_zero(tier):
    """Wherever the printed answer is 0, the derivative is 0 at random points; and enough answers are 0 for this to say
    something.
    """
    zeros = collections.Counter()

    @settings(max_examples=300, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(problems(tier=tier, depth=2), inputs())
    def asked(problem, rng):
        try:
            known = asking.truth(problem, rng)
            found = answer(Question(expr=problem.expr, wrt=problem.wrt, where=(problem.where,)))
        except (OutsideDomain, MatdiffError):
            return
        printed_zero = found.ascii == "0" or found.ascii.startswith("zeros(")
        graph_zero = isinstance(found.derivative, Lin) and not found.derivative.terms
        assert printed_zero == graph_zero, problem.expr
        if printed_zero:
            zeros["met"] += 1
            assert all(np.all(np.abs(array) <= known.tolerance) for array in known.accepted), (
                f"{problem.wrt}  {problem.expr}  where {problem.where}"
            )

    asked()
    assert zeros["met"] >= 10


@pytest.mark.slow
@pytest.mark.parametrize("tier", [1, 2])
def test_thousands_of_random_questions(tier):
    compare(tier, SLOW[tier])
