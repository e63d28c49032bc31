"""Exponentials and logarithms taken apart: exp(s + v) as exp(s) exp(v), log(u v) as log(u) + log(v)."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.simplify import expanded
from matdiff.functions import names as fn
from matdiff.graph import build, elementwise, powers
from matdiff.graph.nodes import Ein, Lin, Map, Power, number, walk
from matdiff.graph.sums import depends, rebuild, substitute
from matdiff.problems.entries import along, constant_along

if TYPE_CHECKING:
    from matdiff.graph.nodes import Coefficient, Indices, Node

_DEEP = 6  # parts within one another


def exponential(value: Node) -> Node:
    """exp(value) of a scalar, that of c log(u) as u^c."""
    c, inside = build.split(value)
    factors = [factor for factor, _ in inside.factors] if isinstance(inside, Ein) and not inside.out else [inside]
    logs = [factor for factor in factors if isinstance(factor, Map) and factor.function == fn.LOG]
    if value.order or len(logs) != 1:
        return elementwise.apply(fn.EXP, value)
    times = build.mul(build.num(1), *[factor for factor in factors if factor not in logs])
    base = logs[0].args[0] if c > 0 else build.reciprocal(logs[0].args[0])
    return powers.power(base, build.scale(c if c > 0 else -c, times))


def split_exponentials(root: Node, unknown: Node | None = None, *, always: bool = False) -> Node:
    """exp(v + s 1) as exp(s) exp(v), for scalars s that hold the unknown, or a logarithm where none is given, or
    `always`, as often as that changes something.
    """
    for _ in range(_DEEP):
        made = _split_once(root, unknown, always)
        if made is root:
            break
        root = made
    return root


def _split_once(root: Node, unknown: Node | None, always: bool) -> Node:  # as its caller has it
    done: dict[Node, Node] = {}
    for node in walk(root):
        made = rebuild(node, [done[arg] for arg in node.args]) if any(done[a] is not a for a in node.args) else node
        if isinstance(made, Map) and made.function == fn.EXP:
            c, inside = build.split(made.arg)
            level = constant_along(inside) if made.order else None
            if level is not None:
                made = build.mul(elementwise.apply(fn.EXP, build.scale(c, level)), build.ones(made.shape))
            elif isinstance(made.arg, (Lin, Ein)):
                made = _split(expanded(made.arg), unknown, always)
        if isinstance(made, Map) and made.function == fn.LOG:
            made = _logarithm(made)
            made = _logarithm_apart(made) if always else made
        done[node] = made
    return done[root]


def _logarithm(node: Map) -> Node:
    """log(exp(u) v) as u + log(v), and log(s 1) as log(s) 1."""
    c, inside = build.split(node.arg)
    level = constant_along(inside) if node.order else None
    if level is not None:
        inner = elementwise.apply(fn.LOG, build.scale(c, level))
        return build.mul(_logarithm(inner) if isinstance(inner, Map) else inner, build.ones(node.shape))
    entries = tuple(range(node.order))
    if (
        not isinstance(inside, Ein)
        or inside.out != entries
        or any(slots not in {(), entries} for _, slots in inside.factors)
    ):
        return node
    above = [pair for pair in inside.factors if isinstance(pair[0], Map) and pair[0].function == fn.EXP]
    if not above:
        return node
    ones = {i: size for i, size in enumerate(inside.sizes)}  # noqa: C416 # sizes by index
    rest = build.ein([pair for pair in inside.factors if pair not in above], entries, ones)
    parts = [build.ein([(factor.args[0], slots)], entries, ones) for factor, slots in above]
    return build.add(*parts, elementwise.apply(fn.LOG, build.scale(c, rest)))


def _logarithm_apart(node: Node) -> Node:
    """log(u v) as log(u) + log(v), with scalars s as log(s) 1; a quotient is a product with a power."""
    if not isinstance(node, Map) or node.function != fn.LOG:
        return node
    c, inside = build.split(node.arg)
    out = tuple(range(node.order))
    if c != 1 or not isinstance(inside, Ein) or inside.out != out or len(inside.factors) < 2:
        return node
    if any(slots not in {(), out} for _, slots in inside.factors):
        return node
    sizes = dict(enumerate(inside.sizes))
    parts = [build.ein([(_log_of_power(factor), slots)], out, sizes) for factor, slots in inside.factors]
    return build.add(*parts)


def _log_of_power(node: Node) -> Node:
    if isinstance(node, Power):
        return build.mul(node.exponent, elementwise.apply(fn.LOG, node.base))
    return elementwise.apply(fn.LOG, node)


def as_exponentials(root: Node) -> Node:
    """b^e with an exponent that is no number as exp(e log b)."""
    changes: dict[Node, Node] = {
        node: elementwise.apply(fn.EXP, build.mul(node.exponent, elementwise.apply(fn.LOG, node.base)))
        for node in walk(root)
        if isinstance(node, Power) and number(node.exponent) is None and not node.order
    }
    for node in walk(root):
        if (
            isinstance(node, Map)
            and node.function == fn.SIGMOID
            and isinstance(node.arg, Map)
            and node.arg.function == fn.LOG
        ):
            inside = node.arg.arg
            below = build.reciprocal(build.add(build.ones(inside.shape), inside))
            changes[node] = build.hadamard(inside, below)
    return substitute(root, changes) if changes else root


def _split(arg: Node, unknown: Node | None, always: bool) -> Node:  # as above
    if not isinstance(arg, Lin):
        return Map(fn.EXP, arg)
    outside: dict[Indices, list[tuple[Coefficient, Node]]] = {}
    inside: list[tuple[Coefficient, Node]] = []
    for c, term in arg.terms:
        part = along(term)
        if part is not None and (always or _goes_out(part[0], unknown)):
            outside.setdefault(part[1], []).append((c, part[0]))
        else:
            inside.append((c, term))
    if not outside or (not arg.order and not inside):
        return _without_logarithms(arg)
    return _exponential(outside, inside, arg)


def _exponential(
    outside: dict[Indices, list[tuple[Coefficient, Node]]], inside: list[tuple[Coefficient, Node]], arg: Node
) -> Node:
    """The product of the exponentials; numbers go with what is split off: exp(c - 1 + s) is exp(s - 1) exp(c)."""
    at, parts = max(outside.items(), key=lambda item: len(item[0]))
    numbers = [pair for pair in inside if build.split(pair[1])[1] is build.ones(arg.shape)]
    outside[at] = [*parts, *[(c, build.ones(parts[0][1].shape)) for c, _ in numbers]]
    rest = [pair for pair in inside if pair not in numbers]
    entries_out = tuple(range(arg.order))
    factors = [(_without_logarithms(build.lin(found, found[0][1].shape)), slots) for slots, found in outside.items()]
    if rest:
        factors.append((_without_logarithms(build.lin(rest, arg.shape)), entries_out))
    return build.ein(factors, entries_out, dict(enumerate(arg.shape)))


def _goes_out(part: Node, unknown: Node | None) -> bool:
    """Is it split off: a term with the unknown, or with a logarithm where none is sought?"""
    if unknown is not None:
        return depends(part, unknown)
    return any(isinstance(inner, Map) and inner.function == fn.LOG for inner in walk(part))


def _without_logarithms(arg: Node) -> Node:
    """exp(arg), with exp(c log(u) + v) as u^c exp(v)."""
    terms = arg.terms if isinstance(arg, Lin) else ((1, arg),)
    logs = [(c, term) for c, term in terms if isinstance(term, Map) and term.function == fn.LOG]
    if not logs:
        return elementwise.apply(fn.EXP, arg)
    rest = [pair for pair in terms if pair not in logs]
    powers_of = [powers.power(term.args[0], build.num(c)) for c, term in logs]
    more = [elementwise.apply(fn.EXP, build.lin(rest, arg.shape))] if rest else []
    return build.hadamard(*powers_of, *more) if arg.order else build.mul(*powers_of, *more)
