"""Matrix equations that have a name and no formula, for the reason that is given."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.simplify import expanded
from matdiff.functions import names as fn
from matdiff.graph.nodes import Ein, Op, walk
from matdiff.graph.sums import depends
from matdiff.problems.affine import affine
from matdiff.problems.terms import split_terms

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node, Var

_NONE = "no rule takes the equation apart"
_CONTINUOUS = "it is quadratic in {0}, as an algebraic Riccati equation (scipy.linalg.solve_continuous_are)"
_DISCRETE = "it is a discrete algebraic Riccati equation in {0} (scipy.linalg.solve_discrete_are)"


def reason(equation: Node, unknown: Var) -> str:
    """Why an equation has no closed form: X A + A^T X - X B X + Q = 0 is Riccati's, and so is that of discrete time."""
    if unknown.order != 2 or equation.order != 2:
        return _NONE
    inverses = [one for one in walk(equation) if isinstance(one, Op) and one.name == fn.INVERSE]
    moving = [one for one in inverses if depends(one, unknown)]
    if moving:
        plain = all(affine(one.args[0], unknown) is not None and one.args[0] is not unknown for one in moving)
        return _DISCRETE.format(unknown.name) if plain else _NONE
    counts = [_occurrences(term, unknown) for _, term in split_terms(expanded(equation))]
    return _CONTINUOUS.format(unknown.name) if max(counts, default=0) == 2 else _NONE


def _occurrences(term: Node, unknown: Var) -> int:
    """How often the unknown is a factor; more than twice where it stands in something else."""
    if not depends(term, unknown):
        return 0
    factors = [factor for factor, _ in term.factors] if isinstance(term, Ein) else [term]
    if any(depends(factor, unknown) and factor is not unknown for factor in factors):
        return 3
    return factors.count(unknown)
