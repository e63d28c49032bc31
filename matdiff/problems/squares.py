"""Objectives that are sums of squares: the residuals r of their terms r^T W r."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.graph import build
from matdiff.graph.nodes import Ein, Lin, Power, number
from matdiff.graph.sums import depends

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matdiff.graph.nodes import Indices, Node, Var
    from matdiff.problems.problem import Problem


def residuals(problem: Problem) -> list[Node] | None:
    """The residuals of all terms that depend on the unknowns; None where one is no square."""
    objective = problem.objective
    if objective is None:
        return None
    found = []
    for _, term in objective.terms if isinstance(objective, Lin) else ((1, objective),):
        if not any(depends(term, var) for var in problem.unknowns):
            continue
        square = residual(term, problem.unknowns)
        if square is None:
            return None
        found.append(square[0])
    return found


def residual(term: Node, unknowns: Sequence[Var]) -> tuple[Node, Callable[[Node, Node, int], Node]] | None:
    """The r of a term r^T W r, and what puts a slope J and another residual in the two places."""
    if isinstance(term, Power) and number(term.exponent) == 2 and not term.order:
        return term.base, lambda slope, other, order: build.ein(
            [(slope, tuple(range(order))), (other, ())], tuple(range(order))
        )
    if not isinstance(term, Ein):
        return None
    moving = [k for k, (factor, _) in enumerate(term.factors) if any(depends(factor, var) for var in unknowns)]
    if len(moving) == 1:
        return _inner(term, moving[0], unknowns)
    if len(moving) != 2 or term.factors[moving[0]][0] is not term.factors[moving[1]][0]:
        return None
    return term.factors[moving[0]][0], lambda slope, other, order: _placed(term, moving, slope, other, order)


def _inner(term: Ein, place: int, unknowns: Sequence[Var]) -> tuple[Node, Callable[[Node, Node, int], Node]] | None:
    """A square times scalars."""
    factor, slots = term.factors[place]
    inner = residual(factor, unknowns) if not slots else None
    rest = [other for k, other in enumerate(term.factors) if k != place]
    if inner is None or any(indices for _, indices in rest):
        return None
    found, make = inner
    scale = build.mul(*[other for other, _ in rest], build.num(1))
    return found, lambda slope, other, order: build.mul(scale, make(slope, other, order))


def _placed(term: Ein, moving: list[int], slope: Node, other: Node, order: int) -> Node:
    first, second = term.factors[moving[0]][1], term.factors[moving[1]][1]
    out: Indices = tuple(range(1000, 1000 + order))
    rest = [factor for k, factor in enumerate(term.factors) if k not in moving]
    return build.ein([*rest, (slope, (*first, *out)), (other, second)], out)
