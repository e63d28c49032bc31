"""NumPy, PyTorch and JAX lines, read through Python's own parser and never evaluated.

Precedence, calls, keywords, attributes and indexing are Python's; what a function means is told in `python_calls.py`.
This module is imported only for a text that `python_source.py` takes for Python.
"""

from __future__ import annotations

import ast
import warnings
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple, TypeGuard

from matdiff.errors import MatdiffError, Span
from matdiff.formula.syntax import Add, Apply, Call, Mul, Neg, Transpose, children
from matdiff.reading import mistakes
from matdiff.reading.brackets import DEEPEST
from matdiff.reading.build_atoms import ENTRY_BY_ENTRY
from matdiff.reading.python.asked import asked
from matdiff.reading.python.evaluation import Evaluation
from matdiff.reading.python.places import Places
from matdiff.reading.python.refusals import ambiguous, half
from matdiff.reading.python.source import foreign

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matdiff.formula.question import Declaration
    from matdiff.formula.syntax import Expr
    from matdiff.reading.python.source import Marks


class Line(NamedTuple):
    """A Python line as read: its tree, the kinds of its undeclared names, what is to be noted, the names in it,
    where an array of one dimension is transposed, the names that the text itself defines, and the operator that it
    asks by, jax.grad(f)(x).
    """

    tree: Expr
    kinds: dict[str, str]
    notes: tuple[str, ...]
    names: frozenset[str]
    turned: Span | None
    defined: frozenset[str]
    operator: str = ""


def read(
    text: str, start: int, declarations: Iterable[Declaration], marked: Marks, *, asks: bool = False
) -> Line | None:
    """The expression that begins at `start`; None where it is no Python and need not be.  asks: it may say itself what
    is to be differentiated by what.

    Raises E101 where it is no Python, E102 for an unknown function, E115 for what is known and not supported, E125
    where it can be read in two ways, E213 where shapes do not fit.
    """
    places = Places(text, start)
    try:
        module = _parsed(text, places)
    except MatdiffError:
        if marked.sure:
            raise
        return None
    operator = asked(module, places) if asks else ""
    found = _read(module, places, tuple(declarations), strong=marked.strong)
    return found._replace(operator=operator)


def _read(module: ast.Module, places: Places, declarations: tuple[Declaration, ...], *, strong: bool) -> Line:
    """The line with vectors of one dimension, or as columns where its transposes ask for that."""
    plainly = _once(module, places, declarations, strong=strong, columns=False)
    if isinstance(plainly, Line) and plainly.turned is None:
        return plainly
    if isinstance(plainly, MatdiffError) and not _transposes(module):
        raise plainly
    as_columns = _once(module, places, declarations, strong=strong, columns=True)
    if isinstance(plainly, MatdiffError):
        if isinstance(as_columns, MatdiffError):
            raise plainly
        note = "vectors are taken as columns of shape (n, 1), as their transposes ask"
        return as_columns._replace(notes=(*as_columns.notes, note))
    if isinstance(as_columns, Line) and _normal(as_columns.tree) != _normal(plainly.tree):
        raise ambiguous(
            "'.T' leaves an array of one dimension as it is, and turns a column of shape (n, 1) into a row",
            plainly.turned or Span(0, 0),
            "write np.outer(x, y) or x[:, None] for a column",
            "x @ y without .T for the inner product",
        )
    return plainly


def _once(
    module: ast.Module, places: Places, declarations: tuple[Declaration, ...], *, strong: bool, columns: bool
) -> Line | MatdiffError:
    """The line, or what is wrong with it, with vectors of one dimension or as columns."""
    try:
        evaluation = Evaluation(module, places, declarations, strong=strong, columns=columns)
        tree = evaluation.question(module)
    except MatdiffError as error:
        return error
    kinds = evaluation.kinds
    notes, defined = tuple(dict.fromkeys(evaluation.notes)), frozenset(evaluation.scope)
    return Line(tree, kinds.guessed, notes, kinds.names, evaluation.turned, defined)


def _normal(tree: Expr, *, turned: bool = False) -> object:
    """A tree to compare by: transposes stand at its leaves, and products of products are one."""
    match tree:
        case Transpose(arg):
            return _normal(arg, turned=not turned)
        case Add(parts):
            return "+", *[_normal(part, turned=turned) for part in parts]
        case Neg(part):
            return "-", _normal(part, turned=turned)
        case Call() if tree.function == ENTRY_BY_ENTRY:  # which is told of arrays of two dimensions alone
            return _normal(tree.args[0], turned=turned)
        case Mul(parts) if not turned:
            found = [_normal(part) for part in parts]
            return "*", *[item for part in found for item in (part[1:] if _is_product(part) else (part,))]
        case _ if children(tree):
            return turned, _named(tree), *[_normal(part) for part in children(tree)]
        case _:
            return turned, tree


def _is_product(found: object) -> TypeGuard[tuple[object, ...]]:
    return isinstance(found, tuple) and bool(found) and found[0] == "*"


def _named(tree: Expr) -> str:
    return tree.function if isinstance(tree, Call) else tree.name if isinstance(tree, Apply) else type(tree).__name__


def _transposes(module: ast.Module) -> bool:
    return any((isinstance(node, ast.Attribute) and node.attr in {"T", "t", "transpose"}) for node in ast.walk(module))


def _parsed(text: str, places: Places) -> ast.Module:
    """The text as Python's parser sees it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # of 1if, which is for whoever runs the line
            module = ast.parse(places.source)
    except SyntaxError as error:
        at = places.at(error.lineno or 1, (error.offset or 1) - 1)
        _refuse_foreign(text, places)
        raise mistakes.error("E101", f"no Python: {error.msg}", Span(at, min(at + 1, len(text)))) from None
    except (ValueError, MemoryError, RecursionError):
        raise mistakes.too_deep(Span(0, len(text)), DEEPEST) from None
    rest: list[tuple[ast.AST, int]] = [(module, 0)]
    while rest:
        node, depth = rest.pop()
        if depth > DEEPEST:
            raise mistakes.too_deep(places.span(node), DEEPEST)
        rest += [(child, depth + 1) for child in ast.iter_child_nodes(node)]
    return module


def _refuse_foreign(text: str, places: Places) -> None:
    found = foreign(text[places.start :])
    if found is not None:
        span = Span(places.start + found.start(), places.start + found.end())
        raise half(found[0], span)
