"""JSON objects: a question as a line of a stream, and the answers that go out."""

from __future__ import annotations

import json
from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING, Any, NoReturn, cast

from matdiff.errors import Label, MatdiffError, OutputError, ReadingError, Span
from matdiff.errors.report import error_object
from matdiff.fields import BY_NAME, FIELDS, Field, WrongValueError, close_to, value_of
from matdiff.records import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matdiff.cli.request import Request

_FIELDS = {field.json: field for field in FIELDS if field.json}
_KNOWN = ("wrt", "expr", "id")
_ADDED = frozenset({"where", "rules"})  # what a line says is added to what the command line says
_DEEPEST = 500
_MARK = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')
_OBJECT = re.compile(r'\{\s*(["}]|$)')


def is_object(line: str) -> bool:
    """Whether a line is meant as a JSON object (an expression may begin with a brace, but not so)."""
    return bool(_OBJECT.match(line))


def dump(made: dict[str, object]) -> str:
    """`made` as JSON on one line; characters stand for themselves unless they cannot be encoded."""
    text = json.dumps(made, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(made)
    return text


def failure(error: MatdiffError, request: Request) -> str:
    """The line that answers a question with an error."""
    return dump({"ok": False} | request.tag() | {"error": error_object(error)})


def read(line: str) -> dict[str, object]:
    """The fields of the object in `line`.  Raises ReadingError (E191) for what is no object."""
    try:
        found = _loaded(line)
    except json.JSONDecodeError as error:
        label = Label(Span(error.pos, error.pos + 1))
        raise ReadingError(
            "E191", f"the line is no JSON object: {error.msg[:1].lower()}{error.msg[1:]}", label, source=line
        ) from None
    except (ValueError, RecursionError):
        raise ReadingError(
            "E191", "the line is no JSON object that can be read: a number too long, or nested too deeply"
        ) from None
    if not isinstance(found, dict):
        raise ReadingError("E191", "the line is no JSON object", source=line)
    return cast("dict[str, object]", found)


def _loaded(line: str) -> object:
    """The value of a line.  What is nested deeper than any question is told from the rest before it is parsed: the
    parser keeps its place on the system's stack.  Raises ValueError.
    """
    if max(line.count("["), line.count("{")) > _DEEPEST and _depth(line) > _DEEPEST:
        raise ValueError
    return json.loads(line)


def _depth(line: str) -> int:
    """How deep brackets nest outside strings."""
    deep = most = 0
    for mark in _MARK.findall(line):
        deep += (mark in "[{") - (mark in "]}")
        most = max(most, deep)
    return most


def changed(request: Request, fields: dict[str, object], line: str) -> Request:
    """`request` as the fields say; what they leave out stays.  `line` is for errors (E191, E401) to point at."""
    given = values(fields, _FIELDS, line)
    question = request.question
    own = {name: value for name, value in given.items() if BY_NAME[name].home == "question"}
    for name in _ADDED & {*own}:
        own[name] = getattr(question, name) + own[name]
    expr, wrt = (string(fields, name, getattr(question, name), line) for name in ("expr", "wrt"))
    rest = {name: value for name, value in given.items() if name not in own}
    return request._replace(question=replace(question, expr=expr, wrt=wrt, **own), **rest)


def values(fields: dict[str, object], table: Mapping[str, Field], line: str) -> dict[str, Any]:
    """What an object says, by the names of the fields in `table`.  Raises E191 for a field that isn't there, for a
    wrong value, and where there is no expression; E401 for an unknown format.
    """
    if "expr" not in fields:
        raise ReadingError(
            "E191", "the object has no field 'expr'", hint='write {"wrt": "d/dX", "expr": "tr(X)"}', source=line
        )
    known = (*_KNOWN, *table)
    for name in fields:
        if name not in known:
            _fail(line, name, f"unknown field '{name}'", _meant(name, known))
    return {field.name: _value(field, fields[name], line) for name, field in table.items() if _is_given(fields, name)}


def _is_given(fields: dict[str, object], name: str) -> bool:
    """Whether a field says something: null, an empty string and an empty list leave what was said before."""
    value = fields.get(name)
    return value is not None and value not in ("", [])


def _value(field: Field, given: object, line: str) -> Any:
    try:
        return value_of(field, given)
    except WrongValueError as error:
        head, _, hint = str(error).partition("; ")
        if field.name == "to" and isinstance(given, str):
            raise OutputError("E401", head, hint=hint) from None
        message = (
            head if head.startswith("unknown") else f"'{field.json}': {head.removesuffix(f' for {field.flags[-1]}')}"
        )
        _fail(line, given if isinstance(given, str) else field.json, message, hint)


def identity(fields: dict[str, object], line: str) -> tuple[object, ...]:
    """The `id` that comes back in the answer, if there is one.  Raises E191 for NaN and infinities, which are no JSON
    and are not said back.
    """
    if "id" not in fields:
        return ()
    try:
        json.dumps(fields["id"], allow_nan=False)
    except ValueError:
        _fail(line, "id", "'id' is no number that JSON has")
    return (fields["id"],)


def _meant(value: str, names: tuple[str, ...]) -> str:
    meant = close_to(value, names)
    return f"did you mean '{meant}'?" if meant else f"there are: {', '.join(names)}"


def _fail(line: str, at: str, message: str, hint: str = "") -> NoReturn:
    quoted = json.dumps(at, ensure_ascii=False)
    place = line.find(quoted)
    raise ReadingError(
        "E191", message, *([Label(Span(place, place + len(quoted)))] if place >= 0 else []), hint=hint, source=line
    )


def string(fields: dict[str, object], name: str, default: str, line: str) -> str:
    value = fields.get(name)
    if value is None or (value == "" and name not in {"expr", "wrt"}):
        return default
    if not isinstance(value, str):
        _fail(line, name, f"'{name}' is to be a string")
    return value
