"""What the names of a formula stand for, where it is evaluated."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matdiff.formula.rings import Element, Ring, Rows


class Scope:
    """What a formula's names are.

    functions: the shape and the arguments' names of every unknown function; layout: how the derivative of a vector by a
    scalar lies.  matrix(name): the rows of a variable, None for no such name.  member(base, numbers): the rows of a
    member of a family, None for no such family.  whole: sizes and symbolic integers as numbers.  constant(name): pi, e.
    units: how long the unit vectors e_i are, by their names.  named: rows of what a formula names besides.
    """

    def __init__(  # noqa: PLR0917 # what names stand for, kind by kind
        self,
        ring: Ring,
        matrix: Callable[[str], Rows | None],
        member: Callable[[str, tuple[int, ...]], Rows | None],
        whole: Mapping[str, int],
        constant: Callable[[str], Element],
        functions: Mapping[str, tuple[tuple[int, int], tuple[str, ...]]] | None = None,
        layout: str = "denominator",
        units: Mapping[str, int] | None = None,
    ) -> None:
        self.ring, self.matrix, self.member, self.whole, self.constant = ring, matrix, member, dict(whole), constant
        self.functions, self.layout, self.units = functions or {}, layout, units or {}
        self.named: dict[str, Rows] = {}

    def at(self, index: str, number: int) -> Scope:
        """The same names, and a number for an index."""
        whole = {**self.whole, index: number}
        other = Scope(
            self.ring, self.matrix, self.member, whole, self.constant, self.functions, self.layout, self.units
        )
        other.named = self.named
        return other
