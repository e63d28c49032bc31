"""Questions of `solve`, `dual` and `update`: one on the command line, a stream of them, a JSON object of a stream."""

from __future__ import annotations

import sys
from matdiff.lean.typing import TYPE_CHECKING, Any, NamedTuple

from matdiff.cli.arguments import is_operator
from matdiff.cli.attempt import attempt
from matdiff.cli.output import Writer, message
from matdiff.cli.request import check_text
from matdiff.errors import MatdiffError, OutputError, ReadingError
from matdiff.errors.report import error_object, visible
from matdiff.problems import asking
from matdiff.problems.answers import NOTATIONS
from matdiff.problems.problem import Asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.calculator import Question
    from matdiff.cli.reporting import Manner
    from matdiff.cli.request import Request
    from matdiff.problems.answers import Answer

COMMANDS = ("solve", "dual", "update")
_SEVERITY = (0, 3, 1)  # an exit status outweighs those before it
_FIELDS = ("command", "wrt", "expr", "subject_to", "where", "method", "to", "id", "vectorize", "steps")


class Inquiry(NamedTuple):
    """A question of this kind with the manner of its answer."""

    command: str
    asked: Asked
    to: str = ""
    as_json: bool = False
    method: str = "gd"
    steps: bool = False
    vectorize: bool = False
    identity: tuple[object, ...] = ()

    def answer(self) -> Answer:
        """The answer.  Raises MatdiffError."""
        for text in (self.asked.expr, self.asked.wrt, *self.asked.subject_to, *self.asked.where):
            check_text(text)
        if not self.asked.expr.strip():
            raise ReadingError("E100", "the problem is empty", hint='for example: matdiff solve d/dw "||X w - y||^2"')
        return asking.answer(self.command, self.asked, self.method, vectorize=self.vectorize)

    def text(self, got: Answer, notation: str) -> str:
        """The answer as it goes out.  Raises OutputError."""
        to = self.to or notation
        if not self.as_json:
            if self.steps:
                return got.steps(to)
            return got.write(to) if to in NOTATIONS else self._other(got, to)
        from matdiff.cli.streams.json_lines import dump  # noqa: PLC0415 # loaded where it is needed

        made = {**got.object()}
        made["symbols"] = symbols_of(got)
        if self.steps:
            made["steps"] = got.steps("ascii").splitlines()
        if self.to and made["ok"]:
            made["output"] = got.write(self.to) if self.to in NOTATIONS else self._other(got, self.to)
        return dump({"ok": made.pop("ok")} | self.tag() | made)

    def _other(self, got: Answer, to: str) -> str:
        """The answer as a picture or as code.  Raises OutputError."""
        from matdiff.cli.formats import DRAWN, picture  # noqa: PLC0415 # as above

        if to == "picture" and self.as_json:
            raise OutputError("E409", "a picture in the terminal is no text for JSON", hint="--to svg is")
        if to in DRAWN:
            return picture(got.write("latex"), to, visible(self.asked.expr), got.notes)
        return got.code(to)

    def tag(self) -> dict[str, object]:
        return {"id": self.identity[0]} if self.identity else {}

    def failure(self, error: MatdiffError) -> str:
        """The object for a question that failed."""
        from matdiff.cli.streams.json_lines import dump  # noqa: PLC0415 # loaded where it is needed

        return dump({"ok": False} | self.tag() | {"command": self.command, "error": error_object(error)})


def symbols_of(got: Answer) -> dict[str, object]:
    """What every name was taken for."""
    from matdiff.cli.formats import symbol_object  # noqa: PLC0415 # loaded where it is needed

    return {name: symbol_object(symbol) for name, symbol in got.symbols.items()}


def one(inquiry: Inquiry, manner: Manner, output: str) -> int:
    """Answer one question; the exit status."""

    def task() -> tuple[Answer, str | bytes]:
        got = inquiry.answer()
        if inquiry.to != "png" or inquiry.as_json:
            return got, inquiry.text(got, manner.notation)
        from matdiff.writing.images import file_of  # noqa: PLC0415 # loaded only where it is asked for

        return got, file_of(inquiry._replace(to="svg").text(got, manner.notation))

    try:
        got, text = attempt(task, manner.seconds)
    except MatdiffError as error:
        if not inquiry.as_json:
            manner.complain(error)
            return 1
        with Writer(output) as writer:
            writer.line(inquiry.failure(error))
        return 1
    if not got.ok and not inquiry.as_json:
        manner.complain(got.error)
        for line in got.write(manner.notation).splitlines():
            message(f"  {line}")
        return got.exit_status
    with Writer(output) as writer:
        if isinstance(text, bytes):
            writer.bytes(text)
        elif inquiry.as_json or inquiry.to not in {"", "unicode", "ascii"}:
            writer.line(text.rstrip("\n"))
        else:
            writer.told(text)
    if not manner.quiet and not inquiry.as_json:
        for remark in [*got.remarks(manner.notation), *got.notes]:
            message(f"note: {remark}")
    return got.exit_status


def stream(inquiry: Inquiry, manner: Manner, output: str) -> int:
    """Answer a problem a line; of several the worst exit status."""
    from matdiff.cli.streams.stream import bounded, decoded  # noqa: PLC0415 # loaded where it is needed

    worst = 0
    with Writer(output) as writer:
        for number, raw in enumerate(bounded(sys.stdin.buffer), 1):
            line, broken = decoded(raw, first=number == 1)
            if not broken and (not line or line.startswith("#")):
                if not inquiry.as_json:
                    writer.line(line)
                continue
            text, status, error = _line(line, broken, inquiry, manner)
            writer.line(text)
            worst = max(worst, status, key=_SEVERITY.index)
            if error is not None and not manner.quiet and not text.startswith("{"):
                manner.complain(error, number)
    return worst


def _line(
    line: str, broken: MatdiffError | None, inquiry: Inquiry, manner: Manner
) -> tuple[str, int, MatdiffError | None]:
    from matdiff.cli.streams import json_lines as objects  # noqa: PLC0415 # loaded where it is needed

    speaks_json = objects.is_object(line)
    asked = inquiry._replace(as_json=inquiry.as_json or speaks_json)
    try:
        if broken:
            raise broken
        if speaks_json:
            fields = objects.read(line)
            asked = asked._replace(identity=objects.identity(fields, line))
            asked = changed(asked, fields, line)
        else:
            asked = asked._replace(asked=asked.asked._replace(expr=line))
        return (*answered(asked, manner), None)
    except MatdiffError as error:
        text = asked.failure(error) if asked.as_json else f"# error[{error.code}]: {visible(error.message)}"
        return text, 1, error


def in_stream(request: Request, fields: dict[str, object], line: str, manner: Manner) -> tuple[str, int]:
    """The object that answers an object with a "command" among derivatives, and its status.  Raises MatdiffError."""
    question = request.question
    asked = Asked("", "", (), question.where, question.defaults)
    inquiry = Inquiry("", asked, request.to, as_json=True, identity=request.identity)
    try:
        return answered(changed(inquiry, fields, line), manner)
    except MatdiffError as error:
        return inquiry._replace(command=str(fields["command"])).failure(error), 1


def at_prompt(command: str, text: str, question: Question, notation: str, given: dict[str, Any]) -> str:
    """The answer to a problem at the prompt, with what is known besides below it; `given` are the line's options.
    Raises MatdiffError.
    """
    wrt, expr = operator_in_front(text)
    asked = Asked(expr, wrt, given.get("subject_to", ()), question.where, question.defaults)
    to = "json" if given.get("as_json") else given.get("to", "")
    inquiry = Inquiry(command, asked, "" if to == "json" else to, to == "json", given.get("method", "gd"))
    inquiry = inquiry._replace(steps=given.get("steps", False), vectorize=given.get("vectorize", False))
    got = inquiry.answer()
    if not got.ok and not inquiry.as_json:
        raise got.error
    text = inquiry.text(got, notation)
    if inquiry.as_json:
        return text
    told = [f"  {remark}" for remark in got.remarks(notation)] + [f"note: {note}" for note in got.notes]
    return "\n".join([text, *told])


def operator_in_front(text: str) -> tuple[str, str]:
    """d/dw f in one string: the operator and the rest."""
    first, _, rest = text.strip().partition(" ")
    return (first, rest.strip()) if rest and is_operator(first) and "=" not in first else ("", text)


def answered(inquiry: Inquiry, manner: Manner) -> tuple[str, int]:
    """A question of a stream: the line that answers it, and its status.  Raises MatdiffError."""

    def task() -> tuple[str, int]:
        got = inquiry.answer()
        if not got.ok and not inquiry.as_json:
            raise got.error
        return "; ".join(inquiry.text(got, manner.notation).splitlines()) if not inquiry.as_json else inquiry.text(
            got, manner.notation
        ), got.exit_status

    return attempt(task, manner.seconds)


def changed(inquiry: Inquiry, fields: dict[str, object], line: str) -> Inquiry:
    """The question that an object of a stream asks.  Raises ReadingError (E191) for what is wrong with it."""
    command = fields.get("command", inquiry.command)
    if command not in COMMANDS:
        raise ReadingError(
            "E191", f"unknown command '{str(command)[:40]}'", hint="there are: " + ", ".join(COMMANDS), source=line
        )
    for name in fields:
        if name not in _FIELDS:
            from matdiff.fields import close_to  # noqa: PLC0415 # loaded where it is needed

            meant = close_to(name, _FIELDS)
            if meant:
                raise ReadingError("E191", f"unknown field '{name}'", hint=f"did you mean '{meant}'?", source=line)
    text = _reader(fields, line)
    asked = Asked(
        text("expr", inquiry.asked.expr),
        text("wrt", inquiry.asked.wrt),
        inquiry.asked.subject_to + _texts(fields, "subject_to", line),
        inquiry.asked.where + _texts(fields, "where", line),
        inquiry.asked.defaults,
    )
    to = text("to", inquiry.to)
    _check_format(to)
    return inquiry._replace(
        command=str(command),
        asked=asked,
        to="" if to == "json" else to,
        method=text("method", inquiry.method),
        steps=bool(fields.get("steps", inquiry.steps)),
        vectorize=bool(fields.get("vectorize", inquiry.vectorize)),
    )


def _check_format(to: str) -> None:
    from matdiff.fields import formats  # noqa: PLC0415 # loaded where it is needed

    if to and to not in formats():
        from matdiff.fields import close_to  # noqa: PLC0415 # loaded where it is needed

        meant = close_to(to, formats())
        raise OutputError("E401", f"unknown format '{to[:40]}'", hint=f"did you mean '{meant}'?" if meant else "")


def _reader(fields: dict[str, object], line: str) -> Callable[[str, str], str]:
    def text(name: str, default: str) -> str:
        value = fields.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise ReadingError("E191", f"'{name}' is to be a string", source=line)
        return value

    return text


def _texts(fields: dict[str, object], name: str, line: str) -> tuple[str, ...]:
    value: Any = fields.get(name) or []
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise ReadingError("E191", f"'{name}' is to be a string or a list of strings", source=line)
    return tuple([part for part in parts if part.strip()])
