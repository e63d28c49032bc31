"""Every example of the README is run, and prints what stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def examples():
    """(command, what it prints) for each `$` line of the console blocks."""
    for block in re.findall(r"^```console\n(.*?)^```", README, re.DOTALL | re.MULTILINE):
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = example.partition("\n")
            yield command, printed


@pytest.fixture(scope="session")
def path(tmp_path_factory):
    """A PATH on which `matdiff` is the package under test, installed or not."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "matdiff"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m matdiff "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.skipif(os.name == "nt", reason="the examples are written for a POSIX shell")
@pytest.mark.parametrize(("command", "printed"), list(examples()), ids=[command for command, _ in examples()])
def test_example(command, printed, path, tmp_path):
    settings = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MATDIFF_") and name not in {"FORCE_COLOR", "COLUMNS"}
    }
    environment = {**settings, "PATH": path, "XDG_CONFIG_HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        ["sh", "-c", command],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=60,
    )
    assert done.stdout.decode() == printed


def test_there_are_ten_examples_at_least():
    assert len(list(examples())) >= 10


@pytest.mark.parametrize(
    "command", ["pip install . && .venv/bin/matdiff d/dX", "pip install -e '.[test]' && .venv/bin/python -m pytest"]
)
def test_the_two_commands_stand_there(command):
    assert f"    python3 -m venv .venv && .venv/bin/{command}" in README


def test_the_examples_in_python():
    import doctest

    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        test = doctest.DocTestParser().get_doctest(block, {}, "README", None, 0)
        said = []
        doctest.DocTestRunner().run(test, out=said.append)
        assert not said, "".join(said)
