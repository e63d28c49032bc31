"""A selection from an editor, taken apart: where its questions stand, and what around them stays as it is."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.cli.editors.regions import fenced, is_prose, regions
from matdiff.reading.operator_text import begins_with_operator

if TYPE_CHECKING:
    from collections.abc import Iterator

_ALIGNED = re.compile(r"\\begin\{(?:align|eqnarray|flalign|alignat|split|aligned)")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_OLD_REPORT = re.compile(r"(?:[^\w\n]*matdiff: error[^\n]*\n)+")
_MARK = re.compile(r"[ \t]*(?:(?:#+|%+|//+|--|;+)[ \t]+)?")
_BULLET = re.compile(r"[ \t]*(?:#+|%+|//+|--|;+|[-+*>]|\d+[.)])[ \t]+")
_COMMENT = re.compile(r"[ \t]*(?:#+|%+|//+|--|;+)[ \t]")
_LEAD = re.compile(
    r"(?:\s|%[^\n]*\n|\\label\{[^}]*\}|\\displaystyle(?![A-Za-z])|\\begin\{(?:aligned|split|gathered)\}|\\tag\*?\{[^}]*\})*"
)
_AT_THE_END = re.compile(
    r"(?:\\(?:nonumber|notag)(?![A-Za-z])|\\(?:label|tag\*?)\{[^{}]*\}|\\end\{(?:aligned|split|gathered)\}|\\[,;!]|\\q?quad|(?<!\\)%[^\n]*)\Z"
)
_WHERE = re.compile(r"\\(?:text|mathrm|textrm)\s*\{\s*where\s*\}|(?<![A-Za-z0-9_\\])where(?![A-Za-z0-9_])")
_EQUALS = re.compile(r"(?<![=<>!:~])=(?!=)")
_BLANK = " \t\r\n"
_REMARK = re.compile(r"(?<!\\)%[^\n]*\n")
_NEXT_MARK = re.compile(r"\s*\n[ \t]*(?:(?:#+|%+|//+|--|;+)[ \t]+)?")


class Asked(NamedTuple):
    """A question in a selection.

    start, end: what an answer alone takes the place of.  text: the question.  joint: what goes between the question and
    an answer that is
    put behind it; asked_end: where the question ends then; closing: its declarations, which follow.  keeps: an equals
    sign behind the
    question asks for that already.  latex: whether it stands in LaTeX.  claim: whether the author's own right-hand side
    stands behind it, so that nothing is asked; said: that right-hand side.
    """

    start: int
    end: int
    text: str
    asked_end: int
    joint: str
    closing: str
    keeps: bool
    latex: bool
    claim: bool = False
    said: str = ""


def without_report(selection: str) -> str:
    """The selection without the comment lines of an earlier failure."""
    found = _OLD_REPORT.match(selection)
    return selection[found.end() :] if found else selection


def is_latex(text: str) -> bool:
    """Whether a text is written in LaTeX, by its delimiters or commands."""
    return bool(_COMMAND.search(text) or next(regions(text), None))


def questions(selection: str, *, operator: bool) -> list[Asked]:
    """The questions of a selection, in order; `operator`: whether the operator is known, so that expressions alone are
    wanted.
    """
    formulas = list(regions(selection))
    prose = is_prose(selection, formulas)
    if not formulas:
        if prose:
            return []
        if _COMMAND.search(selection):
            return [
                asked
                for start, end in _rows(selection, 0, len(selection))
                for asked in _question(selection, start, end, latex=True, aligned=False)
            ]
        return _of_plain_text(selection, operator=operator)
    found = [
        asked
        for start, end, opening in formulas
        for row_start, row_end in _rows(selection, start, end)
        for asked in _question(selection, row_start, row_end, latex=True, aligned=bool(_ALIGNED.match(opening)))
    ]
    if operator or (len(found) < 2 and not prose):
        return found
    return [asked for asked in found if asked.claim or begins_with_operator(asked.text)]


def _of_plain_text(selection: str, *, operator: bool) -> list[Asked]:
    found = [
        asked
        for start, end in _paragraphs(selection, operator=operator)
        for asked in _question(selection, start, end, latex=False, aligned=False)
    ]
    asking = [asked for asked in found if asked.claim or begins_with_operator(asked.text)]
    return found if operator or not asking else asking


def _rows(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    r"""The rows between \\, outside braces."""
    depth, row, place = 0, start, start
    while place < end:
        character = text[place]
        if character == "\\":
            if not depth and text[place : place + 2] == "\\\\":
                yield row, place
                row = place + 2
            place += 2
            continue
        depth += (character == "{") - (character == "}")
        place += 1
    if row < end:
        yield row, end


class _Line(NamedTuple):
    """A line of plain text: where it begins behind its mark, where it ends, and whether it is a comment."""

    start: int
    end: int
    comment: bool


def _lines(text: str, marks: re.Pattern[str]) -> Iterator[_Line | None]:
    """The lines outside blocks of code, without their marks; None for a blank one, and for one of code."""
    fences = fenced(text)
    for match in re.finditer(r"[^\n]+|(?<=\n)(?=\n)", text):
        line = match[0]
        if not line.strip() or any(start <= match.start() < end for start, end in fences):
            yield None
            continue
        mark = marks.match(line) or _MARK.match(line)
        start = match.start() + (mark.end() if mark else 0)
        yield _Line(start, match.end(), bool(_COMMENT.match(line)))


def _paragraphs(text: str, *, operator: bool) -> list[tuple[int, int]]:
    """The questions of plain text: each begins on a line with an operator, or is the whole text; a comment's mark
    before it stays.  Further lines belong to it up to a blank one, or to one that is no comment where it is one.
    """
    if operator:
        filled = [line for line in _lines(text, _MARK) if line is not None]
        return [(filled[0].start, filled[-1].end)] if filled else []
    found: list[tuple[int, int]] = []
    first: _Line | None = None  # the line that the question begins on which goes on
    for line in _lines(text, _BULLET):
        if line is None:
            first = None
        elif not found or _asks(text[line.start : line.end]):
            first = line
            found.append((line.start, line.end))
        elif first is not None and first.comment <= line.comment:
            found[-1] = (first.start, line.end)
    return found


def _asks(line: str) -> bool:
    """Whether a line of plain text holds a question of its own, perhaps behind an equals sign."""
    return any(begins_with_operator(part) for part in _EQUALS.split(line)[:3] if part.strip())


def _question(text: str, start: int, end: int, *, latex: bool, aligned: bool) -> Iterator[Asked]:
    """The question of a row: what begins with an operator, else what stands last before the end or a last equals
    sign.
    """
    lead = _LEAD.match(text, start, end)
    start = lead.end() if lead else start
    end = _trimmed(text, start, end)
    if start >= end:
        return
    where = _WHERE.search(text, start, end)
    body = _trimmed(text, start, where.start()) if where else end
    parts = _parts(text, start, body)
    filled = [(part, to, joint) for part, to, joint in parts if part < to]
    if not filled:
        return
    asking = [item for item in filled if len(parts) > 1 and begins_with_operator(text[item[0] : item[1]])]
    begin, asked_end, joint = asking[-1] if asking else filled[-1]
    claim = bool(asking) and asking[-1] != filled[-1]
    said = _plain(text[filled[-1][0] : filled[-1][1]], latex=latex) if claim else ""
    closing = text[body:end]
    keeps = bool(joint)
    default = " = " if not aligned or "&" in text[start:body] else " &= "
    asked = _plain(text[begin:asked_end] + closing, latex=latex)
    yield Asked(begin, end, asked, asked_end, _spaced(joint) or default, closing, keeps, latex, claim, said)


def _spaced(joint: str) -> str:
    """The author's equals sign, with the blanks that it needs where nothing stood behind it."""
    if not joint:
        return ""
    left = joint if joint[0].isspace() or joint[0] == "&" else " " + joint
    return left if left[-1].isspace() else left + " "


def _parts(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """The sides of the equals signs outside brackets: where each begins and ends, and the sign behind it ("" behind
    the last).
    """
    parts: list[tuple[int, int, str]] = []
    begin = start
    for match in _EQUALS.finditer(text, start, end):
        before = text[begin : match.start()]
        if sum(before.count(opening) for opening in "([{") != sum(before.count(closing) for closing in ")]}"):
            continue
        left, right = match.start(), match.end()
        while left > begin and text[left - 1] in " \t\r\n&":
            left -= 1
        while right < end and text[right] in " \t\r\n&":
            right += 1
        parts.append((begin, left, text[left:right]))
        begin = right
    while begin < end and text[begin] in " \t\r\n&":
        begin += 1
    return [*parts, (begin, max(begin, end), "")]


def _trimmed(text: str, start: int, end: int) -> int:
    """Where a formula ends, without the blanks, punctuation, labels and comments behind it."""
    piece = text[start:end]
    while True:
        shorter = _AT_THE_END.sub("", piece.rstrip(_BLANK + ".,;"))
        if len(shorter) == len(piece):
            return start + len(piece)
        piece = shorter


def _plain(text: str, *, latex: bool) -> str:
    """A question without the comments in it, or the comment marks before its further lines."""
    return _REMARK.sub("\n", text) if latex else _NEXT_MARK.sub(" ", text)
