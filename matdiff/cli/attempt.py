"""Answering one question within its time, with every failure as an error that a user can read."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any, TypeVar

from matdiff.errors import MatdiffError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

T = TypeVar("T")
_AGAIN = 0.2  # seconds until the alarm rings once more, should an `except` have swallowed it


class OutOfTimeError(BaseException):
    """The alarm rang.  Not an Exception, so that nothing on the way takes it for a failure it knows."""


def _say_nothing_of_the_alarm(trouble: Any) -> None:
    """What Python cannot raise (in a callback of the import machinery, say) it prints; the alarm rings again anyway."""
    if not isinstance(trouble.exc_value, OutOfTimeError):
        sys.__unraisablehook__(trouble)


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise OutOfTimeError


def attempt(task: Callable[[], T], seconds: float = 0) -> T:
    """What `task` returns.  Raises MatdiffError for whatever goes wrong in it, also for running over `seconds` (0: no
    limit).

    Where the system has no interval timer there is no limit.  With MATDIFF_DEBUG set, bugs keep their traceback.
    """
    limited = seconds > 0 and hasattr(signal, "setitimer")
    try:
        try:
            if limited:
                signal.signal(signal.SIGALRM, _ring)
                sys.unraisablehook = _say_nothing_of_the_alarm
                signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
            return task()
        finally:
            if limited:
                signal.setitimer(signal.ITIMER_REAL, 0)
    except MatdiffError:
        raise
    except OutOfTimeError:
        raise MatdiffError("E901", f"no answer within {seconds:g} s", hint="give it longer with --timeout") from None
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
