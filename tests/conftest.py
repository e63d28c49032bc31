"""What all tests share: the oracle on the path, and how many random examples the property tests draw."""

from __future__ import annotations

import os

import pytest

from matdiff.limits import allow_depth

allow_depth(" " * 2_000)  # as deep as matdiff goes: hypothesis wants it not to change under its feet


@pytest.fixture(scope="session")
def examples():
    """How many random examples of the first and of the second tier: MATDIFF_EXAMPLES=2000 draws so many of each."""
    number = int(os.environ.get("MATDIFF_EXAMPLES", "0"))
    return {1: number or 300, 2: number or 300}
