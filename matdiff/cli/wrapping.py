"""Lines for a terminal's width: prose between words, formulas before operators, never inside a word or a number."""

from __future__ import annotations

import shutil
from matdiff.lean import re

from matdiff.errors.report import columns

_WORDS = re.compile(r" +")
# before a sign that stands free outside a name, and behind an equals sign or a comma
_OPERATORS = re.compile(r" (?=[-+=] |where )|(?<=[=,;]) ")

_COLOUR = re.compile("\x1b\\[[0-9;]*m")
_GUTTER = re.compile(r" *[0-9]* \|")

_GAP = "   "


def width() -> int:
    """The columns of the terminal (COLUMNS where that is set)."""
    return shutil.get_terminal_size((80, 24)).columns


def prose(text: str, indent: str = "", room: int = 0) -> list[str]:
    """`text` in lines of at most `room` columns (the terminal's, where it is 0), broken between words."""
    return _filled(_WORDS.split(text.strip()), indent, indent, room or width())


def formula(text: str, indent: str = "", room: int = 0) -> list[str]:
    """`text` in lines of at most `room` columns, broken before operators; further lines stand two columns deeper.

    A piece that is too long by itself is broken between its factors.
    """
    room = room or width()
    pieces = []
    for piece in _OPERATORS.split(text.strip()):
        pieces += [piece] if columns(piece) + len(indent) + 2 <= room else _WORDS.split(piece)
    return _filled(pieces, indent, indent + "  ", room)


def fitted(text: str, room: int = 0) -> str:
    """Messages for people: lines wider than `room` columns are broken between words, further ones as deep as the
    first and two columns more.  What marks a place in a source by its columns fits already.
    """
    room = room or width()
    lines = []
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        plain = _COLOUR.sub("", line)
        if columns(plain) <= room or _GUTTER.match(plain):
            lines.append(line)
        elif _GAP in line.strip():
            lines += step(line, room)
        else:
            lines += _filled(_WORDS.split(line.strip()), indent, indent + "  ", room)
    return "\n".join(lines)


def step(line: str, room: int = 0) -> list[str]:
    """A step, which names its rule behind a gap, in lines of at most `room` columns: the rule stands below."""
    indent = line[: len(line) - len(line.lstrip())]
    made, gap, rule = line.strip().rpartition(_GAP)
    if not gap:
        return formula(line, indent, room)
    return [*formula(made.strip(), indent, room), *formula(rule, indent + " " * 6, room)]


def _filled(pieces: list[str], first: str, further: str, room: int) -> list[str]:
    lines, line = [], first + pieces[0]
    for piece in pieces[1:]:
        if columns(_COLOUR.sub("", line)) + 1 + columns(_COLOUR.sub("", piece)) <= room:
            line += " " + piece
        else:
            lines.append(line)
            line = further + piece
    return [*lines, line]
