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
    return _TEXTS.get(notation, _PLAIN)


def of_solution(answer: SolveAnswer, notation: str) -> str:
    """The steps of `solve`."""
    words, scribe, problem, outcome = _words(notation), answer.scribe, answer.problem, answer.outcome
    lines: list[str] = []
    if problem.objective is not None:
        equalities = [one for one in problem.constraints if one.relation == "="]
        total, _ = lagrangian(problem, equalities)
        name = words["L"] if equalities else "f"
        what = "the Lagrangian" if equalities else "the objective"
        lines.append(f"{what}: {name} = {scribe.text(total, notation)}")
        lines += _derivatives(scribe, problem, total, name, notation)
    else:
        lines += [f"the equation: {scribe.equation(node, notation)}" for node in outcome.equations]
    lines += [f"by {rule}" for rule in outcome.rules]
    for solution in outcome.solutions[:1]:
        for var, node in solution.shown.items():
            lines.append(f"so {scribe.write(Sym(var.name), notation)} = {scribe.text(node, notation)}")
    if outcome.solutions:
        lines.append("put back, the equations hold" if outcome.smooth else "the minimiser of each entry")
    else:
        lines.append(answer.error.message)
    lines += answer.remarks(notation)
    return numbered(lines)


def _derivatives(scribe: Scribe, problem: Problem, total: Node, name: str, notation: str) -> list[str]:
    words = _words(notation)
    lines = []
    for var, slope in zip(problem.unknowns, gradients(problem, total), strict=True):
        left = words["partial"].format(name, scribe.write(Sym(var.name), notation))
        lines.append(f"{left} = {scribe.text(slope, notation)} = 0")
    return lines


def of_dual(answer: DualAnswer, notation: str) -> str:
    """The steps of `dual`."""
    words, scribe, made = _words(notation), answer.scribe, answer.dual
    lines = [f"the Lagrangian: {words['L']} = {scribe.text(made.lagrangian, notation)}"]
    lines += [f"its infimum: {line}" for line in answer.stationarity(notation)]
    lines.append(f"put back: {scribe.text(made.objective, notation)}")
    lines += [f"where {line}" for line in answer.constraints(notation)]
    lines.append("the dual: " + answer.lines(notation)[0])
    lines += [f"strong duality: {made.strong}"] if made.strong else ["weak duality holds in any case"]
    return numbered(lines)


def of_update(answer: UpdateAnswer, notation: str) -> str:
    """The steps of `update`."""
    scribe, problem = answer.scribe, answer.problem
    assert problem.objective is not None  # noqa: S101 # an iteration has one
    samples = answer.update.samples
    objective = problem.objective if samples is None else samples.member
    lines = [f"the objective{'' if samples is None else ' of one sample'}: f = {scribe.text(objective, notation)}"]
    lines += [line.removesuffix(" = 0") for line in _derivatives(scribe, problem, objective, "f", notation)]
    lines += answer.lines(notation)
    return numbered(lines)


def names(variables: Iterable[Var]) -> list[str]:
    """The names of variables."""
    return [var.name for var in variables]
