"""Lowered values, matrix products under construction, operators in their canonical form."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.errors import CalculusError, Label
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph import build, families, matrices
from matdiff.graph.nodes import ONE, Indices, Node, Op, Size, Var
from matdiff.graph.shapes import product_size
from matdiff.graph.symmetry import symmetric

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matdiff.calculus.lower import Lowering
    from matdiff.formula.question import Symbol
    from matdiff.formula.syntax import Expr, Shape

CHUNK = 12  # factors of a long product that are gathered into one einsum


class Value(NamedTuple):
    """A lowered expression: `family` names its leading indices; then come rows and columns that are not of size one."""

    node: Node
    family: tuple[str, ...] = ()


class Chain:
    """A matrix product under construction, left to right; a scalar may stand anywhere."""

    def __init__(self) -> None:
        self.factors: list[tuple[Node, Indices]] = []
        self.family: dict[str, int] = {}
        self.row: int | None = None
        self.column: int | None = None
        self.next = 0

    def fresh(self) -> int:
        self.next += 1
        return self.next

    def multiply(self, value: Value, shape: Shape) -> None:
        if len(self.factors) >= CHUNK:
            self.gather()
        lead = tuple([self.family.setdefault(name, self.fresh()) for name in value.family])
        if shape == (1, 1):
            self.factors.append((value.node, lead))
            return
        first = self.row is None and self.column is None
        row = None if shape[0] == 1 else (self.column if not first and self.column is not None else self.fresh())
        column = None if shape[1] == 1 else self.fresh()
        self.factors.append((value.node, lead + tuple([i for i in (row, column) if i is not None])))
        if first:
            self.row = row
        self.column = column

    def gather(self) -> None:
        """What there is so far becomes one node."""
        value = self.value()
        axes = tuple(self.family.values()) + tuple([i for i in (self.row, self.column) if i is not None])
        self.factors = [(value.node, axes)]

    def value(self) -> Value:
        out = tuple(self.family.values()) + tuple([i for i in (self.row, self.column) if i is not None])
        return Value(build.ein(self.factors, out), tuple(self.family))


class OfMembersError(CalculusError):
    """What cannot be had for all members of a family at once: the indices in `members` must stand for numbers."""

    def __init__(self, what: str, tree: Expr, members: tuple[str, ...]) -> None:
        super().__init__("E301", f"{what} of a member of a family is not supported yet", Label(tree.span))
        self.members = members


def sides(tree: Expr) -> tuple[Size, ...]:
    """The sizes of a tree's indices: its sides that are not of size one."""
    return tuple([side for side in tree.shape or () if side != 1])


def unsupported(what: str, tree: Expr) -> CalculusError:
    return CalculusError("E301", f"{what} is not supported yet", Label(tree.span))


def union(families: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Names of indices, each once, in order."""
    names: dict[str, None] = {}
    for family in families:
        names.update(dict.fromkeys(family))
    return tuple(names)


def entry_vector(name: str, size: Size) -> Node:
    """The unit vector e_i of a symbolic or numeric index, counted from one."""
    position = build.num(int(name)) if name.isdigit() else Var(name, role="integer")
    return Op("pick", (position,), (size,))


def member_vector(name: str, size: Size, start: int) -> Node:
    """The unit vector that picks a member of a family by its number, which counts from `start`: x_3, x_k, the last one
    x_N.
    """
    number: Node = build.num(int(name)) if name.isdigit() else Var(name, role="integer")
    if name == size:
        number = build.size_node(size)
    return families.pick(build.lin([(1, number), (1 - start, ONE)], ()), size, start)


def taken(node: Node, axis: int, symbol: Symbol, reach: tuple[Size, Size] | None, length: Size) -> Node:
    """The members of a family that a sum over a range takes: all of them where that is the whole family's."""
    start = symbol.family_starts[axis] if symbol.family_starts else 1
    whole = (1, symbol.family_sizes[axis])
    low, last = reach or whole
    if start == 1 and (low, last) == whole and (isinstance(last, int) or last.isidentifier()):
        return node
    return families.members(node, axis, families.Range(low, last, length, start))


def numbered(node: Node, index: tuple[str, ...], symbol: Symbol, numbers: frozenset[str] = frozenset()) -> Value:
    """A member x_n of a family, or x_3 by its number; the letters in `numbers` stand for numbers too."""
    starts = symbol.family_starts or (1,) * len(index)
    told = [name.isdigit() or name in numbers for name in index]
    picks = [
        (member_vector(name, node.shape[axis], start), (axis,))
        for axis, (name, start) in enumerate(zip(index, starts, strict=True))
        if told[axis]
    ]
    if not picks:
        return Value(node, index)
    out = tuple([axis for axis in range(node.order) if axis >= len(index) or not told[axis]])
    left = tuple([name for name, is_number in zip(index, told, strict=True) if not is_number])
    return Value(build.ein([(node, tuple(range(node.order))), *picks], out), left)


def delta(lowering: Lowering, index: tuple[str, ...]) -> Value:
    """Kronecker's delta of two indices of members, of which some may be numbers: delta_2k, the sum over n of
    n delta_kn.
    """
    whole, start = _whole(lowering, index)
    told = [name.isdigit() or name in lowering.numbers for name in index]
    picks = [(member_vector(name, whole, start), (axis,)) for axis, name in enumerate(index) if told[axis]]
    left = tuple([axis for axis in (0, 1) if not told[axis]])
    node = build.ein([(build.eye(whole), (0, 1)), *picks], left) if picks else build.eye(whole)
    names = tuple([index[axis] for axis in left])
    for axis, name in enumerate(names):
        length = lowering.sizes.setdefault(name, whole)
        if lowering.ranges.get(name, (1, whole)) != (1, whole):
            node = families.members(node, axis, families.Range(*lowering.ranges[name], length, start))
    return Value(node, names)


def _whole(lowering: Lowering, index: tuple[str, ...]) -> tuple[Size, int]:
    """How many members the family of two indices has, and the number of the first."""
    counted = {name: size for name, size in lowering.sizes.items() if name not in lowering.ranges}
    known = [counted[name] for name in index if name in counted and name not in lowering.numbers]
    families_here = [symbol for symbol in lowering.symbols.values() if symbol.family]
    sizes = [symbol.family_sizes[0] for symbol in families_here]
    starts = [symbol.family_starts[0] for symbol in families_here if symbol.family_starts]
    return (*known, *sizes, *lowering.sizes.values())[0], (*starts, 1)[0]


Groups = tuple[Indices, ...]


def unfolding(value: int, orders: list[int]) -> tuple[Groups, Groups]:
    """The indices of a derivative as rows (of the value, or of the first argument of a scalar) and columns (of the
    arguments, the last one fastest).
    """
    groups = [tuple(range(value))] if value else []
    start = value
    for order in orders:
        if order:
            groups.append(tuple(range(start, start + order)))
        start += order
    return (groups[0],), tuple(groups[:0:-1])


def fused(node: Node, rows: Groups, columns: Groups, family: Indices = ()) -> Node:
    """A tensor as a matrix: the indices of each group as one, the first of them fastest, as vec stacks columns; then
    the groups of a side.
    """
    factors: list[tuple[Node, Indices]] = [(node, tuple(range(node.order)))]
    sizes: dict[int, Size] = dict(enumerate(node.shape))

    def joined(indices: Indices) -> int:
        found = indices[0]
        for slow in indices[1:]:
            new = len(sizes)
            sizes[new] = product_size(sizes[slow], sizes[found])
            factors.append(
                (
                    Op("fuse", (), (sizes[new], sizes[slow], sizes[found]), (sizes[slow], sizes[found])),
                    (new, slow, found),
                )
            )
            found = new
        return found

    ends = [joined(tuple([joined(group) for group in side])) for side in (rows, columns)]
    return build.ein(factors, (*family, *ends))


def operator(name: str, args: tuple[Node, ...], shape: tuple[Size, ...]) -> Node:
    """An operator of the function table on nodes, in its canonical form."""
    if name == fn.INVERSE:
        return matrices.inv(args[0])
    needs = TABLE[name].traits.needs
    if "matrix" in needs and args[0].order < 2:
        raise CalculusError("E306", f"{name} is for matrices", hint="its argument here has one row or one column")
    if "symmetric" in needs and not symmetric(args[0]):
        raise CalculusError(
            "E306", f"{name} is for symmetric matrices", hint="declare the matrix: -w 'S symmetric', or write symm(S)"
        )
    if name in {fn.DETERMINANT, fn.LOGDET}:
        return matrices.scalar_of_matrix(name, args[0])
    if TABLE[name].shape == "square->square" and "transpose" in TABLE[name].traits.keeps and len(args) == 1:
        return matrices.oriented_operator(name, args[0])
    return Op(name, args, shape)
