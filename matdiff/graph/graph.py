"""The graph of one question: which nodes there are, how each was written first, and what passes have found out.

Constructors of nodes work on the graph in force, which is the question's own: `with graph.in_force():`.  It is a
context variable, so that threads and nested questions keep theirs apart without a lock.  An answer keeps its graph as
it was when the answer was found; whatever is worked out from the answer later is worked out on a branch of it, so that
no question and no earlier request changes what a later one says.
"""

from __future__ import annotations

from matdiff.lean.contextvars import ContextVar
from matdiff.lean.typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

if TYPE_CHECKING:
    from matdiff.graph.nodes import Coefficient, Node

K = TypeVar("K")
V = TypeVar("V")

EVERYWHERE = object()  # the home of the number one, which belongs to every graph


class ForeignNodeError(RuntimeError):
    """Nodes of two graphs met, or no graph is in force: a fault of the program, never of a question."""


class Graph:
    """What one question knows about its nodes.

    interned: every node by its fields.  orientation: of a matrix and its transpose, the one that was written first.
    signs: −1 for a sum that was first written with the other sign.  splits: sums as a number times a sum.  transposes,
    symmetric: of matrices, as far as they have been asked for.  tables: what the passes of higher rooms have found out,
    by `Memo`.
    """

    __slots__ = ("_homes", "home", "interned", "orientation", "signs", "splits", "symmetric", "tables", "transposes")

    def __init__(self) -> None:
        self.home = object()
        self._homes = frozenset({EVERYWHERE, self.home})
        self.interned: dict[tuple[Any, ...], Node] = {}
        self.orientation: dict[Node, Node] = {}
        self.signs: dict[Node, int] = {}
        self.splits: dict[Node, tuple[Coefficient, Node]] = {}
        self.transposes: dict[Node, Node] = {}
        self.symmetric: dict[Node, bool] = {}
        self.tables: dict[Memo[Any, Any], dict[Any, Any]] = {}

    def admit(self, key: tuple[Any, ...], node: Node) -> Node:
        """A new node, once all its arguments are seen to be of this graph."""
        homes = self._homes
        for arg in node.args:
            if arg.home not in homes:
                raise ForeignNodeError(f"a node of another graph as an argument of a {node.kind} node")
        node.home = self.home
        self.interned[key] = node
        return node

    def check(self, *nodes: Node) -> None:
        """Raise ForeignNodeError for a node of another graph."""
        if any(node.home not in self._homes for node in nodes):
            raise ForeignNodeError("a node of another graph")

    def branch(self) -> Graph:
        """A graph that goes on from here and leaves this one as it is: its nodes are known here, new ones stay
        there.
        """
        other = Graph()
        other._homes = self._homes | {other.home}
        other.interned = self.interned.copy()
        other.orientation = self.orientation.copy()
        other.signs = self.signs.copy()
        other.splits = self.splits.copy()
        other.transposes = self.transposes.copy()
        other.symmetric = self.symmetric.copy()
        other.tables = {memo: table.copy() for memo, table in self.tables.items()}
        return other

    def in_force(self) -> InForce:
        """For the time of a `with`, nodes are made on this graph, in this thread."""
        return InForce(self)


class InForce:
    """A graph for the time of a `with`."""

    __slots__ = ("_graph", "_token")

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def __enter__(self) -> Graph:
        self._token = _IN_FORCE.set(self._graph)
        return self._graph

    def __exit__(self, *_: object) -> None:
        _IN_FORCE.reset(self._token)


class _NoGraph:
    """Stands where no graph is in force."""

    def __getattr__(self, name: str) -> Any:
        raise ForeignNodeError(f"no graph is in force ({name}): nodes are made inside `with graph.in_force():`")


_NOWHERE = cast("Graph", _NoGraph())
_IN_FORCE: ContextVar[Graph] = ContextVar("graph", default=_NOWHERE)
current = _IN_FORCE.get  # the graph in force; every node that is made or found asks for it


class Memo(Generic[K, V]):
    """What a pass has found out, by node: a table of its own in every graph."""

    __slots__ = ()

    @property
    def table(self) -> dict[K, V]:
        """The table of the graph in force."""
        tables = current().tables
        found = tables.get(self)
        if found is None:
            found = tables[self] = {}
        return found
