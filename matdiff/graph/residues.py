"""The prime field as a ring: exact but for functions, which are opaque atoms, the same for the same argument."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.rings import NoValueError, Ring
from matdiff.graph import atoms
from matdiff.graph.atoms import PRIME, random

if TYPE_CHECKING:
    from collections.abc import Sequence
    from matdiff.lean.fractions import Fraction


class Residues(Ring):
    """Integers modulo a large prime."""

    operators = atoms.OPERATORS

    def number(self, value: int | Fraction) -> int:
        if value.denominator == 1:
            return value.numerator % PRIME
        return value.numerator * pow(value.denominator, -1, PRIME) % PRIME

    def reduce(self, value: int) -> int:
        return value % PRIME

    def inverse(self, value: int) -> int:
        return atoms.inverse(value)

    def power(self, base: int, exponent: int | Fraction) -> int:
        return atoms.power(base % PRIME, exponent)

    def any_power(self, base: int, exponent: int) -> int:
        return random(f"power {exponent}", base)

    def function(self, name: str, value: int) -> int:
        return atoms.function(name, value)

    def opaque(self, name: str, told: object, args: Sequence[int], place: tuple[int, ...]) -> int:
        return random(name, repr(told), hash(tuple(args)), *place)


class Rooted(Residues):
    """The same with true square roots, of which one is itself a square, as that of a positive number is positive."""

    full_rank = True

    def power(self, base: int, exponent: int | Fraction) -> int:
        if exponent.denominator != 2:
            return super().power(base, exponent)
        base %= PRIME
        root = pow(base, (PRIME + 1) // 4, PRIME)  # the prime is 3 modulo 4
        if root * root % PRIME != base:
            raise NoValueError("a root that is no residue")
        return super().power(root, exponent.numerator)


RESIDUES = Residues()
ROOTED = Rooted()
