"""What functions and methods of NumPy, SciPy, PyTorch and JAX mean.

A function of every entry, or of a square matrix, is found in the table of functions by its name there; what takes axes
or makes arrays has a handler here or in a neighbouring module.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.formula.syntax import Call, Div, HadDiv, HadPow, Num, Pow, Sym, subtrees
from matdiff.functions import SPELLINGS, TABLE
from matdiff.reading import mistakes, python_products, python_reductions
from matdiff.reading import python_arrays as arrays
from matdiff.reading.python_arguments import Arguments, refuse
from matdiff.reading.python_arrays import Array, number, static
from matdiff.reading.python_making import HANDLERS as MAKING
from matdiff.reading.python_refusals import shapes, unknown, unsupported
from matdiff.reading.python_values import Method, Other, Path, Several, Truth, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.functions import Function
    from matdiff.reading.python_evaluation import Evaluation

_CONSTANTS = {"pi": "pi", "e": "e"}
_SAME_OTHERWISE = {  # other names of functions of the table, where the library alone has them
    "absolute": "abs",
    "fabs": "abs",
    "gammaln": "lgamma",
    "lgamma": "lgamma",
    "psi": "digamma",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "swish": "silu",
    "inverse": "inv",
}


def constant(path: Path) -> Value | None:
    """np.pi, np.e, np.inf, np.newaxis; None for a function."""
    if path.last in _CONSTANTS:
        return Array(Call(_CONSTANTS[path.last], (), span=path.span))
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
    name = _SAME_OTHERWISE.get(name, name)
    row = TABLE.get(SPELLINGS.get(name, ""))
    if row is None or row.arity != (1, 1):
        return None
    entrywise = row.shape == "same" and row.kind in {"elementwise", "definition"}
    return row if entrywise or row.shape in {"square->scalar", "square->square", "transposed"} else None


def by_row(row: Function, arguments: Arguments) -> Array:
    """A function of the table by its shape rule.  Raises E213 where a matrix is needed."""
    array = arguments.array("x", "a", "input", "A")
    if row.shape == "same":
        return arrays.applied(row.name, array, arguments.span)
    if array.order != 2:
        raise shapes(f"'{arguments.name}' is of a matrix, and this has {array.order} dimensions", array.span)
    if row.shape == "square->scalar":
        return Array(Call(row.name, (array.tree,), span=arguments.span))
    axes = array.axes[::-1] if row.shape == "transposed" else array.axes
    return Array(Call(row.name, (array.tree,), span=arguments.span), axes)


# -- entry by entry ------------------------------------------------------------------------------------------------


def _binary(act: Callable[[Array, Array], Array]) -> Callable[[Arguments], Array]:
    def handler(call: Arguments) -> Array:
        return act(call.array("x1", "input"), call.array("x2", "other", "exponent"))

    return handler


def _on_entries(act: Callable[[Array, Span], Array]) -> Callable[[Arguments], Array]:
    def handler(call: Arguments) -> Array:
        return act(call.array("x", "input"), call.span)

    return handler


def _log_to(base: int) -> Callable[[Array, Span], Array]:
    def act(array: Array, span: Span) -> Array:
        below = Array(Call("log", (Num(Fraction(base), span=span),), span=span))
        return arrays.divide(arrays.applied("log", array, span), below)

    return act


def _if_no_row(name: str, act: Callable[[Array, Span], Array]) -> Callable[[Array, Span], Array]:
    """The table's own function where it has one."""

    def chosen(array: Array, span: Span) -> Array:
        row = _row(name)
        return act(array, span) if row is None else arrays.applied(row.name, array, span)

    return chosen


def _log1p(array: Array, span: Span) -> Array:
    return arrays.applied("log", arrays.add(number(1, span), array), span)


def _expm1(array: Array, span: Span) -> Array:
    return arrays.subtract(arrays.applied("exp", array, span), number(1, span))


def _log_sigmoid(array: Array, span: Span) -> Array:
    return arrays.negative(arrays.applied("softplus", arrays.negative(array), span))


def _silu(array: Array, span: Span) -> Array:
    return arrays.multiply(array, arrays.applied("sigmoid", array, span))


def _square(array: Array, span: Span) -> Array:
    return arrays.power(array, number(2, span))


def _reciprocal(array: Array, span: Span) -> Array:
    return arrays.divide(number(1, span), array)


def _rsqrt(array: Array, span: Span) -> Array:
    return arrays.power(array, Array(Num(Fraction(-1, 2), span=span)))


def _exp2(array: Array, span: Span) -> Array:
    return arrays.power(number(2, span), array)


def _entropy(array: Array, span: Span) -> Array:
    return arrays.negative(arrays.multiply(array, arrays.applied("log", array, span)))


def _xlogy(one: Array, other: Array) -> Array:
    return arrays.multiply(one, arrays.applied("log", other, other.span))


def _relative_entropy(one: Array, other: Array) -> Array:
    return arrays.multiply(one, arrays.applied("log", arrays.divide(one, other), one.span))


def _divergence(one: Array, other: Array) -> Array:
    return arrays.add(arrays.subtract(_relative_entropy(one, other), one), other)


def _log_add_exp(one: Array, other: Array) -> Array:
    """log(exp a + exp b) = b + softplus(a - b)."""
    if static(one) == 0:
        one, other = other, one
    if static(other) == 0:
        return arrays.applied("softplus", one, one.span)
    return arrays.add(other, arrays.applied("softplus", arrays.subtract(one, other), one.span))


def _hypotenuse(one: Array, other: Array) -> Array:
    span = arrays.joined(one, other)
    squares = [arrays.power(array, number(2, span)) for array in (one, other)]
    return arrays.applied("sqrt", arrays.add(*squares), span)


def _clip(call: Arguments) -> Array:
    """Clip, clamp: the smaller of the larger, each bound where it is given."""
    array = call.array("a", "input")
    low, high = call.take("a_min", "min"), call.take("a_max", "max")
    for bound, act in ((low, python_reductions.larger), (high, python_reductions.smaller)):
        if bound is not None and not (isinstance(bound, Other) and bound.value is None):
            array = act(array, call.evaluation.array(bound), call.span)
    return array


def _where(call: Arguments) -> Array:
    """where(c, a, b) = b + c (a - b), of branches that are defined everywhere."""
    condition = call.take("condition")
    if not isinstance(condition, Truth):
        raise refuse(call, "of anything but a comparison")
    one, other = call.array("x", "input"), call.array("y", "other")
    for branch in (one, other):
        if not _everywhere(branch):
            raise refuse(call, "of a branch that is not defined everywhere")
    step = condition.array
    if static(other) == 0 and isinstance(step.tree, Call) and step.tree.args == (one.tree,):
        return arrays.applied("relu", one, call.span)
    chosen = arrays.multiply(step, arrays.subtract(one, other) if static(other) != 0 else one)
    return chosen if static(other) == 0 else arrays.add(other, chosen)


def _everywhere(array: Array) -> bool:
    for part in subtrees(array.tree):
        if isinstance(part, Call) and part.function in TABLE and TABLE[part.function].sample not in {"real", "vector"}:
            return False
        if isinstance(part, (Div, HadDiv)) and not isinstance(part.den, (Num, Sym)):
            return False
        if isinstance(part, (Pow, HadPow)) and not (
            isinstance(part.exponent, Num) and part.exponent.value.denominator == 1 and part.exponent.value > 0
        ):
            return False
    return True


def compared(sign: str, left: Array, right: Array, span: Span) -> Truth:
    """A comparison as an array of ones and noughts, through the step at nought."""
    if sign in {"Lt", "GtE"}:
        gap = arrays.subtract(right, left) if static(left) != 0 else right
    elif sign in {"Gt", "LtE"}:
        gap = arrays.subtract(left, right) if static(right) != 0 else left
    else:
        raise unsupported("a comparison for equality is", span)
    if static(gap) is None and static(right) == 0 and sign in {"Lt", "GtE"}:
        gap = arrays.negative(left)
    step = arrays.applied("step", gap, span)
    return Truth(step if sign in {"Lt", "Gt"} else arrays.subtract(number(1, span), step))


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
    return Several([Other("sign", call.span), Array(Call("logdet", (matrix.tree,), span=call.span))], call.span)


def _cholesky(call: Arguments) -> Array:
    row = TABLE.get(SPELLINGS.get("chol", ""))
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
    **MAKING,
    "add": _binary(arrays.add),
    **dict.fromkeys(("subtract", "sub"), _binary(arrays.subtract)),
    **dict.fromkeys(("multiply", "mul"), _binary(arrays.multiply)),
    **dict.fromkeys(("divide", "true_divide", "div"), _binary(arrays.divide)),
    **dict.fromkeys(("power", "pow", "float_power"), _binary(arrays.power)),
    **dict.fromkeys(("negative", "neg"), _on_entries(lambda array, _: arrays.negative(array))),
    "log1p": _on_entries(_if_no_row("log1p", _log1p)),
    "expm1": _on_entries(_if_no_row("expm1", _expm1)),
    "log2": _on_entries(_if_no_row("log2", _log_to(2))),
    "log10": _on_entries(_if_no_row("log10", _log_to(10))),
    **dict.fromkeys(("logsigmoid", "log_sigmoid", "log_expit"), _on_entries(_log_sigmoid)),
    **dict.fromkeys(("silu", "swish"), _on_entries(_if_no_row("silu", _silu))),
    "square": _on_entries(_square),
    "reciprocal": _on_entries(_reciprocal),
    "rsqrt": _on_entries(_rsqrt),
    "exp2": _on_entries(_exp2),
    "entr": _on_entries(_entropy),
    "xlogy": _binary(_xlogy),
    "rel_entr": _binary(_relative_entropy),
    "kl_div": _binary(_divergence),
    "logaddexp": _binary(_log_add_exp),
    "hypot": _binary(_hypotenuse),
    **dict.fromkeys(("clip", "clamp"), _clip),
    "where": _where,
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
