"""The rewrite table: what the constructors ask of the modules above them, so that these import them and not they these.

A constructor keeps the invariants by rewriting what it is given, and a rewrite constructs new nodes: the two need each
other.  Constructors (build.py) therefore look rewrites up here, by name; each module of rewrites puts its own in when
the package is loaded, once, and nothing changes them afterwards.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matdiff.graph.nodes import Coefficient, IndexSum, Node, Size, Var
    from matdiff.graph.products import Contraction

C = TypeVar("C", bound="Callable[..., Any]")


class Rewriting:
    """One slot for each rewrite that a constructor asks for.

    product: an einsum under construction.  power: base to an exponent, entry by entry.  named_sum: the terms of a sum,
    with those that have a name of their own put in place (1 - sigmoid).  index_sum: a sum over an integer index.
    apart: such a sum with an index that other nodes do not use.
    """

    product: Callable[[Mapping[int, Size], bool], Contraction]
    power: Callable[[Node, Node], Node]
    named_sum: Callable[[list[tuple[Coefficient, Node]], tuple[Size, ...]], list[tuple[Coefficient, Node]]]
    index_sum: Callable[[Var, Node, Node, Node], Node]
    apart: Callable[[IndexSum, list[Node]], IndexSum]


REWRITES = Rewriting()


def rewrite(rule: C) -> C:
    """Put a function into the table, under its own name."""
    setattr(REWRITES, rule.__name__, rule)
    return rule
