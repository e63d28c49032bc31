"""Mistakes that no other kinds of the names could mend."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ShapeError
from matdiff.formula.syntax import NOWHERE
from matdiff.reading.blame import quoted, sized

if TYPE_CHECKING:
    from matdiff.formula import syntax
    from matdiff.formula.syntax import Expr
    from matdiff.reading.entities import Entity
    from matdiff.reading.sizes import Dims
    from matdiff.reading.symbol_shapes import SymbolShapes


def arity(inference: SymbolShapes, node: syntax.Call, fewest: int, most: int) -> ShapeError:
    """Too few or too many arguments."""
    takes = str(fewest) if fewest == most else f"{fewest} to {most}"
    return ShapeError(
        "E206",
        f"{node.function} takes {takes} argument{'s' if most != 1 else ''}, not {len(node.args)}",
        Label(node.span),
        source=inference.names.reading.text,
    )


def argument_count(inference: SymbolShapes, node: syntax.Apply, count: int) -> ShapeError:
    """An unknown function got another number of arguments than before."""
    return ShapeError(
        "E214",
        f"{node.name} has {count} argument{'s' if count != 1 else ''} elsewhere, and {len(node.args)} here",
        Label(node.span),
        source=inference.names.reading.text,
    )


def index_applied(inference: SymbolShapes, node: syntax.Apply) -> ShapeError:
    """sum_{n=1}^N n(X): an index is no function."""
    return ShapeError(
        "E214",
        f"{node.name} is the index of a sum, and here it is applied like a function",
        Label(node.span),
        hint=f"put a blank before the bracket if {node.name} is to be a factor, or rename the index",
        source=inference.names.reading.text,
    )


def declared_not_square(inference: SymbolShapes, entity: Entity, dims: Dims) -> ShapeError:
    """S in R^{m x n} symmetric."""
    structure, span = (entity.declared.structure, entity.declared.span) if entity.declared else ("", NOWHERE)
    return ShapeError(
        "E203",
        f"{entity.name} is declared {structure}, so it must be square, not {sized(inference, dims)}",
        Label(span),
        source=inference.names.reading.where_text or None,
        hint=f"declare {entity.name} in R^{{n x n}} {structure}",
    )


def no_size(inference: SymbolShapes, call: syntax.Call, node: Expr) -> ShapeError:
    """ones(x^T x)."""
    return ShapeError(
        "E212",
        f"{call.function} takes a size (a name or a positive number), and {quoted(inference, node)} is none",
        Label(node.span or call.span),
        source=inference.names.reading.text,
    )


def unknown_size(inference: SymbolShapes, node: Expr) -> ShapeError:
    """tr(I): nothing tells the size."""
    return ShapeError(
        "E210",
        f"nothing tells the size of {quoted(inference, node)} here",
        Label(node.span),
        hint="write the size: I_n, ones(n), zeros(n)",
        source=inference.names.reading.text,
    )
