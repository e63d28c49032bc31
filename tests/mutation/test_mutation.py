"""The tests notice when the program is broken: a sample of edits in the normal run's manner, behind the marker `slow`."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from mutation import mutants
from mutation.named_edits import EDITS

HERE = Path(__file__).resolve().parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{HERE.parents[1]}{os.pathsep}{HERE.parent}"}
NUMBER, SEED, NOTICED = 300, 8, 0.9


def test_an_edit_changes_the_module_and_leaves_it_valid():
    for site in mutants.drawn(40, SEED):
        written = ast.parse((mutants.PACKAGE / site.module).read_text(encoding="utf-8"))
        assert ast.dump(mutants.mutated(site)) != ast.dump(written), site
        compile(mutants.mutated(site), site.module, "exec")


def test_the_sample_is_the_same_each_time():
    assert mutants.drawn(30, SEED) == mutants.drawn(30, SEED)


def edited(name):
    """The module of a named edit, and its tree with that edit."""
    module, written, broken = EDITS[name]
    source = (mutants.PACKAGE / module).read_text(encoding="utf-8")
    assert source.count(written) == 1, name
    return module, ast.parse(source.replace(written, broken))


@pytest.mark.parametrize("name", EDITS)
def test_a_named_edit_can_still_be_made(name):
    module, tree = edited(name)
    assert compile(tree, module, "exec")


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("name", EDITS)
def test_a_named_edit_is_noticed(name):
    source = f"from mutation import outside, test_mutation as t; print(outside.noticed_by(*t.edited({name!r})))"
    command = [sys.executable, "-c", source]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=HERE.parents[1], env=ENVIRONMENT)
    assert "test_" in done.stdout, done.stdout


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_nine_edits_of_ten_are_noticed():
    command = [sys.executable, str(HERE / "run.py"), "--number", str(NUMBER), "--seed", str(SEED)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    noticed, counted = map(int, re.search(r"noticed (\d+) of \d+, (\d+)", done.stdout).groups())
    assert noticed >= NOTICED * counted, done.stdout
