"""The way to an answer, as a book writes it: Lagrangian, gradients, set to zero, solved, put back."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import OutputError
from matdiff.formula.syntax import Sym
from matdiff.problems.constraints import lagrangian
from matdiff.problems.stationarity import gradients
from matdiff.writing import NOTATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matdiff.graph.nodes import Node, Var
    from matdiff.problems.answers import SolveAnswer
    from matdiff.problems.dual_answers import DualAnswer
    from matdiff.problems.problem import Problem
    from matdiff.problems.scribe import Scribe
    from matdiff.problems.update_answers import UpdateAnswer

_TEXTS = {
    "latex": {"partial": r"\frac{{\partial {0}}}{{\partial {1}}}", "L": r"\mathcal{L}"},
    "unicode": {"partial": "∂{0}/∂{1}", "L": "L"},
}
_PLAIN = {"partial": "d{0}/d{1}", "L": "L"}


def numbered(lines: Iterable[str]) -> str:
    """The steps with their numbers."""
    return "\n".join([f"{k}. {line}" for k, line in enumerate(lines, 1)])


def _words(notation: str) -> dict[str, str]:
    if notation not in NOTATIONS:
        raise OutputError("E402", f"{notation} is code, and steps are formulas", hint="leave out --steps, or --to")
    return _TEXTS.get(inner(notation), _PLAIN)


def marked(line: str, notation: str) -> str:
    """A formula of a line, which notations that are made from LaTeX hold between marks of their own."""
    if notation == "markdown":
        return f"${line}$"
    if notation == "mathml":
        from matdiff.writing.mathml import converted  # noqa: PLC0415 # loaded where it is asked for

        return converted(line)
    return line


def inner(notation: str) -> str:
    """The notation of what `marked` marks."""
    return "latex" if notation in {"markdown", "mathml"} else notation


def of_solution(answer: SolveAnswer, asked: str) -> str:
    """The steps of `solve`."""
    words, scribe, problem, outcome = _words(asked), answer.scribe, answer.problem, answer.outcome
    notation = inner(asked)
    lines: list[str] = []
    if problem.objective is not None:
        equalities = [one for one in problem.constraints if one.relation == "="]
        total, _ = lagrangian(problem, equalities)
        name = words["L"] if equalities else "f"
        what = "the Lagrangian" if equalities else "the objective"
        lines.append(f"{what}: " + marked(f"{name} = {scribe.text(total, notation)}", asked))
        lines += [marked(line, asked) for line in _derivatives(scribe, problem, total, name, notation)]
    else:
        lines += [f"the equation: {marked(scribe.equation(node, notation), asked)}" for node in outcome.equations]
    lines += [f"by {rule}" for rule in outcome.rules]
    for solution in outcome.solutions[:1]:
        for var, node in solution.shown.items():
            found = f"{scribe.write(Sym(var.name), notation)} = {scribe.text(node, notation)}"
            lines.append(f"so {marked(found, asked)}")
    if outcome.solutions:
        lines.append("put back, the equations hold" if outcome.smooth else "the minimiser of each entry")
    else:
        lines.append(answer.error.message)
    lines += answer.remarks(asked)
    return numbered(lines)


def _derivatives(scribe: Scribe, problem: Problem, total: Node, name: str, notation: str) -> list[str]:
    words = _words(notation)
    lines = []
    for var, slope in zip(problem.unknowns, gradients(problem, total), strict=True):
        left = words["partial"].format(name, scribe.write(Sym(var.name), notation))
        lines.append(f"{left} = {scribe.text(slope, notation)} = 0")
    return lines


def of_dual(answer: DualAnswer, asked: str) -> str:
    """The steps of `dual`."""
    words, scribe, made, notation = _words(asked), answer.scribe, answer.dual, inner(asked)
    lines = ["the Lagrangian: " + marked(f"{words['L']} = {scribe.text(made.lagrangian, notation)}", asked)]
    lines += [f"its infimum: {marked(line, asked)}" for line in answer.stationarity(notation)]
    lines.append(f"put back: {marked(scribe.text(made.objective, notation), asked)}")
    lines += [f"where {marked(line, asked)}" for line in answer.constraints(notation)]
    dual, *defined = answer.lines(notation)
    lines.append("the dual: " + marked(dual, asked))
    lines += [marked(line, asked) for line in defined]
    lines += [f"strong duality: {made.strong}"] if made.strong else ["weak duality holds in any case"]
    return numbered(lines)


def of_update(answer: UpdateAnswer, asked: str) -> str:
    """The steps of `update`."""
    scribe, problem, notation = answer.scribe, answer.problem, inner(asked)
    _words(asked)
    assert problem.objective is not None  # noqa: S101 # an iteration has one
    samples = answer.update.samples
    objective = problem.objective if samples is None else samples.member
    said = marked(f"f = {scribe.text(objective, notation)}", asked)
    lines = [f"the objective{'' if samples is None else ' of one sample'}: {said}"]
    slopes = _derivatives(scribe, problem, objective, "f", notation)
    lines += [marked(line.removesuffix(" = 0"), asked) for line in slopes]
    lines += answer.lines(asked) if notation == asked else [marked(row, asked) for row in answer.rows(notation)]
    return numbered(lines)


def names(variables: Iterable[Var]) -> list[str]:
    """The names of variables."""
    return [var.name for var in variables]
