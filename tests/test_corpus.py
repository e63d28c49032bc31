"""Published derivatives: every case right or refused by name, in any spelling; bad input told to the user."""

from __future__ import annotations

import functools
import statistics
import subprocess
import sys
import time

import numpy as np
import pytest
from oracle import corpus

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError

KNOWN_REFUSALS = frozenset((corpus.FOLDER / "known_refusals.txt").read_text(encoding="utf-8").split())
SPELLINGS = corpus.load("variants_visible.jsonl")
MISTAKES = [mistake for mistake in corpus.load("errors_visible.jsonl") if "argv" not in mistake]
COMMANDS = [mistake for mistake in corpus.load("errors_visible.jsonl") if "argv" in mistake]
LONGER_AT_MOST = 0.02


def asked(said):
    """The answer to a case as it is said (a case itself, or another spelling of it)."""
    return answer(Question(expr=said["expr"], wrt=said["wrt"], where=(said["where"],) if said.get("where") else ()))


def computed(case, said):
    with np.errstate(all="ignore"):
        return corpus.derivative(case, asked(said).code("numpy"))


@pytest.mark.parametrize("name", sorted(corpus.cases()))
def test_a_published_derivative(name):
    case = corpus.cases()[name]
    try:
        got = computed(case, case)
    except MatdiffError as error:
        assert name in KNOWN_REFUSALS, f"{case['wrt']}  {case['expr']}  is refused: {error.code} {error.message}"  # noqa: PT017 # any of them may be refused, if it is listed
        return
    assert corpus.agrees(case, got), (
        f"{case['wrt']}  {case['expr']}  where {case['where']}: {asked(case).ascii}, the source has"
        f" {case.get('expected')}\n{got}"
    )
    assert name not in KNOWN_REFUSALS, "it works now: take it from known_refusals.txt"


def test_known_refusals_are_cases():
    assert set(corpus.cases()) >= KNOWN_REFUSALS


@pytest.mark.parametrize("said", SPELLINGS, ids=[said["id"] for said in SPELLINGS])
def test_another_spelling(said):
    case = corpus.cases()[said["same_as"]]
    assert corpus.agrees(case, computed(case, said)), asked(said).ascii


@functools.cache
def printed(name):
    """A case's answer in ASCII."""
    return asked(corpus.cases()[name]).ascii


def test_answers_are_as_short_as_the_sources():
    """Half of the answers are no longer than the source's, and few are longer by over 30 %."""
    ratios = {}
    for name, case in corpus.cases().items():
        if case.get("expected") and name not in KNOWN_REFUSALS:
            ratios[name] = corpus.length(printed(name)) / max(1, corpus.length(case["expected"]))
    longer = {name: round(ratio, 2) for name, ratio in ratios.items() if ratio > 1.3}
    assert statistics.median(ratios.values()) <= 1.0
    assert len(longer) <= LONGER_AT_MOST * len(ratios), longer


def test_no_answer_needs_index_notation_where_the_source_has_none():
    found = []
    for name, case in corpus.cases().items():
        if name not in KNOWN_REFUSALS and "sum(" not in case.get("expected", "sum("):
            text = printed(name)
            if "sum(" in text and any(f"sum({i}," in text for i in "ijklmnpqr"):
                found.append(f"{name}: {text}")
    assert not found


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake["id"] for mistake in MISTAKES])
def test_bad_input_is_told(mistake):
    """An error in words that name the trouble, within the time; never another exception."""
    question = {"expr": corpus.expanded(mistake), "wrt": mistake["wrt"], "where": mistake.get("where", "")}
    start = time.process_time()  # however busy the machine is
    try:
        asked(question).unicode  # noqa: B018 # written as well
    except MatdiffError as error:
        told = " ".join(
            [error.code, error.message, error.hint, *[label.text for label in error.labels], question["expr"][:200]]
        )
        assert mistake["expect"] != "ok", told
        lacking = [
            words for words in mistake["must_mention"] if not any(word.lower() in told.lower() for word in words)
        ]
        assert not lacking, told
    else:
        assert mistake["expect"] != "error", "it was answered"
    assert time.process_time() - start < mistake.get("max_seconds", 5)


@pytest.mark.parametrize("mistake", COMMANDS, ids=[mistake["id"] for mistake in COMMANDS])
def test_a_bad_command_line_is_told(mistake):
    done = subprocess.run(
        [sys.executable, "-m", "matdiff", *mistake["argv"]], capture_output=True, text=True, timeout=10, check=False
    )
    told = done.stdout + done.stderr
    assert "Traceback" not in told
    assert done.returncode >= 0
    if mistake["expect"] == "ok":
        assert done.returncode == 0, told
    elif done.returncode != 0:
        assert all(any(word.lower() in told.lower() for word in words) for words in mistake["must_mention"]), told
    else:
        assert mistake["expect"] != "error", told
