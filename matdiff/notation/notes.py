"""What a reader must be told about the names in an answer."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Call, Expr, subtrees
from matdiff.functions import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def notes_on(tree: Expr | None) -> tuple[str, ...]:
    """The notes of the functions that an answer is written with, each once."""
    return tuple(dict.fromkeys([TABLE[call.function].note for call in _calls(tree) if TABLE[call.function].note]))


def once(*groups: Iterable[str]) -> tuple[str, ...]:
    """Notes in order, none doubled."""
    return tuple(dict.fromkeys([note for group in groups for note in group]))


def lettered(tree: Expr | None) -> Iterator[Call]:
    """The constants that an answer writes by a letter with sizes below, K_{m,n}."""
    return (call for call in _calls(tree) if TABLE[call.function].letter)


def told_functions(tree: Expr | None) -> Iterator[tuple[str, str]]:
    """Functions that an answer is written with and few readers know by name, dexpm, each with what it is."""
    for call in _calls(tree):
        row = TABLE[call.function]
        what, _, meaning = row.note.partition(" is ")
        if what.startswith(f"{row.name}(") and row.kind == "operator":
            yield what, meaning


def _calls(tree: Expr | None) -> Iterator[Call]:
    for inner in subtrees(*([] if tree is None else [tree])):
        if isinstance(inner, Call):
            yield inner
