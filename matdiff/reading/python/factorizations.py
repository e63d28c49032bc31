"""Inverses, solutions, determinants and factorisations in Python lines: numpy.linalg, scipy.linalg, torch.linalg.

A triangular solve uses one triangle alone, whatever stands in the other; a solution by a Cholesky factor of K is
K^-1 b.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Call, Num, Pow, Transpose
from matdiff.functions import SPELLINGS, TABLE
from matdiff.functions import names as fn
from matdiff.reading.python import arrays
from matdiff.reading.python.arguments import refuse
from matdiff.reading.python.arrays import Array
from matdiff.reading.python.refusals import shapes, unknown
from matdiff.reading.python.stacking import blocks_of
from matdiff.reading.python.values import Other, Several, whole_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.errors import Span
    from matdiff.reading.python.arguments import Arguments
    from matdiff.reading.python.values import Value

_LOWER, _UPPER = fn.LOWER_TRIANGLE, fn.UPPER_TRIANGLE
_TRIANGLES = {_LOWER: _LOWER, _UPPER: _UPPER, fn.CHOLESKY: _LOWER}  # functions whose value is a triangle


def matrix_of(call: Arguments, *names: str) -> Array:
    """The next argument, a matrix."""
    array = call.array(*names)
    if array.order != 2:
        raise shapes(f"'{call.name}' is of a matrix, and this has {array.order} dimensions", array.span)
    return array


def inverted(array: Array, span: Span) -> Array:
    return Array(Pow(array.tree, Num(Fraction(-1), span=span), span=span), array.axes)


def _inverse(call: Arguments) -> Array:
    return inverted(matrix_of(call, "a", "A", "input"), call.span)


def _solve(call: Arguments) -> Array:
    matrix = matrix_of(call, "a", "A", "input")
    right = call.array("b", "B", "other")
    for name in ("assume_a", "check_finite", "overwrite_a", "overwrite_b", "sym_pos"):
        call.named.pop(name, None)
    if call.flag("transposed"):
        matrix = arrays.transpose(matrix)
    if call.named.get("lower") is not None:
        raise refuse(call, "of one triangle")
    return arrays.matmul(inverted(matrix, call.span), right, call.span)


def _triangle(array: Array, which: str, span: Span) -> Array:
    """One triangle of a matrix, itself where it has no other."""
    tree, side = array.tree, which
    if isinstance(tree, Transpose):
        tree, side = tree.arg, _UPPER if which == _LOWER else _LOWER
    if isinstance(tree, Call) and _TRIANGLES.get(tree.function) == side:
        return array
    return Array(Call(which, (array.tree,), span=span), array.axes)


def _solve_triangular(call: Arguments) -> Array:
    """solve_triangular(a, b, trans, lower) of SciPy and JAX; (A, B, upper=) of PyTorch."""
    matrix, right = matrix_of(call, "a", "A", "input"), call.array("b", "B")
    for name in ("check_finite", "overwrite_b"):
        call.named.pop(name, None)
    if call.library == "torch":
        lower, turned = not call.flag("upper"), False
        if not call.flag("left", default=True):
            raise refuse(call, "from the right")
    else:
        way = call.take("trans")
        turned = way is not None and _transposes(call, way)
        lower = call.flag("lower", positional=True)
    if call.flag("unit_diagonal", "unitriangular"):
        raise refuse(call, "with ones on the diagonal")
    triangle = _triangle(matrix, _LOWER if lower else _UPPER, call.span)
    if turned:
        triangle = arrays.transpose(triangle)
    return arrays.matmul(inverted(triangle, call.span), right, call.span)


def _transposes(call: Arguments, way: Value) -> bool:
    if isinstance(way, Other) and way.value in {"T", "N"}:
        return way.value == "T"
    if isinstance(way, Array) and (number := whole_number(way)) in {0, 1}:
        return number == 1
    raise refuse(call, "with this trans=")


def _factor(call: Arguments) -> Several:
    """cho_factor(A): a pair for cho_solve."""
    matrix = matrix_of(call, "a")
    lower = call.flag("lower", positional=True)
    tree = Call(fn.CHOLESKY, (matrix.tree,), span=call.span)
    factor = Array(tree, matrix.axes)
    return Several([factor if lower else arrays.transpose(factor), Other(lower, call.span)], call.span)


def _solve_by_factor(call: Arguments) -> Array:
    """cho_solve((L, lower), b) of SciPy and JAX: the inverse of L L^T (of U^T U) times b."""
    pair, right = call.needed("c_and_lower"), call.array("b")
    call.named.pop("check_finite", None)
    if not isinstance(pair, Several) or len(pair.items) != 2 or not isinstance(pair.items[1], Other):
        raise refuse(call, "of anything but a factor and True or False")
    factor = call.evaluation.array(pair.items[0])
    return _by_factor(call, factor, right, lower=bool(pair.items[1].value))


def _torch_solve_by_factor(call: Arguments) -> Array:
    """torch.cholesky_solve(B, L)."""
    right, factor = call.array("B", "input"), matrix_of(call, "L", "input2")
    return _by_factor(call, factor, right, lower=not call.flag("upper", positional=True))


def _by_factor(call: Arguments, factor: Array, right: Array, *, lower: bool) -> Array:
    tree = factor.tree if lower else arrays.transposed(factor.tree)
    if isinstance(tree, Call) and tree.function == fn.CHOLESKY:
        return arrays.matmul(inverted(Array(tree.args[0], factor.axes), call.span), right, call.span)
    triangle = _triangle(factor, _LOWER if lower else _UPPER, call.span)
    left = triangle if lower else arrays.transpose(triangle)
    found = arrays.matmul(inverted(left, call.span), right, call.span)
    return arrays.matmul(inverted(arrays.transpose(left), call.span), found, call.span)


def _matrix_power(call: Arguments) -> Array:
    matrix, exponent = matrix_of(call, "a", "A", "input"), call.array("n")
    if exponent.axes:
        raise refuse(call, "with an array as exponent")
    return Array(Pow(matrix.tree, exponent.tree, span=call.span), matrix.axes)


def _slogdet(call: Arguments) -> Value:
    """The sign, which is not supported by itself, and the logarithm of a determinant."""
    matrix = matrix_of(call, "a", "A", "input")
    value = Array(Call(fn.LOGDET, (matrix.tree,), span=call.span))
    return Several([Other("the sign of a determinant", call.span), value], call.span, ("sign", "logabsdet"))


def _cholesky(call: Arguments) -> Array:
    row = TABLE.get(SPELLINGS.get(fn.CHOLESKY, ""))
    if row is None:
        raise unknown(call.path, call.place)
    scipy = call.path.startswith("scipy.linalg") or call.path.startswith("jax.scipy")
    matrix = matrix_of(call, "a", "A", "input")
    upper = not call.flag("lower", positional=True) if scipy else call.flag("upper")
    factor = Array(Call(row.name, (matrix.tree,), span=call.span), matrix.axes)
    return arrays.transpose(factor) if upper else factor


def _least_squares(call: Arguments) -> Several:
    """lstsq(A, b): the solution, and what else it returns."""
    matrix, right = matrix_of(call, "a", "A"), call.array("b", "B")
    for name in ("rcond", "cond", "driver"):
        call.named.pop(name, None)
    call.items = []
    inverse = Array(Call(fn.PSEUDOINVERSE, (matrix.tree,), span=call.span), matrix.axes[::-1])
    rest = [Other(f"the {what} of lstsq", call.span) for what in ("residuals", "rank", "singular values")]
    return Several([arrays.matmul(inverse, right, call.span), *rest], call.span, ("solution",))


def _eigenvalues(call: Arguments) -> Value:
    raise refuse(call, "by itself", "write lambda_max(S) for the largest eigenvalue of a symmetric S")


def block_diagonal(call: Arguments) -> Array:
    """scipy.linalg.block_diag(A, B, …), torch.block_diag."""
    cells = [call.array("arrs")]
    while call.items:
        cells.append(call.array())
    cells = [arrays.reshaped(cell, (1,) * (2 - cell.order) + cell.axes) for cell in cells]
    nought = Array(Num(Fraction(0), span=call.span))
    rows = [[cell if k == m else nought for m, _ in enumerate(cells)] for k, cell in enumerate(cells)]
    return blocks_of(rows, call.span)


HANDLERS: dict[str, Callable[[Arguments], Value]] = {
    **dict.fromkeys(("inv", "inverse"), _inverse),
    "solve": _solve,
    "solve_triangular": _solve_triangular,
    "cho_factor": _factor,
    "cho_solve": _solve_by_factor,
    "cholesky_solve": _torch_solve_by_factor,
    "matrix_power": _matrix_power,
    "slogdet": _slogdet,
    "cholesky": _cholesky,
    "lstsq": _least_squares,
    "block_diag": block_diagonal,
    **dict.fromkeys(("eigvalsh", "eigh", "eigvals", "eig", "svd", "svdvals", "qr"), _eigenvalues),
}
