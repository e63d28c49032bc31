"""The command line.  This file only starts it, so that an interrupt while modules load ends quietly too."""

from __future__ import annotations

import gc
import os
import sys

from matdiff import __version__

INTERRUPTED = 130
_VERSION = (["-V"], ["--version"])


def main(arguments: list[str] | None = None) -> int:
    """Run the program on `arguments` (default: the process' own) and return its exit status.

    0 all answered; 1 a question failed; 2 usage or configuration; 3 a check stayed undecided; 130 interrupted.
    """
    given = sys.argv[1:] if arguments is None else arguments
    if given in _VERSION and sys.stdout is not None:
        sys.stdout.write(f"matdiff {__version__}\n")
        return 0
    try:
        from matdiff.cli.ending import run  # noqa: PLC0415 # loaded under the guard

        return run(given)
    except KeyboardInterrupt:
        return INTERRUPTED


def process() -> int:
    """The entry point of the process: `main`, from the start-up image where there is one.

    What lives to the end anyway is kept from garbage collection, and where nothing is left to do at the end but to take
    100,000 objects apart, that is left to the system: each takes a fifth of a question's time.
    """
    gc.set_threshold(100_000, 20, 20)
    status = main() if sys.argv[1:] in _VERSION else _from_image()
    gc.freeze()
    if not _is_watched():
        os._exit(status)
    return status


def _from_image() -> int:
    """`main` from the start-up image; where there is none that serves, what the run loads becomes one."""
    try:
        from matdiff.startup import load  # noqa: PLC0415 # loaded under the guard

        if load():
            return main()
        from matdiff.recording import record  # noqa: PLC0415 # once for an installation

        keep = record()
        status = main()
        keep()
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _is_watched() -> bool:
    """Whether somebody waits for the interpreter's own end: threads, exit functions, a profiler, a full buffer."""
    import atexit  # noqa: PLC0415 # the version is told without it

    waiting = atexit._ncallbacks()  # noqa: SLF001 # there is no other way to ask
    if waiting or "threading" in sys.modules or sys.getprofile() or sys.gettrace():
        return True
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            return True
    return False
