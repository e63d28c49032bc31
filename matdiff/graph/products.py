"""Products: nested einsums flattened, deltas and ones resolved, closed parts split off as scalars, like factors
merged.
"""

from __future__ import annotations

import itertools
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import names as fn
from matdiff.graph import build, masks, meetings, powers
from matdiff.graph.canonical import canonical
from matdiff.graph.graph import current
from matdiff.graph.nodes import ONE, Coefficient, Ein, Indices, Lin, Node, Op, Size, number
from matdiff.graph.rewriting import rewrite
from matdiff.graph.symmetry import skew_axes, symmetric

if TYPE_CHECKING:
    from collections.abc import Mapping

Factor = tuple[Node, Indices]
_SKEW = 4  # skew factors of a product whose signs are looked at
FLAT = 16  # factors that one einsum holds before a nested one is left as a factor: more than that nobody reads


@rewrite
def product(sizes: Mapping[int, Size], alone: bool) -> Contraction:
    """An empty einsum; `alone` where it gets a single factor."""
    return Contraction(sizes, alone)


class Contraction:
    """An einsum under construction."""

    def __init__(self, sizes: Mapping[int, Size], alone: bool = False) -> None:
        self.alone = alone  # a single factor: its indices are only renamed
        self.coefficient: Coefficient = 1
        self.factors: list[Factor] = []
        self.sizes: dict[int, Size] = dict(sizes)
        self.parent: dict[int, int] = {}
        self.next = 1 << 20

    def find(self, i: int) -> int:
        while i in self.parent:
            i = self.parent[i]
        return i

    def unite(self, i: int, j: int) -> None:
        """A Kronecker delta: the two indices become one."""
        i, j = self.find(i), self.find(j)
        if i != j:
            if isinstance(self.sizes.get(i), int):
                self.sizes[j] = self.sizes[i]
            self.parent[i] = j

    def fresh(self, size: Size) -> int:
        """An index that nothing has yet."""
        self.next += 1
        self.sizes[self.next - 1] = size
        return self.next - 1

    def consume(self, i: int) -> None:
        """A summed index that a simplification has used up: it must not count as 1ᵀ1."""
        self.sizes.pop(self.find(i), None)

    def multiply(self, node: Node, indices: Indices) -> None:
        """One more factor."""
        for i, size in zip(indices, node.shape, strict=True):
            here = self.find(i) if self.parent else i
            known = self.sizes.get(here)
            if known is None or (isinstance(size, int) and not isinstance(known, int)):
                self.sizes[here] = size
        if isinstance(node, Lin):
            c, node = build.split(node)
            self.coefficient *= c
            if isinstance(node, Lin):
                current().signs.setdefault(node, -1 if c < 0 else 1)
            if isinstance(node, Lin) and not node.terms:
                self.coefficient = 0
        if isinstance(node, Ein) and self._opens(node):
            self._flatten(node, indices)
        else:
            self.factors.append((node, indices))

    def _opens(self, node: Ein) -> bool:
        if not node.out and any(indices for _, indices in node.factors):
            return False  # a closed part stays a scalar of its own
        if node.order > 2:
            return True  # no notation says such a factor
        return self.alone or len(node.factors) + len(self.factors) <= FLAT or len(node.factors) <= 1

    def _flatten(self, node: Ein, indices: Indices) -> None:
        names: dict[int, int] = {}
        for inner, outer in zip(node.out, indices, strict=True):
            if inner in names:
                self.unite(names[inner], outer)
            else:
                names[inner] = outer
        for inner, size in enumerate(node.sizes):
            if inner not in names:
                names[inner] = self.next
                self.sizes[self.next] = size
                self.next += 1
        for k in node.written or range(len(node.factors)):
            factor, slots = node.factors[k]
            self.factors.append((factor, tuple([names[i] for i in slots])))

    def node(self, out: Indices) -> Node:
        """The einsum itself, canonical."""
        shape = tuple([self.sizes[self.find(i)] for i in out])
        if self.coefficient == 0:
            return build.zero(shape)
        factors = self._merged(out)
        out = self._resolved(out)
        scalars = [node for node, indices in factors if not indices]
        tensors = [factor for factor in factors if factor[1]]
        scalars.extend(self._untouched(tensors, out))
        tensors, closed = _components(tensors, out)
        closed = [component for component in closed if not _is_one(component)]
        if any(_cancels(component) for component in closed):
            return build.zero(shape)
        shorter = {
            k: total for k, component in enumerate(closed) if (total := _without_cancelled(component)) is not None
        }
        scalars.extend(shorter.values())
        closed = [component for k, component in enumerate(closed) if k not in shorter]
        if len(closed) == 1 and not (out or scalars or tensors):
            return build.scale(self.coefficient, self._make(closed[0], out))
        scalars = self._opened([*scalars, *[self._make(component, ()) for component in closed]])
        if self.coefficient == 0:
            return build.zero(shape)
        whole = [(scalar, ()) for scalar in scalars if scalar is not ONE] + tensors
        return build.scale(self.coefficient, self._make(whole, out))

    def _merged(self, out: Indices) -> list[Factor]:
        """The factors, once all that meets is simplified and like ones are merged."""
        factors = self._resolve(self.factors)
        while meetings.contract(self, factors, self._resolved(out)):
            factors = self._resolve(factors)
        factors = self._resolve(masks.settled(self, factors))
        factors, c = powers.merge(self._picked(factors))
        self.coefficient *= c
        return factors

    def _opened(self, scalars: list[Node]) -> list[Node]:
        """Scalar factors merged, where there are several or one is a sum or a product itself."""
        if len(scalars) < 2 and not any(isinstance(scalar, (Lin, Ein)) and scalar is not ONE for scalar in scalars):
            return scalars
        c, scalars = _merged_scalars(scalars)
        self.coefficient *= c
        return scalars

    def _resolved(self, indices: Indices) -> Indices:
        return tuple([self.find(i) for i in indices]) if self.parent else indices

    def _resolve(self, factors: list[Factor]) -> list[Factor]:
        if not self.parent:
            return factors
        return [(node, self._resolved(indices)) for node, indices in factors]

    def _picked(self, factors: list[Factor]) -> list[Factor]:
        """e_i∘e_i = e_i, e_1∘e_2 = 0; of the differences x_m - x_n that for n = m is 0."""
        seen: dict[int, Node] = {}
        kept = []
        for node, indices in factors:
            if _is_pick(node):
                known = seen.setdefault(indices[0], node)
                if known is not node and number(known.args[0]) is not None and number(node.args[0]) is not None:
                    self.coefficient = 0
                if known is node and (node, indices) in kept:
                    continue
            kept.append((node, indices))
        if seen and any(_vanishes(node, indices, seen) for node, indices in kept):
            self.coefficient = 0
        return kept

    def _untouched(self, tensors: list[Factor], out: Indices) -> list[Node]:
        """Sizes of the closed indices that no factor has: 1ᵀ1 = n."""
        touched = {i for _, indices in tensors for i in indices}
        touched.update(out)
        return [build.size_node(self.sizes[i]) for i in self.sizes if i not in self.parent and i not in touched]

    def _make(self, factors: list[Factor], out: Indices) -> Node:
        if not factors and not out:
            return ONE
        if len(factors) == 1 and factors[0][1] == out and len(set(out)) == len(out):
            return factors[0][0]
        even = frozenset([node for node, indices in factors if len(indices) > 1 and symmetric(node)])
        sign, (ordered, names, order) = _signed(factors, out, even)
        if sign == 0:
            return build.zero(tuple([self.sizes[i] for i in out]))
        if sign < 0:
            return build.scale(-1, self._named(factors, ordered, names, order, out))
        return self._named(factors, ordered, names, order, out)

    def _named(
        self, factors: list[Factor], ordered: tuple[Factor, ...], names: dict[int, int], order: Indices, out: Indices
    ) -> Node:
        if len(ordered) == 1 and ordered[0][1] == tuple(names[i] for i in out) and len(names) == len(out):
            return ordered[0][0]
        sizes: list[Size] = [0] * len(names)
        for i, name in names.items():
            sizes[name] = self.sizes[i]
        place = {k: position for position, k in enumerate(order)}
        return Ein(
            ordered, tuple([names[i] for i in out]), tuple(sizes), tuple([place[k] for k in range(len(factors))])
        )


def _cancels(component: list[Factor]) -> bool:
    """Is it the sum over all entries of a sum whose terms cancel, as 1ᵀ(x - mean(x) 1)?"""
    node, indices = component[0]
    if len(component) > 1 or not isinstance(node, Lin) or len(set(indices)) < len(indices):
        return False
    total = build.lin([(c, build.ein([(term, indices)], ())) for c, term in node.terms], ())
    if isinstance(total, Lin) and any(_is_total(term) for _, term in total.terms):
        total = build.lin([(c * d, part) for c, term in total.terms for d, part in _totals(term)], ())
    return build.is_zero(total)


def _is_total(node: Node) -> bool:
    """Is it the sum over all entries of a sum?"""
    return isinstance(node, Ein) and not node.out and len(node.factors) == 1 and isinstance(node.factors[0][0], Lin)


def _totals(node: Node) -> list[tuple[Coefficient, Node]]:
    """1ᵀ(a + b) as 1ᵀa and 1ᵀb."""
    if not isinstance(node, Ein) or not _is_total(node):
        return [(1, node)]
    inner, indices = node.factors[0]
    return [(c, build.ein([(term, indices)], ())) for c, term in inner.terms]  # type: ignore[attr-defined] # a Lin


def _without_cancelled(component: list[Factor]) -> Node | None:
    """The sum over all entries of a sum without its terms whose entries cancel: 1ᵀ(s (x - mean(x) 1) - a) is -1ᵀa; None
    where no term cancels.
    """
    node, indices = component[0]
    if len(component) > 1 or not isinstance(node, Lin) or len(set(indices)) < len(indices):
        return None
    left = [(c, term) for c, term in node.terms if not build.is_zero(build.ein([(term, indices)], ()))]
    return None if len(left) == len(node.terms) else build.ein([(build.lin(left, node.shape), indices)], ())


def _is_one(component: list[Factor]) -> bool:
    """1ᵀe_i = 1 and 1ᵀ softmax(z) = 1, whatever z is."""
    node = component[0][0]
    return len(component) == 1 and isinstance(node, Op) and node.name in {"pick", fn.SOFTMAX} and node.order == 1


def _vanishes(node: Node, indices: Indices, picks: Mapping[int, Node]) -> bool:
    """Is a sum 0 for the member that a unit vector picks?"""
    axis = next((axis for axis, i in enumerate(indices) if i in picks), None)
    if axis is None or not isinstance(node, Lin) or len(node.terms) < 2 or len(set(indices)) < len(indices):
        return False
    left = (*indices[:axis], *indices[axis + 1 :])
    pick = (picks[indices[axis]], (indices[axis],))
    return build.is_zero(build.lin([(c, build.ein([(t, indices), pick], left)) for c, t in node.terms], ()))


def _is_pick(node: Node) -> bool:
    return isinstance(node, Op) and node.name == "pick"


_Canonical = tuple[tuple[Factor, ...], dict[int, int], Indices]


def _signed(factors: list[Factor], out: Indices, even: frozenset[Node]) -> tuple[int, _Canonical]:
    """The canonical form, up to the signs of skew matrices and of differences of members: Kᵀ = −K; those
    that can be stand the same way round.  The sign is 0 where the product is its own negative, as xᵀKx is.
    """
    skew = [(k, axes) for k, (node, indices) in enumerate(factors) if (axes := skew_axes(node))]
    if not skew or len(skew) > _SKEW:
        return 1, canonical(factors, out, even)
    best: dict[tuple[object, ...], dict[int, _Canonical]] = {}
    for flips in itertools.product((False, True), repeat=len(skew)):
        turned = list(factors)
        for (k, axes), flip in zip(skew, flips, strict=True):
            if flip:
                turned[k] = _exchanged(factors[k], axes)
        form = canonical(turned, out, even)
        ways = len({tuple([turned[k][1][axis] for axis in axes]) for k, axes in skew})
        best.setdefault((ways, *_form_key(form, out)), {}).setdefault(-1 if sum(flips) % 2 else 1, form)
    signs = best[min(best)]
    if len(signs) == 2:  # an inverse that cancels must still exist
        return (1 if any(isinstance(factors[k][0], Op) for k, _ in skew) else 0), signs[1]
    return next(iter(signs.items()))


def _form_key(form: _Canonical, out: Indices) -> list[object]:
    """What tells canonical forms apart, and orders them."""
    factors, names, _ = form
    return [*[(node.digest, indices) for node, indices in factors], *[names[i] for i in out]]


def _exchanged(factor: Factor, axes: tuple[int, int]) -> Factor:
    """A factor with the indices on two of its axes exchanged."""
    node, indices = factor
    first, second = axes
    turned = list(indices)
    turned[first], turned[second] = indices[second], indices[first]
    return node, tuple(turned)


def _components(factors: list[Factor], out: Indices) -> tuple[list[Factor], list[list[Factor]]]:
    """Factors connected with `out`, and the closed connected components."""
    if not factors:
        return factors, []
    if len(factors) == 1:
        return ([], [factors]) if set(out).isdisjoint(factors[0][1]) else (factors, [])
    group: dict[int, int] = {}

    def find(i: int) -> int:
        while group[i] != i:
            i = group[i]
        return i

    for _, indices in factors:
        for i in indices:
            group.setdefault(i, i)
        root = find(indices[0])
        for i in indices[1:]:
            group[find(i)] = root
    open_roots = {find(i) for i in out if i in group}
    tensors: list[Factor] = []
    closed: dict[int, list[Factor]] = {}
    for factor in factors:
        root = find(factor[1][0])
        if root in open_roots:
            tensors.append(factor)
        else:
            closed.setdefault(root, []).append(factor)
    return tensors, list(closed.values())


def _merged_scalars(scalars: list[Node]) -> tuple[Coefficient, list[Node]]:
    """Scalar factors opened, merged into powers, their numbers taken out."""
    coefficient: Coefficient = 1
    opened: list[Factor] = []
    for node in scalars:
        c, inside = build.split(node)
        coefficient *= c
        small = isinstance(inside, Ein) and len(inside.factors) + len(scalars) + len(opened) <= powers.FLAT
        if small and isinstance(inside, Ein) and not any(indices for _, indices in inside.factors):
            opened.extend(inside.factors)
        else:
            opened.append((inside, ()))
    merged, c = powers.merge(opened)
    return coefficient * c, [node for node, _ in merged]
