"""Unknown functions and their derivatives over a ring: entries that are atoms of their own."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.matrices import flat_of, laid_out, place_of, shape, sides_of
from matdiff.formula.rings import Element, NoValueError, Rows, opaque_derivative

if TYPE_CHECKING:
    from matdiff.formula import syntax
    from matdiff.formula.scope import Scope


def applied(tree: syntax.Apply, args: list[Rows], scope: Scope) -> Rows:
    """The entries of an unknown function: atoms, the same for the same arguments."""
    (m, n), names = scope.functions[tree.name]
    told, flat, orders = (tree.name, names, ()), [entry for arg in args for entry in flat_of(arg)], [0] * len(args)
    return [
        [opaque_derivative(scope.ring, told, flat, place_of((i, j), (m, n)), orders) for j in range(n)]
        for i in range(m)
    ]


def derived(tree: syntax.Derivative, args: list[Rows], scope: Scope) -> Rows:
    """du/dx and the like, of at most two indices: which are rows, and which columns."""
    sizes, names = scope.functions[tree.name]
    sides = [sides_of(shape(arg)) for arg in args]
    by = [(names.index(name), turned) for name, turned in tree.by]
    groups: list[tuple[list[int], bool]] = [(sides_of(sizes), False), *[(sides[k], turned) for k, turned in by]]
    spans = [size for group, _ in groups for size in group]
    if len(spans) > 2:
        raise NoValueError("a derivative of an unknown function with more than two indices")
    told = (tree.name, names, tuple(sorted([k for k, _ in by])))
    flat, orders = [entry for arg in args for entry in flat_of(arg)], [len(side) for side in sides]
    moved = sorted(range(len(by)), key=lambda k: by[k][0])

    def entry(*place: int) -> Element:
        cuts, start = [], 0
        for group, _ in groups:
            cuts.append(place[start : start + len(group)])
            start += len(group)
        ordered = [*cuts[0], *[number for k in moved for number in cuts[k + 1]]]
        return opaque_derivative(scope.ring, told, flat, tuple(ordered), orders)

    return laid_out(entry, spans, groups, scope.layout)
