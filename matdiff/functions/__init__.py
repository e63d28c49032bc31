"""The function table: every function of the language, one row each."""

from __future__ import annotations

from matdiff.functions import elementwise, linear_algebra, reductions
from matdiff.functions.function import Function

TABLE: dict[str, Function] = {
    row.name: row for row in (*elementwise.ROWS, *linear_algebra.ROWS, *reductions.ROWS, *reductions.CONSTANTS)
}
SPELLINGS: dict[str, str] = {spelling: row.name for row in TABLE.values() for spelling in (row.name, *row.spellings)}

__all__ = ["SPELLINGS", "TABLE", "Function"]
