"""What stands around brackets and bars that could be misread: ||x||2, t(x), x^T(t), {||x||}_2."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.formula.syntax import PRIME
from matdiff.reading import mistakes
from matdiff.reading.lexing import Token

if TYPE_CHECKING:
    from matdiff.reading.brackets import Brackets, Open

FUNCTION_LETTERS = frozenset(("f", "g", "h", "phi", "varphi", "psi", "ell", "F", "G", "H"))
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


def with_parameter(brackets: Brackets, name: Token) -> Token:
    r"""f_\theta(x) where the question differentiates by theta: the name f, theta being the last argument of the
    brackets just closed.  Raises E125 where f_\theta is declared as a function of x alone.
    """
    base, _, parameter = name.text.partition("_")
    if not parameter or parameter not in brackets.scope.variables:
        return name
    if name.text in brackets.scope.functions:
        declared = ", ".join(brackets.scope.functions[name.text])
        raise mistakes.two_readings(
            f"{name.text}({declared})",
            (f"a function of {parameter} too", f"{base}({declared}, {parameter})"),
            (f"a function of {declared} alone", f"{base}({declared})"),
            name.span,
        )
    closing = brackets.out.pop()
    brackets.notes.append(f"{name.text}(…) was read as {base}(…, {parameter}), a function of {parameter} too")
    place = (closing.start, closing.start)
    brackets.out += [Token("COMMA", ",", *place), Token("NAME", parameter, *place, glued=True), closing]
    return name.become("NAME", base)


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
    _check_prime(brackets, name, out[-1])
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


def _check_prime(brackets: Brackets, name: Token, prime: Token) -> None:
    """Raise E125 for f'(x): the derivative of a function, which MATLAB reads as a transpose."""
    scope = brackets.scope
    if prime.text not in _PRIMES or not (
        name.text in scope.functions or (name.text in FUNCTION_LETTERS and name.text not in scope.names)
    ):
        return
    other = "g" if name.text == "h" else "h"
    raise mistakes.error(
        "E125",
        f"'{name.text}{prime.text}(…)' can be read in two ways: as the derivative of a function, or as a transpose",
        Span(name.start, prime.end),
        hint=f"write {other}(…), a function of its own, or {name.text}^T (…)",
    )


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
