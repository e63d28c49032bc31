"""What stands below a name, a norm or a sum, as text and as tokens."""

from __future__ import annotations

from matdiff.reading.letters import SUBSCRIPTS
from matdiff.reading.lexing import Token, tokens, translated
from matdiff.reading.undress import undress


def subscript_raw(token: Token) -> str:
    """A subscript as it is written, without its braces."""
    if token.text[0] in SUBSCRIPTS:
        return "".join([SUBSCRIPTS[letter] for letter in token.text])
    raw = token.text[1:].strip()
    return raw[1:-1].strip() if raw[0] in "{(" else raw


def subscript_tokens(token: Token) -> list[Token]:
    """The tokens inside a subscript, each in its own place in the text."""
    raw = subscript_raw(token)
    if token.text[0] in SUBSCRIPTS:
        return translated(token, raw)
    shift = token.start + token.text.index(raw, 1)
    inner = tokens(raw)
    for found in inner:
        found.start, found.end = found.start + shift, found.end + shift
    return undress(inner)
