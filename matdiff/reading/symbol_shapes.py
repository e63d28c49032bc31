"""The shapes of names: declared, or of the kind that a name is taken for, with unknown sizes."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula import syntax
from matdiff.formula.syntax import Expr, Num, Size, Sym
from matdiff.functions import names as fn
from matdiff.reading import clashes, refusals
from matdiff.reading.size_text import size_text
from matdiff.reading.sizes import SCALAR, Dims, Polynomial, Sizes, SizeTerm, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matdiff.reading.entities import Entity, Meaning
    from matdiff.reading.meanings import Names

Typing = tuple[Expr, Dims]


class SymbolShapes:
    """What one attempt knows.  kinds: what undeclared names are taken for.

    record: every node of the new tree with its dimensions.  shapes: of the entities.  axes: sizes of the families'
    indices.  reaches: first and last members that their occurrences ask for.  bound, starts: last and first numbers of
    the sums around.  ranges: those of all sums.  free: sizes of what indices that
    no sum binds run over.
    formal: argument shapes of the unknown functions.  integers: names that are exponents of matrices.  open_sums: sums
    whose end is not said.
    unsized: constants whose size the context must tell.  ranged: sizes of unit vectors e_i, and of the range of i.
    written: the dimensions of every node as it was written, by its id.  spreading: whether numbers are added to every
    entry.  settled: what was worked out before, by the node's id.  of_matrices: calls that work on every entry of a
    matrix, where a function of the matrix itself has the same name.
    """

    def __init__(self, names: Names, kinds: dict[str, str]) -> None:
        self.names = names
        self.kinds = kinds
        self.sizes = Sizes({name: d.value for name, d in names.declared.items() if d.value is not None}, names.soft)
        self.record: list[tuple[Expr, Dims]] = []
        self.shapes: dict[str, Dims] = {}
        self.axes: dict[str, tuple[SizeTerm, ...]] = {}
        self.bound: dict[str, SizeTerm] = {}
        self.starts: dict[str, SizeTerm] = {}
        self.reaches: dict[tuple[str, int], list[tuple[SizeTerm, SizeTerm]]] = {}
        self.ranges: list[tuple[syntax.IndexedSum, SizeTerm, SizeTerm]] = []
        self.places: list[tuple[Expr, SizeTerm, SizeTerm, int, SizeTerm]] = []
        self.free: dict[str, SizeTerm] = {}
        self.formal: dict[str, list[Dims]] = {}
        self.integers: set[str] = set()
        self.open_sums: list[tuple[syntax.IndexedSum, SizeTerm]] = []
        self.unsized: list[tuple[Expr, SizeTerm]] = []
        self.ranged: list[tuple[Unknown, SizeTerm]] = []
        self.notes: list[str] = []
        self.spreading = False
        self.written: dict[int, Dims] = {}
        self.settled: dict[int, Typing] = {}
        self.of_matrices: list[tuple[syntax.Call, Dims]] = []

    def visit(self, node: Expr) -> Typing:
        """The node with its meaning settled, and its dimensions."""
        raise NotImplementedError

    def same(self, a: Dims, b: Dims) -> bool:
        """Unify two shapes."""
        return self.sizes.unify(a[0], b[0]) and self.sizes.unify(a[1], b[1])

    def square(self, dims: Dims) -> bool:
        """Make a shape square."""
        return self.sizes.unify(dims[0], dims[1])

    def text(self, size: SizeTerm) -> Size:
        """A size as text."""
        return size_text(self.sizes, size)

    # -- names -------------------------------------------------------------------------------------------------------

    def shape_of(self, entity: Entity) -> Dims:
        """The shape of one value of an entity: declared, or of the kind it is taken for with unknown sizes."""
        dims = self.shapes.get(entity.name)
        if dims is None:
            dims = self.shapes[entity.name] = self._first_shape(entity)
        return dims

    def _first_shape(self, entity: Entity) -> Dims:
        declared = entity.declared
        if declared is not None and declared.rows is not None and declared.columns is not None:
            dims = (self.sizes.resolve(declared.rows), self.sizes.resolve(declared.columns))
            if declared.structure and not self.square(dims):
                raise refusals.declared_not_square(self, entity, dims)
            return dims
        kind = declared.kind if declared is not None and declared.kind else self.kinds.get(entity.name, "scalar")
        if kind in {"scalar", "integer"}:
            return SCALAR
        rows = Unknown()
        if kind == "vector":
            return (rows, 1)
        return (rows, rows if declared is not None and declared.structure else Unknown())

    def sym(self, node: Sym) -> Typing:
        if node.name in self.bound:
            return node, SCALAR
        if node.name in self.names.applied:
            return self.visit(syntax.Apply(node.name, self.names.applied[node.name], span=node.span))
        meaning = self.names.meanings[node.name]
        if meaning.role == "number" and meaning.value is not None:
            return Num(meaning.value, span=node.span), SCALAR
        if meaning.role == "delta":
            self.sizes.unify(self._range(meaning.index[0]), self._range(meaning.index[1]))
            return node, SCALAR
        if meaning.role == "unit" or meaning.entity is None:
            return self.unit(node, meaning)
        if meaning.index:
            return self._indexed(node, meaning, meaning.entity)
        return node, self.shape_of(meaning.entity)

    def unit(self, node: Sym, meaning: Meaning) -> Typing:
        """e_i, where no e was declared: the i-th unit vector."""
        (index,) = meaning.index
        position: Expr = Num(Fraction(index), span=node.span) if index.isdigit() else Sym(index, span=node.span)
        self.record.append((position, SCALAR))
        return self.visit(syntax.Call(fn.UNIT_VECTOR, (position,), span=node.span))

    def note_range(self, node: syntax.Call, size: Unknown) -> None:
        """The unit vector e_i in a sum over i from 1: as long as the range, where nothing else says how long."""
        at = node.args[0] if node.args else None
        if isinstance(at, Sym) and at.name in self.bound and self.starts.get(at.name) == 1:
            self.ranged.append((size, self.bound[at.name]))
        letter = at.terms[0] if isinstance(at, syntax.Add) else at
        if isinstance(letter, Sym) and letter.name in self.bound:
            ahead = (
                syntax.constant_of(at.terms[1]) if isinstance(at, syntax.Add) and len(at.terms) == 2 else Fraction(0)
            )
            if ahead is not None:
                self.note_places(node, letter.name, size, int(ahead))

    def note_places(self, node: Expr, index: str, size: SizeTerm, ahead: int = 0) -> None:
        """The entries that a sum takes by an index that it binds, or by one that is so much ahead of it."""
        self.places.append((node, self.starts.get(index, 1), self.bound[index], ahead, size))

    def settle_ranged(self) -> None:
        """Take the ranges for the sizes of unit vectors that nothing else told."""
        for size, reach in self.ranged:
            if isinstance(self.sizes.resolve(size), Unknown):
                self.sizes.unify(size, reach)

    def settle_units(self) -> None:
        """Unit vectors whose size nothing tells are as long as the others: e_2 kron(e_2, e_2)^T."""
        units = [
            dims[0] for tree, dims in self.record if isinstance(tree, syntax.Call) and tree.function == fn.UNIT_VECTOR
        ]
        sizes = [self.sizes.resolve(size) for size in units]
        known = {size for size in sizes if not isinstance(size, Unknown)}
        if len(known) == 1:
            for size in sizes:
                if isinstance(size, Unknown):
                    self.sizes.unify(size, *known)

    def settle_products(self) -> None:
        """vec(A) beside vec(X), of sizes that nothing tells: A and X are taken to have one shape."""
        self._settle_unstacked()
        stacked = [tree for tree, _ in self.record if isinstance(tree, syntax.Call) and tree.function == fn.VEC]
        if not all(isinstance(tree.args[0], Sym) for tree in stacked):
            return
        for known in self._open_products():
            if all(isinstance(x, Unknown) for x in known[0] + known[1]):
                for one, other in zip(*known, strict=True):
                    self.sizes.unify(one, other)

    def _settle_unstacked(self) -> None:
        """unvec(vec(A), m, n) is A, where nothing else tells its shape."""
        dims_of = {id(tree): dims for tree, dims in self.record}
        for tree, (rows, columns) in list(self.record):
            inside = tree.args[0] if isinstance(tree, syntax.Call) and tree.function == fn.UNVEC else None
            if not isinstance(inside, syntax.Call) or inside.function != fn.VEC:
                continue
            sides = dims_of.get(id(inside.args[0]), ())
            if sides and all(isinstance(self.sizes.resolve(side), Unknown) for side in sides):
                self.sizes.unify(sides[0], rows)
                self.sizes.unify(sides[1], columns)

    def settle_identities(self) -> None:
        """kron(A, I) kron(I, B), of identities whose sizes nothing tells: m p is q n where p is n, and q is m."""
        identities = [unknown for _, unknown in self.unsized]
        for known in self._open_products():
            told = [[x for x in side if not isinstance(x, Unknown)] for side in known]
            left = [[x for x in side if isinstance(x, Unknown)] for side in known]
            if [len(told[0]), len(told[1]), len(left[0]), len(left[1])] == [1, 1, 1, 1] and all(
                any(self.sizes.resolve(unknown) is side[0] for unknown in identities) for side in left
            ):
                self.sizes.unify(left[0][0], told[1][0])
                self.sizes.unify(left[1][0], told[0][0])

    def _open_products(self) -> Iterator[tuple[tuple[SizeTerm, ...], tuple[SizeTerm, ...]]]:
        """Pairs of products of two sizes each that must be equal."""
        for pair in self.sizes.deferred:
            first, second = [self._factors(side) for side in pair]
            if len(first) == len(second) == 2:
                yield first, second

    def _factors(self, size: SizeTerm) -> tuple[SizeTerm, ...]:
        """The sizes that a product of sizes is made of; () for any other."""
        known = self.sizes.resolve(size)
        if not isinstance(known, Polynomial) or len(known.monomials) != 1:
            return ()
        atoms = next(iter(known.monomials))
        return tuple([self.sizes.resolve(atom) for atom in atoms])

    def _indexed(self, node: Sym, meaning: Meaning, entity: Entity) -> Typing:
        dims = self.shape_of(entity)
        index = meaning.index
        if meaning.role in {"member", "component"}:
            axes = self.axes_of(entity)
            index = meaning.index[len(axes) :]
            for k, (name, axis) in enumerate(zip(meaning.index, axes, strict=False)):
                last = int(name) if name.isdigit() else self._range(name)
                first = last if name.isdigit() else self.starts.get(name, 1)
                self.reaches.setdefault((entity.name, k), []).append((first, last))
                if isinstance(self.sizes.resolve(last), Unknown):
                    self.sizes.unify(last, axis)
            if meaning.role == "member":
                return node, dims
        sides = [side for side in dims if side != 1]
        if len(sides) != len(index):
            raise clashes.entry_count(self, node, entity.name, dims, index)
        for name, side in zip(index, sides, strict=True):
            size = self.sizes.resolve(side)
            if name.isdigit() and isinstance(size, int) and not 1 <= int(name) <= size:
                raise clashes.entry_outside(self, node, entity.name, dims, name)
            reach = self.bound.get(name)
            if reach is not None:
                self.note_places(node, name, side)
            open_ended = isinstance(size, Unknown) and entity.name not in self.names.ahead
            if isinstance(reach, Unknown) or (reach is not None and open_ended):
                self.sizes.unify(reach, side)
            elif isinstance(reach, int) and isinstance(size, int) and reach > size:
                raise clashes.entry_outside(self, node, entity.name, dims, str(reach))
        return node, SCALAR

    def axes_of(self, entity: Entity) -> tuple[SizeTerm, ...]:
        """How many members a family has, along each of its indices."""
        axes = self.axes.get(entity.name)
        if axes is None:
            axes = self.axes[entity.name] = tuple([Unknown() for _ in entity.index])
        return axes

    def _range(self, index: str) -> SizeTerm:
        """The last number that an index runs to; a free index runs over something unknown, everywhere the same."""
        size = self.bound.get(index)
        if size is None and index in self.names.size_names:
            return index  # x_N, the last of x_1, ..., x_N
        if size is None:
            size = self.free.setdefault(index, Unknown())
        return size
