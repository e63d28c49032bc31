"""Linear maps transposed: a cotangent is swept backwards from a tensor to the change that it is linear in.

Every node gets one cotangent: the derivative of the result by that node, with the indices of the result first.  What a
node hands to its arguments is the einsum of its cotangent with its other factors, so that a sweep is linear in the size
of the graph.

Laue, Mitterreiter, Giesen: Computing Higher Order Derivatives of Matrix and Tensor Expressions, NeurIPS 2018.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.graph import build, families, matrices, members
from matdiff.graph.nodes import Coefficient, Ein, IndexSum, Indices, Lin, Node, Op, walk
from matdiff.graph.sums import index_sum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_OUT = 1000  # the result's indices are numbered from here, a child's from zero
_SLOTS = 2000

Contribution = tuple[Node, Node]
Depends = set[Node]


class NotLinearError(Exception):
    """What should be linear in a change is not."""


def sweep(
    root: Node,
    target: Node,
    cotangent: Node,
    hand_back: Callable[[Node, Node, Depends], Iterable[Contribution]],
    constants: Iterable[Node] = (),
) -> Node | None:
    """The cotangent of `target` that a cotangent of `root` leads to; None where the root does not depend on it.

    hand_back(node, its cotangent, the nodes that depend on the target): what the node hands to its arguments.
    constants: nodes known not to depend on the target, which are not walked.
    """
    order = list(walk(root, last_first=True, but=constants))
    depends: Depends = set()
    for node in order:
        if node is target or any(arg in depends for arg in node.args):
            depends.add(node)
    if root not in depends:
        return None
    lead = cotangent.shape[: cotangent.order - root.order]
    cotangents: dict[Node, list[tuple[Coefficient, Node]]] = {root: [(1, cotangent)]}
    for node in reversed(order):
        if node not in depends or node not in cotangents:
            continue
        total = build.lin(cotangents.pop(node), lead + node.shape)
        if node is target:
            return total
        for child, share in hand_back(node, total, depends):
            cotangents.setdefault(child, []).append((1, share))
    return build.zero(lead + target.shape)


def transposed(linear: Node, change: Node, cotangent: Node, constants: Iterable[Node] = ()) -> Node:
    """A cotangent of `linear`, the result's indices first, taken back to `change`: shape of the result + of the change.

    `linear` is linear in `change`, on which nothing below `constants` depends; raises NotLinearError where it is not.
    """
    k = cotangent.order - linear.order

    def hand_back(node: Node, total: Node, depends: Depends) -> Iterator[Contribution]:
        if isinstance(node, IndexSum):
            yield change, through_sum(node, total, k, tensor(node.body, change))
        else:
            yield from through(node, total, k, depends)

    found = sweep(linear, change, cotangent, hand_back, constants)
    if found is None and not build.is_zero(linear):
        raise NotLinearError
    return build.zero(cotangent.shape[:k] + change.shape) if found is None else found


def tensor(linear: Node, change: Node, constants: Iterable[Node] = ()) -> Node:
    """The tensor of a linear map: shape of `linear` + shape of `change`."""
    return transposed(linear, change, identity(linear), constants)


def identity(node: Node) -> Node:
    """The derivative of a node by itself."""
    axes = range(node.order)
    return build.ein([], (*axes, *axes), dict(enumerate(node.shape)))


def through(node: Node, cotangent: Node, k: int, depends: Depends) -> Iterator[Contribution]:
    """What a linear node hands to those of its arguments that depend on the change."""
    if isinstance(node, Lin):
        if not all(term in depends for _, term in node.terms):
            raise NotLinearError
        for c, term in node.terms:
            yield term, build.scale(c, cotangent)
    elif isinstance(node, Ein):
        places = [place for place, (factor, _) in enumerate(node.factors) if factor in depends]
        if len(places) > 1:
            raise NotLinearError
        yield node.factors[places[0]][0], through_product(node, places[0], cotangent, k)
    elif isinstance(node, Op) and node.name == members.MEMBERS:
        yield node.args[0], families.spread(cotangent, node, k)
    elif isinstance(node, Op) and node.name in matrices.FRECHET.values() and node.args[0] not in depends:
        yield node.args[1], _through_frechet(node, cotangent, k)
    else:
        raise NotLinearError


def through_product(node: Ein, place: int, cotangent: Node, k: int) -> Node:
    """The cotangent of one factor of a product."""
    lead = result_indices(k)
    rest = [node.factors[other] for other in node.written or range(len(node.factors)) if other != place]
    return build.ein([(cotangent, lead + node.out), *rest], lead + node.factors[place][1], dict(enumerate(node.sizes)))


def through_sum(node: IndexSum, cotangent: Node, k: int, derivative: Node) -> Node:
    """The cotangent of a variable in a sum over an index; `derivative` is that of the sum's body by the variable."""
    return contract(cotangent, index_sum(node.index, node.lo, node.hi, derivative), k)


def _through_frechet(node: Op, cotangent: Node, k: int) -> Node:
    """The Fréchet derivative at M has that at Mᵀ for its transpose.  (Higham (2008), section 3.2.)"""
    function = next(name for name, frechet in matrices.FRECHET.items() if frechet == node.name)
    if not k:
        return matrices.frechet(function, build.transposed(node.args[0]), cotangent)
    jacobian = Op(matrices.JACOBIANS[function], (node.args[0],), node.shape + node.shape)
    return contract(cotangent, jacobian, k)


def result_indices(k: int) -> Indices:
    return tuple(range(_OUT, _OUT + k))


def contract(cotangent: Node, coefficient: Node, k: int) -> Node:
    """The cotangent contracted with the leading indices of a derivative."""
    lead = result_indices(k)
    slots = tuple(range(cotangent.order - k))
    rest = tuple(range(_SLOTS, _SLOTS + coefficient.order - len(slots)))
    return build.ein([(cotangent, lead + slots), (coefficient, slots + rest)], lead + rest)


def mapped(derivative: Node, change: Node) -> Node:
    """A change under a derivative, which stays one factor: the indices of the change stand last in the derivative."""
    kept = derivative.order - change.order
    axes = tuple(range(derivative.order))
    return build.ein([(derivative, axes), (change, axes[kept:])], axes[:kept])


def contracted(derivative: Node, change: Node) -> Node:
    """A derivative, the indices of its variable last, contracted with a change of that variable, term by term."""
    if isinstance(derivative, Lin):
        shape = derivative.shape[: derivative.order - change.order]
        return build.lin([(c, contracted(term, change)) for c, term in derivative.terms], shape)
    if isinstance(derivative, IndexSum):
        return index_sum(derivative.index, derivative.lo, derivative.hi, contracted(derivative.body, change))
    return mapped(derivative, change)
