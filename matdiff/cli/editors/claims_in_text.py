"""What an author says a derivative is, checked: a comment line before the formula tells what came of it."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.checking.check import check
from matdiff.errors import MatdiffError
from matdiff.formula.syntax import Sym, subtrees
from matdiff.reading.reader import read_expression
from matdiff.records import replace
from matdiff.writing import write

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.calculator import Answer, Question
    from matdiff.checking.verdict import Verdict
    from matdiff.cli.editors.questions_in_text import Asked

REMARK = re.compile(r"(?m)^[ \t]*(?:<!--|[%#;]+|//|--)[ \t]*matdiff: (?:proved|refuted|undecided)[^\n]*\n")
_BEHIND = re.compile(r"(?s)(?:\\q?quad(?![A-Za-z])|\\text\s*\{|,?\s\\(?:forall|qquad)).*\Z")  # words behind a formula
_MARKDOWN = re.compile(r"(?m)^(?:#{1,6} |```|[-*] |\d+\. |\|)")
_TEX = re.compile(r"\\(?:begin|section|documentclass|paragraph|label)\b")


def remark(asked: Asked, question: Question, is_undefined: Callable[[Answer], bool]) -> tuple[str, bool]:
    """What a comment says of an author's own right-hand side, that it is proved or what the derivative is, and whether
    it is refuted; nothing of the derivative of a bare name.
    """
    claim = _BEHIND.sub("", asked.said)
    said = " ".join(claim.split())
    try:
        verdict = check(replace(question, expr=asked.text), claim)
        if is_undefined(verdict.answer):
            return "", False
        strange = _strange(claim, verdict)
    except MatdiffError as error:
        return f"matdiff: undecided: {said} ({error.message})", False
    if strange:
        return f"matdiff: undecided: {said} ({strange} is not in the question)", False
    if verdict.verdict != "refuted":
        return f"matdiff: {verdict.verdict}: {said}", False
    right = write(verdict.answer.tree, "latex" if asked.latex else "ascii")
    return f"matdiff: refuted: {said} (the derivative is {right})", True


def _strange(claim: str, verdict: Verdict) -> str:
    """A name of the claim that the question does not have, which the text may say elsewhere what it is; "" if none."""
    known = verdict.answer.symbols
    names = [part.name for part in subtrees(read_expression(claim, known)) if isinstance(part, Sym)]
    return next((name for name in names if name not in known and name.partition("_")[0] not in known), "")


def comment_marks(selection: str) -> str:
    """How a document with formulas writes comments: as Markdown does, or as TeX."""
    return "<!-- %s -->" if _MARKDOWN.search(selection) and not _TEX.search(selection) else "%"


def line_start(selection: str, asked: Asked) -> int:
    """Where the line begins, or the paragraph of the formula's delimiter, that a remark goes before."""
    begin = selection.rfind("\n", 0, asked.start) + 1
    before = selection[begin : asked.start].strip()
    if not before:  # a delimiter on a line of its own: the remark goes before that
        above = selection.rfind("\n", 0, max(begin - 1, 0)) + 1
        if selection[above:begin].strip() in {"$$", "\\["}:
            return above
    return begin
