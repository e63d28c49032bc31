r"""A problem as an editor's selection: `\min_w … \text{s.t.} …`, or `solve`, `dual`, `update` and a problem."""

from __future__ import annotations

from matdiff.lean import re

from matdiff.cli.commands import PROBLEMS
from matdiff.cli.editors.questions_in_text import is_latex
from matdiff.cli.editors.regions import is_prose, regions
from matdiff.cli.problem_lines import operator_in_front
from matdiff.problems import asking, markup
from matdiff.problems.answers import NOTATIONS
from matdiff.problems.problem import Asked

_LAYOUT = re.compile(r"\s*(?:\\label\{[^{}]*\}\s*)*")


def problem_in(selection: str) -> tuple[int, int] | None:
    """Where a selection that is one problem holds it: between the delimiters of a formula, or as a whole.  None where
    something else is selected.
    """
    found = list(regions(selection))
    start, end = (found[0].start, found[0].end) if len(found) == 1 else (0, len(selection))
    if len(found) > 1 or (is_prose(selection, found) and not selection.lstrip().startswith(PROBLEMS)):
        return None
    lead = _LAYOUT.match(selection, start, end)
    start = lead.end() if lead else start
    end = start + len(selection[start:end].rstrip())
    core = selection[start:end]
    return (start, end) if markup.SENSE.match(core) or core.split(" ", 1)[0] in PROBLEMS else None


def replacement(selection: str, place: tuple[int, int], where: tuple[str, ...], to: str, *, append: bool) -> str:
    """The selection with the answer to the problem at `place` in it.  Raises MatdiffError."""
    before, core, after = selection[: place[0]], selection[place[0] : place[1]], selection[place[1] :]
    first, _, rest = core.partition(" ")
    command, text = (first, rest) if first in PROBLEMS else ("solve", core)
    wrt, expr = operator_in_front(text)
    got = asking.answer(command, Asked(expr, wrt, (), where))
    if not got.ok:
        raise got.error
    latex = is_latex(selection)
    notation = to or ("latex" if latex else "ascii" if core.isascii() else "unicode")
    answer = got.write(notation) if notation in NOTATIONS else got.code(notation).rstrip("\n")
    joint = r" \;\Rightarrow\; " if latex else "\n"
    return before + (text + joint + answer if append else answer) + after
