"""The program as a process: pipes, encodings, interrupts, start-up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")


@pytest.fixture
def environment(tmp_path):
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MATDIFF_", "PYTHONIOENCODING")) and name not in {"FORCE_COLOR", "LC_ALL"}
    }
    return {**kept, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(tmp_path / "config")}


def run(*arguments, environment, stdin=b"", **how):
    return subprocess.run(
        [sys.executable, "-m", "matdiff", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
        env=environment,
        **how,
    )


def test_one_question_prints_one_bare_line(environment):
    done = run("d/dX", "tr(X^T B X)", environment=environment)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, "(B + Bᵀ) X\n", b"")


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1"])
def test_an_encoding_without_the_characters_gets_ascii(environment, encoding):
    done = run("d/dX", "tr(X^T B X)", environment=environment | {"PYTHONIOENCODING": encoding})
    assert (done.returncode, done.stdout) == (0, b"(B + B^T) X\n")


def test_heavy_packages_stay_out_of_the_usual_question(environment):
    code = "import sys; from matdiff.cli import main; main(['d/dX', 'tr(X^T B X)']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment, cwd=ROOT)
    answer, modules = done.stdout.decode().splitlines()
    assert answer == "(B + Bᵀ) X"
    assert not {
        "numpy",
        "sympy",
        "rich",
        "json",
        "tomllib",
        "importlib.metadata",
        "asyncio",
        "doctest",
        "unittest",
    } & set(modules.split())


@posix
def test_a_closed_pipe_ends_silently(environment):
    done = subprocess.run(
        ["sh", "-c", f"yes '# a comment' | {sys.executable} -m matdiff - | head -1"],
        capture_output=True,
        check=True,
        env=environment,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == (b"# a comment\n", b"")


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("arguments", [["-"], ["--help"], ["d/dX", "tr(X)"]])
def test_a_full_disk_is_said(environment, arguments):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "matdiff", *arguments],
            input=b"# c\n",
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            env=environment,
        )
    assert done.returncode == 1
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


@posix
def test_an_interrupt_ends_with_130(environment):
    process = subprocess.Popen(
        [sys.executable, "-m", "matdiff", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    process.stdin.write(b"# ready\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"# ready\n"  # flushed line by line
    process.send_signal(signal.SIGINT)
    _, messages = process.communicate(timeout=30)
    assert (process.returncode, messages) == (130, b"")


@posix
@pytest.mark.parametrize(("closed", "status"), [("<&-", 2), (">&-", 1)])
def test_missing_streams_are_no_traceback(environment, closed, status):
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m matdiff - {closed}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env=environment,
    )
    assert done.returncode == status
    assert done.stderr.startswith(b"error: there is no standard")


def test_an_argument_that_is_not_utf8_is_refused(environment):
    done = run("d/dX", b"tr(X \xff)", environment=environment)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"error[E190]")
