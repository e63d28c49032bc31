"""Problems in an editor's selection, at the prompt, in a stream, and on the command line."""

from __future__ import annotations

import io
import json
import sys

import pytest

from matdiff.cli import main
from matdiff.cli.prompt.session import Session


class Pipe:
    def __init__(self, text):
        self.buffer = io.BytesIO(text.encode())

    @staticmethod
    def isatty():
        return False


def answered(monkeypatch, capsysbinary, line, text):
    monkeypatch.setattr(sys, "stdin", Pipe(text))
    status = main(line)
    return status, capsysbinary.readouterr().out.decode()


@pytest.mark.parametrize(
    ("selection", "replaced"),
    [
        (r"$\min_x \|x\|^2 \quad \text{s.t.} \quad A x = b$", r"$x = A^{\top} (A A^{\top})^{-1} b$"),
        ("min_x ||x||^2 s.t. A x = b\n", "x = A^T (A A^T)^-1 b\n"),
        ("dual min_x c^T x s.t. A x = b, x >= 0\n", "max_{nu} b^T nu s.t. A^T nu <= c\n"),
    ],
)
def test_a_selected_problem_is_replaced_by_its_answer(monkeypatch, capsysbinary, selection, replaced):
    assert answered(monkeypatch, capsysbinary, ["filter"], selection) == (0, replaced)


def test_a_selection_without_a_solution_comes_back(monkeypatch, capsysbinary):
    status, text = answered(monkeypatch, capsysbinary, ["filter"], "max_x ||x||^2\n")
    assert status == 1
    assert text.endswith("max_x ||x||^2\n")
    assert "unbounded" in text


def test_a_problem_at_the_prompt_uses_what_was_declared():
    session = Session(notation="ascii")
    session.reply("let Sigma spd")
    reply = session.reply("solve min_w w^T Sigma w s.t. a^T w = 1")
    assert reply.splitlines()[0] == "w = Sigma^-1 a/(a^T Sigma^-1 a)"


def test_a_stream_answers_every_command(monkeypatch, capsysbinary):
    lines = [
        {"id": 1, "command": "solve", "wrt": "d/dw", "expr": "||X w - y||^2", "to": "numpy"},
        {"id": 2, "command": "dual", "expr": "min_x x^T x s.t. A x = b"},
        {"id": 3, "command": "update", "wrt": "w", "expr": "||X w - y||^2", "method": "newton"},
        {"id": 4, "wrt": "d/dw", "expr": "||X w - y||^2"},
        {"id": 5, "command": "guess", "expr": "x"},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    status, out = answered(monkeypatch, capsysbinary, ["-", "--json"], text)
    made = {one["id"]: one for one in map(json.loads, out.splitlines())}
    assert [made[k]["ok"] for k in range(1, 6)] == [True, True, True, True, False]
    assert "def solution(" in made[1]["output"]
    assert status == 1


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (["solve", "d/dw", "||X w - y||^2"], 0),
        (["solve", "max_x ||x||^2"], 1),
        (["solve", "d/dw", "sum(n, 1, N, log(1 + exp(-y_n w^T x_n)))"], 3),
        (["solve", "d/dx", "x^T A x", "-s", "x^T x = 1", "-w", "A symmetric"], 0),
        (["update", "w", "||X w - y||^2", "--method", "adam"], 1),
        (["dual", "A x = b"], 1),
        (["solve"], 2),
    ],
)
def test_exit_codes_tell_the_end(line, status, capsys):
    assert main([*line, "-q"]) == status
    capsys.readouterr()
