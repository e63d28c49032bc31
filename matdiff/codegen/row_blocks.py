"""Sums over the rows of a matrix, X^T f(X w), block by block: rows that are read twice come from the cache the second
time, and no intermediate array has as many rows as X.

A sum qualifies where X is a parameter, what stands beside it is computed row by row, and X is among that.  All sums
over the rows of one matrix share a loop.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.codegen.program import in_order, rebuilt, remade, uses_of

if TYPE_CHECKING:
    from matdiff.codegen.arrays import Array, Arrays

BLOCK = "rows"  # the loop variable
MOST = 1000  # operations; each matrix of a longer program would have to be looked for in all of it
_ENTRYWISE = frozenset({"lin", "mul", "map", "recip", "power", "sqrt"})


def with_row_blocks(arrays: Arrays, roots: list[Array]) -> list[Array]:
    """The program with sums over rows in blocks, where one has the form X^T f(X); where it has two ways to choose from,
    within each of them.
    """
    order = in_order(roots)
    if len(order) > MOST:
        return roots
    if any(node.op == "choose" for node in order):
        return _in_ways(arrays, roots)
    given = next((matrix for matrix in map(_read_twice, order) if matrix is not None), None)
    if given is None or any(node.loops for node in order):  # one loop, in no other
        return roots
    blocks = _Blocks(arrays, given)
    done: dict[Array, Array] = {}
    for node in order:
        args = tuple([done[arg] for arg in node.args])
        same = all(new is old for new, old in zip(args, node.args, strict=True))
        summed = blocks.summed(node)
        done[node] = summed if summed is not None else node if same else remade(arrays, node, args)
    return [done[root] for root in roots]


def _in_ways(arrays: Arrays, roots: list[Array]) -> list[Array]:
    """The same within the ways of choices that compute what nothing else needs."""
    order, uses = in_order(roots), uses_of(roots)

    def apart(way: Array) -> bool:
        inside = in_order([way])
        own = uses_of([way])
        return all(own[node] == uses[node] for node in inside if node.args and node.op != "transpose") and all(
            node.op != "choose" for node in inside
        )

    ways = {
        way: with_row_blocks(arrays, [way])[0]
        for node in order
        if node.op == "choose"
        for way in node.args
        if apart(way)
    }

    def change(node: Array, old: Array) -> Array:
        if old.op != "choose":
            return node
        return arrays.make(
            "choose", tuple([ways.get(way, new) for way, new in zip(old.args, node.args, strict=True)]), node.data
        )

    return rebuilt(arrays, roots, change)


def _read_twice(node: Array) -> Array | None:
    """The parameter X of a sum X^T f(X ...) over its rows."""
    if node.op != "matmul":
        return None
    left, right = node.args
    for matrix, other in ((left.args[0] if left.op == "transpose" else left, right), (right, left)):
        if matrix.op == "name" and matrix.order == 2:
            rows = _Rows(matrix.shape[0], matrix)
            if rows.summed(left, right) and rows.along(other, rows.axis_of(other, left)) and rows.multiplies:
                return matrix
    return None


class _Rows:
    """Which arrays are computed row by row from arrays whose first axis is the rows of one matrix."""

    def __init__(self, size: object, matrix: Array) -> None:
        self.size, self.matrix = size, matrix
        self.multiplies = False
        self._known: dict[tuple[Array, int], bool] = {}

    def axis_of(self, node: Array, left: Array) -> int:
        """The axis of a factor that a matrix product sums over."""
        return node.order - 1 if node is left else 0

    def summed(self, left: Array, right: Array) -> bool:
        """Is a matrix product a sum over rows?"""
        return self.along(left, left.order - 1) and self.along(right, 0)

    def along(self, node: Array, axis: int = 0) -> bool:
        """Is what an array has at every place of an axis computed from the same row of others alone?"""
        found = self._known.get((node, axis))
        if found is None:
            found = self._known[node, axis] = self._along(node, axis)
        return found

    def free(self, node: Array) -> bool:
        """Is an array computed from none that has these rows?"""
        return all(self.size not in part.shape for part in in_order([node]))

    def _along(self, node: Array, axis: int) -> bool:
        if node.order <= axis or node.shape[axis] != self.size or node.shape.count(self.size) != 1:
            return False
        if node.op == "name":
            return axis == 0
        if node.op in _ENTRYWISE:
            return all(self._fits(arg, node, axis) for arg in node.args)
        if node.op == "transpose":
            return self.along(node.args[0], 1 - axis)
        if node.op == "expand":
            return axis == 0 and node.data[0] and self.along(node.args[0])
        if node.op in {"matmul", "outer"}:
            return self._product(node, axis)
        if node.op == "dots":
            return node.data is not None and all(self.along(arg, 1 - node.data) for arg in node.args)
        return (
            node.op in {"sum", "max"}
            and len(node.data) == 1
            and node.args[0].order == 2
            and self.along(node.args[0], 1 - node.data[0])
        )

    def _product(self, node: Array, axis: int) -> bool:
        left, right = node.args
        if axis and node.op == "outer":
            return self.free(left) and self.along(right)
        rows, others = (right, left) if axis else (left, right)
        fits = self.along(rows, axis) and self.free(others)
        core = rows.args[0] if rows.op == "transpose" else rows
        self.multiplies = self.multiplies or (fits and core is self.matrix)
        return fits

    def _fits(self, arg: Array, node: Array, axis: int) -> bool:
        """An argument of an operation entry by entry: with the same rows, or with none that is stretched over them."""
        own = axis - (node.order - arg.order)
        if own >= 0 and arg.shape[own] == self.size:
            return self.along(arg, own)
        return self.free(arg)


class _Blocks:
    """Sums over the rows of one matrix as loops over blocks."""

    def __init__(self, arrays: Arrays, matrix: Array) -> None:
        self.arrays, self.matrix = arrays, matrix
        self.rows = _Rows(matrix.shape[0], matrix)
        self._block: dict[Array, Array] = {}

    def summed(self, node: Array) -> Array | None:
        """A sum over the rows as a loop; None for anything else."""
        body = self._body(node)
        if body is None:
            return None
        return self.arrays.make("row_sum", (body, self.matrix), BLOCK, node.shape)

    def _body(self, node: Array) -> Array | None:
        arrays = self.arrays
        if node.op == "matmul":
            return arrays.matmul(*map(self._sliced, node.args)) if self.rows.summed(*node.args) else None
        whole = (node.op == "sum" and node.data in {(), (0,)}) or (node.op == "dots" and node.data != 1)
        if not whole or not all(self.rows.along(arg) for arg in node.args):
            return None
        if node.op == "dots":
            return arrays.make("dots", tuple(map(self._sliced, node.args)), node.data)
        return arrays.sum(self._sliced(node.args[0]), node.data or tuple(range(node.args[0].order)))

    def _sliced(self, node: Array) -> Array:
        """A block of rows of an array; what has no rows stays whole."""
        found = self._block.get(node)
        if found is None:
            found = self._block[node] = self._of_block(node)
        return found

    def _of_block(self, node: Array) -> Array:
        if self.rows.free(node):
            return node
        if node.op == "name":
            return self.arrays.make("block", (node,), BLOCK, node.shape, frozenset([BLOCK]))
        return remade(self.arrays, node, tuple(map(self._sliced, node.args)))
