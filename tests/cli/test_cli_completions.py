"""The completions as they are shipped, and what real shells make of them."""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from matdiff.cli import main
from matdiff.cli.shells.completions import SHELLS, completion_script
from matdiff.fields import formats as known_formats

ROOT = Path(__file__).parent.parent.parent
FILES = {"bash": "matdiff.bash", "zsh": "_matdiff", "fish": "matdiff.fish"}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shipped_file_is_what_the_program_prints(shell, capsys):
    assert main(["completions", shell]) == 0
    assert capsys.readouterr().out == (ROOT / "completions" / FILES[shell]).read_text(encoding="utf-8")


@pytest.mark.parametrize("shell", SHELLS)
def test_every_format_and_option_is_there(shell):
    script = completion_script(shell)
    for word in (*known_formats(), "layout", "numerator", "explain", "logdet", "help"):
        assert re.search(rf"\b{word}\b", script), word


@pytest.mark.parametrize("shell", SHELLS)
def test_install_puts_the_file_where_the_shell_looks(shell, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert main(["completions", shell, "--install"]) == 0
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert file.read_text(encoding="utf-8") == completion_script(shell)
    assert str(file) in capsys.readouterr().err


CASES = [  # what is typed before TAB, and how the line goes on
    ("matdiff d/dX x --to=la", "--to=latex"),
    ("matdiff d/dX x --to la", "--to latex"),
    ("matdiff d/dX x -t la", "-t latex"),
    ("matdiff d/dX x --layout=num", "--layout=numerator"),
    ("matdiff d/dX x --lay", "--layout"),
    ("matdiff expl", "explain "),
    ("matdiff completions fi", "completions fish"),
    ("matdiff d/dX logd", "d/dX logdet("),
    ('matdiff d/dX "tr(X) + logd', '"tr(X) + logdet('),
]


def press_tab(command, ready, typed, environment, wait=8.0):
    """What a shell on a terminal makes of `typed` and TAB: everything it then shows."""
    import pty

    process, terminal = pty.fork()
    if process == 0:
        os.execvpe(command[0], command, environment)
    shown = b""

    def read_until(mark, limit):
        nonlocal shown
        end = time.monotonic() + limit
        while mark not in shown and time.monotonic() < end:
            if select.select([terminal], [], [], 0.1)[0]:
                shown += os.read(terminal, 65536)
        return mark in shown

    try:
        os.write(terminal, ready.encode() + b"\n")
        assert read_until(b"READY>", wait), shown
        time.sleep(0.2)
        shown = b""
        os.write(terminal, typed.encode() + b"\t")
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            if select.select([terminal], [], [], 0.1)[0]:
                shown += os.read(terminal, 65536)
    finally:
        os.kill(process, 9)
        os.waitpid(process, 0)
        os.close(terminal)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|[\x07\r]", "", shown.decode("utf-8", "replace"))


@pytest.mark.shells
@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
@pytest.mark.parametrize(("typed", "becomes"), CASES)
def test_bash(typed, becomes):
    ready = f"source {ROOT}/completions/matdiff.bash; PS1='READY''> '"
    environment = {"PATH": os.environ["PATH"], "TERM": "dumb", "LANG": "C.UTF-8"}
    assert becomes in press_tab(["bash", "--norc", "--noprofile", "-i"], ready, typed, environment)


@pytest.mark.shells
@pytest.mark.skipif(not shutil.which("zsh"), reason="no zsh")
@pytest.mark.parametrize(("typed", "becomes"), CASES)
def test_zsh(typed, becomes, tmp_path):
    ready = (
        f"unset zle_bracketed_paste; fpath=({ROOT}/completions $fpath); autoload -Uz compinit; compinit -u -d"
        f" {tmp_path}/dump; PS1='READY''> '"
    )
    environment = {"PATH": os.environ["PATH"], "TERM": "dumb", "LANG": "C.UTF-8", "HOME": str(tmp_path)}
    assert becomes in press_tab(["zsh", "-f", "-i"], ready, typed, environment)


@pytest.mark.shells
@pytest.mark.skipif(not shutil.which("fish"), reason="no fish")
@pytest.mark.parametrize(("typed", "becomes"), CASES)
def test_fish(typed, becomes, tmp_path):
    word = typed.rpartition(" ")[2] if '"' not in typed else typed[typed.index('"') :]
    script = f"source {ROOT}/completions/matdiff.fish; complete -C (string escape -n -- $line | string unescape)"
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(tmp_path), "line": typed}
    done = subprocess.run(
        ["fish", "--no-config", "-c", script], capture_output=True, check=False, env=environment, timeout=30
    )
    found = [line.split("\t")[0] for line in done.stdout.decode().splitlines()]
    wanted = becomes.strip().removeprefix(typed.removeprefix("matdiff ").removesuffix(word))
    assert any(wanted.endswith(text.lstrip('"')) and text for text in found), (found, done.stderr)
