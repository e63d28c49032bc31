"""The whole way of a problem: text, problem on the graph, outcome, answer."""

from __future__ import annotations

from functools import partial
from matdiff.lean.typing import TYPE_CHECKING, TypeVar

from matdiff.errors import MatdiffError
from matdiff.graph.graph import Graph
from matdiff.limits import allow_depth
from matdiff.problems import forms
from matdiff.problems.answers import SolveAnswer
from matdiff.problems.problem import read_problem, with_usual_sizes
from matdiff.problems.solve import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.problems.answers import Answer
    from matdiff.problems.dual_answers import DualAnswer, EndAnswer
    from matdiff.problems.numeric import NumericAnswer
    from matdiff.problems.problem import Asked, Problem
    from matdiff.problems.update_answers import UpdateAnswer

A = TypeVar("A", bound="Answer")


def _kept(found: A, again: Callable[[], Answer]) -> A:
    """The answer, which keeps how it was asked for: that is what is pickled of it."""
    found.again = again
    return found


def solution(asked: Asked) -> SolveAnswer:
    """Solve a problem.  Raises MatdiffError for every mistake in it; an end without a solution is an answer."""
    allow_depth(asked.expr, *asked.subject_to, *asked.where)
    found = _solution(asked)
    if found.status == "no closed form":
        with found.graph.branch().in_force():
            square = orthogonal_unknown(found.problem)
        if square:
            other = _solution(asked._replace(where=(*asked.where, square)))
            if other.ok:
                other.problem.notes.append(f"read with {square}: declare its shape where it is not square")
                found = other
    return _kept(found, partial(solution, asked))


def _solution(asked: Asked) -> SolveAnswer:
    with Graph().in_force():
        problem = with_usual_sizes(read_problem(asked))
        try:
            return SolveAnswer(problem, solve(problem))
        except MatdiffError as error:
            raise error.within(problem.statement.text) from None


def iteration(asked: Asked, method: str = "gd") -> UpdateAnswer:
    """The iteration of a method.  Raises MatdiffError."""
    from matdiff.problems.update import update  # noqa: PLC0415 # one command doesn't wait for another's modules
    from matdiff.problems.update_answers import UpdateAnswer  # noqa: PLC0415 # as above

    allow_depth(asked.expr, *asked.subject_to, *asked.where)
    with Graph().in_force():
        problem = read_problem(asked, equations=False)
        try:
            return _kept(UpdateAnswer(problem, update(problem, method)), partial(iteration, asked, method))
        except MatdiffError as error:
            raise error.within(problem.statement.text) from None


def dual_problem(asked: Asked, *, vectorize: bool = False) -> DualAnswer | EndAnswer:
    """The dual of a problem.  Raises MatdiffError."""
    from matdiff.problems.dual import dual  # noqa: PLC0415 # as above
    from matdiff.problems.dual_answers import DualAnswer, EndAnswer  # noqa: PLC0415 # as above
    from matdiff.problems.lagrangian import EndError  # noqa: PLC0415 # as above

    allow_depth(asked.expr, *asked.subject_to, *asked.where)
    with Graph().in_force():
        problem = with_usual_sizes(read_problem(asked, equations=False))
        again = partial(dual_problem, asked, vectorize=vectorize)
        try:
            return _kept(DualAnswer(problem, dual(problem), vectorize=vectorize), again)
        except EndError as end:
            return _kept(EndAnswer(problem, end.status, end.why), again)
        except MatdiffError as error:
            raise error.within(problem.statement.text) from None


def numeric(asked: Asked) -> NumericAnswer:
    """The numbers of a problem as code: value, gradient, Hessian-vector product.  Raises MatdiffError."""
    from matdiff.problems.numeric import NumericAnswer  # noqa: PLC0415 # as above

    allow_depth(asked.expr, *asked.subject_to, *asked.where)
    with Graph().in_force():
        problem = read_problem(asked, equations=False)
        try:
            return _kept(NumericAnswer(problem), partial(numeric, asked))
        except MatdiffError as error:
            raise error.within(problem.statement.text) from None


def orthogonal_unknown(problem: Problem) -> str:
    """The declaration of an orthogonal unknown as square, where nothing says how many rows it has."""
    for variable in problem.variables:
        symbol = variable.symbol
        if symbol.declared or symbol.kind != "matrix" or symbol.shape[0] == symbol.shape[1]:
            continue
        if any(forms.orthogonality(one, variable.var) for one in problem.constraints):
            return f"{symbol.name} in R^{{{symbol.shape[1]} x {symbol.shape[1]}}}"
    return ""


def answer(command: str, asked: Asked, method: str = "gd", *, vectorize: bool = False) -> Answer:
    """The answer of one of the commands.  Raises MatdiffError."""
    if command == "update":
        return iteration(asked, method)
    if command == "dual":
        return dual_problem(asked, vectorize=vectorize)
    return solution(asked)
