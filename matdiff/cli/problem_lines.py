"""Questions of `solve`, `dual` and `update`: one on the command line, a stream of them, a JSON object of a stream."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any, NamedTuple

from matdiff.cli.arguments import is_operator
from matdiff.cli.attempt import attempt
from matdiff.cli.commands import PROBLEMS
from matdiff.cli.output import Writer, message
from matdiff.cli.request import check_text
from matdiff.errors import MatdiffError, OutputError, ReadingError
from matdiff.errors.report import error_object, visible
from matdiff.fields import BY_NAME, METHOD, SUBJECT_TO
from matdiff.problems import asking
from matdiff.problems.answers import NOTATIONS
from matdiff.problems.problem import Asked

if TYPE_CHECKING:
    from matdiff.calculator import Question
    from matdiff.cli.attempt import Manner
    from matdiff.cli.request import Request
    from matdiff.problems.answers import Answer

_SHARED = ("where", "to", "steps", "vectorize")
_FIELDS = {field.json: field for field in (*map(BY_NAME.__getitem__, _SHARED), SUBJECT_TO, METHOD)}


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

    @classmethod
    def beside(cls, request: Request) -> Inquiry:
        """A problem among derivatives, with their settings."""
        asked = Asked("", "", (), request.question.where, request.question.defaults)
        return cls("", asked, request.to, request.as_json, identity=request.identity)

    # -- a line of a stream ------------------------------------------------------------------------------------------

    def in_json(self, identity: tuple[object, ...] = ()) -> Inquiry:
        return self._replace(as_json=True, identity=identity)

    def of_line(self, line: str) -> Inquiry:
        wrt, expr = (self.asked.wrt, line) if self.asked.wrt else operator_in_front(line)
        return self._replace(asked=self.asked._replace(wrt=wrt, expr=expr))

    def of_fields(self, fields: dict[str, object], line: str) -> Inquiry:
        return changed(self, fields, line)

    def told(self, notation: str, notes: list[str]) -> tuple[str, int]:
        got = self.answer()
        if self.as_json:
            return self.text(got, notation), got.exit_status
        if not got.ok:
            raise got.error
        notes += [*got.remarks(notation), *got.notes]
        return "; ".join(self.text(got, notation).splitlines()), got.exit_status

    def failed(self, error: MatdiffError, line: str) -> str:  # noqa: ARG002 # other questions say the line back
        return self.failure(error) if self.as_json else f"# error[{error.code}]: {visible(error.message)}"

    # -- the answer --------------------------------------------------------------------------------------------------

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
                return self._steps(got, to)
            return got.write(to) if to in NOTATIONS else self._other(got, to)
        from matdiff.cli.streams.json_lines import dump  # noqa: PLC0415 # loaded where it is needed

        made = {**got.object()}
        made["symbols"] = symbols_of(got)
        if self.steps:
            made["steps"] = got.steps("ascii").splitlines()
        if self.to and made["ok"]:
            made["output"] = got.write(self.to) if self.to in NOTATIONS else self._other(got, self.to)
        return dump({"ok": made.pop("ok")} | self.tag() | made)

    def _steps(self, got: Answer, to: str) -> str:
        """The way to the answer, as text or as a picture.  Raises OutputError."""
        from matdiff.cli.formats import DRAWN, picture  # noqa: PLC0415 # as above

        if to in DRAWN:
            return picture(got.steps("markdown"), to, visible(self.asked.expr), got.notes)
        return got.steps(to)

    def _other(self, got: Answer, to: str) -> str:
        """The answer as a picture or as code.  Raises OutputError."""
        from matdiff.cli.formats import DRAWN, picture  # noqa: PLC0415 # as above

        if to == "picture" and self.as_json:
            raise OutputError("E409", "a picture in the terminal is no text for JSON", hint="--to svg is")
        if to in DRAWN:
            rows = got.write("markdown")  # several unknowns stand below each other
            text = rows if "\n" in rows else got.write("latex")
            return picture(text, to, visible(self.asked.expr), got.notes)
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
        from matdiff.writing.images import file_of, ready  # noqa: PLC0415 # loaded only where it is asked for

        ready()
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


def changed(inquiry: Inquiry, fields: dict[str, object], line: str) -> Inquiry:
    """The question that an object of a stream asks.  Raises ReadingError (E191) for what is wrong with it."""
    from matdiff.cli.streams.json_lines import string, values  # noqa: PLC0415 # json is loaded only where it is spoken

    command = fields.get("command", inquiry.command)
    if command not in PROBLEMS:
        raise ReadingError(
            "E191", f"unknown command '{str(command)[:40]}'", hint="there are: " + ", ".join(PROBLEMS), source=line
        )
    given = values({name: value for name, value in fields.items() if name != "command"}, _FIELDS, line)
    before = inquiry.asked
    wrt, expr = (string(fields, name, getattr(before, name), line) for name in ("wrt", "expr"))
    asked = Asked(
        *(operator_in_front(expr)[::-1] if not wrt else (expr, wrt)),
        before.subject_to + given.pop("subject_to", ()),
        before.where + given.pop("where", ()),
        before.defaults,
    )
    to = given.pop("to", inquiry.to)
    return inquiry._replace(command=str(command), asked=asked, to="" if to == "json" else to, **given)
