"""The tensor graph: a small closed set of immutable, hash-consed nodes.

Two equal nodes of a graph are one object, so every pass may be memoised by node and compare with `is`.  Nodes are made
by the functions of `graph.build`, which keep the invariants; the classes here only hold data and intern themselves on
the graph in force.

A node has a `shape`, a tuple of sizes (int, or a size expression as text), one for each of its indices: () scalar, (n,)
vector,
(m, n) matrix.  Rows and columns of size one have no index.  `digest` is a structural hash, the same in every run: it
orders, it never decides
equality.  `args` are the children.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, Any, ClassVar
from zlib import crc32

from matdiff.graph.graph import EVERYWHERE, current

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Size = int | str
Indices = tuple[int, ...]
Coefficient = int | Fraction
CONSTANT = "constant"  # the operator that is a matrix of numbers


def text_digest(text: str) -> int:
    """A hash of a text that is the same in every process (Python's own is salted)."""
    return crc32(text.encode())


class Node:
    """What every node has."""

    __slots__ = ("args", "digest", "home", "shape")
    kind: ClassVar[str] = ""
    shape: tuple[Size, ...]
    args: tuple[Node, ...]
    digest: int
    home: object

    @property
    def order(self) -> int:
        return len(self.shape)


OF_MEMBERS = frozenset({"symmetric", "spd", "skew"})  # structures that are known of each member of a family


class Var(Node):
    """A named variable or constant.

    role: "symbol"; "integer" (a symbolic integer such as k); "size" (n as a number); "number" (pi, e).
    structure: "" symmetric skew lower upper orthogonal spd; a diagonal matrix D is the Var of its diagonal (order 1,
    structure "diagonal").
    family: how many leading indices number the members of a family x_n.
    rows_columns: the declared two-dimensional shape of one member, where a side of size one has no index.
    """

    __slots__ = ("family", "name", "role", "rows_columns", "structure")
    kind = "var"
    name: str
    role: str
    structure: str
    family: int
    rows_columns: tuple[Size, Size]

    def __new__(  # noqa: PLR0917 # the fields of a node in their order
        cls,
        name: str,
        shape: tuple[Size, ...] = (),
        role: str = "symbol",
        structure: str = "",
        family: int = 0,
        rows_columns: tuple[Size, Size] = (1, 1),
    ) -> Var:
        key = (cls, name, shape, role, structure, family)
        graph = current()
        found = graph.interned.get(key)
        if found is None:
            found = object.__new__(cls)
            found.name, found.shape, found.role, found.structure, found.family, found.rows_columns = (
                name,
                shape,
                role,
                structure,
                family,
                rows_columns,
            )
            found.args = ()
            found.digest = hash((1, text_digest(name), len(shape), text_digest(role + structure)))
            graph.admit(key, found)
        return found  # type: ignore[return-value] # the key holds the class


class Ein(Node):
    """An einsum: `factors` are (node, indices) pairs, `out` the indices of the result.

    An index may occur any number of times, also in `out`; one that occurs in `out` alone is a ones vector; a closed one
    (not in `out`) is
    summed.  Indices are numbered 0, 1, … in canonical order; `sizes[i]` is the size of index i.  No coefficient (see
             Lin), no Ein, and no
    single-term Lin stands among the factors, unless the whole would be too long to flatten.
    `written` lists the positions of the factors in the order in which the product was first written; equality does not
    depend on it.
    Ein((), ()) is the number 1, Ein((), (0,)) a ones vector, Ein((), (0, 0)) the identity.
    """

    __slots__ = ("factors", "out", "sizes", "written")
    kind = "ein"
    factors: tuple[tuple[Node, Indices], ...]
    out: Indices
    sizes: tuple[Size, ...]
    written: Indices

    def __new__(
        cls, factors: tuple[tuple[Node, Indices], ...], out: Indices, sizes: tuple[Size, ...], written: Indices = ()
    ) -> Ein:
        if not factors and not out:
            return ONE  # the only node that belongs to every graph
        key = (cls, factors, out, sizes)
        graph = current()
        found = graph.interned.get(key)
        if found is None:
            found = object.__new__(cls)
            found.factors, found.out, found.sizes, found.written = factors, out, sizes, written
            found.shape = tuple([sizes[i] for i in out])
            found.args = tuple([node for node, _ in factors])
            found.digest = hash((2, out, *[(node.digest, indices) for node, indices in factors]))
            graph.admit(key, found)
        return found  # type: ignore[return-value] # the key holds the class


class Lin(Node):
    """A sum of (coefficient, node) terms of one shape; no terms: zero.  A number c is Lin(((c, ONE),)).

    `terms` stand in the order in which the sum was first written; equality does not depend on it.
    """

    __slots__ = ("terms",)
    kind = "lin"
    terms: tuple[tuple[Coefficient, Node], ...]

    def __new__(cls, terms: tuple[tuple[Coefficient, Node], ...], shape: tuple[Size, ...]) -> Lin:
        key = (cls, frozenset(terms), shape)
        graph = current()
        found = graph.interned.get(key)
        if found is None:
            found = object.__new__(cls)
            found.terms, found.shape = terms, shape
            found.args = tuple([node for _, node in terms])
            found.digest = hash(
                (3, len(shape), *sorted([hash((c.numerator, c.denominator, node.digest)) for c, node in terms]))
            )
            graph.admit(key, found)
        return found  # type: ignore[return-value] # the key holds the class


class Map(Node):
    """An elementwise function of the table applied to every entry of `arg`."""

    __slots__ = ("function",)
    kind = "map"
    function: str

    def __new__(cls, function: str, arg: Node) -> Map:
        key = (cls, function, arg)
        graph = current()
        found = graph.interned.get(key)
        if found is None:
            found = object.__new__(cls)
            found.function, found.args, found.shape = function, (arg,), arg.shape
            found.digest = hash((4, text_digest(function), arg.digest))
            graph.admit(key, found)
        return found  # type: ignore[return-value] # the key holds the class

    @property
    def arg(self) -> Node:
        return self.args[0]


class Power(Node):
    """Elementwise power: every entry of `base` to the scalar `exponent` (a node; a number is a Lin).  1/x, sqrt and
    norms are powers.
    """

    __slots__ = ()
    kind = "power"

    def __new__(cls, base: Node, exponent: Node) -> Power:
        key = (cls, base, exponent)
        graph = current()
        found = graph.interned.get(key)
        if found is None:
            found = object.__new__(cls)
            found.args, found.shape = (base, exponent), base.shape
            found.digest = hash((5, base.digest, exponent.digest))
            graph.admit(key, found)
        return found  # type: ignore[return-value] # the key holds the class

    @property
    def base(self) -> Node:
        return self.args[0]

    @property
    def exponent(self) -> Node:
        return self.args[1]


class Op(Node):
    """An operator that no einsum can say, with static `attributes`.

    Every "operator" row of the function table (inv, det, softmax …): args are the arguments, no attributes.
    "matpow": args (matrix, integer scalar node), the power of a square matrix that is not a written-out product.
    "apply": an unknown function; args its arguments; attributes (name, names of the arguments, derivative) where
    `derivative` is the
        sorted tuple of the argument positions differentiated by; shape = shape of the value + shape of each argument of
        `derivative`.
    "fuse": no args; attributes (slow, fast): the constant of shape (slow*fast, slow, fast) that is 1 where p = i*fast +
    j; with it
        vec(X)[p] = sum fuse[p, j, i] X[i, j] and kron(A, B)[p, q] = sum fuse[p, i, k] fuse[q, j, l] A[i, j] B[k, l].
    "mask": no args; attributes ("lower",) or ("upper",); the (n, n) constant that is one in that triangle, its diagonal
    too.
    "dexpm" "dlogm" "dsqrtm": args (matrix, direction), the Fréchet derivative of expm, logm, sqrtm.
    "constant": no args; attributes (rows,): the matrix of these numbers, a column or a row of one dimension.
    "range": no args; attributes (low, last); shape (n, last - low + 1): the unit vectors from low to last, as columns.
    "pick": args (integer scalar nodes); shape (n,): the unit vector e_i, counted from one.
    """

    __slots__ = ("attributes", "name")
    kind = "op"
    name: str
    attributes: tuple[Any, ...]

    def __new__(
        cls, name: str, args: tuple[Node, ...], shape: tuple[Size, ...], attributes: tuple[Any, ...] = ()
    ) -> Op:
        key = (cls, name, args, shape, attributes)
        graph = current()
        found = graph.interned.get(key)
        if found is None:
            found = object.__new__(cls)
            found.name, found.args, found.shape, found.attributes = name, args, shape, attributes
            found.digest = hash((6, text_digest(name + repr(attributes)), *[arg.digest for arg in args]))
            graph.admit(key, found)
        return found  # type: ignore[return-value] # the key holds the class


class IndexSum(Node):
    """A sum of `body` over the integer variable `index` from `lo` to `hi` (both included, scalar nodes); args are
    (body, lo, hi).
    """

    __slots__ = ("index",)
    kind = "indexsum"
    index: Var

    def __new__(cls, index: Var, lo: Node, hi: Node, body: Node) -> IndexSum:
        key = (cls, index, lo, hi, body)
        graph = current()
        found = graph.interned.get(key)
        if found is None:
            graph.check(index)
            found = object.__new__(cls)
            found.index, found.args, found.shape = index, (body, lo, hi), body.shape
            found.digest = hash((7, index.digest, body.digest, lo.digest, hi.digest))
            graph.admit(key, found)
        return found  # type: ignore[return-value] # the key holds the class

    @property
    def body(self) -> Node:
        return self.args[0]

    @property
    def lo(self) -> Node:
        return self.args[1]

    @property
    def hi(self) -> Node:
        return self.args[2]


def _number_one() -> Ein:
    one = object.__new__(Ein)
    one.factors, one.out, one.sizes, one.written = (), (), (), ()
    one.shape, one.args, one.digest, one.home = (), (), hash((2, ())), EVERYWHERE
    return one


ONE = _number_one()


def walk(*roots: Node, last_first: bool = False, but: Iterable[Node] = ()) -> Iterator[Node]:
    """Every node below `roots`, each once, children before parents, but those in `but` and what is below these alone;
    no recursion, so depth has no limit.

    With `last_first` the last argument, as it was written, is walked first: backwards, that is the order in which a
    reader meets the nodes.
    """
    seen: set[Node] = set(but)
    stack: list[tuple[Node, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        node, ready = stack.pop()
        if ready:
            yield node
        elif node not in seen:
            seen.add(node)
            if not node.args:
                yield node
                continue
            stack.append((node, True))
            args = (
                node.args if not (last_first and isinstance(node, Ein)) else [node.factors[k][0] for k in node.written]
            )
            stack.extend([(arg, False) for arg in (args if last_first else reversed(args)) if arg not in seen])


def number(node: Node) -> Coefficient | None:
    """The value of a node that is a plain number, else None."""
    if node is ONE:
        return 1
    if isinstance(node, Lin) and node.shape == ():
        if not node.terms:
            return 0
        if len(node.terms) == 1 and node.terms[0][1] is ONE:
            return node.terms[0][0]
    return None
