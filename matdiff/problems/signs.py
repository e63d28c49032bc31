"""The signs of free multipliers: any of the two may be taken, so that is which reads best."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.graph import build
from matdiff.graph.sums import depends, substitute
from matdiff.problems.terms import split_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matdiff.graph.nodes import Node, Var
    from matdiff.problems.lagrangian import Dual

_TOLD = {"inequalities": ">=", "semidefinite": ">>"}


def natural(made: Dual, free: Sequence[Var], may_have_sign: Sequence[Var]) -> None:
    """Turn free multipliers that are bounded by zero from above, or whose linear terms are all negative; those that
    are bounded by zero from below get a sign where they may have one.
    """
    for var in free:
        below = [node for name in _TOLD for node in getattr(made, name) if node is build.scale(-1, var)]
        above = [node for name in _TOLD for node in getattr(made, name) if node is var]
        if below or (not above and _mostly_negative(made.objective, var, 1 if made.sense == "max" else -1)):
            _turn(made, var)
    for var in may_have_sign:
        for name, relation in _TOLD.items():
            nodes = getattr(made, name)
            if any(node is var for node in nodes):
                setattr(made, name, [node for node in nodes if node is not var])
                made.multipliers[:] = [
                    one._replace(relation=relation) if one.var is var else one for one in made.multipliers
                ]


def _mostly_negative(objective: Node, var: Var, turn: int) -> bool:
    """Are all terms that change their sign with the multiplier negative as they are printed?"""
    changes: dict[Node, Node] = {var: build.scale(-1, var)}
    odd = [
        turn * c
        for c, term in split_terms(objective)
        if depends(term, var) and substitute(term, changes) is build.scale(-1, term)
    ]
    return bool(odd) and all(c < 0 for c in odd)


def _turn(made: Dual, var: Var) -> None:
    changes: dict[Node, Node] = {var: build.scale(-1, var)}
    made.lagrangian = substitute(made.lagrangian, changes)
    made.objective = substitute(made.objective, changes)
    for name in ("equalities", "inequalities", "semidefinite"):
        setattr(made, name, [substitute(node, changes) for node in getattr(made, name)])
    made.primal = {one: substitute(node, changes) for one, node in made.primal.items()}
    made.stationarity = [(one, substitute(node, changes)) for one, node in made.stationarity]
