r"""A problem as an editor's selection: `\min_w … \text{s.t.} …`, or `solve`, `dual`, `update` and a problem."""

from __future__ import annotations

from matdiff.lean import re

from matdiff.cli.commands import PROBLEMS
from matdiff.cli.editors.questions_in_text import is_latex
from matdiff.cli.problem_lines import operator_in_front
from matdiff.problems import asking
from matdiff.problems.answers import NOTATIONS
from matdiff.problems.problem import Asked

_DELIMITED = re.compile(r"(\s*(?:\$\$?|\\\[|\\\()?\s*)(.*?)(\s*(?:\$\$?|\\\]|\\\))?\s*)", re.DOTALL)


def _core(selection: str) -> tuple[str, str, str]:
    found = _DELIMITED.fullmatch(selection)
    return ("", selection, "") if found is None else (found[1], found[2], found[3])


def replacement(selection: str, where: tuple[str, ...], to: str, *, append: bool) -> str:
    """The selection with its answer in it.  Raises MatdiffError."""
    before, core, after = _core(selection)
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
