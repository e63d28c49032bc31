"""`--jobs N`: several processes answer a stream, in order."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tempfile
import time

import pytest

from matdiff.calculator import Question
from matdiff.cli import main
from matdiff.cli.attempt import Manner
from matdiff.cli.request import Request
from matdiff.cli.streams import stream
from matdiff.cli.streams.jobs import _AHEAD, Lines, Pool

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX only")
WRITERS = []
REQUEST = Request(Question("", ""))


def source(data):
    """A pipe that holds `data` and is then closed.  Another process writes it: workers are forked from this one, and
    would keep an end open that is written to here.
    """
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        WRITERS.append(subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE))
    return WRITERS[-1].stdout


@pytest.fixture(autouse=True, scope="module")
def reaped():
    yield
    for writer in WRITERS:
        writer.stdout.close()
        writer.wait(20)


class Kept:
    def __init__(self):
        self.lines = []

    def line(self, text):
        self.lines.append(text)


def answered(data, jobs, manner=Manner("ascii")):  # noqa: B008 # never changed
    kept = Kept()
    with source(data) as lines:
        status = stream.answer_stream(lines, REQUEST, kept, manner, jobs)
    return status, kept.lines


def test_several_processes_answer_as_one_does(capfd):
    questions = [f"d/dX tr({'A' * (k % 7 + 1)} X)" if k % 5 else "# a comment" for k in range(200)]
    questions[50] = "d/dX trc(X)"
    data = "\n".join(questions).encode()
    one, several = [(*answered(data, jobs), capfd.readouterr().err) for jobs in (1, 3)]
    assert one == several
    assert one[0] == 1
    assert len(one[1]) == 200


def test_an_answer_does_not_wait_for_the_next_question():
    command = [sys.executable, "-m", "matdiff", "-", "--jobs", "2"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for question, answer in ((b"d/dX tr(A' X)\n", b"A\n"), (b"d/dx B x\n", "Bᵀ\n".encode())):
            process.stdin.write(question)
            process.stdin.flush()
            assert process.stdout.readline() == answer
        process.stdin.close()
        assert process.wait(30) == 0


def test_a_killed_worker_costs_its_question_alone(monkeypatch):
    plain = stream.reply_to

    def deadly(raw, *rest):
        if b"kill" in raw and len(rest) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return plain(raw, *rest)

    monkeypatch.setattr("matdiff.cli.streams.jobs.reply_to", deadly)
    status, lines = answered(
        b"\n".join([b"d/dX tr(X)"] * 20 + [b"d/dX kill"] + [b"d/dX tr(X)"] * 20), 2, Manner("ascii", quiet=True)
    )
    assert (status, len(lines)) == (1, 41)
    assert [place for place, line in enumerate(lines) if line != "I"] == [20]
    assert lines[20].startswith("# error[E903]")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a",
        b"a\n",
        b"a\nb",
        b"\n\na\r\n",
        b"x" * (3 * stream.LONGEST) + b"\nb\n",
        b"y" * (2 * stream.LONGEST),
        b"z" * stream.LONGEST + b"\nb",
    ],
)
def test_lines_are_cut_as_a_single_process_cuts_them(data):
    lines, found = Lines(source(data)), []
    while not lines.ended:
        lines.read()
        found += lines.ready
        lines.ready.clear()
    assert [line[: stream.LONGEST + 1] for line in found] == list(stream.bounded(io.BytesIO(data)))


def test_no_more_is_read_than_is_worked_on():
    with source(b"# c\n" * 300_000) as pipe:
        lines = Lines(pipe)
        pool = Pool(REQUEST, Manner("ascii"), 2)
        replies = pool.run(lines)
        for _ in range(100):
            next(replies)
            assert len(pool.done) <= _AHEAD * 2
            assert len(lines.ready) < 65_536
        replies.close()
        pool.close()


def test_an_interrupt_ends_all_processes():
    command = [sys.executable, "-m", "matdiff", "-", "--jobs", "3"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    process.stdin.write(b"d/dX tr(X)\n" * 10)
    process.stdin.flush()
    assert process.stdout.readline() == b"I\n"
    os.killpg(process.pid, signal.SIGINT)
    _, messages = process.communicate(timeout=30)
    assert (process.returncode, messages) == (130, b"")
    assert gone(process.pid)


def gone(group):
    """Whether all processes of a group have ended within some seconds."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize(
    ("command", "lines", "status"),
    [
        ("check", ["d/dx x^T x = 2 x", "# as it is", "", "d/dx x^T x = x", "d/dx trc(x) = x", '{"expr": "d/dt t", "claim": "1"}'], 1),
        ("check", ["d/dx x^T x = 2 x", '{"check": {"wrt": "d/dx", "expr": "x^T x", "claim": "2 x"}, "id": 3}'], 0),
        ("solve", ["d/dw ||X w - y||^2", "# as it is", "", "max_x ||x||^2", '{"wrt": "X", "expr": "A X = B", "id": [1]}'], 1),
        ("solve", ["d/dw sum(n, 1, N, log(1 + exp(-y_n w^T x_n)))"], 1),
        ("update", ['{"expr": "d/dw ||X w - y||^2", "method": "sgd"}', "d/dw ||X w - y||^2"], 0),
        ("dual", ["min_x c^T x s.t. A x = b, x >= 0"] * 20, 0),
    ],
)  # fmt: skip
def test_claims_and_problems_are_answered_by_processes_as_by_one(command, lines, status, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    questions = tmp_path / "questions"
    questions.write_text("\n".join(lines) + "\n", encoding="utf-8")
    seen = []
    for jobs in ("1", "2"):
        with questions.open(encoding="utf-8") as file:
            monkeypatch.setattr(sys, "stdin", file)
            assert main([command, "-", "--jobs", jobs]) == status
        seen.append(capsys.readouterr())
    assert seen[0] == seen[1]
    assert len(seen[0].out.splitlines()) == len(lines)
