"""Sums and products of block matrices and of the typed trees in their cells."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import CalculusError, Label
from matdiff.formula.syntax import Add, Call, Expr, Mul, Neg, Num, Pow, Shape, Transpose
from matdiff.functions import names as fn
from matdiff.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.errors import Span

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
    """A part with these cells: a block matrix that has them, or an identity, ones or noughts cut into them."""
    if isinstance(part, Block):
        if part.heights != heights or part.widths != widths:
            raise unsupported("an operation on blocks that are cut differently", span)
        return part
    return Block([[_cut(part, (k, m), (h, w)) for m, w in enumerate(widths)] for k, h in enumerate(heights)], span)


def _cut(tree: Expr, place: tuple[int, int], shape: tuple[object, object]) -> Expr:
    """One cell of a matrix that looks the same everywhere."""
    size: Shape = (shape[0], shape[1])  # type: ignore[assignment] # the sizes of cells
    if isinstance(tree, Mul) and len(tree.factors) == 2 and SCALAR in {shape_of(part) for part in tree.factors}:
        one, other = tree.factors
        scalar, array = (one, other) if shape_of(one) == SCALAR else (other, one)
        return times(scalar, _cut(array, place, shape))
    name = tree.function if isinstance(tree, Call) else ""
    if name == fn.IDENTITY and place[0] == place[1]:
        return Call(fn.IDENTITY, (), span=tree.span, shape=size) if size != SCALAR else Num(Fraction(1), shape=SCALAR)
    if name in {fn.IDENTITY, fn.ZEROS}:
        return _nought(size, tree.span)
    if name == fn.ONES and size[1] == 1:
        return Call(fn.ONES, (), span=tree.span, shape=size) if size != SCALAR else Num(Fraction(1), shape=SCALAR)
    raise unsupported("a block matrix beside one that has no blocks", tree.span, "write its parts: [x; y]")


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
    return _multiplied(as_block(left, other.heights, other.heights, span), other, span)


def _product_from_right(one: Block, other: Expr | Block, span: Span) -> Part:
    if isinstance(other, Block):
        return _multiplied(one, other, span)
    right = other
    if shape_of(right) == SCALAR or len(one.rows[0]) == 1:
        return _plain(one.mapped(lambda cell: times(cell, right)))
    widths: list[object] = one.widths if shape_of(right)[1] != 1 else [1]
    return _multiplied(one, as_block(right, one.widths, widths, span), span)


def _multiplied(one: Block, other: Block, span: Span) -> Part:
    if one.widths != other.heights:
        raise unsupported("a product of blocks that are cut differently", span)
    columns = range(len(other.rows[0]))
    rows = [[total([times(cell, other.rows[k][m]) for k, cell in enumerate(row)]) for m in columns] for row in one.rows]
    return _plain(Block(rows, span))


def _plain(block: Block) -> Part:
    return block.rows[0][0] if len(block.rows) == len(block.rows[0]) == 1 else block
