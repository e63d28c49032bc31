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
from matdiff.graph.nodes import Ein, Lin, Map, Op, Power, Var, number, walk
from matdiff.graph.sums import depends, rebuild, substitute
from matdiff.problems import entries, linear
from matdiff.problems.affine import affine
from matdiff.problems.entries import along, constant_along, rooted
from matdiff.problems.linear import Condition, Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matdiff.graph.nodes import Coefficient, Indices, Node

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
        or _denominators(equation, unknown, depth)
        or _quadratic(equation, unknown)
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
        rest = split_exponentials(substitute(equation, {part: stand_in}), unknown)
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
    again = split_exponentials(equation, unknown)
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
        inverse = TABLE[part.function].inverse
        return [(inner, entrywise(inverse, "y", value))] if inverse else []
    e = number(part.args[1])
    if e is None:
        return []
    root = rooted(value, Fraction(1) / Fraction(e))
    even = Fraction(e).numerator % 2 == 0
    return [(inner, root), (inner, build.scale(-1, root))] if even else [(inner, root)]


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


# -- rational and quadratic equations ----------------------------------------------------------------------------------


def _denominators(equation: Node, unknown: Var, depth: int) -> list[Found]:
    """A scalar equation multiplied by what stands below."""
    if unknown.order or equation.order:
        return []
    below: dict[Node, int] = {}
    for node in walk(equation):
        e = number(node.exponent) if isinstance(node, Power) else None
        if isinstance(node, Power) and e is not None and e < 0 and e.denominator == 1 and depends(node.base, unknown):
            below[node.base] = max(below.get(node.base, 0), -int(e))
    if not below:
        return []
    factor = build.mul(*[powers.power(base, build.num(e)) for base, e in below.items()])
    terms = equation.terms if isinstance(equation, Lin) else ((1, equation),)
    total = build.lin([(c, expanded(build.mul(factor, term))) for c, term in terms], ())
    again = expanded(total)
    if any(
        isinstance(node, Power) and (number(node.exponent) or 0) < 0 and depends(node.base, unknown)
        for node in walk(again)
    ):
        return []
    found = solved(again, unknown, depth + 1)
    conditions = tuple([Condition(linear.NONZERO, (base,)) for base in below if base is not unknown])
    return [one._replace(conditions=(*one.conditions, *conditions)) for one in found]


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
    below = build.reciprocal(second)
    if build.is_zero(b):
        square = build.scale(-1, build.mul(c, build.reciprocal(a)))
        root = powers.power(square, build.num(Fraction(1, 2)))
        return [
            Found(root, (), "a square root", unique=False),
            Found(build.scale(-1, root), (), "a square root", unique=False),
        ]
    inside = build.sub(build.mul(b, b), build.scale(4, build.mul(a, c)))
    root = powers.power(inside, build.num(Fraction(1, 2)))
    conditions = (Condition("{0} >= 0", (inside,)), Condition(linear.NONZERO, (a,)))
    return [
        Found(
            build.mul(build.add(build.scale(-1, b), build.scale(sign, root)), below),
            conditions,
            "the quadratic formula",
            unique=False,
        )
        for sign in (1, -1)
    ]
