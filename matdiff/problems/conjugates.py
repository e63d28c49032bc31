"""Conjugates: the infimum of t F(u) + y^T u over u is -t F*(-y/t), where F* and its domain stand in the function's row.

Boyd and Vandenberghe, Convex Optimization, sections 3.3 and 5.1.6.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.lower import Lowering
from matdiff.calculus.lowered import Value
from matdiff.calculus.simplify import expanded
from matdiff.formula.question import Declaration, Reading
from matdiff.formula.syntax import Expr, Relation, Together
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph import build, elementwise
from matdiff.graph.nodes import Ein, Map, Op, Power, Var, number, walk
from matdiff.graph.sums import depends, substitute
from matdiff.problems import squares
from matdiff.problems.definiteness import turned_weight
from matdiff.problems.statement import statement
from matdiff.reading.reader import read_part
from matdiff.reading.shapes import infer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matdiff.functions.function import Function
    from matdiff.graph.nodes import Coefficient, Indices, Node, Size

ENTROPY, LARGEST = "entropy", "the largest entry"


class Curved(NamedTuple):
    """A term weight * F(argument): the row's name (or ENTROPY), whether entries are summed, and the argument."""

    name: str
    entrywise: bool
    weight: Node
    argument: Node


class Infimum(NamedTuple):
    """The least value, and what must hold for it to be finite: (relation, node) with "=", ">=" or ">>"."""

    value: Node
    domain: tuple[tuple[str, Node], ...]


def curved(c: Coefficient, term: Node, unknown: Var) -> Curved | None:
    """A term that is convex in the unknown by its row; None where no row says it."""
    factors: list[tuple[Node, Indices]] = (
        list(term.factors) if isinstance(term, Ein) else [(term, tuple(range(term.order)))]
    )
    if isinstance(term, Ein) and term.out:
        return None
    moving = [pair for pair in factors if depends(pair[0], unknown)]
    rest = [pair for pair in factors if not depends(pair[0], unknown)]
    turned = [pair for pair in rest if turned_weight(pair[0])]
    if turned:  # (q - 1) f is -(1 - q) f
        rest = [(build.scale(-1, node), slots) if (node, slots) in turned else (node, slots) for node, slots in rest]
        c = c if len(turned) % 2 == 0 else -c
    if len(moving) == 1 and isinstance(moving[0][0], Ein):
        inner = curved(1 if c > 0 else -1, moving[0][0], unknown)
        if inner is None or any(slots for _, slots in rest):
            return None
        scale = build.scale(_size(c), build.mul(*[factor for factor, _ in rest], build.num(1)))
        return inner._replace(weight=build.mul(scale, inner.weight))
    if len(moving) == 2:
        return _entropy(c, moving, rest)
    if len(moving) != 1:
        return None
    return _single(c, moving[0], rest)


def argument(c: Coefficient, term: Node, unknown: Var) -> tuple[str, Node] | None:
    """The name of a curved term, and its argument."""
    found = curved(c, term, unknown)
    return None if found is None else (found.name, found.argument)


def logarithms_apart(node: Node, unknowns: Sequence[Var]) -> Node:
    """log(x/q) of an unknown x and data q as log(x) - log(q), so that x log(x/q) is entropy and a linear term."""
    changes: dict[Node, Node] = {}
    for inner in walk(node):
        if not isinstance(inner, Map) or inner.function != fn.LOG or not isinstance(inner.arg, Ein):
            continue
        entries = tuple(range(inner.order))
        moving = [pair for pair in inner.arg.factors if any(depends(pair[0], unknown) for unknown in unknowns)]
        rest = [pair for pair in inner.arg.factors if pair not in moving]
        plain = inner.arg.out == entries and all(slots in {(), entries} for _, slots in inner.arg.factors)
        if plain and rest and len(moving) == 1 and moving[0][1] == entries:
            ones = dict(enumerate(inner.arg.sizes))
            parts = [build.ein([(_logarithm(factor), slots)], entries, ones) for factor, slots in rest]
            changes[inner] = build.add(elementwise.apply(fn.LOG, moving[0][0]), *parts)
    return expanded(substitute(node, changes)) if changes else node


def _logarithm(factor: Node) -> Node:
    """log(q), and -log(q) of 1/q."""
    e = number(factor.exponent) if isinstance(factor, Power) else None
    if isinstance(factor, Power) and e is not None:
        return build.scale(e, elementwise.apply(fn.LOG, factor.base))
    return elementwise.apply(fn.LOG, factor)


def _size(c: Coefficient) -> Coefficient:
    return c if c > 0 else -c


def _single(c: Coefficient, moving: tuple[Node, Indices], rest: list[tuple[Node, Indices]]) -> Curved | None:
    node, slots = moving
    name = node.function if isinstance(node, Map) else node.name if isinstance(node, Op) else ""
    if isinstance(node, Power) and number(node.exponent) == Fraction(1, 2) and not node.order:
        inside = _square(node.base)
        name = fn.NORM if inside is not None else ""
        argument = inside
    else:
        argument = node.args[0] if name and len(node.args) == 1 else None
    if name == fn.MAX and isinstance(argument, Map) and argument.function == fn.ABSOLUTE and c > 0:
        weight = _weight(_size(c), rest, ())
        return None if weight is None else Curved(LARGEST, False, weight, argument.arg)
    row = TABLE.get(name)
    if (
        row is None
        or argument is None
        or not row.conjugate[0]
        or row.traits.convexity != ("convex" if c > 0 else "concave")
    ):
        return None
    entrywise = isinstance(node, Map)
    weight = _weight(_size(c), rest, slots if entrywise else ())
    return None if weight is None or len(set(slots)) != len(slots) else Curved(name, entrywise, weight, argument)


def _square(node: Node) -> Node | None:
    """The u of u^T u, or of tr(U^T U)."""
    if isinstance(node, Ein) and not node.out and len(node.factors) == 2:
        (one, first), (other, second) = node.factors
        if one is other and first == second and len(set(first)) == len(first):
            return one
    return squares.half(node)


def _entropy(c: Coefficient, moving: list[tuple[Node, Indices]], rest: list[tuple[Node, Indices]]) -> Curved | None:
    for (one, first), (other, second) in (moving, moving[::-1]):
        if isinstance(other, Map) and other.function == fn.LOG and other.arg is one and first == second and c > 0:
            weight = _weight(c, rest, first)
            return None if weight is None else Curved(ENTROPY, True, weight, one)
    return None


def _weight(c: Coefficient, rest: list[tuple[Node, Indices]], slots: Indices) -> Node | None:
    """The product of the other factors: a scalar, or one number for each entry."""
    if any(indices not in {(), slots} for _, indices in rest):
        return None
    if any(indices for _, indices in rest):
        order = {i: k for k, i in enumerate(slots)}
        made = build.ein(
            [(node, tuple([order[i] for i in indices])) for node, indices in rest], tuple(range(len(slots)))
        )
        return build.scale(c, made)
    return build.scale(c, build.mul(*[node for node, _ in rest], build.num(1)))


def infimum(term: Curved, slope: Node) -> Infimum:
    """The least value of the term plus slope^T u."""
    argument = build.scale(-1, _over(slope, term.weight))
    if term.name == ENTROPY:
        shifted = (
            build.sub(argument, build.ones(argument.shape)) if argument.order else build.sub(argument, build.num(1))
        )
        return Infimum(build.scale(-1, _weighted(elementwise.apply(fn.EXP, shifted), term.weight)), ())
    if term.name == LARGEST:
        slots = tuple(range(slope.order))
        total = build.ein([(elementwise.apply(fn.ABSOLUTE, slope), slots)], ())
        return Infimum(build.num(0), ((">=", build.sub(term.weight, total)),))
    row = TABLE[term.name]
    value, _ = _said(row.conjugate, argument)
    if term.entrywise:
        total = (
            _weighted(value, term.weight)
            if value.order == argument.order
            else _weighted(build.mul(value, build.ones(argument.shape)), term.weight)
        )
    else:
        total = build.mul(term.weight, value)
    _, bounds = _said(row.conjugate, build.scale(-1, slope), keep=True)
    scaled = tuple([(relation, _homogeneous(node, slope, term.weight)) for relation, node in bounds])
    return Infimum(build.scale(-1, total), scaled)


def _over(slope: Node, weight: Node) -> Node:
    if number(weight) == 1:
        return slope
    below = build.reciprocal(weight)
    return build.hadamard(slope, below) if weight.order else build.mul(below, slope)


def _weighted(entries: Node, weight: Node) -> Node:
    slots = tuple(range(entries.order))
    return build.ein([(weight, slots[: weight.order]), (entries, slots)], ())


_PLACE = "y(place)"


def _homogeneous(node: Node, slope: Node, weight: Node) -> Node:
    """A bound g(y) >= 0 of y/t, times t: t g(0) + g(y) - g(0), for g is homogeneous but for a constant."""
    place = Var(_PLACE, slope.shape)
    moved = substitute(node, {place: build.zero(slope.shape)})
    at_zero = substitute(moved, {one: build.num(0) for one in walk(moved) if _none(one)})
    moved = build.sub(node, at_zero)
    scaled = build.hadamard(weight, at_zero) if at_zero.order and weight.order else build.mul(weight, at_zero)
    even = {
        one
        for one in walk(node)
        if isinstance(one, Op) and one.args[0] is place and _row_of(one).traits.parity == "even"
    }
    moved = substitute(moved, {one: Op(one.name, (slope,), one.shape) for one in even if isinstance(one, Op)})
    return build.add(scaled, substitute(moved, {place: build.scale(-1, slope)}))


def _none(node: Node) -> bool:
    """Is it a norm, or another function, of zeros alone that is zero there?"""
    return (
        isinstance(node, Op) and not node.order and build.is_zero(node.args[0]) and _row_of(node).traits.at_zero == "0"
    )


def _row_of(node: Op) -> Function:
    return TABLE[node.name]


def _said(conjugate: tuple[str, str], argument: Node, *, keep: bool = False) -> tuple[Node, list[tuple[str, Node]]]:
    """The conjugate's formula at an argument, and its domain there; with `keep` at a place that stands for it."""
    text, domain = conjugate
    name = "Y" if argument.order == 2 else "y"
    for other in ("y", "Y"):
        if other != name:
            text, domain = _renamed(text, other, name), _renamed(domain, other, name)
    place = Var(_PLACE, argument.shape)
    said = statement(f"{text} s.t. {domain}")
    rows: Size = argument.shape[0] if argument.order else 1
    columns: Size = argument.shape[1] if argument.order > 1 else 1
    declared: tuple[Declaration, ...] = (Declaration(name, rows, columns),)
    if "n" not in {rows, columns}:
        declared = (*declared, Declaration("n", kind="scalar"))
    assert said.objective is not None  # noqa: S101 # the row has one
    parts: list[Expr] = [read_part(said.text, *said.objective, declared)]
    relations: list[tuple[str, Relation]] = []
    for written in said.constraints:
        sides = [read_part(said.text, start, end, declared) for start, end in written.sides]
        marks = [said.text[written.sides[k][1] : written.sides[k + 1][0]].strip() for k in range(len(sides) - 1)]
        for k, relation in enumerate(written.relations):
            one = Relation(sides[k], relation, read_part(said.text, *written.sides[k + 1], declared))
            if marks[k] in {"<", ">"}:
                continue  # where the objective is not defined anyway
            parts.append(one)
            relations.append((relation, one))
    typed = infer(Reading(None, Together(tuple(parts)), declared, said.text))
    bound = {name: Value(place if keep else argument), "n": Value(build.size_node(rows))}
    lowering = Lowering(typed.symbols, bound)
    assert isinstance(typed.expression, Together)  # noqa: S101 # for the type checker
    value, *others = [lowering.lower(part).node for part in typed.expression.parts]
    found = []
    for (relation, _), node in zip(relations, others, strict=True):
        turned = relation in {"<=", "<<"}
        kind = {"<=": ">=", "<<": ">>"}.get(relation, relation)
        found.append((kind, build.scale(-1, node) if turned else node))
    return value, found


def _renamed(text: str, old: str, new: str) -> str:
    from matdiff.lean import re  # noqa: PLC0415 # few duals need it

    return re.sub(rf"(?<![A-Za-z]){old}(?![A-Za-z])", new, text)


def names_used(terms: Sequence[Curved]) -> list[str]:
    """The rows whose conjugates are used."""
    return list(dict.fromkeys([term.name for term in terms]))
