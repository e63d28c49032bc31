"""`-o FILE`, which is written whole or not at all, and `--copy`."""

from __future__ import annotations

import base64
import os
import stat
import subprocess
import sys

import pytest

from matdiff.cli import clipboard
from matdiff.cli.output import Writer, WritingError


def test_a_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "answer.txt"
    path.write_text("before")
    with Writer(str(path)) as writer:
        writer.line("one")
        assert path.read_text() == "before"
    assert path.read_text() == "one\n"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "answer.txt"
    path.write_text("before")

    def interrupted():
        with Writer(str(path)) as writer:
            writer.line("one")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="POSIX only")
def test_links_and_permissions_are_kept(tmp_path):
    path, link = tmp_path / "answer.txt", tmp_path / "link"
    path.write_text("before")
    path.chmod(0o640)
    link.symlink_to(path)
    with Writer(str(link)) as writer:
        writer.line("one")
    assert link.is_symlink()
    assert path.read_text() == "one\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="POSIX only")
def test_a_pipe_is_written_to_directly(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE)
    with Writer(str(pipe)) as writer:
        writer.line("one")
    assert reader.communicate(timeout=10)[0] == b"one\n"


@pytest.mark.parametrize("path", ["no/such/folder/x", "."])
def test_what_cannot_be_written_is_said(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WritingError, match="cannot write"):
        Writer(path)


def test_the_standard_output_goes_by_its_names(matdiff):
    for name in ("-", "/dev/stdout"):
        assert matdiff("d/dX", "X", "-o", name)[:2] == (0, "Xᵀ\n")


def test_copy_uses_the_desktops_tool(matdiff, monkeypatch, tmp_path):
    tool = tmp_path / "bin" / "wl-copy"
    tool.parent.mkdir()
    tool.write_text(
        f"#!{sys.executable}\nimport sys\nopen({str(tmp_path / 'copied')!r}, 'wb').write(sys.stdin.buffer.read())\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tool.parent), prepend=os.pathsep)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert matdiff("d/dX", "X", "--copy")[:2] == (0, "Xᵀ\n")
    assert (tmp_path / "copied").read_text(encoding="utf-8") == "Xᵀ"


def test_without_a_clipboard_copy_says_so_and_the_answer_stands(matdiff, monkeypatch):
    monkeypatch.setattr(clipboard, "tools", list)
    monkeypatch.setenv("TERM", "dumb")
    status, output, messages = matdiff("d/dX", "X", "--copy")
    assert (status, output) == (0, "Xᵀ\n")
    assert "not copied" in messages


def test_terminals_are_asked_by_osc_52():
    plain = clipboard.sequence("Xᵀ".encode(), multiplexer=False)
    assert base64.b64decode(plain.removeprefix(b"\x1b]52;c;").removesuffix(b"\x07")).decode() == "Xᵀ"
    assert clipboard.sequence(b"X", multiplexer=True) == b"\x1bPtmux;\x1b\x1b]52;c;WA==\x07\x1b\\"


def test_a_stream_is_not_copied(matdiff):
    assert matdiff("-", "--copy", stdin=b"")[0] == 2
