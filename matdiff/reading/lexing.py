"""Text to tokens: numbers, words, LaTeX commands, subscripts and symbols, each with its place in the text.

What a token means in its surroundings is decided later, by `undress` (LaTeX), `words`, `brackets` and `roles`.
"""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.reading import left_division, mistakes, tables
from matdiff.reading.letters import SUBSCRIPTS, SUPERSCRIPTS, VULGAR_FRACTIONS, ZERO_WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1_000_000
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
    if len(text) > LONGEST:
        raise mistakes.too_long(text, LONGEST)
    if "\\" in text:
        text = left_division.marked(text, _COMMANDS)
    found: list[Token] = []
    spellings = TABLES.spellings
    glued = gap = False
    after_fraction = False
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
        elif kind == "NUMBER" and after_fraction and len(piece) > 1 and piece.isdigit():
            # \frac12 is one half: an argument without braces is one digit
            found.extend(_digits(piece, match.start()))
            after_fraction = False
            continue
        after_fraction = kind == "FRAC"
        found.append(Token(kind, piece, match.start(), match.end(), glued))
        if gap:
            found[-1].gap, gap = True, False
        glued = True
    return found


_SPACES = frozenset(("SPACING", "WIDE"))
_SPELLED = frozenset(("COMMAND", "SYMBOL", "ATTRIBUTE", "CHARACTER"))


def _digits(piece: str, start: int) -> Iterator[Token]:
    yield Token("NUMBER", piece[0], start, start + 1, glued=True)
    yield Token("NUMBER", piece[1], start + 1, start + 2, glued=True)
    if len(piece) > 2:
        yield Token("NUMBER", piece[2:], start + 2, start + len(piece), glued=True)


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
