"""How far a long stream has come: one line on standard error that rewrites itself, on a terminal only."""

from __future__ import annotations

import os
import sys
import time
from matdiff.lean.typing import BinaryIO

from matdiff.cli.output import is_terminal

PATIENCE = 1.0  # seconds before anything is shown
PACE = 0.1  # seconds between two pictures


class Progress:
    """Counts lines and bytes, and shows them; shows nothing unless `shown`."""

    def __init__(self, size: int, *, shown: bool) -> None:
        self.size = size
        self.shown = shown
        self.lines = 0
        self.bytes = 0
        self.start = time.monotonic()
        self.next = self.start + PATIENCE

    def step(self, length: int) -> None:
        """One more line, of `length` bytes, is done."""
        self.lines += 1
        self.bytes += length
        if self.shown and (now := time.monotonic()) >= self.next:
            self.next = now + PACE
            sys.stderr.write(f"\r{self.text(now)}\x1b[K")
            sys.stderr.flush()

    def text(self, now: float) -> str:
        """What is shown: lines, lines a second, and the part of the file that is done where its size is known."""
        rate = self.lines / max(now - self.start, 1e-9)
        part = f", {100 * min(self.bytes, self.size) // self.size} %" if self.size else ""
        return f"{self.lines} lines, {rate:.0f} a second{part}"

    def clear(self) -> None:
        """Take the line away before something else is written to the terminal."""
        if self.shown and self.next > self.start + PATIENCE:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def progress(lines: BinaryIO, *, quiet: bool) -> Progress:
    """The progress of reading `lines`, shown where a person waits for output that goes elsewhere."""
    shown = not quiet and is_terminal(sys.stderr) and not is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb"
    try:
        size = os.fstat(lines.fileno()).st_size if shown else 0
    except (OSError, ValueError, AttributeError):
        size = 0
    return Progress(size, shown=shown)
