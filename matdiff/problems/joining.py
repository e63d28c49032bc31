"""Scalar equations with several logarithms or exponentials of the unknown: joined, they are rational ones.

log(p) - log(1 - p) = c is p - e^c (1 - p) = 0; b e^t - a e^-t = 0 is b z - a/z = 0 with z = e^t.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple
from math import gcd, lcm

from matdiff.functions import names as fn
from matdiff.graph import build, elementwise, powers
from matdiff.graph.nodes import Ein, Map, Power, Var, number, walk
from matdiff.graph.sums import depends, substitute
from matdiff.problems.terms import split_terms

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node

_HALF = Fraction(1, 2)


class Joined(NamedTuple):
    """An equation in a positive number `stand_in`, which is exp(exponent)."""

    equation: Node
    stand_in: Var
    exponent: Node


def logarithms(equation: Node, unknown: Var) -> Node | None:
    """The equation c log(u) - c log(v) + k = 0 as u - exp(-k/c) v = 0; None of another equation."""
    moving = [(Fraction(c), term) for c, term in split_terms(equation) if depends(term, unknown)]
    if len(moving) < 2 or not all(isinstance(term, Map) and term.function == fn.LOG for _, term in moving):
        return None
    size = abs(moving[0][0])
    if any(abs(c) != size for c, _ in moving):
        return None
    rest = build.lin([(c, term) for c, term in split_terms(equation) if not depends(term, unknown)], ())
    above = build.mul(build.num(1), *[term.args[0] for c, term in moving if c > 0])
    below = build.mul(build.num(1), *[term.args[0] for c, term in moving if c < 0])
    factor = elementwise.apply(fn.EXP, build.scale(-1 / size, rest))
    return build.sub(above, build.mul(factor, below))


def without_logarithms(node: Node) -> Node:
    """What is zero exactly where c log(u) - c log(v) + k is, entry by entry: u - exp(-k/c) v."""
    terms = [(Fraction(c), term) for c, term in split_terms(node)]
    logs = [(c, term) for c, term in terms if isinstance(term, Map) and term.function in {fn.LOG, fn.SOFTPLUS}]
    if not logs or any(abs(c) != abs(logs[0][0]) for c, _ in logs):
        return node
    rest = build.lin([(build.exact(c), term) for c, term in terms if (c, term) not in logs], node.shape)
    factor = elementwise.apply(fn.EXP, build.scale(-1 / abs(logs[0][0]), rest))
    above = [_inside(term) for c, term in logs if c > 0]
    below = [_inside(term) for c, term in logs if c < 0]
    ones = build.ones(node.shape)
    return build.sub(build.hadamard(ones, *above), build.hadamard(ones, factor, *below))


def _inside(term: Node) -> Node:
    """The u of log(u); of softplus(v) it is 1 + exp(v)."""
    arg = term.args[0]
    if isinstance(term, Map) and term.function == fn.LOG:
        return arg
    return build.add(build.ones(arg.shape), elementwise.apply(fn.EXP, arg))


def exponentials(equation: Node, unknown: Var) -> Joined | None:
    """An equation in powers of one exponential of the unknown, as one in that exponential."""
    found = [node for node in walk(equation) if isinstance(node, Map) and node.function == fn.EXP]
    parts = [(node, *build.split(node.arg)) for node in found if depends(node, unknown)]
    if len(parts) < 2 or any(core is not parts[0][2] or node.order for node, _, core in parts):
        return None
    steps = [Fraction(c) for _, c, _ in parts]
    step = Fraction(gcd(*[abs(c.numerator) for c in steps]), lcm(*[c.denominator for c in steps]))
    stand_in = Var(f"exp({unknown.name})")
    changes: dict[Node, Node] = {
        node: powers.power(stand_in, build.num(build.exact(c / step)))
        for (node, _, _), c in zip(parts, steps, strict=True)
    }
    made = substitute(equation, changes)
    return None if depends(made, unknown) else Joined(made, stand_in, build.scale(build.exact(step), parts[0][2]))


def quotient(equation: Node, unknown: Var) -> Node | None:
    """The equation a e^u + b e^v = 0 as u - v - log(-b/a) = 0; None of another equation."""
    terms = [(c, *_exponential(term, unknown)) for c, term in split_terms(equation)]
    if len(terms) != 2 or any(exponent is None for _, _, exponent in terms):
        return None
    (c, weight, first), (d, other, second) = terms
    ratio = build.scale(-Fraction(d) / Fraction(c), build.mul(other, build.reciprocal(weight)))
    if first is None or second is None:
        return None
    return build.sub(build.sub(first, second), elementwise.apply(fn.LOG, ratio))


def _exponential(term: Node, unknown: Var) -> tuple[Node, Node | None]:
    """The weight and the exponent of a term w e^u."""
    factors = [factor for factor, _ in term.factors] if isinstance(term, Ein) and not term.out else [term]
    moving = [factor for factor in factors if depends(factor, unknown)]
    rest = build.mul(build.num(1), *[factor for factor in factors if factor not in moving])
    if len(moving) != 1 or moving[0].order or any(factor.order for factor in factors):
        return rest, None
    only = moving[0]
    return rest, only.arg if isinstance(only, Map) and only.function == fn.EXP else None


def negative(value: Node) -> bool:
    """Is it less than zero for certain, as minus a root is?"""
    c, inside = build.split(value)
    known = number(value)
    if known is not None:
        return known <= 0
    return c < 0 and isinstance(inside, Power) and number(inside.exponent) == _HALF
