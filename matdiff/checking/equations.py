r"""Equations as they stand in a text: d/dX tr(X^T B X) = (B + B^T) X, also `&=`, between dollars, and with
declarations behind the word where.
"""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import NamedTuple

from matdiff.errors import Label, ReadingError, Span

_WHERE = re.compile(r"\\(?:text|mathrm|textrm)\s*\{\s*where\s*\}|(?<![A-Za-z0-9_\\])where(?![A-Za-z0-9_])")
_DRESS = (("$$", "$$"), ("$", "$"), (r"\[", r"\]"), (r"\(", r"\)"))
_STOPS = ".,;"
_OPEN, _CLOSED = "([{", ")]}"


class Equation(NamedTuple):
    """A question (operator in front) with its declarations, and what is claimed to be the answer."""

    question: str
    claim: str
    where: str = ""


def split_equation(text: str) -> Equation:
    """The two sides of the equation `text`.  Raises ReadingError E116 where there is no equals sign outside
    brackets.
    """
    body, where = _declared(text)
    body = _undressed(body)
    place = _equals(body)
    if place is None:
        raise ReadingError(
            "E116",
            "the claim is missing: there is no '='",
            Label(Span(0, len(text))),
            hint="write d/dX tr(X^T A) = A",
            source=text,
        )
    return Equation(body[:place].rstrip(" \t:&"), body[place + 1 :].lstrip(" \t&"), where)


def _undressed(text: str) -> str:
    """Without the delimiters of a formula around it, and the punctuation of a sentence behind it."""
    text = text.strip().rstrip(_STOPS).strip()
    for start, end in _DRESS:
        if text.startswith(start) and text.endswith(end) and len(text) >= len(start) + len(end):
            return text[len(start) : len(text) - len(end)].strip().rstrip(_STOPS)
    return text


def _declared(text: str) -> tuple[str, str]:
    match = _WHERE.search(text)
    if match is None:
        return text, ""
    behind = text[match.end() :].strip()
    closing = next(
        (end for start, end in _DRESS if text.strip().startswith(start) and behind.rstrip(_STOPS).endswith(end)), ""
    )
    return text[: match.start()] + closing, behind.rstrip(_STOPS).removesuffix(closing)


def _equals(text: str) -> int | None:
    """Where the first equals sign outside brackets stands."""
    depth = 0
    for place, character in enumerate(text):
        if character in _OPEN:
            depth += 1
        elif character in _CLOSED:
            depth -= 1
        elif character == "=" and depth <= 0 and not _bound(text, place):
            return place
    return None


def _bound(text: str, place: int) -> bool:
    r"""Whether the sign belongs to the index of a sum: \sum_n=1^N, or to <=, >=, !=."""
    return bool(re.search(r"(?:sum|Σ|∑)\s*_\s*[A-Za-z]\s*$|[<>!]$", text[:place]))
