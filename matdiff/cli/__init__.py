"""The command line.  This file only starts it, so that an interrupt while modules load ends quietly too."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run the program on `arguments` (default: the process' own) and return its exit status.

    0 all answered; 1 a question failed; 2 usage or configuration; 3 a check stayed undecided; 130 interrupted.
    """
    try:
        from matdiff.cli.program import run  # noqa: PLC0415 # loaded under the guard

        return run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
