"""Numbers in a solution that are no real ones: a root of -1, the logarithm of 0, one over 0."""

from __future__ import annotations

import math
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import names as fn
from matdiff.graph.nodes import Ein, Lin, Map, Power, Var, number, walk
from matdiff.problems.linear import NONZERO

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node
    from matdiff.problems.linear import Condition
    from matdiff.problems.systems import Solved

_TINY = 1e-12
_NAMED = {fn.PI: math.pi, fn.EULER: math.e}
_FUNCTIONS = {fn.EXP: math.exp, fn.LOG: math.log, fn.SIN: math.sin, fn.COS: math.cos, fn.TANH: math.tanh}


def real(found: Solved) -> Solved:
    """The solutions that are real numbers where they are numbers at all, and the conditions that are not about numbers;
    none where a condition about numbers fails.
    """
    decided = {one: holds(one) for one in found.conditions}
    kept = [one for one in found.solutions if not any(imaginary(value) for value in one.whole.values())]
    if False in decided.values():
        kept = []
    conditions = [one for one in found.conditions if decided[one] is None]
    unique = found.unique or (len(kept) == 1 < len(found.solutions))
    return found._replace(solutions=kept, conditions=conditions, unique=unique)


def imaginary(value: Node) -> bool:
    """Is there a number in it that no real number is?"""
    return any(isinstance(node, (Map, Power)) and _nowhere(node) for node in walk(value))


def _nowhere(node: Map | Power) -> bool:
    inside = constant(node.args[0])
    if inside is None or node.order:
        return False
    if isinstance(node, Map):
        return node.function == fn.LOG and inside <= _TINY
    e = number(node.exponent)
    if e is None:
        return False
    return (inside < -_TINY and e.denominator % 2 == 0) or (abs(inside) <= _TINY and e < 0)


def holds(condition: Condition) -> bool | None:
    """Whether a condition about one number holds; None for any other."""
    value = constant(condition.nodes[0]) if len(condition.nodes) == 1 else None
    if value is None or condition.text not in {NONZERO, "{0} >= 0", "{0} > 0"}:
        return None
    if condition.text == NONZERO:
        return abs(value) > _TINY
    return value > _TINY if condition.text == "{0} > 0" else value >= -_TINY


def constant(root: Node) -> float | None:
    """The value of a scalar without symbols; None where it has some, or no value."""
    values: dict[Node, float | None] = {}
    for node in walk(root):
        if node.order:
            return None
        try:
            values[node] = _value(node, [values[arg] for arg in node.args])
        except (ValueError, OverflowError, ZeroDivisionError):
            values[node] = None
    return values[root]


def _value(node: Node, args: list[float | None]) -> float | None:
    exact = number(node)
    if exact is not None:
        return float(exact)
    if isinstance(node, Var):
        return _NAMED.get(node.name) if node.role == "number" else None
    known = [one for one in args if one is not None]
    if len(known) < len(args):
        return None
    return _computed(node, known)


def _computed(node: Node, args: list[float]) -> float | None:
    """A node's value by those of its arguments; None where it is none that is known."""
    if isinstance(node, Lin):
        return sum(c * value for (c, _), value in zip(node.terms, args, strict=True))
    if isinstance(node, Ein) and not node.sizes:
        return math.prod(args)
    if isinstance(node, Power):
        found = args[0] ** args[1]
        return found if isinstance(found, float) else None
    function = _FUNCTIONS.get(node.function) if isinstance(node, Map) else None
    return None if function is None else function(args[0])
