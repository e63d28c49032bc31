"""What can be wrong with a text, and what is said about it: every E1xx error is made here.

E100 nothing to read            E108 relation or separator that an expression cannot have
E101 something unexpected       E109 quotes and dollars that a shell left behind
E102 unknown function           E110 operator that is not one
E103 character                  E111 operator inside the expression
E104 bracket or bar             E112 arguments of a function
E105 nothing between brackets   E113 sum over an index
E106 too long or too deep       E114 can be read in two ways
E107 number                     E115 notation that is not supported
E120 declaration                E121 declared twice
E122 unknown property           E123 size
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ReadingError, Span
from matdiff.functions import SPELLINGS
from matdiff.reading.letters import GREEK_LETTERS, LOOK_ALIKES, within_one_edit

if TYPE_CHECKING:
    from collections.abc import Iterable

_COMMAND_HINTS = {
    "\\dagger": "write a pseudoinverse as pinv(X), a transpose as X^T",
    "\\langle": "write an inner product as x^T y or dot(x, y)",
    "\\rangle": "write an inner product as x^T y or dot(x, y)",
    "\\ldots": "write the sum out, or use sum(n, 1, N, f_n)",
    "\\dots": "write the sum out, or use sum(n, 1, N, f_n)",
    "\\cdots": "write the sum out, or use sum(n, 1, N, f_n)",
    "\\int": "integrals are not part of the language",
    "\\pm": "write the two cases as two questions",
}
_SHELL = "an apostrophe or a dollar is often left or taken by the shell: put the expression between double quotes"
_INSTEAD = {
    "%": "a comment or a remainder is not part of a formula",
    "#": "a comment is not part of a formula",
    "?": "",
    "`": "write a transpose as X^T or X'",
    "†": "write a conjugate transpose of a real matrix as X^T, a pseudoinverse as pinv(X)",
    "‡": "",
    "!": "a factorial is not supported",
    "…": "write the product or sum out, or use sum(n, 1, N, f_n)",
    "±": "write the two cases as two questions",
    "⟨": "write an inner product as x^T y or dot(x, y)",
    "⟩": "write an inner product as x^T y or dot(x, y)",
    "_": "a subscript stands behind a name: x_1",
}


def error(code: str, message: str, *spans: Span, hint: str = "", say: str = "") -> ReadingError:
    """A reading error that points at `spans`, the first of them with the words `say`."""
    return ReadingError(
        code, message, *(Label(span, say if place == 0 else "") for place, span in enumerate(spans)), hint=hint
    )


def too_long(text: str, longest: int) -> ReadingError:
    return error("E106", f"the text is too long: {len(text):,} characters, the limit is {longest:,}", Span(0, 1))


def too_deep(span: Span, deepest: int) -> ReadingError:
    return error("E106", f"brackets are nested too deep: the limit is {deepest:,} levels", span)


def strange_character(text: str, at: int) -> ReadingError:
    """A character outside the language, by name; what was probably meant, where it looks like another one."""
    character, span = text[at], Span(at, at + 1)
    code = f"U+{ord(character):04X}"
    if character == "$":
        return error("E109", "unexpected '$' inside the expression", span, hint=_SHELL)
    shown = f"'{character}' ({code})" if character.isprintable() else code
    hint = _INSTEAD.get(character, "")
    if character in LOOK_ALIKES:
        shown += f", a Cyrillic letter that looks like '{LOOK_ALIKES[character]}'"
        hint = f"type the Latin letter {LOOK_ALIKES[character]}"
    elif not character.isprintable():
        shown += ", a control character" if ord(character) < 160 else ", an invisible character"
    name = _word_around(text, at)
    where = f" in '{name}'" if len(name) > 1 else ""
    return error(
        "E103", f"unexpected character {shown}{where}: it does not belong to the input language", span, hint=hint
    )


def _word_around(text: str, at: int) -> str:
    start, end = at, at
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return text[start:end] if end - start <= 40 else ""


def closest(word: str, candidates: Iterable[str] = SPELLINGS) -> str:
    """The name nearest to `word`: the same but for capitals, or within one edit; "" if none is near."""
    folded = word.casefold()
    near = [name for name in candidates if len(name) > 1 and within_one_edit(folded, name.casefold())]
    return min(
        near,
        key=lambda name: (
            name.casefold() != folded,
            name[0] != word[0],
            abs(len(name) - len(word)),
            SPELLINGS.get(name) != name,
            name,
        ),
        default="",
    )


def unknown_function(word: str, span: Span) -> ReadingError:
    """A function that is not in the table, with the nearest that is."""
    near = closest(word)
    inner = next(
        (
            name
            for name in sorted(SPELLINGS, key=len, reverse=True)
            if len(name) > 1 and word.endswith(name) and name != word
        ),
        "",
    )
    if len(inner) > 2 and len(word) == len(inner) + 1:
        near = f"{word[0]} {inner}"
    if near:
        return error("E102", f"unknown function '{word}'", span, say=f"did you mean '{near}'?")
    if len(inner) > 2:
        return error("E102", f"unknown function '{word}'", span, say=f"did you mean '{word[: -len(inner)]} {inner}'?")
    hint = f"declare it ('{word}(x) in R^m'), or write the letters apart if a product is meant"
    return error("E102", f"unknown function '{word}'", span, hint=hint)


def unknown_word(word: str, span: Span) -> ReadingError:
    """A word that is no name, with the nearest function."""
    near = closest(word)
    if near:
        return error("E102", f"unknown name '{word}'", span, say=f"did you mean '{near}'?")
    return error(
        "E102",
        f"unknown name '{word}'",
        span,
        hint=f"declare it ('{word} in R^n'), or write the letters apart if a product is meant",
    )


def unknown_command(command: str, span: Span) -> ReadingError:
    """A LaTeX command outside the language."""
    if command in _COMMAND_HINTS:
        return not_supported(f"'{command}' is not supported", span, hint=_COMMAND_HINTS[command])
    near = closest(command[1:], {**SPELLINGS, **{name: name for name in GREEK_LETTERS.values()}})
    hint = f"did you mean '\\{near}'?" if near else "write the symbol itself, or a function's name"
    return error("E103", f"unknown LaTeX command '{command}'", span, hint=hint)


def quote(span: Span) -> ReadingError:
    return error("E109", "unexpected quote: a transpose ' stands behind what it transposes", span, hint=_SHELL)


def dollar(span: Span) -> ReadingError:
    return error("E109", "unexpected '$' or math delimiter inside the expression", span, hint=_SHELL)


_EXPECTED_AFTER = {
    "PLUS": "+",
    "MINUS": "-",
    "STAR": "*",
    "DOT": "·",
    "AT": "@",
    "HADAMARD": ".*",
    "HADDIV": "./",
    "HADPOW": ".^",
    "KRON": "⊗",
    "SLASH": "/",
    "CARET": "^",
}
_CLOSERS = {"RPAR": "a closing bracket", "RBAR": "a closing bar |", "RNORM": "a closing norm bar"}


def unexpected(kind: str, text: str, span: Span, before: tuple[str, str, Span] | None, what: str) -> ReadingError:
    """The parser met a token of `kind` that cannot stand there; `before` is the token before it as (kind, text,
    span).
    """
    first, shown = _separators(kind, text, span), f"'{text}'"
    if first is not None:
        return first
    if before is None:
        if kind == "$END":
            return error("E100", f"the {what} is empty", span)
        return error("E101", f"the {what} cannot begin with {shown}", span)
    before_kind, before_text, before_span = before
    if before_kind in {"FUNCTION", "CALL"} and kind != "LPAR":
        return error("E112", f"'{before_text}' needs an argument", before_span, hint=f"write {before_text}(…)")
    if before_kind == "CARET" and kind in {"STAR", "PLUS", "$END"}:
        return error(
            "E101",
            f"an exponent is missing after '{before_text}'",
            before_span,
            hint="write a transpose as X^T, a pseudoinverse as pinv(X)",
        )
    if before_kind in _EXPECTED_AFTER:
        gone = "at the end" if kind == "$END" else f"before {shown}"
        return error("E101", f"something is missing after '{before_text}', {gone}", before_span)
    if kind in _CLOSERS and before_kind in {"LPAR", "LBAR", "LNORM"}:
        return error(
            "E105", "empty brackets: an expression is expected between them", Span(before_span.start, span.end)
        )
    if kind == "$END":
        return error("E101", f"the {what} ends unexpectedly after '{before_text}'", before_span)
    return error("E101", f"unexpected {shown} after '{before_text}'", span)


def _separators(kind: str, text: str, span: Span) -> ReadingError | None:
    match kind:
        case "EQUALS":
            return error(
                "E108",
                "unexpected '=': a derivative is taken of an expression, not of an equation",
                span,
                hint="give the right-hand side alone, or ask whether it holds: matdiff check",
            )
        case "RELATION":
            return error(
                "E108",
                f"unexpected '{text}': a derivative is taken of an expression, not of a relation",
                span,
                hint="an inner product is written dot(x, y) or ⟨x, y⟩" if text == "<" else "",
            )
        case "SEMICOLON":
            return error("E108", "unexpected ';': one expression a question", span)
        case "COLON":
            return error("E108", "unexpected ':'", span, hint="declare shapes behind 'where' or with --where")
        case "COMMA":
            return error("E108", "unexpected ',': commas stand between a function's arguments", span)
        case "IN":
            return error("E108", f"unexpected '{text}'", span, hint="declare shapes behind 'where' or with --where")
        case "TEXT":
            return quote(span)
        case "DEE" | "DEENAME" | "GRADIENT" | "PARTIAL":
            return nested_operator(span)
        case "MATHMODE":
            return dollar(span)
        case _:
            return None


def nested_operator(span: Span) -> ReadingError:
    """A derivative stands inside the expression of another."""
    return error(
        "E111",
        "unexpected derivative inside the expression: an operator such as d/dX stands once, in front",
        span,
        hint=(
            "for a second derivative ask for d^2/dx dx^T; for an unknown function's derivative declare the function:"
            " u(x) in R^m"
        ),
    )


def two_readings(what: str, one: tuple[str, str], other: tuple[str, str], span: Span) -> ReadingError:
    """E125: both readings, each as (in words, the spelling that says it)."""
    return error(
        "E125",
        f"'{what}' can be read in two ways: as {one[0]}, {one[1]}, or as {other[0]}, {other[1]}",
        span,
        hint=f"write {one[1]} or {other[1]}",
    )


def statistic(word: str, span: Span) -> ReadingError:
    """An expectation, a variance, a divergence."""
    return not_supported(
        f"'{word}(…)' looks like an expectation or a statistic, which is not supported",
        span,
        hint=f"write it out, or declare {word} in R^{{m x n}} and leave a blank before the bracket if it is a matrix",
    )


def layout_inside(text: str, span: Span) -> ReadingError:
    r"""An alignment mark, a line end, a label or an environment inside a formula."""
    if text == "\\begin":
        hint = "write a matrix by a name of its own"
    else:
        hint = "ask one formula a question" if text in {"\\\\", "&"} else "put it behind the formula"
    return not_supported(f"'{text}' stands inside the formula: it is layout, and no part of one", span, hint)


def not_supported(message: str, span: Span, hint: str = "") -> ReadingError:
    return error("E115", message, span, hint=hint)


def ill_subscript(text: str, span: Span) -> ReadingError:
    return not_supported(
        f"subscript '{text}' is not supported: a subscript is a name, a number, or letters as in A_ij", span
    )


def strange_letter(text: str, letter: str, span: Span) -> ReadingError:
    return error(
        "E103",
        f"unexpected character '{letter}' (U+{ord(letter):04X}) in '{text}': it does not belong to the input language",
        span,
    )
