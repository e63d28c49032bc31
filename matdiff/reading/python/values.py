"""What the parts of a Python line stand for while it is read: arrays, and what Python has beside them."""

from __future__ import annotations

from dataclasses import dataclass
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Expr, Mul, Num, Sym
from matdiff.reading.python.arrays import Array, static
from matdiff.reading.python.refusals import unsupported

if TYPE_CHECKING:
    import ast

    from matdiff.errors import Span


@dataclass(slots=True)
class Path:
    """A module or a function in one: np.linalg.inv."""

    name: str
    span: Span

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def library(self) -> str:
        return self.name.partition(".")[0]


@dataclass(slots=True)
class Method:
    """x.dot, before it is called."""

    array: Array
    name: str
    span: Span


@dataclass(slots=True)
class Prepared:
    """A function with some of its arguments: nn.MSELoss(reduction="sum"), before it is called."""

    path: Path
    items: list[Value]
    named: dict[str, Value]

    @property
    def span(self) -> Span:
        return self.path.span


@dataclass(slots=True)
class Closure:
    """A lambda or a function defined in the text."""

    parameters: list[str]
    positional: int  # how many of them may be given by position
    body: list[ast.stmt] | ast.expr
    scope: dict[str, Value]
    defaults: dict[str, Value]
    span: Span


@dataclass(slots=True)
class Other:
    """None, True, a text, an ellipsis: what only an argument can be."""

    value: object
    span: Span


@dataclass(slots=True)
class Several:
    """A tuple or a list; names: what its first items are called as attributes."""

    items: list[Value]
    span: Span
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Truth:
    """A comparison, as the array that is 1 where it holds and else 0."""

    array: Array


Value = Array | Path | Method | Closure | Prepared | Other | Several | Truth


def array_of(value: Value) -> Array:
    """The array that is meant; raises E115 for anything else."""
    if isinstance(value, Array):
        return value
    if isinstance(value, Truth):
        return value.array
    if isinstance(value, Path):
        raise unsupported(f"'{value.name}' as a value is", value.span)
    what = {Several: "a list as an array", Closure: "a function as a value", Method: "a method as a value"}
    raise unsupported(f"{what.get(type(value), 'this')} is", value.span)


def whole_number(value: Value) -> int | None:
    """The whole number that is written, or None."""
    found = static(value) if isinstance(value, Array) else None
    return int(found) if found is not None and found.denominator == 1 else None


def size_text(tree: Expr) -> int | str | None:
    """A size as the text of one: n, 3, 2*n; None where it is no size."""
    if isinstance(tree, Num):
        return int(tree.value) if tree.value.denominator == 1 else None
    if isinstance(tree, Sym):
        return tree.name
    if isinstance(tree, Mul):
        parts = [size_text(factor) for factor in tree.factors]
        return None if None in parts else "*".join([str(part) for part in parts])
    return None
