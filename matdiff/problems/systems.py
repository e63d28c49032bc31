"""Several equations in several unknowns: one is solved for one unknown, which is put into the others, and so on.

What doesn't depend on other unknowns goes first; then the unknown that costs least; among equals the one listed last,
so that the first come out in closed form and the later ones by them.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.simplify import expanded
from matdiff.graph.nodes import Op, walk
from matdiff.graph.sums import depends, substitute
from matdiff.problems import constants, exponents, joining, solving
from matdiff.problems.outcome import Solution
from matdiff.problems.proving import put, vanishes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matdiff.graph.nodes import Node, Var
    from matdiff.problems.linear import Condition, Found


class Solved(NamedTuple):
    """The solutions of a system, what must hold for them, the rules that found them."""

    solutions: list[Solution]
    conditions: list[Condition]
    rules: list[str]
    unique: bool


class _Step(NamedTuple):
    place: int
    unknown: Var
    found: list[Found]


def solved(equations: Sequence[Node], unknowns: Sequence[Var]) -> Solved | None:
    """All unknowns for which all equations hold, as far as the rules go; each is put back before it is returned."""
    left, sought = list(equations), list(unknowns)
    taken: list[_Step] = []
    while sought:
        step = _next(left, sought)
        if step is None:
            return None
        taken.append(step)
        del left[step.place]
        sought.remove(step.unknown)
        if len(step.found) == 1:
            left = [substitute(equation, {step.unknown: step.found[0].value}) for equation in left]
        elif sought:
            return None  # a choice between several values, and others depend on it
    told = {tuple(one.whole.values()): one for one in _solutions(taken, unknowns)}  # a double root is told once
    solutions = [one for one in told.values() if _holds(equations, one)]
    if not solutions:
        return None
    conditions = dict.fromkeys([condition for step in taken for found in step.found for condition in found.conditions])
    solutions = [one for one in solutions if not any(_fails(c, one) for c in conditions)] or solutions
    rules = dict.fromkeys([found.rule for step in taken for found in step.found if found.rule])
    left_over = len(solutions) == 1  # of several, which were all there are
    unique = all(step.found[0].unique if len(step.found) == 1 else left_over for step in taken)
    final = solutions[0].whole
    placed = [c._replace(nodes=tuple([put(node, final) for node in c.nodes])) for c in conditions]
    return Solved(solutions, list(dict.fromkeys(placed)), list(rules), unique)


def _fails(condition: Condition, solution: Solution) -> bool:
    """Whether a condition is about numbers, and does not hold, where the unknowns are the solution."""
    nodes = tuple([put(node, solution.whole) for node in condition.nodes])
    return constants.holds(condition._replace(nodes=nodes)) is False


def placed(node: Node, solution: Solution) -> Node:
    """A node where the unknowns are the solution."""
    return exponents.split_exponentials(put(node, solution.whole))


def _holds(equations: Sequence[Node], solution: Solution) -> bool:
    placed = [put(equation, solution.whole) for equation in equations]
    if vanishes(*placed) or _vanishes_over_one(placed):
        return True
    apart = [exponents.split_exponentials(expanded(exponents.as_exponentials(node))) for node in placed]
    if vanishes(*apart) or vanishes(*[expanded(exponents.split_exponentials(node, always=True)) for node in apart]):
        return True
    return vanishes(*[joining.without_logarithms(node) for node in placed])


def _vanishes_over_one(placed: Sequence[Node]) -> bool:
    """Whether scalars vanish once fractions are cleared: 1/(1 + sqrt(5)) is no number that the fingerprint knows."""
    if any(node.order for node in placed):
        return False
    over = [solving.over_one(node) for node in placed]
    return not any(vanishes(base) for below, _ in over for base in below) and vanishes(*[node for _, node in over])


def _next(equations: list[Node], unknowns: list[Var]) -> _Step | None:
    best: tuple[tuple[int, int, int], _Step] | None = None
    for rank, unknown in enumerate(unknowns):
        for place, equation in _own_first(equations, unknowns, rank):
            if not depends(equation, unknown):
                continue
            found = solving.solved(equation, unknown)
            if not found:
                continue
            others = sum(depends(one.value, other) for one in found[:1] for other in unknowns if other is not unknown)
            step = _Step(place, unknown, found)
            if not others:
                return step
            cost = (others, _cost(found[0].value), -rank)
            if best is None or cost < best[0]:
                best = (cost, step)
            break
    return best[1] if best else None


def _own_first(equations: list[Node], unknowns: list[Var], rank: int) -> list[tuple[int, Node]]:
    """The equations; that of the unknown itself, where each has one, comes first."""
    order = list(enumerate(equations))
    if len(equations) == len(unknowns):
        order = [order[rank], *order[:rank], *order[rank + 1 :]]
    return order


def _cost(node: Node) -> int:
    """What a value costs: inverses above all."""
    return sum(10 if isinstance(inner, Op) else 1 for inner in walk(node))


def _solutions(taken: list[_Step], unknowns: Sequence[Var]) -> list[Solution]:
    choices: list[dict[Var, Node]] = [{}]
    for step in reversed(taken):
        choices = [
            {**choice, step.unknown: exponents.split_exponentials(put(found.value, choice))}
            for choice in choices
            for found in step.found
        ]
    raw = {step.unknown: step.found for step in taken}
    results = []
    for choice in choices:
        shown = {
            unknown: _shown(
                unknown, raw[unknown][0].value if len(raw[unknown]) == 1 else choice[unknown], unknowns, choice
            )
            for unknown in unknowns
        }
        results.append(Solution(shown, {unknown: choice[unknown] for unknown in unknowns}))
    return results


def _shown(unknown: Var, value: Node, unknowns: Sequence[Var], choice: dict[Var, Node]) -> Node:
    """A value in terms of the unknowns that are listed before it."""
    before = list(unknowns)[: list(unknowns).index(unknown)]
    later = [other for other in unknowns if other not in before and depends(value, other)]
    return exponents.split_exponentials(value) if not later else choice[unknown]
