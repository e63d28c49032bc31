"""Writing formulas: one file a notation, loaded when it is asked for."""

from __future__ import annotations

import sys
from matdiff.lean.typing import TYPE_CHECKING, Protocol, cast

from matdiff.errors import OutputError
from matdiff.writing.style import PLAIN, Style

if TYPE_CHECKING:
    from matdiff.formula.question import Operator
    from matdiff.formula.syntax import Expr

# To add a notation: a name here, and a module of that name with a class `Notation`.
NOTATIONS = ("unicode", "ascii", "latex", "typst", "mathml", "markdown", "sympy", "svg")


class Writer(Protocol):
    """What a notation's module offers: a class whose object writes one formula or one operator."""

    def __init__(self, style: Style) -> None: ...
    def text(self, tree: Expr) -> str: ...
    def operator(self, operator: Operator) -> str: ...


def write(tree: Expr, notation: str, style: Style = PLAIN) -> str:
    """The formula on one line; ASCII and Unicode can be read back.

    Raises OutputError: E401 for an unknown notation, E402 where the notation cannot say the formula, E403 where a
    package is missing.
    """
    return _notation(notation)(style).text(tree)


def write_operator(operator: Operator, notation: str, style: Style = PLAIN) -> str:
    r"""The operator on one line: d/dX, ∂/∂X, \frac{\partial}{\partial X}.  Raises as `write` does."""
    return _notation(notation)(style).operator(operator)


def _notation(notation: str) -> type[Writer]:
    if notation not in NOTATIONS:
        raise _unknown(notation)
    name = f"matdiff.writing.{notation}"
    module = sys.modules.get(name)
    if module is None:
        from importlib import import_module  # noqa: PLC0415 # a start-up image brings the usual ones

        module = import_module(name)
    return cast("type[Writer]", module.Notation)


def _unknown(notation: str) -> OutputError:
    from difflib import get_close_matches  # noqa: PLC0415 # only a mistake pays for it

    near = get_close_matches(notation.lower(), NOTATIONS, 1, 0.5)
    hint = f"did you mean '{near[0]}'?" if near else "there are " + ", ".join(NOTATIONS)
    return OutputError("E401", f"unknown notation '{notation[:40]}'", hint=hint)


__all__ = ["NOTATIONS", "PLAIN", "Style", "write", "write_operator"]
