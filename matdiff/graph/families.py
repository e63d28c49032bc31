"""Members of a family that a sum takes: x_n for n from 2 to N, where the family has members from 1 on.

A family is one variable, whose leading index numbers all its members.  A sum over a part of them works on

    members   Op with the family as argument; attributes (axis, low, last, length, start): of the index `axis`, which
              numbers the members from `start` on, those from `low` to `last`, `length` of them
    place     Op without arguments, shape (length, size), attributes (low, last, length, start): one where a member of
              the part is that member of the whole; the derivative of the part by the whole
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.graph import build
from matdiff.graph.members import MEMBERS, PLACE
from matdiff.graph.nodes import Op

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node, Size

_PICKED = "member"  # marks a unit vector that picks one member of a family; behind it the first member's number


class Range(NamedTuple):
    """The members from `low` to `last`, `length` of them, of a family whose first member is number `start`."""

    low: Size
    last: Size
    length: Size
    start: int = 1


def members(family: Node, axis: int, part: Range) -> Node:
    """A part of a family: the same tensor, shorter along `axis`."""
    shape = (*family.shape[:axis], part.length, *family.shape[axis + 1 :])
    return Op(MEMBERS, (family,), shape, (axis, *part))


def pick(position: Node, size: Size, start: int) -> Node:
    """The unit vector that picks the member at a position, counted from one, of a family whose first is `start`."""
    return Op("pick", (position,), (size,), (_PICKED, start))


def spread(cotangent: Node, part: Op, lead: int) -> Node:
    """What a cotangent of a part of a family, behind `lead` indices of the result, is for the whole family."""
    axis, *told = part.attributes
    place = Op(PLACE, (), (part.shape[axis], part.args[0].shape[axis]), tuple(told))
    axes = tuple(range(cotangent.order))
    here, new = lead + axis, cotangent.order
    return build.ein([(cotangent, axes), (place, (here, new))], (*axes[:here], new, *axes[here + 1 :]))
