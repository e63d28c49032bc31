"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matdiff.calculator import Answer

Numbers = float | list[float] | list[list[float]]


@dataclass(frozen=True)
class Counterexample:
    """Inputs for which the claim is not the derivative; vectors are lists, matrices lists of rows.

    sizes: what every symbolic size was.  functions: formulas of what stood for unknown functions.
    claimed, right: what the claim and the derivative come to; `place`: the entry (row, column), from one, where they are furthest apart, () for scalars.
    """

    inputs: dict[str, Numbers]
    claimed: Numbers
    right: Numbers
    sizes: dict[str, int]
    place: tuple[int, ...] = ()
    functions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """verdict: "proved", "refuted" or "undecided".  how: by what, in a few words.  hint: what is wrong with the claim, where that can be told.

    claim: the claim as given.  answer: the derivative.
    """

    verdict: str
    how: str
    claim: str
    answer: Answer
    hint: str = ""
    counterexample: Counterexample | None = None

    def __bool__(self) -> bool:
        """Whether the claim is proved."""
        return self.verdict == "proved"

    @property
    def result(self) -> str:
        """The right answer, in ASCII."""
        return self.answer.ascii

    def __str__(self) -> str:
        return f"{self.verdict}: {self.how}" + (f"; {self.hint}" if self.hint else "")
