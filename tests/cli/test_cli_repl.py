"""The prompt: what it remembers, and how it behaves at a real terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time

import pytest

from matdiff.cli.prompt.repl import completions
from matdiff.cli.prompt.session import HELP, Session
from matdiff.errors import MatdiffError


def say(*lines):
    """What each line is answered with, in one session."""
    session = Session(notation="ascii")
    replies = []
    for line in lines:
        got = session.reply(line)
        replies.append(got if got is None or isinstance(got, str) else got.ascii)
    return replies


def test_declarations_last():
    assert say("d/dx x^T A x", "let A symmetric", "d/dx x^T A x", "let", "forget A", "d/dx x^T A x") == [
        "(A + A^T) x",
        "",
        "2 A x",
        "A symmetric",
        "",
        "(A + A^T) x",
    ]


def test_a_new_declaration_takes_the_place_of_the_old_one():
    assert say("let a vector", "let a scalar", "let")[-1] == "a scalar"


def test_a_structure_adds_to_a_size():
    assert say("let A in R^{n x n}", "let A symmetric", "d/dx x^T A x")[-1] == "2 A x"


def test_the_last_answer_has_a_name():
    assert say("d/dx x^T A x", "d/dx^T _", "d/dX tr(_ X)") == ["(A + A^T) x", "A + A^T", "A + A^T"]


def test_the_last_answer_keeps_its_declarations():
    assert say("d/dx x^T M x where M symmetric", "d/dx^T _")[-1] == "2 M"


def test_settings_stay():
    assert say(
        "d/dX tr(A X)",
        ":layout numerator",
        "d/dX tr(A X)",
        ":layout",
        ":as directional",
        "d/dX tr(A X)",
        ":as matrix",
        ":as",
    ) == [
        "A^T",
        "",
        "A",
        "numerator",
        "",
        "tr(A dX)",
        "",
        "matrix",
    ]


def test_the_last_answer_in_other_formats():
    _, latex, entries, steps, code = say("d/dX tr(A X)", ":latex", ":explicit 2", ":steps", ":numpy")
    assert latex == r"A^{\top}"
    assert entries.splitlines()[0].split() == ["[", "A_11", "A_21", "]"]
    assert "A^T" in steps.splitlines()[-1]
    assert "import numpy" in code


@pytest.mark.parametrize(
    ("lines", "message", "hint"),
    [
        (["d/dX _"], "_ is the last answer, and there is none yet", "ask for a derivative first"),
        ([":latex"], "there is no answer yet", "ask for a derivative first, as in d/dX tr(X^T B X)"),
        ([":latx"], "there is no command :latx", "did you mean ':latex'?"),
        ([":layout numeratr"], "there is no layout 'numeratr'", "did you mean 'numerator'?"),
        (["d/dx x", ":explicit 40"], ":explicit takes a number from 1 to 12", ":explicit 2"),
        (["forget Q"], "Q is not declared", ""),
        (
            ["tr(X)"],
            "there is no operator: by what is it to be differentiated?",
            'put one in front, as in d/dX "tr(X^T B X)"',
        ),
    ],
)
def test_what_is_not_understood(lines, message, hint):
    with pytest.raises(MatdiffError) as refused:
        say(*lines)
    assert (refused.value.message, refused.value.hint) == (message, hint)


@pytest.mark.parametrize("line", [":quit", ":q", "quit", "exit"])
def test_the_end(line):
    assert say(line) == [None]


def test_help():
    assert say(":help", "help") == [HELP, HELP]


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        (r"\alpha", r"d/dx \alpha", ["α"]),
        (r"\lamb", r"\lamb", ["λ"]),
        (":lay", ":lay", [":layout"]),
        ("num", ":layout num", ["numerator"]),
        ("logd", "d/dX logd", ["logdet("]),
        ("", "d/dX ", []),
        ("bet", "d/dx bet", ["beta_1"]),
    ],
)
def test_completion(text, line, expected):
    session = Session()
    session.reply("let beta_1 vector")
    assert completions(session, text, line) == expected


def own_terminal():
    """Make standard input the controlling terminal; Ctrl-C is heard even if the test run itself ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """The program at a pseudo-terminal."""

    def __init__(self, folder):
        self.master, slave = pty.openpty()
        environment = {
            **os.environ,
            "TERM": "xterm",
            "XDG_STATE_HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "NO_COLOR": "1",
            "COLUMNS": "80",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "matdiff", "repl"],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            cwd=folder,
            start_new_session=True,
            preexec_fn=own_terminal,  # noqa: PLW1509 # Ctrl-C reaches only those whose terminal it is
        )
        os.close(slave)
        self.seen = ""

    def until(self, text, seconds=20):
        start = time.monotonic()
        while text not in self.seen:
            if time.monotonic() - start > seconds:
                raise AssertionError(f"{text!r} did not come: {self.seen!r}")
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self.master, 4096).decode(errors="replace")
                except OSError:
                    break
        found, _, self.seen = self.seen.partition(text)
        return found + text

    def type(self, text):
        os.write(self.master, text.encode())

    def interrupt(self):
        """Ctrl-C, which drops the line; once more where it came between two of readline's waits, as CPython then sees
        it with the next key only.
        """
        for _ in range(10):
            self.type("\x03")
            try:
                return self.until("matdiff> ", 2)
            except AssertionError:
                continue
        raise AssertionError(f"Ctrl-C had no effect: {self.seen!r}")

    def end(self):
        status = self.process.wait(20)
        os.close(self.master)
        return status


@pytest.fixture
def terminal(tmp_path):
    made = Terminal(tmp_path)
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def test_a_session_at_a_terminal(terminal, tmp_path):
    terminal.until("matdiff> ")
    terminal.type("let A symmetric\n")
    terminal.until("matdiff> ")
    terminal.type("d/dx x^T A x\n")
    assert "  = 2 A x" in terminal.until("denominator layout")
    terminal.until("matdiff> ")
    terminal.type("d/dx trc(x)\n")
    assert "     ^^^ did you mean 'tr'?" in terminal.until("matdiff> ")
    terminal.type("half a li")
    terminal.until("half a li")
    terminal.interrupt()
    terminal.type("d/dX tr(\\bet\tX)\n")  # Tab writes β
    assert "= β" in terminal.until("denominator layout")
    terminal.until("matdiff> ")
    terminal.type("\x04")
    assert terminal.end() == 0
    history = (tmp_path / "matdiff" / "history").read_text()
    assert "d/dx x^T A x" in history


def test_a_pipe_gets_bare_answers(tmp_path):
    text = "let A symmetric\nd/dx x^T A x\n# a comment\n\nd/dx trc(x)\nd/dx^T _\n"
    done = subprocess.run(
        [sys.executable, "-m", "matdiff", "repl"], input=text, capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.stdout == "2 A x\n2 A\n"
    assert "did you mean 'tr'?" in done.stderr
    assert done.returncode == 1
