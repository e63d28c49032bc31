"""Streams: a line in, a line out."""

from __future__ import annotations

import io
import json
import tracemalloc

import pytest

from matdiff.calculator import Question
from matdiff.cli.attempt import Manner
from matdiff.cli.request import Request
from matdiff.cli.streams.stream import LONGEST, answer_stream


def test_plain_lines_in_order_with_comments_and_blank_lines(matdiff, asked):
    status, output, messages = matdiff("d/dX", "-", stdin=b"# traces\ntr(X)\n\n  tr(A X)\r\n")
    assert (status, output, messages) == (0, "# traces\nXᵀ\n\nXᵀ\n", "")
    assert [(question.wrt, question.expr) for question in asked] == [("d/dX", "tr(X)"), ("d/dX", "tr(A X)")]


def test_an_error_keeps_its_line_and_the_stream_goes_on(matdiff):
    status, output, messages = matdiff("-", stdin=b"d/dX tr(X)\nd/dX bad(X)\nd/dX X")
    assert status == 1
    assert output.splitlines() == ["Xᵀ", "# error[E102]: unknown function 'bad'", "Xᵀ"]
    assert messages.splitlines()[1:] == ["  |", "2 | d/dX bad(X)", "  |      ^^^ did you mean 'tr'?"]


def test_json_lines_and_plain_lines_mix(matdiff, asked):
    lines = b'{"wrt": "d/dX", "expr": "tr(X)", "id": 7, "where": ["X: n x n", "A: n"], "layout": "mixed"}\nd/dX tr(X)\n'
    status, output, _ = matdiff("-", "-w", "B: m", stdin=lines)
    first, second = output.splitlines()
    made = json.loads(first)
    assert (status, second) == (0, "Xᵀ")
    assert (made["ok"], made["id"], made["wrt"], made["expr"], made["layout"], made["result"]) == (
        True,
        7,
        "d/dX",
        "tr(X)",
        "mixed",
        "X^T",
    )
    assert "output" not in made
    assert asked[0].where == ("B: m", "X: n x n", "A: n")
    assert asked[1].where == ("B: m",)


def test_json_out_answers_everything_as_an_object(matdiff):
    lines = b'# a comment\n\nd/dX tr(X)\n{"wrt": "d/dX", "expr": "bad(X)", "id": "b"}\nd/dX bad\n'
    status, output, messages = matdiff("-", "--json", stdin=lines)
    made = [json.loads(line) for line in output.splitlines()]
    assert (status, messages) == (1, "")
    assert [one["ok"] for one in made] == [True, False, False]
    assert made[1] == {
        "ok": False,
        "id": "b",
        "error": {"code": "E102", "message": "unknown function 'bad'", "hint": "did you mean 'tr'?", "span": [0, 3]},
    }


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        (b'{"expr": ', "E191", "JSON"),
        (b'{"wrt": "d/dX"}', "E191", "'expr'"),
        (b'{"expr": 5}', "E191", "a string"),
        (b'{"expr": "x", "where": [1]}', "E191", "list of strings"),
        (b'{"expr": "x", "wehre": "x: n"}', "E191", "'wehre'"),
        (b'{"expr": "x", "layout": "numrator"}', "E191", "'numrator'"),
        (b'{"expr": "\\ud800"}', "E190", "UTF-8"),
        (b'{"expr": "\xff"}', "E190", "UTF-8"),
        (b'{"expr": ' + b"9" * 5000 + b"}", "E191", "JSON"),
        (b'{"expr": ' + b"[" * 100_000, "E191", "JSON"),
        (b'{"expr": "' + b"x" * LONGEST + b'"}', "E192", "longer"),
    ],
)
def test_a_broken_object_is_answered_with_an_object(matdiff, line, code, says):
    status, output, _ = matdiff("-", stdin=line + b'\n{"wrt": "d/dX", "expr": "tr(X)"}\n')
    first, second = (json.loads(text) for text in output.splitlines())
    assert (status, first["ok"], first["error"]["code"], second["ok"]) == (1, False, code, True)
    assert says in first["error"]["message"]


@pytest.mark.parametrize(
    ("line", "code"), [(b"d/dX \xff\xfe", "E190"), (b"x" * (3 * LONGEST), "E192"), (b"boom", "E900"), (b"deep", "E902")]
)
def test_a_broken_plain_line_keeps_its_place(matdiff, line, code):
    status, output, _ = matdiff("d/dX", "-", stdin=b"\xef\xbb\xbfX\n" + line + b"\nX\n")
    first, second, third = output.splitlines()
    assert (status, first, third) == (1, "Xᵀ", "Xᵀ")
    assert second.startswith(f"# error[{code}]")


def test_a_question_that_takes_too_long_is_ended(matdiff):
    status, output, _ = matdiff("d/dX", "-", "--timeout", "0.05", stdin=b"loop\nX\n")
    assert (status, output.splitlines()[1]) == (1, "Xᵀ")
    assert output.startswith("# error[E901]: no answer within 0.05 s")


def test_an_expression_may_begin_with_a_brace(matdiff, asked):
    assert matdiff("d/dX", "-", stdin=b"{A} X {B}\n")[1] == "Xᵀ\n"
    assert asked[0].expr == "{A} X {B}"


def test_code_needs_json_in_a_stream(matdiff):
    assert matdiff("-", "--to", "numpy", stdin=b"")[0] == 2
    status, output, _ = matdiff(
        "-", "--json", stdin=b'{"wrt": "d/dX", "expr": "X", "to": "numpy", "of": "value,gradient"}\n'
    )
    assert (status, json.loads(output)["output"]) == (0, "# numpy value,gradient\nimport numpy\n")


def test_there_may_be_no_standard_input(matdiff, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    status, _, messages = matdiff("-")
    assert status == 2
    assert "standard input" in messages


class Endless(io.RawIOBase):
    """Lines without end, of which `count` are given."""

    def __init__(self, count):
        self.left = count

    def readline(self, size=-1):  # noqa: ARG002 # a file's signature
        self.left -= 1
        return b"d/dX tr(X)\n" if self.left >= 0 else b""


class Nowhere:
    def line(self, text):
        pass


@pytest.mark.usefixtures("asked")
def test_memory_does_not_grow_with_the_number_of_lines(monkeypatch, asked):
    monkeypatch.setattr(asked, "append", id, raising=False)  # the stand-in is not to keep the questions

    def peak(count):
        tracemalloc.start()
        answer_stream(Endless(count), Request(Question("", "")), Nowhere(), Manner("unicode"))
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(1_000)  # fills the interpreter's own free lists
    assert peak(5_000) < 1.2 * peak(500) + 10_000
