"""The statements of Python: what a printer needs of a language beside its expressions."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matdiff.codegen.arrays import Array


class Statements:
    """Assignments, loops and branches; a language beside Python has its own."""

    end: ClassVar[str] = ""  # of a block
    other: ClassVar[str] = "else:"

    def assign(self, name: str, text: str, node: Array | None = None) -> str:  # noqa: ARG002 # types depend on it
        return f"{name} = {text}"

    def again(self, name: str, text: str) -> str:
        """An assignment to a name that is there."""
        return f"{name} = {text}"

    def declared(self, name: str, node: Array) -> list[str]:  # noqa: ARG002 # some languages declare names
        """A name that is given its value within a block."""
        return []

    def loop(self, variable: str, lo: str, hi: str, after: str) -> str:  # noqa: ARG002 # `after` is one more than `hi`
        return f"for {variable} in range({lo}, {after}):"

    def test(self, condition: str) -> str:
        return f"if {condition}:"

    def length_of(self, name: str, array: str, axis: int, order: int) -> str:  # noqa: ARG002 # some languages ask it
        """The length of an axis."""
        return f"{name} = {array}.shape[{axis}]"

    def returned(self, results: Sequence[str]) -> list[str]:
        return [f"return {', '.join(results)}"]

    def lambda_of(self, variable: str, body: Sequence[str], order: int) -> list[str]:  # noqa: ARG002 # C++ has types
        """A function of one variable that is returned."""
        return ["", f"def product({variable}):", *[f"    {line}" for line in body], "", "return product"]
