r"""Unknowns with a star or a hat, of which members are taken, as letters of their own: \xi_i and \xi_i^* of a support
vector regression are xi and zeta.  A star on another name stays what it is, a conjugate transpose.
"""

from __future__ import annotations

from matdiff.lean import re

_STAR = r"\s*\^\s*(?:\*|\{\s*(?:\*|\\ast)\s*\}|\\ast(?![A-Za-z]))"
_BELOW = r"(?:_(?:\{\w+\}|\w))"
_BASE = r"(?P<base>\\?[A-Za-z]+|[α-ωξ])"
_NAMED = re.compile(rf"(?<![\w\\]){_BASE}{_STAR}|\\hat\s*(?:\{{\s*)?{_BASE.replace('base', 'hatted')}")
_FRESH = ("zeta", "eta", "chi", "kappa", "z", "v", "u", "s", "q")


def renamed(text: str, start: int, end: int) -> tuple[str, list[str]]:
    """The text, of the same length, with letters for the starred names among the unknowns in text[start:end], and what
    was written for what.
    """
    notes: list[str] = []
    for found in _NAMED.finditer(text[start:end]):
        base, hat = found["base"] or found["hatted"], found["hatted"] is not None
        marked = _marked(base, hat=hat)
        places = list(marked.finditer(text))
        if not any(place["below"] or place["after"] for place in places):
            continue
        fresh = _letter(base, text, min(len(place[0]) - len(_below(place)) for place in places))
        if not fresh:
            continue
        text = marked.sub(lambda place, fresh=fresh: (fresh + _below(place)).rjust(len(place[0])), text)  # type: ignore[misc] # mypy takes the default for an argument
        said = base.lstrip("\\") + (" with a hat" if hat else "^*")
        notes.append(f"{said} is written {fresh.lstrip(chr(92))} here")
    return text, notes


def _marked(base: str, *, hat: bool) -> re.Pattern[str]:
    """Where the marked name stands, with its subscript before or after the star."""
    name = re.escape(base)
    if hat:
        return re.compile(rf"\\hat\s*(?:\{{\s*{name}\s*\}}|{name}(?![A-Za-z]))(?P<below>)(?P<after>{_BELOW}?)")
    return re.compile(rf"(?<![\w\\]){name}(?P<below>{_BELOW}?){_STAR}(?P<after>{_BELOW}?)")


def _below(place: re.Match[str]) -> str:
    return place["below"] or place["after"] or ""


def _letter(base: str, text: str, room: int) -> str:
    """A name that the text doesn't have, in the spelling of the one that it stands for."""
    tex = base.startswith("\\")
    one = len(base) == 1 and base.isascii()
    for name in _FRESH:
        if (
            len(name) + tex <= room
            and (len(name) == 1) == one
            and not re.search(rf"(?<![A-Za-z]){name}(?![A-Za-z])", text)
        ):
            return "\\" * tex + name
    return ""
