"""What stands around brackets and bars that could be misread: ||x||2, t(x), x^T(t), {||x||}_2."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.formula.syntax import PRIME
from matdiff.reading import mistakes

if TYPE_CHECKING:
    from matdiff.reading.brackets import Brackets, Open
    from matdiff.reading.lexing import Token

_PRIMES = frozenset(("'", "′", "’", "\\prime"))
_NORM_NAMES = frozenset(("F", "inf", "p"))


def check_behind_bars(brackets: Brackets, token: Token, kind: str) -> None:
    """Raise E125 for ||x||2 and ||X||F, where the mark of a subscript may be lost."""
    following = brackets.given[brackets.place + 1] if brackets.place + 1 < len(brackets.given) else token
    kinds_of_norms = (
        following.kind == "NAME" and following.text in _NORM_NAMES and following.text not in brackets.scope.names
    )
    if not following.glued or not (following.kind == "NUMBER" or (kinds_of_norms and kind == "||")):
        return
    shown = f"{kind}…{kind}"
    raise mistakes.two_readings(
        f"{shown}{following.text}",
        ("a norm by its kind", f"{shown}_{following.text}"),
        ("a product", f"{following.text} {shown}"),
        Span(token.start, following.end),
    )


def check_transpose(brackets: Brackets, top: Open) -> None:
    """Raise E125 for t(x), which is the transpose in R, where t is no function that was declared."""
    name, inside = brackets.out[top.name], brackets.out[top.name + 2 : -1]
    if name.text == "t" and len(inside) == 1:
        shown = inside[0].text
        raise mistakes.two_readings(
            f"t({shown})",
            ("the transpose, as R has it", f"{shown}^T"),
            ("a function that is declared", f"t({shown}) in R"),
            Span(name.start, brackets.out[-1].end),
        )


def turned_function(brackets: Brackets, token: Token, before: Token) -> Token:
    """x^T(t), where x is a declared function: the name, the transpose being kept for behind the brackets.  Raises
    E125 where x stands before (t) undeclared.
    """
    out = brackets.out
    if before.kind != "TRANSPOSE" or not token.glued or token.text != "(" or len(out) < 2 or out[-2].kind != "NAME":
        return before
    name = out[-2]
    if f"{name.text}{PRIME}" in brackets.scope.functions and out[-1].text in _PRIMES:  # F'(X) of an analytic F
        out.pop()
        out[-1] = name.become("NAME", f"{name.text}{PRIME}")
        return out[-1]
    if name.text in brackets.scope.functions:
        brackets.turn = out.pop()
        return name
    inside = brackets.given[brackets.place + 1 : brackets.place + 3]
    if (
        [part.kind for part in inside] == ["NAME", "CLOSE"]
        and inside[0].text == "t"
        and name.text not in brackets.scope.names
    ):
        raise mistakes.two_readings(
            f"{name.text}^T(t)",
            ("the transpose of a function", f"{name.text}(t)^T"),
            ("a product", f"t {name.text}^T"),
            Span(name.start, inside[1].end),
        )
    return before


def holds_a_norm(brackets: Brackets, top: Open) -> bool:
    """Whether the braces just closed hold a norm and no more, the kind of which follows; they go if so."""
    following = brackets.given[brackets.place + 1] if brackets.place + 1 < len(brackets.given) else top.token
    if top.kind != "{" or following.kind != "SUBSCRIPT" or brackets.out[-1].kind != "RNORM":
        return False
    if brackets.out[top.begin + 1].kind != "LNORM":
        return False
    if sum(token.kind == "LNORM" for token in brackets.out[top.begin :]) == 1:
        del brackets.out[top.begin]
        return True
    return False


def shows_vectors(brackets: Brackets) -> bool:
    """Whether no capital letter, a matrix, stands between the bars just closed."""
    depth, place = 0, len(brackets.out) - 1
    while place >= 0:
        depth += {"RNORM": 1, "LNORM": -1}.get(brackets.out[place].kind, 0)
        if not depth:
            break
        place -= 1
    inside = [token.text for token in brackets.out[place:] if token.kind == "NAME"]
    return not any(name[:1].isupper() for name in inside)
