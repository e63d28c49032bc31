"""Sums of norms that are zero at one point: a norm is zero where its argument is, and nowhere less."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.nodes import Ein, Map, Op, Power, number
from matdiff.graph.sums import depends, substitute
from matdiff.problems import linear
from matdiff.problems.affine import affine
from matdiff.problems.proving import vanishes
from matdiff.problems.terms import split_terms

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node, Var
    from matdiff.problems.linear import Found

VANISHING = "a norm is zero where its argument is, and nowhere negative"


def vanishing(objective: Node, unknown: Var) -> Found | None:
    """The minimiser of positive multiples of norms whose arguments, affine in the unknown, vanish at one point; None
    where there is none, or where no rule says it.
    """
    if unknown.structure:  # the point may lie outside of the set
        return None
    insides: list[Node] = []
    for c, term in split_terms(objective):
        if not depends(term, unknown):
            continue
        inside = _inside(term, unknown) if c > 0 else None
        if inside is None:
            return None
        insides.append(inside)
    forms = [affine(inside, unknown) for inside in insides]
    if any(form is None for form in forms) or not _pointed(objective, unknown):
        return None
    for form in forms:
        found = linear.solved(form, unknown) if form is not None else None
        if found is not None and all(vanishes(substitute(inside, {unknown: found.value})) for inside in insides):
            return found._replace(rule=VANISHING)
    return None


def _pointed(objective: Node, unknown: Var) -> bool:
    """Is there a term that is no sum of squares?  The gradient tells where those are least."""
    terms = [build.split(term)[1] for _, term in split_terms(objective) if depends(term, unknown)]
    return any(not isinstance(term, Ein) or len(term.factors) == 1 for term in terms)


def _inside(term: Node, unknown: Var) -> Node | None:
    """The u of a norm of u, or of its square, with a positive number before it."""
    if isinstance(term, Power) and (number(term.exponent) or 0) > 0:
        return _inside(term.base, unknown)
    if isinstance(term, Op):
        return _of_whole(term)
    if isinstance(term, Map):
        return term.arg if term.function == fn.ABSOLUTE and not term.order else None
    return _of_entries(term) if isinstance(term, Ein) and not term.out else None


def _of_whole(term: Op) -> Node | None:
    """The u of a spectral or nuclear norm, or of the largest |u_i|."""
    inside = term.args[0]
    if term.name in {fn.SPECTRAL_NORM, fn.NUCLEAR_NORM}:
        return inside
    largest = term.name == fn.MAX and len(term.args) == 1
    return inside.arg if largest and isinstance(inside, Map) and inside.function == fn.ABSOLUTE else None


def _of_entries(term: Ein) -> Node | None:
    """The u of a sum of |u_i|, or of u_i^2."""
    if len(term.factors) == 1:
        ((inner, slots),) = term.factors
        entries = isinstance(inner, Map) and inner.function == fn.ABSOLUTE and len(set(slots)) == len(slots)
        return inner.arg if entries and isinstance(inner, Map) else None
    if len(term.factors) != 2:
        return None
    (one, first), (other, second) = term.factors
    return one if one is other and first == second and len(set(first)) == len(first) else None
