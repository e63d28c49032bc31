r"""LaTeX taken off: fonts, accents, math delimiters and line ends, so that \mathbf{\hat x}_n reads as x_hat_n does."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.functions import SPELLINGS
from matdiff.reading import braces, matrices, mistakes
from matdiff.reading.letters import COMMANDS
from matdiff.reading.lexing import Token

if TYPE_CHECKING:
    from collections.abc import Callable

_ACCENTS = {"HAT": "hat", "BARRED": "bar", "TILDE": "tilde", "DOTTED": "dot", "CHECK": "check"}
_OPERATORS = frozenset(("\\operatorname", "\\operatorname*", "\\mathop"))  # what they dress is no name
_CONSTANTS = {"0": "ZEROS", "1": "ONES"}  # of a bold numeral, or one under an arrow
_SETS = {"R": "REALS", "N": "NATURALS", "Z": "INTEGERS", "1": "ONES"}
_STATISTICS = frozenset(("E", "P", "V"))
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
        behind = inner.text[1:]
        digits = len(behind) - len(behind.lstrip("0123456789"))
        if digits < len(behind):
            rest.append(Token("WORD", behind[digits:], inner.start + 1 + digits, inner.end, glued=True))
        if digits:  # a bold X1 is X times 1
            end = inner.start + 1 + digits
            rest.append(Token("NUMBER", behind[:digits], inner.start + 1, end, glued=True))
        return Token("WORD", inner.text[0], token.start, inner.start + 1, token.glued)
    return Token(inner.kind, inner.text, token.start, inner.end, token.glued, inner.value)


def _bold(token: Token, rest: list[Token]) -> None:
    inner = _take(token, rest)
    if inner is not None:
        if inner.kind == "NUMBER" and inner.text in _CONSTANTS:
            inner = inner.become(_CONSTANTS[inner.text])
        elif inner.kind in _LETTERS:
            inner.value = token.text
        rest.append(inner)


def _roman(token: Token, rest: list[Token]) -> None:
    inner = _take(token, rest)
    if inner is None:
        _spelled_out(rest)
        return
    whole = inner.kind == "WORD" and len(inner.text) > 1
    rest.append(inner.become("UPRIGHT", value=token.text in _OPERATORS) if whole else inner)


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
        if inner.text in _STATISTICS:
            raise mistakes.statistic(token.text + "{" + inner.text + "}", token.span)
        rest.append(inner.become(_SETS.get(inner.text, inner.kind)))


def _accent(token: Token, rest: list[Token]) -> None:
    inner = _take(token, rest)
    if inner is None or inner.kind not in _LETTERS or (inner.kind == "WORD" and len(inner.text) > 1):
        raise mistakes.not_supported(f"'{token.text}' over more than one letter is not supported", token.span)
    rest.append(inner.become("LETTER", f"{inner.text}_{_ACCENTS[token.kind]}", value=inner.value))


def _arrow(token: Token, rest: list[Token]) -> None:
    r"""\vec{x} is a vector with an arrow, \vec(X) the columns of X one below the other."""
    if rest and rest[-1].text == "(":
        rest.append(token.become("UPRIGHT", "vec"))
        return
    inner = _take(token, rest)
    if inner is not None and inner.kind == "NUMBER" and inner.text in _CONSTANTS:
        rest.append(inner.become(_CONSTANTS[inner.text]))
        return
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
    "SIZING": _drop,
    **dict.fromkeys(_ACCENTS, _accent),
    "OLDFONT": _old_font,
    "OPEN": _open,
}


def bare(tokens: list[Token]) -> list[Token]:
    """The tokens of one formula, without what LaTeX and a sentence put around it and without LaTeX's dress."""
    return _without_alignment(undress(_unwrapped(matrices.written_out(_norm_bars(braces.opened(tokens))))))


def _norm_bars(tokens: list[Token]) -> list[Token]:
    r"""\left|\left| x \right|\right|: two bars of a side in a row are one norm's."""
    if not any(token.kind == "LEFT" for token in tokens):
        return tokens
    out: list[Token] = []
    place = 0
    while place < len(tokens):
        sides = tokens[place : place + 4]
        kinds = [token.kind for token in sides]
        if kinds in (["LEFT", "BAR"] * 2, ["RIGHT", "BAR"] * 2) and sides[2].glued:
            bar = Token("NORMBAR", "\\|", sides[1].start, sides[3].end, glued=True)
            out += [sides[0], bar]
            place += 4
        else:
            out.append(tokens[place])
            place += 1
    return out


def _unwrapped(tokens: list[Token]) -> list[Token]:
    r"""Without the math delimiters, environments, labels and line ends around a formula, an equals sign at its edge,
    and the punctuation of the sentence that it ends.
    """
    start, end = 0, len(tokens)
    while start < end:
        first, last = _opened(tokens, start, end), _closed(tokens, start, end)
        if first < last and tokens[first].kind == tokens[last - 1].kind == "MATHMODE" and first < last - 1:
            first, last = first + 1, last - 1
        if (first, last) == (start, end):
            break
        start, end = first, last
    inner = tokens[start:end]
    for token in inner:
        if token.kind == "MATHMODE":
            raise mistakes.dollar(Span(token.start, token.end))
        if token.kind in _LAYOUT:
            raise mistakes.layout_inside(token.text, token.span)
    return inner


def _opened(tokens: list[Token], start: int, end: int) -> int:
    """The place behind the layout that a formula begins with."""
    while start < end and tokens[start].kind in _AT_THE_START:
        start += 1
    if start < end and tokens[start].kind == "BEGIN":
        close = _brace(tokens, start + 1, end)
        if close and tokens[start + 2].text in ENVIRONMENTS:
            return close + 1
    if start < end and tokens[start].kind == "MARK":
        close = _brace(tokens, start + 1, end)
        if close:
            return close + 1
    return start


def _closed(tokens: list[Token], start: int, end: int) -> int:
    """The place where the layout begins that a formula ends with."""
    while end > start and tokens[end - 1].kind in _AT_THE_END:
        end -= 1
    if end > start and tokens[end - 1].text == "}":
        opening = end - 2
        while opening > start and tokens[opening].text != "{" and end - opening < _LONGEST_MARK:
            opening -= 1
        if opening > start and tokens[opening].text == "{" and tokens[opening - 1].kind in {"END", "MARK"}:
            return opening - 1
    return end


def _brace(tokens: list[Token], place: int, end: int) -> int:
    """The place of the brace that closes the one here, or 0."""
    if place >= end or tokens[place].text != "{":
        return 0
    return next(
        (at for at in range(place + 1, min(end, place + _LONGEST_MARK)) if tokens[at].text == "}"),
        0,
    )


def _without_alignment(tokens: list[Token]) -> list[Token]:
    """f(x) &= …: the mark beside the equals sign is dropped; any other is no part of one formula."""
    if not any(token.kind == "ALIGN" for token in tokens):
        return tokens
    kept = []
    for place, token in enumerate(tokens):
        if token.kind == "ALIGN":
            beside = {tokens[at].kind for at in (place - 1, place + 1) if 0 <= at < len(tokens)}
            if place and "EQUALS" not in beside:
                raise mistakes.layout_inside(token.text, token.span)
        else:
            kept.append(token)
    return kept


ENVIRONMENTS = frozenset(
    (
        "equation", "align", "gather", "multline", "split", "aligned", "gathered", "displaymath", "math", "eqnarray",
        "flalign", "dmath", "alignat",
    )
)  # fmt: skip
_LONGEST_MARK = 40
_LAYOUT = frozenset(("BEGIN", "END", "MARK", "NEWLINE"))
_AT_THE_END = frozenset((".", "COMMA", "SEMICOLON", "EQUALS", "ALIGN", "NEWLINE"))
_AT_THE_START = frozenset(("EQUALS", "ALIGN", "NEWLINE"))
