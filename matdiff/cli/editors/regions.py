r"""Where the formulas of a document stand: between its delimiters, outside of code, comments and what costs $5."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.reading.operator_text import begins_with_operator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DISPLAYS = "equation|align|gather|multline|displaymath|math|eqnarray|flalign|alignat|dmath|split|aligned|gathered"
_VERBATIM = r"verbatim|Verbatim|BVerbatim|lstlisting|minted|alltt|comment|filecontents|tcblisting|Code|code"
_MARKS = re.compile(
    rf"""(?<!\\)(?:\\\\)*(?:
     (?P<formula>\$\$?|\\\[|\\\(|\\begin\{{(?:{_DISPLAYS})\*?\}})
    |(?P<verbatim>\\begin\{{(?:{_VERBATIM})\*?\}})
    |\\(?:verb\*?|lstinline(?:\[[^]\n]*\])?|mintinline\{{\w+\}})(?P<verb>[^\w\s*])
    |(?P<html><!--)
    |(?:(?<=\n)|\A)[ \t>]*(?P<fence>`{{3,}}|~{{3,}})[^`\n]*\n
    |(?:(?<=\n)|\A)[ \t]*(?P<remark>%)
    |(?P<code>`+)
    )""",
    re.VERBOSE,
)
_CLOSING = {"$": "$", "$$": "$$", r"\[": r"\]", r"\(": r"\)"}
_IN_A_REMARK = re.compile(r"\S.*(?<!\\)%")  # behind what stands on the line
_PARAGRAPH_END = re.compile(r"\n[ \t]*\r?\n")
_UNREMARKED = re.compile(r"(?:(?<=\n)|\A)[ \t]*[^%\s]")
_NO_PROSE = re.compile(
    r"\\(?:begin|end)\s*\{[^{}]*\}(?:\[[^]]*\])?|\\(?:label|ref|eqref|tag)\*?\{[^{}]*\}|\\[A-Za-z]+|(?<!\\)%[^\n]*"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"(?<![A-Za-z\\_])[A-Za-z]{2,},? [a-z]{2,},? [a-z]{2,}(?![A-Za-z(_])")
_LINE_MARK = re.compile(r"\A[ \t]*(?:(?:#+|%+|//+|--|;+|[-+*>]|\d+[.)])[ \t]+)?")
_FENCE = re.compile(r"(?:(?<=\n)|\A)[ \t>]*(`{3,}|~{3,})[^`\n]*(?=\n|\Z)")
_DOCUMENT = re.compile(
    r"\\(?:part|chapter|(?:sub)*section|paragraph|item|cite[a-z]*|ref|footnote|usepackage|documentclass|emph|textbf|title)"
    r"(?![A-Za-z])"
)


class Region(NamedTuple):
    """A formula between delimiters: text[start:end], and what opens it."""

    start: int
    end: int
    opening: str


def regions(text: str) -> Iterator[Region]:
    r"""The formulas between delimiters, in order.

    What stands in code (verbatim, listings, Markdown's fences and backticks), in comments (unless there is nothing
    else) and between dollars of different paragraphs, or before a digit, is none.
    """
    reader = _Reader(text)
    place = 0
    while found := _MARKS.search(text, place):
        kind = str(found.lastgroup)
        if kind == "formula":
            region, place = reader.formula(found["formula"], found.end())
            if region is not None and not _behind_a_remark(text, found.start()):
                yield region
        else:
            place = reader.behind(kind, found[kind], found.end())


def is_prose(text: str, found: Sequence[Region]) -> bool:
    """Whether words stand beside the formulas of a text, so that it is no formula that was selected, but a passage."""
    edges = [0, *[edge for region in found for edge in (region.start, region.end)], len(text)]
    outside = "\n".join([text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)])
    if not found and not _DOCUMENT.search(text):
        return bool(_SENTENCE.search(text)) and not any(map(_asks, text.split("\n")))
    return bool(_WORD.search(_NO_PROSE.sub(" ", outside)))


def _asks(line: str) -> bool:
    return begins_with_operator(_LINE_MARK.sub("", line))


def fenced(text: str) -> list[tuple[int, int]]:
    """The blocks of code between Markdown's fences, and the fences themselves; none where there is nothing else."""
    marks = list(_FENCE.finditer(text))
    found = []
    while len(marks) > 1:
        opening = marks.pop(0)
        ends = [k for k, mark in enumerate(marks) if mark[1].startswith(opening[1])]
        if ends:
            found.append((opening.start(), marks[ends[0]].end()))
            marks = marks[ends[0] + 1 :]
    edges = [0, *[edge for span in found for edge in span], len(text)]
    outside = "".join([text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)])
    if not outside.strip():
        return [(mark.start(), mark.end()) for mark in _FENCE.finditer(text)]
    return found


def _behind_a_remark(text: str, place: int) -> bool:
    return bool(_IN_A_REMARK.search(text, text.rfind("\n", 0, place) + 1, place))


class _Reader:
    """Finds where what is opened ends; what is known not to end any more is looked for once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.remarks = bool(_UNREMARKED.search(text))  # a selection of comments alone is read
        self.unclosed: set[str] = set()
        self.paragraph = self.no_dollar = -1  # where this paragraph ends; before where no dollar closes

    def formula(self, mark: str, start: int) -> tuple[Region | None, int]:
        """The formula that `mark` opens before `start`, if it ends, and where to read on."""
        closing = _CLOSING.get(mark) or mark.replace("begin", "end", 1)
        end = self._dollar(start) if mark == "$" else self._end(closing, start)
        if end < 0:
            return None, start
        return Region(start, end, mark) if end > start else None, end + len(closing)

    def behind(self, kind: str, mark: str, start: int) -> int:
        """Where to read on behind code or a comment that begins before `start`."""
        if kind == "remark":
            line = self.text.find("\n", start)
            return start if not self.remarks else line if line >= 0 else len(self.text)
        closing = {"html": "-->", "verbatim": mark.replace("begin", "end", 1), "fence": f"\n{mark}"}.get(kind, mark)
        if kind == "verb":
            closing = {"{": "}", "[": "]", "(": ")"}.get(mark, mark)
        end = self._end(closing, start - (kind == "fence"), within_a_paragraph=kind in {"verb", "code"})
        if end < 0 or (kind == "code" and self._is_a_quote(mark, start, end)):
            return start
        return end + len(closing)

    def _is_a_quote(self, mark: str, start: int, end: int) -> bool:
        """Are the backticks TeX's quotation marks, as in ``this'', or part of a longer row?"""
        return "'" * len(mark) in self.text[start:end] or self.text[end + len(mark) : end + len(mark) + 1] == "`"

    def _end(self, closing: str, start: int, *, within_a_paragraph: bool = False) -> int:
        if closing in self.unclosed:
            return -1
        limit = self._paragraph_end(start) if within_a_paragraph else len(self.text)
        end = self.text.find(closing, start, limit)
        while end > 0 and self.text[end - 1] == "\\" and closing[0] == "$":
            end = self.text.find(closing, end + 1, limit)
        if end < 0 and not within_a_paragraph:
            self.unclosed.add(closing)
        return end

    def _dollar(self, start: int) -> int:
        """The dollar that closes a formula of this paragraph: neither escaped nor the price of something."""
        limit = self._paragraph_end(start)
        if start <= self.no_dollar:
            return -1
        end = self.text.find("$", start, limit)
        is_number = self.text[start : start + 1].isdigit()
        while end >= 0 and (self.text[end - 1] == "\\" or self.text[end + 1 : end + 2].isdigit()):
            if is_number and self.text[end - 1] != "\\":
                return -1
            end = self.text.find("$", end + 1, limit)
        if is_number and end >= 0 and self.text[end - 1].isspace():
            return -1
        if end < 0:
            self.no_dollar = limit
        return end

    def _paragraph_end(self, place: int) -> int:
        if place > self.paragraph:
            found = _PARAGRAPH_END.search(self.text, place)
            self.paragraph = found.start() if found else len(self.text)
        return self.paragraph
