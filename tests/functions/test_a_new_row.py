"""A function is told by its row alone: rows that the table doesn't have are added, and everything is asked of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("new_rows.py")
LIBRARIES = {"jax": "jax", "torch": "torch", "array-api": "array_api_compat", "dask": "dask"}


def report(*ran):
    done = subprocess.run(  # our own program
        [sys.executable, "-W", "ignore", str(PROGRAM), *ran], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return {asked: wrong for asked, wrong in json.loads(done.stdout).items() if wrong}


def test_a_row_is_enough_for_derivatives_steps_checks_notations_and_code():
    assert report() == {}


@pytest.mark.slow
@pytest.mark.parametrize("target", LIBRARIES)
def test_a_row_is_enough_for_code_in_every_library(target):
    pytest.importorskip(LIBRARIES[target])
    assert report(target) == {}
