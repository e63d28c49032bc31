"""What an unkind environment does: killed parents, folders that are gone, files of others, signals, endless input."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from matdiff.cli import main
from matdiff.cli.arguments import is_operator

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX only")


@pytest.fixture
def environment(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MATDIFF_")}
    return {**kept, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(tmp_path / "config")}


def heard():
    """The signals of these tests, heard again by a child where the tests themselves run under nohup."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def started(*arguments, environment, **how):
    command = [sys.executable, "-m", "matdiff", *arguments]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen(
        command,
        env=environment,
        start_new_session=True,
        preexec_fn=heard,  # noqa: PLW1509 # a signal that is ignored here is ignored by every child
        **pipes,
        **how,
    )


def children(process):
    """The processes that a process has started."""
    try:
        return [int(text) for text in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except FileNotFoundError:
        return []


def waited(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_the_process_that_started_them(environment, number):
    run = started("-", "-j", "2", "--timeout", "0", environment=environment)
    slow = "d/dX " + " ".join(["tr(X^9)"] * 3000) + "\n"
    run.stdin.write(slow.encode() * 4)
    run.stdin.flush()
    assert waited(lambda: children(run.pid))
    workers = children(run.pid)
    run.send_signal(number)
    run.wait(timeout=20)
    assert waited(lambda: not any(Path(f"/proc/{worker}/task").exists() for worker in workers))
    run.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_file_begun_does_not_stay_behind(environment, tmp_path, number):
    run = started("-", "-o", str(tmp_path / "out.txt"), environment=environment)
    assert waited(lambda: list(tmp_path.glob(".matdiff-*")))
    run.send_signal(number)
    assert run.wait(timeout=20) == 128 + number
    run.communicate()
    assert [path.name for path in tmp_path.iterdir()] == []


def test_a_folder_that_is_gone_is_no_obstacle(environment, tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"cd {gone}; rmdir {gone}; {sys.executable} -m matdiff d/dX 'tr(X^T B X)'"
    done = subprocess.run(["/bin/sh", "-c", script], env=environment, capture_output=True, check=False, timeout=60)
    assert done.stdout.decode() == "(B + Bᵀ) X\n"


def test_settings_of_another_user_are_not_taken(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / ".matdiff.toml").write_text('to = "latex"')
    assert main(["d/dX", "tr(X A)"]) == 0
    mine = os.stat  # what the file system says, but for the owner

    class Owned:
        def __init__(self, found):
            self.found, self.st_uid = found, os.getuid() + 1

        def __getattr__(self, name):
            return getattr(self.found, name)

    monkeypatch.setattr(
        os, "stat", lambda path, **how: Owned(mine(path, **how)) if str(path).endswith(".toml") else mine(path, **how)
    )
    assert main(["d/dX", "tr(X A)"]) == 0
    assert capsys.readouterr().out == "A^{\\top}\nAᵀ\n"


def test_a_project_does_not_say_how_many_processes(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / ".matdiff.toml").write_text("jobs = 64")
    assert main(["config", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["jobs"] == {"value": 1, "origin": "default"}


@pytest.mark.parametrize("text", ["\x1b]52;c;aGk=\x07", "\x1b[31m", "\u202e"])
def test_what_comes_from_outside_is_made_visible(tmp_path, monkeypatch, capsys, text):
    monkeypatch.chdir(tmp_path)
    for arguments in (["d/dX", "X", f"--lay{text}out"], ["d/dX", "X", "--layout", text], [f"che{text}ck"]):
        assert main(arguments) in {1, 2}
        assert text not in capsys.readouterr().err
    (tmp_path / ".matdiff.toml").write_text(f'layout = {json.dumps(text)}\n"{json.dumps(text)[1:-1]}" = 1')
    assert main(["d/dX", "X"]) == 2
    assert text not in capsys.readouterr().err


def test_a_wrong_variable_is_named(monkeypatch, capsys):
    monkeypatch.setenv("MATDIFF_TO", "latx")
    assert main(["d/dX", "X"]) == 2
    assert "MATDIFF_TO" in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["inf", "nan", "1e10", "-1", "x"])
def test_a_timeout_is_a_number_that_a_timer_holds(capsys, seconds):
    assert main(["d/dX", "X", "--timeout", seconds]) == 2
    assert "--timeout" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ('"steps": "no"', "true or false"),
        ('"expand": 1', "true or false"),
        ('"of": "nope"', "unknown quantity 'nope'"),
        ('"of": "hesian"', "did you mean 'hessian'?"),
        ('"colour": 1', "unknown field 'colour'"),
        ('"id": NaN', "'id'"),
        ('"id": [1, {"a": -1e999}]', "'id'"),
        ('"id": Infinity', "'id'"),
        ('"explicit": 0', "whole number"),
    ],
)
def test_a_field_that_says_nothing_is_an_error(monkeypatch, capsys, fields, says):
    class Stdin:
        buffer = io.BytesIO(f'{{"wrt": "d/dX", "expr": "tr(X)", {fields}}}\n'.encode())

    monkeypatch.setattr(sys, "stdin", Stdin)
    assert main(["-"]) == 1
    error = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)["error"]
    assert says in f"{error['message']} {error['hint']}"


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("check", '"wrt": "d/dx", "expr": "x^T x", "claim": "2 x"'),
        ("solve", '"wrt": "d/dx", "expr": "||A x - b||^2"'),
    ],
)
def test_every_stream_refuses_an_id_that_is_no_json(monkeypatch, capsys, command, fields):
    class Stdin:
        buffer = io.BytesIO(f'{{{fields}, "id": NaN}}\n'.encode())

    monkeypatch.setattr(sys, "stdin", Stdin)
    assert main([command, "-"]) == 1
    assert "'id'" in json.loads(capsys.readouterr().out, parse_constant=pytest.fail)["error"]["message"]


@pytest.mark.parametrize("text", ["d/dX det(X)", "d/dx diag(x)", "d/dx dot(x, x)", "d/dX det X"])
def test_a_question_in_one_string_is_no_operator(capsys, text):
    assert not is_operator(text)
    assert main([text, "-q"]) == 0
    assert capsys.readouterr().out


def test_a_selection_without_end_comes_back_whole(environment):
    selection = b"d/dX tr(X) " + b"x" * 3_000_000
    run = started("filter", environment=environment)
    out, _ = run.communicate(selection, timeout=60)
    assert run.returncode == 1
    assert out.endswith(selection)
    assert b"E192" in out[: len(out) - len(selection)]


def test_a_line_without_end_is_refused_at_the_prompt(environment):
    run = started("repl", environment=environment)
    out, messages = run.communicate(b"x" * 3_000_000 + b"\nd/dX tr(X)\n", timeout=60)
    assert b"E192" in messages
    assert out.decode().splitlines() == ["I"]
