"""Answering one question within its time, in the manner that was asked for, with every failure as an error that a user
can read.
"""

from __future__ import annotations

import os
import sys
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple, TypeVar

from matdiff.cli.output import Writer, is_terminal, message
from matdiff.errors import MatdiffError
from matdiff.errors.report import text_report
from matdiff.limits import within

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.cli.request import Request

T = TypeVar("T")


def attempt(task: Callable[[], T], seconds: float = 0) -> T:
    """What `task` returns.  Raises MatdiffError for whatever goes wrong in it, also for running over `seconds` (0: no
    limit).

    With MATDIFF_DEBUG set, bugs keep their traceback.
    """
    try:
        return within(seconds, task)
    except MatdiffError:
        raise
    except RecursionError:
        raise MatdiffError("E902", "the expression is nested too deeply", hint="split it into parts") from None
    except MemoryError:
        raise MatdiffError(
            "E903", "the expression needs more memory than there is", hint="split it into parts"
        ) from None
    except Exception as bug:
        if os.environ.get("MATDIFF_DEBUG"):
            raise
        what = f"{type(bug).__name__}: {bug}"[:200]
        raise MatdiffError(
            "E900", f"internal error ({what})", hint="this is a bug: please report it with the question"
        ) from bug


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
