"""A command line that asks a plain question, taken apart by the table of fields alone, without loading click.

What is unusual (another command, help, an option that is unknown or has a wrong value) is left to click, which says
what is wrong with it.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any, NamedTuple

from matdiff.cli.arguments import OptionTable, take_apart
from matdiff.cli.commands import COMMANDS
from matdiff.cli.settings import SettingsError, declarations, environment, project_declarations, settings
from matdiff.fields import FIELDS, Field, WrongValueError, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_BY_FLAG = {flag: field for field in FIELDS for flag in field.flags}
TABLE = OptionTable(
    {flag: field.names for flag, field in _BY_FLAG.items() if field.kind != "flag"},
    frozenset([flag for flag, field in _BY_FLAG.items() if field.kind == "flag"]),
)
_LEAVE = frozenset(("-h", "--help", "-V", "--version"))


class Plain(NamedTuple):
    """What a plain line says: its words, and a value for every field."""

    words: tuple[str, ...]
    given: dict[str, Any]


def plain(arguments: Sequence[str]) -> Plain | None:
    """The line taken apart, or None where it is not a plain question that is right in all its options."""
    line = take_apart(arguments, TABLE)
    words = line.positionals
    if line.unknown or _LEAVE & {*arguments} or not words or not 1 <= len(words) <= 2 or not words[-1].strip():
        return None
    first = words[0]
    if first in COMMANDS or (first.isascii() and first.isalpha() and first.islower() and len(first) > 1):
        return None
    try:
        found = {**settings(), **environment()}
        where = declarations(found.pop("where", ()))
        given = told(line.options)
    except (SettingsError, WrongValueError):
        return None
    defaults = {field.name: _default(field) for field in FIELDS}
    said = {"defaults": where, "project": project_declarations() if where else ""}
    return Plain(tuple(words), defaults | found | given | said)


def _default(field: Field) -> object:
    return False if field.kind == "flag" else field.default


def told(options: list[str], by_flag: Mapping[str, Field] = _BY_FLAG) -> dict[str, Any]:
    """The values that the options give, by the names of their fields.  Raises WrongValueError."""
    found: dict[str, Any] = {}
    for field, text in _pairs(options, by_flag):
        if field.kind == "flag":
            found[field.name] = True
        elif field.kind == "texts":
            found[field.name] = (*found.get(field.name, ()), text)
        else:
            found[field.name] = value_of(field, text)
    return found


def _pairs(options: list[str], by_flag: Mapping[str, Field]) -> Iterator[tuple[Field, str]]:
    """Each option with its value, attached or behind it.  Raises WrongValueError where that is missing, or too many."""
    rest = iter(options)
    for word in rest:
        name, equals, value = word.partition("=") if word.startswith("--") else (word[:2], word[2:], word[2:])
        field = by_flag.get(name)
        if field is None or (field.kind == "flag" and equals):
            raise WrongValueError
        if field.kind != "flag" and not equals:
            found = next(rest, None)
            if found is None:
                raise WrongValueError
            value = found
        yield field, value
