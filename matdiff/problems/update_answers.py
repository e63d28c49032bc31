"""Iterations as lines, as LaTeX, as JSON, as code."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.formula.question import Symbol
from matdiff.formula.syntax import Sym
from matdiff.problems.answers import Answer, joined
from matdiff.problems.scribe import Scribe

if TYPE_CHECKING:
    from matdiff.graph.nodes import Var
    from matdiff.problems.problem import Problem
    from matdiff.problems.update import Update

_ARROWS = {"latex": r" \leftarrow ", "unicode": " ← ", "typst": " arrow.l "}


class UpdateAnswer(Answer):
    """The rules of an iteration."""

    command = "update"
    computes = "step"

    def __init__(self, problem: Problem, made: Update) -> None:
        super().__init__(problem)
        self.update = made
        unknowns = {var.name for var in problem.unknowns}
        added = [_symbol(rule.unknown) for rule in made.rules if rule.unknown.name not in unknowns]
        members = [_symbol(var) for var in (made.samples.members if made.samples else ())]
        parameters = [Symbol(name, "scalar", (1, 1)) for name in made.parameters.values()]
        self.scribe = Scribe(problem, [*added, *members, *parameters])

    def texts(self, notation: str = "ascii") -> list[tuple[str, str]]:
        """Each unknown and what takes its place."""
        return [
            (self.scribe.write(Sym(rule.unknown.name), notation), self.scribe.text(rule.new, notation))
            for rule in self.update.rules
        ]

    def lines(self, notation: str) -> list[str]:
        arrow, rows = _ARROWS.get(notation, " <- "), self.rows(notation)
        if len(rows) > 1 and notation == "latex":
            return [joined([row.replace(arrow, f" &{arrow}", 1) for row in rows], notation)]
        return rows

    def rows(self, notation: str) -> list[str]:
        arrow = _ARROWS.get(notation, " <- ")
        return [f"{name}{arrow}{text}" for name, text in self.texts(notation)]

    def told(self, notation: str) -> str:
        from matdiff.problems.steps import of_update  # noqa: PLC0415 # few answers are asked for their steps

        return of_update(self, notation)

    def remarks(self, notation: str) -> list[str]:  # noqa: ARG002 # the same in every notation
        return list(self.update.notes)

    def fields(self) -> dict[str, Any]:
        made: dict[str, Any] = {"ok": True, "command": "update", "status": "solved", "method": self.update.method}
        made["unknowns"] = [var.name for var in self.problem.unknowns]
        made["rules"] = [{"unknown": name, "new": text} for name, text in self.texts()]
        made["parameters"] = self.update.parameters
        made["unicode"] = "\n".join(self.lines("unicode"))
        made["latex"] = "\n".join(self.lines("latex"))
        made["lets"] = self.scribe.lets
        made["notes"] = [*self.notes, *self.update.notes]
        return made

    def module(self, target: str) -> str:
        from matdiff.problems.code import Part  # noqa: PLC0415 # loaded where code is asked for

        made = self.update
        emitter = self.emitter(target)
        roots = [rule.code if rule.code is not None else rule.new for rule in made.rules]
        scalars = [name for key, name in made.parameters.items() if key != "index"]
        entry, last = [], []
        if made.samples is not None:
            index = made.member
            last = [index]
            entry = [f"{index} = {emitter.where.prefix}.atleast_1d({index})"] if emitter.where.prefix == "np" else []
            entry += [f"{var.name} = {var.name}[{index}]" for var in made.samples.sliced]
        part = Part(
            "step",
            roots,
            self._first(),
            says="; ".join([f"{a} <- {b}" for a, b in self.texts()]),
            last=last,
            entry=entry,
        )
        del scalars
        return emitter.module(part.says, [part])

    def _first(self) -> list[Var]:
        unknowns = list(self.problem.unknowns)
        return [*[rule.unknown for rule in self.update.rules if rule.unknown not in unknowns], *unknowns]


def _symbol(var: Var) -> Symbol:
    rows, columns = var.rows_columns
    kind = {0: "scalar", 1: "vector"}.get(var.order, "matrix")
    return Symbol(var.name, kind, (rows, columns))
