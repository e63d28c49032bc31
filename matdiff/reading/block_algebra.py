"""Sums and products of block matrices and of the typed trees in their cells."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import CalculusError, Label
from matdiff.formula.syntax import Add, Call, Expr, Mul, Neg, Num, Pow, Shape, Sym, Transpose
from matdiff.functions import names as fn
from matdiff.reading.size_text import parse, polynomial_text
from matdiff.reading.sizes import Polynomial, plus
from matdiff.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.errors import Span
    from matdiff.reading.sizes import SizeTerm

SCALAR: Shape = (1, 1)


class Block(Record):
    """Cells by rows; the cells of a row are as high, those of a column as wide."""

    rows: list[list[Expr]]
    span: Span

    @property
    def heights(self) -> list[object]:
        return [shape_of(row[0])[0] for row in self.rows]

    @property
    def widths(self) -> list[object]:
        return [shape_of(cell)[1] for cell in self.rows[0]]

    def mapped(self, act: Callable[[Expr], Expr]) -> Block:
        return Block([[act(cell) for cell in row] for row in self.rows], self.span)


Part = Expr | Block


def unsupported(what: str, span: Span, hint: str = "") -> CalculusError:
    return CalculusError("E301", f"{what} is not supported yet", Label(span), hint=hint)


def shape_of(tree: Expr) -> Shape:
    return tree.shape or SCALAR


# -- arithmetic of typed trees ---------------------------------------------------------------------------------------


def times(one: Expr, other: Expr) -> Expr:
    if is_nought(one) or is_nought(other):
        shape = _product_shape(one, other)
        return _nought(shape, one.span)
    before = one.factors if isinstance(one, Mul) else (one,)
    return Mul((*before, other), span=one.span, shape=_product_shape(one, other))


def _product_shape(one: Expr, other: Expr) -> Shape:
    left, right = shape_of(one), shape_of(other)
    if SCALAR in (left, right):
        return right if left == SCALAR else left
    return left[0], right[1]


def total(terms: list[Expr]) -> Expr:
    kept = [term for term in terms if not is_nought(term)]
    if not kept:
        return terms[0]
    return kept[0] if len(kept) == 1 else Add(tuple(kept), span=kept[0].span, shape=shape_of(kept[0]))


def _nought(shape: Shape, span: Span) -> Expr:
    if shape == SCALAR:
        return Num(Fraction(0), span=span, shape=SCALAR)
    return Call(fn.ZEROS, (), span=span, shape=shape)


def is_nought(tree: Expr) -> bool:
    return (isinstance(tree, Num) and not tree.value) or (isinstance(tree, Call) and tree.function == fn.ZEROS)


def _turned(tree: Expr) -> Expr:
    rows, columns = shape_of(tree)
    if (rows, columns) == SCALAR:
        return tree
    if isinstance(tree, Transpose):
        return tree.arg
    if is_nought(tree):
        return _nought((columns, rows), tree.span)
    return Transpose(tree, span=tree.span, shape=(columns, rows))


def negative(tree: Expr) -> Expr:
    return tree.arg if isinstance(tree, Neg) else Neg(tree, span=tree.span, shape=shape_of(tree))


def inverse(tree: Expr) -> Expr:
    return Pow(tree, Num(Fraction(-1), span=tree.span, shape=SCALAR), span=tree.span, shape=shape_of(tree))


# -- arithmetic of blocks --------------------------------------------------------------------------------------------


def as_block(part: Part, heights: list[object], widths: list[object], span: Span) -> Block:
    """A part with these cells: a block matrix that has them, or any other matrix cut into them."""
    if isinstance(part, Block):
        if part.heights != heights or part.widths != widths:
            raise unsupported("an operation on blocks that are cut differently", span)
        return part
    sides = selectors(heights, part.span), selectors(widths, part.span)
    rows = range(len(heights))
    return Block([[_cut(part, (k, m), (heights, widths), sides) for m in range(len(widths))] for k in rows], span)


Sides = tuple[list[Expr], list[Expr]]


def _cut(tree: Expr, place: tuple[int, int], sizes: tuple[list[object], list[object]], sides: Sides) -> Expr:
    """One cell of a matrix: the part between two places, or what looks the same everywhere."""
    size: Shape = (sizes[0][place[0]], sizes[1][place[1]])  # type: ignore[assignment] # the sizes of cells
    if isinstance(tree, Mul) and len(tree.factors) == 2 and SCALAR in {shape_of(part) for part in tree.factors}:
        one, other = tree.factors
        scalar, array = (one, other) if shape_of(one) == SCALAR else (other, one)
        return times(scalar, _cut(array, place, sizes, sides))
    name = tree.function if isinstance(tree, Call) else ""
    if name == fn.IDENTITY and place[0] == place[1]:
        return Call(fn.IDENTITY, (), span=tree.span, shape=size) if size != SCALAR else Num(Fraction(1), shape=SCALAR)
    if name in {fn.IDENTITY, fn.ZEROS}:
        return _nought(size, tree.span)
    if name == fn.ONES and size[1] == 1:
        return Call(fn.ONES, (), span=tree.span, shape=size) if size != SCALAR else Num(Fraction(1), shape=SCALAR)
    return _between(tree, place, sides)


def _between(tree: Expr, place: tuple[int, int], sides: Sides) -> Expr:
    """The part of a matrix that the selectors of its sides take."""
    found = tree if len(sides[0]) == 1 else times(_turned(sides[0][place[0]]), tree)
    return found if len(sides[1]) == 1 else times(found, sides[1][place[1]])


def selectors(sizes: list[object], span: Span) -> list[Expr]:
    """For each part of a side the unit vectors that it has, as columns: E^T x is that part of x."""
    whole: SizeTerm = 0
    bounds = [(plus(whole, 1), whole := plus(whole, parse(size))) for size in sizes]  # type: ignore[arg-type] # a size
    total = polynomial_text(whole) if isinstance(whole, Polynomial) else whole
    found: list[Expr] = []
    for (low, high), size in zip(bounds, sizes, strict=True):
        ends = (place_of(low, span), place_of(high, span))
        name, args = (fn.UNIT_VECTOR, ends[:1]) if size == 1 else (fn.UNIT_VECTORS, ends)
        found.append(Call(name, args, span=span, shape=(total, size)))  # type: ignore[arg-type] # sizes of a shape
    return found


def place_of(term: SizeTerm, span: Span) -> Expr:
    """A size as an expression."""
    if isinstance(term, int):
        return Num(Fraction(term), span=span, shape=SCALAR)
    if isinstance(term, str):
        return Sym(term, span=span, shape=SCALAR)
    terms: list[Expr] = []
    for atoms, c in term.monomials.items() if isinstance(term, Polynomial) else ():
        names: list[Expr] = [Sym(str(atom), span=span, shape=SCALAR) for atom in atoms]
        factors = names if c == 1 and names else [Num(c, span=span, shape=SCALAR), *names]
        terms.append(factors[0] if len(factors) == 1 else Mul(tuple(factors), span=span, shape=SCALAR))
    return Add(tuple(terms), span=span, shape=SCALAR)


def assembled(block: Block) -> Expr:
    """A block matrix as the sum of its cells, each put where it stands."""
    rows, columns = selectors(block.heights, block.span), selectors(block.widths, block.span)
    terms: list[Expr] = []
    for line, left in zip(block.rows, rows, strict=True):
        for cell, right in zip(line, columns, strict=True):
            found = times(left, cell) if len(rows) > 1 else cell
            terms.append(times(found, _turned(right)) if len(columns) > 1 else found)
    return total(terms)


def transpose(_: Expr, parts: list[Part]) -> Part:
    block = the_block(parts)
    return Block([[_turned(row[m]) for row in block.rows] for m in range(len(block.rows[0]))], block.span)


def the_block(parts: list[Part]) -> Block:
    return next(part for part in parts if isinstance(part, Block))


def negate(_: Expr, parts: list[Part]) -> Part:
    return the_block(parts).mapped(negative)


def add(tree: Expr, parts: list[Part]) -> Part:
    like = the_block(parts)
    blocks = [as_block(part, like.heights, like.widths, tree.span) for part in parts]
    cells = zip(*[block.rows for block in blocks], strict=True)
    return Block([[total(list(terms)) for terms in zip(*rows, strict=True)] for rows in cells], tree.span)


def multiply(tree: Expr, parts: list[Part]) -> Part:
    found = parts[0]
    for part in parts[1:]:
        found = product(found, part, tree.span)
    return found


def product(one: Part, other: Part, span: Span) -> Part:
    """The product of two parts; one without blocks stands beside a single row or column of blocks, or is cut."""
    if isinstance(one, Block) and isinstance(other, Block):
        return _multiplied(one, other, span)
    if isinstance(one, Block):
        return _product_from_right(one, other, span)
    if not isinstance(other, Block):
        return times(one, other)
    left = one
    if shape_of(left) == SCALAR or len(other.rows) == 1:
        return _plain(other.mapped(lambda cell: times(left, cell)))
    heights: list[object] = other.heights if _is_alike(left) else [shape_of(left)[0]]
    return _multiplied(as_block(left, heights, other.heights, span), other, span)


def _is_alike(tree: Expr) -> bool:
    """Whether a matrix looks the same however it is cut: an identity, noughts."""
    parts = tree.factors if isinstance(tree, Mul) else (tree,)
    return any(isinstance(part, Call) and part.function in {fn.IDENTITY, fn.ZEROS} for part in parts)


def _product_from_right(one: Block, other: Expr | Block, span: Span) -> Part:
    if isinstance(other, Block):
        return _multiplied(one, other, span)
    right = other
    if shape_of(right) == SCALAR or len(one.rows[0]) == 1:
        return _plain(one.mapped(lambda cell: times(cell, right)))
    widths: list[object] = one.widths if _is_alike(right) else [shape_of(right)[1]]
    return _multiplied(one, as_block(right, one.widths, widths, span), span)


def _multiplied(one: Block, other: Block, span: Span) -> Part:
    if one.widths != other.heights:
        raise unsupported("a product of blocks that are cut differently", span)
    columns = range(len(other.rows[0]))
    rows = [[total([times(cell, other.rows[k][m]) for k, cell in enumerate(row)]) for m in columns] for row in one.rows]
    return _plain(Block(rows, span))


def _plain(block: Block) -> Part:
    return block.rows[0][0] if len(block.rows) == len(block.rows[0]) == 1 else block
