"""What `minimize` found, as a table of text, for notebooks, and as an object of JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from matdiff.lean.typing import Any

_SHOWN = 12  # entries of an unknown that a table shows


@dataclass(eq=False)  # it holds arrays, which are not simply equal
class Result:
    """What was found: the unknowns as arrays, the objective there, its path, how, and the gradient's largest entry.

    converged: whether that is the optimum as far as the solver can tell; if not, a note says why.
    """

    values: dict[str, Any]
    objective: float
    path: list[float]
    method: str
    steps: int
    gradient: float
    converged: bool
    notes: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The result as a table."""
        import numpy as np  # noqa: PLC0415 # loaded where there are numbers

        lines = [f"objective  {self.objective:.10g}", f"method     {self.method}, {self.steps} steps"]
        lines.append(f"gradient   {self.gradient:.2g}")
        for name, value in self.values.items():
            text = np.array2string(np.asarray(value), precision=8, threshold=_SHOWN, max_line_width=100)
            head, *rest = text.split("\n")
            lines += [f"{name:<10} {head}", *[" " * 11 + line for line in rest]]
        return lines

    def fields(self) -> dict[str, Any]:
        """The result for JSON."""
        made: dict[str, Any] = {"ok": True, "command": "minimize", "method": self.method, "objective": self.objective}
        made |= {"values": {name: value.tolist() for name, value in self.values.items()}, "iterations": self.steps}
        made |= {"gradient": self.gradient, "converged": self.converged, "path": self.path, "notes": self.notes}
        return made

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002 # IPython's signature
        printer.text("\n".join([*self.lines(), *[f"note: {note}" for note in self.notes]]))

    def _repr_html_(self) -> str:
        from html import escape  # noqa: PLC0415 # loaded in notebooks

        told = "\n".join([*self.lines(), *[f"note: {note}" for note in self.notes]])
        return f"<pre>{escape(told, quote=False)}</pre>"
