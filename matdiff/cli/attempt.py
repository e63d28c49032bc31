"""Answering one question within its time, with every failure as an error that a user can read."""

from __future__ import annotations

import os
from matdiff.lean.typing import TYPE_CHECKING, TypeVar

from matdiff.errors import MatdiffError
from matdiff.limits import within

if TYPE_CHECKING:
    from collections.abc import Callable

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
