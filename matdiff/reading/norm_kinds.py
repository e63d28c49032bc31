"""Which norm is meant: by what stands below its bars, or by a second argument."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Call, Expr, Num, Sym
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading import mistakes
from matdiff.reading.names import subscript_text
from matdiff.reading.subscripts import subscript_raw

if TYPE_CHECKING:
    from matdiff.errors import Span
    from matdiff.reading.lexing import Token

_DRESS = re.compile(r"\\(?:mathcal|mathrm|mathscr|text|operatorname|mathbb|rm)(?![A-Za-z])|[{}\s]|\\[,;! ]|~")
_SCHATTEN = re.compile(r"S(?:_|\^)?\(?([0-9]+(?:\.[0-9]+)?|[a-z]|\\infty|inf|∞)\)?")
_SEQUENCE = re.compile(r"(?:\\ell|ℓ|l(?=[_^(]*[0-9])|L(?=[_^(]?\(?[^,]+,))[_^]?\(?([^()]+)\)?")
_PAIR = re.compile(r"\(?([^,()]+),([^,()]+)\)?")
_ENTRY = re.compile(r"[0-9]+(?:\.[0-9]+)?|[a-z]")
_OF_FUNCTIONS = re.compile(r"[LHW]\^(?:[0-9]+|p|\\infty|∞|inf)")
_INFINITE = {"\\infty": "inf", "∞": "inf"}
_PAIRED = {row.norm: row.name for row in TABLE.values() if "," in row.norm}  # ||X||_{2,1} and its like
_MAXIMUM = frozenset(("max", "\\max"))


def plain_subscript(token: Token) -> str:
    """What stands below a norm without fonts, braces and blanks; l_p and its like as p."""
    raw = _DRESS.sub("", subscript_raw(token))
    sequence = _SEQUENCE.fullmatch(raw)
    return sequence[1] if sequence else raw


def by_several(token: Token, *, of_vectors: bool) -> str:
    """The kind of a norm that a letter and a number name, S_p, or two numbers, p,q, or max; "" for all others.

    of_vectors: what stands between the bars shows no matrix, so that S_1 is the matrix of a weighted norm.
    """
    raw = plain_subscript(token)
    if raw in _MAXIMUM:
        return "max"
    if _OF_FUNCTIONS.fullmatch(raw):
        hint = "write ||x||_2, or ||x||_(A) with another letter for a weight"
        raise mistakes.not_supported(f"the norm '{raw}' is one of functions", token.span, hint=hint)
    if raw.startswith("("):
        raise mistakes.not_supported(f"the norm '{raw}' is not supported", token.span, hint="||X||_{S_p} is Schatten's")
    if "," in raw:
        return _pair(raw, token)
    found = None if of_vectors else _SCHATTEN.fullmatch(raw)
    return f"S {_INFINITE.get(found[1], found[1])}" if found else ""


def _pair(raw: str, token: Token) -> str:
    found = _PAIR.fullmatch(raw)
    inner, outer = (found[1], found[2]) if found else ("", "")
    if not _ENTRY.fullmatch(inner) or not _ENTRY.fullmatch(outer):
        raise mistakes.not_supported(
            f"the norm '{raw}' is not supported",
            token.span,
            hint="norms with two numbers are ||X||_{p,q}, of the columns' p-norms; an ∞ among them is"
            " max(colsum(X.^2)) or max(rowsum(X.^2)), written out",
        )
    return f"{inner},{outer}"


def by_kind(kind: str, inner: Expr, span: Span, kind_span: Span) -> Expr:
    """The norm of a kind, as a call."""
    exponents = [_number(text, kind_span) for text in kind.removeprefix("S ").split(",")]
    if kind in _PAIRED:
        return Call(_PAIRED[kind], (inner,), span=span)
    if kind == "max":
        return Call(fn.MAX, (Call(fn.ABSOLUTE, (inner,), span=span),), span=span)
    if kind.startswith("S "):
        known = _SCHATTEN_BY_NAME.get(kind[2:])
        if known:
            return Call(fn.NORM, (inner, _number(known, kind_span)), span=span)
        return Call(fn.SCHATTEN_NORM, (inner, *exponents), span=span)
    if len(exponents) > 1:
        return Call(fn.ENTRYWISE_NORM, (inner, *exponents), span=span)
    return Call(fn.NORM, (inner, *exponents), span=span)


_SCHATTEN_BY_NAME = {"1": "nuclear", "2": "F", "inf": "2"}


def _number(text: str, span: Span) -> Expr:
    if text.replace(".", "", 1).isdigit():
        return Num(Fraction(text[:18]), span=span)
    return Sym(text, span=span)


def norm_kind(token: Token) -> str:
    """Which norm a subscript or an argument names: a number, "p", "F", "inf", "nuclear"; "" for the matrix of a
    weighted norm.
    """
    raw = (
        token.text
        if token.kind in {"TEXT", "NAME", "NUMBER"}
        else "star"
        if subscript_raw(token) == "*"
        else _INFINITE.get(plain_subscript(token), plain_subscript(token))
        if _SEQUENCE.fullmatch(_DRESS.sub("", subscript_raw(token)))
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
    "Frobenius": "F",
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
