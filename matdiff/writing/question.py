"""A question as it was read, in plain declared notation: d/dx x^T y where x in R^n, y in R^n."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import PRIME
from matdiff.writing import Style, write, write_operator

if TYPE_CHECKING:
    from matdiff.formula.question import Operator, Symbol
    from matdiff.formula.syntax import Expr, Shape


def plain(operator: Operator | None, expression: Expr, symbols: dict[str, Symbol]) -> str:
    """Operator, expression and declarations in ASCII, which is read as the same question."""
    style = Style(symbols=symbols)
    asked = write(expression, "ascii", style)
    if operator is not None:
        asked = f"{write_operator(operator, 'ascii', style)} {asked}"
    given = [symbol for symbol in symbols.values() if symbol.kind != "size" and not symbol.name.endswith(PRIME)]
    said = [declaration(symbol) for symbol in given]
    return f"{asked} where {', '.join(said)}" if said else asked


def declaration(symbol: Symbol) -> str:
    """A name's declaration: S in R^{n x n} symmetric, x in R^n, t in R, k in N, f(z) in R^m."""
    if symbol.kind == "function" and symbol.structure:
        return f"{symbol.name} {symbol.structure}"
    name = f"{symbol.name}({', '.join(symbol.args)})" if symbol.args else symbol.name
    if symbol.kind == "integer":
        return f"{name} in N"
    return f"{name} in {_space(symbol.shape)}" + (f" {symbol.structure}" if symbol.structure else "")


def _space(shape: Shape) -> str:
    rows, columns = (str(side) for side in shape)
    if columns == "1":
        return "R" if rows == "1" else f"R^{rows}" if len(rows) == 1 else f"R^{{{rows}}}"
    return f"R^{{{rows} x {columns}}}"
