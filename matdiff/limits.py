"""A limit on the time of one task, for whoever asks for it: the command line, Python and notebooks."""

from __future__ import annotations

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


def within(seconds: float, task: Callable[[], T]) -> T:
    """What `task` returns.  Raises MatdiffError E901 where it runs over `seconds` (0: no limit).

    In the main thread a timer of the system rings; in other threads, and where there is none, another thread does.
    """
    if seconds <= 0:
        return task()
    try:
        return _by_signal(seconds, task) if _can_ring() else _by_thread(seconds, task)
    except OutOfTimeError:
        raise MatdiffError("E901", f"no answer within {seconds:g} s", hint="give it longer with --timeout") from None


def _can_ring() -> bool:
    """Whether there are timers here, and this is the main thread, the only one that may listen to them."""
    if not hasattr(signal, "setitimer"):
        return False
    try:
        signal.signal(signal.SIGALRM, signal.getsignal(signal.SIGALRM))
    except (ValueError, TypeError):  # another thread; a handler that is none of Python's
        return False
    return True


def _by_signal(seconds: float, task: Callable[[], T]) -> T:
    before = signal.signal(signal.SIGALRM, _ring)
    sys.unraisablehook = _say_nothing_of_the_alarm
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
        return task()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise OutOfTimeError


def _say_nothing_of_the_alarm(trouble: Any) -> None:
    """What Python cannot raise (in a callback of the import machinery, say) it prints; the alarm rings again anyway."""
    if not isinstance(trouble.exc_value, OutOfTimeError):
        sys.__unraisablehook__(trouble)


def _by_thread(seconds: float, task: Callable[[], T]) -> T:
    """The same without signals: another thread raises the error in this one at the next step of its bytecode."""
    import ctypes  # noqa: PLC0415 # seldom wanted
    import threading  # noqa: PLC0415 # as above

    done, guard = threading.Event(), threading.Lock()
    thread = ctypes.c_ulong(threading.get_ident())

    def watch() -> None:
        if done.wait(seconds):
            return
        with guard:
            if not done.is_set():
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(OutOfTimeError))

    threading.Thread(target=watch, daemon=True).start()
    try:
        return task()
    finally:
        with guard:
            done.set()
