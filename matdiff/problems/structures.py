"""Solutions for unknowns that are declared symmetric, triangular or definite: is the formula so, too?"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.graph import build
from matdiff.graph.nodes import Op
from matdiff.graph.symmetry import symmetric
from matdiff.problems.definiteness import definite, positive_definite
from matdiff.problems.linear import Condition
from matdiff.problems.proving import vanishes

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node, Var
    from matdiff.problems.outcome import Outcome

_SAYS = {
    "symmetric": "{0} symmetric",
    "skew": "{0} skew-symmetric",
    "lower": "{0} lower triangular",
    "upper": "{0} upper triangular",
}


def within(found: Outcome, *, equation: bool) -> Outcome:
    """The outcome with what must hold for its formulas to have the structure that the unknowns are declared with.

    The gradient of an optimum is kept to the structure already; an equation is not, and where it has several solutions,
    the one that was found says nothing of those with the structure.
    """
    open_ones: list[Condition] = []
    for solution in found.solutions[:1]:
        for var, value in solution.whole.items():
            if var.structure == "spd" and positive_definite(value) is None and definite(value) is None:
                open_ones.append(Condition("{0} positive definite", (value,)))
            elif equation and var.structure in _SAYS and not _has(var, value):
                open_ones.append(Condition(_SAYS[var.structure], (value,)))
    if equation and open_ones and not found.unique:
        return _without_structure(found)
    found.conditions += open_ones
    return found


def _without_structure(found: Outcome) -> Outcome:
    why = "there are many solutions, and the known one need not have the structure that is declared"
    return type(found)("no closed form", found.equations, why=why)


def _has(var: Var, value: Node) -> bool:
    """Is the value as the unknown is declared?"""
    if var.structure in {"symmetric", "skew"}:
        sign = 1 if var.structure == "symmetric" else -1
        if sign > 0 and symmetric(value):
            return True
        return vanishes(build.sub(value, build.scale(sign, build.transposed(value))))
    mask = Op("mask", (), value.shape, (var.structure,))
    return vanishes(build.sub(value, build.hadamard(value, mask)))
