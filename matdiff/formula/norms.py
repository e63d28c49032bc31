"""Which norm a call of `norm` is, told once for lowering, evaluation, steps and SymPy."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.formula.syntax import Num, Sym
from matdiff.functions import TABLE

if TYPE_CHECKING:
    from matdiff.formula.syntax import Call, Expr
    from matdiff.functions import Function

_OF_MATRICES = {row.norm: row for row in TABLE.values() if row.norm}  # by the second argument of `norm`


class Norm(NamedTuple):
    """A norm by what it takes of the entries' sizes.

    kind      "2" the root of the sum of their squares (of a matrix Frobenius' norm), "1" their sum, "p" the sum of
              their powers of `exponent`, to its reciprocal, "largest"; "row" a norm of matrices that `row` tells;
              "" none that is known
    label     what names it, "" where the exponent is a formula
    """

    kind: str
    label: str
    exponent: Expr | None = None
    row: Function | None = None


def norm_of(call: Call, *, is_vector: bool) -> Norm:
    """The norm that a call of `norm` means; numbers are vectors, too."""
    exponent = call.args[1] if len(call.args) > 1 else None
    label = exponent.name if isinstance(exponent, Sym) else str(exponent.value) if isinstance(exponent, Num) else ""
    if exponent is None or label == "F":
        return Norm("2", label)
    if not is_vector:
        row = _OF_MATRICES.get(label)
        return Norm("row" if row is not None else "", label, row=row)
    if label in {"1", "2"}:
        return Norm(label, label)
    if label in _OF_MATRICES and isinstance(exponent, Sym):
        return Norm("largest" if label == "inf" else "", label)
    return Norm("p", label, exponent)
