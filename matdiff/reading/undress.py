r"""LaTeX taken off: fonts, accents, math delimiters and line ends, so that \mathbf{\hat x}_n reads as x_hat_n does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.functions import SPELLINGS
from matdiff.reading import mistakes
from matdiff.reading.letters import COMMANDS
from matdiff.reading.lexing import Token

if TYPE_CHECKING:
    from collections.abc import Callable

_ACCENTS = {"HAT": "hat", "BARRED": "bar", "TILDE": "tilde", "DOTTED": "dot", "CHECK": "check"}
_SETS = {"R": "REALS", "N": "NATURALS", "Z": "INTEGERS", "1": "ONES"}
_LETTERS = frozenset(("WORD", "LETTER", "UPRIGHT"))


def undress(tokens: list[Token]) -> list[Token]:
    """Tokens without LaTeX's dress.  Names that stand for themselves become LETTER, words in upright type UPRIGHT.

    Works from the right, so that what stands in a command's braces has been undressed before the command itself.
    """
    rest: list[Token] = []
    for token in reversed(tokens):
        handler = _HANDLERS.get(token.kind)
        if handler is None:
            rest.append(token)
        else:
            handler(token, rest)
    rest.reverse()
    return rest


def _take(token: Token, rest: list[Token]) -> Token | None:
    """Take the one token that a command dresses, with or without braces; None where the braces hold more than one."""
    if not rest:
        raise mistakes.error("E101", f"something is missing after '{token.text}'", token.span)
    if rest[-1].text == "{" and len(rest) > 2 and rest[-3].text == "}":
        _, inner, close = rest.pop(), rest.pop(), rest.pop()
        return Token(inner.kind, inner.text, token.start, close.end, token.glued, inner.value)
    if rest[-1].text == "{":
        return None
    inner = rest.pop()
    if inner.kind == "WORD" and len(inner.text) > 1:
        rest.append(Token("WORD", inner.text[1:], inner.start + 1, inner.end, glued=True))
        return Token("WORD", inner.text[0], token.start, inner.start + 1, token.glued)
    return Token(inner.kind, inner.text, token.start, inner.end, token.glued, inner.value)


def _bold(token: Token, rest: list[Token]) -> None:
    inner = _take(token, rest)
    if inner is not None:
        if inner.kind == "NUMBER" and inner.text in {"0", "1"}:
            inner = inner.become("ONES" if inner.text == "1" else "ZEROS")
        rest.append(inner)


def _roman(token: Token, rest: list[Token]) -> None:
    inner = _take(token, rest)
    if inner is None:
        _spelled_out(rest)
        return
    rest.append(inner.become("UPRIGHT") if inner.kind == "WORD" and len(inner.text) > 1 else inner)


def _spelled_out(rest: list[Token]) -> None:
    r"""Upright words with spaces between them: \operatorname{log det} becomes two words; anything else is a bracket."""
    place = len(rest) - 2
    while place >= 0 and rest[place].kind == "WORD":
        rest[place] = rest[place].become("UPRIGHT")
        place -= 1
    if place >= 0 and rest[place].text == "}" and place < len(rest) - 2:
        rest.pop()
        del rest[place]


def _blackboard(token: Token, rest: list[Token]) -> None:
    inner = _take(token, rest)
    if inner is not None:
        rest.append(inner.become(_SETS.get(inner.text, inner.kind)))


def _accent(token: Token, rest: list[Token]) -> None:
    inner = _take(token, rest)
    if inner is None or inner.kind not in _LETTERS or (inner.kind == "WORD" and len(inner.text) > 1):
        raise mistakes.not_supported(f"'{token.text}' over more than one letter is not supported", token.span)
    rest.append(inner.become("LETTER", f"{inner.text}_{_ACCENTS[token.kind]}"))


def _arrow(token: Token, rest: list[Token]) -> None:
    r"""\vec{x} is a vector with an arrow, \vec(X) the columns of X one below the other."""
    if rest and rest[-1].text == "(":
        rest.append(token.become("UPRIGHT", "vec"))
        return
    inner = _take(token, rest)
    if inner is None or inner.kind not in _LETTERS or inner.text[:1].isupper():
        raise mistakes.error(
            "E114",
            f"'{token.text}' over this can be read in two ways",
            token.span,
            hint=r"write \operatorname{vec}(X) for the columns of X stacked",
        )
    rest.append(inner.become("LETTER"))


def _command(token: Token, rest: list[Token]) -> None:
    name = token.text[1:].rstrip("*")
    if name in COMMANDS:
        rest.append(token.become("LETTER", COMMANDS[name]))
    elif name in SPELLINGS or name in {"max", "min", "argmax", "argmin"}:
        rest.append(token.become("UPRIGHT", name))
    else:
        raise mistakes.unknown_command(token.text, token.span)


def _environment(_: Token, rest: list[Token]) -> None:
    while rest and rest[-1].text != "}":
        rest.pop()
    if rest:
        rest.pop()


def _old_font(_: Token, rest: list[Token]) -> None:
    r"""{\rm tr}: the braces only bound the font."""
    if len(rest) > 1 and rest[-1].kind in _LETTERS and rest[-2].text == "}":
        word = rest.pop()
        rest[-1] = _UNBRACED
        rest.append(word.become("UPRIGHT") if word.kind == "WORD" and len(word.text) > 1 else word)


def _open(token: Token, rest: list[Token]) -> None:
    if token.text == "{" and len(rest) > 1 and rest[-2] is _UNBRACED:
        word = rest.pop()
        rest[-1] = word
    else:
        rest.append(token)


_UNBRACED = Token("UNBRACED", "}", 0, 0)


def _drop(_: Token, _rest: list[Token]) -> None:
    return


_HANDLERS: dict[str, Callable[[Token, list[Token]], None]] = {
    "BOLD": _bold,
    "ROMAN": _roman,
    "BLACKBOARD": _blackboard,
    "ARROW": _arrow,
    "COMMAND": _command,
    "ENVIRONMENT": _environment,
    "NEWLINE": _drop,
    "SIZING": _drop,
    **dict.fromkeys(_ACCENTS, _accent),
    "OLDFONT": _old_font,
    "OPEN": _open,
}


def trimmed(tokens: list[Token]) -> list[Token]:
    """Without the math delimiters around a formula, an equals sign at its edge, and the punctuation of the sentence it
    ends.
    """
    start, end, delimited = 0, len(tokens), False
    while end > start and tokens[end - 1].kind in _AT_THE_END:
        delimited = delimited or tokens[end - 1].kind == "MATHMODE"
        end -= 1
    while start < end and (tokens[start].kind in _AT_THE_START or (delimited and tokens[start].kind == "MATHMODE")):
        start += 1
    inner = _right_of_alignment(tokens[start:end])
    for token in inner:
        if token.kind == "MATHMODE":
            raise mistakes.dollar(Span(token.start, token.end))
    return inner


def _right_of_alignment(tokens: list[Token]) -> list[Token]:
    """f(x) &= … : the right-hand side, where the left is but a name for it; alignment marks are dropped."""
    marks = [place for place, token in enumerate(tokens) if token.kind == "ALIGN"]
    if not marks:
        return tokens
    first = marks[0]
    if (
        first + 1 < len(tokens)
        and tokens[first + 1].kind == "EQUALS"
        and first <= _LONGEST_LABEL
        and all(t.kind in _LABEL for t in tokens[:first])
    ):
        tokens = tokens[first + 2 :]
    return [token for token in tokens if token.kind != "ALIGN"]


_LONGEST_LABEL = 8
_LABEL = frozenset(("WORD", "LETTER", "UPRIGHT", "SUBSCRIPT", "OPEN", "CLOSE", "COMMA"))
_AT_THE_END = frozenset((".", "COMMA", "SEMICOLON", "EQUALS", "ALIGN", "MATHMODE"))
_AT_THE_START = frozenset(("EQUALS", "ALIGN"))
