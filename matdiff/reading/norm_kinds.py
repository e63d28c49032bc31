"""Which norm is meant: by what stands below its bars, or by a second argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matdiff.reading import mistakes
from matdiff.reading.names import subscript_text
from matdiff.reading.subscripts import subscript_raw

if TYPE_CHECKING:
    from matdiff.reading.lexing import Token


def norm_kind(token: Token) -> str:
    """Which norm a subscript or an argument names: a number, "p", "F", "inf", "nuclear"; "" for the matrix of a
    weighted norm.
    """
    raw = (
        token.text
        if token.kind in {"TEXT", "NAME", "NUMBER"}
        else "star"
        if subscript_raw(token) == "*"
        else subscript_text(token, refuse=False)
    )
    known = _KINDS.get(raw)
    if known:
        return known
    if raw.replace(".", "", 1).isdigit() and float(raw) > 0:
        return raw
    if token.kind != "TEXT" and len(raw) == 1 and raw.islower():
        return raw
    if token.kind == "SUBSCRIPT" and not raw.isdigit() and (raw[:1].isupper() or not raw.isalnum()):
        return ""
    raise mistakes.not_supported(
        f"unknown norm '{raw}'",
        token.span,
        hint="norms are 1, 2, p, inf, F, * (nuclear), or a matrix A for the square root of x^T A x",
    )


_KINDS = {
    "F": "F",
    "fro": "F",
    "Fro": "F",
    "f": "F",
    "frobenius": "F",
    "star": "nuclear",
    "nuc": "nuclear",
    "nuclear": "nuclear",
    "tr": "nuclear",
    "inf": "inf",
    "Inf": "inf",
    "infty": "inf",
    "infinity": "inf",
    "max": "inf",
    "op": "2",
    "spec": "2",
    "spectral": "2",
}
