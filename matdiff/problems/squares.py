"""Objectives that are sums of squares: the residuals r of their terms r^T W r."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import names as fn
from matdiff.graph import build, elementwise, powers
from matdiff.graph.nodes import Ein, Lin, Map, Op, Power, number, walk
from matdiff.graph.sums import depends
from matdiff.problems.affine import subproduct
from matdiff.problems.terms import split_terms

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


def shrunk(scale: Node, slope: Node, one: Node | None, two: Node | None) -> tuple[Node, Node]:
    """The least value of m/2 ||u||^2 + k^T u + a ||u||_1 + b ||u||, and where it is: -1/(2m) times the square of -k
    brought nearer to zero, first entry by entry, then as a whole.
    """
    away = build.scale(-1, slope)
    if one is not None:
        away = Op(fn.SOFT, (away, one), away.shape) if away.order else build.zero(())
    slots = tuple(range(away.order))
    square = build.ein([(away, slots), (away, slots)], ())
    below = build.reciprocal(scale)
    if two is None:
        return build.scale(Fraction(-1, 2), build.mul(below, square)), build.mul(below, away)
    root = powers.power(square, build.num(Fraction(1, 2)))
    over = powers.power(elementwise.apply(fn.RELU, build.sub(root, two)), build.num(2))
    part = elementwise.apply(fn.RELU, build.sub(build.num(1), build.mul(two, build.reciprocal(root))))
    return build.scale(Fraction(-1, 2), build.mul(below, over)), build.mul(below, part, away)


def half(node: Node) -> Node | None:
    """The vector u of a product that is u^T u: its factors fall into two equal parts when one index is cut."""
    if not isinstance(node, Ein) or node.out or len(node.factors) % 2:
        return None
    for middle in range(len(node.sizes)):
        part = _component(node, middle)
        if 2 * len(part) != len(node.factors):
            continue
        found = subproduct(node, part, (middle,))
        if build.ein([(found, (0,)), (found, (0,))], ()) is node:
            return found
    return None


def _component(node: Ein, cut: int) -> list[tuple[Node, Indices]]:
    """The factors that hang together with the first one, where an index is cut."""
    left, part = list(node.factors), []
    reached: set[int] = set()
    moved = [left.pop(0)]
    while moved:
        part += moved
        reached |= {i for _, slots in moved for i in slots if i != cut}
        moved = [pair for pair in left if reached & set(pair[1])]
        left = [pair for pair in left if pair not in moved]
    return part


def opened(node: Node, unknowns: Sequence[Var]) -> Node:
    """Weighted sums of several curved functions as several sums."""
    made = []
    for c, term in split_terms(node):
        place = _curved_sum(term, unknowns)
        if place < 0 or not isinstance(term, Ein):
            made.append((c, term))
            continue
        for d, inner in split_terms(term.factors[place][0]):
            factors = [(inner if k == place else factor, slots) for k, (factor, slots) in enumerate(term.factors)]
            made.append((c * d, build.ein(factors, term.out, dict(enumerate(term.sizes)))))
    return build.lin(made, node.shape)


def _curved_sum(term: Node, unknowns: Sequence[Var]) -> int:
    """The place of a sum that is no affine function, alone among the factors with unknowns; -1 where there is none."""
    if not isinstance(term, Ein):
        return -1
    moving = [k for k, (factor, _) in enumerate(term.factors) if any(depends(factor, var) for var in unknowns)]
    if len(moving) != 1 or not isinstance(term.factors[moving[0]][0], Lin):
        return -1
    inside = term.factors[moving[0]][0]
    curved = any(
        isinstance(inner, (Map, Op, Power)) and any(depends(inner, var) for var in unknowns) for inner in walk(inside)
    )
    return moving[0] if curved else -1
