"""Einsums as array programs: matrix products, broadcasting, reshapes; no dense identity, diagonal or Kronecker product
on the way.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.codegen.arrays import are_turned
from matdiff.codegen.broadcasting import Result, broadcast
from matdiff.codegen.contraction import FEW, Step, orders
from matdiff.codegen.fusion import Fused, split
from matdiff.codegen.grams import khatri_rao_gram
from matdiff.codegen.pairs import Pair, Tensor, chain, mirrored
from matdiff.graph.nodes import Ein, Indices, Node, Op, Size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from matdiff.codegen.arrays import Array, Arrays
    from matdiff.codegen.costs import Sizes
    from matdiff.codegen.sharing import Sharing


class Planning(NamedTuple):
    """What the order of a product is chosen by: the sizes, what other products share, whether it is a summand, and
    whether it stands within one of two ways already.  few: so many factors are ordered by dynamic programming.
    """

    sizes: Sizes
    sharing: Sharing
    summand: bool
    within: bool
    few: int = FEW


def multiply(arrays: Arrays, node: Ein, lowered: Callable[[Node], Array], planning: Planning) -> Result:
    """The array of an einsum, not yet broadcast along axes that only ones have."""
    sizes = dict(enumerate(node.sizes))
    plain: list[tuple[Node, Indices]] = []
    fuses: list[tuple[Node, Indices]] = []
    for position in node.written or range(len(node.factors)):
        factor = node.factors[position]
        (fuses if isinstance(factor[0], Op) and factor[0].name == "fuse" else plain).append(factor)
    fused = split(fuses, sizes)
    product = Einsum(arrays, sizes, fused.expanded(node.out), planning)
    for inner, indices in plain:
        product.factor(inner, fused.expanded(indices), fused.touches(indices), lowered)
    for inner, indices in fused.dense:
        product.dense(inner, fused.expanded(indices))
    return product.result(fused, node)


class Einsum:
    """The factors of one einsum: scalars, unit vectors, tensors."""

    def __init__(self, arrays: Arrays, sizes: Mapping[int, Size], out: Indices, planning: Planning) -> None:
        self.arrays, self.planning = arrays, planning
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
        self.tensor(
            self.arrays.reshape(self.arrays.constant("eye", (size, size)), tuple([self.sizes[i] for i in indices])),
            indices,
        )

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
        self.scalars.extend(
            [
                self.arrays.size(self.sizes[i])
                for i in self.sizes
                if i not in self.touched and i not in fused.parts and i not in fused.same
            ]
        )
        parts = self._components()
        kron = self._kron(parts, fused, node.out)
        result = kron if kron is not None else self._assembled(parts, node)
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
                taken = self.arrays.make("take", (array, place), axis)
                if array.order > 1:
                    kept.append(Tensor(taken, (*indices[:axis], *indices[axis + 1 :])))
                else:
                    self.scalars.append(taken)
            self.tensors = kept
            if i in self.open:
                self.tensors.append(Tensor(self.arrays.make("unit", (place,), self.sizes[i]), (i,)))

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
        """One connected part; where the best order depends on open sizes, it is found as the code runs."""
        whole = khatri_rao_gram(self.arrays, group, self.open) if self.arrays.grams else None
        if whole is not None:
            return whole
        if len(group) > self.planning.few:
            group = self._fewer(group)
        given = frozenset([k for k, tensor in enumerate(group) if tensor.array.op in {"name", "transpose"}])
        planning = self.planning
        planning.sharing.note(group, self.open, summand=planning.summand)
        share = planning.sharing.of(group, self.open)
        found = orders(
            [tensor.indices for tensor in group], self.open, self.sizes, planning.sizes, given=given, share=share
        )
        if len(found) == 1:
            return self._in_order(group, found[0].steps, wanted)
        path = chain(self.arrays, group, wanted)
        if path is not None and (planning.within or not (len(path) == 3 and any(map(are_turned, path, path[1:])))):
            return Tensor(self.arrays.make("chain", path, mirrored(self.arrays, path)), wanted)
        first, second = [self._in_order(group, order.steps, wanted) for order in found]
        turned = self.arrays.permute(second.array, tuple([second.indices.index(i) for i in first.indices]))
        return Tensor(self.arrays.choose(first.array, turned, found[0].cost, found[1].cost), first.indices)

    def _fewer(self, group: list[Tensor]) -> list[Tensor]:
        """Fewer factors, as it is best whatever the sizes are: two with the same indices are multiplied entry by entry,
        a vector with the one factor beside it.
        """
        rest = list(group)
        place = 0
        while place < len(rest) > self.planning.few:
            one = rest[place]
            found = self._obvious(one, [other for other in rest if other is not one])
            if found is None:
                place += 1
                continue
            other, gone = found
            rest[rest.index(other)] = Pair(self.arrays, other, one, gone, None).contracted()
            rest.remove(one)
            place = 0
        return rest

    def _obvious(self, one: Tensor, others: list[Tensor]) -> tuple[Tensor, set[int]] | None:
        """What a factor is multiplied by first, and the indices summed over."""
        beside = [other for other in others if set(one.indices) & set(other.indices)]
        same = next((other for other in beside if set(other.indices) == set(one.indices)), None)
        if same is not None and len(beside) > 1:
            elsewhere = {i for other in beside if other is not same for i in other.indices}
            return same, {i for i in one.indices if i not in self.open and i not in elsewhere}
        lone = len(one.indices) == 1 and len(beside) == 1 and one.indices[0] not in self.open
        return (beside[0], set(one.indices)) if lone else None

    def _in_order(self, group: list[Tensor], order: list[Step], wanted: Indices) -> Tensor:
        work = list(group)
        made = group[0]
        holders: dict[int, int] = {}
        for tensor in group:
            for i in tensor.indices:
                holders[i] = holders.get(i, 0) + 1
        for count, (a, b) in enumerate(order):
            left, right = work[a], work[b]
            gone = {i for i in left.indices if i in right.indices and holders[i] == 2 and i not in self.open}
            made = Pair(self.arrays, left, right, gone, wanted if count == len(order) - 1 else None).contracted()
            for i in (*left.indices, *right.indices):
                holders[i] -= 1
            for i in made.indices:
                holders[i] += 1
            work.append(made)
        return made

    def _kron(self, parts: list[Tensor], fused: Fused, out: Indices) -> Result | None:
        """A Kronecker product as such: each fused axis of two parts, and the parts of the product divided likewise."""
        pairs = [fused.parts.get(i, ()) for i in out]
        if (
            not pairs
            or len(pairs) > 2
            or any(len(pair) != 2 or pair[0] in fused.parts or pair[1] in fused.parts for pair in pairs)
        ):
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
        return Result(self.arrays.make("kron", (sides[0], sides[1])), (True,) * len(out), shape)

    def _assembled(self, parts: list[Tensor], node: Ein) -> Result:
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
            return arrays.make("diag", (aligned,)), (True, True)
        if len(out) > 2 and arrays.diagonals and (arrays.in_place or _once_twice(whole, out)):
            return self._on_diagonal(aligned, whole.indices, out), (True,) * len(out)
        return self._embedded(aligned, whole.indices, out)

    def _on_diagonal(self, aligned: Array, covered: Indices, out: Indices) -> Array:
        """Indices that stand twice in `out`: zeros, and the array on the view of their diagonal."""
        letters = {i: chr(ord("a") + k) for k, i in enumerate(dict.fromkeys(out))}
        mine = [i for i in letters if i in covered]
        view = [letters[i] for i in (*[i for i in letters if i not in covered], *mine)]
        zeros = self.arrays.constant("zeros", tuple([self.sizes[i] for i in out]))
        subscripts = f"{''.join([letters[i] for i in out])}->{''.join(view)}"
        return self.arrays.make("embed", (zeros, aligned), subscripts)

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


def _once_twice(whole: Tensor, out: Indices) -> bool:
    """Does one index alone stand twice in `out`, and the tensor have any?"""
    return len(set(out)) == len(out) - 1 and len(whole.indices) > 0


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
