"""Text to tokens: numbers, words, LaTeX commands, subscripts and symbols, each with its place in the text.

What a token means in its surroundings is decided later, by `undress` (LaTeX), `words`, `brackets` and `roles`.
"""

from __future__ import annotations

from itertools import pairwise
from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.reading import left_division, mistakes, tables
from matdiff.reading.letters import SUBSCRIPTS, SUPERSCRIPTS, VULGAR_FRACTIONS, ZERO_WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1_000_000
MOST = 100_000  # names, numbers and signs; more would cost minutes and hundreds of megabytes
TABLES = tables.load()

_LATIN = "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_LETTER = (
    _LATIN + "\u0391-\u03a9\u03b1-\u03c9\u03d1\u03d5\u03d6\u03f0\u03f1\u03f5\u1e00-\u1eff\u2113\U0001d400-\U0001d7cb"
)
_BLANK = r" \t\r\n\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # and no control characters
_MARK = "\u0300-\u036f"
_BRACED = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_SYMBOLS = "|".join(
    re.escape(symbol) + ("(?![A-Za-z0-9_])" if symbol[-1].isalpha() else "")
    for symbol in sorted(TABLES.spellings, key=len, reverse=True)
    if len(symbol) > 1 and symbol[0] != "\\"
)
_COMMANDS = frozenset([symbol for symbol in TABLES.spellings if symbol[0] == "\\"])
_MODULES = "np|numpy|jnp|jax|torch|scipy|sp|tf|math|linalg|LinearAlgebra|anp"
_PATTERN = re.compile(
    rf"(?P<BLANK>[{_BLANK}]+)"
    rf"|(?P<NUMBER>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+(?![A-Za-z0-9]))?|\.[0-9]+)"
    rf"|(?P<PATH>(?:{_MODULES})(?!\.m?T\b)(?:\.[A-Za-z_][A-Za-z0-9_]*)+)"
    rf"|(?P<WORD>[{_LETTER}][{_LETTER}{_MARK}0-9]*)"
    rf"|(?P<COMMAND>\\(?:[A-Za-z]+\*?|.))"
    rf"|(?P<SUBSCRIPT>_\s*(?:{_BRACED}|\([^()]*\)|\\[A-Za-z]+\s*(?:{_BRACED})?|[{_LETTER}0-9{_MARK}]+(?:_[{_LETTER}0-9]+)*|\*|∞)|_\+|[{''.join(SUBSCRIPTS)}]+)"
    rf"|(?P<SUPERSCRIPT>[{''.join(SUPERSCRIPTS)}]+)"
    rf"|(?P<SYMBOL>{_SYMBOLS})"
    rf"|(?P<ATTRIBUTE>\.[A-Za-z_][A-Za-z0-9_]*)"
    rf"|(?P<CHARACTER>.)",
    re.DOTALL,
)
_TWO_DIGITS = re.compile(r"[0-9]")


class Token:
    """A piece of the text: `kind` as the grammar calls it, `text` in canonical spelling, `value` where text is not
    enough.

    `glued` tells that no space stands before it, `gap` that one of LaTeX's spaces does.
    """

    __slots__ = ("end", "gap", "glued", "kind", "start", "text", "value")

    def __init__(self, kind: str, text: str, start: int, end: int, glued: bool = False, value: object = None) -> None:  # noqa: PLR0917 # made too often for keywords to cost nothing
        self.kind = kind
        self.text = text
        self.start = start
        self.end = end
        self.glued = glued
        self.value = value
        self.gap = False

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    def __repr__(self) -> str:
        return f"{self.kind}:{self.text}"

    def become(self, kind: str, text: str | None = None, end: int | None = None, value: object = None) -> Token:
        """A token in the same place, of another kind (perhaps reaching further)."""
        new = Token(
            kind, self.text if text is None else text, self.start, self.end if end is None else end, self.glued, value
        )
        new.gap = self.gap
        return new


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of text[start:end]; raises E103 at a character that is not in the language, E107 for a text of over a
    million characters.
    """
    if len(text) > MOST:
        _check_length(text)
    if "\\" in text:
        text = left_division.marked(text, _COMMANDS)
        text = text.replace("\\left.", "      ").replace("\\right.", "       ")  # a bracket that is not there
    found: list[Token] = []
    spellings = TABLES.spellings
    glued = gap = False
    waiting: list[int] = []  # arguments of \frac that are still to come, and braces that are open in between
    for match in _PATTERN.finditer(text, start, len(text) if end is None else end):
        kind = match.lastgroup or ""
        if kind == "BLANK":
            glued = False
            continue
        piece = match[0]
        if kind in _SPELLED:
            kind = spellings.get(piece, kind)
            if kind in _SPACES:
                glued, gap = False, gap or kind == "WIDE"
                continue
            if kind == "CHARACTER":
                if piece in ZERO_WIDTH:
                    continue
                kind, piece = _character(text, match.start(), piece)
        single = _arguments(waiting, kind, piece) if waiting or kind in _TAKES else 0
        whole = Token(kind, piece, match.start(), match.end(), glued)
        found += _letters(whole, single) if single else [whole]
        if gap:
            found[-1].gap, gap = True, False
        glued = True
    return found


def _check_length(text: str) -> None:
    if len(text) > LONGEST:
        raise mistakes.too_long(text, LONGEST)
    count = sum(match.lastgroup != "BLANK" for match in _PATTERN.finditer(text))
    if count > MOST:
        raise mistakes.error("E106", f"the question has {count:,} names and signs, the limit is {MOST:,}", Span(0, 1))


_SPACES = frozenset(("SPACING", "WIDE"))
_SPELLED = frozenset(("COMMAND", "SYMBOL", "ATTRIBUTE", "CHARACTER"))


_WORDY = frozenset(("NUMBER", "WORD"))
_TAKES = {"FRAC": 2, "ROOT": 1}


_ARGUMENT, _GROUP = -1, -2  # braces


def _arguments(waiting: list[int], kind: str, piece: str) -> int:
    r"""Take a token into account: an argument of the last \\frac, a brace, or a \\frac itself.

    \\frac12 is one half, \\frac N2x half of N x: an argument without braces is one letter or digit; how many letters of
    the token are arguments so, or 0 where it stays whole.
    """
    asks = bool(waiting) and waiting[-1] > 0
    if kind in _TAKES and piece[0] == "\\":
        waiting.append(_TAKES[kind])
    elif piece == "{":
        waiting.append(_ARGUMENT if asks else _GROUP)
    elif piece == "}":
        while waiting and waiting[-1] > 0:
            waiting.pop()
        if waiting and waiting.pop() == _ARGUMENT:
            _taken(waiting, 1)
    elif asks and kind in _WORDY and len(piece) > 1 and "/" not in piece:  # one half in one character is one
        single = min(waiting[-1], len(piece))
        _taken(waiting, single)
        return single
    elif asks and kind not in _DRESS:
        _taken(waiting, 1)
    return 0


def _taken(waiting: list[int], count: int) -> None:
    r"""Count arguments; one that ends may itself be the argument of another \\frac."""
    waiting[-1] -= count
    while waiting and not waiting[-1]:
        waiting.pop()
        if waiting and waiting[-1] > 0:
            waiting[-1] -= 1


_DRESS = frozenset(("BOLD", "ROMAN", "BLACKBOARD", "HAT", "BARRED", "TILDE", "ARROW", "DOTTED", "CHECK"))


def _letters(token: Token, single: int) -> Iterator[Token]:
    """A word or number, so many of its first letters each by itself; digits that a word goes on with are a number."""
    text, length = token.text, len(token.text)
    digits = length - single - len(text[single:].lstrip("0123456789"))
    cuts = sorted({*range(single + 1), single + digits, length})
    for begin, end in pairwise(cuts):
        kind = "NUMBER" if text[begin].isdigit() else token.kind
        yield Token(kind, text[begin:end], token.start + begin, token.start + end, token.glued if begin == 0 else True)


def _character(text: str, at: int, piece: str) -> tuple[str, str]:
    """A single character without a spelling of its own."""
    if piece in VULGAR_FRACTIONS:
        return "NUMBER", VULGAR_FRACTIONS[piece]
    if piece in '._"':
        return piece, piece
    raise mistakes.strange_character(text, at)


def translated(token: Token, ascii_text: str) -> list[Token]:
    """The tokens of `ascii_text`, all of them standing where `token` stands (a superscript written with Unicode
    letters).
    """
    found = tokens(ascii_text)
    for inner in found:
        inner.start, inner.end = token.start, token.end
    return found
