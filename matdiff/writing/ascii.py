"""The input language itself: what is written here can be read back."""

from __future__ import annotations

from matdiff.writing.linear import Linear


class Notation(Linear):
    """Every spelling is the walker's own."""
