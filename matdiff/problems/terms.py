"""The terms of an objective: the smooth part, and norms whose minimiser is known though they have a kink."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.nodes import Ein, Lin, Map, Op, Power, number
from matdiff.graph.sums import depends

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node, Var


class Kinked(NamedTuple):
    """The smooth part of an objective, and the weights of ||x||_1, ||x|| and ||X||_* in it (or None)."""

    smooth: Node
    one: Node | None
    two: Node | None
    nuclear: Node | None

    @property
    def any(self) -> bool:
        return self.one is not None or self.two is not None or self.nuclear is not None


def split_terms(node: Node) -> tuple[tuple[int | Fraction, Node], ...]:
    """The terms of a sum with their coefficients; what is no sum is one term."""
    return node.terms if isinstance(node, Lin) else ((1, node),)


def kinked(objective: Node, unknown: Var) -> Kinked | None:
    """The objective taken apart; None where it has kinks of another kind."""
    terms = split_terms(objective)
    smooth: list[tuple[int | Fraction, Node]] = []
    weights: dict[str, Node] = {}
    for c, term in terms:
        kind, weight = _kind(term, unknown)
        if kind:
            weights[kind] = (
                build.add(weights[kind], build.scale(c, weight)) if kind in weights else build.scale(c, weight)
            )
        else:
            smooth.append((c, term))
    part = build.lin(smooth, ())
    if any(_has_kink(term, unknown) for _, term in smooth):
        return None
    return Kinked(part, weights.get("one"), weights.get("two"), weights.get("nuclear"))


def _kind(term: Node, unknown: Var) -> tuple[str, Node]:
    """Which norm of the unknown the term is, and its weight."""
    factors = [(factor, slots) for factor, slots in term.factors] if isinstance(term, Ein) else [(term, ())]
    moving = [(factor, slots) for factor, slots in factors if depends(factor, unknown)]
    if len(moving) == 1 and isinstance(moving[0][0], Ein) and len(moving[0][0].factors) == 1:
        rest = [factor for factor, _ in factors if factor is not moving[0][0]]
        kind, inner = _kind(moving[0][0], unknown)
        return (kind, build.mul(inner, *rest)) if kind and len(factors) == len(rest) + 1 else ("", term)
    if len(moving) != 1 or not isinstance(moving[0][0], (Map, Power, Op)):
        return "", term
    node, slots = moving[0]
    rest = [factor for factor, _ in factors if factor is not node]
    if any(factor.order for factor in rest) or len(factors) != len(rest) + 1:
        return "", term
    weight = build.mul(*rest) if rest else build.num(1)
    if isinstance(node, Map) and node.function == fn.ABSOLUTE and node.arg is unknown and len(set(slots)) == len(slots):
        return "one", weight
    if isinstance(node, Power) and number(node.exponent) == Fraction(1, 2) and _square_of(node.base, unknown):
        return "two", weight
    if isinstance(node, Op) and node.name == fn.NUCLEAR_NORM and node.args[0] is unknown:
        return "nuclear", weight
    return "", term


def _square_of(node: Node, unknown: Var) -> bool:
    return (
        isinstance(node, Ein)
        and not node.out
        and len(node.factors) == 2
        and all(factor is unknown for factor, _ in node.factors)
        and node.factors[0][1] == node.factors[1][1]
    )


def _has_kink(term: Node, unknown: Var) -> bool:
    from matdiff.functions import TABLE  # noqa: PLC0415 # asked of few problems
    from matdiff.graph.nodes import walk  # noqa: PLC0415 # as above

    for inner in walk(term):
        name = inner.function if isinstance(inner, Map) else inner.name if isinstance(inner, Op) else ""
        if name in TABLE and TABLE[name].kink and depends(inner, unknown):
            return True
    return False
