"""Declarations, put together by name and checked."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ShapeError, Span
from matdiff.reading.size_text import parse

if TYPE_CHECKING:
    from matdiff.formula.question import Declaration, Reading
    from matdiff.formula.syntax import Size
    from matdiff.reading.sizes import SizeTerm

LARGEST = 10**9


class Declared:
    """What is known of a declared name.

    kind: "scalar" "vector" "row" "matrix" "integer" or "" (only that it is a function, or a number).  rows, columns:
    None where not said.
    """

    __slots__ = ("args", "columns", "kind", "rows", "span", "structure", "value")

    def __init__(
        self,
        kind: str,
        rows: SizeTerm | None,
        columns: SizeTerm | None,
        *,
        structure: str,
        args: tuple[str, ...],
        value: int | None,
        span: Span,
    ) -> None:
        self.kind, self.rows, self.columns, self.structure, self.args, self.value, self.span = (
            kind,
            rows,
            columns,
            structure,
            args,
            value,
            span,
        )

    @property
    def arity(self) -> int:
        """How many indices an entry has."""
        return {"vector": 1, "row": 1, "matrix": 2}.get(self.kind, 0)


def declare(reading: Reading) -> dict[str, Declared]:
    """The declarations by name; one name may have several that add to each other (sizes in one, a structure in
    another).

    Raises ShapeError E207 where they contradict each other, E212 where a size is not positive.
    """
    table: dict[str, Declared] = {}
    for declaration in reading.declarations:
        new = _declared(reading, declaration)
        old = table.get(declaration.name)
        table[declaration.name] = new if old is None else _merged(reading, declaration, old, new)
    return table


def _declared(reading: Reading, declaration: Declaration) -> Declared:
    rows, columns = _size(reading, declaration, declaration.rows), _size(reading, declaration, declaration.columns)
    kind = declaration.kind
    if rows is not None and columns is None:
        columns = 1
    if declaration.structure and not kind and rows is None:
        kind = "matrix"
    if rows is not None and columns is not None and kind != "integer":
        kind = kind_of(rows, columns)
    if declaration.structure and kind != "matrix":
        raise ShapeError(
            "E203",
            f"{declaration.name} is declared {declaration.structure}, so it must be a square matrix",
            Label(declaration.span),
            hint=f"declare {declaration.name} in R^{{n x n}} {declaration.structure}",
            source=reading.where_text or None,
        )
    return Declared(
        kind,
        rows,
        columns,
        structure=declaration.structure,
        args=declaration.args,
        value=declaration.value,
        span=declaration.span,
    )


def _size(reading: Reading, declaration: Declaration, text: Size | None) -> SizeTerm | None:
    if text is None:
        return None
    try:
        size = parse(text)
    except ValueError:
        raise ShapeError(
            "E212",
            f"'{text}' is not a size",
            Label(declaration.span),
            hint="a size is a name, a number, or made of them: n, 3, 2*n, n+1",
            source=reading.where_text or None,
        ) from None
    if isinstance(size, int) and not 0 < size <= LARGEST:
        raise ShapeError(
            "E212",
            f"the size {size} of {declaration.name} is not possible: a dimension is positive and at most {LARGEST}",
            Label(declaration.span),
            source=reading.where_text or None,
        )
    return size


def kind_of(rows: SizeTerm, columns: SizeTerm) -> str:
    """The kind that a shape has."""
    if columns == 1:
        return "scalar" if rows == 1 else "vector"
    return "row" if rows == 1 else "matrix"


def _merged(reading: Reading, declaration: Declaration, old: Declared, new: Declared) -> Declared:
    clash = any(
        [
            old.rows is not None and new.rows is not None and (old.rows, old.columns) != (new.rows, new.columns),
            bool(old.kind and new.kind) and old.kind != new.kind,
            bool(old.structure and new.structure) and old.structure != new.structure,
            bool(old.args and new.args) and old.args != new.args,
            old.value is not None and new.value is not None and old.value != new.value,
        ]
    )
    if clash:
        raise ShapeError(
            "E207",
            f"{declaration.name} is declared twice, and the two declarations conflict",
            Label(declaration.span, "declared before, differently"),
            hint="keep one of them",
            source=reading.where_text or None,
        )
    return Declared(
        new.kind or old.kind,
        old.rows if new.rows is None else new.rows,
        old.columns if new.columns is None else new.columns,
        structure=new.structure or old.structure,
        args=new.args or old.args,
        value=old.value if new.value is None else new.value,
        span=declaration.span,
    )
