"""Operators as they are typed: by themselves, d/dX, or in front of an expression."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, cast

from matdiff.errors import MatdiffError, Span
from matdiff.reading import fonts, mistakes, parse
from matdiff.reading.definitions import CALLED
from matdiff.reading.differentials import Differentials
from matdiff.reading.letters import DECORATIONS, plain
from matdiff.reading.lexing import Token, tokens
from matdiff.reading.names import Scope
from matdiff.reading.undress import bare
from matdiff.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matdiff.formula.question import By, Operator

_LONGEST_INDEX = 2  # letters that number an entry of a matrix; more are a name
_BEGINNINGS = frozenset(
    ("WORD", "LETTER", "UPRIGHT", "NUMBER", "OPEN", "NORMBAR", "BAR")
)  # tokens that an expression may begin with


def read_operator(text: str, names: Iterable[str] = (), letters: frozenset[str] = frozenset()) -> Operator:
    r"""An operator: d/dX, ∂²/∂x∂xᵀ, \nabla_x, d for the total differential, or a variable's bare name.  letters: those
    that the expression has in several fonts.
    """
    scope = Scope(frozenset(names), fonts=letters)
    try:
        found = fonts.told_apart(bare(tokens(text)), letters)
        if not found:
            raise mistakes.error(
                "E110", "the operator is empty", Span(0, len(text)), hint="for example d/dX, d/dx^T, d^2/dx dx^T"
            )
        return _operator(found, scope, text)
    except MatdiffError as mistake:
        raise mistake.within(text) from None


def without_function(text: str, name: str) -> str:
    """An operator that names what it is of, df/dx, without that name, which an equation defines; else the text as it
    is.
    """
    found = bare(tokens(text))
    first = 2 if len(found) > 2 and found[0].kind == "FRAC" else 0
    for place, sign in enumerate(found[first : first + 4], first):
        if sign.kind in {"WORD", "UPRIGHT"} and sign.text == f"d{name}":
            return f"{text[: sign.start + 1]}{text[sign.end :]}"
        own = sign.text if sign.text.isascii() else plain(sign.text)
        if place > first and sign.kind in {"WORD", "LETTER", "UPRIGHT"} and own == name:
            return f"{text[: sign.start].rstrip()}{text[sign.end :]}"
    return text


_NAMELESS = ("d/d", "d/\\", "∂/", "∂_", "∇", "d^", "d²", "d2", "grad", "\\nabla", "\\frac{d}{", "\\frac{\\partial}{")


def without_any_function(text: str, given: list[Token]) -> str:
    """An operator that names what it is of, df/dx, of a question that does not: f stands nowhere in it."""
    if text.lstrip().startswith(_NAMELESS):
        return text
    written = {token.text for token in given}
    for name in sorted(CALLED - written):
        shorter = without_function(text, name)
        if shorter != text:
            return shorter
    return text


def begins_with_operator(text: str) -> bool:
    """Whether a text is a question: an operator with something behind it, as far as the text can be read."""
    try:
        return in_front(bare(tokens(text)), Scope(frozenset()), text)[0] is not None
    except MatdiffError:
        return False


def in_front(given: list[Token], scope: Scope, text: str) -> tuple[Operator | None, str, list[Token]]:
    """The operator in front, its text, and what stands behind; None and all of the tokens where there is none.

    Raises E100 for an operator with nothing behind it.
    """
    differentials = Differentials(given, scope)
    found = differentials.operator()
    if found is not None:
        marked, behind = found
        rest = given[behind:]
    else:
        quotient = differentials.quotient() or _total(given, scope)
        if quotient is None:
            return None, "", given
        marked, rest = quotient
    operator = _built(marked, scope, text)
    if not rest:
        raise mistakes.error(
            "E100",
            "an operator without an expression",
            Span(marked[0].start, marked[-1].end),
            hint="write the expression behind it: d/dX tr(X)",
        )
    return operator, operator.text, rest


def _total(given: list[Token], scope: Scope) -> tuple[list[Token], list[Token]] | None:
    """The d of d tr(A X): a d that stands by itself in front of an expression, where no other operator is and d was
    not declared.
    """
    if (
        len(given) < 2
        or given[0].text != "d"
        or given[0].kind != "WORD"
        or scope.knows("d")
        or given[1].glued
        or given[1].kind not in _BEGINNINGS
    ):
        return None
    return [given[0].become("DEE")], given[1:]


def _operator(given: list[Token], scope: Scope, text: str) -> Operator:
    first = given[0]
    if len(given) == 1 and (first.kind in {"PARTIAL", "DIFFERENTIAL"} or first.text in {"d", "partial"}):
        return _built([first.become("DEE")], scope, text)
    differentials = Differentials(given, scope)
    found = differentials.operator()
    if found is None:
        return _bare_name(given, differentials, text)
    marked, behind = found
    if behind < len(given):
        extra = given[behind]
        raise mistakes.error(
            "E110",
            f"unexpected '{extra.text}' in the operator",
            extra.span,
            hint="for example d/dX, d/dx^T, d^2/dx dx^T",
        )
    return _built(marked, scope, text)


def _bare_name(given: list[Token], differentials: Differentials, text: str) -> Operator:
    """X for d/dX; anything else is no operator."""
    if given[0].kind in {"WORD", "LETTER", "UPRIGHT"} and (
        len(given) == 1 or (len(given) == 2 and given[1].kind == "SUBSCRIPT")
    ):  # name, subscript
        marked, _ = differentials.variable(0, given[0].become("WORD", ""), 1)
        operator = _built([given[0].become("NABLA"), marked[0].become("NAME")], differentials.scope, text)
        return replace(operator, bare=True)
    if differentials.peel(given[0]) is not None and len(given) > 1:
        slash = next((token for token in given if token.kind == "SLASH"), given[-1])
        raise mistakes.error(
            "E110",
            f"the name of a variable is expected behind d in '{text.strip()}'",
            slash.span,
            hint="for example d/dX, d/dx^T, d^2/dx dx^T",
        )
    raise mistakes.error(
        "E110",
        f"'{text.strip()[:60]}' is not an operator",
        Span(given[0].start, given[-1].end),
        hint="for example d/dX, d/dx^T, d^2/dx dx^T, ∇_x, d",
    )


def _built(marked: list[Token], scope: Scope, text: str) -> Operator:
    operator = cast("Operator", parse.run("operator", marked, marked[-1].end))
    operator.text = text[marked[0].start : marked[-1].end]
    operator.by = tuple([_entry(item, scope) if "_" in item.name else item for item in operator.by])
    return operator


def _entry(item: By, scope: Scope) -> By:
    """X_ij, where X is declared and X_ij is not, is an entry of X."""
    base, _, subscript = item.name.partition("_")
    if item.name in scope.names or base not in scope.names or subscript.partition("_")[0] in DECORATIONS:
        return item
    if base[0].isupper() and len(subscript) > _LONGEST_INDEX:
        return item
    index = tuple(subscript) if base[0].isupper() else (subscript,)
    return replace(item, name=base, index=index)
