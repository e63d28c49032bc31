"""The shape of a matrix that is written out: of numbers it is a constant, of matrices a block matrix."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ShapeError
from matdiff.formula.syntax import Add, Call, Expr, Matrix, Mul, Num, Sym, Transpose, constant_of
from matdiff.functions import names as fn
from matdiff.reading import clashes, sizes
from matdiff.reading.kinds import VECTOR_KIND, by_letter
from matdiff.reading.sizes import SCALAR, Dims, SizeTerm, Unknown

if TYPE_CHECKING:
    from matdiff.errors import Span
    from matdiff.reading.inference import Inference
    from matdiff.reading.symbol_shapes import Typing


def written_out(inference: Inference, node: Matrix) -> Typing:
    """Shapes of the cells: as high as their neighbours in a row, as wide as those in a column."""
    _check_letters(inference, node)
    visited = [[inference.visit(cell) for cell in row] for row in node.rows]
    if all(dims == SCALAR for row in visited for _, dims in row):
        return _constant(inference, [[tree for tree, _ in row] for row in visited], node.span)
    heights = [_common(inference, node, [(tree, dims[0]) for tree, dims in row]) for row in visited]
    columns = list(zip(*visited, strict=True))
    widths = [_common(inference, node, [(tree, dims[1]) for tree, dims in column]) for column in columns]
    cells = [
        _filled(inference, tree, dims, (height, width))
        for row, height in zip(visited, heights, strict=True)
        for (tree, dims), width in zip(row, widths, strict=True)
    ]
    return Matrix(tuple(cells), node.width, span=node.span), (sizes.partition(heights), sizes.partition(widths))


def _check_letters(inference: Inference, node: Matrix) -> None:
    """Raise E125 where all cells are small letters of which nothing is known: numbers, or vectors side by side."""
    names = [cell.name for cell in node.cells if isinstance(cell, Sym) and cell.name not in inference.names.declared]
    letters = [name for name in names if by_letter(name) == VECTOR_KIND]
    if node.width < 2 or len(node.rows) < 2 or len(letters) < len(node.cells):
        return
    first = letters[0]
    raise ShapeError(
        "E125",
        "the matrix can be read in two ways: of numbers, or of vectors side by side",
        Label(node.span),
        hint=f"declare its letters: -w '{first} in R, …' or -w '{first} in R^n, …'",
        source=inference.names.reading.text,
    )


def _is_nought(tree: Expr) -> bool:
    return isinstance(tree, Num) and not tree.value


def _common(inference: Inference, node: Matrix, sides: list[tuple[Expr, SizeTerm]]) -> SizeTerm:
    """The size that all cells of a row or column have along it; a 0 has any."""
    known = [(tree, side) for tree, side in sides if not _is_nought(tree)]
    if not known:
        unknown = Unknown()
        inference.unsized.append((node, unknown))
        return unknown
    first, size = known[0]
    for tree, side in known[1:]:
        if not inference.sizes.unify(size, side):
            raise clashes.elementwise(inference, node, (first, (size, 1)), (tree, (side, 1)))
    return size


def _filled(inference: Inference, tree: Expr, dims: Dims, wanted: Dims) -> Expr:
    """A cell, a 0 as a matrix of noughts."""
    if not _is_nought(tree) or dims == wanted:
        return tree
    made = Call(fn.ZEROS, (), span=tree.span)
    inference.record.append((made, wanted))
    return made


def _is_literal(rows: list[list[Expr]]) -> bool:
    return all(constant_of(entry) is not None for row in rows for entry in row)


def _constant(inference: Inference, rows: list[list[Expr]], span: Span) -> Typing:
    """A matrix of numbers; with names among them the sum of its entries times unit matrices, whose sizes a matrix of
    noughts says.
    """
    size = len(rows), len(rows[0])
    if size == SCALAR:
        return rows[0][0], SCALAR
    if _is_literal(rows):
        return Matrix(tuple([entry for row in rows for entry in row]), size[1], span=span), size
    terms = [Call(fn.ZEROS, tuple([Num(Fraction(side), span=span) for side in size if side != 1]), span=span)]
    if size[0] == 1:
        terms = [Transpose(terms[0], span=span)]  # type: ignore[list-item] # a row of noughts
    found: list[Expr] = [*terms]
    for k, row in enumerate(rows):
        for m, entry in enumerate(row):
            if _is_nought(entry):
                continue
            found.append(_placed(entry, (k, m), size, span))
    return inference.visit(found[0] if len(found) == 1 else Add(tuple(found), span=span))


def _placed(entry: Expr, place: tuple[int, int], size: tuple[int, int], span: Span) -> Expr:
    """An entry times the unit matrix of its place."""
    k, m = place
    factors: list[Expr] = [] if entry == Num(Fraction(1)) else [entry]
    factors += [Call(fn.UNIT_VECTOR, (Num(Fraction(k + 1), span=span),), span=span)] if size[0] > 1 else []
    unit = Call(fn.UNIT_VECTOR, (Num(Fraction(m + 1), span=span),), span=span)
    factors += [Transpose(unit, span=span)] if size[1] > 1 else []
    return factors[0] if len(factors) == 1 else Mul(tuple(factors), span=span)
