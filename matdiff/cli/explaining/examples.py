"""A question for each function of the table, to be run where the function is explained."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculator import Question

if TYPE_CHECKING:
    from matdiff.functions import Function

_BY_SHAPE: dict[str, tuple[str, str]] = {
    "same": ("a^T {}(A x)", "d/dx"),
    "square->scalar": ("{}(X)", "d/dX"),
    "square->square": ("tr(A {}(X))", "d/dX"),
    "transposed": ("tr(A {}(X))", "d/dX"),
    "any->scalar": ("{}(X)", "d/dX"),
    "vector->scalar": ("{}(A x)", "d/dx"),
    "vector->vector": ("a^T {}(x)", "d/dx"),
}


def example(row: Function) -> Question | None:
    """A question that uses the function; None for one that only answers have."""
    expr, wrt, where = row.example
    if expr:
        return Question(expr, wrt, (where,) if where else ())
    if row.shape not in _BY_SHAPE or row.arity[0] != 1 or (row.kind == "operator" and not row.differential):
        return None
    expr, wrt = _BY_SHAPE[row.shape]
    return Question(expr.format(row.name), wrt, ("X symmetric",) if row.sample == "symmetric" else ())
