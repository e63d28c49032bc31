"""The whole way of a problem: text, problem on the graph, outcome, answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from matdiff.errors import MatdiffError
from matdiff.graph.graph import Graph
from matdiff.problems.answers import SolveAnswer
from matdiff.problems.problem import read_problem
from matdiff.problems.solve import solve

if TYPE_CHECKING:
    from matdiff.problems.answers import Answer
    from matdiff.problems.problem import Asked

_DEPTH = 50_000


def solution(asked: Asked) -> SolveAnswer:
    """Solve a problem.  Raises MatdiffError for every mistake in it; an end without a solution is an answer."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEPTH))
    with Graph().in_force():
        problem = read_problem(asked)
        try:
            return SolveAnswer(problem, solve(problem))
        except MatdiffError as error:
            raise error.within(problem.statement.text) from None


def answer(command: str, asked: Asked, method: str = "gd", *, vectorize: bool = False) -> Answer:  # noqa: ARG001 # dual and update take them
    """The answer of one of the commands.  Raises MatdiffError."""
    if command != "solve":
        raise MatdiffError("E301", f"{command} is not supported yet")
    return solution(asked)
