"""Sums of powers of sizes, of which a power is one of a norm: (Σ |x|ᵖ)^(1/p) = ‖x‖ₚ."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.nodes import Ein, Map, Power, Var, number

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node


class NormOfPowers(NamedTuple):
    """The vector and the p of Σ |x|ᵖ."""

    vector: Node
    exponent: Node


def norm_of_powers(total: Node) -> NormOfPowers | None:
    """What a sum over all entries of a vector is the p-th power of the p-norm of; None where it is none of that kind,
    or p is neither a letter nor a whole number beyond 2.
    """
    if not isinstance(total, Ein) or total.out or not total.factors or any(at != (0,) for _, at in total.factors):
        return None
    inside = total.factors[0][0]
    if len(total.factors) == 1 and isinstance(inside, Power) and isinstance(inside.exponent, Var):
        size = _size(inside.base)
        return None if size is None else NormOfPowers(size, inside.exponent)
    powers = [(node.base, number(node.exponent)) if isinstance(node, Power) else (node, 1) for node, _ in total.factors]
    p = sum([power or 0 for _, power in powers])
    vectors = {_size(base) or base for base, _ in powers}
    even = p % 2 == 0 or any(_size(base) is not None for base, _ in powers)
    if len(vectors) > 1 or p <= 2 or not even or any(power is None or power % 1 for _, power in powers):
        return None
    return NormOfPowers(vectors.pop(), build.num(p))


def _size(node: Node) -> Node | None:
    """The u of |u|."""
    return node.arg if isinstance(node, Map) and node.function == fn.ABSOLUTE else None
