"""Sums over an integer index, and replacing one node by another."""

from __future__ import annotations

from itertools import chain, count
from typing import TYPE_CHECKING

from matdiff.graph import build, elementwise, matrices, powers
from matdiff.graph.nodes import ONE, Ein, IndexSum, Lin, Map, Node, Op, Power, Var, number, walk

if TYPE_CHECKING:
    from collections.abc import Mapping

EXPAND = 4  # a sum over at most this many numbers is written out


def depends(node: Node, variable: Node) -> bool:
    """Does `variable` occur below `node`?"""
    return any(inner is variable for inner in walk(node))


def index_sum(index: Var, lo: Node, hi: Node, body: Node) -> Node:
    """Σ body over index = lo … hi: constants come out, short numeric ranges are written out, like terms are summed
    apart.
    """
    if isinstance(body, Lin):
        return build.lin([(c, index_sum(index, lo, hi, term)) for c, term in body.terms], body.shape)
    if not depends(body, index):
        count = build.lin([(1, hi), (-1, lo), (1, ONE)], ())
        return build.mul(count, body)
    first, last = number(lo), number(hi)
    if first is not None and last is not None:
        if last < first:
            return build.zero(body.shape)
        if last - first < EXPAND:
            return build.add(*[substitute(body, {index: build.num(k)}) for k in range(int(first), int(last) + 1)])
    if isinstance(body, Ein) and body.order <= 2:  # a sum of higher order is not a factor: a product goes inside it
        outside = [node for node, indices in body.factors if not indices and not depends(node, index)]
        if outside:
            inside = [factor for factor in body.factors if factor[1] or depends(factor[0], index)]
            rest = build.ein(inside, body.out, dict(enumerate(body.sizes)))
            return build.mul(*outside, index_sum(index, lo, hi, rest))
    return IndexSum(index, lo, hi, body)


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
    if node.name == "inv":
        return matrices.inv(args[0])
    if node.name == "matpow":
        return matrices.matpow(args[0], args[1])
    if node.name in {"det", "logdet"}:
        return matrices.scalar_of_matrix(node.name, args[0])
    return Op(node.name, tuple(args), node.shape, node.attributes)
