"""Formulas of the function table as typed trees: definitions and differentials are written in the input language."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from matdiff.formula.question import Declaration, Reading, Typed
from matdiff.reading import reader, shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matdiff.formula.syntax import Shape

_LIMIT = 500


def typed(text: str, arguments: Mapping[str, Shape]) -> Typed:
    """A formula with the shapes of its formal arguments filled in."""
    return _typed(text, tuple(arguments.items()))


@lru_cache(maxsize=_LIMIT)
def _typed(text: str, arguments: tuple[tuple[str, Shape], ...]) -> Typed:
    declarations = tuple([Declaration(name, shape[0], shape[1]) for name, shape in arguments])
    expression = reader.read_expression(text, names=tuple([name for name, _ in arguments]))
    return shapes.infer(Reading(None, expression, declarations, text))
