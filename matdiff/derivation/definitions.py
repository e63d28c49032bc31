"""Functions as what they stand for, where a derivation goes on with that."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.derivation.applied import substituted, typed
from matdiff.derivation.calls import SHORTER, row_formula
from matdiff.derivation.formulas import formula
from matdiff.derivation.powers import kind_of_norm
from matdiff.derivation.trees import SCALAR, shape
from matdiff.formula.syntax import Call, Expr, IndexedSum, Num
from matdiff.functions import TABLE, Function
from matdiff.functions import names as fn

if TYPE_CHECKING:
    from matdiff.derivation.step import Formula

_NORMS = {"1": ("norm(u, 1)", "sum(abs(u))"), "p": ("norm(u, p)", "(sum(abs(u).^p))^(1/p)")}


class Definition(NamedTuple):
    """A function said by others."""

    rule: str
    formula: Formula
    tree: Expr


def definition(e: Call) -> Definition | None:
    """A function as what it stands for, where the derivation goes on with that."""
    row = TABLE.get(e.function)
    if row is None:
        return None
    if row.parametric and len(e.args) > 1:
        return _with_parameter(row, e)
    if row.kind == "definition" and e.function not in SHORTER:
        names = dict(zip(("X", "Y", "Z"), e.args, strict=False))
        tree = substituted(typed(row.definition, {name: shape(arg) for name, arg in names.items()}), names)
        told = row_formula(row)
        return None if told is None else Definition(f"definition of {row.name}", told, tree)
    if e.function == fn.NORM and kind_of_norm(e) in _NORMS:
        return _norm(e)
    if e.function == fn.LOG:
        return _logarithm(e.args[0])
    return None


def _with_parameter(row: Function, e: Call) -> Definition | None:
    """A function of one argument that has a second; what is no array, or a number, comes second where it may."""
    first, second = e.args
    if row.traits.commutes and shape(first) == SCALAR and (shape(second) != SCALAR or isinstance(first, Num)):
        first, second = second, first
    text = row.parametric
    if isinstance(second, Num) and second.value == 0:
        text = text.replace("Y .* X.^0 + ", "").replace(" - Y .* X.^0", "")
    elif shape(first) == shape(second):
        text = text.replace("Y .* X.^0", "Y")
    told = formula(f"{row.name}(X, Y)", row.parametric)
    tree = substituted(typed(text, {"X": shape(first), "Y": shape(second)}), {"X": first, "Y": second})
    return None if told is None else Definition(f"definition of {row.name}", told, tree)


def _logarithm(inner: Expr) -> Definition | None:
    """The logarithm of a determinant, or of its absolute value, is logdet; that of a product over an index a sum."""
    of = inner.args[0] if isinstance(inner, Call) and inner.function in {fn.ABSOLUTE, fn.BARS} else inner
    if isinstance(of, Call) and of.function == fn.DETERMINANT:
        return Definition(
            "logarithm of the determinant",
            formula("log(det(X))", "logdet(X)", "det(X) > 0"),
            Call(fn.LOGDET, of.args, shape=SCALAR),
        )
    if isinstance(inner, IndexedSum) and inner.product:
        logs = IndexedSum(inner.index, inner.lo, inner.hi, Call(fn.LOG, (inner.body,), shape=SCALAR), shape=SCALAR)
        return Definition("logarithm of a product", formula("log(U V)", "log(U) + log(V)"), logs)
    return None


def _norm(e: Call) -> Definition:
    """The norm of a vector as its formula says it."""
    left, right = _NORMS[kind_of_norm(e)]
    put = {"u": e.args[0], "p": e.args[1]}
    tree = substituted(typed(right, {"u": shape(e.args[0]), "p": SCALAR}), put)
    return Definition("definition of the norm", formula(left, right), tree)
