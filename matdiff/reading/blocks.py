"""Block matrices: products, sums and functions of them, cell by cell.

A matrix that is written out in blocks is no node of the graph: what is made of it is worked out on its cells, and the
question goes on without it.  Determinant and inverse are those of the Schur complement.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import CalculusError
from matdiff.formula.syntax import (
    Add,
    Call,
    Div,
    Expr,
    Had,
    HadDiv,
    HadPow,
    Matrix,
    Mul,
    Neg,
    Num,
    Pow,
    Shape,
    Transpose,
    children,
    literal_of,
    subtrees,
)
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading.block_algebra import (
    SCALAR,
    Block,
    Part,
    add,
    as_block,
    assembled,
    inverse,
    multiply,
    negate,
    negative,
    product,
    shape_of,
    the_block,
    times,
    total,
    transpose,
    unsupported,
)

if TYPE_CHECKING:
    from collections.abc import Callable


_HIGHEST = 8


def without_blocks(tree: Expr, notes: list[str]) -> Expr:
    """A typed tree with every block matrix worked out; notes say what is taken for granted.  Raises E301 where that is
    not supported.
    """
    if not _has_blocks(tree):
        return tree
    if any(_inverts(part) and _has_blocks(part) for part in subtrees(tree)):
        notes.append("the first block on the diagonal is taken to be invertible")
    found = _worked_out(tree)
    return assembled(found) if isinstance(found, Block) else found


def _has_blocks(tree: Expr) -> bool:
    return any(_is_block(part) for part in subtrees(tree))


def _is_block(tree: Expr) -> bool:
    """Whether a tree is a matrix in blocks; one of numbers is a constant."""
    return isinstance(tree, Matrix) and literal_of(tree) is None


def _inverts(tree: Expr) -> bool:
    if isinstance(tree, Pow):
        return isinstance(tree.exponent, Num) and tree.exponent.value < 0 and tree.shape != SCALAR
    return isinstance(tree, Call) and tree.function in {fn.DETERMINANT, fn.LOGDET, fn.INVERSE}


def _worked_out(tree: Expr) -> Part:
    if isinstance(tree, Matrix) and _is_block(tree):
        return _nested(tree)
    parts = [_worked_out(part) for part in children(tree)]
    if not any(isinstance(part, Block) for part in parts):
        return _rebuilt(tree, parts)
    rule = _RULES.get(type(tree))
    try:
        if rule is not None:
            return rule(tree, parts)
    except CalculusError:  # no rule on cells: the matrix is put together, and what is asked of it asked of the whole
        pass
    return _rebuilt(tree, [assembled(part) if isinstance(part, Block) else part for part in parts])


def _nested(tree: Matrix) -> Block:
    rows = []
    for row in tree.rows:
        cells = [_worked_out(cell) for cell in row]
        if any(isinstance(cell, Block) for cell in cells):
            raise unsupported("a block matrix inside another", tree.span)
        rows.append([cell for cell in cells if not isinstance(cell, Block)])
    return Block(rows, tree.span)


def _rebuilt(tree: Expr, parts: list[Part]) -> Expr:
    old = children(tree)
    new = [part for part in parts if not isinstance(part, Block)]
    if all(a is b for a, b in zip(old, new, strict=True)):
        return tree
    match tree:
        case Add():
            return Add(tuple(new), span=tree.span, shape=tree.shape)
        case Mul():
            return Mul(tuple(new), span=tree.span, shape=tree.shape)
        case Had():
            return Had(tuple(new), span=tree.span, shape=tree.shape)
        case Call(name):
            return Call(name, tuple(new), span=tree.span, shape=tree.shape)
        case Neg() | Transpose():
            return type(tree)(new[0], span=tree.span, shape=tree.shape)
        case Div() | HadDiv() | Pow() | HadPow():
            return type(tree)(new[0], new[1], span=tree.span, shape=tree.shape)
        case _:
            raise unsupported("a block matrix inside a sum or an unknown function", tree.span)


# -- arithmetic ------------------------------------------------------------------------------------------------------


def _entrywise(tree: Expr, parts: list[Part]) -> Part:
    like = the_block(parts)
    blocks = [
        part if not isinstance(part, Block) and shape_of(part) == SCALAR
        else as_block(part, like.heights, like.widths, tree.span)
        for part in parts
    ]  # fmt: skip
    rows = []
    for k, row in enumerate(like.rows):
        cells = []
        for m, cell in enumerate(row):
            args = [part.rows[k][m] if isinstance(part, Block) else part for part in blocks]
            cells.append(_with_args(tree, args, shape_of(cell)))
        rows.append(cells)
    return Block(rows, tree.span)


def _with_args(tree: Expr, args: list[Expr], shape: Shape) -> Expr:
    if isinstance(tree, Had):
        return Had(tuple(args), span=tree.span, shape=shape)
    if isinstance(tree, Call):
        return Call(tree.function, tuple(args), span=tree.span, shape=shape)
    kind: type[Div | HadDiv | HadPow] = Div if isinstance(tree, Div) else HadDiv if isinstance(tree, HadDiv) else HadPow
    return kind(args[0], args[1], span=tree.span, shape=shape)


def _div(tree: Expr, parts: list[Part]) -> Part:
    return _entrywise(tree, parts)


def _power(tree: Expr, parts: list[Part]) -> Part:
    block, exponent = parts
    if isinstance(block, Block) and isinstance(exponent, Num) and exponent.value.denominator == 1:
        times = int(exponent.value)
        base: Part = _inverted(block) if times < 0 else block
        if 0 < abs(times) <= _HIGHEST:
            found = base
            for _ in range(abs(times) - 1):
                found = product(found, base, tree.span)
            return found
    raise unsupported("this power of a block matrix", tree.span)


# -- functions of blocks ---------------------------------------------------------------------------------------------


def _quarters(block: Block) -> tuple[Expr, Expr, Expr, Expr, Expr]:
    """A, B, C, D of a matrix of two by two blocks, A and D square, and the Schur complement D - C A^-1 B."""
    if len(block.rows) != 2 or len(block.rows[0]) != 2 or block.heights != block.widths:
        raise unsupported("this function of anything but two by two blocks, square on the diagonal", block.span)
    (a, b), (c, d) = block.rows
    return a, b, c, d, total([d, negative(times(times(c, inverse(a)), b))])


def _inverted(block: Block) -> Block:
    a, b, c, _, schur = _quarters(block)
    down, up = inverse(a), inverse(schur)
    left, right = times(times(down, b), up), times(times(up, c), down)
    corner = total([down, times(times(left, c), down)])
    return Block([[corner, negative(left)], [negative(right), up]], block.span)


def _determinant(tree: Call, block: Block) -> Expr:
    a, _, _, _, schur = _quarters(block)
    parts = [_call(tree.function, part) for part in (a, schur)]
    if tree.function == fn.DETERMINANT:
        return Mul((parts[0], parts[1]), span=tree.span, shape=SCALAR)
    return Add((parts[0], parts[1]), span=tree.span, shape=SCALAR)


def _call(name: str, tree: Expr) -> Expr:
    """Det and logdet of a cell, which may be a number."""
    if shape_of(tree) == SCALAR:
        return tree if name == fn.DETERMINANT else Call(fn.LOG, (tree,), span=tree.span, shape=SCALAR)
    return Call(name, (tree,), span=tree.span, shape=SCALAR)


def _total(tree: Call, block: Block) -> Expr:
    return total([
        cell if shape_of(cell) == SCALAR else Call(fn.SUM, (cell,), span=tree.span, shape=SCALAR)
        for row in block.rows
        for cell in row
    ])  # fmt: skip


def _trace(tree: Call, block: Block) -> Expr:
    if block.heights != block.widths:
        raise unsupported("the trace of blocks that are not square on the diagonal", tree.span)
    cells = [row[k] for k, row in enumerate(block.rows)]
    return total([cell if shape_of(cell) == SCALAR else _scalar(fn.TRACE, cell) for cell in cells])


def _scalar(name: str, *args: Expr) -> Expr:
    return Call(name, args, span=args[0].span, shape=SCALAR)


def _inner(block: Block, other: Block) -> Expr:
    pairs = zip([cell for row in block.rows for cell in row], [cell for row in other.rows for cell in row], strict=True)
    return total([times(a, b) if shape_of(a) == SCALAR else _scalar(fn.INNER, a, b) for a, b in pairs])


def _norm(tree: Call, block: Block) -> Expr:
    kind = tree.args[1] if len(tree.args) > 1 else None
    vector = len(block.rows[0]) == 1 and block.widths == [1]
    squares = kind is None or getattr(kind, "name", "") == "F" or (vector and kind == Num(Fraction(2)))
    if not squares:
        raise unsupported("this norm of a block matrix", tree.span)
    half = Num(Fraction(1, 2), span=tree.span, shape=SCALAR)
    return Pow(_inner(block, block), half, span=tree.span, shape=SCALAR)


def _function(tree: Expr, parts: list[Part]) -> Part:
    block = the_block(parts)
    if not isinstance(tree, Call):
        raise unsupported("a block matrix here", tree.span)
    row = TABLE.get(tree.function)
    if tree.function == fn.INNER:
        blocks = [as_block(part, block.heights, block.widths, tree.span) for part in parts]
        return _inner(blocks[0], blocks[1])
    rule = _FUNCTIONS.get(tree.function)
    if rule is not None:
        return rule(tree, block)
    if row is not None and row.shape == "same" and row.kind in {"elementwise", "definition"}:
        return _entrywise(tree, parts)
    raise unsupported(f"{tree.function} of a block matrix", tree.span)


def _inverse_of(_: Call, block: Block) -> Part:
    return _inverted(block)


_FUNCTIONS: dict[str, Callable[[Call, Block], Part]] = {
    fn.SUM: _total,
    fn.TRACE: _trace,
    fn.NORM: _norm,
    fn.DETERMINANT: _determinant,
    fn.LOGDET: _determinant,
    fn.INVERSE: _inverse_of,
}
_RULES: dict[type, Callable[[Expr, list[Part]], Part]] = {
    Transpose: transpose,
    Neg: negate,
    Add: add,
    Mul: multiply,
    Had: _entrywise,
    HadDiv: _entrywise,
    HadPow: _entrywise,
    Div: _div,
    Pow: _power,
    Call: _function,
}
