"""Sums with the sign that the question wrote them with: (A - X)^-1 stays so, though the graph keeps -(X - A)^-1."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.graph import current
from matdiff.graph.nodes import Ein, Map, Op, Power, number

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node


def as_written(node: Node) -> tuple[int, Node]:
    """An odd function or a power of a sum as a sign and the same of the sum as it was first written; other nodes as
    they are.
    """
    if isinstance(node, Power) and current().signs.get(node.base) == -1:
        e = number(node.exponent)
        if e is not None and e.denominator == 1:
            return (-1 if e.numerator % 2 else 1), Power(build.scale(-1, node.base), node.exponent)
    if isinstance(node, (Map, Op)) and len(node.args) == 1 and current().signs.get(node.args[0]) == -1:
        name = node.function if isinstance(node, Map) else node.name
        if name in TABLE and TABLE[name].traits.parity == "odd":
            arg = build.scale(-1, node.args[0])
            return -1, Map(name, arg) if isinstance(node, Map) else Op(name, (arg,), node.shape)
    return 1, node


def entry_power(node: Node) -> tuple[Node, Node] | None:
    """The X and the A of X.^A, which the graph keeps as exp(A .* log(X)); None for another node."""
    if not isinstance(node, Map) or not node.shape or node.function != fn.EXP or not isinstance(node.arg, Ein):
        return None
    product = node.arg
    logarithms = [
        k for k, (factor, _) in enumerate(product.factors) if isinstance(factor, Map) and factor.function == fn.LOG
    ]
    entrywise = all(indices in ((), product.out) for _, indices in product.factors)
    if len(logarithms) != 1 or not entrywise or len(set(product.out)) < node.order:
        return None
    logarithm, indices = product.factors[logarithms[0]]
    order = product.written or range(len(product.factors))
    rest = [product.factors[k] for k in order if k != logarithms[0]]
    if not indices or not any(slots for _, slots in rest):
        return None
    return logarithm.args[0], build.ein(rest, product.out, dict(enumerate(product.sizes)))
