r"""Greek capitals that are no name before what follows: \\ln\\Gamma(x), \\Delta t."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.functions import SPELLINGS
from matdiff.functions import names as fn
from matdiff.reading import mistakes
from matdiff.reading.lexing import Token
from matdiff.reading.token_pass import WORD_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.reading.token_pass import TokenPass


def _gamma(words: TokenPass, place: int) -> int:
    r"""\ln\Gamma(x) is the logarithm of the gamma function; the place behind the letter, or 0.  Raises E115 for it
    without a logarithm.
    """
    opening = words.at(place + 1)
    opening = words.at(place + 2) if opening.kind == "LEFT" else opening
    if opening.text != "(" or not words.at(place + 1).glued:
        return 0
    token = words.given[place]
    if not words.out or words.out[-1].kind != "FUNCTION" or words.out[-1].text != fn.LOG:
        raise mistakes.not_supported(
            "the gamma function is supported as its logarithm only",
            token.span,
            hint=f"write {fn.LGAMMA}(x) for log Gamma(x), or declare Gamma if it is a matrix",
        )
    words.out[-1] = Token("FUNCTION", fn.LGAMMA, words.out[-1].start, token.end, words.out[-1].glued)
    return place + 1


def _difference(words: TokenPass, place: int) -> int:
    r"""Raise E125 for \Delta t, a step to most, a product to others."""
    token, following = words.given[place], words.at(place + 1)
    if following.kind in WORD_KINDS and following.text not in SPELLINGS and following.text[0].islower():
        name = following.text[0] if following.kind == "WORD" else following.text
        raise mistakes.two_readings(
            f"Delta {name}",
            ("a name of its own", f"Delta_{name}"),
            ("a product", f"Delta * {name}"),
            Span(token.start, following.end),
        )
    return 0


RULES: dict[str, Callable[[TokenPass, int], int]] = {"Gamma": _gamma, "Delta": _difference}
