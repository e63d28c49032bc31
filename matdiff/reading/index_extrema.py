r"""The largest of x_1, x_2, …: \\max_i x_i is max(x), \\max_i |x_i - y_i| is max(|x - y|)."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.reading import mistakes
from matdiff.reading.lexing import Token
from matdiff.reading.subscripts import subscript_raw
from matdiff.reading.token_pass import WORD_KINDS

if TYPE_CHECKING:
    from matdiff.reading.token_pass import TokenPass

_OPENS, _CLOSES = frozenset(("OPEN", "LEFTBAR", "LEFTNORM")), frozenset(("CLOSE", "RIGHTBAR", "RIGHTNORM"))
_BARS = frozenset(("BAR", "LEFTBAR", "RIGHTBAR"))
_AROUND = _BARS | {"OPEN", "CLOSE", "LEFT", "RIGHT"}
_SIGNS = frozenset(("PLUS", "MINUS"))


def over_index(words: TokenPass, place: int, function: str) -> int:
    """The function of the whole vector in place of that over an index; the place from which the rest is read.

    Raises E115 where what stands behind is more than entries of that index, added and subtracted, and their absolute
    value.
    """
    token, below = words.given[place], words.given[place + 1]
    index = subscript_raw(below)
    end = _end(words, place + 2)
    body = words.given[place + 2 : end]
    kept = _entries(body, index) if len(index) == 1 and index.islower() else []
    if not kept or any(words.scope.knows(f"{name.text}_{index}") for name in kept if name.kind in WORD_KINDS):
        raise mistakes.not_supported(
            f"'{token.text}' over '{index}' of this is not supported",
            Span(token.start, below.end),
            hint=f"{token.text}_i x_i and {token.text}_i |x_i - y_i| are; write {function}(x) for the entries of x",
        )
    opening = Token("OPEN", "(", below.start, below.end, glued=True)
    closing = Token("CLOSE", ")", kept[-1].end, kept[-1].end, glued=True)
    words.given[place + 1 : end] = [opening, *kept, closing]
    words.out.append(token.become("FUNCTION", function))
    return place + 1


def _end(words: TokenPass, place: int) -> int:
    """Where the product that begins here ends."""
    depth, start = 0, place
    while place < len(words.given):
        token = words.given[place]
        depth += (token.kind in _OPENS) - (token.kind in _CLOSES)
        bars = sum(other.kind == "BAR" for other in words.given[start:place]) % 2
        if depth < 0 or (not depth and not bars and place > start and token.kind in _SIGNS | {"COMMA", "EQUALS"}):
            break
        place += 1
    return place


def _entries(body: list[Token], index: str) -> list[Token]:
    """The tokens without the index below every name; none where anything else stands there."""
    kept: list[Token] = []
    for place, token in enumerate(body):
        if token.kind == "SUBSCRIPT":
            continue
        if token.kind in WORD_KINDS:
            below = body[place + 1] if place + 1 < len(body) else token
            name = token.kind == "LETTER" or len(token.text) == 1
            entry = below.kind == "SUBSCRIPT" and subscript_raw(below) == index
            if not (name and entry) or (kept and kept[-1].kind in WORD_KINDS):
                return []
        elif token.kind not in _AROUND and token.kind not in _SIGNS:
            return []
        kept.append(token)
    return kept
