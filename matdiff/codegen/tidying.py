"""A program put in order before it is printed: common factors taken out of sums, and every matrix in the orientation
that needs fewest transposes.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.codegen.factoring import factored
from matdiff.codegen.program import in_order, rebuilt, remade, uses_of
from matdiff.codegen.reductions import with_dots

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.codegen.arrays import Array, Arrays

_ENTRYWISE = frozenset({"lin", "mul", "map", "recip", "power", "sqrt"})
_WHOLE = frozenset({"trace", "norm", "diagonal"})


class Oriented(NamedTuple):
    """An array and its transpose, and how many transposes each needs to be written."""

    direct: Array
    turned: Array
    cost: int
    cost_turned: int


def tidied(arrays: Arrays, roots: list[Array]) -> list[Array]:
    """The same arrays, more cheaply computed and more easily read."""
    uses = uses_of(roots)
    roots = _rebuilt(arrays, roots, lambda node: factored(arrays, node, uses) if node.op == "lin" else node, uses)
    return with_dots(arrays, Orientation(arrays, uses_of(roots)).of(roots))


def _rebuilt(
    arrays: Arrays, roots: list[Array], change: Callable[[Array], Array], uses: dict[Array, int]
) -> list[Array]:
    """Every array changed; a changed array counts as often used as the one it stands for."""

    def counted(made: Array, old: Array) -> Array:
        uses.setdefault(made, uses[old])
        changed = change(made)
        uses.setdefault(changed, uses[old])
        return changed

    return rebuilt(arrays, roots, counted)


class Orientation:
    """Chooses for every matrix whether it or its transpose is computed."""

    def __init__(self, arrays: Arrays, uses: dict[Array, int]) -> None:
        self.arrays, self.uses = arrays, uses
        self.done: dict[Array, Oriented] = {}

    def of(self, roots: list[Array]) -> list[Array]:
        for node in in_order(roots):
            oriented = self._oriented(node)
            if self.uses[node] > 1 and node.args and node.op != "transpose" and node.order == 2:
                oriented = self._shared(oriented)
            self.done[node] = oriented
        return [self.done[root].direct for root in roots]

    def _shared(self, oriented: Oriented) -> Oriented:
        """What is used more than once is computed in one orientation."""
        if oriented.cost <= oriented.cost_turned:
            return Oriented(oriented.direct, self.arrays.transpose(oriented.direct), 0, 1)
        return Oriented(self.arrays.transpose(oriented.turned), oriented.turned, 1, 0)

    def _oriented(self, node: Array) -> Oriented:
        args = [self.done[arg] for arg in node.args]
        if node.op == "transpose":
            return Oriented(args[0].turned, args[0].direct, args[0].cost_turned, args[0].cost)
        if node.op in _WHOLE or node.op == "sum":
            return self._reduced(node, args[0])
        cost = sum([arg.cost for arg in args])
        direct = node if not args else remade(self.arrays, node, tuple([arg.direct for arg in args]))
        if node.order != 2:
            return Oriented(direct, direct, cost, cost)
        if node.op == "outer" or self.arrays.transpose(direct) is direct or node.op in {"ones", "zeros"}:
            return Oriented(direct, self.arrays.transpose(direct), cost, cost)
        flipped = self._flipped(node, args)
        if flipped is None:
            return Oriented(direct, self.arrays.transpose(direct), cost, cost + 1)
        turned, cost_turned = flipped
        inwards = node.op in _ENTRYWISE
        if cost > cost_turned + 1:
            return Oriented(self.arrays.transpose(turned), turned, cost_turned + 1, cost_turned)
        if cost_turned < cost + 1 or (inwards and cost_turned == cost + 1):
            return Oriented(direct, turned, cost, cost_turned)
        return Oriented(direct, self.arrays.transpose(direct), cost, cost + 1)

    def _reduced(self, node: Array, arg: Oriented) -> Oriented:
        """Trace, norm, diagonal and sums are the same of the transpose."""
        axes = node.data
        if arg.direct.order != 2 or arg.cost <= arg.cost_turned:
            inner, cost = arg.direct, arg.cost
        else:
            inner, cost = arg.turned, arg.cost_turned
            axes = tuple([1 - axis for axis in axes]) if axes else axes
        made = self.arrays.make(node.op, (inner,), axes)
        return (
            Oriented(made, made, cost, cost)
            if node.order != 2
            else Oriented(made, self.arrays.transpose(made), cost, cost + 1)
        )

    def _flipped(self, node: Array, args: list[Oriented]) -> tuple[Array, int] | None:
        """The transpose of a matrix, computed from the transposes of its arguments."""
        arrays = self.arrays
        if node.op == "matmul":
            first, second = args
            return arrays.make("matmul", (second.turned, first.turned)), first.cost_turned + second.cost_turned
        if node.op == "inv":
            return arrays.make("inv", (args[0].turned,)), args[0].cost_turned
        if node.op not in _ENTRYWISE:
            return None
        turned: list[Array] = []
        cost = 0
        for arg in args:
            if arg.direct.op == "expand" and arg.direct.args[0].order != 1:
                return None
            if arg.direct.order == 1:
                turned.append(arrays.expand(arg.direct, (True, False)))
            elif arg.direct.op == "expand":
                turned.append(arg.direct.args[0])
            else:
                turned.append(arg.turned)
            cost += arg.cost if arg.direct.order < 2 else arg.cost_turned
        if max([arg.order for arg in turned]) < 2:
            return None
        return arrays.make(node.op, tuple(turned), node.data), cost
