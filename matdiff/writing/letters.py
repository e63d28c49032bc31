"""How names look: Greek letters, accents, and the raised and lowered characters that Unicode has."""

from __future__ import annotations

from itertools import pairwise

from matdiff.reading import letters

# Capitals that look like Latin ones are no letters of their own: TeX has no command for them, and Α is read as A.
_TWINS = frozenset(letters.GREEK_TWINS)
GREEK: dict[str, str] = {}
for _character, _name in letters.GREEK_LETTERS.items():
    if _character not in _TWINS:
        GREEK.setdefault(_name, _character)
TEX = {
    **{name: "\\" + name for name in GREEK if name != "varkappa"},
    "varphi": r"\varphi",
    "ell": r"\ell",
    "lam": r"\lambda",
    "eps": r"\epsilon",
}

FONTS = letters.FONTS
ACCENTS = {name: mark for mark, name in reversed(letters.ACCENTS.items()) if name}
_LOWERED = {plain: small for small, plain in letters.SUBSCRIPTS.items() if plain.isalnum()}
_RAISED = {plain: small for small, plain in letters.SUPERSCRIPTS.items() if not plain.isupper() and plain not in "()"}
_LONGEST_EXPONENT = 5


def raised(exponent: str) -> str:
    """An exponent: -1 as ⁻¹, k-1 as ᵏ⁻¹; nothing where a character has no raised form, or where it would be long."""
    small = [_RAISED.get(character, "") for character in exponent]
    has_word = any(one.isalpha() and other.isalpha() for one, other in pairwise(exponent))
    return "".join(small) if all(small) and not has_word and len(small) <= _LONGEST_EXPONENT else ""


def lowered(subscript: str) -> str:
    """A subscript: ij as ᵢⱼ; nothing where a character has no lowered form, or where a word would be hard to read."""
    if subscript in _LOWERED:
        return _LOWERED[subscript]
    if len(subscript) > 2 and not subscript.isdigit():
        return ""
    small = [_LOWERED.get(character, "") for character in subscript]
    return "".join(small) if all(small) else ""


def accent_and_index(subscript: str) -> tuple[str, str]:
    """What follows a name's first underscore: an accent ("" if none) and a subscript, "hat_n" as ("hat", "n")."""
    first, _, rest = subscript.partition("_")
    return (first, rest) if first in ACCENTS or first in FONTS else ("", subscript)
