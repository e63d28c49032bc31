"""The command line.  This file only starts it, so that an interrupt while modules load ends quietly too."""

from __future__ import annotations

import gc
import sys

from matdiff import __version__

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run the program on `arguments` (default: the process' own) and return its exit status.

    0 all answered; 1 a question failed; 2 usage or configuration; 3 a check stayed undecided; 130 interrupted.
    """
    given = sys.argv[1:] if arguments is None else arguments
    if given in (["-V"], ["--version"]) and sys.stdout is not None:
        sys.stdout.write(f"matdiff {__version__}\n")
        return 0
    try:
        from matdiff.cli.ending import run  # noqa: PLC0415 # loaded under the guard

        return run(given)
    except KeyboardInterrupt:
        return INTERRUPTED


def process() -> int:
    """The entry point of the process: `main`, with garbage collection kept from what lives to the end anyway.

    Loading the program makes some 100,000 objects; looking through them again and again, and once more at exit, takes a
    fifth of a question's time.
    """
    gc.set_threshold(100_000, 20, 20)
    status = main()
    gc.freeze()
    return status
