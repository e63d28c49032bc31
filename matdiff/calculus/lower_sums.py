"""Sums over an index, lowered: over the members of a family, over the entries of an array, or over numbers."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.lowered import OfMembersError, Value, unsupported
from matdiff.formula.syntax import Sym, subtrees
from matdiff.graph import build
from matdiff.graph import sums as indexed
from matdiff.graph.nodes import ONE, Var
from matdiff.reading.size_text import reach_of

if TYPE_CHECKING:
    from matdiff.calculus.lower import Lowering
    from matdiff.formula import syntax
    from matdiff.graph.nodes import Node


def indexed_sum(self: Lowering, tree: syntax.IndexedSum) -> Value:
    """A sum over an index; raises CalculusError E301 for a product over one."""
    if tree.product:
        raise unsupported("a product over an index outside a logarithm", tree)
    lo, hi = self.lower(tree.lo).node, self.lower(tree.hi).node
    outer = tuple([name for name in self.around if name in _names(tree.lo) | _names(tree.hi)])
    try:
        value = _summand(self, tree, lo, hi)
    except OfMembersError as error:
        if tree.index not in error.members:
            raise
        value = _by_number(self, tree)
    if outer and not {tree.index, *outer}.isdisjoint(value.family):  # sum(i, 1, N, sum(j, i+1, N, ...))
        if not self.numbers.issuperset(outer):
            raise OfMembersError("a sum from or to another index,", tree, outer)
        value = _by_number(self, tree)
    if tree.index in value.family and indexed.depends(value.node, Var(tree.index, role="integer")):
        value = _by_number(self, tree)
    if tree.index not in value.family:
        return Value(indexed.index_sum(Var(tree.index, role="integer"), lo, hi, value.node), value.family)
    axis = value.family.index(tree.index)
    axes = tuple(range(value.node.order))
    rest = tuple([i for i in axes if i != axis])
    return Value(build.ein([(value.node, axes)], rest), value.family[:axis] + value.family[axis + 1 :])


def _by_number(self: Lowering, tree: syntax.IndexedSum) -> Value:
    """What is summed, where the index is a number: x_n is one vector, and n may stand beside it."""
    numbers, sizes, around = self.numbers, self.sizes, self.around
    self.around = (*around, tree.index)
    reach = tree.reach or reach_of(tree.lo, tree.hi)
    self.numbers = numbers | {tree.index}
    if reach is not None:
        self.sizes = {**sizes, tree.index: reach[2]}
    value = self.lower(tree.body)
    self.numbers, self.sizes, self.around = numbers, sizes, around
    return value


def _summand(self: Lowering, tree: syntax.IndexedSum, lo: Node, hi: Node) -> Value:
    """What is summed: the index runs over entries as over the members of a family, unless it also stands as a
    number; of a family, those members that the sum takes.
    """
    running, ranges, sizes, around = self.running, self.ranges, self.sizes, self.around
    self.around = (*around, tree.index)
    reach = tree.reach or reach_of(tree.lo, tree.hi)
    if reach is not None:
        low, last, length = reach
        self.ranges, self.sizes = {**ranges, tree.index: (low, last)}, {**sizes, tree.index: length}
    self.running = {**running, tree.index: hi} if lo is ONE else running
    value = self.lower(tree.body)
    if tree.index in value.family and indexed.depends(value.node, Var(tree.index, role="integer")):
        self.running = {name: bound for name, bound in running.items() if name != tree.index}
        value = self.lower(tree.body)
    met = {name: size for name, size in self.sizes.items() if name not in sizes and name != tree.index}
    self.running, self.ranges, self.sizes, self.around = running, ranges, {**sizes, **met}, around
    return value


def _names(tree: syntax.Expr) -> frozenset[str]:
    return frozenset([node.name for node in subtrees(tree) if isinstance(node, Sym)])
