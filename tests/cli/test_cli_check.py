"""matdiff check: what it prints, in JSON too, its exit status, and streams of claims."""

from __future__ import annotations

import io
import json
import sys

import pytest

from matdiff.cli import main


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Run the real program; -> (status, output, messages)."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*arguments, stdin=""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
        capsys.readouterr()
        status = main(list(arguments))
        return (status, *capsys.readouterr())

    return run


@pytest.mark.parametrize(
    "words",
    [
        ("d/dX", "tr(X^T B X)", "(B + B^T) X"),
        ("d/dX tr(X^T B X)", "(B + B^T) X"),
        ("d/dX", "tr(X^T B X) = (B + B^T) X"),
        ("d/dX tr(X^T B X) = (B + B^T) X",),
        ("d/dx", "-x^T x", "-2 x"),
    ],
)
def test_the_ways_to_ask(run, words):
    status, output, messages = run("check", *words)
    assert (status, messages) == (0, "")
    assert output.startswith("proved: ")


def test_a_refutation_tells_what_is_wrong(run):
    status, output, messages = run("check", "d/dx", "x^T x", "x")
    assert (status, messages) == (1, "")
    assert output.splitlines()[:4] == [
        "refuted: the numbers differ",
        "  hint: a factor 2 is missing",
        "  the derivative is 2 x  (denominator layout)",
        "  for x = [-2, -1]:",
    ]
    assert output.splitlines()[4:6] == ["    the claim is [-2, -1]", "    the derivative is [-4, -2]"]


def test_undecided_has_a_status_of_its_own(run):
    assert run("check", "d/dt", "abs(sin(2 t))", "2 sign(sin(t) cos(t)) (2 cos(t)^2 - 1)", "-w", "t scalar")[0] == 3


def test_quiet_is_the_verdict_alone(run):
    assert run("check", "-q", "d/dx", "x^T x", "x") == (1, "refuted\n", "")


def test_options_reach_the_question(run):
    assert run("check", "d/dx", "x^T A x", "2 A x", "-w", "A symmetric")[0] == 0
    assert run("check", "d/dx", "A x", "A", "--layout", "numerator")[0] == 0
    assert (
        run("check", "d/dS", "log det S", "2 S^-1 - S^-1 .* I", "-w", "S symmetric", "--symmetric", "entries")[0] == 0
    )


def test_json(run):
    status, output, _ = run("check", "--json", "d/dX", "tr(X^T B X)", "B X")
    found = json.loads(output)
    assert status == 1
    assert (found["ok"], found["verdict"], found["hint"], found["result"]) == (
        True,
        "refuted",
        "the term B^T X is missing",
        "(B + B^T) X",
    )
    assert set(found["counterexample"]) == {"inputs", "claimed", "right", "sizes", "place", "functions"}
    assert found["counterexample"]["claimed"] != found["counterexample"]["right"]
    status, output, _ = run("check", "--json", "d/dx", "x^T x", "2 y)")
    assert status == 1
    assert json.loads(output)["error"]["code"] == "E104"


@pytest.mark.parametrize("words", [(), ("",), ("d/dX", "tr(X)"), ("d/dX", "tr(X)", "I", "I")])
def test_usage(run, words):
    status, output, messages = run("check", *words)
    assert (status, output) == (2, "")
    assert messages.startswith("error: ")


CLAIMS = r"""# from the paper

$\frac{\partial}{\partial x} x^\top A x &= 2 A x$, where A symmetric
d/dx x^T x = x
d/dX tr(X)
{"wrt": "d/dx", "expr": "x^T x", "claim": "2 x", "id": 7}
{"check": {"wrt": "d/dx", "expr": "x^T x", "claim": "3 x"}}
"""


def test_a_stream_of_claims(run):
    status, output, messages = run("check", "-", stdin=CLAIMS)
    lines = output.splitlines()
    assert status == 1
    assert lines[:2] == ["# from the paper", ""]
    assert lines[2].startswith("proved: $")
    assert lines[3] == "refuted: d/dx x^T x = x: the numbers differ; a factor 2 is missing; the derivative is 2 x"
    assert lines[4].startswith("# error[E116]: d/dX tr(X)")
    assert (json.loads(lines[5])["id"], json.loads(lines[5])["verdict"]) == (7, "proved")
    assert json.loads(lines[6])["hint"] == "it is 3/2 times what it should be"
    assert "5 | d/dX tr(X)" in messages


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ("d/dx x^T x = 2 x\n", 0),
        ("", 0),
        ("d/dx x^T x = 2 x\nd/dt abs(sin(2 t)) = 2 sign(sin(t) cos(t)) (2 cos(t)^2 - 1) where t scalar\n", 3),
        (
            "d/dt abs(sin(2 t)) = 2 sign(sin(t) cos(t)) (2 cos(t)^2 - 1) where t scalar\nd/dx x^T x = x\nd/dx x^T x = 2 x\n",
            1,
        ),
    ],
)
def test_the_status_of_a_stream_is_the_worst(run, claims, status):
    assert run("check", "-", stdin=claims)[0] == status


def test_claims_among_questions(run):
    status, output, _ = run("-", stdin='d/dx x^T x\n{"wrt": "d/dx", "expr": "x^T x", "claim": "x", "id": 1}\n')
    answer, verdict = output.splitlines()
    assert (status, answer) == (1, "2 x")
    assert (json.loads(verdict)["id"], json.loads(verdict)["verdict"]) == (1, "refuted")


@pytest.mark.parametrize(
    "claim", ["\x00", "2 x\x1b[31m", "((((((((((" * 30, "9^9^9^9 x", "x" * 5000, "sum(n, 1, 10^9, x)", "\ud800"]
)
def test_no_claim_ends_in_a_traceback(run, claim):
    status, output, messages = run("check", "d/dx", "x^T x", claim)
    assert status in (1, 3)
    assert "Traceback" not in output + messages
    assert "E900" not in messages
    assert "\x1b" not in output + messages
