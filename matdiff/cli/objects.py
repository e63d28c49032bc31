"""JSON objects: a question as a line of a stream, and the answers that go out."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NoReturn, cast

from matdiff.calculator import LAYOUTS, Question
from matdiff.cli import formats
from matdiff.cli.arguments import close_to
from matdiff.cli.report import error_object
from matdiff.cli.request import CONVENTIONS, FORMS
from matdiff.errors import Label, MatdiffError, OutputError, ReadingError, Span

if TYPE_CHECKING:
    from matdiff.cli.request import Request

_FIELDS = (
    "wrt",
    "expr",
    "where",
    "layout",
    "to",
    "of",
    "id",
    "as",
    "symmetric",
    "expand",
    "steps",
    "factor",
    "vectorize",
    "rule",
    "bold",
)
_CHOICES = {"layout": LAYOUTS, "as": FORMS, "symmetric": CONVENTIONS}
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
        found = json.loads(line)
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


def changed(request: Request, fields: dict[str, object], line: str) -> Request:
    """`request` as the fields say; what they leave out stays.  `line` is for errors (E191, E401) to point at."""
    _check(fields, line)
    q = request.question
    question = Question(
        _string(fields, "expr", q.expr, line),
        _string(fields, "wrt", q.wrt, line),
        q.where + _strings(fields, "where", line),
        _string(fields, "layout", q.layout, line),
        _string(fields, "symmetric", q.symmetric, line),
        _string(fields, "as", q.form, line),
        bool(fields.get("expand", q.expand)),
        q.defaults,
        bool(fields.get("factor", q.factor)),
        bool(fields.get("vectorize", q.vectorize)),
        q.rules + _strings(fields, "rule", line),
        bool(fields.get("bold", q.bold)),
    )
    to = _string(fields, "to", request.to, line)
    if to not in {"", request.to} and to not in formats.formats():
        raise OutputError("E401", f"unknown format '{to}'", hint=_meant(to, formats.formats()))
    of = tuple(part.strip() for text in _strings(fields, "of", line) for part in text.split(",")) or request.of
    return request._replace(question=question, to=to, of=of, steps=bool(fields.get("steps", request.steps)))


def _check(fields: dict[str, object], line: str) -> None:
    if "expr" not in fields:
        raise ReadingError(
            "E191", "the object has no field 'expr'", hint='write {"wrt": "d/dX", "expr": "tr(X)"}', source=line
        )
    for name in fields:
        if name not in _FIELDS and (meant := close_to(name, _FIELDS)):
            _fail(line, name, f"unknown field '{name}'", f"did you mean '{meant}'?")
    for name, choices in _CHOICES.items():
        value = fields.get(name)
        if value and value not in choices:
            _fail(line, str(value), f"unknown {name} '{value}'", _meant(str(value), choices))


def _meant(value: str, names: tuple[str, ...]) -> str:
    meant = close_to(value, names)
    return f"did you mean '{meant}'?" if meant else f"there are: {', '.join(names)}"


def _fail(line: str, at: str, message: str, hint: str = "") -> NoReturn:
    quoted = json.dumps(at, ensure_ascii=False)
    place = line.find(quoted)
    raise ReadingError(
        "E191", message, *([Label(Span(place, place + len(quoted)))] if place >= 0 else []), hint=hint, source=line
    )


def _string(fields: dict[str, object], name: str, default: str, line: str) -> str:
    value = fields.get(name)
    if value is None or (value == "" and name not in {"expr", "wrt"}):
        return default
    if not isinstance(value, str):
        _fail(line, name, f"'{name}' is to be a string")
    return value


def _strings(fields: dict[str, object], name: str, line: str) -> tuple[str, ...]:
    """A field that may be one string or a list of strings."""
    value = fields.get(name) or []
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        _fail(line, name, f"'{name}' is to be a string or a list of strings")
    return tuple(part for part in cast("list[str]", parts) if part.strip())
