"""Exact proofs that two tensors are equal."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.row_differentials import spelled_out
from matdiff.calculus.simplify import expanded
from matdiff.checking.precise import compared
from matdiff.checking.sizes import assignments, constraints, enough, size_names, sizes_of, work
from matdiff.formula.rings import NoValueError
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.atoms import PRIME, OpaqueError
from matdiff.graph.evaluate import evaluate
from matdiff.graph.fingerprint import INDEPENDENT, entries, fingerprint, size_value
from matdiff.graph.nodes import IndexSum, Lin, Map, Var, walk
from matdiff.graph.residues import Residues
from matdiff.graph.sums import index_sum, substitute
from matdiff.graph.world import World

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
    if _kinked(opened) and _vanishes_signed(opened):
        return "the same for random entries and signs in exact arithmetic"
    told = spelled_out(opened)
    if told is not opened and _vanishes(told):
        return "the same by the functions' own formulas, in exact arithmetic"
    return "the same analytic function, at random points to forty digits" if compared(opened, left) == "equal" else ""


_KINKS = frozenset((fn.ABSOLUTE, fn.SIGN, fn.RELU, fn.STEP))
_SIGN_TRIALS = 40  # a sign is one of two: by chance alone a claim would pass all of them once in 10^12


class _Signed(Residues):
    """The prime field with |u| = s u, relu(u) = u (1 + s)/2 and step(u) = (1 + s)/2, where the sign s of u is 1 or -1.

    Legendre's symbol is such a sign: multiplicative, odd as the prime is 3 modulo 4, and as good as random for what is
    no square.  An identity that holds for all signs holds for those of real numbers.
    """

    def function(self, name: str, value: int) -> int:
        if name not in _KINKS:
            return super().function(name, value)
        sign = pow(value % PRIME, (PRIME - 1) // 2, PRIME)
        half = (1 + sign) * ((PRIME + 1) // 2) if sign else 0
        found = {fn.ABSOLUTE: value * sign, fn.SIGN: sign, fn.RELU: value * half, fn.STEP: half}
        return found[name] % PRIME


def _kinked(root: Node) -> bool:
    return any(isinstance(node, Map) and node.function in _KINKS for node in walk(root))


def _vanishes_signed(root: Node) -> bool:
    """Is a graph with kinks zero, whatever signs their arguments have?"""
    names = size_names(size for inner in walk(root) for size in sizes_of(inner))
    tried = list(assignments(names, constraints(root), enough(root, _SIZES)))
    if not tried or any(isinstance(node, IndexSum) for node in walk(root)) or work(root, tried[0]) > _WORK // 100:
        return False
    try:
        return not any(_signed_entries(root, seed, tried[seed % len(tried)]) for seed in range(1, _SIGN_TRIALS))
    except (NoValueError, OpaqueError):
        return False


def _signed_entries(root: Node, seed: int, sizes: dict[str, int]) -> bool:
    world = World(_Signed(), entries(seed), lambda size: size_value(size, sizes))
    return any(evaluate(root, world).values())


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
