"""Exact proofs that two tensors are equal."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.row_differentials import spelled_out
from matdiff.calculus.simplify import expanded
from matdiff.checking.precise import compared
from matdiff.checking.sizes import assignments, constraints, enough, size_names, sizes_of, work
from matdiff.graph import build
from matdiff.graph.atoms import OpaqueError
from matdiff.graph.fingerprint import INDEPENDENT, fingerprint
from matdiff.graph.nodes import IndexSum, Lin, Var, walk
from matdiff.graph.sums import index_sum, substitute

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node

_SIZES = (
    (2, 3, 4, 3),
    (3, 2, 2, 4),
    (4, 3, 2, 2),
    (5, 4, 3, 2),
)  # an identity may hold by chance in dimension 2 (Cayley and Hamilton), not in all of these
_WORK = 150_000  # products of entries in all


def proof(left: Node, right: Node) -> str:
    """How `left` and `right` (of one shape) are seen to be equal, or "": that proves nothing."""
    if left is right:
        return "the same in canonical form"
    if left.order != right.order:
        return ""
    difference = build.sub(left, right)
    if build.is_zero(difference):
        return "the same in canonical form"
    opened = expanded(_summed(expanded(difference)))
    if build.is_zero(opened):
        return "the same when multiplied out"
    if _vanishes(opened):
        return "the same for random entries in exact arithmetic"
    told = spelled_out(opened)
    if told is not opened and _vanishes(told):
        return "the same by the functions' own formulas, in exact arithmetic"
    return "the same analytic function, at random points to forty digits" if compared(opened, left) == "equal" else ""


def _summed(root: Node) -> Node:
    """The graph with sums over an index opened term by term, each run through from the end that comes first in
    canonical order, by an index of one name.
    """
    changed: dict[Node, Node] = {}
    heights: dict[Node, int] = {}
    for node in [inner for inner in walk(root) if isinstance(inner, IndexSum)]:
        body, lo, hi = [substitute(arg, changed) for arg in node.args]
        heights[node] = 1 + max([heights[inner] for inner in walk(*node.args) if inner in heights], default=0)
        index = Var(f"index {heights[node]}", role="integer")
        forwards = substitute(expanded(body), {node.index: index})
        terms = forwards.terms if isinstance(forwards, Lin) else ((1, forwards),)
        changed[node] = build.lin([(c, _run_through(index, lo, hi, term)) for c, term in terms], node.shape)
    return substitute(root, changed) if changed else root


def _run_through(index: Var, lo: Node, hi: Node, body: Node) -> Node:
    """Σ body, forwards or backwards: r and lo + hi - r run through the same numbers."""
    backwards = substitute(body, {index: build.lin([(1, lo), (1, hi), (-1, index)], ())})
    return index_sum(index, lo, hi, min(body, backwards, key=lambda node: node.digest))


def _vanishes(node: Node) -> bool:
    names = size_names(size for inner in walk(node) for size in sizes_of(inner))
    tried = list(assignments(names, constraints(node), enough(node, _SIZES)))
    if not tried or any(work(node, sizes) > _WORK for sizes in tried):
        return False
    try:
        return all(not any(fingerprint(node, seed, sizes).values()) for seed, sizes in enumerate(tried, INDEPENDENT))
    except OpaqueError:
        return False
