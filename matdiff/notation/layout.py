"""Layouts: how the indices of a derivative are arranged in rows and columns.

The table is the one of the language: a scalar by X has the shape of X, a vector by a vector is the transposed Jacobian
in the denominator layout,
a vector by a scalar is a row there; numerator is the transpose.  With more than two indices both sides are vectorised,
columns stacked.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.lowered import fused
from matdiff.graph import build
from matdiff.graph.nodes import Indices, Lin, Node, Size

if TYPE_CHECKING:
    from matdiff.calculus.variables import Part


class Laid(NamedTuple):
    """A derivative laid out: a node of at most two indices (after `family` leading ones), whether a single one is a
    row, and the shape.
    """

    node: Node
    row: bool
    shape: tuple[Size, ...]
    family: int = 0
    vectorised: bool = False


def lay_out(derivative: Node, value: Part, by: tuple[Part, ...], *, transposed: tuple[bool, ...], layout: str) -> Laid:
    """Arrange the indices of a derivative (those of the value, then of each variable)."""
    groups = _groups(value, by)
    family = tuple([i for group, part in zip(groups[1:], by, strict=True) for i in group[: part.family]])
    inner = [groups[0], *[group[part.family :] for group, part in zip(groups[1:], by, strict=True)]]
    open_groups = [(k, group) for k, group in enumerate(inner) if group]
    total = sum(len(group) for _, group in open_groups)
    if total == 0:
        return Laid(_arranged(derivative, family), False, (), len(family))
    numerator = layout == "numerator" or (len(by) == 1 and transposed[0])
    jacobian = numerator or layout == "mixed"
    if total <= 2 and len(open_groups) == 1:
        return _single(derivative, family, open_groups[0], value, by, any(transposed), layout, numerator)
    if total == 2:
        (_, (i,)), (_, (j,)) = open_groups
        turned = open_groups[0][0] == 0 and not jacobian
        order = (j, i) if turned else (i, j)
        node = _arranged(derivative, family + order)
        return Laid(node, False, node.shape[len(family) :], len(family))
    return _vectorised(
        derivative, family, [group for _, group in open_groups], value_first=open_groups[0][0] == 0, jacobian=jacobian
    )


def _groups(value: Part, by: tuple[Part, ...]) -> list[Indices]:
    groups: list[Indices] = [tuple(range(value.order))]
    start = value.order
    for part in by:
        groups.append(tuple(range(start, start + part.family + part.order)))
        start += part.family + part.order
    return groups


def _arranged(node: Node, out: Indices) -> Node:
    if out == tuple(range(node.order)):
        return node
    return build.ein([(node, tuple(range(node.order)))], out)


def _single(  # noqa: PLR0917 # what tells how one group lies
    derivative: Node,
    family: Indices,
    group: tuple[int, Indices],
    value: Part,
    by: tuple[Part, ...],
    transposed: bool,
    layout: str,
    numerator: bool,
) -> Laid:
    """One vector or one matrix among scalars."""
    k, indices = group
    node = _arranged(derivative, family + indices)
    if len(indices) == 1:
        lies = (layout == "denominator" and not transposed) if k == 0 else (transposed or layout == "numerator")
        row = lies != (value.row if k == 0 else by[k - 1].row)
        size = node.shape[-1]
        return Laid(node, row, (1, size) if row else (size, 1), len(family))
    if k > 0 and numerator:
        node = _arranged(derivative, family + indices[::-1])
    return Laid(node, False, node.shape[len(family) :], len(family))


def _vectorised(derivative: Node, family: Indices, groups: list[Indices], *, value_first: bool, jacobian: bool) -> Laid:
    """Three indices or more: vec of the value against vec of the variable, or of the first variable against the
    rest.
    """
    if value_first and not jacobian and len(groups) == 2:
        groups.reverse()
    if isinstance(derivative, Lin):
        parts = [
            (c, _vectorised(term, family, groups, value_first=False, jacobian=True).node)
            for c, term in derivative.terms
        ]
        like = (
            parts[0][1]
            if parts
            else _vectorised(build.ones(derivative.shape), family, groups, value_first=False, jacobian=True).node
        )
        total = build.lin(parts, like.shape)
        return Laid(total, False, like.shape[len(family) :], len(family), vectorised=True)
    node = fused(derivative, (groups[0],), tuple(groups[:0:-1]), family)
    return Laid(node, False, node.shape[len(family) :], len(family), vectorised=True)
