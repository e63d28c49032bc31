"""Every mistake is a file: the command that makes it, and exactly what is then shown.

$ matdiff d/dX "trc(X) + 1"
error[E102]: unknown function 'trc'
...
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from matdiff.cli import main
from matdiff.cli.explaining.explanations import CODES

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.rglob("*.txt"))
SOURCES = sorted((FOLDER.parent.parent / "matdiff").rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER).with_suffix("")))
def test_the_message_is_exactly_this(file, capsys, monkeypatch, tmp_path):
    command, _, expected = file.read_text(encoding="utf-8").partition("\n")
    assert command.startswith("$ matdiff"), "the first line is the command"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    status = main(shlex.split(command)[2:])
    output, messages = capsys.readouterr()
    assert output == ""
    assert messages == expected
    assert status == (1 if messages.startswith("error[") else 2)


def test_there_are_files():
    assert len(FILES) >= 10


def codes_in_use():
    return {
        code
        for source in SOURCES
        for code in re.findall(r'"(E\d{3})"', source.read_text(encoding="utf-8"))
        if source.name != "explanations.py"
    }


def test_every_code_is_explained_and_every_explained_code_is_used():
    assert codes_in_use() == set(CODES)
