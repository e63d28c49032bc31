"""Constraints that contradict each other, and such that only repeat another."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.simplify import expanded
from matdiff.graph import build
from matdiff.graph.nodes import ONE, Lin, number
from matdiff.graph.sums import depends
from matdiff.problems.definiteness import PROVED, nonnegative

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matdiff.graph.nodes import Node, Var
    from matdiff.problems.problem import Constraint


def contradiction(constraints: Sequence[Constraint], unknowns: Sequence[Var]) -> str:
    """Why no point meets the constraints; "" where nothing is known."""
    for k, one in enumerate(constraints):
        reason = _alone(one, unknowns)
        if reason:
            return reason
        for other in constraints[k + 1 :]:
            if _clash(one, other, unknowns):
                return f"constraints {one.origin + 1} and {other.origin + 1} contradict each other"
    return ""


def without_repetition(constraints: Sequence[Constraint], unknowns: Sequence[Var]) -> list[Constraint]:
    """The constraints without those that hold everywhere, and equations that follow from one before."""
    kept: list[Constraint] = []
    for one in constraints:
        if _everywhere(one, unknowns):
            continue
        if one.relation == "=" and any(_repeats(one, other, unknowns) for other in kept if other.relation == "="):
            continue
        kept.append(one)
    return kept


def _everywhere(one: Constraint, unknowns: Sequence[Var]) -> bool:
    """Is it 0 = 0, or a number that is not negative?"""
    if any(depends(one.node, unknown) for unknown in unknowns):
        return False
    value = _constant(expanded(one.node))
    return value is not None and (value == 0 or (one.relation == ">=" and value > 0))


def _alone(one: Constraint, unknowns: Sequence[Var]) -> str:
    node = expanded(one.node)
    free = not any(depends(node, unknown) for unknown in unknowns)
    value = _constant(node)
    if free and value is not None and (value < 0 if one.relation != "=" else value != 0):
        return f"constraint {one.origin + 1} holds nowhere"
    if not node.order and not free:
        signs = (-1,) if one.relation == ">=" else (1, -1)
        if any(_positive(build.scale(sign, node)) for sign in signs):
            return f"constraint {one.origin + 1} holds nowhere"
    return ""


def _positive(node: Node) -> bool:
    """A positive number, and terms that are never negative."""
    if not isinstance(node, Lin):
        return False
    number_part = [c for c, term in node.terms if term is ONE]
    return bool(number_part) and number_part[0] > 0 and nonnegative(node) == PROVED


def _constant(node: Node) -> Fraction | None:
    """The number c of a scalar c, or of c in every entry."""
    if not node.order:
        value = number(node)
        return None if value is None else Fraction(value)
    c, inside = build.split(node)
    if build.is_zero(node):
        return Fraction(0)
    return Fraction(c) if inside is build.ones(node.shape) else None


def _difference(one: Node, other: Node, unknowns: Sequence[Var], signs: tuple[int, ...]) -> Node | None:
    """One - k other with k of one of the signs, where that holds no unknown."""
    if one.shape != other.shape:
        return None
    first = _leading(one, unknowns)
    second = _leading(other, unknowns)
    if first is None or second is None or first[1] is not second[1]:
        return None
    k = Fraction(first[0]) / Fraction(second[0])
    if (1 if k > 0 else -1) not in signs:
        return None
    rest = expanded(build.lin([(1, one), (-k, other)], one.shape))
    return None if any(depends(rest, unknown) for unknown in unknowns) else rest


def _leading(node: Node, unknowns: Sequence[Var]) -> tuple[Fraction | int, Node] | None:
    node = expanded(node)
    terms = node.terms if isinstance(node, Lin) else ((1, node),)
    moving = [(c, term) for c, term in terms if any(depends(term, unknown) for unknown in unknowns)]
    return min(moving, key=lambda pair: pair[1].digest) if moving else None


def _clash(one: Constraint, other: Constraint, unknowns: Sequence[Var]) -> bool:
    equations = one.relation == other.relation == "="
    if not equations and ">>" in {one.relation, other.relation}:
        return False
    signs = (1, -1) if "=" in {one.relation, other.relation} else (-1,)
    rest = _difference(one.node, other.node, unknowns, signs)
    value = None if rest is None else _constant(rest)
    if value is None:
        return False
    if equations:
        return value != 0
    if "=" in {one.relation, other.relation}:
        held = one if one.relation == ">=" else other
        rest = _difference(held.node, (other if held is one else one).node, unknowns, (1, -1))
        value = None if rest is None else _constant(rest)
    return value is not None and value < 0


def _repeats(one: Constraint, other: Constraint, unknowns: Sequence[Var]) -> bool:
    rest = _difference(one.node, other.node, unknowns, (1, -1))
    return rest is not None and build.is_zero(rest)
