"""The tests notice when the program is broken: a sample of edits in the normal run's manner, behind the marker `slow`."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from mutation import mutants

HERE = Path(__file__).resolve().parent
NUMBER, SEED, NOTICED = 300, 8, 0.9


def test_an_edit_changes_the_module_and_leaves_it_valid():
    for site in mutants.drawn(40, SEED):
        written = ast.parse((mutants.PACKAGE / site.module).read_text(encoding="utf-8"))
        assert ast.dump(mutants.mutated(site)) != ast.dump(written), site
        compile(mutants.mutated(site), site.module, "exec")


def test_the_sample_is_the_same_each_time():
    assert mutants.drawn(30, SEED) == mutants.drawn(30, SEED)


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_nine_edits_of_ten_are_noticed():
    command = [sys.executable, str(HERE / "run.py"), "--number", str(NUMBER), "--seed", str(SEED)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    noticed, tried = map(int, re.search(r"noticed (\d+) of (\d+)", done.stdout).groups())
    assert noticed >= NOTICED * tried, done.stdout
