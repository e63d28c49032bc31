"""Problems and claims as lines of a stream among derivatives."""

from __future__ import annotations

import io
import json
import sys
from typing import NamedTuple

import pytest

from matdiff.cli import main


class Done(NamedTuple):
    """What a run left."""

    status: int
    output: str
    messages: str


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """The program on arguments and standard input."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def ask(*arguments, stdin=""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
        return Done(main([*arguments]), *capsys.readouterr())

    return ask


def test_lines_may_be_commands(run):
    """As at the prompt: a problem or a claim among derivatives, with its command in front."""
    lines = [
        "solve d/dw ||X w - y||^2",
        "d/dx x^T x",
        "dual min_x c^T x s.t. A x = b, x >= 0",
        "update d/dw ||X w - y||^2",
        "check d/dx x^T x = x",
    ]
    done = run("-", stdin="\n".join(lines))
    assert done.output.splitlines() == [
        "w = (Xᵀ X)⁻¹ Xᵀ y",
        "2 x",
        "max_ν bᵀ ν s.t. Aᵀ ν ≤ c",
        "w ← w - 2 η Xᵀ (X w - y)",
        "refuted: d/dx x^T x = x: the numbers differ; a factor 2 is missing; the derivative is 2 x",
    ]
    assert done.status == 1
    commands = [json.loads(line).get("command", "") for line in run("-", "--json", stdin=lines[0]).output.splitlines()]
    assert commands == ["solve"]
    assert "E102" in run("d/dx", "-", stdin="solve x^T x").output  # there the lines are expressions


def test_an_object_may_name_the_command_check(run):
    claim = {"command": "check", "wrt": "d/dx", "expr": "x^T x", "claim": "2 x", "id": 1}
    made = json.loads(run("-", stdin=json.dumps(claim)).output)
    assert (made["verdict"], made["id"]) == ("proved", 1)
    assert json.loads(run("check", "-", stdin=json.dumps(claim)).output)["verdict"] == "proved"
    assert "claim" in run("-", stdin=json.dumps({"command": "check", "expr": "d/dx x^T x"})).output


def test_the_verdict_in_json_has_operator_and_expression_apart(run):
    made = json.loads(run("check", "-", "--json", stdin="d/dx x^T x = 2 x").output)
    assert (made["wrt"], made["expr"], made["claim"]) == ("d/dx", "x^T x", "2 x")


@pytest.mark.parametrize(
    "text",
    ["min_w ||X w - y||^2", r"\min_{w} \|X w - y\|^2", "minimize ||x||^2 subject to A x = b", "argmin_x ||x||^2"],
)
def test_a_problem_without_its_command_is_told_so(run, text):
    done = run("-", stdin=text)
    assert done.output == "# error[E302]: this is a problem, not a derivative\n"
    assert "solve, dual, update" in done.messages
