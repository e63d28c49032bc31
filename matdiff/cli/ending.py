"""A run from its arguments to its exit status: plain questions at once, all else by way of click."""

from __future__ import annotations

import os
import sys

from matdiff.cli import INTERRUPTED
from matdiff.cli.line import plain
from matdiff.cli.output import TerminatedError, WritingError, abandon_output, message
from matdiff.errors.report import visible


def run(arguments: list[str]) -> int:
    """Run the command line and return the exit status."""
    try:
        status = _run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except WritingError as error:
        abandon_output()
        message(f"error: {visible(str(error))}")
        return 1
    except BrokenPipeError:
        abandon_output()
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except TerminatedError as end:
        abandon_output()
        return 128 + end.number  # as a shell tells a process that ended by a signal
    except OSError as error:
        message(f"error: {visible(str(error.strerror or error))}")
        return 1
    except Exception as bug:  # no input may end in a traceback
        if os.environ.get("MATDIFF_DEBUG"):
            raise
        said = visible(f"{type(bug).__name__}: {bug}")
        message(f"error[E900]: internal error ({said}); please report it with the command line")
        return 1
    return status


def _run(arguments: list[str]) -> int:
    found = plain(arguments)
    if found is not None:
        from matdiff.cli.answering import MisuseError, answer_line  # noqa: PLC0415 # as above: it loads the calculator

        try:
            return answer_line(found.words, found.given)
        except MisuseError:  # said by click's way, with its usage line
            pass
    from matdiff.cli.program import run_by_click  # noqa: PLC0415 # a plain question does without click

    return run_by_click(arguments)
