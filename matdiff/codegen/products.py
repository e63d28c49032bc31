"""Einsums as array programs: matrix products, broadcasting, reshapes; no dense identity, diagonal or Kronecker product on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from matdiff.codegen.arrays import Array, Arrays
from matdiff.codegen.contraction import steps
from matdiff.codegen.fusion import Fused, split
from matdiff.graph.nodes import Ein, Indices, Node, Op, Size

TYPICAL = 64.0  # what an unknown size counts when contraction orders are compared


class Tensor(NamedTuple):
    """An array and the index of each of its axes; all different."""

    array: Array
    indices: Indices


class Result(NamedTuple):
    """A scalar times an array that broadcasts to the shape of a node: `there` tells which axes it has."""

    array: Array
    there: tuple[bool, ...]
    shape: tuple[Size, ...]
    scalar: Array | None = None


def multiply(arrays: Arrays, node: Ein, lowered: Callable[[Node], Array]) -> Result:
    """The array of an einsum, not yet broadcast along axes that only ones have."""
    sizes = dict(enumerate(node.sizes))
    plain: list[tuple[Node, Indices]] = []
    fuses: list[tuple[Node, Indices]] = []
    for position in node.written or range(len(node.factors)):
        factor = node.factors[position]
        (fuses if isinstance(factor[0], Op) and factor[0].name == "fuse" else plain).append(factor)
    fused = split(fuses, sizes)
    product = Product(arrays, sizes, fused.expanded(node.out))
    for factor, indices in plain:
        product.factor(factor, fused.expanded(indices), fused.touches(indices), lowered)
    for factor, indices in fused.dense:
        product.dense(factor, fused.expanded(indices))
    return product.result(fused, node)


class Product:
    """The factors of one einsum: scalars, unit vectors, tensors."""

    def __init__(self, arrays: Arrays, sizes: Mapping[int, Size], out: Indices) -> None:
        self.arrays = arrays
        self.sizes = sizes
        self.out = out
        self.open = frozenset(out)
        self.scalars: list[Array] = []
        self.tensors: list[Tensor] = []
        self.places: dict[int, Array] = {}
        self.touched: set[int] = set(out)

    def factor(self, node: Node, indices: Indices, split_axes: bool, lowered: Callable[[Node], Array]) -> None:
        """One more factor, whose axes may have to be split first."""
        if isinstance(node, Op) and node.name == "pick" and not split_axes and indices[0] not in self.places:
            self.places[indices[0]] = lowered(node.args[0])
            self.touched.add(indices[0])
            return
        array = lowered(node)
        if split_axes:
            array = self.arrays.reshape(array, tuple([self.sizes[i] for i in indices]))
        self.tensor(array, indices)

    def dense(self, fuse: Node, indices: Indices) -> None:
        """The constant that numbers pairs, for the rare product that splits one axis in two ways."""
        size = fuse.shape[0]
        self.tensor(self.arrays.reshape(self.arrays.constant("eye", (size, size)), tuple([self.sizes[i] for i in indices])), indices)

    def tensor(self, array: Array, indices: Indices) -> None:
        """One more array; an index that it has twice becomes its diagonal."""
        self.touched.update(indices)
        while len(set(indices)) < len(indices):
            first, second = _repeated(indices)
            array = self.arrays.diagonal(array, first, second)
            indices = (*[i for k, i in enumerate(indices) if k not in (first, second)], indices[first])
        if indices:
            self.tensors.append(Tensor(array, indices))
        else:
            self.scalars.append(array)

    def result(self, fused: Fused, node: Ein) -> Result:
        """The product, its axes in the order of `out`."""
        self._take_places()
        self._sum_alone()
        self.scalars.extend([self.arrays.size(self.sizes[i]) for i in self.sizes if i not in self.touched and i not in fused.parts and i not in fused.same])
        parts = self._components()
        kron = self._kron(parts, fused, node.out)
        result = kron if kron is not None else self._assembled(parts, fused, node)
        return result._replace(scalar=self._scalar())

    def _scalar(self) -> Array | None:
        """The scalars multiplied among themselves; what is divided by comes last."""
        whole = sorted(self.scalars, key=lambda scalar: (scalar.op == "recip", scalar.op != "number"))
        if not whole:
            return None
        scalar = whole[0]
        for other in whole[1:]:
            scalar = self.arrays.mul(scalar, other)
        return scalar

    def _take_places(self) -> None:
        """What stands under one index with a unit vector is taken at that place."""
        for i, place in self.places.items():
            kept: list[Tensor] = []
            for array, indices in self.tensors:
                if i not in indices:
                    kept.append(Tensor(array, indices))
                    continue
                axis = indices.index(i)
                taken = self.arrays.make("take", (array, place), axis, array.order - 1)
                if array.order > 1:
                    kept.append(Tensor(taken, (*indices[:axis], *indices[axis + 1:])))
                else:
                    self.scalars.append(taken)
            self.tensors = kept
            if i in self.open:
                self.tensors.append(Tensor(self.arrays.make("unit", (place,), self.sizes[i], 1), (i,)))

    def _sum_alone(self) -> None:
        """A closed index that one factor alone has is summed at once."""
        holders: dict[int, int] = {}
        for _, indices in self.tensors:
            for i in indices:
                holders[i] = holders.get(i, 0) + 1
        summed: list[Tensor] = []
        for array, indices in self.tensors:
            axes = tuple([k for k, i in enumerate(indices) if holders[i] == 1 and i not in self.open])
            left = tuple([i for k, i in enumerate(indices) if k not in axes])
            total = self.arrays.sum(array, axes)
            if left:
                summed.append(Tensor(total, left))
            else:
                self.scalars.append(total)
        self.tensors = summed

    def _components(self) -> list[Tensor]:
        """Every connected part contracted to one tensor; closed parts become scalars."""
        parts: list[Tensor] = []
        for group in _connected(self.tensors):
            indices = {i for tensor in group for i in tensor.indices}
            wanted = tuple(dict.fromkeys([i for i in self.out if i in indices]))
            done = self._contracted(group, wanted)
            if done.indices:
                parts.append(done)
            else:
                self.scalars.append(done.array)
        return parts

    def _contracted(self, group: list[Tensor], wanted: Indices) -> Tensor:
        order = steps([frozenset(tensor.indices) for tensor in group], self.open, self._size)
        work: list[Tensor | None] = list(group)
        made = group[0]
        holders: dict[int, int] = {}
        for tensor in group:
            for i in tensor.indices:
                holders[i] = holders.get(i, 0) + 1
        for count, (a, b) in enumerate(order):
            left, right = work[a], work[b]
            assert left is not None and right is not None  # every result is used once
            gone = {i for i in left.indices if i in right.indices and holders[i] == 2 and i not in self.open}
            made = Pair(self.arrays, left, right, gone, wanted if count == len(order) - 1 else None).contracted()
            for i in (*left.indices, *right.indices):
                holders[i] -= 1
            for i in made.indices:
                holders[i] += 1
            work[a] = work[b] = None
            work.append(made)
        return made

    def _size(self, i: int) -> float:
        size = self.sizes[i]
        return float(size) if isinstance(size, int) else TYPICAL ** (1 + size.count("*"))

    def _kron(self, parts: list[Tensor], fused: Fused, out: Indices) -> Result | None:
        """A Kronecker product as such: each fused axis of two parts, and the parts of the product divided likewise."""
        pairs = [fused.parts.get(i, ()) for i in out]
        if not pairs or len(pairs) > 2 or any(len(pair) != 2 or pair[0] in fused.parts or pair[1] in fused.parts for pair in pairs):
            return None
        slow, fast = tuple([pair[0] for pair in pairs]), tuple([pair[1] for pair in pairs])
        if set(slow) & set(fast):
            return None
        sides: list[Array] = []
        for side in (slow, fast):
            mine = [part for part in parts if set(part.indices) <= set(side)]
            sides.append(self._strict(self._placed(mine, side), side))
        if any(not set(part.indices) <= set(slow) and not set(part.indices) <= set(fast) for part in parts):
            return None
        shape = tuple([self.sizes[i] for i in out])
        return Result(self.arrays.make("kron", (sides[0], sides[1]), None, len(out)), (True,) * len(out), shape)

    def _assembled(self, parts: list[Tensor], fused: Fused, node: Ein) -> Result:
        if len(self.out) == len(node.out):
            array, there = self._placed(parts, self.out)
            return Result(array, there, node.shape)
        whole = self._strict(self._placed(parts, self.out), self.out)
        return Result(self.arrays.reshape(whole, node.shape), (True,) * len(node.out), node.shape)

    def _strict(self, placed: tuple[Array, tuple[bool, ...]], out: Indices) -> Array:
        return broadcast(self.arrays, Result(*placed, tuple([self.sizes[i] for i in out])))

    def _placed(self, parts: list[Tensor], out: Indices) -> tuple[Array, tuple[bool, ...]]:
        """The parts multiplied, axes as in `out`, where an index may stand twice; and which axes there are."""
        arrays = self.arrays
        distinct = tuple(dict.fromkeys(out))
        whole = parts[0] if parts else Tensor(arrays.number(1), ())
        for part in parts[1:]:
            covered = {*whole.indices, *part.indices}
            whole = Pair(arrays, whole, part, set(), tuple([i for i in distinct if i in covered])).contracted()
        aligned = arrays.permute(whole.array, tuple([whole.indices.index(i) for i in distinct if i in whole.indices]))
        if len(distinct) == len(out):
            there = tuple([i in whole.indices for i in out])
            return arrays.expand(aligned, there), there
        if len(out) == 2 and whole.indices:
            return arrays.make("diag", (aligned,), None, 2), (True, True)
        return self._embedded(aligned, whole.indices, out)

    def _embedded(self, aligned: Array, covered: Indices, out: Indices) -> tuple[Array, tuple[bool, ...]]:
        """Indices that stand twice in `out`: the array where they agree, else zero."""
        arrays = self.arrays
        first: dict[int, int] = {}
        there = [False] * len(out)
        deltas: list[Array] = []
        for position, i in enumerate(out):
            if i in first:
                axes = tuple([k in (first[i], position) for k in range(len(out))])
                deltas.append(arrays.expand(arrays.constant("eye", (self.sizes[i], self.sizes[i])), axes))
                there[first[i]] = there[position] = True
            else:
                first[i] = position
        array = arrays.expand(aligned, tuple([i in covered and first[i] == k for k, i in enumerate(out)]))
        for position, i in enumerate(out):
            there[position] = there[position] or i in covered
        for delta in deltas:
            array = arrays.mul(array, delta)
        return array, tuple(there)


class Pair:
    """Two tensors to be contracted over the indices `gone`; `wanted` is the order of the result's indices, where that matters."""

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
        elif len(b.indices) > len(a.indices):
            union = (*b.indices, *self.left)
        if len(a.indices) == len(b.indices) == 1 and len(union) == 2:
            vectors = (a.array, b.array) if union == (*a.indices, *b.indices) else (b.array, a.array)
            return Tensor(self.arrays.make("outer", vectors, None, 2), union)
        first, second = self._aligned(a, union), self._aligned(b, union)
        if first.op == "recip" and second.op != "recip":
            first, second = second, first
        if first.order < second.order and second.op not in {"recip"}:
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
        elif self.right and (self.wanted == result[::-1] or (self.wanted is None and self._turns(b, a, over) < self._turns(a, b, over))):
            a, b, result = b, a, result[::-1]
        first = a.array if a.indices[-1] == over else self.arrays.transpose(a.array)
        second = b.array if b.indices[0] == over else self.arrays.transpose(b.array)
        return Tensor(self.arrays.matmul(first, second), result)

    def _turns(self, a: Tensor, b: Tensor, over: int) -> int:
        """How many transposes the product a b needs."""
        return ((a.indices[-1] != over) != (a.array.op == "transpose")) + ((b.indices[0] != over) != (b.array.op == "transpose"))

    def _tensordot(self) -> Tensor:
        a, b = self.a, self.b
        if self.wanted == (*self.right, *self.left):
            a, b = b, a
        over = [i for i in a.indices if i in self.gone]
        axes = (tuple([a.indices.index(i) for i in over]), tuple([b.indices.index(i) for i in over]))
        free = (*[i for i in a.indices if i not in self.gone], *[i for i in b.indices if i not in self.gone])
        return Tensor(self.arrays.make("tensordot", (a.array, b.array), axes, len(free)), free)

    def _einsum(self) -> Tensor:
        free = self.wanted if self.wanted is not None else (*self.batch, *self.left, *self.right)
        letters = {i: chr(ord("a") + k) for k, i in enumerate(dict.fromkeys((*self.a.indices, *self.b.indices)))}
        subscripts = ",".join(["".join([letters[i] for i in tensor.indices]) for tensor in (self.a, self.b)])
        subscripts += "->" + "".join([letters[i] for i in free])
        return Tensor(self.arrays.make("einsum", (self.a.array, self.b.array), subscripts, len(free)), free)


def loose(arrays: Arrays, result: Result) -> Array:
    """The array as it is, times its scalar: it broadcasts along the axes that are missing."""
    array, scalar = result.array, result.scalar
    if scalar is None:
        return array
    if array.op == "number" and array.data == 1:
        return scalar
    return arrays.mul(array, scalar) if scalar.op == "recip" else arrays.mul(scalar, array)


def broadcast(arrays: Arrays, result: Result) -> Array:
    """The full array: ones multiplied in along the axes that are missing."""
    array, there, shape, _ = result
    if all(there):
        return loose(arrays, result)
    if there == (True, False):
        vector = array.args[0] if array.op == "expand" else arrays.reshape(array, shape[:1])
        full = arrays.make("outer", (vector, arrays.constant("ones", shape[1:])), None, 2)
    elif there == (False, True):
        full = arrays.make("outer", (arrays.constant("ones", shape[:1]), array), None, 2)
    elif not any(there):
        full = arrays.mul(array, arrays.constant("ones", shape))
    else:
        missing = tuple([size for size, here in zip(shape, there, strict=True) if not here])
        full = arrays.mul(array, arrays.expand(arrays.constant("ones", missing), tuple([not here for here in there])))
    return loose(arrays, result._replace(array=full))


def _repeated(indices: Indices) -> tuple[int, int]:
    for k, i in enumerate(indices):
        if i in indices[:k]:
            return indices.index(i), k
    raise ValueError(indices)


def _connected(tensors: Iterable[Tensor]) -> list[list[Tensor]]:
    """Groups of tensors that share indices, in order of their first members."""
    groups: list[tuple[set[int], list[tuple[int, Tensor]]]] = []
    for position, tensor in enumerate(tensors):
        mine = set(tensor.indices)
        members = [(position, tensor)]
        apart = []
        for indices, others in groups:
            if indices & mine:
                mine |= indices
                members = others + members
            else:
                apart.append((indices, others))
        groups = [*apart, (mine, members)]
    groups.sort(key=lambda group: min(group[1])[0])
    return [[tensor for _, tensor in sorted(members, key=lambda member: member[0])] for _, members in groups]


__all__ = ["Product", "Result", "Tensor", "broadcast", "loose", "multiply"]
