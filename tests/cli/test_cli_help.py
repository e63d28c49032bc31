"""Help and manual page: every command is there, with two examples that work."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from matdiff.cli import main
from matdiff.cli.commands import COMMANDS
from matdiff.cli.program import Program, program
from matdiff.cli.shells.manual import manual

ROOT = Path(__file__).parent.parent.parent


def examples(epilog):
    return [line.strip() for line in (epilog or "").splitlines() if line.startswith("  ")]


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_shows_two_examples(name, capsys):
    assert main([*filter(None, [name]), "--help"]) == 0
    output = capsys.readouterr().out
    assert sum("matdiff" in line for line in output.split("Examples:")[1].splitlines()) >= 2


def command(name):
    assert isinstance(program, Program)
    return program.get_command(None, name)


QUESTIONS = [
    line
    for name in ("differentiate", "check", "explain", "rules", "config")
    if name in COMMANDS
    for line in examples(command(name).epilog)
]


@pytest.mark.parametrize(
    "line",
    [
        line
        for line in QUESTIONS
        if line.startswith("matdiff") and not set("|<>") & set(shlex.split(line, comments=True))
    ],
)
def test_an_example_works(line, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert main(shlex.split(line)[1:]) == 0
    assert capsys.readouterr().out


def test_the_shipped_manual_page_is_what_the_commands_say():
    assert (ROOT / "completions" / "matdiff.1").read_text(encoding="utf-8") == manual()


def test_the_manual_page_has_every_command_and_option():
    page = manual().replace("\\-", "-")
    for name in COMMANDS:
        assert name == "differentiate" or f"matdiff {name}" in page
    for param in command("differentiate").params:
        for option in param.opts:
            assert not option.startswith("-") or option in page


@pytest.mark.shells
@pytest.mark.skipif(not shutil.which("man"), reason="no man")
def test_man_reads_it_without_a_warning():
    done = subprocess.run(
        ["man", "--warnings=all", "-E", "UTF-8", "-l", "-Z", ROOT / "completions" / "matdiff.1"],
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
