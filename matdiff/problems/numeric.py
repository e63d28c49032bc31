"""The numbers of a problem: its value, gradient and Hessian-vector product as code, for solvers."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.calculus.differential import differential
from matdiff.errors import CalculusError
from matdiff.graph.nodes import Var
from matdiff.problems import restrictions
from matdiff.problems.answers import Answer
from matdiff.problems.code import Part
from matdiff.problems.stationarity import gradients

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node
    from matdiff.problems.problem import Problem


class NumericAnswer(Answer):
    """The functions that a solver calls."""

    command = "minimize"

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        if problem.objective is None:
            raise CalculusError("E140", "there is nothing to be minimised: this is an equation", hint="||A x - b||^2")
        self.directions = tuple(
            [Var(f"{var.name}_direction", var.shape, rows_columns=var.rows_columns) for var in problem.unknowns]
        )
        self.moved: dict[Node, Node] = dict(zip(problem.unknowns, self.directions, strict=True))
        self.rules = restrictions.parts(problem, self.moved)

    def affine(self) -> list[bool]:
        """For each constraint, whether it is affine in the unknowns."""
        with self.graph.branch().in_force():
            return restrictions.constant_slopes(self.problem, self.moved)

    def lines(self, notation: str) -> list[str]:
        raise NotImplementedError

    def fields(self) -> dict[str, Any]:
        raise NotImplementedError

    def module(self, target: str) -> str:
        """The module with value_and_gradient(unknowns..., ...) and hvp(unknowns..., directions..., ...)."""
        problem = self.problem
        assert problem.objective is not None  # noqa: S101 # __init__ saw to it
        slopes = gradients(problem, problem.objective)
        products = [differential(slope, self.moved) for slope in slopes]
        first = list(problem.unknowns)
        parts = [
            Part("value_and_gradient", [problem.objective, *slopes], first),
            Part("hvp", products, [*first, *self.directions]),
            *self.rules,
        ]
        return self.emitter(target).module("The objective, its gradient and its Hessian times a direction.", parts)
