"""The shape rules of the function table: what each function takes and what comes out."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula import syntax
from matdiff.formula.occurrences import NORM_KINDS
from matdiff.formula.syntax import Call, Expr, Sym
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.reading import axes, clashes, entries, matrix_functions, refusals, signs, sizes, solution_shapes
from matdiff.reading.blame import extent, quoted
from matdiff.reading.sizes import SCALAR, Dims, SizeTerm, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.reading.inference import Inference
    from matdiff.reading.symbol_shapes import Typing

_NUMPY = re.compile(r"@|(?<![A-Za-z0-9_])(?:np|numpy|jnp|torch|jax)\.")


def _args(inference: Inference, node: Call) -> tuple[Call, list[Dims]]:
    fewest, most = TABLE[node.function].arity
    if not fewest <= len(node.args) <= most:
        raise refusals.arity(inference, node, fewest, most)
    args, shapes = inference.visit_all(node.args)
    return (node if args is node.args else Call(node.function, args, span=node.span)), shapes


def _elementwise(inference: Inference, node: Call) -> Typing:
    """The shape of the first argument; what comes after it is a number."""
    new, shapes = _args(inference, node)
    for arg, dims in zip(node.args[1:], shapes[1:], strict=True):
        if dims != SCALAR:
            raise clashes.wrong_kind(inference, node, arg, dims, "a number")
    if 1 not in shapes[0] and TABLE[node.function].latex == f"\\{node.function}":
        inference.of_matrices.append((node, shapes[0]))
    return new, shapes[0]


def _transposed(inference: Inference, node: Call) -> Typing:
    new, ((rows, columns),) = _args(inference, node)
    return new, (columns, rows)


def _to_scalar(inference: Inference, node: Call) -> Typing:
    """A number; what is a norm by its exponent, as Schatten's, means something else below a vector's bars."""
    new, shapes = _args(inference, node)
    row = TABLE[node.function]
    if "norm" in row.takes and "matrix" in row.traits.needs and 1 in shapes[0]:
        raise clashes.wrong_kind(inference, node, node.args[0], shapes[0], "a matrix")
    if shapes[0] == SCALAR and node.function in axes.AXES:
        axes.check_sum(inference, node, node.args[0])
    return new, SCALAR


def _extremum(inference: Inference, node: Call) -> Typing:
    """max(x): of all entries; max(x, y): entry by entry, of equal shapes or scalars."""
    new, shapes = _args(inference, node)
    return new, SCALAR if len(shapes) == 1 else inference.elementwise(node, node.args, shapes)


def _square(inference: Inference, node: Call) -> tuple[Call, Dims]:
    """A function of square matrices; where it takes several, they are of one size."""
    new, shapes = _args(inference, node)
    for arg, dims in zip(node.args, shapes, strict=True):
        if not inference.square(dims):
            raise clashes.not_square(inference, TABLE[node.function].said or node.function, arg, dims)
        if not inference.same(shapes[0], dims):
            raise clashes.elementwise(inference, node, (node.args[0], shapes[0]), (arg, dims))
    return new, shapes[0]


def _square_to_scalar(inference: Inference, node: Call) -> Typing:
    inner = node.args[0] if node.args else node
    new, dims = _square(inference, node)
    if dims != SCALAR and isinstance(inner, Call) and any(inner is other for other, _ in inference.of_matrices):
        raise matrix_functions.two_readings(inference, inner)
    return new, SCALAR


def _vector(inference: Inference, node: Call) -> tuple[Call, Dims]:
    new, (dims,) = _args(inference, node)
    each_row = TABLE[node.function].each_row
    if each_row and 1 not in dims:
        inference.notes.append(f"{node.function} was taken of each row of {quoted(inference, node.args[0])}")
        return Call(each_row, new.args, span=node.span), dims
    if (dims[0] == 1) == (dims[1] == 1):
        raise clashes.wrong_kind(inference, node, node.args[0], dims, "a vector")
    return new, dims


def _vector_to_scalar(inference: Inference, node: Call) -> Typing:
    return _vector(inference, node)[0], SCALAR


def _rows(inference: Inference, node: Call) -> Typing:
    new, ((rows, _),) = _args(inference, node)
    return new, (rows, 1)


def _columns(inference: Inference, node: Call) -> Typing:
    new, ((_, columns),) = _args(inference, node)
    return new, (columns, 1)


def _unvec(inference: Inference, node: Call) -> Typing:
    """unvec(v, m, n): a vector of m n entries as an m x n matrix."""
    fewest, most = TABLE[node.function].arity
    if not fewest <= len(node.args) <= most:
        raise refusals.arity(inference, node, fewest, most)
    vector, dims = inference.visit(node.args[0])
    rows, columns = (inference.size_argument(node, arg) for arg in node.args[1:])
    if not inference.same(dims, (_times(inference, rows, columns), 1)):
        raise clashes.wrong_kind(inference, node, node.args[0], dims, "a vector of as many entries as the matrix")
    return (node if vector is node.args[0] else Call(fn.UNVEC, (vector, *node.args[1:]), span=node.span)), (
        rows,
        columns,
    )


def _diag(inference: Inference, node: Call) -> Typing:
    new, (dims,) = _args(inference, node)
    if dims == SCALAR:
        return new, SCALAR
    if 1 in dims:
        size = dims[0] if dims[1] == 1 else dims[1]
        return new, (size, size)
    if not inference.square(dims):
        raise clashes.not_square(inference, "diag of a matrix", node.args[0], dims)
    return new, (dims[0], 1)


def _jacobian(inference: Inference, node: Call) -> Typing:
    """The Jacobian of a matrix function of an n x n matrix: n^2 x n^2."""
    new, dims = _square(inference, node)
    size = _times(inference, dims[0], dims[0])
    return new, (size, size)


def _vec(inference: Inference, node: Call) -> Typing:
    new, ((rows, columns),) = _args(inference, node)
    return new, (_times(inference, rows, columns), 1)


def _vech(inference: Inference, node: Call) -> Typing:
    new, dims = _square(inference, node)
    return new, (sizes.triangle(inference.sizes.resolve(dims[0])), 1)


def _kron(inference: Inference, node: Call) -> Typing:
    new, (left, right) = _args(inference, node)
    return new, (_times(inference, left[0], right[0]), _times(inference, left[1], right[1]))


def _times(inference: Inference, a: SizeTerm, b: SizeTerm) -> SizeTerm:
    if a == 1 or b == 1:
        return b if a == 1 else a
    return sizes.times(inference.sizes.resolve(a), inference.sizes.resolve(b))


def _dot(inference: Inference, node: Call) -> Typing:
    """An inner product of equal shapes; dot(A, x) is the product A x, as in NumPy."""
    new, (left, right) = _args(inference, node)
    alike = all((a == 1) == (b == 1) for a, b in zip(left, right, strict=True))
    if not alike and (SCALAR in (left, right) or (left[1] != 1 and right[0] != 1)):
        product = syntax.Mul(new.args, span=node.span)
        return product, inference.product(syntax.Mul(node.args, span=node.span), [left, right])
    if not inference.same(left, right):
        raise clashes.elementwise(inference, node, (node.args[0], left), (node.args[1], right))
    return new, SCALAR


def _outer(inference: Inference, node: Call) -> Typing:
    new, (left, right) = _args(inference, node)
    if not inference.sizes.unify(left[1], right[1]):
        raise clashes.elementwise(inference, node, (node.args[0], left), (node.args[1], right))
    return new, (left[0], right[0])


def _hadamard(inference: Inference, node: Call) -> Typing:
    new, shapes = _args(inference, node)
    return new, inference.elementwise(node, node.args, shapes)


def _contraction(inference: Inference, node: Call) -> Typing:
    """What an einsum takes and gives: sides of one letter are alike."""
    new, shapes = _args(inference, node)
    inputs, output = TABLE[node.function].einsum.split("->")
    known: dict[str, tuple[Expr, Dims, SizeTerm]] = {}
    for arg, dims, letters in zip(node.args, shapes, inputs.split(","), strict=True):
        if len(letters) == 1 and dims[1] != 1:
            raise clashes.wrong_kind(inference, node, arg, dims, "a vector")
        for letter, side in zip(letters, dims, strict=False):
            first, of, other = known.setdefault(letter, (arg, dims, side))
            if not inference.sizes.unify(other, side):
                raise clashes.elementwise(inference, node, (first, of), (arg, dims))
    sides = [known[letter][2] for letter in output]
    return new, (sides[0] if sides else 1, sides[1] if len(sides) > 1 else 1)


def _constant(inference: Inference, node: Call) -> Typing:
    if node.function == fn.UNIT_VECTORS:
        return entries.units(inference, node)
    fewest, most = TABLE[node.function].arity
    if not fewest <= len(node.args) <= most:
        raise refusals.arity(inference, node, fewest, most)
    if node.function in {fn.PI, fn.EULER}:
        return node, SCALAR
    if node.function == fn.UNIT_VECTOR:
        arg, dims = inference.visit(node.args[0])
        if dims != SCALAR or not inference.is_integer(arg):
            raise clashes.wrong_kind(inference, node, node.args[0], dims, "an integer")
        node = node if arg is node.args[0] else Call(fn.UNIT_VECTOR, (arg,), span=node.span)
    given = [] if node.function == fn.UNIT_VECTOR else [inference.size_argument(node, arg) for arg in node.args]
    if not given:
        unknown = Unknown()
        given = [unknown]
        inference.unsized.append((node, unknown))
        inference.note_range(node, unknown)
    if node.function == fn.COMMUTATION:
        size = _times(inference, *given)
        return node, (size, size)
    if node.function == fn.ELIMINATION:
        return node, (sizes.triangle(inference.sizes.resolve(given[0])), _times(inference, given[0], given[0]))
    if node.function == fn.IDENTITY:
        return node, (given[0], given[0])
    return node, (given[0], given[1] if len(given) > 1 else 1)


def _length(inference: Inference, node: Call) -> Typing:
    """How many rows or columns an array has, which nothing but its shape tells."""
    arg, _ = inference.visit(node.args[0])
    return (node if arg is node.args[0] else Call(node.function, (arg,), span=node.span)), SCALAR


def _bars(inference: Inference, node: Call) -> Typing:
    """Bars: |x| is the absolute value of a scalar, a vector's entry by entry, a square matrix' determinant."""
    new, (dims,) = _args(inference, node)
    if 1 in dims:
        return Call(fn.ABSOLUTE, new.args, span=node.span), dims
    if not inference.square(dims):
        raise clashes.not_square(inference, "the determinant |X|", node.args[0], dims)
    return Call(fn.DETERMINANT, new.args, span=node.span), SCALAR


def _norm(inference: Inference, node: Call) -> Typing:
    arg, dims = inference.visit(node.args[0])
    rest = node.args[1:]
    if node.function == fn.WEIGHTED_NORM:
        weight, weight_dims = inference.visit(rest[0])
        if dims[1] != 1:
            raise clashes.wrong_kind(inference, node, node.args[0], dims, "a vector")
        if not (inference.sizes.unify(weight_dims[0], dims[0]) and inference.sizes.unify(weight_dims[1], dims[0])):
            raise clashes.elementwise(inference, node, (node.args[0], dims), (rest[0], weight_dims))
        return Call(node.function, (arg, weight), span=node.span), SCALAR
    if rest and isinstance(rest[0], Sym) and rest[0].name in NORM_KINDS:
        inference.record.append((rest[0], SCALAR))
    elif rest:
        kind, kind_dims = inference.visit(rest[0])
        if kind_dims != SCALAR:
            raise clashes.wrong_kind(inference, node, rest[0], kind_dims, "a number (which norm it is)")
        rest = (kind,)
    return Call(node.function, (arg, *rest), span=node.span), SCALAR


def _star(inference: Inference, node: Call) -> Typing:
    """The stars of a * b * c in what looks like NumPy, left to right: entry by entry or a product, whichever the shapes
    allow.

    Where they allow both, it is entry by entry if the text tells * from @ or calls NumPy's functions.
    """
    written: list[Expr] = []
    left: Expr = node
    while isinstance(left, Call) and left.function == "times":
        written.append(left.args[1])
        left = left.args[0]
    operands = (left, *reversed(written))
    args, shapes = inference.visit_all(operands)
    strict = _NUMPY.search(inference.names.reading.text) is not None
    factors, total = [args[0]], shapes[0]
    for k in range(1, len(args)):
        dims = shapes[k]
        is_product = SCALAR in (total, dims) or inference.sizes.could_unify(total[1], dims[0])
        alike = SCALAR not in (total, dims) and all(
            inference.sizes.could_unify(a, b) for a, b in zip(total, dims, strict=True)
        )
        if alike and (strict or not is_product) and inference.same(total, dims):
            _note_star(inference, operands[: k + 1], "entry by entry, as in NumPy")
            factors = [
                syntax.Had((_joined(inference, factors, operands[:k], total), args[k]), span=extent(operands[: k + 1]))
            ]
            inference.record.append((factors[0], total))
            continue
        if SCALAR in (total, dims):
            total = dims if total == SCALAR else total
        else:
            if not inference.sizes.unify(total[1], dims[0]):
                raise clashes.product(inference, operands, shapes, k, total)
            _note_star(inference, operands[: k + 1], "as the matrix product")
            total = (total[0], dims[1])
        factors.append(args[k])
    return _joined(inference, factors, operands, total), total


def _note_star(inference: Inference, operands: tuple[Expr, ...], how: str) -> None:
    inference.notes.append(f"{quoted(inference, *operands)} was read {how}")


def _joined(inference: Inference, factors: list[Expr], operands: tuple[Expr, ...], dims: Dims) -> Expr:
    if len(factors) == 1:
        return factors[0]
    product = syntax.Mul(tuple(factors), span=extent(operands))
    inference.record.append((product, dims))
    return product


def derivative(value: Dims, by: list[Dims], transposed: list[bool]) -> Dims:
    """The shape of a derivative of an unknown function, in denominator layout: du/dx is n x m, du/dx^T is m x n."""
    sides = [(dims, flip) for dims, flip in zip(by, transposed, strict=True) if dims != SCALAR]
    if not sides:
        plain = value[0] != 1 and value[1] == 1 and bool(by) and not any(transposed)
        return (1, value[0]) if plain else value
    if value == SCALAR and len(sides) == 1:
        (rows, columns), flip = sides[0]
        return (columns, rows) if flip else (rows, columns)
    over: SizeTerm = 1
    for dims, _ in sides if value != SCALAR else sides[1:]:
        over = sizes.times(over, _count(dims))
    if value == SCALAR:  # the first variable against the others
        return _count(sides[0][0]), over
    return (_count(value), over) if sides[-1][1] else (over, _count(value))


def _count(dims: Dims) -> SizeTerm:
    return sizes.times(dims[0], dims[1])


RULES: dict[str, Callable[[Inference, Call], Typing]] = {
    "same": _elementwise,
    "square->scalar": _square_to_scalar,
    "square->square": _square,
    "any->scalar": _to_scalar,
    "vector->scalar": _vector_to_scalar,
    "vector->vector": _vector,
    "transposed": _transposed,
    "extremum": _extremum,
    "rows": _rows,
    "jacobian": _jacobian,
    "unvec": _unvec,
    "columns": _columns,
    "diag": _diag,
    "vec": _vec,
    "vech": _vech,
    "kron": _kron,
    "dot": _dot,
    "outer": _outer,
    "hadamard": _hadamard,
    "einsum": _contraction,
    "constant": _constant,
    "bars": _bars,
    "times": _star,
    "norm": _norm,
    **solution_shapes.RULES,
}
_BY_NAME = {fn.NORM: _norm, fn.WEIGHTED_NORM: _norm}


def rule(name: str) -> Callable[[Inference, Call], Typing] | None:
    """The shape rule of a function, or None where there is no such function."""
    if name in {"times", "nrows", "ncols"}:  # what only a reading has, never an answer
        return _star if name == "times" else _length
    sign = signs.RULES.get(name) or entries.RULES.get(name)
    if sign is not None:
        return sign
    row = TABLE.get(name)
    return None if row is None else _BY_NAME.get(name) or RULES[row.shape]
