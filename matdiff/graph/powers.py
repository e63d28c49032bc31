"""Elementwise powers, and how like factors of a product merge: x∘x⁻¹ = 1, eᵃ∘eᵇ = eᵃ⁺ᵇ, eˣ/Σeˣ = softmax(x), sinh/cosh
= tanh.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, TypeGuard

from matdiff.functions import names as fn
from matdiff.graph import build, elementwise
from matdiff.graph.graph import current
from matdiff.graph.nodes import ONE, Coefficient, Ein, Indices, Lin, Map, Node, Op, Power, number
from matdiff.graph.rewriting import rewrite
from matdiff.graph.signs import nonnegative

if TYPE_CHECKING:
    from collections.abc import Callable

Factor = tuple[Node, Indices]
Groups = dict[tuple[Node, Indices], Node]  # base and its indices -> exponent
FLAT = 32  # scalars of one product, or terms of its exponent, before a product among them stays a factor
DIGITS = 1000  # digits of a number, before it stays a power of another
COPIES = 8  # entrywise powers of tensors up to this one are written-out products


@rewrite
def power(base: Node, exponent: Node) -> Node:
    """Every entry of `base` to the scalar `exponent`."""
    e = number(exponent)
    if e == 0:
        return build.ones(base.shape)
    if e == 1:
        return base
    if isinstance(base, Power):
        return _power_of_power(base, exponent)
    if elementwise.is_euler(base):
        return elementwise.apply(fn.EXP, exponent)
    if isinstance(base, Map) and base.function == fn.EXP:
        return elementwise.apply(fn.EXP, build.mul(exponent, base.arg))
    if e is None:
        root = _root_of_product(base, exponent) if _is_entrywise(base) and base.shape else None
        return Power(base, exponent) if root is None else root
    return _numeric(base, e)


def _power_of_power(base: Power, exponent: Node) -> Node:
    """(bᵖ)ᵉ = bᵖᵉ wherever the left side is real; for even p and broken e, b is |b|."""
    inner, outer = number(base.exponent), number(exponent)
    whole = outer is not None and outer.denominator == 1
    even = inner is not None and inner.numerator % 2 == 0 and inner.denominator == 1
    inside = base.base
    if even and not whole and not nonnegative(inside):
        inside = elementwise.apply(fn.ABSOLUTE, inside)
    return power(inside, build.mul(base.exponent, exponent))


def _numeric(base: Node, e: Coefficient) -> Node:
    whole = e.denominator == 1
    if base is ONE:
        return ONE
    if isinstance(base, Lin):
        found = _power_of_sum(base, e, whole)
        if found is not None:
            return found
    if isinstance(base, Ein):
        found = _power_of_product(base, e, whole)
        if found is not None:
            return found
    if isinstance(base, Map) and base.function == fn.ABSOLUTE and whole and e.numerator % 2 == 0:
        return power(base.arg, build.num(e))
    if whole and 1 < e <= COPIES and base.shape:
        return build.hadamard(*[base] * int(e))
    return Power(base, build.num(e))


def _power_of_sum(base: Lin, e: Coefficient, whole: bool) -> Node | None:
    if not base.terms:
        return build.zero(base.shape) if e > 0 else None
    if e < 0:
        found = elementwise.reciprocal_sum(base)
        if found is not None:
            return power(found, build.num(-e))
    c, inside = build.split(base)
    if isinstance(inside, Lin):
        current().signs.setdefault(inside, -1 if c < 0 else 1)
    if c == 1:
        return None
    if whole:
        if c == 0:
            return None
        if _is_long(c, e):  # a number that nobody reads stays a power
            return None if inside is ONE else build.mul(Power(build.num(c), build.num(e)), power(inside, build.num(e)))
        return build.scale(Fraction(c) ** int(e), power(inside, build.num(e)))
    if c < 0 or (inside is ONE and _root(c, e) is None):
        return None
    root = _root(c, e)
    factor = build.num(root) if root is not None else Power(build.num(c), build.num(e))
    return build.mul(factor, power(inside, build.num(e)))


def _root(c: Coefficient, e: Coefficient) -> Coefficient | None:
    """c^e where it is rational, c > 0."""
    parts = [_whole_root(part, e.denominator) for part in (c.numerator, c.denominator)]
    if None in parts or _is_long(c, e):
        return None
    return build.exact(Fraction(parts[0] or 0, parts[1] or 1) ** e.numerator)


def _whole_root(number: int, degree: int) -> int | None:
    """The whole number whose power of that degree this is, if there is one; by bisection."""
    low, high = 1, 1 << (number.bit_length() // degree + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**degree < number else (low, middle)
    return low if low**degree == number else None


def _is_long(c: Coefficient, e: Coefficient) -> bool:
    """Does c^e have more than about DIGITS digits?"""
    bits = abs(c.numerator).bit_length() + c.denominator.bit_length() - 1
    return 3 * bits * abs(e.numerator) > 10 * DIGITS * e.denominator


def _is_entrywise(base: Node) -> TypeGuard[Ein]:
    """Is it a product of several tensors entry by entry, or of scalars, or a scalar in every entry?"""
    return (
        isinstance(base, Ein)
        and len(base.factors) > 0
        and len(set(base.out)) == len(base.out)
        and all(indices in ((), base.out) for _, indices in base.factors)
    )


def _power_of_product(base: Ein, e: Coefficient, whole: bool) -> Node | None:
    """(a b)ᵉ = aᵉ bᵉ for whole e, where the product is entry by entry; scalars that are not negative leave a root."""
    if _is_entrywise(base) and whole:
        return build.ein(
            [(power(node, build.num(e)), indices) for node, indices in base.factors],
            base.out,
            dict(enumerate(base.sizes)),
        )
    if _is_entrywise(base):
        return _root_of_product(base, build.num(e))
    if not base.factors and len(set(base.out)) == len(base.out):
        return base  # ones
    return None


def _root_of_product(base: Ein, e: Node) -> Node | None:
    """(a b)ᵉ = aᵉ bᵉ where a is not negative, (a² b)ᵉ = |a|²ᵉ bᵉ, and (a³)ᵉ = a³ᵉ; None where none is seen."""
    outside: list[Factor] = []
    left: list[Factor] = []
    counts = {factor: base.factors.count(factor) for factor in dict.fromkeys(base.factors)}
    odd = [factor for factor, count in counts.items() if count % 2 and not nonnegative(factor[0])]
    for factor, count in counts.items():
        node, indices = factor
        if nonnegative(node) or (count > 1 and odd == [factor]):  # of its sign is the whole product
            outside.append((power(node, build.scale(count, e)), indices))
        elif count > 1:
            even = count - count % 2
            outside.append((power(elementwise.apply(fn.ABSOLUTE, node), build.scale(even, e)), indices))
            left.extend([factor] * (count % 2))
        else:
            left.append(factor)
    if not outside:
        return None
    sizes = dict(enumerate(base.sizes))
    if left:
        rest = power(build.ein(left, base.out, sizes), e)
        outside.append((rest, tuple(range(len(base.out))) if base.out else ()))
    return build.ein(outside, base.out, sizes)


def merge(factors: list[Factor]) -> tuple[list[Factor], Coefficient]:
    """Like factors at like indices merged into powers, and the named quotients found; also the rational number that
    comes out.
    """
    if len(factors) < 2:
        return factors, 1
    groups: Groups = {}
    for node, indices in factors:
        base, exponent = (node.base, node.exponent) if isinstance(node, Power) else (node, ONE)
        known = groups.get((base, indices))
        groups[base, indices] = exponent if known is None else build.add(known, exponent)
    if len(groups) == len(factors) and not _nameable(groups):
        return factors, 1
    for rule in (_softmax, _sigmoid, _hyperbolic, _sign, _step, _exponentials):
        rule(groups)
    result: list[Factor] = []
    coefficient: Coefficient = 1
    given = set(factors)
    for (base, indices), exponent in groups.items():
        e = number(exponent)
        if e == 1 and (base, indices) in given:
            result.append((base, indices))
        elif e is not None and e.denominator == 1 and 0 < e <= COPIES and indices:
            result.extend([(base, indices)] * int(e))
        elif e != 0:
            c, node = build.split(_restored(base, exponent))
            coefficient *= c
            result.extend(_opened(node, indices))
    return result, coefficient


def _restored(base: Node, exponent: Node) -> Node:
    return base if exponent is ONE else power(base, exponent)


def _opened(node: Node, indices: Indices) -> list[Factor]:
    """A node that merging made, as factors: entrywise products fall apart."""
    if node is ONE:
        return []
    if isinstance(node, Ein) and all(slots in ((), node.out) for _, slots in node.factors):
        return [(inner, indices if slots else ()) for inner, slots in node.factors]
    return [(node, indices)]


def _nameable(groups: Groups) -> bool:
    return any(isinstance(base, (Map, Ein)) for base, _ in groups)


def _take(groups: Groups, key: tuple[Node, Indices], change: Coefficient) -> None:
    """Add `change` to an exponent; at zero the factor is gone."""
    exponent = build.add(groups.get(key, build.num(0)), build.num(change))
    if build.is_zero(exponent):
        groups.pop(key, None)
    else:
        groups[key] = exponent


def _pairs(
    groups: Groups, first: str, partner: Callable[[Map], Node], sign: int, result: Callable[[Map], Node | None]
) -> None:
    """Where f(u)ᵃ stands with partner(u)^(sign b) at the same indices, the smaller of the two counts becomes
    result(u).
    """
    for key in [key for key in groups if isinstance(key[0], Map) and key[0].function == first]:
        base, indices = key
        assert isinstance(base, Map)  # noqa: S101 # for the type checker
        other = (partner(base), indices)
        a, b = number(groups[key]), number(groups.get(other, build.num(0)))
        if a is None or b is None or a.denominator != 1 or b.denominator != 1 or a <= 0 or b * sign <= 0:
            continue
        both = min(int(a), abs(int(b)))
        _take(groups, key, -both)
        _take(groups, other, -both * sign)
        named = result(base)
        if named is not None:
            _take(groups, (named, indices), both)


def _sigmoid(groups: Groups) -> None:
    """e^u σ(−u) = σ(u)."""
    _pairs(
        groups,
        fn.SIGMOID,
        lambda m: Map(fn.EXP, build.scale(-1, m.arg)),
        1,
        lambda m: Map(fn.SIGMOID, build.scale(-1, m.arg)),
    )


def _hyperbolic(groups: Groups) -> None:
    """sinh/cosh = tanh, sin/cos = tan."""
    _pairs(groups, fn.SINH, lambda m: Map(fn.COSH, m.arg), -1, lambda m: Map(fn.TANH, m.arg))
    _pairs(groups, fn.SIN, lambda m: Map(fn.COS, m.arg), -1, lambda m: Map(fn.TAN, m.arg))


def _sign(groups: Groups) -> None:
    """|u| sign(u) = u, u sign(u) = |u|."""
    _pairs(groups, fn.SIGN, lambda m: Map(fn.ABSOLUTE, m.arg), 1, lambda m: m.arg)
    _pairs(groups, fn.SIGN, lambda m: m.arg, 1, lambda m: Map(fn.ABSOLUTE, m.arg))


def _step(groups: Groups) -> None:
    """step(u)ᵃ = step(u), relu(u) step(u) = relu(u)."""
    for base, indices in list(groups):
        e = number(groups[base, indices]) if isinstance(base, Map) and base.function == fn.STEP else None
        if e is not None and e > 1:
            groups[base, indices] = ONE
    _pairs(groups, fn.STEP, lambda m: Map(fn.RELU, m.arg), 1, lambda m: Map(fn.RELU, m.arg))


def _softmax(groups: Groups) -> None:
    """e^z / 1ᵀe^z = softmax(z) for a vector z."""
    for key in list(groups):
        inside = _summed_exponential(key)
        if inside is not None:
            for place in [indices for base, indices in groups if base is inside]:
                _take_softmax(groups, key, (inside, place))


def _summed_exponential(key: tuple[Node, Indices]) -> Map | None:
    """The e^z of 1ᵀe^z."""
    total, indices = key
    if indices or not isinstance(total, Ein) or len(total.factors) != 1 or total.factors[0][1] != (0,):
        return None
    inside = total.factors[0][0]
    return inside if isinstance(inside, Map) and inside.function == fn.EXP else None


def _take_softmax(groups: Groups, below: tuple[Node, Indices], above: tuple[Map, Indices]) -> None:
    """As many softmax(z) as stand e^z above and 1ᵀe^z below the line."""
    a, b = number(groups[above]), number(groups.get(below, build.num(0)))
    if a is None or b is None or a.denominator != 1 or b.denominator != 1 or a <= 0 or b >= 0:
        return
    both, (inside, place) = min(a, -b), above
    _take(groups, above, -both)
    _take(groups, below, both)
    _take(groups, (Op(fn.SOFTMAX, (_without_shift(inside.arg),), inside.shape), place), both)


def _without_shift(arg: Node) -> Node:
    """Z of z + c 1: both have the same softmax."""
    if not isinstance(arg, Lin) or arg.order != 1:
        return arg
    kept = [(c, term) for c, term in arg.terms if not _level(term)]
    return build.lin(kept, arg.shape) if len(kept) < len(arg.terms) else arg


def _level(term: Node) -> bool:
    """Is it a scalar times ones?"""
    return isinstance(term, Ein) and not any(indices for _, indices in term.factors)


def _exponentials(groups: Groups) -> None:
    """e^a e^b = e^(a+b)."""
    places: dict[Indices, list[Node]] = {}
    for base, indices in groups:
        if isinstance(base, Map) and base.function == fn.EXP:
            places.setdefault(indices, []).append(base)
    for indices, bases in places.items():
        if (len(bases) == 1 and groups[bases[0], indices] is ONE) or _exponents(bases) > FLAT:
            continue
        total = build.lin([(1, build.mul(groups.pop((base, indices)), base.args[0])) for base in bases], bases[0].shape)
        if not build.is_zero(total):
            groups[elementwise.apply(fn.EXP, total), indices] = ONE


def _exponents(bases: list[Node]) -> int:
    """How many terms the exponents of several exponentials have: a sum of too many nobody reads."""
    return sum([len(base.args[0].args) if isinstance(base.args[0], Lin) else 1 for base in bases])
