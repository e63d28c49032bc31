"""Which symbols of a problem are sought: named behind min, in an operator, or the only one that can be meant."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ReadingError, Span
from matdiff.formula.question import By, Operator
from matdiff.formula.syntax import Sym, subtrees
from matdiff.reading.operator_text import read_operator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matdiff.formula.syntax import Expr

_USUAL = ("x", "w", "X", "W", "z", "beta", "theta")  # what people seek where they do not say it
_SINGLE = re.compile(r"(?:∂|d|\\partial\s*|\\mathrm\{?d\}?\s*)\s*/")


def operator_of(wrt: str, names: tuple[str, ...], declared: frozenset[str]) -> Operator | None:
    """The operator that names the unknowns: of `wrt` ("d/dw, d/db", "w, b"), else of the names behind min.

    Raises ReadingError (E110) for what names none.
    """
    pieces = [piece for piece in _pieces(wrt) if piece.strip()] or list(names)
    by: dict[str, By] = {}
    for piece in pieces:
        found = read_operator(piece, declared).by
        if not found:  # d alone is the total differential of a question, and here a name
            found = (By(_alone(piece, names)),)
        for item in found:
            by.setdefault(item.name, By(item.name, item.transposed, span=item.span))
    return Operator(tuple(by.values()), wrt or ", ".join(names)) if by else None


def _alone(piece: str, names: tuple[str, ...]) -> str:
    """The letter d as an unknown's name.  Raises ReadingError (E110) for another total differential."""
    letter = re.sub(r"\\[A-Za-z]+|[{}\s]", "", piece)
    if letter == "d":
        return letter
    raise ReadingError(
        "E110",
        f"'{piece.strip()}' names no unknown",
        Label(Span(0, len(piece))),
        hint='for example "min_x ..." or d/dx',
        source=piece if piece not in names else "",
    )


def _pieces(wrt: str) -> Iterable[str]:
    """The operators or names between commas."""
    depth, start = 0, 0
    for place, character in enumerate(wrt):
        depth += (character in "({[") - (character in ")}]")
        if character in ",;" and depth == 0:
            yield wrt[start:place]
            start = place + 1
    last = wrt[start:].strip()
    yield last[1:-1] if last.startswith("(") and last.endswith(")") and "," not in last else last


def guessed(trees: Iterable[Expr], text: str) -> Operator:
    """The one unknown that can be meant where none is named.  Raises ReadingError E140 where it is not clear."""
    found = {inner.name for tree in trees for inner in subtrees(tree) if isinstance(inner, Sym)}
    usual = [name for name in _USUAL if name in found]
    if len(usual) != 1:
        several = " or ".join(usual) if usual else "no letter that is usually sought"
        raise ReadingError(
            "E140",
            f"by what? The unknowns are not named, and there is {several}",
            Label(Span(0, len(text))),
            hint='name them: "min_x ..." or matdiff solve d/dx "..."',
            source=text,
        )
    return Operator((By(usual[0]),), usual[0])
