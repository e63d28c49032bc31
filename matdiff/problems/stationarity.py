"""Where a derivative is zero: the equations of a problem, and what kind of point their solution is."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.simplify import expanded
from matdiff.calculus.variables import restricted
from matdiff.errors import CalculusError
from matdiff.graph import build
from matdiff.graph.nodes import Var
from matdiff.graph.sums import depends
from matdiff.problems.curvature import AFFINE, CONCAVE, CONSTANT, CONVEX, curvature

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matdiff.graph.nodes import Node
    from matdiff.problems.curvature import Shape
    from matdiff.problems.problem import Problem


class Multiplier(NamedTuple):
    """A multiplier with the constraint it belongs to."""

    var: Var
    constraint: int


def gradients(problem: Problem, value: Node) -> list[Node]:
    """The derivative of a scalar by each unknown, kept to the unknown's structure."""
    found = []
    for variable in problem.variables:
        gradient = differentiate(value, variable.var)
        if variable.symbol.structure != "diagonal":
            gradient = restricted(gradient, variable, "project")
        found.append(gradient)
    return found


def paired(left: Node, right: Node) -> Node:
    """The inner product of two nodes of one shape."""
    slots = tuple(range(left.order))
    return build.ein([(left, slots), (right, slots)], ())


def kind_of(problem: Problem, shape: Shape | None) -> tuple[str, bool]:
    """The kind of a stationary point of the objective, and whether it is global, by the objective's curvature."""
    if shape is None or shape.curvature in {CONSTANT, AFFINE}:
        return "stationary", False
    if problem.sense == "stationary" and any("semidefinite" in one.text for one in shape.assumptions):
        return "stationary", False
    return {CONVEX: "minimum", CONCAVE: "maximum"}[shape.curvature], True


def curved(problem: Problem) -> Shape | None:
    """How the objective curves in all unknowns."""
    if problem.objective is None:
        return None
    return curvature(problem.objective, problem.unknowns) or _multiplied_out(problem.objective, problem.unknowns)


def _multiplied_out(objective: Node, unknowns: Sequence[Var]) -> Shape | None:
    """The curvature of the objective without products of sums: x (log(x) - 1) is x log(x) - x."""
    try:
        again = expanded(objective)
    except CalculusError:
        return None
    return curvature(again, unknowns) if again is not objective else None


def strictly(problem: Problem, equations: list[Node]) -> bool:
    """Does every equation hold its unknown?"""
    return all(depends(equation, unknown) for equation, unknown in zip(equations, problem.unknowns, strict=True))


def fresh_name(wished: tuple[str, ...], taken: set[str]) -> str:
    """The first of the wished names that is free, else one with a number."""
    for name in wished:
        if name not in taken:
            return name
    k = 1
    while f"{wished[0]}_{k}" in taken:
        k += 1
    return f"{wished[0]}_{k}"


def multiplier(name: str, like: Node) -> Var:
    """A multiplier of the shape of what it is multiplied with."""
    rows = like.shape[0] if like.shape else 1
    columns = like.shape[1] if like.order > 1 else 1
    return Var(name, like.shape, rows_columns=(rows, columns))
