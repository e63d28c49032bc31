"""Quotients with fewer terms: sums over a common denominator, and sums below the line multiplied through."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.simplify import expanded
from matdiff.graph import build
from matdiff.graph.nodes import ONE, Ein, Lin, Power, number, walk
from matdiff.graph.powers import power
from matdiff.graph.sums import substitute

if TYPE_CHECKING:
    from matdiff.graph.nodes import Coefficient, Node


def without_quotients(root: Node) -> Node:
    """Sums below the line without quotients of their own, where the product has the same denominators: nu (1 + q/nu) is
    nu + q.
    """
    changed: dict[Node, Node] = {}
    for node in walk(root):
        if isinstance(node, Ein):
            found = _flattened(node)
            if found is not None:
                changed[node] = found
    return substitute(root, changed) if changed else root


def _flattened(product: Ein) -> Node | None:
    there = dict(pair for factor, indices in product.factors if not indices for pair in _below(factor))
    sums = [factor for factor, indices in product.factors if isinstance(factor, Ein) and not indices]
    for place in (product, *sums) if there else ():
        for below in place.args:
            times = _denominators(below, there)
            if times is None:
                continue
            by, e = times
            base = below.args[0]
            whole = build.lin([(c, build.mul(by, term)) for c, term in base.terms], base.shape)  # type: ignore[attr-defined]
            made = _exchanged(place, below, power(whole, build.num(e)))
            rest = made if place is product else _exchanged(product, place, made)
            return build.mul(power(by, build.num(-e)), rest)
    return None


def _denominators(below: Node, there: dict[Node, Coefficient]) -> tuple[Node, Coefficient] | None:
    """What a sum of quotients below the line is to be multiplied by, and its exponent; None where not all of its
    denominators stand below the line already.
    """
    e = number(below.exponent) if isinstance(below, Power) else None
    if not isinstance(below, Power) or not isinstance(below.base, Lin) or e is None or e > 0 or e.denominator != 1:
        return None
    most: dict[Node, Coefficient] = {}
    for _, term in below.base.terms:
        for base, exponent in _below(term):
            most[base] = min(exponent, most.get(base, exponent))
    if not most or any(there.get(base, 0) > -k * e for base, k in most.items()):
        return None
    return build.mul(*[power(base, build.num(-k)) for base, k in most.items()]), e


def _exchanged(product: Ein, factor: Node, new: Node) -> Node:
    """A product with one factor in the place of another, wherever that stands once."""
    order = [product.factors[k] for k in product.written or range(len(product.factors))]
    place = next(k for k, (node, _) in enumerate(order) if node is factor)
    factors = [(new if k == place else node, indices) for k, (node, indices) in enumerate(order)]
    return build.ein(factors, product.out, dict(enumerate(product.sizes)))


def _below(term: Node) -> list[tuple[Node, Coefficient]]:
    """The scalars below the line of a term, with their exponents."""
    factors = term.args if isinstance(term, Ein) else (term,)
    powers = [factor for factor in factors if isinstance(factor, Power) and not factor.shape]
    known = [(factor.base, number(factor.exponent)) for factor in powers]
    return [(base, e) for base, e in known if e is not None and e < 0 and e.denominator == 1]


def over_common(root: Node) -> Node:
    """Scalar factors of one tensor over a common denominator, where the numerator gets shorter: 1 - s/(1 + s) is
    1/(1 + s).
    """
    changed: dict[Node, Node] = {}
    for node in walk(root):
        if isinstance(node, Lin) and len(node.terms) > 1:
            shorter = _over_common(node)
            if shorter is not node:
                changed[node] = shorter
    return substitute(root, changed) if changed else root


def _over_common(node: Lin) -> Node:
    groups: dict[Node, list[tuple[Coefficient, Node]]] = {}
    for c, term in node.terms:
        scalar, tensor = _scalar_apart(term)
        groups.setdefault(tensor, []).append((c, scalar))
    found = {tensor: _one_quotient(terms) for tensor, terms in groups.items() if len(terms) > 1}
    if all(quotient is None for quotient in found.values()):
        return node
    made: list[tuple[Coefficient, Node]] = []
    for tensor, terms in groups.items():
        quotient = found.get(tensor)
        shorter = terms if quotient is None else [(1, quotient)]
        made.extend([(c, build.mul(scalar, tensor)) for c, scalar in shorter])
    return build.lin(made, node.shape)


def _scalar_apart(term: Node) -> tuple[Node, Node]:
    """The scalar factors of a term, and the rest."""
    if not term.shape:
        return term, ONE
    if not isinstance(term, Ein):
        return ONE, term
    order = [term.factors[k] for k in term.written or range(len(term.factors))]
    scalars = [factor for factor, indices in order if not indices]
    rest = [factor for factor in order if factor[1]]
    return build.mul(*scalars) if scalars else ONE, build.ein(rest, term.out, dict(enumerate(term.sizes)))


def _one_quotient(terms: list[tuple[Coefficient, Node]]) -> Node | None:
    """A sum of scalars as one quotient with fewer terms above; None where there is none."""
    powers: dict[Node, Coefficient] = {}
    for _, term in terms:
        for factor in (term, *(term.args if isinstance(term, Ein) else ())):
            e = number(factor.exponent) if isinstance(factor, Power) else None
            if isinstance(factor, Power) and e is not None and e < 0 and e.denominator == 1:
                powers[factor.base] = min(e, powers.get(factor.base, e))
    for base, e in powers.items():
        if isinstance(base, Lin):
            below = power(base, build.num(-e))
            above = expanded(build.lin([(c, build.mul(below, term)) for c, term in terms], ()))
            if not isinstance(above, Lin) or len(above.terms) < len(terms):
                return build.mul(above, power(base, build.num(e)))
    return None
