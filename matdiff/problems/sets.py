"""Sets that an unknown is said to lie in: orthants, cones of matrices, intervals; as declarations and constraints."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import NamedTuple

from matdiff.errors import Label, ReadingError, Span
from matdiff.problems import markup

_PLUS = r"(?:\+\+?|\\geq?\s*0|≥\s*0|>=\s*0)"
_MARK = re.compile(rf"_\s*(?:\{{\s*(?P<a>{_PLUS})\s*\}}|(?P<b>\+\+?))|(?P<c>₊+)")
_MATRICES = re.compile(r"\s*(?:\\(?:mathbb|mathbf|mathcal)\s*\{?\s*)?[S𝕊]")
_INTERVAL = re.compile(
    r"\s*(?:\\left\s*)?(?P<first>[\[(])(?P<low>[^,\[\]]+),(?P<high>[^,\[\]]+?)(?:\\right\s*)?(?P<last>[\])])\s*(?:\^\s*(?P<size>\w+|\{[^{}]+\}))?[\s.$]*"
)
_FONT = r"(?:\\(?:mathrm|operatorname|mathcal|mathbb|text)\s*\{?\s*)?"
_SIMPLEX = re.compile(r"\s*\\?(?:Delta|Δ)\s*(?:[_^]\s*(?:\w|\{[^{}]*\})|\(\s*\w+\s*\))?[\s.$]*")
_STIEFEL = re.compile(rf"\s*{_FONT}St(?:iefel)?\s*\}}?\s*\(\s*(?P<rows>\w+)\s*,\s*(?P<columns>\w+)\s*\)[\s.$]*")
_ROTATIONS = re.compile(rf"\s*{_FONT}SO\s*\}}?\s*(?:\(|_)")
_FEW, _MANY = frozenset("kpqr"), frozenset("dmnDN")  # St(n, k) and St(k, n) are both written: few columns, many rows
_ENDLESS = re.compile(r"[-+]?\s*(?:\\infty|∞|inf(?:inity)?)")


_MARKS = ("+", "₊", "[", "Delta", "Δ", "SO", "St")


class Membership(NamedTuple):
    """An unknown's name, what is declared of it (or ""), and the constraints that say it lies in the set."""

    name: str
    declared: str
    constraints: tuple[str, ...]


def membership(piece: str) -> Membership | None:
    """What `x in R_+^n`, `X in S_{++}^n` or `x in [0, 1]^n` says; None of another text.

    Raises ReadingError E140 for an open interval.
    """
    found = markup.MEMBER.search(piece)
    if found is None:
        return None
    name, inside = piece[: found.start()].strip(), piece[found.end() :]
    interval = _INTERVAL.fullmatch(inside)
    if interval is not None:
        ends = ((interval["low"], interval["first"] == "["), (interval["high"], interval["last"] == "]"))
        closed = all(held or _ENDLESS.fullmatch(end.strip()) for end, held in ends)
        if not closed:
            why = f"'{piece.strip()}' leaves out an end, where the optimum may lie"
            raise _unread(piece, why, "write a closed interval: x in [0, 1]")
        return _between(name, interval)
    named = _named(piece, name, inside)
    if named is not None:
        return named
    mark = _MARK.search(inside)
    if mark is None:
        return None
    rest = f"{name} in {inside[: mark.start()]}{inside[mark.end() :]}"
    if not _MATRICES.match(inside):
        return Membership(name, rest, (f"{name} >= 0",))
    positive = (mark["a"] or mark["b"] or mark["c"] or "") in {"++", "₊₊"}
    return Membership(name, f"{rest} spd" if positive else rest, () if positive else (f"{name} >> 0",))


def _named(piece: str, name: str, inside: str) -> Membership | None:
    """The probability simplex, and matrices with orthonormal columns.

    Raises ReadingError E140 for rotations, and where nothing tells the rows from the columns.
    """
    if _SIMPLEX.fullmatch(inside):
        return Membership(name, f"{name} vector", (f"{name} >= 0", f"1^T {name} = 1"))
    if _ROTATIONS.match(inside):
        hint = f"{name} in O(n) leaves the sign of the determinant free"
        raise _unread(piece, "rotations with determinant 1 are no set that is known here", hint)
    sides = _STIEFEL.fullmatch(inside)
    if sides is None:
        return None
    rows, columns = sides["rows"], sides["columns"]
    if rows in _FEW and columns in _MANY:
        rows, columns = columns, rows
    elif rows not in _MANY or columns not in _FEW:
        hint = f"write {name} in R^{{n x k}} and {name}^T {name} = I"
        raise _unread(piece, f"which of {rows} and {columns} is the number of columns?", hint)
    return Membership(name, f"{name} in R^{{{rows} x {columns}}}", (f"{name}^T {name} = I",))


def _unread(piece: str, why: str, hint: str) -> ReadingError:
    return ReadingError("E140", why, Label(Span(0, len(piece))), hint=hint, source=piece)


def sets_apart(where: tuple[str, ...], unknowns: set[str]) -> tuple[list[str], tuple[str, ...]]:
    """The declarations, and the constraints that they say of unknowns: of `x in R_+^n` the x in R^n and the x >= 0."""
    kept: list[str] = []
    constraints: list[str] = []
    for text in where:
        if not any(mark in text for mark in _MARKS):
            kept.append(text)
            continue
        for start, end in markup.parted(text, 0, len(text)):
            known = membership(text[start:end])
            if known is None or known.name not in unknowns:
                kept.append(text[start:end])
                continue
            kept += [known.declared] if known.declared else []
            constraints += known.constraints
    return kept, tuple(constraints)


def _between(name: str, interval: re.Match[str]) -> Membership:
    size, low, high = interval["size"], interval["low"].strip(), interval["high"].strip()
    constraints = [] if _ENDLESS.fullmatch(low) else [f"{name} >= {low}"]
    constraints += [] if _ENDLESS.fullmatch(high) else [f"{name} <= {high}"]
    return Membership(name, f"{name} in R^{size}" if size else "", tuple(constraints))
