"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.errors import OutputError

if TYPE_CHECKING:
    from matdiff.calculator import Answer

Numbers = float | list[float] | list[list[float]]


@dataclass(frozen=True)
class Counterexample:
    """Inputs for which the claim is not the derivative; vectors are lists, matrices lists of rows.  No inputs: too many
    to show, the numbers are one entry.

    sizes: what every symbolic size was.  functions: the unknown functions, for which smooth ones stood.
    claimed, right: what the claim and the derivative come to; `place`: the entry (row, column), from one, where they
    are furthest apart, () for scalars.
    """

    inputs: dict[str, Numbers]
    claimed: Numbers
    right: Numbers
    sizes: dict[str, int]
    place: tuple[int, ...] = ()
    functions: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The inputs, and what comes of them."""
        given = [f"{name} = {value}" for name, value in self.inputs.items()]
        given += [f"a smooth function in place of {name}" for name in self.functions]
        if given:
            return [
                f"  for {', '.join(given)}:",
                f"    the claim is {self.claimed}",
                f"    the derivative is {self.right}",
            ]
        entry = f"in entry {', '.join(map(str, self.place))} " if self.place else ""
        return [f"  {entry}at a random point the claim is {self.claimed}, and the derivative {self.right}"]


@dataclass(frozen=True)
class Verdict:
    """verdict: "proved", "refuted" or "undecided".  how: by what, in a few words.  hint: what is wrong with the claim,
    where that can be told.

    claim: the claim as given.  answer: the derivative.
    """

    verdict: str
    how: str
    claim: str
    answer: Answer
    hint: str = ""
    counterexample: Counterexample | None = None

    def __hash__(self) -> int:
        return hash((self.verdict, self.claim, self.answer))

    def __bool__(self) -> bool:
        """Whether the claim is proved."""
        return self.verdict == "proved"

    @property
    def result(self) -> str:
        """The right answer, in ASCII."""
        return self.written("ascii")

    def written(self, notation: str) -> str:
        """The right answer on one line, or that it is too long for a formula."""
        try:
            return self.answer.whole(notation)
        except OutputError as error:
            return f"({error.message})"

    def __str__(self) -> str:
        return f"{self.verdict}: {self.how}" + (f"; {self.hint}" if self.hint else "")

    def report(self, notation: str = "unicode") -> str:
        """The verdict in lines of text; where the claim is not proved also the derivative, and the numbers that refute
        the claim.
        """
        lines = [f"{self.verdict}: {self.how}"]
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        if not self:
            lines.append(f"  the derivative is {self.written(notation)}  ({self.answer.layout} layout)")
        return "\n".join(lines + (self.counterexample.lines() if self.counterexample is not None else []))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002 # IPython's signature
        printer.text(self.report())

    def _repr_html_(self) -> str:
        from html import escape  # noqa: PLC0415 # loaded in notebooks

        return f"<pre>{escape(self.report())}</pre>"
