"""An error as people read it, and as a JSON object.

    error[E102]: unknown function 'trc'
      |
    1 | trc(X) + A
      | ^^^ did you mean 'tr'?

The message, the line it is about with carets under the place, and the hint.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matdiff.errors import Label, MatdiffError

WIDTH = 96  # columns of the source that are shown; what lies beyond is cut with an ellipsis
LEAD = 32  # columns kept before the first place when the source is cut
_RED, _BLUE, _BOLD, _PLAIN = "\x1b[1;31m", "\x1b[34m", "\x1b[1m", "\x1b[0m"


class Mark(NamedTuple):
    """A label in columns of the line as it is shown."""

    start: int
    end: int
    text: str


def visible(text: str) -> str:
    """`text` with everything that a terminal would obey, or not show, made visible."""
    return text if text.isprintable() else "".join(map(_visible_character, text))


def visible_lines(text: str) -> str:
    """`text` made visible line by line."""
    return "\n".join([visible(line) for line in text.split("\n")])


def _visible_character(character: str) -> str:
    if character.isprintable():
        return character
    if character in "\t\u00a0\u2009\u202f\u3000":
        return " "
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else f"<U+{code:04X}>"


def columns(text: str) -> int:
    """How many terminal columns `text` takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width  # noqa: PLC0415 # only wanted for text beyond ASCII

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def text_report(
    error: MatdiffError, line: int = 1, *, encoding: str = "utf-8", colour: bool = False, room: int = 0
) -> str:
    """The report of `error` as lines of text; `line` is the number of the source's first line, `room` the columns of
    a terminal that the source and what stands below it are to fit in (0: any number).

    Several labels are drawn as compilers do it, each text under its own carets.  Characters that `encoding`
    lacks are shown as escapes, and the carets count those.
    """

    def paint(style: str, text: str) -> str:
        return f"{style}{text}{_PLAIN}" if colour else text

    head = paint(_RED, f"error[{error.code}]") + paint(_BOLD, f": {visible(error.message)}")
    hint = visible(error.hint)
    if not error.source or not error.labels:
        return f"{head}\n  = {hint}" if hint else head
    blocks = _by_line(error.source, error.labels)
    gutter = len(str(line + blocks[-1][0]))
    bar = paint(_BLUE, " " * gutter + " |")
    rows = [head]
    for offset, text, marks in blocks:
        number = paint(_BLUE, f"{line + offset:>{gutter}} |")
        free = max(room - gutter - 3, LEAD) if room else 0
        shown, placed = _place(text, marks, encoding, free)
        if offset == blocks[-1][0]:
            placed, hint = _with_hint(placed, hint, free)
        rows += [bar, f"{number} {shown}", *(f"{bar} {paint(_RED, row)}" for row in _carets(placed))]
    if hint:
        rows += [bar, f"{' ' * gutter} = {hint}"]
    return "\n".join(rows)


def _with_hint(placed: list[Mark], hint: str, free: int) -> tuple[list[Mark], str]:
    """The hint behind the last carets where nothing else is said there; what is too wide there for `free` columns
    becomes the hint, which stands below.
    """
    last = placed[-1]
    fits = not free or last.end + 1 + columns(last.text or hint) <= free
    if hint and not last.text and fits:
        return [*placed[:-1], last._replace(text=hint)], ""
    if last.text and not hint and not fits and len(placed) == 1:
        return [last._replace(text="")], last.text
    return placed, hint


def _by_line(source: str, labels: tuple[Label, ...]) -> list[tuple[int, str, list[Mark]]]:
    """The lines of `source` that have labels, each as (number from 0, text, marks in characters of that line)."""
    lines: list[tuple[int, str, list[Mark]]] = []
    start = 0
    for number, text in enumerate(source.split("\n")):
        end = start + len(text)
        here = [
            Mark(max(0, span.start - start), max(span.start - start + 1, min(span.end, end) - start), words)
            for span, words in labels
            if start <= min(span.start, len(source)) <= end
        ]
        if here:
            lines.append((number, text, sorted(here)))
        start = end + 1
    return lines


def _place(text: str, marks: list[Mark], encoding: str, free: int) -> tuple[str, list[Mark]]:
    """The line as it is shown, cut around its marks where it is too long for `free` columns (0: for WIDTH), and the
    marks in its columns.
    """
    cells = [_encodable(_visible_character(c), encoding) for c in text]
    at = [0]
    for cell in cells:
        at.append(at[-1] + columns(cell))
    last = len(cells)
    low, high = 0, last
    if at[-1] > (free or WIDTH):
        kept = min(free - 2, WIDTH) if free else WIDTH  # ellipses stand beside it
        first = min(marks[0].start, last)
        while low < first and at[first] - at[low] > kept // 3:
            low += 1
        while high > low and at[high] - at[low] > kept:
            high -= 1
    ellipsis = _encodable("…", encoding)
    before, after = (ellipsis if low else ""), (ellipsis if high < last else "")
    shift = columns(before) - at[low]
    placed = []
    for mark in marks:
        start, end = min(mark.start, last, high), min(mark.end, last, high)
        left = at[start] + shift
        placed.append(Mark(left, max(left + 1, at[end] + shift), visible(mark.text)))
    return before + "".join(cells[low:high]) + after, placed


def _encodable(text: str, encoding: str) -> str:
    if text.isascii() or encoding.lower().replace("_", "-") in {"utf-8", "utf8"}:
        return text
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _carets(marks: list[Mark]) -> list[str]:
    """The rows under a line: all carets with the rightmost text behind them, then the other texts under theirs."""
    row = [" "] * max(mark.end for mark in marks)
    for mark in marks:
        row[mark.start : mark.end] = "^" * (mark.end - mark.start)
    rows = [("".join(row) + " " + marks[-1].text).rstrip()]
    waiting = [mark for mark in marks[:-1] if mark.text]
    if waiting:
        rows.append(_bars(waiting))
    while waiting:
        mark = waiting.pop()
        rows.append(_bars(waiting).ljust(mark.start) + mark.text)
    return rows


def _bars(marks: list[Mark]) -> str:
    starts = {mark.start for mark in marks}
    return "".join("|" if column in starts else " " for column in range(max(starts) + 1)) if starts else ""


def error_object(error: MatdiffError) -> dict[str, object]:
    """`error` for JSON: code, message, hint, and span (null where there is no place to point at)."""
    hint = error.hint or (error.labels[0].text if len(error.labels) == 1 else "")
    return {
        "code": error.code,
        "message": error.message,
        "hint": hint,
        "span": list(error.span) if error.span is not None else None,
    }
