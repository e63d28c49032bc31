"""One equation solved for one unknown: affine ones, and those that become affine by clearing inverses, by taking a part
that holds every occurrence of the unknown for a new one, or by clearing denominators.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.row_differentials import entrywise
from matdiff.calculus.simplify import expanded
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph import build, elementwise, matrices, powers
from matdiff.graph.nodes import Lin, Map, Op, Power, Var, number, walk
from matdiff.graph.sums import depends, substitute
from matdiff.problems import entries, exponents, joining, linear, scalars
from matdiff.problems.affine import affine
from matdiff.problems.entries import rooted
from matdiff.problems.linear import Condition, Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matdiff.graph.nodes import Indices, Node

_DEEP = 6  # parts that are taken for unknowns, one within the other


def solved(equation: Node, unknown: Var, depth: int = 0) -> list[Found]:
    """What the unknown must be for the equation to hold: one entry, several, or none where no rule says it."""
    if depth > _DEEP or not depends(equation, unknown):
        return []
    plain = affine(equation, unknown)
    if plain is not None:
        found = linear.solved(plain, unknown)
        return [found] if found else []
    return (
        _cleared(equation, unknown, depth)
        or _by_part(equation, unknown, depth)
        or entries.solved(equation, unknown, lambda entry, letter: solved(entry, letter, depth + 1))
        or _joined(equation, unknown, depth)
        or _denominators(equation, unknown, depth)
        or _quadratic(equation, unknown)
        or scalars.product(equation, unknown, lambda factor: solved(factor, unknown, depth + 1))
        or scalars.polynomial(equation, unknown, lambda part: solved(part, unknown, depth + 1))
    )


def _cleared(equation: Node, unknown: Var, depth: int) -> list[Found]:
    """Multiplied by X on the left, on the right, or on both sides, where X^-1 stands outside."""
    if unknown.order != 2 or equation.order != 2:
        return []
    inverse = matrices.inv(unknown)
    if not depends(equation, inverse):
        return []
    if not depends(substitute(equation, {inverse: build.zero(inverse.shape)}), unknown):
        stand_in = Var(f"{unknown.name}({depth})", inverse.shape, rows_columns=unknown.rows_columns)
        plain = affine(substitute(equation, {inverse: stand_in}), stand_in)
        if plain is not None:  # the inverse is the unknown, as in N S^-1 = B
            return _by_part(equation, unknown, depth)
    multiplied: list[list[tuple[Node, Indices]]] = [
        [(unknown, (0, 1)), (equation, (1, 2))],
        [(equation, (0, 1)), (unknown, (1, 2))],
        [(unknown, (0, 1)), (equation, (1, 2)), (unknown, (2, 3))],
    ]
    for factors in multiplied:
        without = expanded(_distributed(factors))
        if not depends(without, inverse):
            found = solved(without, unknown, depth + 1)
            if found:
                return [
                    one._replace(conditions=(*one.conditions, Condition(linear.INVERTIBLE, (unknown,))))
                    for one in found
                ]
    return []


def _distributed(factors: list[tuple[Node, Indices]]) -> Node:
    """A product with the sums among its factors multiplied out."""
    for k, (node, indices) in enumerate(factors):
        if isinstance(node, Lin) and node.terms:
            terms = [
                (c, _distributed([(term, indices) if j == k else factor for j, factor in enumerate(factors)]))
                for c, term in node.terms
            ]
            return build.lin(terms, terms[0][1].shape)
    return build.ein(factors, (0, factors[-1][1][-1]))


# -- a part that holds every occurrence ------------------------------------------------------------------------------


def _by_part(equation: Node, unknown: Var, depth: int) -> list[Found]:
    for part in _parts(equation, unknown):
        stand_in = Var(f"{unknown.name}({depth})", part.shape, rows_columns=unknown.rows_columns)
        rest = exponents.split_exponentials(substitute(equation, {part: stand_in}), unknown)
        if depends(rest, unknown):
            continue
        results: list[Found] = []
        for one in solved(rest, stand_in, depth + 1):
            for inner in _inside(part, one.value):
                if isinstance(inner, Found):
                    continue
                target, value = inner
                if target is unknown:
                    results.append(one._replace(value=value))
                else:
                    more = solved(build.sub(target, value), unknown, depth + 1)
                    results += [other._replace(conditions=(*one.conditions, *other.conditions)) for other in more]
        if results:
            return results
    again = exponents.split_exponentials(equation, unknown)
    return _by_part(again, unknown, depth + 1) if again is not equation and depth < _DEEP else []


def _parts(equation: Node, unknown: Var) -> Iterator[Node]:
    """Inverses, functions and powers that hold the unknown, the largest first."""
    found = [
        node
        for node in walk(equation)
        if (isinstance(node, (Map, Power)) or (isinstance(node, Op) and node.name == fn.INVERSE))
        and any(depends(arg, unknown) for arg in node.args)
    ]
    yield from reversed(found)


def _inside(part: Node, value: Node) -> list[tuple[Node, Node]]:
    """What stands inside a part, and what it must be for the part to have a value."""
    inner = part.args[0]
    if isinstance(part, Power) and not part.order and number(part.exponent) is None:
        below = build.reciprocal(elementwise.apply(fn.LOG, part.base))
        return [(part.exponent, build.mul(elementwise.apply(fn.LOG, value), below))]
    if isinstance(part, Op):
        return [(inner, matrices.inv(value))]
    if isinstance(part, Map):
        if part.function == fn.LOG and not value.order:
            return [(inner, exponents.exponential(value))]
        inverse = TABLE[part.function].inverse
        return [(inner, entrywise(inverse, "y", value))] if inverse else []
    e = number(part.args[1])
    if e is None:
        return []
    root = rooted(value, Fraction(1) / Fraction(e))
    even = Fraction(e).numerator % 2 == 0
    return [(inner, root), (inner, build.scale(-1, root))] if even else [(inner, root)]


def _joined(equation: Node, unknown: Var, depth: int) -> list[Found]:
    """A scalar equation whose logarithms, or exponentials, become one."""
    if unknown.order or equation.order:
        return []
    again = joining.logarithms(equation, unknown) or joining.quotient(equation, unknown)
    if again is not None:
        return solved(again, unknown, depth + 1)
    found = joining.exponentials(equation, unknown)
    results: list[Found] = []
    for one in solved(found.equation, found.stand_in, depth + 1) if found is not None else ():
        if found is None or joining.negative(one.value):
            continue
        inner = build.sub(found.exponent, elementwise.apply(fn.LOG, one.value))
        more = solved(inner, unknown, depth + 1)
        results += [other._replace(conditions=(*one.conditions, *other.conditions)) for other in more]
    return results


# -- rational and quadratic equations ----------------------------------------------------------------------------------


def _denominators(equation: Node, unknown: Var, depth: int) -> list[Found]:
    """A scalar equation multiplied by what stands below."""
    if unknown.order or equation.order:
        return []
    below, again = over_one(equation, unknown)
    if not below or any(
        isinstance(node, Power) and (number(node.exponent) or 0) < 0 and depends(node.base, unknown)
        for node in walk(again)
    ):
        return []
    found = solved(again, unknown, depth + 1)
    conditions = tuple([Condition(linear.NONZERO, (base,)) for base in below if base is not unknown])
    return [one._replace(conditions=(*one.conditions, *conditions)) for one in found]


def over_one(equation: Node, unknown: Var | None = None) -> tuple[list[Node], Node]:
    """What stands below fraction bars in a scalar (and holds the unknown), and the scalar times all of it."""
    below: dict[Node, int] = {}
    for node in walk(equation):
        e = number(node.exponent) if isinstance(node, Power) and not node.order else None
        if not isinstance(node, Power) or e is None or e >= 0 or e.denominator != 1:
            continue
        if unknown is None or depends(node.base, unknown):
            below[node.base] = max(below.get(node.base, 0), -int(e))
    factor = build.mul(build.num(1), *[powers.power(base, build.num(e)) for base, e in below.items()])
    terms = equation.terms if isinstance(equation, Lin) else ((1, equation),)
    total = build.lin([(c, expanded(build.mul(factor, term))) for c, term in terms], ())
    return list(below), expanded(total)


def _quadratic(equation: Node, unknown: Var) -> list[Found]:
    """The quadratic formula for a x^2 + b x + c = 0."""
    if unknown.order or equation.order:
        return []
    zero: dict[Node, Node] = {unknown: build.num(0)}
    first = differentiate(equation, unknown)
    second = expanded(differentiate(first, unknown))
    if depends(second, unknown) or build.is_zero(second):
        return []
    a = build.scale(Fraction(1, 2), second)
    b, c = substitute(first, zero), substitute(equation, zero)
    if build.is_zero(b):
        square = build.scale(-1, build.mul(c, build.reciprocal(a)))
        root = powers.power(square, build.num(Fraction(1, 2)))
        return [
            Found(root, (), "a square root", unique=False),
            Found(build.scale(-1, root), (), "a square root", unique=False),
        ]
    return scalars.roots([c, b, a])
