"""Answering a command line that asks for a derivative, or for a stream of them, once it is taken apart."""

from __future__ import annotations

import os
import sys
from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.cli import formats
from matdiff.cli.arguments import is_operator
from matdiff.cli.attempt import Manner, attempt, failed
from matdiff.cli.output import Writer, holds_unicode, is_terminal, message, wants_colour
from matdiff.cli.request import Request, question_of
from matdiff.errors import MatdiffError
from matdiff.errors.report import visible
from matdiff.fields import format_of
from matdiff.records import replace
from matdiff.several import Answers, answer_all

if TYPE_CHECKING:
    from matdiff.calculator import Answer, Question


class MisuseError(Exception):
    """A command line that asks for nothing that can be done; the message says why."""


def answer_line(words: tuple[str, ...], given: dict[str, Any]) -> int:
    """Answer the question in `words` (operator and expression, or both in one) as the fields in `given` say; the exit
    status.  Raises MisuseError.
    """
    words, joined = _joined(words)
    request = _request(words, given)
    manner = Manner(
        _notation(given),
        given["timeout"],
        given["quiet"],
        wants_colour(sys.stderr, given["color"]),
        getattr(sys.stderr, "encoding", "utf-8"),
    )
    if words[-1] == "-":
        return _stream(request, manner, given)
    if joined and not given["quiet"]:
        shown = visible(words[-1])
        message(f'note: read as "{shown}"; quote the expression: matdiff {visible(words[0])} "{shown}"')
    return _one(request, manner, given)


def _joined(question: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """Operator and expression; an expression that the shell took apart is put together again."""
    if not question or not "".join(question).strip():
        raise MisuseError("")
    if len(question) == 2 and is_operator(question[1]) and not is_operator(question[0]):
        raise MisuseError(f'the operator comes first: matdiff {question[1]} "{question[0]}"')
    if len(question) <= 2:
        return question, False
    torn = next((word for word in question[1:] if " " in word), "")
    if torn or question[-1] == "-":  # a shell that takes an expression apart leaves no blanks in the pieces
        extra = question[1] if question[1] != torn else question[2]
        raise MisuseError(
            f"what is '{extra}' beside the expression? Quote the expression as a whole: matdiff d/dx \"x^T A x\""
        )
    return (question[0], " ".join(question[1:])), True


def _tell_project(given: dict[str, Any], request: Request | None = None) -> None:
    """In a pipe nobody sees how a question was read: say that a project's file declares symbols, where it matters."""
    if not given.get("project") or given["quiet"] or is_terminal(sys.stdout):
        return
    if request is None or _reads_otherwise(request.question):
        message(f"note: read with the declarations of {visible(os.path.relpath(given['project']))}")


def _reads_otherwise(question: Question) -> bool:
    """Whether a question is read otherwise without the declarations of settings."""
    try:
        return answer_all(question).symbols != answer_all(replace(question, defaults=())).symbols
    except MatdiffError:
        return True


def _request(words: tuple[str, ...], given: dict[str, Any]) -> Request:
    wrt, expr = words if len(words) == 2 else ("", words[0])
    to = given["to"] or format_of(given["output"])
    as_json = given["as_json"] or to == "json"
    return Request(
        question_of("" if expr == "-" else expr, wrt, given),
        "" if to == "json" else to,
        given["of"] or (),
        as_json,
        lets=given["lets"],
        explicit=given["explicit"] or 0,
        steps=given["steps"],
        check=given["check"],
    )


def _notation(given: dict[str, Any]) -> str:
    """The notation where none is asked for: what the output's encoding can hold."""
    return "unicode" if given["output"] or holds_unicode(sys.stdout) else "ascii"


_FOR_ONE = ("html", "png", "picture")


def _stream(request: Request, manner: Manner, given: dict[str, Any]) -> int:
    if request.to in formats.targets() and not request.as_json:
        raise MisuseError(f"code for {request.to} takes several lines, and a stream answers in one: add --json")
    if request.steps and not request.as_json:
        raise MisuseError("steps take several lines, and a stream answers in one: add --json")
    if request.to in _FOR_ONE and not request.as_json:
        raise MisuseError(f"{request.to} is for one answer, and a stream has many: --to svg has one a line")
    if sys.stdin is None:
        raise MisuseError("there is no standard input to read")
    from matdiff.cli.streams.stream import answer_stream  # noqa: PLC0415 # a single question needs neither this nor json

    if given["copy"]:
        raise MisuseError("--copy is for one answer, not for a stream")
    _tell_project(given)
    with Writer(given["output"]) as writer:
        return answer_stream(sys.stdin.buffer, request, writer, manner, given["jobs"])


def _one(request: Request, manner: Manner, given: dict[str, Any]) -> int:
    if request.to == "unicode" and manner.notation == "ascii":
        request = request._replace(to="ascii")
    to = request.to
    if to == "png" and not given["output"] and is_terminal(sys.stdout):
        raise MisuseError("a PNG goes to a file: -o x.png; --to picture shows it in the terminal")
    drawn = not given["output"] and not request.as_json and is_terminal(sys.stdout) and to in {"", *formats.notations()}
    try:
        got, text = attempt(lambda: _answer_and_text(request, manner.notation, tall=drawn), manner.seconds)
    except MatdiffError as error:
        return failed(error, request, manner, given["output"])
    if given["copy"]:
        _copy(text)
    if drawn or (to == "picture" and not request.as_json):
        _show(got, text, request, manner, given)
        return 0
    with Writer(given["output"]) as writer:
        writer.bytes(text) if isinstance(text, bytes) else writer.line(text.rstrip("\n"))
    if not manner.quiet and not request.as_json:
        for note in got.notes:
            message(f"note: {visible(note)}")
    _tell_project(given, request)
    return 0


def _copy(text: str | bytes) -> None:
    if isinstance(text, bytes):
        raise MisuseError("--copy is for text, and a PNG is none")
    from matdiff.cli.clipboard import copy  # noqa: PLC0415 # loaded only where it is asked for

    copy(text)


def _show(got: Answer | Answers, text: str | bytes, request: Request, manner: Manner, given: dict[str, Any]) -> None:
    """Draw an answer, or each of several, on the terminal."""
    from matdiff.cli.terminal import show, tell  # noqa: PLC0415 # Rich is loaded only where a person looks

    colour = wants_colour(sys.stdout, given["color"])
    if request.to == "picture":
        Writer().line(str(text))
        if not manner.quiet:
            tell(got, colour=colour)
        return
    for part in got if isinstance(got, Answers) else [got]:
        shown = str(text) if part is got else request.text(part, manner.notation, tall=True)
        show(part, shown, notation=request.to or manner.notation, colour=colour, quiet=manner.quiet)


def _answer_and_text(request: Request, notation: str, *, tall: bool) -> tuple[Answer | Answers, str | bytes]:
    if request.to == "png" and not request.as_json:
        from matdiff.writing.images import file_of, ready  # noqa: PLC0415 # loaded only where it is asked for

        ready()
        got = request.answer()
        return got, file_of(request._replace(to="svg").text(got, notation))
    got = request.answer()
    return got, request.text(got, notation, tall=tall)
