"""Tensor graphs as array programs."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, cast

from matdiff.codegen.arrays import Array, Arrays
from matdiff.codegen.broadcasting import Result, broadcast, loose
from matdiff.codegen.contraction import FEW
from matdiff.codegen.costs import Sizes
from matdiff.codegen.distribution import Distribution, above_of
from matdiff.codegen.normalising import MAXIMA, SHARE, SHIFTED
from matdiff.codegen.powers import power_by_products
from matdiff.codegen.products import Planning, multiply
from matdiff.codegen.sharing import Sharing
from matdiff.codegen.splits import Split, splits
from matdiff.errors import OutputError
from matdiff.functions import names as fn
from matdiff.graph.members import MEMBERS, PLACE
from matdiff.graph.nodes import ONE, Coefficient, Ein, IndexSum, Lin, Map, Node, Op, Power, Var, number, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matdiff.codegen.names import Identifiers
    from matdiff.graph.nodes import Size

MANY, FEWER = 64, 5  # in a function of so many products fewer factors are ordered by dynamic programming


class ArrayLowering:
    """Turns the nodes of one function's graphs into arrays; nodes that are shared become arrays that are shared."""

    def __init__(
        self,
        names: Identifiers,
        hints: Mapping[str, int] | None = None,
        varying: frozenset[str] = frozenset(),
    ) -> None:
        self.names, self.hints, self.varying = names, hints, varying
        self.arrays = Arrays()
        self.sizes = Sizes(hints)
        self.distribution = Distribution((), self.sizes)
        self.sharing = Sharing()
        self._done: dict[Node, Array] = {}
        self._bound: set[Var] = set()
        self._summands: set[Node] = set()
        self._within = False
        self._few = FEW

    def roots(self, roots: list[Node]) -> list[Array]:
        """The arrays of nodes, in full shape.  Raises OutputError for what has no code."""
        self.sizes = Sizes(self.hints, above_of(roots))
        self.distribution = Distribution(roots, self.sizes)
        self._summands = _summands(roots)
        self._few = FEW if sum([isinstance(node, Ein) for node in walk(*roots)]) <= MANY else FEWER
        found = [self._array(root) for root in roots]
        if not self.sharing.counted():
            return found
        self._done = {}
        return [self._array(root) for root in roots]

    def _array(self, root: Node) -> Array:
        order = [node for node in walk(root) if node not in self._done]
        self._bound.update([node.index for node in order if isinstance(node, IndexSum)])
        for node in order:
            if not (isinstance(node, Op) and node.name == "fuse"):
                self._done[node] = self._lower(node)
        return self._lowered(root)

    def _lowered(self, node: Node) -> Array:
        found = self._done.get(node)
        if found is None:
            found = self._done[node] = self._lower(node)
        return found

    def _lower(self, node: Node) -> Array:
        if isinstance(node, Ein):
            return self._identity(node) or self._product(node)
        if isinstance(node, Lin):
            return self._sum(node)
        if isinstance(node, Var):
            return self._variable(node)
        if isinstance(node, Power):
            return self._power(node)
        if isinstance(node, Map):
            return self.arrays.entrywise("map", (self._lowered(node.arg),), node.function)
        if isinstance(node, IndexSum):
            return self._loop(node)
        return self._operator(cast("Op", node))

    def _product(self, node: Ein) -> Array:
        if node.order > 2:
            found, _ = splits([(1, node)], node.order)
            if found:
                return self._outer(found[0], node.shape)
        choice = self.distribution.of(node)
        if choice is None:
            return broadcast(self.arrays, self._multiplied(node))
        if choice.kept is None:
            return self._lowered(choice.node)
        self._within = True
        out = self._lowered(choice.node)
        self._within = False
        return self.arrays.choose(out, broadcast(self.arrays, self._multiplied(node)), choice.cost, choice.kept)

    def _multiplied(self, node: Ein, *, summand: bool = False) -> Result:
        summand = summand or node in self._summands
        return multiply(
            self.arrays, node, self._lowered, Planning(self.sizes, self.sharing, summand, self._within, self._few)
        )

    def _identity(self, node: Ein) -> Array | None:
        if not node.factors and node.out == (0, 0) and len(node.sizes) == 1:
            return self.arrays.constant("eye", node.shape)
        return self.arrays.number(1) if node is ONE else None

    def _variable(self, var: Var) -> Array:
        if var in self._bound:
            return self.arrays.variable(self.names.loop_variable(var.name))
        if var.role == "number":
            return self.arrays.make("constant", (), var.name)
        if var.role == "size":
            return self.arrays.size(var.name)
        if var.role == "integer":
            return self.arrays.integer(self.names.parameter(var.name))
        name = self.names.parameter(var.name)
        return self.arrays.name(name, var.shape, structure=var.structure, loops=self.varying & {name})

    def _sum(self, node: Lin) -> Array:
        """Terms that are constant along an axis are left to broadcasting, if others are not."""
        if not node.terms:
            return self.arrays.constant("zeros", node.shape)
        terms = self._opened(node)
        if node.order > 2:
            found, terms = splits(terms, node.order)
            if found:
                outer = [(1, array) for array in self._outers(found, node.shape)]
                return self.arrays.lin([*outer, *[(c, broadcast(self.arrays, self._term(term))) for c, term in terms]])
        results = [self._term(term) for _, term in terms]
        covered = [any(result.there[axis] for result in results) for axis in range(node.order)]
        if all(covered):
            return self.arrays.lin(
                [(c, loose(self.arrays, result)) for (c, _), result in zip(terms, results, strict=True)]
            )
        if not any(covered):
            total = self.arrays.lin(
                [(c, loose(self.arrays, result)) for (c, _), result in zip(terms, results, strict=True)]
            )
            return self.arrays.mul(total, self.arrays.constant("ones", node.shape))
        return self.arrays.lin(
            [(c, broadcast(self.arrays, result)) for (c, _), result in zip(terms, results, strict=True)]
        )

    def _outers(self, found: list[Split], shape: tuple[Size, ...]) -> list[Array]:
        """Sums of products of two tensors; those that pair four axes across are computed together."""
        paired = [split for split in found if split.first in {(0, 2), (0, 3)}]
        if not self.arrays.paired or len(paired) < 2 or len(shape) != 4:
            return [self._outer(split, shape) for split in found]
        paired.sort(key=lambda split: split.first)
        sides = [[self._lowered(pair[side]) for pair in split.pairs] for split in paired for side in (0, 1)]
        counts = (len(sides[0]), len(sides[2]))
        whole = self.arrays.make("paired_outers", tuple([array for side in sides for array in side]), (shape, counts))
        return [whole, *[self._outer(split, shape) for split in found if split not in paired]]

    def _outer(self, split: Split, shape: tuple[Size, ...]) -> Array:
        """A sum of products of two tensors, its axes in order."""
        if self.arrays.fused:
            return self.arrays.lin([(1, self._spread(split, pair, len(shape))) for pair in split.pairs])
        sides = [self._lowered(pair[0]) for pair in split.pairs] + [self._lowered(pair[1]) for pair in split.pairs]
        axes = (*split.first, *split.second)
        whole = self.arrays.make("outers", tuple(sides), tuple([shape[k] for k in axes]))
        return self.arrays.permute(whole, tuple([axes.index(k) for k in range(len(axes))]))

    def _spread(self, split: Split, pair: tuple[Node, Node], order: int) -> Array:
        """A product of two tensors entry by entry, each stretched along the other's axes."""
        places = (split.first, split.second)
        sides = [
            self.arrays.expand(self._lowered(side), tuple([k in own for k in range(order)]))
            for side, own in zip(pair, places, strict=True)
        ]
        return self.arrays.mul(*sides)

    def _opened(self, node: Lin) -> list[tuple[Coefficient, Node]]:
        """The terms of a sum; those of products that are multiplied out stand among them."""
        terms: list[tuple[Coefficient, Node]] = []
        for c, term in node.terms:
            choice = self.distribution.of(term)
            out = choice.node if choice is not None and choice.kept is None else None
            terms += [(c * d, inner) for d, inner in self._opened(out)] if isinstance(out, Lin) else [(c, out or term)]
        return terms

    def _term(self, term: Node) -> Result:
        if isinstance(term, Ein) and not self._identity(term) and self.distribution.of(term) is None:
            return self._multiplied(term, summand=True)
        return Result(self._lowered(term), (True,) * term.order, term.shape)

    def _power(self, node: Power) -> Array:
        arrays = self.arrays
        exponent = number(node.exponent)
        base = node.base
        if exponent is None:
            return arrays.entrywise("power", (self._lowered(base), self._lowered(node.exponent)))
        inside = _square_root_of(base) if exponent.denominator == 2 else None
        if inside is not None:
            return arrays.power(arrays.make("norm", (self._lowered(inside),)), 2 * exponent)
        entries = self._lowered(base)
        if entries.order and arrays.in_place:
            return power_by_products(arrays, entries, exponent)
        return arrays.power(entries, exponent)

    def _loop(self, node: IndexSum) -> Array:
        lo, hi = self._integer(node.lo), self._integer(node.hi)
        return self.arrays.loop(self.names.loop_variable(node.index.name), node.shape, self._lowered(node.body), lo, hi)

    def _integer(self, node: Node) -> Array:
        """A scalar that must be a whole number in Python too."""
        array = self._lowered(node)
        stack = [array]
        while stack:
            part = stack.pop()
            whole = part.op in {"integer", "size", "lin", "mul", "number"}
            fractions = part.data if part.op == "lin" else (part.data,) if part.op == "number" else ()
            if not whole or any(c.denominator != 1 for c in fractions):
                raise OutputError(
                    "E406", "an exponent or the bound of a sum is not a whole number", hint="declare it: -w 'k integer'"
                )
            stack.extend(part.args)
        return array

    def _operator(self, node: Op) -> Array:
        special = _SPECIAL.get(node.name)
        if special is not None:
            return special(self, node)
        args = tuple([self._lowered(arg) for arg in node.args])
        return self.arrays.make("op", args, node.name, node.shape)

    def inverse(self, node: Op) -> Array:
        return self.arrays.make("inv", (self._lowered(node.args[0]),))

    def matrix_power(self, node: Op) -> Array:
        return self.arrays.make("matpow", (self._lowered(node.args[0]), self._integer(node.args[1])))

    def unit(self, node: Op) -> Array:
        return self.arrays.make("unit", (self._integer(node.args[0]),), node.shape[0])

    def members(self, node: Op) -> Array:
        """The members of a family that a sum takes."""
        return self.arrays.make("slice", (self._lowered(node.args[0]),), node.attributes)

    def place(self, node: Op) -> Array:
        """Which member of the whole each member of a part is: rows of the identity."""
        size = node.shape[1]
        whole = self.arrays.constant("eye", (size, size))
        return self.arrays.make("slice", (whole,), (0, *node.attributes))

    def columns(self, node: Op) -> Array:
        """The columns between two places of the identity."""
        size, length = node.shape
        whole = self.arrays.constant("eye", (size, size))
        return self.arrays.make("slice", (whole,), (1, *node.attributes, length, 1))

    def maxima(self, node: Op) -> Array:
        """The largest entries along all other axes than those kept."""
        arg = self._lowered(node.args[0])
        return self.arrays.make(
            "max", (arg,), tuple([axis for axis in range(arg.order) if axis not in node.attributes[0]])
        )

    def shifted(self, node: Op) -> Array:
        """The exponentials of what lies below the largest entries."""
        arg, top = self._lowered(node.args[0]), self.maxima(node)
        kept = tuple([axis in node.attributes[0] for axis in range(arg.order)])
        below = self.arrays.make("lin", (arg, self.arrays.expand(top, kept) if top.order else top), (1, -1))
        return self.arrays.entrywise("map", (below,), fn.EXP)

    def share(self, node: Op) -> Array:
        """An array divided by numbers along an axis."""
        part, total = [self._lowered(arg) for arg in node.args]
        kept = tuple([axis in node.attributes[0] for axis in range(part.order)])
        inverse = self.arrays.recip(total)
        return self.arrays.mul(part, self.arrays.expand(inverse, kept) if total.order else inverse)

    def literal(self, node: Op) -> Array:
        """A matrix of numbers."""
        return self.arrays.make("literal", (), node.attributes[0], node.shape)

    def mask(self, node: Op) -> Array:
        name = fn.LOWER_TRIANGLE if node.attributes[0] == "lower" else fn.UPPER_TRIANGLE
        return self.arrays.make("op", (self.arrays.constant("ones", node.shape),), name, node.shape)

    def elimination(self, node: Op) -> Array:
        return self.arrays.make("op", (self.arrays.size(node.attributes[0]),), fn.ELIMINATION, node.shape)

    def unknown(self, node: Op) -> Array:
        name, arguments, derivative = node.attributes
        identifier = self.names.callable(name, tuple(arguments), tuple(derivative))
        return self.arrays.make("call", tuple([self._lowered(arg) for arg in node.args]), identifier, node.shape)

    def fused(self, node: Op) -> Array:
        """The constant that numbers pairs, standing alone."""
        slow, fast = node.shape[1:]
        return self.arrays.reshape(
            self.arrays.constant("eye", (node.shape[0], node.shape[0])), (node.shape[0], slow, fast)
        )


_SPECIAL: dict[str, Callable[[ArrayLowering, Op], Array]] = {
    fn.INVERSE: ArrayLowering.inverse,
    "matpow": ArrayLowering.matrix_power,
    "pick": ArrayLowering.unit,
    "range": ArrayLowering.columns,
    "constant": ArrayLowering.literal,
    "mask": ArrayLowering.mask,
    MAXIMA: ArrayLowering.maxima,
    SHIFTED: ArrayLowering.shifted,
    SHARE: ArrayLowering.share,
    MEMBERS: ArrayLowering.members,
    PLACE: ArrayLowering.place,
    fn.ELIMINATION: ArrayLowering.elimination,
    "apply": ArrayLowering.unknown,
    "fuse": ArrayLowering.fused,
}


def _summands(roots: list[Node]) -> set[Node]:
    """The nodes that are needed as terms of sums alone."""
    terms: set[Node] = set()
    others: set[Node] = set(roots)
    for node in walk(*roots):
        (terms if isinstance(node, Lin) else others).update(node.args)
    return terms - others


def _square_root_of(base: Node) -> Node | None:
    """The node whose entries' squares are summed in `base`: its root is a norm."""
    if not isinstance(base, Ein) or base.out or len(base.factors) != 2 or base.factors[0] != base.factors[1]:
        return None
    node, indices = base.factors[0]
    return node if indices and len(set(indices)) == len(indices) == len(base.sizes) else None
