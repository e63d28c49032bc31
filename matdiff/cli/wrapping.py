"""Lines for a terminal's width: prose between words, formulas before operators, never inside a word or a number."""

from __future__ import annotations

import shutil
from matdiff.lean import re

from matdiff.errors.report import columns

_WORDS = re.compile(r" +")
# before a sign that stands free outside a name, and behind an equals sign or a comma
_OPERATORS = re.compile(r" (?=[-+=] |where )|(?<=[=,;]) ")


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


def _filled(pieces: list[str], first: str, further: str, room: int) -> list[str]:
    lines, line = [], first + pieces[0]
    for piece in pieces[1:]:
        if columns(line) + 1 + columns(piece) <= room:
            line += " " + piece
        else:
            lines.append(line)
            line = further + piece
    return [*lines, line]
