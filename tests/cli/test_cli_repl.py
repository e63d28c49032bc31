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

from matdiff.cli.prompt.lines import goes_on
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


def test_names_stand_for_what_they_were_given():
    assert say("r = X w - y", "d/dw ||r||^2", "f(w) = w^T w", "d/dw f(w)^2", "let") == [
        "",
        "2 X^T (X w - y)",
        "",
        "4 (w^T w) w",
        "r = X w - y\nf(w) = w^T w",
    ]
    assert say("let r = X w - y", "s := r^T r", "d/dw s", "r = X w", "d/dw s")[2::2] == ["2 X^T (X w - y)", "2 X^T X w"]
    assert say("r = X w - y", "forget r", "d/dr r^T r")[-1] == "2 r"
    assert say("g = d/dx x^T M x", "d/dx^T g", "check d/dx^T g = M + M^T")[1:] == [
        "M + M^T",
        "proved: the same in canonical form",
    ]


def test_names_stand_in_checks_and_problems():
    _, proved, refuted, solved, iterated = say(
        "r = X w - y",
        "check d/dw ||r||^2 = 2 X^T r",
        "check d/dw ||r||^2 = X^T r",
        "solve d/dw ||r||^2",
        "update d/dw ||r||^2 --method sgd",
    )
    assert proved.startswith("proved")
    assert "a factor 2 is missing" in refuted
    assert solved.splitlines()[0] == "w = (X^T X)^-1 X^T y"
    assert solved.splitlines()[-1].startswith("note: where X^T X is not invertible")
    assert "w_i" not in iterated
    assert iterated.splitlines()[0].startswith("w <- w - ")


def test_a_definition_that_says_a_size_or_a_property_is_a_declaration():
    assert say("n = 3", "A = A^T", "d/dx x^T A x", "let")[2:] == ["2 A x", "n = 3\nA = A^T"]


@pytest.mark.parametrize("line", ["r = X (", "s = t s", "r = trc(X)"])
def test_a_definition_that_cannot_be_read_is_not_taken(line):
    session = Session(notation="ascii")
    with pytest.raises(MatdiffError):
        session.reply(line)
    assert session.reply("let") == "nothing is declared"


def test_what_a_shell_takes_is_taken():
    assert say(
        'matdiff d/dX "tr(X^T B X)" --to latex',
        'd/dx "x^T A x" -w "A symmetric"',
        "d/dX tr(A X) --layout numerator",
        "d/dx x^T A x --expand",
        'check d/dX "tr(X^T B X)" "(B + B^T) X"',
        'check d/dX tr(X^T B X) "(B + B^T) X"',
        'solve "min_x ||x||^2" -s "A x = b" --to latex',
        "d/dt t --t",
    ) == [
        r"(B + B^{\top}) X",
        "2 A x",
        "A",
        "A x + A^T x",
        "proved: the same when multiplied out",
        "proved: the same when multiplied out",
        r"x = A^{\top} (A A^{\top})^{-1} b" + "\n  A A^T invertible\n  global minimum, the only one",
        "2",
    ]
    assert say("d/dx x^T A x --explicit 1", 'solve "d/dw ||X w - y||^2" --steps')[0] == "2 A_11 x_1"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("d/dX tr(X) --lyout numerator", "there is no option --lyout at the prompt"),
        ("d/dX tr(X) --jobs 3", "there is no option --jobs at the prompt"),
        ("d/dX tr(X) --layout", "--layout lacks its value"),
        ("d/dX tr(X) --layout up", "--layout: unknown layout 'up'; there are: denominator, numerator, mixed"),
    ],
)
def test_an_option_that_is_wrong_at_the_prompt(line, message):
    with pytest.raises(MatdiffError) as refused:
        say(line)
    assert refused.value.message == message


@pytest.mark.parametrize(
    ("text", "seen", "further"),
    [
        ("d/dx x^T A x + \\", False, True),
        ("d/dx x^T A x +", False, False),
        ("d/dx x^T A x +", True, True),
        ("d/dx tr(A", True, True),
        ("d/dx tr(A", False, False),
        (r"\frac{\partial}{\partial x}", True, False),
        (r"x \cdot", True, True),
        ("solve min_x ||x||^2 s.t.", True, True),
        (r"a \\", True, False),  # a line's end of LaTeX
        ("x'", True, False),
        (":layout (", True, False),
        ("||x||", True, False),
    ],
)
def test_a_line_that_goes_on(text, seen, further):
    assert goes_on(text, seen=seen) is further


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
        ([":la"], "there is no command :la", "did you mean ':layout' or ':latex'?"),
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


def test_what_is_known_of_readline_is_there(terminal):
    terminal.until("matdiff> ")
    terminal.type(":lat\t")
    terminal.until(":latex")
    terminal.type("\b" * 3 + "\t")  # :la, which may be two
    assert ":layout" in terminal.until("matdiff> :la")
    terminal.type("\x15d/dx tr(A\n")
    terminal.until("...> ")
    terminal.type("x x^T)\n")
    assert "= (Aᵀ + A) x" in terminal.until("denominator layout")
    terminal.until("matdiff> ")
    terminal.type("d/dx x^T\n")
    terminal.until("matdiff> ")
    terminal.type("\x12(A")  # Ctrl-R
    terminal.until("tr(A")
    terminal.interrupt()
    terminal.type("check d/dx x^T x = x +\n")
    terminal.until("...> ")
    terminal.type("\n")  # an empty line ends it
    assert "something is missing after '+'" in terminal.until("matdiff> ")
    terminal.type("\x04")
    assert terminal.end() == 0


def test_settings_and_options_hold_at_the_prompt(tmp_path):
    (tmp_path / ".matdiff.toml").write_text('where = "A symmetric"\nlayout = "numerator"')
    command = [sys.executable, "-m", "matdiff", "repl", "-w", "B symmetric"]
    done = subprocess.run(
        command,
        input="d/dx x^T A x + x^T B x\nd/dx sqrt(x^T x) + \\\n 1\n",
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
        timeout=60,
    )
    assert done.stdout.splitlines() == ["2 xᵀ (A + B)", "xᵀ/‖x‖"]
    assert done.returncode == 0


def test_a_pipe_gets_bare_answers(tmp_path):
    text = "let A symmetric\nd/dx x^T A x\n# a comment\n\nd/dx trc(x)\nd/dx^T _\n"
    done = subprocess.run(
        [sys.executable, "-m", "matdiff", "repl"], input=text, capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.stdout == "2 A x\n2 A\n"
    assert "did you mean 'tr'?" in done.stderr
    assert done.returncode == 1
