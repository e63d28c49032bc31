"""What does not fit: which guesses could be at fault, and how it is told.

Codes: E201 product, E202 sum, E203 not square, E204 power, E205 division, E206 function of the wrong kind, E207
declarations, E208 index of a sum,
E209 entry, E210 unknown size, E211 differentiated by what is no variable, E212 impossible size, E213
elementwise operation, E214 unknown function.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ShapeError, Span
from matdiff.formula import syntax
from matdiff.formula.syntax import Expr, Sym
from matdiff.functions import names as fn
from matdiff.reading.blame import Clash, at_fault, extent, influences, quoted, sized
from matdiff.reading.broadcasting import could_be_scalars
from matdiff.reading.naming import name_sizes
from matdiff.reading.size_text import size_text
from matdiff.reading.sizes import SCALAR, Dims, SizeTerm

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.reading.symbol_shapes import SymbolShapes

Operand = tuple[Expr, Dims]


def _label(inference: SymbolShapes, dims: Dims, *nodes: Expr) -> Label:
    return Label(extent(nodes), f"{quoted(inference, *nodes)} is {sized(inference, dims)}")


def _clash(
    inference: SymbolShapes,
    names: set[str],
    code: str,
    place: Expr | Span,
    tell: Callable[[], tuple[str, tuple[Label, ...], str]],
) -> Clash:
    def error() -> ShapeError:
        name_sizes(inference, also=[size for _, size in inference.unsized])
        message, labels, hint = tell()
        return ShapeError(code, message, *labels, hint=hint, source=inference.names.reading.text)

    return Clash(names, error, place if isinstance(place, Span) else place.span)


def product(inference: SymbolShapes, factors: tuple[Expr, ...], shapes: list[Dims], k: int, total: Dims) -> Clash:
    """Factor k does not fit to the product of those before it."""
    before = factors[:k]

    def tell() -> tuple[str, tuple[Label, ...], str]:
        left, right = _label(inference, total, *before), _label(inference, shapes[k], factors[k])
        return (
            f"the sizes don't match in a product: {left.text}; {right.text}",
            (left, right),
            _product_hint(inference, factors, shapes, k, total),
        )

    return _clash(
        inference,
        at_fault(inference, [(total[1], shapes[k][0])], *factors[: k + 1]),
        "E201",
        extent(factors[: k + 1]),
        tell,
    )


def objective(inference: SymbolShapes, node: Expr, dims: Dims, what: str = "an objective") -> Clash:
    """What is to be minimised, or compared with a number, is no scalar."""

    def tell() -> tuple[str, tuple[Label, ...], str]:
        label = _label(inference, dims, node)
        return f"{what} must be a scalar; {label.text}", (label,), "a norm or a sum of its entries would be one"

    return _clash(inference, influences(inference, node), "E202", node, tell)


def _product_hint(inference: SymbolShapes, factors: tuple[Expr, ...], shapes: list[Dims], k: int, total: Dims) -> str:
    could = inference.sizes.could_unify
    right = shapes[k]
    quadratic = _quadratic_hint(inference, factors, shapes, k)
    if quadratic:
        return quadratic
    first, text = factors[0], _operand(inference, factors[k])
    if k + 1 < len(factors) and right[0] == 1 and shapes[k + 1][1] == 1 and could(right[1], shapes[k + 1][0]):
        return (
            f"did you mean {' '.join([_operand(inference, f) for f in factors[:k]])} ({text}"
            f" {_operand(inference, factors[k + 1])})?"
        )
    if k == 1 and could(total[0], right[0]):
        inner = total[1] == 1 and right[1] == 1
        also = f" (a scalar), or elementwise {_operand(inference, first)} .* {text}" if inner else ""
        return f"did you mean {_transposed(inference, first)} {text}{also}?"
    if could(total[1], right[1]):
        return (
            f"did you mean {' '.join([_operand(inference, f) for f in factors[:k]])}"
            f" {_transposed(inference, factors[k])}?"
        )
    return "the columns of the left operand must be as many as the rows of the right one"


def _quadratic_hint(inference: SymbolShapes, factors: tuple[Expr, ...], shapes: list[Dims], k: int) -> str:
    """x^T A x where A is not square, or x A x where a transpose was lost."""
    for at in range(max(0, k - 2), min(k + 1, len(factors) - 2)):
        left, middle, right = factors[at : at + 3]
        a = _operand(inference, middle)
        if (
            isinstance(left, syntax.Transpose)
            and left.arg == right
            and isinstance(right, Sym)
            and 1 not in shapes[at + 1]
        ):
            return f"{a} must be square for {quoted(inference, left, middle, right)}"
        if left == right and isinstance(right, Sym) and shapes[at][1] == 1:
            x = right.name
            return (
                f"did you mean {x}^T {a} {x}? (where a quote ' was typed, a shell may have eaten it: quote the whole"
                " expression)"
            )
    return ""


def _operand(inference: SymbolShapes, node: Expr) -> str:
    text = quoted(inference, node)
    plain = isinstance(
        node, (Sym, syntax.Call, syntax.Apply, syntax.Num, syntax.Transpose, syntax.Pow)
    ) or text.startswith("(")
    return text if plain or text == "this" else f"({text})"


def _transposed(inference: SymbolShapes, node: Expr) -> str:
    if isinstance(node, syntax.Transpose):
        return _operand(inference, node.arg)
    text = _operand(inference, node)
    return f"({text})^T" if isinstance(node, syntax.Pow) else f"{text}^T"


def addition(inference: SymbolShapes, node: Expr, one: Operand, other: Operand) -> Clash:
    """Two terms of a sum differ in shape."""
    (left, a), (right, b) = one, other

    def tell() -> tuple[str, tuple[Label, ...], str]:
        first, second = _label(inference, a, left), _label(inference, b, right)
        return (
            f"the shapes don't match in a sum: {first.text}; {second.text}",
            (first, second),
            _addition_hint(inference, one, other),
        )

    pairs = [(a[0], b[0]), (a[1], b[1])]
    names = at_fault(inference, pairs, left) | at_fault(inference, pairs, right)
    if SCALAR in (a, b):
        scalar, array = (left, right) if a == SCALAR else (right, left)
        if not influences(inference, scalar):
            names = could_be_scalars(inference, scalar, array)
    return _clash(inference, names, "E202", node, tell)


def _addition_hint(inference: SymbolShapes, one: Operand, other: Operand) -> str:
    (left, a), (right, b) = one, other
    could = inference.sizes.could_unify
    if any(isinstance(node, syntax.Call) and node.function == fn.IDENTITY for node in (left, right)):
        return "the identity I is square; write ones(m, n) for a matrix of ones"
    if SCALAR in (a, b):
        rows, columns = [size_text(inference.sizes, side) for side in (b if a == SCALAR else a)]
        scalar = quoted(inference, left if a == SCALAR else right).lstrip("+-− ")
        times = "" if scalar == "1" else "the scalar times " if scalar == "this" else f"{scalar} "
        if 1 in (rows, columns):
            ones = f"ones({rows if columns == 1 else columns})" + ("" if columns == 1 else "^T")
            return f"write {times}{ones} to add it to every entry"
        identity = f"write {times}I to add it to the diagonal, or " if could(*(b if a == SCALAR else a)) else "write "
        return f"{identity}{times}ones({rows}, {columns}) to add it to every entry"
    if could(a[0], b[1]) and could(a[1], b[0]):
        return "did you mean the transpose of one of them?"
    return "terms of a sum must have the same size"


def elementwise(inference: SymbolShapes, node: Expr, one: Operand, other: Operand) -> Clash:
    """Two operands of an elementwise operation differ in shape."""
    (left, a), (right, b) = one, other

    def tell() -> tuple[str, tuple[Label, ...], str]:
        first, second = _label(inference, a, left), _label(inference, b, right)
        return (
            f"the shapes don't match: {first.text}; {second.text}",
            (first, second),
            "both operands must have the same size",
        )

    pairs = [(a[0], b[0]), (a[1], b[1])]
    return _clash(inference, at_fault(inference, pairs, left, right), "E213", node, tell)


def division(inference: SymbolShapes, node: syntax.Div, below: Dims) -> Clash:
    """Division by something that is no scalar."""
    what = "vector" if 1 in below else "matrix"

    def tell() -> tuple[str, tuple[Label, ...], str]:
        den = quoted(inference, node.den)
        hint = f"write ./ to divide entry by entry{f', or {den}^-1 for the inverse' if what == 'matrix' else ''}"
        return f"there is no division by a {what}: only a scalar divides", (_label(inference, below, node.den),), hint

    return _clash(inference, influences(inference, node.den), "E205", node, tell)


def vector_power(inference: SymbolShapes, node: syntax.Pow, dims: Dims) -> Clash:
    """x^2 of a vector."""

    def tell() -> tuple[str, tuple[Label, ...], str]:
        base, exponent = _operand(inference, node.base), quoted(inference, node.exponent)
        hint = f"write {base}.^{exponent} for the power of every entry" + (
            f", or ||{quoted(inference, node.base)}||^2" if exponent == "2" else ""
        )
        return "a vector has no power", (_label(inference, dims, node.base),), hint

    return _clash(inference, influences(inference, node.base), "E204", node, tell)


def matrix_exponent(inference: SymbolShapes, node: syntax.Pow, upper: Dims) -> Clash:
    """2^X, e^x: the exponent is no scalar."""

    def tell() -> tuple[str, tuple[Label, ...], str]:
        x = quoted(inference, node.exponent)
        what = "vector" if 1 in upper else "matrix"
        euler = isinstance(node.base, (syntax.Call, Sym)) and quoted(inference, node.base) == fn.EULER
        hint = "an exponent is a scalar; .^ works entry by entry"
        if euler:
            hint = f"exp({x}) is elementwise" + (f", expm({x}) the matrix exponential" if what == "matrix" else "")
        return f"a {what} cannot be an exponent of a power", (_label(inference, upper, node.exponent),), hint

    return _clash(inference, influences(inference, node.exponent), "E204", node, tell)


def power_not_square(inference: SymbolShapes, node: syntax.Pow, dims: Dims) -> Clash:
    """A power or inverse of a matrix that is not square."""
    inverse = isinstance(node.exponent, syntax.Num) and node.exponent.value == -1
    return not_square(inference, "the inverse" if inverse else "a power", node.base, dims)


def real_exponent(inference: SymbolShapes, node: syntax.Pow, dims: Dims) -> Clash:
    """X^0.5, X^t with a real t."""

    def tell() -> tuple[str, tuple[Label, ...], str]:
        exponent = quoted(inference, node.exponent)
        hint = "a fractional power is supported for scalars, and entry by entry with .^"
        if exponent.strip("(){} ") in {"1/2", "0.5", ".5", "½"}:
            hint = f"write sqrtm({quoted(inference, node.base)})"
        elif isinstance(node.exponent, Sym):
            hint = f"declare it: {exponent} in N"
        message = f"the power of a matrix needs an integer exponent, and {exponent} is not known to be one"
        return message, (Label(node.exponent.span, "not an integer"), _label(inference, dims, node.base)), hint

    return _clash(inference, influences(inference, node.base), "E204", node, tell)


def not_square(inference: SymbolShapes, what: str, arg: Expr, dims: Dims) -> Clash:
    """A function of square matrices got something else."""

    def tell() -> tuple[str, tuple[Label, ...], str]:
        kind = "a vector" if 1 in dims else "not square"
        hint = "declare it square: R^{n x n}" if isinstance(arg, Sym) and 1 not in dims else ""
        message = f"{what} needs a square matrix, and {quoted(inference, arg)} is {kind}: {sized(inference, dims)}"
        return message, (_label(inference, dims, arg),), hint

    return _clash(inference, at_fault(inference, [dims], arg), "E203", arg, tell)


def wrong_kind(inference: SymbolShapes, node: syntax.Call, arg: Expr, dims: Dims, wanted: str) -> Clash:
    """A function of vectors got a matrix, and the like."""

    def tell() -> tuple[str, tuple[Label, ...], str]:
        return (
            f"{node.function} takes {wanted}, and {quoted(inference, arg)} is {sized(inference, dims)}",
            (_label(inference, dims, arg),),
            "",
        )

    return _clash(inference, influences(inference, arg), "E206", arg, tell)


def argument(inference: SymbolShapes, node: syntax.Apply, arg: Expr, expected: Dims, given: Dims) -> Clash:
    """An unknown function got an argument of another shape than before."""

    def tell() -> tuple[str, tuple[Label, ...], str]:
        message = (
            f"the argument of {node.name} does not match the shape it has elsewhere: {sized(inference, expected)}"
            f" there, {sized(inference, given)} here"
        )
        return message, (_label(inference, given, arg),), ""

    return _clash(
        inference, at_fault(inference, [(expected[0], given[0]), (expected[1], given[1])], arg), "E214", node, tell
    )


def entry_count(inference: SymbolShapes, node: Sym, name: str, dims: Dims, index: tuple[str, ...]) -> Clash:
    """x_ij of a vector, A_i of a matrix."""

    def tell() -> tuple[str, tuple[Label, ...], str]:
        count = len([side for side in dims if side != 1])
        message = (
            f"{node.name} would be an entry of {name}, which is {sized(inference, dims)}: that takes {count} indices,"
            f" not {len(index)}"
        )
        return message, (Label(node.span),), ""

    entity = inference.names.entities.get(name)
    return _clash(inference, set() if entity is None or entity.fixed else {name}, "E209", node, tell)


def entry_outside(inference: SymbolShapes, node: Sym, name: str, dims: Dims, index: str) -> Clash:
    """x_5 of a vector with three entries."""

    def tell() -> tuple[str, tuple[Label, ...], str]:
        return (
            f"{node.name} is outside {name}, which is {sized(inference, dims)}: there is no index {index}",
            (Label(node.span),),
            "indices count from 1",
        )

    return _clash(inference, set(), "E209", node, tell)


def bound(inference: SymbolShapes, node: Expr) -> Clash:
    """A sum runs from or to something that is no whole number."""

    def tell() -> tuple[str, tuple[Label, ...], str]:
        message = f"a sum runs between whole numbers, and {quoted(inference, node)} is not known to be one"
        return message, (Label(node.span),), "write sum(n, 1, N, x_n)"

    return _clash(inference, influences(inference, node), "E208", node, tell)


def contradiction(inference: SymbolShapes, a: SizeTerm, b: SizeTerm) -> Clash:
    """Sizes that could not be compared at first have turned out different."""
    root = inference.names.reading.expression

    def tell() -> tuple[str, tuple[Label, ...], str]:
        return (
            f"the sizes don't match: {size_text(inference.sizes, a)} and {size_text(inference.sizes, b)}",
            (Label(root.span),),
            "",
        )

    return _clash(inference, at_fault(inference, []), "E201", root, tell)
