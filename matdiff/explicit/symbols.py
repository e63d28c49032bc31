"""The entries of a question's symbols: x_1, x_2 for x, V_11, V_12 for V, with what their structure says of them."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

import sympy

from matdiff.errors import OutputError
from matdiff.explicit.sizes import size_number

if TYPE_CHECKING:
    from matdiff.explicit.entries import Value
    from matdiff.formula.question import Symbol

_LARGEST = 400  # entries of one matrix: more are no reading matter


def symbol_value(symbol: Symbol, n: int, members: tuple[int, ...] = ()) -> Value:
    """A symbol as a matrix of its entries; of a family x_n the member that `members` number."""
    if symbol.kind == "function":
        raise OutputError("E411", f"{symbol.name} is an unknown function: it has no entries to write")
    base = symbol.name.partition("_")[0] if symbol.family else symbol.name
    rows, columns = (size_number(side, n) for side in symbol.shape)
    if symbol.kind == "size":
        return sympy.Integer(size_number(symbol.name, n))
    if (symbol.shape == (1, 1)) or symbol.kind in {"scalar", "integer"}:
        return sympy.Symbol(_entry_name(base, *members) if members else base)
    if rows * columns > _LARGEST:
        raise OutputError(
            "E411",
            f"{symbol.name} would have {rows * columns} entries; {_LARGEST} are the limit",
            hint="choose a smaller number for --explicit",
        )
    if 1 in symbol.shape:
        line = [sympy.Symbol(_entry_name(base, *members, k)) for k in range(1, rows * columns + 1)]
        return sympy.ImmutableMatrix(rows, columns, line)
    return sympy.ImmutableMatrix(
        rows, columns, lambda i, j: _entry(base, members, (int(i) + 1, int(j) + 1), symbol.structure)
    )


def _entry(base: str, members: tuple[int, ...], place: tuple[int, int], structure: str) -> sympy.Expr:
    i, j = place
    zero = {"diagonal": i != j, "lower": i < j, "upper": i > j, "skew": i == j}.get(structure, False)
    if zero:
        return sympy.S.Zero
    turned = structure in {"symmetric", "spd", "skew"} and i > j
    symbol = sympy.Symbol(_entry_name(base, *members, *((j, i) if turned else (i, j))))
    return -symbol if turned and structure == "skew" else symbol


def _entry_name(base: str, *indices: int) -> str:
    """x_1, A_12; A_1_12 where an index has two digits, and W_1_12 where the name has a subscript."""
    return base + "_" + ("" if max(indices) < 10 else "_").join(map(str, indices))
