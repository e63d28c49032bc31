"""What goes where: terminal, pipe, file; notes, colours and codes."""

from __future__ import annotations

import json
import sys

import pytest

from matdiff.cli.output import wants_colour


class Terminal:
    """A standard output that a person looks at."""

    encoding = "utf-8"
    closed = False

    def __init__(self, stream):
        self.stream = stream

    def isatty(self):
        return True

    def __getattr__(self, name):
        return getattr(self.stream, name)


def test_notes_go_to_standard_error_unless_quiet(matdiff):
    assert matdiff("d/dX", "note") == (0, "Xᵀ\n", "note: a note\n")
    assert matdiff("d/dX", "note", "-q") == (0, "Xᵀ\n", "")


def test_a_terminal_gets_the_reading_too(matdiff, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", Terminal(sys.stdout))
    status, output, _ = matdiff("d/dX", "note", "--color", "never")
    assert (status, output) == (0, "X\n  = Xᵀ\nresult m×n; denominator layout\nnote: a note\n")
    assert "\x1b[2m" in matdiff("d/dX", "X")[1]
    assert matdiff("d/dX", "X", "--quiet", "--color", "never")[1] == "Xᵀ\n"
    assert json.loads(matdiff("d/dX", "X", "--json")[1])["ok"]
    assert matdiff("d/dX", "X", "--to", "numpy")[1] == "# numpy \nimport numpy\n"


def test_an_error_is_reported_on_standard_error(matdiff):
    status, output, messages = matdiff("d/dX", "bad(X)")
    assert (status, output) == (1, "")
    assert messages.startswith("error[E102]: unknown function 'bad'\n")
    assert "\x1b[" in matdiff("d/dX", "bad(X)", "--color", "always")[2]


def test_an_error_in_json_is_an_object_on_standard_output(matdiff):
    status, output, messages = matdiff("d/dX", "bad(X)", "--json")
    assert (status, messages, json.loads(output)["error"]["code"]) == (1, "", "E102")


@pytest.mark.parametrize(("expr", "code"), [("boom", "E900"), ("deep", "E902"), ("loop", "E901")])
def test_no_failure_ends_in_a_traceback(matdiff, expr, code):
    status, output, messages = matdiff("d/dX", expr, "--timeout", "0.05")
    assert (status, output) == (1, "")
    assert messages.startswith(f"error[{code}]")


def test_json_has_the_format_that_was_asked_for_beside_the_others(matdiff):
    made = json.loads(matdiff("d/dX", "tr(X)", "--json", "--to", "numpy", "--of", "value, gradient")[1])
    assert made["output"] == "# numpy value,gradient\nimport numpy\n"
    assert (made["ok"], made["wrt"], made["expr"], made["layout"], made["shape"]) == (
        True,
        "d/dX",
        "tr(X)",
        "denominator",
        ["m", "n"],
    )
    assert (made["result"], made["unicode"], made["latex"]) == ("X^T", "Xᵀ", "X^{\\top}")
    assert (made["symbols"], made["lets"], made["notes"]) == ({}, {}, [])
    assert matdiff("d/dX", "tr(X)", "--to", "json")[1] == matdiff("d/dX", "tr(X)", "--json")[1]


def test_a_file_instead_of_standard_output(matdiff, tmp_path):
    assert matdiff("d/dX", "X", "-o", "answer.txt") == (0, "", "")
    assert (tmp_path / "answer.txt").read_text(encoding="utf-8") == "Xᵀ\n"
    assert matdiff("d/dX", "-", "--output=answers.txt", stdin=b"X\nX\n") == (0, "", "")
    assert (tmp_path / "answers.txt").read_text(encoding="utf-8") == "Xᵀ\nXᵀ\n"
    status, _, messages = matdiff("d/dX", "X", "-o", "missing/answer.txt")
    assert status == 1
    assert messages.startswith("error: cannot write missing/answer.txt: ")


def test_a_failed_question_leaves_the_file_alone(matdiff, tmp_path):
    (tmp_path / "answer.txt").write_text("before", encoding="utf-8")
    assert matdiff("d/dX", "bad", "-o", "answer.txt")[0] == 1
    assert (tmp_path / "answer.txt").read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize(
    ("choice", "variables", "terminal", "colour"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour(choice, variables, terminal, colour, monkeypatch, capsys):  # noqa: ARG001 # capsys keeps standard error quiet
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert wants_colour(Terminal(sys.stdout) if terminal else sys.stdout, choice) is colour


def test_the_version(matdiff):
    from matdiff import __version__

    assert matdiff("--version") == (0, f"matdiff {__version__}\n", "")
    assert matdiff("d/dX", "X", "-V")[1] == f"matdiff {__version__}\n"
