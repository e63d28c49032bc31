r"""Sums over pairs of indices that are compared: \sum_{i<j}, \sum_{i \ne j}, \sum_{1 \le i < j \le n}."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.errors import Span
from matdiff.formula.syntax import DELTA
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading import mistakes
from matdiff.reading.lexing import Token
from matdiff.reading.names import is_name
from matdiff.reading.token_pass import WORD_KINDS

if TYPE_CHECKING:
    from matdiff.reading.token_pass import TokenPass

_LESS = {"<": 1, "\\lt": 1, "≤": 0, "<=": 0, "\\le": 0, "\\leq": 0}  # how far the second index begins behind the first
_MORE = {">": 1, "\\gt": 1, "≥": 0, ">=": 0, "\\ge": 0, "\\geq": 0}
_UNEQUAL = frozenset(("≠", "\\ne", "\\neq", "!="))


class Pair(NamedTuple):
    """Two indices: the first is smaller by at least `behind`, or they differ (None); the ends of their range."""

    first: Token
    second: Token
    behind: int | None
    low: list[Token]
    high: list[Token]


def compared(inner: list[Token]) -> Pair | None:
    """The pair that stands below a sum; None for anything else."""
    signs = [place for place, token in enumerate(inner) if token.kind == "RELATION"]
    low, high = list[Token](), list[Token]()
    if len(signs) == 3 and all(inner[sign].text in _LESS for sign in signs):
        low, high, inner = inner[: signs[0]], inner[signs[2] + 1 :], inner[signs[0] + 1 : signs[2]]
    if len(inner) != 3 or not _is_index(inner[0]) or not _is_index(inner[2]) or inner[0].text == inner[2].text:
        return None
    one, sign, other = inner
    if sign.text in _MORE:
        return Pair(other, one, _MORE[sign.text], low, high)
    if sign.text not in _LESS and sign.text not in _UNEQUAL:
        return None
    return Pair(one, other, _LESS.get(sign.text), low, high)


def _is_index(token: Token) -> bool:
    return token.kind in WORD_KINDS and token.text.isascii() and is_name(token.text)


def heads(words: TokenPass, sign: Token, pair: Pair, high: list[Token], body: list[Token]) -> None:
    """The sums over a pair, or over the one of the two that no sum around runs over; what differs has the factor
    1 - delta_ij.
    """
    bound = [token.text for token in words.out if token.kind == "INDEX"]
    low, high = words.read(pair.low), high or words.read(pair.high)
    first, second = pair.first, pair.second
    outer = [index for index in (first, second) if index.text not in bound]
    if not outer:
        raise mistakes.error("E113", "both indices of this sum are bound already", Span(sign.start, second.end))
    if pair.behind is None:
        _check_order(pair, outer, sign)
        for index in outer:
            _head(words, sign, index, low, high)
        _differing(words, pair, body)
        return
    step = [second.become("PLUS", "+"), second.become("NUMBER", "1")] if pair.behind else []
    if first in outer:
        below = [] if second in outer else [first.become("NAME", second.text), *_minus(step)]
        _head(words, sign, first, low, high if second in outer else below)
    if second in outer:
        _head(words, sign, second, [second.become("NAME", first.text), *step], high)


def _minus(step: list[Token]) -> list[Token]:
    return [token.become("MINUS", "-") if token.kind == "PLUS" else token for token in step]


def _check_order(pair: Pair, outer: list[Token], sign: Token) -> None:
    r"""Raise E125 for \sum_{j \ne i} where nothing binds i: of j alone, or of both."""
    if len(outer) == 2 and pair.first.text > pair.second.text:
        one, other = pair.first.text, pair.second.text
        raise mistakes.two_readings(
            f"{one} ≠ {other}",
            (f"a sum over both, {other} ≠ {one}", f"\\sum_{{{other} \\ne {one}}}"),
            (f"a sum over {one} alone", f"\\sum_{one} (1 - \\delta_{{{other}{one}}}) …"),
            Span(sign.start, pair.second.end),
        )


def _head(words: TokenPass, sign: Token, index: Token, low: list[Token], high: list[Token]) -> None:
    words.out += [sign.become("SUM"), index.become("INDEX")]
    if low or high:
        low = low or [index.become("NUMBER", "1")]
        words.out += [index.become("EQUALS", "="), *low]
        if high:
            words.out += [index.become("UPTO", "^"), *high]
        words.out.append(index.become("RPAR", ""))


def _differing(words: TokenPass, pair: Pair, body: list[Token]) -> None:
    """The factor 1 - delta_ij.  Raises E115 where it would stand beside what may not be defined for equal indices, a
    quotient or a logarithm.
    """
    one, other = pair.first, pair.second
    undefined = any(
        token.kind in _UNDEFINED or token.text in _OF_POSITIVE or _is_negative_power(body, place)
        for place, token in enumerate(body)
    )
    if (
        undefined
        or any(token.text in _DELTAS for token in words.given)
        or not body
        or body[0].kind in {"MINUS", "PLUS"}
    ):
        raise mistakes.not_supported(
            f"this sum over {one.text} ≠ {other.text} is not supported",
            Span(one.start, other.end),
            hint=f"write \\sum_{{{one.text} < {other.text}}}, twice where both orders count",
        )
    words.out += [
        one.become("OPEN", "("),
        one.become("NUMBER", "1"),
        one.become("MINUS", "-"),
        one.become("NAME", f"{DELTA}_{one.text}{other.text}"),
        one.become("CLOSE", ")"),
    ]


def _is_negative_power(body: list[Token], place: int) -> bool:
    following = [token.kind for token in body[place + 1 : place + 3] if token.kind != "OPEN"]
    return (body[place].kind == "CARET" and following[:1] == ["MINUS"]) or "⁻" in body[place].text


_UNDEFINED = frozenset(("FRAC", "SLASH", "HADDIV"))
_OF_POSITIVE = frozenset(
    [sign + word for sign in ("", "\\") for name in (fn.LOG, fn.SQRT) for word in (name, *TABLE[name].spellings)]
)
_DELTAS = frozenset((DELTA, "δ", "\\delta"))
