"""Answers that are too long to be written as one formula: the nodes that the graph shares are named, each written once
by the names before it.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Expr, Sym
from matdiff.formula.syntax import Node as SyntaxNode
from matdiff.graph.members import family_axes
from matdiff.graph.nodes import Ein, IndexSum, Lin, Map, Node, Op, walk
from matdiff.notation.lets import Short

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.notation.display import Raiser

_LETTERS = {1: "h", 2: "M"}


def named(root: Node, raiser: Raiser, present: Callable[[], Expr]) -> Short:
    """What `present` makes with `raiser` of `root`, once its shared vectors and matrices have names; linear in the
    size of the graph.
    """
    lets: dict[str, Expr] = {}
    taken = {name.partition("_")[0] for name in raiser.ranks}
    letters = {
        order: next(x for x in (letter, "z", "Z", "Y", letter * 2) if x not in taken)
        for order, letter in _LETTERS.items()
    }
    counts = dict.fromkeys(_LETTERS, 0)
    for node in _shared(root):
        counts[node.order] += 1
        name = f"{letters[node.order]}_{counts[node.order]}"
        lets[name] = raiser.raised(node)
        raiser.name(node, name)
    tree = present()
    needed = _names(tree)
    for name, value in reversed(lets.items()):
        needed |= _names(value) if name in needed else set()
    return Short(tree, {name: value for name, value in lets.items() if name in needed})


def _shared(root: Node) -> list[Node]:
    """The vectors and matrices that stand at two places or more and are more than a product of two; children first."""
    uses: dict[Node, int] = {}
    order = list(walk(root))
    for node in order:
        for arg in node.args:
            uses[arg] = uses.get(arg, 0) + 1
    return [
        node
        for node in order
        if uses.get(node, 0) > 1 and node.order in _LETTERS and _is_long(node) and not _depends_on_an_index(node)
    ]


def _is_long(node: Node) -> bool:
    return (
        isinstance(node, (Map, Op))
        if not isinstance(node, (Ein, Lin))
        else len(node.args) > 2 or any(isinstance(arg, (Ein, Lin, Map, Op)) for arg in node.args)
    )


def _depends_on_an_index(node: Node) -> bool:
    return any(family_axes(node)) or any(isinstance(inner, IndexSum) for inner in node.args)


def _names(tree: Expr) -> set[str]:
    found: set[str] = set()
    stack: list[object] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Sym):
            found.add(node.name)
        elif isinstance(node, tuple):
            stack.extend(node)
        elif isinstance(node, SyntaxNode):
            stack.extend([getattr(node, field) for field in node.__match_args__])
    return found
