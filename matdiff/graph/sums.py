"""Sums over an integer index, and replacing one node by another."""

from __future__ import annotations

from itertools import chain, count
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import names as fn
from matdiff.graph import build, elementwise, matrices, powers
from matdiff.graph.nodes import ONE, Ein, IndexSum, Lin, Map, Node, Op, Power, Var, number, walk
from matdiff.graph.rewriting import rewrite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matdiff.graph.nodes import Size

EXPAND = 4  # a sum over at most this many numbers is written out


def depends(node: Node, variable: Node) -> bool:
    """Does `variable` occur below `node`?"""
    return any(inner is variable for inner in walk(node))


@rewrite
def index_sum(index: Var, lo: Node, hi: Node, body: Node) -> Node:
    """Σ body over index = lo … hi: constants come out, short numeric ranges are written out, like terms are summed
    apart.
    """
    if isinstance(body, Lin):
        return build.lin([(c, index_sum(index, lo, hi, term)) for c, term in body.terms], body.shape)
    if not depends(body, index):
        return build.mul(build.lin([(1, hi), (-1, lo), (1, ONE)], ()), body)
    whole = contracted(index, lo, hi, body)
    if whole is None:
        whole = _written_out(index, lo, hi, body)
    if whole is not None:
        return whole
    outside, inside = _constants_apart(index, body)
    return build.mul(*outside, index_sum(index, lo, hi, inside)) if outside else IndexSum(index, lo, hi, body)


def _written_out(index: Var, lo: Node, hi: Node, body: Node) -> Node | None:
    """The terms of a short sum whose bounds are numbers, one by one."""
    first, last = number(lo), number(hi)
    if first is None or last is None or last - first >= EXPAND:
        return None
    if last < first:
        return build.zero(body.shape)
    return build.add(*[substitute(body, {index: build.num(k)}) for k in range(int(first), int(last) + 1)])


def _constants_apart(index: Var, body: Node) -> tuple[list[Node], Node]:
    """The scalar factors of a product that do not depend on the index, and the rest; none for a sum of higher order,
    which is no factor: a product goes inside it.
    """
    if not isinstance(body, Ein) or body.order > 2:
        return [], body
    outside = [node for node, indices in body.factors if not indices and not depends(node, index)]
    inside = [factor for factor in body.factors if factor[1] or depends(factor[0], index)]
    return outside, build.ein(inside, body.out, dict(enumerate(body.sizes))) if outside else body


@rewrite
def apart(node: IndexSum, others: list[Node]) -> IndexSum:
    """The sum with an index that none of the other nodes uses, so that they may stand inside it."""
    used = {inner.name for inner in walk(*others) if isinstance(inner, Var)} | {
        inner.index.name for inner in walk(*others) if isinstance(inner, IndexSum)
    }
    if node.index.name not in used:
        return node
    used |= {inner.name for inner in walk(node.body) if isinstance(inner, Var)}
    index = Var(unused_index(used), role="integer")
    return IndexSum(index, node.lo, node.hi, substitute(node.body, {node.index: index}))


def unused_index(used: set[str]) -> str:
    """A name for the index of a sum."""
    names = chain(("r", "s", "j", "l"), (f"r_{k}" for k in count(1)))
    return next(name for name in names if name not in used)


def substitute(root: Node, values: Mapping[Node, Node]) -> Node:
    """The graph with some nodes replaced, rebuilt in canonical form."""
    done: dict[Node, Node] = dict(values)
    for node in walk(root):
        if isinstance(node, IndexSum) and node.index in values:  # its own index: only the bounds may change
            done[node] = index_sum(node.index, done[node.lo], done[node.hi], node.body)
        elif node not in done:
            done[node] = (
                rebuild(node, [done[arg] for arg in node.args])
                if any(done[arg] is not arg for arg in node.args)
                else node
            )
    return done[root]


def rebuild(node: Node, args: list[Node]) -> Node:
    """The same operation on other arguments."""
    if isinstance(node, Lin):
        return build.lin([(c, arg) for (c, _), arg in zip(node.terms, args, strict=True)], args[0].shape)
    if isinstance(node, Ein):
        return build.ein(
            [(arg, indices) for (_, indices), arg in zip(node.factors, args, strict=True)],
            node.out,
            dict(enumerate(node.sizes)),
        )
    if isinstance(node, Map):
        return elementwise.apply(node.function, args[0])
    if isinstance(node, Power):
        return powers.power(args[0], args[1])
    if isinstance(node, IndexSum):
        return index_sum(node.index, args[1], args[2], args[0])
    assert isinstance(node, Op)  # noqa: S101 # for the type checker
    return rebuild_operator(node, args)


def rebuild_operator(node: Op, args: list[Node]) -> Node:
    if node.name == fn.INVERSE:
        return matrices.inv(args[0])
    if node.name == "matpow":
        return matrices.matpow(args[0], args[1])
    if node.name in {fn.DETERMINANT, fn.LOGDET}:
        return matrices.scalar_of_matrix(node.name, args[0])
    return Op(node.name, tuple(args), node.shape, node.attributes)


# -- sums over all entries


def contracted(index: Var, lo: Node, hi: Node, body: Node) -> Node | None:
    """The sum of `body` over all entries that the index numbers, as a contraction: Σᵢ xᵢ² is xᵀx where x has as many
    entries as the range; None where it is no such sum.

    An entry is a product with the unit vector e_i.  Where the body depends on i by unit vectors alone, each as long as
    the range, e_i becomes one axis more of what it stands in, and the sum is over that axis.
    """
    if number(lo) != 1:
        return None
    size = _length(index, hi, body)
    if size is None:
        return None
    opened = _opened(index, size, body)
    if opened is None:
        return None
    axes = tuple(range(opened.order))
    return build.ein([(opened, axes)], axes[1:])


def _length(index: Var, hi: Node, body: Node) -> Size | None:
    """How long the unit vectors e_index are, where they are all that depends on the index and as long as the range."""
    found: Size | None = None
    for node in walk(body):
        if index in node.args:
            if not isinstance(node, Op) or node.name != "pick" or not _is_size(hi, node.shape[0]):
                return None
            found = node.shape[0]
    return found


def _is_size(node: Node, size: Size) -> bool:
    return node is build.size_node(size) or (isinstance(node, Var) and node.name == size)


def _opened(index: Var, size: Size, root: Node) -> Node | None:
    """The graph with one axis more in front, along which the index runs; None where an operator stands in the way."""
    opened: dict[Node, Node] = {}
    for node in walk(root):
        if isinstance(node, Op) and index in node.args:
            opened[node] = build.eye(size)
        elif any(arg in opened for arg in node.args):
            made = _with_axis(node, opened, size)
            if made is None:
                return None
            opened[node] = made
    return opened.get(root)


def _with_axis(node: Node, opened: dict[Node, Node], size: Size) -> Node | None:
    if isinstance(node, Lin):
        shape = (size, *node.shape)
        return build.lin([(c, opened.get(term) or _constant(term, size)) for c, term in node.terms], shape)
    if isinstance(node, Ein):
        new = len(node.sizes)
        factors = [
            (opened[factor], (new, *indices)) if factor in opened else (factor, indices)
            for factor, indices in [node.factors[k] for k in node.written or range(len(node.factors))]
        ]
        return build.ein(factors, (new, *node.out), {**dict(enumerate(node.sizes)), new: size})
    if isinstance(node, Map):
        return elementwise.apply(node.function, opened[node.arg])
    if isinstance(node, Power) and node.exponent not in opened:
        return powers.power(opened[node.base], node.exponent)
    if isinstance(node, IndexSum) and node.lo not in opened and node.hi not in opened:
        return index_sum(node.index, node.lo, node.hi, opened[node.body])
    return None


def _constant(node: Node, size: Size) -> Node:
    """A tensor along an axis that it does not depend on."""
    axes = tuple(range(1, node.order + 1))
    return build.ein([(node, axes)], (0, *axes), {0: size})
