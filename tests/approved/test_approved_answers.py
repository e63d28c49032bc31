"""What is printed for every published case stays as it was approved; `python tests/approved/answers.py` approves a change."""

from __future__ import annotations

import difflib

from approved import answers


def test_printed_answers_are_those_approved():
    approved, printed = answers.FILE.read_text(encoding="utf-8"), answers.text()
    changed = list(
        difflib.unified_diff(approved.splitlines(), printed.splitlines(), "approved", "printed", lineterm="", n=3)
    )
    assert not changed, "\n".join(changed[:60])
