"""A question around its formulas: the operator, declarations, what the names stand for."""

from __future__ import annotations

from matdiff.lean.types import MappingProxyType
from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.formula.syntax import NOWHERE
from matdiff.records import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matdiff.errors import Span
    from matdiff.formula.syntax import Expr, Shape, Size

_EMPTY: Mapping[str, Any] = MappingProxyType({})


class By(Record):
    """One d/d… of an operator: a name, or an entry (name "X", index ("i", "j")), perhaps transposed."""

    name: str
    transposed: bool = False
    index: tuple[str, ...] = ()
    span: Span = NOWHERE
    _compared = ("name", "transposed", "index")


class Operator(Record):
    """d/dX: by = (X,); d^2/dx dy^T: by = (x, y^T); d^2/dx^2: by = (x, x) with `power` True; d alone: by = () (total
    differential).  `bare`: only the variable's name was written.
    """

    by: tuple[By, ...]
    text: str
    power: bool = False
    bare: bool = False
    _compared = ("by", "text", "power")


class Declaration(Record):
    """One declared name.  Sizes are expressions over sizes, or None where only a kind was given.

    kind: "scalar" "vector" "matrix" "integer" or "" (not said); structure: "symmetric" "skew" "diagonal" "lower"
    "upper"
    "orthogonal" "spd" or ""; args: argument names of an unknown function; value: a number for `n = 3`.
    """

    name: str
    rows: Size | None = None
    columns: Size | None = None
    kind: str = ""
    structure: str = ""
    args: tuple[str, ...] = ()
    value: int | None = None
    span: Span = NOWHERE
    _compared = ("name", "rows", "columns", "kind", "structure", "args", "value")


class Symbol(Record):
    """What a name stands for, once inferred.

    kind: scalar vector row matrix integer size function; for a function `shape` is its value's and `args` are its
    arguments.
    `family`: index names of a family (x_n: ("n",)), whose axes have sizes `family_sizes`; shape is one member's.
    `family_starts`: the number of the first member along each axis, () where all count from one.
    """

    name: str
    kind: str
    shape: Shape
    structure: str = ""
    family: tuple[str, ...] = ()
    family_sizes: tuple[Size, ...] = ()
    args: tuple[str, ...] = ()
    declared: bool = False
    family_starts: tuple[int, ...] = ()


class Reading(Record):
    """A question as read: operator (None for a bare expression), expression, declarations, and the texts they came
    from.

    values: shapes of argument and value, with numbers that stand for any sizes, of the functions that a rule was given
    for.  kinds: of names that the text's own language has settled.  notes: what the reader of the text has to say.
    sizes, families: names that are sizes, and families with their indices, whatever the text itself tells; members: how
    many these have at least, as far as that is known.  letters: indices of members which no sum of the text binds.
    analytic: functions that are declared so.
    """

    operator: Operator | None
    expression: Expr
    declarations: tuple[Declaration, ...]
    text: str
    operator_text: str = ""
    where_text: str = ""
    values: Mapping[str, tuple[Shape, Shape]] = _EMPTY
    kinds: Mapping[str, str] = _EMPTY
    notes: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    families: tuple[tuple[str, tuple[str, ...]], ...] = ()
    members: Mapping[str, tuple[Size, ...]] = _EMPTY
    letters: tuple[str, ...] = ()
    analytic: tuple[str, ...] = ()


class Typed(Record):
    """A question whose every node has a shape; `symbols` in order of first appearance in the expression (then the
    operator's).
    """

    operator: Operator | None
    expression: Expr
    symbols: dict[str, Symbol]
    notes: tuple[str, ...] = ()
