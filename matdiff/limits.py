"""Limits of one task: its time, for whoever asks for it (the command line, Python, notebooks), and its depth."""

from __future__ import annotations

import sys
from matdiff.lean import signal
from matdiff.lean.typing import TYPE_CHECKING, Any, TypeVar

from matdiff.errors import MatdiffError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

T = TypeVar("T")
_SOON, _LATER = 0.01, 0.2  # seconds until the alarm rings once more, should an `except` or an import have swallowed it


_RINGS = 20  # of a watching thread after its first
_FRAMES = 8_000  # that fit into a usual stack, whatever they are
_FRAMES_OF_A_LEVEL = 60
_SHORT = 200  # characters that cannot nest deeper than those frames
_MOST_FRAMES = 120_000  # that fit into the stack which systems keep room for
_STACK = 120 << 20


def allow_depth(*texts: str) -> None:
    """Let recursion go as deep as texts of this length can nest, and the stack grow with it.

    A short text keeps the limit low: whatever recurses without end there is a fault, and ends as an error, not in a
    stack that overflows.
    """
    length = sum(map(len, texts))
    if length <= _SHORT:
        frames = _FRAMES
    else:
        frames = min(_MOST_FRAMES, _FRAMES + _FRAMES_OF_A_LEVEL * length)
        _grow_the_stack()
    if frames > sys.getrecursionlimit():
        sys.setrecursionlimit(frames)


def _grow_the_stack() -> None:
    try:
        import resource  # noqa: PLC0415 # only long texts need it, and not every system has it

        soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
        if soft != resource.RLIM_INFINITY and soft < _STACK:
            wanted = _STACK if hard == resource.RLIM_INFINITY else min(_STACK, hard)
            resource.setrlimit(resource.RLIMIT_STACK, (wanted, hard))
    except (ImportError, OSError, ValueError):
        return  # the system's own limit holds; what does not fit ends as E902


class OutOfTimeError(BaseException):
    """The alarm rang.  Not an Exception, so that nothing on the way takes it for a failure it knows."""


def within(seconds: float, task: Callable[[], T]) -> T:
    """What `task` returns.  Raises MatdiffError E901 where it runs over `seconds` (0: no limit).

    In the main thread a timer of the system rings; in other threads, and where there is none, another thread does.
    """
    if seconds <= 0:
        return task()
    try:
        before = _listening()
        return _by_thread(seconds, task) if before is None else _by_signal(seconds, task, before)
    except OutOfTimeError:
        raise MatdiffError("E901", f"no answer within {seconds:g} s", hint="give it longer with --timeout") from None


def _listening() -> Any:
    """Listen to the alarm, and say who did before; None where there are no timers, or this is not the main thread, the
    only one that may listen to them, or the handler is none of Python's and could not be put back.
    """
    if not hasattr(signal, "setitimer") or signal.getsignal(signal.SIGALRM) is None:
        return None
    try:
        return signal.signal(signal.SIGALRM, _ring)
    except ValueError:  # another thread
        return None


def _by_signal(seconds: float, task: Callable[[], T], before: Any) -> T:
    sys.unraisablehook = _say_nothing_of_the_alarm
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, min(_LATER, max(_SOON, seconds)))
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
        for pause in (seconds, *[_LATER] * _RINGS):  # again, should a callback have swallowed it, as an alarm rings
            if done.wait(pause):
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
