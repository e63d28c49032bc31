"""A dual in vector form: the quadratic terms of a multiplier as alpha^T Q alpha, with Q told beside it."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.simplify import expanded
from matdiff.graph import build
from matdiff.graph.nodes import Var
from matdiff.graph.sums import depends, substitute
from matdiff.problems.stationarity import fresh_name, paired

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matdiff.graph.nodes import Node

_NAMES = ("Q", "H", "G", "M", "R")


def quadratic_form(
    objective: Node, variables: Sequence[Var], sense: str, taken: set[str]
) -> tuple[Node, dict[Var, Node]]:
    """The objective with Q for the matrix of each vector's quadratic terms, and what each Q is."""
    defined: dict[Var, Node] = {}
    sign = -1 if sense == "max" else 1
    for var in variables:
        slope = differentiate(objective, var) if var.order == 1 else None
        bend = None if slope is None else expanded(differentiate(slope, var))
        if slope is None or bend is None or build.is_zero(bend) or any(depends(bend, other) for other in variables):
            continue
        zero: dict[Node, Node] = {var: build.zero(var.shape)}
        name = fresh_name(_NAMES, taken)
        taken.add(name)
        matrix = Var(name, bend.shape, "symbol", "symmetric", 0, (bend.shape[0], bend.shape[1]))
        defined[matrix] = build.scale(sign, bend)
        form = build.ein([(var, (0,)), (matrix, (0, 1)), (var, (1,))], ())
        straight = paired(substitute(slope, zero), var)
        objective = build.lin([(1, substitute(objective, zero)), (1, straight), (Fraction(sign, 2), form)], ())
    return objective, defined
