"""What functions and methods of NumPy, SciPy, PyTorch and JAX mean.

A function of every entry, or of a square matrix, is found in the table of functions by its name there; what takes axes
or makes arrays has a handler in a neighbouring module; what other functions say stands in `definitions.py`.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Span
from matdiff.formula.syntax import Call, Sym
from matdiff.functions import FOREIGN, SPELLINGS, TABLE
from matdiff.functions import names as fn
from matdiff.reading import mistakes
from matdiff.reading.build_atoms import ENTRY_BY_ENTRY
from matdiff.reading.python import entrywise as python_entrywise
from matdiff.reading.python import factorizations as python_factorizations
from matdiff.reading.python import losses as python_losses
from matdiff.reading.python import products as python_products
from matdiff.reading.python import reductions as python_reductions
from matdiff.reading.python import statistics as python_statistics
from matdiff.reading.python.arguments import Arguments, refuse
from matdiff.reading.python.arrays import Array
from matdiff.reading.python.definitions import DEFINITIONS, NOTES
from matdiff.reading.python.making import HANDLERS as MAKING
from matdiff.reading.python.refusals import shapes, unknown
from matdiff.reading.python.source import LIBRARIES
from matdiff.reading.python.stacking import HANDLERS as STACKING
from matdiff.reading.python.values import Method, Other, Path, Prepared, Several, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.functions import Function
    from matdiff.reading.python.evaluation import Evaluation

_CONSTANTS = frozenset((fn.PI, fn.EULER))
_PARAMETERS = ("negative_slope", "alpha", "delta")
_REDUCED = {"add": "sum", "multiply": "prod", "maximum": "amax", "minimum": "amin", "logaddexp": "logsumexp"}
_OUTER = frozenset(("add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "logaddexp"))


def constant(path: Path) -> Value | None:
    """np.pi, np.e, np.inf, np.newaxis; None for a function."""
    if path.last in _CONSTANTS:
        return Array(Call(path.last, (), span=path.span))
    if path.last in {"inf", "Inf", "infty"}:
        return Array(Sym("inf", span=path.span))
    return Other(None, path.span) if path.last == "newaxis" else None


def is_known(name: str) -> bool:
    """Whether a bare name is a function's (from numpy.linalg import norm)."""
    return name in HANDLERS or name in DEFINITIONS or _row(name) is not None


def call(arguments: Arguments) -> Value:
    """The value of a function of a library.  Raises E102 where it is not known."""
    path = arguments.function
    module, _, name = path.name.rpartition(".")
    if module and module not in LIBRARIES:
        return _of_function(arguments, module, name)
    if name in python_losses.MODULES and (not module or module.endswith("nn")):
        named = arguments.named
        return Prepared(Path(python_losses.MODULES[name], path.span), arguments.items, named)
    handler = HANDLERS.get(name)
    if handler is not None:
        found = handler(arguments)
    elif name in DEFINITIONS:
        return _defined(arguments, name)
    else:
        row = _row(name)
        if row is None:
            raise unknown(path.name, path.span)
        found = by_row(row, arguments)
    arguments.done()
    return found


def _defined(arguments: Arguments, name: str) -> Value:
    """The value of a function that others say."""
    if name in NOTES:
        arguments.evaluation.notes.append(NOTES[name])
    return arguments.evaluation.defined(DEFINITIONS[name], arguments.items, arguments.named, arguments.span)


def _of_function(arguments: Arguments, module: str, name: str) -> Value:
    """np.add.outer, np.logaddexp.reduce, scipy.stats.norm.logpdf.  Raises E102 for others."""
    around, _, function = module.rpartition(".")
    path, span = arguments.function, arguments.span
    if around.rpartition(".")[2] == "stats" and f"{function}.{name}" in DEFINITIONS:
        return _defined(arguments, f"{function}.{name}")
    if around not in LIBRARIES:
        raise unknown(path.name, path.span)
    if name == "reduce" and function in _REDUCED:
        if (
            len(arguments.items) < 2
            and "axis" not in arguments.named
            and arguments.evaluation.array(arguments.items[0]).order > 1
        ):
            raise refuse(arguments, "of a matrix without axis=")
        return call(arguments.renamed(_REDUCED[function]))
    if name == "accumulate" and function == "add":
        return call(arguments.renamed("cumsum"))
    if name == "outer" and function in _OUTER:
        text = f"lambda a, b: {function}(a[:, None], b[None, :])"
        return arguments.evaluation.defined(text, arguments.items, arguments.named, span)
    raise unknown(path.name, path.span)


def method(evaluation: Evaluation, of: Method, args: list[Value], named: dict[str, Value], span: Span) -> Value:
    """x.dot(y): the function of the same name, x before the other arguments."""
    name = _METHODS.get(of.name, of.name)
    if name in {"reshape", "transpose", "permute", "expand", "repeat"} and len(args) > 1:
        args = [Several(args, span)]
    if not name:
        return of.array
    if name not in _METHODS_ALONE and (not is_known(name) or name in _NO_METHODS):
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
        tree = Call(row.name, trees, span=arguments.span)
        if array.order == 2 and "." in arguments.function.name.strip("."):  # np.exp(X): of no matrix function's name
            tree = Call(ENTRY_BY_ENTRY, (tree,), span=arguments.span)
        return Array(tree, array.axes)
    if array.order != 2:
        raise shapes(f"'{arguments.name}' is of a matrix, and this has {array.order} dimensions", array.span)
    if row.shape == "square->scalar":
        return Array(Call(row.name, (array.tree,), span=arguments.span))
    axes = array.axes[::-1] if row.shape == "transposed" else array.axes
    return Array(Call(row.name, (array.tree,), span=arguments.span), axes)


def _gone(name: str) -> Callable[[Arguments], Value]:
    """A function that would change what is differentiated."""

    def handler(call: Arguments) -> Value:
        raise mistakes.not_supported(f"'{call.name}' is not supported: {name}", call.span)

    return handler


def _itself(call: Arguments) -> Array:
    given = call.items[0] if call.items else None
    if call.name == "float" and isinstance(given, Other) and given.value in {"inf", "Infinity"}:
        call.items = []
        return Array(Sym("inf", span=call.span))
    return call.array("a", "input", "x")


HANDLERS: dict[str, Callable[[Arguments], Value]] = {
    **python_reductions.HANDLERS,
    **python_products.HANDLERS,
    **python_losses.HANDLERS,
    **python_statistics.HANDLERS,
    **MAKING,
    **STACKING,
    **python_entrywise.HANDLERS,
    **python_factorizations.HANDLERS,
    **dict.fromkeys(("detach", "no_grad", "stop_gradient"), _gone("it stops derivatives")),
    **dict.fromkeys(
        ("asarray", "copy", "clone", "astype", "float", "double", "item", "conj", "conjugate", "positive", "real"),
        _itself,
    ),
}
_METHODS = {"t": "transpose", "view": "reshape", "absolute": "abs", "new_zeros": "", "new_ones": ""} | dict.fromkeys(
    ("add_", "contiguous", "requires_grad_", "retain_grad", "backward", "to", "cpu", "numpy", "tolist", "type_as"), ""
)
_METHODS_ALONE = frozenset(("size",))
_NO_METHODS = frozenset(("where", "solve", "array", "eye", "ones", "zeros", "full", "block"))
