"""What a graph is evaluated in: a ring, and what stands for the names of variables, sizes and integers."""

from __future__ import annotations

from itertools import product
from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.formula.rings import Element, NoValueError, Ring
from matdiff.graph.nodes import Ein, Lin, Var, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matdiff.graph.nodes import Node, Size

Table = dict[tuple[int, ...], Any]  # the entries of a tensor, by their indices from zero on


class World:
    """A ring, and what stands for names in it.

    sizes: numbers for sizes.  integers: numbers for symbolic integers; without one, an integer is an element like any
    other, and powers and sums that it rules have no value.  entry(variable, place): an entry of a variable.
    size_element: what a size is as a number.
    """

    def __init__(
        self,
        ring: Ring,
        entry: Callable[[Var, tuple[int, ...]], Element],
        sizes: Callable[[Size], int],
        integers: Mapping[str, int] | None = None,
        size_element: Callable[[str], Element] | None = None,
    ) -> None:
        self.ring, self.entry, self.size = ring, entry, sizes
        self.integers = integers or {}
        self.concrete = integers is not None  # an index has a number, and e_i is the unit vector
        self.size_element = size_element or (lambda name: ring.number(sizes(name)))
        self._places: dict[tuple[Size, ...], list[tuple[int, ...]]] = {}

    def places(self, shape: tuple[Size, ...]) -> list[tuple[int, ...]]:
        """The places of the entries of a tensor."""
        found = self._places.get(shape)
        if found is None:
            found = self._places[shape] = list(product(*[range(self.size(size)) for size in shape]))
        return found

    def whole(self, node: Node) -> int:
        """The value of a scalar that is a whole number.  Raises NoValueError."""
        value = self._rational(node)
        if value != int(value):
            raise NoValueError("a bound or an exponent that is no whole number")
        return int(value)

    def _rational(self, node: Node) -> Any:
        known = number(node)
        if known is not None:
            return known
        if isinstance(node, Var) and node.role == "size":
            return self.size(node.name)
        if isinstance(node, Var) and node.name in self.integers and not node.shape:
            return self.integers[node.name]
        if isinstance(node, Lin) and not node.shape:
            return sum([c * self._rational(term) for c, term in node.terms])
        if isinstance(node, Ein) and not node.sizes:
            value = 1
            for factor, _ in node.factors:
                value *= self._rational(factor)
            return value
        raise NoValueError("a bound or an exponent that has no number")
