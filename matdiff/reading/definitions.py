"""Equations that only name what follows: f = x^T A x, L(w) = …"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matdiff.reading.lexing import Token

# what formulas are called; y = X w is an equation, and no name for its right-hand side
_CALLED = frozenset(
    (
        "f",
        "g",
        "h",
        "F",
        "G",
        "H",
        "J",
        "L",
        "C",
        "Q",
        "phi",
        "psi",
        "varphi",
        "ell",
        "E",
        "loss",
        "cost",
        "obj",
        "objective",
    )
)
_NAMES = frozenset(("WORD", "LETTER", "UPRIGHT"))


def label(tokens: list[Token]) -> int:
    """How many tokens name the formula that follows, f = or L(w) =; 0 where none do."""
    if not tokens or tokens[0].kind not in _NAMES:
        return 0
    place = 1
    if place < len(tokens) and tokens[place].kind == "SUBSCRIPT":
        place += 1
    applied = place < len(tokens) and tokens[place].text == "(" and tokens[place].glued
    if applied:
        place = next((at + 1 for at in range(place, len(tokens)) if tokens[at].kind == "CLOSE"), 0)
        inside = tokens[2 : place - 1]
        if not place or not all(token.kind in _ARGUMENTS for token in inside):
            return 0
    if place >= len(tokens) or tokens[place].kind != "EQUALS" or not (applied or tokens[0].text in _CALLED):
        return 0
    return place + 1


_ARGUMENTS = _NAMES | {"COMMA", "SEMICOLON", "SUBSCRIPT", "OPEN"}
