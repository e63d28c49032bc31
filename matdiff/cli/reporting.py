"""How questions are answered, one or many."""

from __future__ import annotations

import sys
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.cli.output import Writer, is_terminal, message
from matdiff.errors.report import text_report

if TYPE_CHECKING:
    from matdiff.cli.request import Request
    from matdiff.errors import MatdiffError


def _room() -> int:
    """The columns of the terminal that a report goes to, 0 where it goes to none."""
    if not is_terminal(sys.stderr):
        return 0
    from matdiff.cli.wrapping import width  # noqa: PLC0415 # loaded where a person looks

    return width()


class Manner(NamedTuple):
    """How questions are answered: default notation, seconds for one, silence on standard error, colour and encoding
    there.
    """

    notation: str
    seconds: float = 0
    quiet: bool = False
    colour: bool = False
    encoding: str = "utf-8"

    def report(self, error: MatdiffError, line: int = 1) -> str:
        """The report of an error in line `line`."""
        return text_report(error, line, encoding=self.encoding, colour=self.colour, room=_room())

    def complain(self, error: MatdiffError, line: int = 1) -> None:
        """Report an error on standard error."""
        message(self.report(error, line))


def failed(error: MatdiffError, request: Request, manner: Manner, path: str) -> int:
    """Report the error of one question or claim, as JSON to `path` where that is spoken; the exit status 1."""
    if not request.as_json:
        manner.complain(error)
        return 1
    from matdiff.cli.streams.json_lines import failure  # noqa: PLC0415 # json is loaded only where it is spoken

    with Writer(path) as writer:
        writer.line(failure(error, request))
    return 1
