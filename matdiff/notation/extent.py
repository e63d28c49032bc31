"""How much there is to print: a graph whose nodes are shared can be far longer as a formula than as a graph."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.graph.nodes import Lin, walk

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node

PRINTABLE = 4000  # symbols: more than ten screens, which nobody reads as one formula
SHORT = 250  # what fits beside code, as a comment


def extent(root: Node) -> int:
    """About how many symbols the formula of a graph has, counted without writing it."""
    sizes: dict[Node, int] = {}
    for node in walk(root):
        own = len(node.args) if isinstance(node, Lin) else 1
        sizes[node] = own + sum([sizes[arg] for arg in node.args])
    return sizes[root]
