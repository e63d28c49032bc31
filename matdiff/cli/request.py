"""A question with the manner of its answer."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any, NamedTuple

from matdiff.calculator import Question
from matdiff.cli import formats
from matdiff.cli.commands import PROBLEMS
from matdiff.errors import CalculusError, Label, ReadingError, Span
from matdiff.errors.report import visible
from matdiff.fields import FIELDS
from matdiff.records import replace
from matdiff.several import Answers, answer_all

if TYPE_CHECKING:
    from matdiff.calculator import Answer
    from matdiff.cli.streams.stream import Asked
    from matdiff.errors import MatdiffError


class Request(NamedTuple):
    """A question; the format of its answer ("" where none was asked for); what code is to compute; whether the answer
    is a JSON object.

    identity: the question's `id` as a tuple of one, or ().  lets: name repeated subexpressions of a long answer.
    explicit: write the entries of
    the answer out, where open sizes are this number (0: don't).  steps: show the way to it.
    check: compare the answer with differences of the expression before it goes out.
    """

    question: Question
    to: str = ""
    of: tuple[str, ...] = ()
    as_json: bool = False
    identity: tuple[object, ...] = ()
    lets: bool = False
    explicit: int = 0
    steps: bool = False
    check: bool = False

    def with_expression(self, expr: str) -> Request:
        """The same settings with another expression."""
        return self._replace(question=replace(self.question, expr=expr))

    # -- a line of a stream ------------------------------------------------------------------------------------------

    def in_json(self, identity: tuple[object, ...] = ()) -> Request:
        return self._replace(as_json=True, identity=identity)

    def of_line(self, line: str) -> Asked:
        """The question of a line; where no operator is given for all, a line may also be a command: solve d/dx x^T x.

        Raises ReadingError.
        """
        first, _, rest = line.partition(" ")
        if self.question.wrt or first not in {*PROBLEMS, "check"} or not rest.strip():
            return self.with_expression(line)
        if first == "check":
            from matdiff.cli.check import Claim  # noqa: PLC0415 # loaded where something is checked

            return Claim(self).of_line(rest.strip())
        from matdiff.cli.problem_lines import Inquiry  # noqa: PLC0415 # loaded where a problem is asked

        return Inquiry.beside(self)._replace(command=first).of_line(rest.strip())

    def of_fields(self, fields: dict[str, object], line: str) -> Asked:
        """The question, the claim to be checked, or the problem, that an object asks.  Raises ReadingError (E191)."""
        if "claim" in fields or "check" in fields or fields.get("command") == "check":
            from matdiff.cli.check import Claim  # noqa: PLC0415 # loaded where something is checked

            return Claim(self).of_fields(fields, line)
        if "command" in fields:
            from matdiff.cli.problem_lines import Inquiry  # noqa: PLC0415 # loaded where a problem is asked

            return Inquiry.beside(self).of_fields(fields, line)
        from matdiff.cli.streams.json_lines import changed  # noqa: PLC0415 # json is loaded only where it is spoken

        return changed(self, fields, line)

    def told(self, notation: str, notes: list[str]) -> tuple[str, int]:
        got = self.answer()
        notes += got.notes
        text = self.text(got, notation)
        return (text.replace("\n", "; ") if isinstance(got, Answers) else text), 0

    def failed(self, error: MatdiffError, line: str) -> str:  # noqa: ARG002 # other questions say the line back
        if not self.as_json:
            return f"# error[{error.code}]: {visible(error.message)}"
        from matdiff.cli.streams.json_lines import failure  # noqa: PLC0415 # as above

        return failure(error, self)

    # -- the answer --------------------------------------------------------------------------------------------------

    def answer(self) -> Answer | Answers:
        """Answer the question.  Raises MatdiffError."""
        for text in (self.question.expr, self.question.wrt, *self.question.where):
            check_text(text)
        try:
            got = answer_all(replace(self.question, for_code=True) if self._only_code else self.question)
        except ReadingError as error:
            raise _problem(self.question) or error from None
        if self.check:
            from matdiff.checking.differences import check_by_differences  # noqa: PLC0415 # it loads NumPy

            for part in got if isinstance(got, Answers) else [got]:
                part.notes = (*part.notes, check_by_differences(part))
        return got

    @property
    def _only_code(self) -> bool:
        """Is the answer wanted as code alone?"""
        if self.to in {"", *formats.notations(), *formats.DRAWN}:  # a plain question loads no generators
            return False
        return self.to in formats.targets() and not (self.as_json or self.steps or self.lets or self.explicit)

    def text(self, got: Answer | Answers, notation: str, *, tall: bool = False) -> str:
        """The answer as it goes out; in `notation` where no format was asked for; `tall`: entries on several lines.
        Raises OutputError.
        """
        if isinstance(got, Answers):
            return self._texts(got, notation, tall=tall)
        if not self.as_json:
            if self.steps:
                return formats.steps_text(got, self.to or notation)
            return formats.text(got, self.to or notation, self.of, formats.View(self.lets, self.explicit, tall))
        from matdiff.cli.streams.json_lines import dump  # noqa: PLC0415 # json is loaded only where it is spoken

        steps: dict[str, object] = {"steps": got.steps().objects()} if self.steps else {}
        return dump({"ok": True} | self.tag() | formats.answer_object(got, self.to, self.of, self.explicit) | steps)

    def _texts(self, got: Answers, notation: str, *, tall: bool) -> str:
        """Answers by several variables: each on lines of its own, in one module of code, in one JSON object."""
        if self.as_json:
            from matdiff.cli.streams.json_lines import dump  # noqa: PLC0415 # as in `text`

            steps: dict[str, object] = {"steps": [part.steps().objects() for part in got]} if self.steps else {}
            made = formats.answers_object(got, self.to, self.of, self.explicit)
            return dump({"ok": True} | self.tag() | made | steps)
        if self.to in formats.DRAWN:
            text = "\n".join([f"${line}$" if "$" not in line else line for line in self._lines(got)])
            return formats.picture(text, self.to, ", ".join([part.read for part in got]), got.notes)
        if (self.to or notation) in formats.targets() and not (self.steps or self.explicit):
            return got.code(self.to, self.of)
        return "\n".join([self.text(part, notation, tall=tall) for part in got])

    def _lines(self, got: Answers) -> list[str]:
        """What a picture of several answers shows, line by line."""
        drawn = self._replace(to="markdown" if self.steps else "latex")
        return [line for part in got for line in drawn.text(part, "").split("\n") if line.strip()]

    def tag(self) -> dict[str, object]:
        """The `id` of the question, if it has one."""
        return {"id": self.identity[0]} if self.identity else {}


def question_of(expr: str, wrt: str, given: dict[str, Any]) -> Question:
    """The question that a command line asks; `given` holds the question's options by name."""
    said = {field.name: given[field.name] for field in FIELDS if field.home == "question" and given.get(field.name)}
    return Question(expr, wrt, defaults=tuple(given.get("defaults", ())), **said)


def _problem(question: Question) -> CalculusError | None:
    """What to say of a question that is not read because it is none: min_x ..., with no operator in front."""
    if question.wrt.strip():
        return None
    from matdiff.problems.markup import SENSE  # noqa: PLC0415 # loaded where something could not be read

    found = SENSE.match(question.expr)
    if found is None:
        return None
    label = Label(Span(found.start(), len(question.expr[: found.end()].rstrip())))
    hint = "a command goes in front: solve, dual, update, or minimize on data"
    return CalculusError("E302", "this is a problem, not a derivative", label, hint=hint, source=question.expr)


def check_text(text: str) -> None:
    """Raise ReadingError (E190) where `text` holds halves of surrogate pairs, which is what invalid UTF-8 becomes in
    arguments.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        label = Label(Span(error.start, error.start + 1))
        shown = text.encode("utf-8", "replace").decode()
        raise ReadingError(
            "E190", "the text is not valid UTF-8", label, hint="save or send it as UTF-8", source=shown
        ) from None
