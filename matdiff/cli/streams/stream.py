"""A stream: one question a line in, one answer a line out, in order, each as soon as it is known."""

from __future__ import annotations

import gc
from matdiff.lean.typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

from matdiff.cli.attempt import attempt
from matdiff.cli.output import message
from matdiff.cli.streams import json_lines as objects
from matdiff.cli.streams.progress import progress
from matdiff.errors import MatdiffError, ReadingError
from matdiff.errors.report import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matdiff.cli.attempt import Manner
    from matdiff.cli.output import Writer

_SEVERITY = (0, 3, 1)  # an exit status outweighs those before it
LONGEST = 1_000_000  # bytes of a line that are read; the rest is passed over
_CHUNK = 65_536
_COLLECTION = (
    2_000,
    10,
    10,
)  # a stream lives long: garbage is collected early, so that memory stays where it is after the first lines


class Asked(Protocol):
    """What a line of a stream asks: a derivative (`Request`), a claim to be checked (`Claim`), a problem (`Inquiry`).

    A stream begins with one that holds its settings, and has the question of each line made from it.
    """

    @property
    def as_json(self) -> bool: ...

    def in_json(self, identity: tuple[object, ...] = ()) -> Asked:
        """The same, to be answered by an object that says this `id` back."""

    def of_line(self, line: str) -> Asked:
        """What a line of text asks.  Raises MatdiffError."""

    def of_fields(self, fields: dict[str, object], line: str) -> Asked:
        """What an object asks; `line` is for errors to point at.  Raises MatdiffError."""

    def told(self, notation: str, notes: list[str]) -> tuple[str, int]:
        """The line that answers, and its exit status; what the answer notes is put into `notes`."""

    def failed(self, error: MatdiffError, line: str) -> str:
        """The line that answers `line` with an error."""


def answer_stream(lines: BinaryIO, asked: Asked, writer: Writer, manner: Manner, jobs: int = 1) -> int:
    """Answer `lines` with the settings of `asked`, in `jobs` processes; of the exit statuses of all the worst.

    Blank lines and comments (#) are passed through, in JSON passed over.  A plain line that fails is answered by a
    comment, with the report on standard error; a JSON line gets an error object.  Memory does not grow with the number
    of lines.
    """
    collect_early()
    if jobs > 1:
        from matdiff.cli.streams.jobs import replies  # noqa: PLC0415 # a single process needs no others

        answered: Iterable[Reply] = replies(lines, asked, manner, jobs)
    else:
        answered = (reply_to(raw, number, asked, manner) for number, raw in enumerate(bounded(lines), 1))
    worst = 0
    seen = progress(lines, quiet=manner.quiet)
    try:
        for reply in answered:
            seen.step(reply.length)
            if reply.text is not None:
                writer.line(reply.text)
            if reply.status:
                worst = max(worst, reply.status, key=_SEVERITY.index)
            if reply.report:
                seen.clear()
                message(reply.report)
    finally:
        seen.clear()
    return worst


def collect_early() -> None:
    """Settle for a long life: garbage is collected before much of it lies about."""
    gc.freeze()
    gc.set_threshold(*_COLLECTION)


class Reply(NamedTuple):
    """What becomes of a line: the line that answers it (None: nothing), the report for standard error, its exit status,
    its length in bytes.
    """

    text: str | None
    report: str
    status: int
    length: int


def reply_to(raw: bytes, number: int, asked: Asked, manner: Manner, trouble: MatdiffError | None = None) -> Reply:
    """Answer line `number` of a stream, with the error `trouble` where there is one."""
    line, broken = decoded(raw, first=number == 1)
    broken = broken or trouble
    if not broken and (not line or line.startswith("#")):
        return Reply(None if asked.as_json else line, "", 0, len(raw))
    notes: list[str] = []
    text, error, status = _reply(line, broken, asked, manner, notes)
    said = "\n".join([f"line {number}: note: {visible(note)}" for note in notes])
    told = said if error is None else manner.report(error, number)
    if manner.quiet or text.startswith("{"):
        told = ""
    return Reply(text, told, status, len(raw))


def _reply(
    line: str, broken: MatdiffError | None, asked: Asked, manner: Manner, notes: list[str]
) -> tuple[str, MatdiffError | None, int]:
    """The line that answers `line`, the error where there was one, and the exit status."""
    speaks_json = objects.is_object(line)
    if speaks_json:
        asked = asked.in_json()
    try:
        if broken:
            raise broken
        if speaks_json:
            fields = objects.read(line)
            asked = asked.in_json(objects.identity(fields, line))
            asked = asked.of_fields(fields, line)
        else:
            asked = asked.of_line(line)
        whole = asked
        text, status = attempt(lambda: whole.told(manner.notation, notes), manner.seconds)
    except MatdiffError as error:
        return asked.failed(error, line), error, 1
    return text, None, status


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
