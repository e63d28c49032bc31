"""What is printed, kept as text: `python tests/approved/answers.py` writes it all anew, a diff shows what changed.

answers.txt holds a block for every published case, its name and question first, then the answer in ASCII, Unicode and LaTeX, and in
numerator layout.  transcripts/ holds command lines with their outputs: code, steps, forms, verdicts.  A new line `$ matdiff …` in one of
these files gets its output in the same way.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]
from approved import transcript  # noqa: E402 # where it is found is said above

CASES = HERE.parent / "corpus" / "visible.jsonl"
FILE = HERE / "answers.txt"
NOTATIONS = ("ascii", "unicode", "latex")


def block(case: dict[str, str]) -> str:
    """The case and its answer as text."""
    from matdiff.calculator import Question, answer  # the program under test, not one imported earlier

    where = (case["where"],) if case.get("where") else ()
    lines = [f"{case['id']}: {case['wrt']}  {case['expr']}" + (f"  where {case['where']}" if where else "")]
    got = answer(Question(case["expr"], case["wrt"], where))
    lines += [f"  {notation:8}{got.write(notation)}" for notation in NOTATIONS]
    lines += [f"  note    {note}" for note in got.notes]
    turned = answer(Question(case["expr"], case["wrt"], where, layout="numerator"))
    lines.append(f"  turned  {turned.write('ascii')}")
    return "\n".join(lines)


def cases() -> list[dict[str, str]]:
    """The published cases, in the order of the corpus."""
    return [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines() if line.strip()]


def approved() -> list[str]:
    """The blocks as they were approved."""
    return FILE.read_text(encoding="utf-8").rstrip("\n").split("\n\n")


def write() -> None:
    """Write all files anew."""
    FILE.write_text("\n\n".join([block(case) for case in cases()]) + "\n", encoding="utf-8")
    for file in transcript.FILES:
        file.write_text(transcript.rewritten(file.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()
