"""Formulas of the function table as typed trees: definitions and differentials are written in the input language."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.question import Declaration, Reading, Typed
from matdiff.reading import reader, shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matdiff.formula.syntax import Shape

_LIMIT = 500
_TYPED: dict[
    tuple[str, tuple[tuple[str, Shape], ...], tuple[str, ...]], Typed
] = {}  # the same tree for the same formula, in any question


def typed(text: str, arguments: Mapping[str, Shape], integers: tuple[str, ...] = ()) -> Typed:
    """A formula with the shapes of its formal arguments filled in; `integers` are those that are whole numbers."""
    key = text, tuple(arguments.items()), integers
    found = _TYPED.get(key)
    if found is None:
        if len(_TYPED) >= _LIMIT:
            _TYPED.clear()
        found = _TYPED[key] = _inferred(*key)
    return found


def _inferred(text: str, arguments: tuple[tuple[str, Shape], ...], integers: tuple[str, ...]) -> Typed:
    kinds = dict.fromkeys(integers, "integer")
    declarations = tuple([Declaration(name, *shape, kinds.get(name, "")) for name, shape in arguments])
    expression = reader.read_expression(text, names=tuple([name for name, _ in arguments]))
    return shapes.infer(Reading(None, expression, declarations, text))
