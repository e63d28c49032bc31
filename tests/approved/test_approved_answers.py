"""What is printed stays as it was approved; `python tests/approved/answers.py` approves a change."""

from __future__ import annotations

import difflib

import pytest
from approved import answers, transcript

CASES = answers.cases()
LINES = {
    f"{file.stem}-{number}": (line, below)
    for file in transcript.FILES
    for number, (line, below) in enumerate(transcript.taken_apart(file.read_text(encoding="utf-8"))[1], 1)
}


APPROVED = answers.approved()


def differing(approved: str, printed: str) -> str:
    """What differs, as a diff shows it."""
    lines = difflib.unified_diff(approved.splitlines(), printed.splitlines(), "approved", "printed", lineterm="", n=100)
    return "\n".join(lines)


def test_every_published_case_has_its_block():
    assert [block.partition(":")[0] for block in APPROVED] == [case["id"] for case in CASES]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case["id"] for case in CASES])
def test_printed_answers_are_those_approved(number):
    approved, printed = APPROVED[number], answers.block(CASES[number])
    assert printed == approved, differing(approved, printed)


@pytest.mark.parametrize("name", LINES)
def test_a_line_prints_what_was_approved(name):
    line, approved = LINES[name]
    printed = transcript.printed(line)
    assert printed == approved, f"$ {line}\n{differing(approved, printed)}"
