"""Answers entry by entry, for matrices of a given size: SymPy computes them, the writers of formulas write them."""

from __future__ import annotations

from matdiff.explicit.layout import explicit, explicit_rows

__all__ = ["explicit", "explicit_rows"]
