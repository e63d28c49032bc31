"""The numbers of a problem: its value, gradient and Hessian-vector product as code, for solvers."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.calculus.differential import differential
from matdiff.errors import CalculusError
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.nodes import Map, Var, walk
from matdiff.graph.sums import substitute
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
        value, *slopes = _sharing([problem.objective, *slopes])
        products = [differential(slope, self.moved) for slope in slopes]
        first = list(problem.unknowns)
        parts = [
            Part("value_and_gradient", [value, *slopes], first),
            Part("hvp", products, [*first, *self.directions]),
            *self.rules,
        ]
        return self.emitter(target).module("The objective, its gradient and its Hessian times a direction.", parts)


def _sharing(roots: list[Node]) -> list[Node]:
    """sigmoid(z) as exp(z - softplus(z)), where softplus(z) is computed anyway: one logarithm an entry, not two."""
    known = {inner.arg for inner in walk(*roots) if isinstance(inner, Map) and inner.function == fn.SOFTPLUS}
    changes: dict[Node, Node] = {
        inner: Map(fn.EXP, build.sub(inner.arg, Map(fn.SOFTPLUS, inner.arg)))
        for inner in walk(*roots)
        if isinstance(inner, Map) and inner.function == fn.SIGMOID and inner.arg in known
    }
    return [substitute(root, changes) for root in roots] if changes else roots
