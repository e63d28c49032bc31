"""Answers to `solve`, `dual` and `update`: as lines, as LaTeX, as JSON, as code."""

from __future__ import annotations

from functools import partial
from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.errors import CalculusError, OutputError
from matdiff.formula.syntax import Sym
from matdiff.graph.graph import Graph, current
from matdiff.problems.outcome import STATUSES, Outcome, Solution
from matdiff.problems.scribe import Scribe

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.errors import MatdiffError
    from matdiff.formula.question import Symbol
    from matdiff.graph.nodes import Var
    from matdiff.problems.code import Emitter
    from matdiff.problems.problem import Problem

_NEXT = {"no closed form": "an iteration leads there: matdiff update ... --method gd, newton or proximal"}
NOTATIONS = ("unicode", "ascii", "latex", "typst", "mathml", "markdown")


class Answer:
    """What every answer of this room has: its problem, its graph, its notes; `command` is the question's."""

    command = ""
    computes = ""  # what its code is for
    again: Callable[[], Answer]  # what gives the same answer once more

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.graph: Graph = current()
        self.symbols: dict[str, Symbol] = problem.typed.symbols

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled as its question, which has the same answer wherever it is asked again."""
        return self.again, ()

    def __eq__(self, other: object) -> bool:
        """Whether another answer says the same of the same problem."""
        return isinstance(other, Answer) and self.object() == other.object()

    def __hash__(self) -> int:
        return hash((self.command, *self.symbols))

    @property
    def ok(self) -> bool:
        return True

    @property
    def exit_status(self) -> int:
        return 0

    def __str__(self) -> str:
        return self.write("unicode")

    def write(self, notation: str) -> str:
        """The answer in a notation, one line or several."""
        from matdiff.problems.steps import inner, marked  # noqa: PLC0415 # with the answer comes no other room yet

        with self.graph.branch().in_force():
            if inner(notation) == notation:
                return "\n".join(self.lines(notation))
            return "\n".join([marked(row, notation) for row in self.rows(inner(notation))])

    def lines(self, notation: str) -> list[str]:
        """The answer line by line."""
        raise NotImplementedError

    def rows(self, notation: str) -> list[str]:
        """Its formulas one by one, also in a notation whose lines hold several."""
        return self.lines(notation)

    def steps(self, notation: str = "unicode") -> str:
        """The way to the answer, a line a step.  Raises OutputError E402 for what is no notation."""
        with self.graph.branch().in_force():
            return self.told(notation)

    def told(self, notation: str) -> str:
        """The steps, on the graph in force."""
        raise NotImplementedError

    def remarks(self, notation: str) -> list[str]:
        """What must hold, and what is known besides."""
        raise NotImplementedError

    @property
    def notes(self) -> list[str]:
        """Conventions and guesses that the reader must know."""
        return self.problem.notes

    @property
    def error(self) -> MatdiffError:
        """The end of a question without an answer, as an error."""
        raise NotImplementedError

    def code(self, target: str = "numpy") -> str:
        """A self-contained module for `target`.  Raises OutputError as `Answer.code` of a derivative does."""
        with self.graph.branch().in_force():
            return self.module(target)

    def function(self, of: str = "", target: str = "numpy") -> Callable[..., Any]:
        """The generated code as a function of the data, by position or keyword: `solution`, a dual's `objective`, an
        update's `step`, or what `of` names (residual, primal, …).  It takes lists as well as arrays.

        Raises OutputError E403 where the target's package is not installed, E409 where the code has no such function.
        """
        from matdiff.codegen.loading import load  # noqa: PLC0415 # loaded where code is run
        from matdiff.representations import of_arrays  # noqa: PLC0415 # as above

        module = load(self.code(target), target)
        found = getattr(module, of or self.computes, None)
        if found is None:
            there = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
            hint = f"there are: {', '.join(there)}" if there else ""
            raise OutputError("E409", f"the code has no function '{of or self.computes}'", hint=hint)
        return of_arrays(found, target)

    def module(self, target: str) -> str:
        raise NotImplementedError

    def object(self) -> dict[str, Any]:
        """The answer for JSON, without `output`."""
        with self.graph.branch().in_force():
            return self.fields()

    def fields(self) -> dict[str, Any]:
        raise NotImplementedError

    @property
    def latex(self) -> str:
        return self.write("latex")

    @property
    def unicode(self) -> str:
        return self.write("unicode")

    @property
    def ascii(self) -> str:
        return self.write("ascii")

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'; '.join(str(self).splitlines())}>"

    def _repr_html_(self) -> str:
        from matdiff.representations import page_part  # noqa: PLC0415 # loaded in notebooks

        return page_part(self.latex, [*self.remarks("unicode"), *self.notes])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002 # IPython's signature
        told = [f"note: {note}" for note in (*self.remarks("unicode"), *self.notes)]
        printer.text("\n".join([str(self), *told]))

    def data(self) -> dict[str, Var]:
        """The symbols that the problem's code takes, without the unknowns, in order of first appearance."""
        from matdiff.codegen.parameters import variables  # noqa: PLC0415 # loaded where code is asked for

        problem = self.problem
        roots = [one.node for one in problem.constraints] + ([problem.objective] if problem.objective else [])
        found = variables(*roots)
        unknown = {var.name for var in problem.unknowns}
        order = {name: k for k, name in enumerate(problem.typed.symbols)}
        names = sorted((name for name in found if name not in unknown), key=lambda name: order.get(name, len(order)))
        return {name: found[name] for name in names}

    def emitter(self, target: str) -> Emitter:
        """What writes the functions of the module."""
        from matdiff.problems.code import Emitter  # noqa: PLC0415 # loaded where code is asked for

        return Emitter(self.problem.typed.symbols, self.data(), target)


def joined(lines: list[str], notation: str) -> str:
    """Several lines as one text of a notation that has only one."""
    if notation == "latex" and len(lines) > 1:
        rows = r" \\ ".join([line.replace(" = ", " &= ", 1) for line in lines])
        return rf"\begin{{aligned}} {rows} \end{{aligned}}"
    return "\n".join(lines)


_OR = {"latex": r" \quad\text{or}\quad "}


class SolveAnswer(Answer):
    """The end of `solve`."""

    command = "solve"
    computes = "solution"

    def __init__(self, problem: Problem, outcome: Outcome) -> None:
        super().__init__(problem)
        self.outcome = outcome
        self.scribe = Scribe(problem)

    @property
    def ok(self) -> bool:
        return self.outcome.ok

    @property
    def status(self) -> str:
        return self.outcome.status

    @property
    def exit_status(self) -> int:
        return STATUSES[self.outcome.status][1]

    @property
    def notes(self) -> list[str]:
        with self.graph.branch().in_force():
            others = [self.scribe.condition(one) for one in self.outcome.others]
        return [*self.problem.notes, *self.outcome.notes, *others]

    def told(self, notation: str) -> str:
        from matdiff.problems.steps import of_solution  # noqa: PLC0415 # few answers are asked for their steps

        return of_solution(self, notation)

    def texts(self, solution: Solution, notation: str = "ascii") -> dict[str, str]:
        """Each unknown of a solution and what it is."""
        return {
            var.name: self.scribe.write(self.scribe.shortest_tree(node), notation)
            for var, node in solution.shown.items()
        }

    def lines(self, notation: str) -> list[str]:
        rows = self.rows(notation)
        return [joined(rows, notation)] if notation == "latex" and self.outcome.solutions else rows

    def rows(self, notation: str) -> list[str]:
        if not self.outcome.solutions:
            return [self.scribe.equation(node, notation) for node in self.outcome.equations]
        best_alone = self.problem.sense in {"min", "max"}
        several = [self._assigned(one, notation) for one in self.outcome.solutions[: 1 if best_alone else None]]
        if len(several) > 1 and all(len(lines) == 1 for lines in several):
            return [_OR.get(notation, " or ").join([line for lines in several for line in lines])]
        return [line for k, lines in enumerate(several) for line in ([*(["or"] if k else []), *lines])]

    def _assigned(self, solution: Solution, notation: str) -> list[str]:
        """One line an unknown."""
        return [
            f"{self.scribe.write(Sym(name), notation)} = {text}"
            for name, text in self.texts(solution, notation).items()
        ]

    def remarks(self, notation: str) -> list[str]:
        """What must hold, and what kind of point it is."""
        with self.graph.branch().in_force():
            outcome = self.outcome
            said = [self.scribe.condition(one, notation) for one in outcome.conditions]
            kind = ("global " if outcome.everywhere else "") + outcome.kind if outcome.kind else ""
            remarks = [", ".join(said)] if said else []
            if kind:
                remarks.append(kind + (", the only one" if outcome.unique else ""))
            return remarks

    def fields(self) -> dict[str, Any]:
        outcome, scribe = self.outcome, self.scribe
        made: dict[str, Any] = {"ok": outcome.ok, "command": "solve", "status": outcome.status}
        made["unknowns"] = [var.name for var in self.problem.unknowns]
        made["equations"] = _tried([partial(scribe.equation, node) for node in outcome.equations])
        if outcome.solutions:
            made["solutions"] = [self.texts(solution) for solution in outcome.solutions]
            made["conditions"] = list(dict.fromkeys([scribe.condition(one) for one in outcome.conditions]))
        if outcome.ok and outcome.kind:
            made["kind"] = outcome.kind
            made["global"] = outcome.everywhere
        if outcome.solutions:
            made["unique"] = outcome.unique
        if outcome.ok:
            made["unicode"] = "\n".join(self.lines("unicode"))
            made["latex"] = "\n".join(self.lines("latex"))
        else:
            error = self.error
            made["error"] = {"code": error.code, "message": error.message, "hint": error.hint, "span": None}
        made["lets"] = scribe.lets
        made["rules"] = outcome.rules
        made["notes"] = self.notes
        return made

    @property
    def error(self) -> MatdiffError:
        """The end of a question without a solution, as an error."""
        status = self.outcome.status
        message = status + (f": {self.outcome.why}" if self.outcome.why else "")
        return CalculusError(STATUSES[status][0] or "E360", message, hint=_NEXT.get(status, ""))

    def module(self, target: str) -> str:
        from matdiff.problems.code import Part  # noqa: PLC0415 # as above

        outcome, unknowns = self.outcome, self.problem.unknowns
        solutions = [[one.whole[var] for var in unknowns] for one in outcome.solutions]
        parts = []
        names = ", ".join(var.name for var in unknowns)
        if solutions:
            parts.append(Part("solution", solutions[0], says=f"The {outcome.kind or 'solution'}: {names}."))
        if len(solutions) > 1:
            roots = [node for solution in solutions for node in solution]
            says = f"All solutions that are told, the best first: {names}."
            parts.append(Part("solutions", roots, (), "points", says, len(unknowns)))
        if outcome.smooth and (not self.problem.constraints or self.problem.sense == "equation"):
            parts.append(Part("residual", outcome.equations, unknowns, says="What must be zero."))
        title = (
            "; ".join([f"{name} = {text}" for name, text in self.texts(outcome.solutions[0]).items()])
            if solutions
            else outcome.status
        )
        if outcome.level is not None:
            from matdiff.problems.level_code import solution_code  # noqa: PLC0415 # few solutions have a condition

            return solution_code(self.emitter(target), title, solutions[0][0], outcome.level, parts[0].says)
        return self.emitter(target).module(title, parts)


def _tried(writers: list[Callable[[], str]]) -> list[str]:
    """The texts that can be written."""
    found = []
    for writer in writers:
        try:
            found.append(writer())
        except CalculusError:
            continue
    return found
