"""The functions of the table over matrices of entries."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

import sympy

from matdiff.explicit.entries import (
    Evaluation,
    Multiple,
    Value,
    added,
    cannot,
    entrywise,
    entrywise_product,
    inverse,
    is_matrix,
    multiplied,
    sized,
    transpose,
)
from matdiff.formula.syntax import Call, Num, Sym
from matdiff.functions import TABLE
from matdiff.functions import names as fn

if TYPE_CHECKING:
    from collections.abc import Callable

_LARGEST_DETERMINANT = 5  # rows: 120 products

# SymPy's own functions by the name that the rows give; where it has none, a head that is only a name
ENTRYWISE: dict[str, Callable[[sympy.Expr], sympy.Expr]] = {
    row.name: getattr(sympy, row.sympy) if row.sympy.isidentifier() else sympy.Function(row.name, real=True)
    for row in TABLE.values()
    if row.sympy and row.shape == "same" and "{" not in row.sympy
}


def call(evaluation: Evaluation, tree: Call) -> Value:
    """The value of a call.  Raises OutputError E411 for a function that has no entries."""
    name = tree.function
    if name in _WITH_SIZES:
        return _WITH_SIZES[name](evaluation, tree)
    args = [evaluation.value(arg) for arg in tree.args]
    if name in ENTRYWISE:
        return entrywise(args[0], ENTRYWISE[name])
    form = _FORMS.get(name)
    if form is None:
        raise cannot(f"{TABLE[name].name}(…)")
    return form(*args)


# -- constants and norms, whose arguments are no matrices
# ---------------------------------------------------------------


def _eye(evaluation: Evaluation, tree: Call) -> Value:
    return sympy.eye(evaluation.whole(tree.args[0])).as_immutable() if tree.args else Multiple(sympy.S.One)


def _filled(value: int) -> Callable[[Evaluation, Call], Value]:
    def made(evaluation: Evaluation, tree: Call) -> Value:
        sides = [evaluation.whole(arg) for arg in tree.args] or [evaluation.n]
        return sympy.ImmutableMatrix(sides[0], sides[1] if len(sides) > 1 else 1, lambda _i, _j: sympy.Integer(value))

    return made


def _unit(evaluation: Evaluation, tree: Call) -> Value:
    place = evaluation.whole(tree.args[0]) - 1
    return sympy.ImmutableMatrix(evaluation.n, 1, lambda i, _: sympy.Integer(i == place))


def _commutation(evaluation: Evaluation, tree: Call) -> Value:
    """K with K vec(X) = vec(X^T), X of m rows and n columns."""
    m, n = (evaluation.whole(arg) for arg in tree.args)
    return sympy.ImmutableMatrix(
        m * n, m * n, lambda p, q: sympy.Integer((int(p) % n, int(p) // n) == (int(q) // m, int(q) % m))
    )


def _norm(evaluation: Evaluation, tree: Call) -> Value:
    value = evaluation.value(tree.args[0])
    kind = tree.args[1] if len(tree.args) > 1 else None
    if isinstance(value, Multiple):
        raise cannot("the norm of I")
    entries = list(value) if is_matrix(value) else [value]
    flat = not is_matrix(value) or 1 in value.shape
    if kind is None or kind == Sym("F") or (isinstance(kind, Num) and kind.value == 2 and flat):
        return sympy.sqrt(sum([entry**2 for entry in entries], sympy.S.Zero))
    if isinstance(kind, Num) and kind.value == 1 and flat:
        return sum([sympy.Abs(entry) for entry in entries], sympy.S.Zero)
    if isinstance(kind, Sym) and kind.name not in {"nuclear", "inf"} and flat:
        p = evaluation.number(kind)
        return sum([sympy.Abs(entry) ** p for entry in entries], sympy.S.Zero) ** (1 / p)
    raise cannot("this norm")


_WITH_SIZES: dict[str, Callable[[Evaluation, Call], Value]] = {
    fn.IDENTITY: _eye,
    fn.ONES: _filled(1),
    fn.ZEROS: _filled(0),
    fn.UNIT_VECTOR: _unit,
    fn.COMMUTATION: _commutation,
    fn.NORM: _norm,
    fn.PI: lambda _, __: sympy.pi,
    fn.EULER: lambda _, __: sympy.E,
}


# -- functions of matrices
# ----------------------------------------------------------------------------------------------


def _square(value: Value) -> sympy.ImmutableMatrix:
    if isinstance(value, Multiple):
        raise cannot("a function of I, whose size is not said,")
    return value if is_matrix(value) else sympy.ImmutableMatrix(1, 1, [value])


def _det(value: Value) -> Value:
    matrix = _square(value)
    if matrix.rows > _LARGEST_DETERMINANT and not matrix.is_diagonal():
        raise cannot(f"a determinant of {matrix.rows} rows")
    return matrix.det(method="berkowitz") if matrix.rows > 1 else matrix[0, 0]


def _bars(value: Value) -> Value:
    return _det(value) if is_matrix(value) and value.rows == value.cols else entrywise(value, sympy.Abs)


def _diag(value: Value) -> Value:
    if not is_matrix(value):
        return value
    if 1 in value.shape:
        return sympy.diag(*value).as_immutable()
    return sympy.ImmutableMatrix(min(value.shape), 1, lambda i, _: value[i, i])


def _vec(value: Value) -> Value:
    matrix = _square(value)
    return sympy.ImmutableMatrix(matrix.rows * matrix.cols, 1, list(matrix.T))


def _vech(value: Value) -> Value:
    matrix = _square(value)
    entries = [matrix[i, j] for j in range(matrix.cols) for i in range(j, matrix.rows)]
    return sympy.ImmutableMatrix(len(entries), 1, entries)


def _kron(left: Value, right: Value) -> Value:
    a, b = _square(left), _square(right)
    return sympy.ImmutableMatrix(
        a.rows * b.rows,
        a.cols * b.cols,
        lambda i, j: a[int(i) // b.rows, int(j) // b.cols] * b[int(i) % b.rows, int(j) % b.cols],
    )


def _triangle(*, lower: bool) -> Callable[[Value], Value]:
    def made(value: Value) -> Value:
        matrix = _square(value)
        return sympy.ImmutableMatrix(
            matrix.rows, matrix.cols, lambda i, j: matrix[i, j] if (i >= j if lower else i <= j) else sympy.S.Zero
        )

    return made


def _softmax(value: Value) -> Value:
    powers = entrywise(value, sympy.exp)
    below = _total(powers)
    return entrywise(powers, lambda z: z / below)


def _total(value: Value) -> sympy.Expr:
    return sum(list(_square(value)), sympy.S.Zero)


def _mean(value: Value) -> Value:
    matrix = _square(value)
    return _total(matrix) / (matrix.rows * matrix.cols)


_FORMS: dict[str, Callable[..., Value]] = {
    fn.TRACE: lambda value: _square(value).trace(),
    fn.DETERMINANT: _det,
    fn.LOGDET: lambda value: sympy.log(_det(value)),
    fn.INVERSE: inverse,
    fn.ADJUGATE: lambda value: _square(value).adjugate(),
    fn.BARS: _bars,
    fn.DIAG: _diag,
    fn.VEC: _vec,
    fn.VECH: _vech,
    fn.KRONECKER: _kron,
    fn.TRANSPOSE: transpose,
    fn.SUM: _total,
    fn.MEAN: _mean,
    fn.INNER: lambda left, right: _total(entrywise_product(left, right)),
    fn.OUTER: lambda left, right: multiplied(left, transpose(right)),
    fn.HADAMARD: entrywise_product,
    fn.SYMMETRIC_PART: lambda value: multiplied(sympy.Rational(1, 2), added([value, transpose(value)])),
    fn.SKEW_PART: lambda value: multiplied(
        sympy.Rational(1, 2), added([value, multiplied(sympy.S.NegativeOne, transpose(value))])
    ),
    fn.LOWER_TRIANGLE: _triangle(lower=True),
    fn.UPPER_TRIANGLE: _triangle(lower=False),
    fn.SOFTMAX: _softmax,
    fn.LOGSUMEXP: lambda value: sympy.log(_total(entrywise(value, sympy.exp))),
    fn.WEIGHTED_NORM: lambda value, weight: sympy.sqrt(
        _square(multiplied(multiplied(transpose(value), sized(weight, value)), value))[0, 0]
    ),
}
