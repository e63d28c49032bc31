"""The function table: every function of the language, one row each."""

from __future__ import annotations

from matdiff.functions import (
    activations,
    constants,
    elementwise,
    linear_algebra,
    matrix_functions,
    norms,
    parts,
    reciprocals,
    reductions,
    rows_and_columns,
    solutions,
    special_functions,
    spectral,
)
from matdiff.functions.function import Function

TABLE: dict[str, Function] = {
    row.name: row
    for rows in (
        elementwise.ROWS,
        reciprocals.ROWS,
        activations.ROWS,
        special_functions.ROWS,
        linear_algebra.ROWS,
        parts.ROWS,
        matrix_functions.ROWS,
        spectral.ROWS,
        reductions.ROWS,
        rows_and_columns.ROWS,
        norms.ROWS,
        solutions.ROWS,
        constants.ROWS,
    )
    for row in rows
}
SCALARS = frozenset(
    [
        row.name
        for row in TABLE.values()
        if row.shape.endswith("->scalar")
        or row.einsum.endswith("->")
        or row.shape == "extremum"
        or row.arity == (0, 0)
        or row.shape in {"dot", "extremum"}
        or row.arity == (0, 0)
    ]
)  # whose value is one number, of max and min where they have one argument
SPELLINGS: dict[str, str] = {spelling: row.name for row in TABLE.values() for spelling in (row.name, *row.spellings)}
FOREIGN: dict[str, str] = {
    name: row.name for row in TABLE.values() for names in row.dialects.values() for name in names
}  # names that mean a function in another language alone

__all__ = ["FOREIGN", "SCALARS", "SPELLINGS", "TABLE", "Function"]
