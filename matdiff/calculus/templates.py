"""Formulas of the function table as typed trees: definitions and differentials are written in the input language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matdiff.formula.syntax import Declaration, Reading, Shape, Typed
from matdiff.reading import reader, shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

_typed: dict[tuple[str, tuple[tuple[str, Shape], ...]], Typed] = {}
_LIMIT = 500


def typed(text: str, arguments: Mapping[str, Shape]) -> Typed:
    """A formula with the shapes of its formal arguments filled in."""
    key = (text, tuple(arguments.items()))
    found = _typed.get(key)
    if found is None:
        declarations = tuple([Declaration(name, shape[0], shape[1]) for name, shape in arguments.items()])
        expression = reader.read_expression(text, names=tuple(arguments))
        found = shapes.infer(Reading(None, expression, declarations, text))
        if len(_typed) >= _LIMIT:
            _typed.clear()
        _typed[key] = found
    return found
