"""Scalars as people write them: xᵀA y in the better direction, ‖x‖², tr(A B C) in its best rotation, sums of
entries.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import NamedTuple

from matdiff.formula.length import length
from matdiff.formula.syntax import Call, Expr, Num, Sym
from matdiff.functions import names as fn
from matdiff.notation.chains import Word, leading_name, spelled, turned
from matdiff.notation.entrywise import is_ones

_NORM = 4  # symbols that a norm must save where the question writes none
_MANY = 12  # links of a trace beyond which its rotations are not tried
Power = tuple[Expr, Fraction | Expr]


class Preference(NamedTuple):
    """How a question writes scalars: where its names first appear, and whether it uses the bars of norms.

    `sums` is where the sums of vectors that are written go, each with the vector's size.  phrases: scalar products as
    the question writes them.
    """

    ranks: dict[str, int]
    norms: bool
    sums: list[tuple[Expr, Expr]] | None = None
    phrases: tuple[Expr, ...] = ()

    def best(self, options: list[Power]) -> Power:
        """The shortest reading, then the one nearest to the question's own."""
        return min(options, key=self._price)

    def _price(self, option: Power) -> tuple[int, int, int]:
        expr, exponent = option
        norm = exponent == 2
        price = length(expr)
        if norm:
            price += 1 if self.norms else 2 + _NORM
        return price, int(norm and not self.norms), -1 if expr in self.phrases else self._rank(leading_name(expr))

    def _rank(self, name: str) -> int:
        """Where a name first appears; of a member x_k, where the family x_n does."""
        known = self.ranks.get(name)
        if known is not None or "_" not in name:
            return 99 if known is None else known
        base = name.partition("_")[0] + "_"
        return next((rank for other, rank in self.ranks.items() if other.startswith(base)), 99)


def inner(word: Word) -> list[Power]:
    """Readings of a word row … column: both directions, an entry, a norm where it is one, a sum where it ends in
    ones.
    """
    options: list[Power] = [(spelled(word), Fraction(1)), (spelled(turned(word)), Fraction(1))]
    half = _mirrored(word)
    if half:
        options.append((Call(fn.NORM, (spelled(half),)), Fraction(2)))
    for way in (word, turned(word)):
        if is_ones(way[-1].here) and len(way) > 1:
            options.append((summed(turned(way[:-1])), Fraction(1)))
        entry = _entry(way)
        if entry is not None:
            options.append((entry, Fraction(1)))
    return options


def trace(word: Word) -> list[Power]:
    """Readings of a cyclic word: every rotation and direction, and Frobenius norms."""
    options: list[Power] = []
    for way in (word, turned(word)):
        for k in range(len(way) if len(way) < _MANY else 1):
            rotated = way[k:] + way[:k]
            options.append((Call(fn.TRACE, (spelled(rotated),)), Fraction(1)))
            half = _mirrored(rotated)
            if half:
                options.append((Call(fn.NORM, (spelled(half), Sym("F"))), Fraction(2)))
    return options


def summed(word: Word) -> Expr:
    """The sum of a word's entries; a trailing 1 is summed over too."""
    while len(word) > 1 and is_ones(word[-1].here):
        word = word[:-1]
    if word[-1].side != "column" and length(spelled(turned(word))) < length(spelled(word)):
        word = turned(word)
    return Call(fn.SUM, (spelled(word),))


def _mirrored(word: Word) -> Word:
    """The V of a word VᵀV; nothing where it is none."""
    half = len(word) // 2
    if len(word) % 2 or [link.here for link in word[half:]] != [link.here for link in turned(word[:half])]:
        return ()
    return word[half:]


def _entry(word: Word) -> Expr | None:
    """e_iᵀ x is x_i, e_iᵀ A e_j is A_ij."""
    first = _position(word[0].there)
    middle = word[1].here if len(word) > 1 else None
    if first is None or not isinstance(middle, Sym) or middle.subscript:
        return None
    if len(word) == 2:
        return Sym(f"{middle.name}_{first}")
    second = _position(word[2].here) if len(word) == 3 else None
    return None if second is None else Sym(f"{middle.name}_{first}{second}")


def _position(expr: Expr) -> str | None:
    """The i of e_i, where it is one letter or digit."""
    if not isinstance(expr, Call) or expr.function != fn.UNIT_VECTOR:
        return None
    at = expr.args[0]
    name = at.name if isinstance(at, Sym) else str(at.value) if isinstance(at, Num) else ""
    return name if len(name) == 1 else None
