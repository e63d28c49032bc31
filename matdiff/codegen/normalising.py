"""Exponentials that only their ratios count of: exp(Z) ./ sums of its rows, log of such sums.  They are computed from
exp(Z - m), m the largest entries, which cannot overflow, and divided by their sum at once: then 1 stands for the sum.

An expression qualifies where it is homogeneous of degree 0 in the exponentials, for every row by itself or for all of
them together: multiplying them by numbers changes nothing.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.nodes import Coefficient, Ein, Lin, Map, Node, Op, Power, number, walk
from matdiff.graph.sums import substitute

if TYPE_CHECKING:
    from collections.abc import Mapping

# operators, whose attributes are the axes kept: the largest entries Z has along the others, exp(Z - these), a quotient
MAXIMA, SHIFTED, SHARE = "maxima", "shifted exp", "share"
MOST_NODES, MOST_EXPONENTIALS = 1000, 4
Degree = dict[int | None, Coefficient]  # by axis; under None that of all entries together


def normalised(roots: list[Node]) -> list[Node]:
    """The same values, without exponentials that overflow where their ratios do not."""
    nodes = list(walk(*roots))
    found = [node for node in nodes if isinstance(node, Map) and node.function == fn.EXP and 0 < node.order < 3]
    if not found or len(nodes) > MOST_NODES or len(found) > MOST_EXPONENTIALS:
        return roots
    for exponential in found:
        for axis in (0, 1, None) if exponential.order == 2 else (None,):
            plan = _Plan.of(roots, exponential, axis)
            if plan is not None:
                return normalised(plan.applied(roots))
    return roots


class _Plan(NamedTuple):
    """An exponential, the axis along which each place has a factor of its own (None: all have one), what is divided by,
    and the degrees of all nodes.
    """

    exponential: Map
    axis: int | None
    divisor: Node | None
    degrees: Mapping[Node, Degree]

    @classmethod
    def of(cls, roots: list[Node], exponential: Map, axis: int | None) -> _Plan | None:
        """How an exponential is divided; None where that would change a root, or none of them needs it."""
        degrees = _degrees(roots, exponential, axis)
        if degrees is None or any(degrees[root] for root in roots):
            return None
        needed = [base for base in map(_base, walk(*roots)) if base is not None and degrees[base]]
        unit: Degree = {None if axis is None else 0: 1}
        order = 0 if axis is None else 1
        divisors = [base for base in needed if base.order == order and degrees[base] == unit]
        return cls(exponential, axis, divisors[0] if divisors else None, degrees) if needed else None

    def applied(self, roots: list[Node]) -> list[Node]:
        argument, axis = self.exponential.arg, self.axis
        kept = () if axis is None else (axis,)
        top: Node = Op(MAXIMA, (argument,), tuple([argument.shape[k] for k in kept]), (kept,))
        part: Node = Op(SHIFTED, (argument,), argument.shape, (kept,))
        values: dict[Node, Node] = {self.exponential: part}
        if self.divisor is not None:
            total = substitute(self.divisor, values)
            share = Op(SHARE, (part, total), argument.shape, (kept,))
            values = {self.exponential: share, self.divisor: build.ones(total.shape)}
            top = build.add(top, Map(fn.LOG, total))
        for node in walk(*roots):
            if isinstance(node, Map) and node.function == fn.LOG and self.degrees[node.arg]:
                values[node] = self._logarithm(node, top, values)
        return [substitute(root, values) for root in roots]

    def _logarithm(self, node: Map, top: Node, values: Mapping[Node, Node]) -> Node:
        """The logarithm of what is divided by: that of the ratio, and that of the divisor."""
        ((axis, degree),) = self.degrees[node.arg].items()
        kept = () if axis is None else (axis,)
        rest = build.ein([(top, kept)], tuple(range(node.order)), dict(enumerate(node.shape)))
        rest = build.scale(degree, rest)
        return rest if node.arg is self.divisor else build.add(Map(fn.LOG, substitute(node.arg, values)), rest)


def _base(node: Node) -> Node | None:
    """What a node divides by, or takes the logarithm of."""
    if isinstance(node, Map) and node.function == fn.LOG:
        return node.arg
    if isinstance(node, Power):
        exponent = number(node.exponent)
        return node.base if exponent is not None and exponent < 0 else None
    return None


def _degrees(roots: list[Node], exponential: Map, axis: int | None) -> Mapping[Node, Degree] | None:
    """The degree of every node; None where one is not homogeneous."""
    degrees: dict[Node, Degree] = {}
    for node in walk(*roots):
        degree: Degree | None = {axis: 1} if node is exponential else _degree(node, degrees)
        if degree is None:
            return None
        degrees[node] = degree
    return degrees


def _degree(node: Node, known: Mapping[Node, Degree]) -> Degree | None:
    if isinstance(node, Ein):
        return _of_product(node, known)
    if isinstance(node, Lin):
        found = [known[term] for _, term in node.terms]
        return None if any(degree != found[0] for degree in found) else found[0] if found else {}
    if isinstance(node, Power):
        exponent = number(node.exponent)
        if exponent is not None:
            return {axis: degree * exponent for axis, degree in known[node.base].items()}
    if isinstance(node, Map) and node.function == fn.LOG and len(known[node.arg]) == 1:
        return {}
    return None if any(known[arg] for arg in node.args) else {}


def _of_product(node: Ein, known: Mapping[Node, Degree]) -> Degree | None:
    """Degrees add up by index; one that is summed over must have none left."""
    total: Degree = {}
    for factor, indices in node.factors:
        for axis, degree in known[factor].items():
            index = None if axis is None else indices[axis]
            total[index] = total.get(index, 0) + degree
    result: Degree = {}
    for index, degree in total.items():
        if not degree:
            continue
        if index is not None and node.out.count(index) != 1:
            return None
        result[None if index is None else node.out.index(index)] = degree
    return result
