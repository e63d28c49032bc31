"""What functions and methods of NumPy, SciPy, PyTorch and JAX mean.

A function of every entry, or of a square matrix, is found in the table of functions by its name there; what takes axes
or makes arrays has a handler here or in a neighbouring module.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.formula.syntax import Call, Num, Pow, Sym
from matdiff.functions import FOREIGN, SPELLINGS, TABLE
from matdiff.functions import names as fn
from matdiff.reading import mistakes
from matdiff.reading.python import arrays
from matdiff.reading.python import entrywise as python_entrywise
from matdiff.reading.python import losses as python_losses
from matdiff.reading.python import products as python_products
from matdiff.reading.python import reductions as python_reductions
from matdiff.reading.python.arguments import Arguments, refuse
from matdiff.reading.python.arrays import Array
from matdiff.reading.python.making import HANDLERS as MAKING
from matdiff.reading.python.refusals import shapes, unknown
from matdiff.reading.python.values import Method, Other, Path, Several, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.functions import Function
    from matdiff.reading.python.evaluation import Evaluation

_CONSTANTS = frozenset((fn.PI, fn.EULER))
_PARAMETERS = ("negative_slope", "alpha", "delta")


def constant(path: Path) -> Value | None:
    """np.pi, np.e, np.inf, np.newaxis; None for a function."""
    if path.last in _CONSTANTS:
        return Array(Call(path.last, (), span=path.span))
    if path.last in {"inf", "Inf", "infty"}:
        return Array(Sym("inf", span=path.span))
    return Other(None, path.span) if path.last == "newaxis" else None


def is_known(name: str) -> bool:
    """Whether a bare name is a function's (from numpy.linalg import norm)."""
    return name in HANDLERS or _row(name) is not None


def call(arguments: Arguments) -> Value:
    """The value of a function of a library.  Raises E102 where it is not known."""
    path = arguments.function
    handler = HANDLERS.get(path.last)
    if handler is not None:
        found = handler(arguments)
    else:
        row = _row(path.last)
        if row is None:
            raise unknown(path.name, path.span)
        found = by_row(row, arguments)
    arguments.done()
    return found


def method(evaluation: Evaluation, of: Method, args: list[Value], named: dict[str, Value], span: Span) -> Value:
    """x.dot(y): the function of the same name, x before the other arguments."""
    name = _METHODS.get(of.name, of.name)
    if name in {"reshape", "transpose", "permute"} and len(args) > 1:
        args = [Several(args, span)]
    if not name:
        return of.array
    known = name in HANDLERS or _row(name) is not None
    if not known or name in _NO_METHODS:
        raise unknown(f".{of.name}", Span(of.span.end - len(of.name) - 1, of.span.end))
    path = Path(f".{name}", of.span)
    return call(Arguments(evaluation, path, [of.array, *args], named, span=span, library=evaluation.library))


def _row(name: str) -> Function | None:
    """The function of entries, or of square matrices, that has this name."""
    row = TABLE.get(SPELLINGS.get(name, "") or FOREIGN.get(name, ""))
    if row is None or row.arity[0] != 1 or row.own:
        return None
    entrywise = row.shape == "same" and row.kind in {"elementwise", "definition"}
    return row if entrywise or row.shape in {"square->scalar", "square->square", "transposed"} else None


def by_row(row: Function, arguments: Arguments) -> Array:
    """A function of the table by its shape rule.  Raises E213 where a matrix is needed."""
    array = arguments.array("x", "a", "input", "A")
    if row.shape == "same":
        parameter = arguments.take(*_PARAMETERS) if row.arity[1] > 1 else None
        trees = (array.tree,) if parameter is None else (array.tree, arguments.evaluation.array(parameter).tree)
        return Array(Call(row.name, trees, span=arguments.span), array.axes)
    if array.order != 2:
        raise shapes(f"'{arguments.name}' is of a matrix, and this has {array.order} dimensions", array.span)
    if row.shape == "square->scalar":
        return Array(Call(row.name, (array.tree,), span=arguments.span))
    axes = array.axes[::-1] if row.shape == "transposed" else array.axes
    return Array(Call(row.name, (array.tree,), span=arguments.span), axes)


# -- matrices ------------------------------------------------------------------------------------------------------


def _matrix(call: Arguments, *names: str) -> Array:
    array = call.array(*names)
    if array.order != 2:
        raise shapes(f"'{call.name}' is of a matrix, and this has {array.order} dimensions", array.span)
    return array


def _inverse(call: Arguments) -> Array:
    array = _matrix(call, "a", "A", "input")
    return Array(_inverted(array, call.span), array.axes)


def _inverted(array: Array, span: Span) -> Pow:
    return Pow(array.tree, Num(Fraction(-1), span=span), span=span)


def _solve(call: Arguments) -> Array:
    matrix = _matrix(call, "a", "A")
    right = call.array("b", "B")
    call.named.pop("assume_a", None)
    return arrays.matmul(Array(_inverted(matrix, call.span), matrix.axes), right, call.span)


def _matrix_power(call: Arguments) -> Array:
    matrix, exponent = _matrix(call, "a", "A", "input"), call.array("n")
    if exponent.axes:
        raise refuse(call, "with an array as exponent")
    return Array(Pow(matrix.tree, exponent.tree, span=call.span), matrix.axes)


def _slogdet(call: Arguments) -> Value:
    """The sign, which is not supported by itself, and the logarithm of a determinant."""
    matrix = _matrix(call, "a", "A", "input")
    return Several([Other("sign", call.span), Array(Call(fn.LOGDET, (matrix.tree,), span=call.span))], call.span)


def _cholesky(call: Arguments) -> Array:
    row = TABLE.get(SPELLINGS.get(fn.CHOLESKY, ""))
    if row is None:
        raise unknown(call.path, call.place)
    if call.flag("upper"):
        raise refuse(call, "with upper=True")
    matrix = _matrix(call, "a", "A", "input")
    return Array(Call(row.name, (matrix.tree,), span=call.span), matrix.axes)


def _eigenvalues(call: Arguments) -> Value:
    raise refuse(call, "by itself", "write lambda_max(S) for the largest eigenvalue of a symmetric S")


def _gone(name: str) -> Callable[[Arguments], Value]:
    """A function that would change what is differentiated."""

    def handler(call: Arguments) -> Value:
        raise mistakes.not_supported(f"'{call.name}' is not supported: {name}", call.span)

    return handler


def _itself(call: Arguments) -> Array:
    return call.array("a", "input", "x")


HANDLERS: dict[str, Callable[[Arguments], Value]] = {
    **python_reductions.HANDLERS,
    **python_products.HANDLERS,
    **python_losses.HANDLERS,
    **MAKING,
    **python_entrywise.HANDLERS,
    **dict.fromkeys(("inv", "inverse"), _inverse),
    "solve": _solve,
    "matrix_power": _matrix_power,
    "slogdet": _slogdet,
    "cholesky": _cholesky,
    **dict.fromkeys(("eigvalsh", "eigh", "eigvals", "eig", "svd", "svdvals", "qr"), _eigenvalues),
    **dict.fromkeys(("detach", "no_grad", "stop_gradient"), _gone("it stops derivatives")),
    **dict.fromkeys(
        ("asarray", "copy", "clone", "astype", "float", "double", "item", "conj", "conjugate", "positive", "real"),
        _itself,
    ),
}
_METHODS = {"t": "transpose", "view": "reshape", "add_": "", "contiguous": "", "absolute": "abs"}
_NO_METHODS = frozenset(("where", "solve", "array", "eye", "ones", "zeros", "full", "block"))
