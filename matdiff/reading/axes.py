"""Sums and means along an axis: MATLAB and Python differ in which axis they call the first."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ShapeError, Span
from matdiff.formula.syntax import Call, Expr, Sym, subtrees
from matdiff.functions import TABLE
from matdiff.reading import mistakes
from matdiff.reading.blame import quoted
from matdiff.reading.entities import ENTRY_LETTERS
from matdiff.reading.sizes import SCALAR

if TYPE_CHECKING:
    from matdiff.reading.inference import Inference
    from matdiff.reading.lexing import Token

AXES = frozenset(name for name in TABLE if f"col{name}" in TABLE)  # sum, mean
_OPENING, _CLOSING = frozenset(("LPAR", "LBAR", "LNORM")), frozenset(("RPAR", "RBAR", "RNORM"))


def check(out: list[Token], begin: int, span: Span, notes: list[str], *, matlab: bool) -> None:
    """sum(X, 1): of each column where the line is MATLAB's by its signs (`matlab`), of each row to Python; the call's
    bracket stands at `begin`.  Raises E125 in a line that tells neither, E115 for Mathematica's levels.
    """
    axis, depth, commas, function = out[-1].text, 0, 0, out[begin - 1].text
    for inner in out[begin + 1 :]:
        depth += (inner.kind in _OPENING) - (inner.kind in _CLOSING)
        commas += not depth and inner.kind == "COMMA"
    if axis not in {"1", "2"} or commas > 1:
        return
    if out[begin].text == "[":  # Mathematica's Total[X, 2] adds two levels up
        raise mistakes.not_supported("levels are not supported", out[-1].span, hint="write sum(X)")
    one, other = f"col{function}", f"row{function}"
    if axis == "1" and not matlab:
        raise mistakes.two_readings(
            f"{function}(…, 1)",
            ("what MATLAB means, of each column", f"{one}(…)"),
            ("what Python means, of each row", f"{other}(…)"),
            span,
        )
    notes.append(f"{function}(…, {axis}) was read as MATLAB has it: {one if axis == '1' else other}")


def _check_index(inference: Inference, node: Call, tree: Expr) -> None:
    """Raise E113 for the sum or mean of an entry x_i or a member y_i the index of which no sum binds."""
    for part in subtrees(tree):
        index = part.subscript if isinstance(part, Sym) else ""
        if (
            len(index) not in {1, 2}
            or not ENTRY_LETTERS.issuperset(index)
            or not inference.bound.keys().isdisjoint(index)
        ):
            continue
        raise ShapeError(
            "E113",
            f"a {node.function} needs its index below: '{quoted(inference, node)}'",
            Label(node.span),
            hint=f"write sum_{{{index[0]}=1}}^N {quoted(inference, tree)}",
            source=inference.names.reading.text,
        )


def check_sum(inference: Inference, node: Call, tree: Expr) -> None:
    """Raise E125 for sum(sum(X).^2) of a matrix X: the inner sum is of the columns to MATLAB, of all entries here; E113
    for sum(x_i), which does not say what it runs over.
    """
    _check_index(inference, node, tree)
    if isinstance(tree, Call) and tree.function in AXES:
        return  # all entries are added in the end, in whichever order
    for part in subtrees(tree):
        inside = part.args[0] if isinstance(part, Call) and part.function in AXES else None
        if isinstance(part, Call) and inside is not None and 1 not in inference.written.get(id(inside), SCALAR):
            inner, arg = part.function, quoted(inference, inside)
            raise ShapeError(
                "E125",
                f"'{quoted(inference, node)}' can be read in two ways: {inner} of all entries, or of each column",
                Label(node.span),
                hint=f"write col{inner}({arg}) for the columns, and no {node.function} around a number",
                source=inference.names.reading.text,
            )
