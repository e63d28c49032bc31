"""Functions that are declared analytic: F of a square matrix by its power series, with tr F(X) = tr(F'(X) dX) for its
change.

Higham, Functions of Matrices (2008), theorem 3.3 and problem 3.8: the trace of a power series, term by term.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import PRIME
from matdiff.graph.graph import Memo
from matdiff.graph.nodes import Op

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matdiff.graph.nodes import Node

_known: Memo[str, bool] = Memo()


def declare(names: Iterable[str]) -> None:
    """From now on these functions are analytic in the graph in force."""
    _known.table.update(dict.fromkeys(names, True))


def slope(node: Node) -> Node | None:
    """F'(X), where a node is the derivative of an analytic F at X by X: four indices, of which the first two are the
    value's; None for any other.
    """
    if not isinstance(node, Op) or node.name != "apply" or node.order != 4:
        return None
    name, names, by = node.attributes
    base = name.removesuffix(PRIME)
    if by != (0,) or base not in _known.table or len(node.args) != 1 or base != name:
        return None
    return Op("apply", node.args, node.shape[:2], (f"{name}{PRIME}", names, ()))
