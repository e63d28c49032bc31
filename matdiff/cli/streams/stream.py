"""A stream: one question a line in, one answer a line out, in order, each as soon as it is known."""

from __future__ import annotations

import gc
from matdiff.lean.typing import TYPE_CHECKING, BinaryIO, NamedTuple

from matdiff.cli.attempt import attempt
from matdiff.cli.output import message
from matdiff.cli.streams import json_lines as objects
from matdiff.cli.streams.progress import progress
from matdiff.errors import MatdiffError, ReadingError
from matdiff.errors.report import visible
from matdiff.several import Answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matdiff.cli.output import Writer
    from matdiff.cli.reporting import Manner
    from matdiff.cli.request import Request

LONGEST = 1_000_000  # bytes of a line that are read; the rest is passed over
_CHUNK = 65_536
_COLLECTION = (
    2_000,
    10,
    10,
)  # a stream lives long: garbage is collected early, so that memory stays where it is after the first lines


def answer_stream(lines: BinaryIO, request: Request, writer: Writer, manner: Manner, jobs: int = 1) -> int:
    """Answer `lines` with the settings of `request`, in `jobs` processes; 1 if any failed, else 0.

    Blank lines and comments (#) are passed through, in JSON passed over.  A plain line that fails keeps its line as a
    comment, with the
    report on standard error; a JSON line gets an error object.  Memory does not grow with the number of lines.
    """
    collect_early()
    if jobs > 1:
        from matdiff.cli.streams.jobs import replies  # noqa: PLC0415 # a single process needs no others

        answered: Iterable[Reply] = replies(lines, request, manner, jobs)
    else:
        answered = (reply_to(raw, number, request, manner) for number, raw in enumerate(bounded(lines), 1))
    status = 0
    seen = progress(lines, quiet=manner.quiet)
    try:
        for reply in answered:
            seen.step(reply.length)
            if reply.text is not None:
                writer.line(reply.text)
            status |= reply.failed
            if reply.report:
                seen.clear()
                message(reply.report)
    finally:
        seen.clear()
    return status


def collect_early() -> None:
    """Settle for a long life: garbage is collected before much of it lies about."""
    gc.freeze()
    gc.set_threshold(*_COLLECTION)


class Reply(NamedTuple):
    """What becomes of a line: the line that answers it (None: nothing), the report for standard error, whether it
    failed, its length in bytes.
    """

    text: str | None
    report: str
    failed: bool
    length: int


def reply_to(raw: bytes, number: int, request: Request, manner: Manner, trouble: MatdiffError | None = None) -> Reply:
    """Answer line `number` of a stream, with the error `trouble` where there is one."""
    line, broken = decoded(raw, first=number == 1)
    broken = broken or trouble
    if not broken and (not line or line.startswith("#")):
        return Reply(None if request.as_json else line, "", failed=False, length=len(raw))
    notes: list[str] = []
    text, error, failed = _reply(line, broken, request, manner, notes)
    said = "\n".join([f"line {number}: note: {visible(note)}" for note in notes])
    told = said if error is None else manner.report(error, number)
    if manner.quiet or text.startswith("{"):
        told = ""
    return Reply(text, told, failed, len(raw))


def _reply(
    line: str, broken: MatdiffError | None, request: Request, manner: Manner, notes: list[str]
) -> tuple[str, MatdiffError | None, bool]:
    """The line that answers `line`, the error where there was one, and whether it failed: a refuted claim does too.
    What the answer notes is put into `notes`.
    """
    speaks_json = objects.is_object(line)
    asked = request._replace(as_json=request.as_json or speaks_json)
    try:
        if broken:
            raise broken
        if speaks_json:
            fields = objects.read(line)
            asked = asked._replace(identity=objects.identity(fields, line))
            if "claim" in fields or "check" in fields:
                from matdiff.cli.check import judged  # noqa: PLC0415 # loaded where something is checked

                text, status = judged(fields, asked, line, manner.seconds)
                return text, None, status == 1
            if "command" in fields:
                from matdiff.cli.problem_lines import in_stream  # noqa: PLC0415 # as above

                text, status = in_stream(asked, fields, line, manner)
                return text, None, status != 0
            asked = objects.changed(asked, fields, line)
        else:
            asked = asked.with_expression(line)
        return attempt(lambda: _answered(asked, manner.notation, notes), manner.seconds), None, False
    except MatdiffError as error:
        return (
            objects.failure(error, asked) if asked.as_json else f"# error[{error.code}]: {visible(error.message)}",
            error,
            True,
        )


def _answered(asked: Request, notation: str, notes: list[str]) -> str:
    got = asked.answer()
    notes += got.notes
    text = asked.text(got, notation)
    return text.replace("\n", "; ") if isinstance(got, Answers) else text


def bounded(lines: BinaryIO) -> Iterator[bytes]:
    """The lines, each cut off where it is longer than any question: a file without line ends must not fill the
    memory.
    """
    while raw := lines.readline(LONGEST + 1):
        end = raw
        while len(end) >= _CHUNK and not end.endswith(b"\n"):
            end = lines.readline(_CHUNK)
        yield raw


def decoded(raw: bytes, *, first: bool) -> tuple[str, MatdiffError | None]:
    """The text of a line without its end and a byte order mark, and what is wrong with it."""
    if len(raw) > LONGEST:
        return raw[:2].decode("ascii", "replace"), ReadingError(
            "E192", f"the line is longer than {LONGEST} bytes", hint="split it into parts"
        )
    try:
        text = raw.decode("utf-8-sig" if first else "utf-8")
    except UnicodeDecodeError:
        return raw[:2].decode("ascii", "replace"), ReadingError(
            "E190", "the line is not valid UTF-8", hint="save or send it as UTF-8"
        )
    return text.strip(), None
