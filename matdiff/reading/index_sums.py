r"""Sums and products over an index: \sum_{n=1}^N, Σ_n, sum_{n=1}^N, with their bounds."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.functions import names as fn
from matdiff.reading import entries, index_pairs, mistakes
from matdiff.reading.letters import SUPERSCRIPTS
from matdiff.reading.lexing import Token, translated
from matdiff.reading.names import INDEX_LETTERS, is_name
from matdiff.reading.subscripts import subscript_raw, subscript_tokens
from matdiff.reading.token_pass import WORD_KINDS

if TYPE_CHECKING:
    from matdiff.reading.token_pass import TokenPass

BIG_WORDS = {fn.SUM: "BIGSUM", fn.PROD: "BIGPRODUCT"}
BIG_LETTERS = {"Sigma": "BIGSUM", "Pi": "BIGPRODUCT"}
_BEGINS_OPERAND = frozenset(
    (
        "WORD",
        "LETTER",
        "UPRIGHT",
        "OPEN",
        "NUMBER",
        "FRAC",
        "PATH",
        "ROOT",
        "LEFT",
        "BIGSUM",
        "BIGPRODUCT",
        "NORMBAR",
        "LEFTNORM",
    )
)
_LONGEST_TERM = 80
_ENDS_TERM = frozenset({"PLUS", "MINUS", "COMMA", "EQUALS"})
_MOST_INDICES = 4
_BOTH_BOUNDS = "write sum_{n=1}^N x_n, or sum(n, 1, N, x_n)"


def is_big(words: TokenPass, place: int, name: str) -> bool:
    """Whether a capital sigma with a subscript is a sum: it has bounds, or a bare index that stands in what follows it.

    x^T Sigma_k x has a matrix, and so has x_k^T Sigma_k x_k, where a sum would leave the first k alone.  Raises
    ReadingError E125 where both can be meant: x^T Sigma_k y_k.
    """
    subscript = subscript_raw(words.at(place + 1))
    if "=" in subscript:
        return True
    if words.scope.knows(name) or words.scope.knows(f"{name}_{subscript}"):
        return False
    if not (len(subscript) == 1 and subscript.islower()):
        return _run_over(words, place + 2, subscript.replace(",", "").replace(" ", ""))
    behind = range(place + 2, _term_end(words, place + 2))
    if words.at(place + 2).kind not in _BEGINS_OPERAND or not any(_names(words, at, subscript) for at in behind):
        return False
    if any(_names(words, at, subscript) for at in _before(words, place)):
        return False
    if words.last() == "TRANSPOSE":
        written = f"{name}_{subscript}"
        sign = fn.SUM if name == "Sigma" else fn.PROD
        raise mistakes.two_readings(
            written,
            (f"a {sign.replace(fn.PROD, 'product')} over {subscript}", f"{sign}_{subscript} …"),
            ("a matrix that is declared", f"{written} in R^{{n x n}}"),
            words.at(place).span,
        )
    return True


def _names(words: TokenPass, place: int, index: str) -> bool:
    """Whether an index stands here: below a name, or by itself."""
    token = words.given[place]
    if token.kind == "SUBSCRIPT":
        return index in subscript_raw(token)
    return token.kind in WORD_KINDS and token.text == index


def _before(words: TokenPass, place: int) -> range:
    """The places of the term before this one, as far as it is open."""
    start = place
    while start > max(0, place - _LONGEST_TERM) and words.given[start - 1].kind not in _ENDS_TERM | {"OPEN"}:
        start -= 1
    return range(start, place)


def _run_over(words: TokenPass, place: int, indices: str) -> bool:
    """Whether each of several indices stands by itself below a name of the term that begins here."""
    if len(indices) < 2 or not _are_indices(indices):
        return False
    below = [words.given[at] for at in range(place, _term_end(words, place)) if words.given[at].kind == "SUBSCRIPT"]
    return set(indices) <= {subscript_raw(token) for token in below}


def check_bare(words: TokenPass, place: int, name: str, indices: frozenset[str]) -> None:
    """Raise E125 for a capital sigma that begins a term in front of x_i, where no sum runs over i."""
    if name != "Sigma" or words.scope.knows(name) or words.last() in {"TRANSPOSE", "INVTRANS"}:
        return
    if words.at(place + 1).kind not in _BEGINS_OPERAND:
        return
    below = next(
        (words.given[at] for at in range(place + 1, _term_end(words, place + 1)) if _is_free(words, at, indices)), None
    )
    if below is not None:
        index = subscript_raw(below)
        raise mistakes.two_readings(
            "Sigma",
            (f"a sum over {index}", f"sum_{index} …"),
            ("a matrix that is declared", "Sigma in R^{n x n}"),
            words.at(place).span,
        )


def _is_free(words: TokenPass, place: int, indices: frozenset[str]) -> bool:
    """Whether a subscript here is an index that no sum runs over."""
    below = words.given[place]
    index = subscript_raw(below) if below.kind == "SUBSCRIPT" else ""
    return len(index) == 1 and index in INDEX_LETTERS and index not in indices


def _term_end(words: TokenPass, place: int) -> int:
    """Where the term that begins here ends."""
    depth = 0
    for at in range(place, min(len(words.given), place + _LONGEST_TERM)):
        kind = words.given[at].kind
        depth += (kind == "OPEN") - (kind == "CLOSE")
        if depth < 0 or (not depth and kind in _ENDS_TERM):
            return at
    return min(len(words.given), place + _LONGEST_TERM)


def symbol(words: TokenPass, place: int) -> int:
    r"""∑ or \sum at this place."""
    return big(words, place, words.given[place].kind)


def big(words: TokenPass, place: int, kind: str) -> int:
    """A sum's head: out go SUM and INDEX, the lower bound behind EQUALS, the upper one behind UPTO, for each of its
    indices.
    """
    token = words.given[place]
    place += 1
    high: list[Token] = []
    if words.at(place).kind in {"CARET", "SUPERSCRIPT"}:
        high, place = _upper(words, place)
    below = words.at(place)
    if below.kind != "SUBSCRIPT":
        raise mistakes.error("E113", f"a sum needs its index below: '{token.text}'", token.span, hint=_BOTH_BOUNDS)
    place += 1
    if not high and words.at(place).kind in {"CARET", "SUPERSCRIPT"}:
        high, place = _upper(words, place)
    pair = index_pairs.compared(subscript_tokens(below))
    if pair is not None:
        body = words.given[place : _term_end(words, place)]
        index_pairs.heads(words, token.become("SUM", kind), pair, high, body)
        return place
    indices, low = _lower(words, below)
    if bool(low) != bool(high):
        raise mistakes.error("E113", "a sum has both bounds or none", Span(token.start, below.end), hint=_BOTH_BOUNDS)
    for index in indices:
        words.out += [token.become("SUM", kind), index]
        if low:
            words.out += [index.become("EQUALS", "="), *low, index.become("UPTO", "^"), *high, index.become("RPAR", "")]
    return place


def is_entry_ahead(words: TokenPass, base: str, below: Token) -> bool:
    """Whether x_{i+1} is an entry of a known x, i + 1 being counted by a sum over i."""
    if not entries.is_shifted(below) or not (words.scope.knows(base) or base in words.scope.variables):
        return False
    letters = {letter for letter in subscript_raw(below) if letter.isalpha()}
    return letters <= {letter for place in range(len(words.given) - 3) for letter in _head(words.given, place)}


def _head(given: list[Token], place: int) -> str:
    """The indices of the sum whose head begins here; "" where none does."""
    token, behind = given[place], given[place + 1]
    word = token.text in BIG_WORDS
    if behind.kind == "SUBSCRIPT" and (word or token.kind in BIG_WORDS.values() or "=" in behind.text):
        return subscript_raw(behind).partition("=")[0].strip()
    return given[place + 2].text if word and behind.kind == "OPEN" and given[place + 3].kind == "COMMA" else ""


def entry_ahead(words: TokenPass, place: int, base: str) -> int:
    """x_{i+1}: the name, and behind it which entry."""
    token, below = words.given[place], words.given[place + 1]
    words.out.append(token.become("NAME", base))
    words.out.append(below.become("ENTRY", entries.BELOW, value=entries.from_subscript(below)))
    return place + 2


def third(given: list[Token]) -> set[str]:
    """The word that stands as third argument of sum(n, 1, Ns, f)."""
    commas = [place for place, token in enumerate(given) if token.kind == "COMMA"]
    alone = len(commas) > 2 and commas[2] == commas[1] + 2 and given[commas[1] + 1].kind == "WORD"
    return {given[commas[1] + 1].text} if alone else set()


def _lower(words: TokenPass, below: Token) -> tuple[list[Token], list[Token]]:
    """The indices that stand below a sum, and the lower bound."""
    inner = subscript_tokens(below)
    equals = next((place for place, token in enumerate(inner) if token.kind == "EQUALS"), len(inner))
    indices = []
    for token in inner[:equals]:
        if token.kind in WORD_KINDS and token.text.isascii() and is_name(token.text):
            indices.append(token.become("INDEX"))
        elif token.kind == "WORD" and _are_indices(token.text) and equals == len(inner):
            indices += [Token("INDEX", letter, token.start, token.end) for letter in token.text]
        elif token.kind != "COMMA":
            raise mistakes.error(
                "E113", f"the index of a sum is a letter: '{below.text.lstrip('_')}'", below.span, hint=_BOTH_BOUNDS
            )
    if not indices:
        raise mistakes.error("E113", "a sum needs its index below", below.span, hint=_BOTH_BOUNDS)
    return indices, words.read(inner[equals + 1 :])


def _are_indices(text: str) -> bool:
    """Whether a run of letters below a sum is its indices, ij, and not a word."""
    return text.isalpha() and text.isascii() and text.islower() and len(set(text)) == len(text) <= _MOST_INDICES


def _upper(words: TokenPass, place: int) -> tuple[list[Token], int]:
    """The upper bound: a bracket or, as in TeX, one letter or number; and the place behind it."""
    token, first = words.at(place), words.at(place + 1)
    if token.kind == "SUPERSCRIPT":
        return words.read(translated(token, "".join([SUPERSCRIPTS[letter] for letter in token.text]))), place + 1
    if first.kind == "OPEN":
        depth, end = 1, place + 2
        while end < len(words.given) and depth:
            depth += (words.given[end].kind == "OPEN") - (words.given[end].kind == "CLOSE")
            end += 1
        return words.read(words.given[place + 2 : end - 1]), end
    if first.kind == "WORD" and len(first.text) > 1 and not words.scope.knows(first.text) and not is_name(first.text):
        middle = first.start + 1
        words.given[place + 1] = Token("WORD", first.text[1:], middle, first.end, glued=True)
        return words.read([Token("WORD", first.text[0], first.start, middle)]), place + 1
    return words.read(words.given[place + 1 : place + 2]), place + 2
