"""Two tensors contracted: a matrix product, an outer product, a product entry by entry; an einsum only where nothing
else says it.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.codegen.extents import product

if TYPE_CHECKING:
    from matdiff.codegen.arrays import Array, Arrays
    from matdiff.graph.nodes import Indices, Size


class Tensor(NamedTuple):
    """An array and the index of each of its axes; all different."""

    array: Array
    indices: Indices


class Pair:
    """Two tensors to be contracted over the indices `gone`; `wanted` is the order of the result's indices, where that
    matters.
    """

    def __init__(self, arrays: Arrays, a: Tensor, b: Tensor, gone: set[int], wanted: Indices | None) -> None:
        self.arrays, self.a, self.b, self.gone, self.wanted = arrays, a, b, gone, wanted
        self.left = tuple([i for i in a.indices if i not in b.indices])
        self.right = tuple([i for i in b.indices if i not in a.indices])
        self.batch = tuple([i for i in a.indices if i in b.indices and i not in gone])

    def contracted(self) -> Tensor:
        if not self.gone:
            return self._entrywise()
        if not self.left and not self.right:
            return self._summed()
        if self.batch:
            return self._einsum()
        if len(self.gone) == 1 and len(self.left) < 2 and len(self.right) < 2:
            return self._matmul()
        return self._tensordot()

    def _entrywise(self) -> Tensor:
        a, b = self.a, self.b
        union = (*a.indices, *self.right)
        if self.wanted is not None:
            union = self.wanted
        elif self.batch and self.left and self.right:  # one order for a b and b a
            ahead = a.array.serial < b.array.serial
            union = (*self.batch, *(self.left if ahead else self.right), *(self.right if ahead else self.left))
        elif len(b.indices) > len(a.indices):
            union = (*b.indices, *self.left)
        if len(a.indices) == len(b.indices) == 1 and len(union) == 2:
            vectors = (a.array, b.array) if union == (*a.indices, *b.indices) else (b.array, a.array)
            return Tensor(self.arrays.make("outer", vectors), union)
        first, second = self._aligned(a, union), self._aligned(b, union)
        if self.batch and self.left and self.right and first.args and second.args:
            first, second = sorted((first, second), key=lambda array: array.args[0].serial)
        if first.op == "recip" and second.op != "recip":
            first, second = second, first
        if first.order < second.order and second.op != "recip":
            first, second = second, first
        return Tensor(self.arrays.mul(first, second), union)

    def _aligned(self, tensor: Tensor, union: Indices) -> Array:
        mine = [i for i in union if i in tensor.indices]
        array = self.arrays.permute(tensor.array, tuple([tensor.indices.index(i) for i in mine]))
        return self.arrays.expand(array, tuple([i in tensor.indices for i in union]))

    def _summed(self) -> Tensor:
        """Both have the same indices: a sum of products entry by entry."""
        a, b = self.a, self.b
        if len(a.indices) == 1:
            return Tensor(self.arrays.matmul(a.array, b.array), ())
        if a.array.op == "transpose" and len(a.indices) == 2:
            a = Tensor(self.arrays.transpose(a.array), a.indices[::-1])
        left = tuple([i for i in a.indices if i not in self.gone])
        product = self.arrays.mul(a.array, self._aligned(b, a.indices))
        return Tensor(self.arrays.sum(product, tuple([k for k, i in enumerate(a.indices) if i in self.gone])), left)

    def _matmul(self) -> Tensor:
        (over,) = self.gone
        a, b = self.a, self.b
        result = (*self.left, *self.right)
        if not self.left:
            a, b = b, a
        elif self.right and (
            self.wanted == result[::-1] or (self.wanted is None and self._turns(b, a, over) < self._turns(a, b, over))
        ):
            a, b, result = b, a, result[::-1]
        first = a.array if a.indices[-1] == over else self.arrays.transpose(a.array)
        second = b.array if b.indices[0] == over else self.arrays.transpose(b.array)
        return Tensor(self.arrays.matmul(first, second), result)

    def _turns(self, a: Tensor, b: Tensor, over: int) -> int:
        """How many transposes the product a b needs."""
        return ((a.indices[-1] != over) != (a.array.op == "transpose")) + (
            (b.indices[0] != over) != (b.array.op == "transpose")
        )

    def _tensordot(self) -> Tensor:
        a, b = self.a, self.b
        if self.wanted == (*self.right, *self.left):
            a, b = b, a
        over = [i for i in a.indices if i in self.gone]
        rows, columns = self._as_matrix(a), self._as_matrix(b)
        if rows is not None and columns is not None:
            free = (*rows.indices[1:], *columns.indices[1:])
            whole = self.arrays.matmul(self.arrays.transpose(rows.array), columns.array)
            sizes = (*self._sizes(a), *self._sizes(b))
            return Tensor(whole if len(free) == 2 else self.arrays.reshape(whole, sizes), free)
        axes = (tuple([a.indices.index(i) for i in over]), tuple([b.indices.index(i) for i in over]))
        free = (*[i for i in a.indices if i not in self.gone], *[i for i in b.indices if i not in self.gone])
        return Tensor(self.arrays.make("tensordot", (a.array, b.array), axes), free)

    def _as_matrix(self, tensor: Tensor) -> Tensor | None:
        """A tensor whose first axis alone is summed over, as a matrix with that axis as rows."""
        (over, *others) = self.gone
        if others or tensor.indices[0] != over:
            return None
        array = tensor.array
        if array.order > 2:
            array = self.arrays.reshape(array, (array.shape[0], product(array.shape[1:])))
        return Tensor(array, tensor.indices) if array.order == 2 else None

    def _sizes(self, tensor: Tensor) -> tuple[Size, ...]:
        return tuple([size for i, size in zip(tensor.indices, tensor.array.shape, strict=True) if i not in self.gone])

    def _einsum(self) -> Tensor:
        free = self.wanted if self.wanted is not None else (*self.batch, *self.left, *self.right)
        letters = {i: chr(ord("a") + k) for k, i in enumerate(dict.fromkeys((*self.a.indices, *self.b.indices)))}
        subscripts = ",".join(["".join([letters[i] for i in tensor.indices]) for tensor in (self.a, self.b)])
        subscripts += "->" + "".join([letters[i] for i in free])
        return Tensor(self.arrays.make("einsum", (self.a.array, self.b.array), subscripts), free)


def chain(arrays: Arrays, tensors: list[Tensor], wanted: Indices) -> tuple[Array, ...] | None:
    """The matrices of a product A B C …, in order and as they stand there; None where tensors are no such chain."""
    if len(wanted) != 2 or any(len(tensor.indices) != 2 for tensor in tensors):
        return None
    rest, path, at = list(tensors), [], wanted[0]
    while rest:
        following = [tensor for tensor in rest if at in tensor.indices]
        if len(following) != 1:
            return None
        rest.remove(following[0])
        first, second = following[0].indices
        path.append(following[0].array if first == at else arrays.transpose(following[0].array))
        at = second if first == at else first
    return tuple(path) if at == wanted[1] else None


def mirrored(arrays: Arrays, path: tuple[Array, ...]) -> tuple[int, int] | None:
    """The longest part of a chain that is its own transpose, as A^T S A is; None where no product would serve twice."""
    ends = [(first, last) for first in range(len(path)) for last in range(first + 4, len(path) + 1)]
    own = [
        (first, last)
        for first, last in ends
        if all(path[first + k] is arrays.transpose(path[last - 1 - k]) for k in range((last - first + 1) // 2))
    ]
    return max(own, key=lambda part: part[1] - part[0], default=None)
