"""The printed answer of every published case, as text: `python tests/approved/answers.py` writes them anew, a diff shows what changed.

One block a case, its name and question first, then the answer in ASCII, Unicode and LaTeX; numerator layout where it differs from more
than a transpose.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
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


def text() -> str:
    """All blocks, in the order of the corpus."""
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines() if line.strip()]
    return "\n\n".join([block(case) for case in cases]) + "\n"


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parents[1]))
    FILE.write_text(text(), encoding="utf-8")
