"""The input language itself: what is written here can be read back."""

from __future__ import annotations

from matdiff.writing.walker import Walker


class Notation(Walker):
    """Every spelling is the walker's own."""
