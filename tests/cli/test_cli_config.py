"""`matdiff config`, and default declarations."""

from __future__ import annotations

import json

import pytest

from matdiff.cli import main


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Write the project's settings; the run is there, and sees no settings of the person who runs the tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("TO", "LAYOUT", "SYMMETRIC", "COLOR", "TIMEOUT", "WHERE"):
        monkeypatch.delenv("MATDIFF_" + name, raising=False)

    def write(text):
        (tmp_path / ".matdiff.toml").write_text(text, encoding="utf-8")

    return write


def rows(capsys):
    return {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines()}


def test_every_setting_tells_its_value_and_origin(project, capsys, monkeypatch, tmp_path):
    project('layout = "numerator"\nexpand = true\nwhere = ["A symmetric", "x in R^n"]\ntimeout = 2.5')
    monkeypatch.setenv("MATDIFF_TO", "latex")
    assert main(["config"]) == 0
    shown = rows(capsys)
    origin = str(tmp_path / ".matdiff.toml")
    assert shown["layout"] == ["numerator", origin]
    assert shown["expand"] == ["true", origin]
    assert shown["timeout"] == ["2.5", origin]
    assert shown["to"] == ["latex", "MATDIFF_TO"]
    assert shown["quiet"] == ["false", "default"]
    assert main(["config", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["where"] == {
        "value": ["A symmetric", "x in R^n"],
        "origin": origin,
    }


def test_without_settings_the_places_are_told(project, capsys):  # noqa: ARG001 # project keeps other settings away
    assert main(["config"]) == 0
    output, messages = capsys.readouterr()
    assert {line.split()[-1] for line in output.splitlines()} == {"default"}
    assert ".matdiff.toml" in messages


def test_wrong_settings_are_reported(project, capsys):
    project('layout = "numrator"')
    assert main(["config"]) == 2
    assert "did you mean 'numerator'?" in capsys.readouterr().err
    project('where = "A in R^n symmetric"')
    assert main(["config"]) == 1
    assert "E122" in capsys.readouterr().err
    project("where = 3")
    assert main(["config"]) == 2


def test_default_declarations_yield_to_those_of_the_question(project, capsys):
    project('where = ["A symmetric", "k integer"]')
    for arguments, answer in [
        (["d/dx", "x^T A x"], "2 A x"),
        (["d/dx", "x^T A x", "-w", "A in R^{n x n}"], "(A + Aᵀ) x"),
        (["d/dx", "x^T A x where A matrix"], "(A + Aᵀ) x"),
        (["d/dx", "x^T B x"], "(B + Bᵀ) x"),
    ]:
        assert main(arguments) == 0
        assert capsys.readouterr().out == f"{answer}\n"


def test_they_hold_for_streams_and_the_environment_goes_before_the_file(project, capsys, monkeypatch):
    import io
    import sys

    project('where = "A symmetric"')
    monkeypatch.setenv("MATDIFF_WHERE", "A skew")
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(b'd/dx x^T A y\n{"expr": "x^T A x", "wrt": "d/dx"}\n'))
    )
    assert main(["-"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "A y"
    assert json.loads(second)["symbols"]["A"]["structure"] == "skew"


def test_a_mistake_in_them_points_at_itself(project, capsys):
    project('where = ["A in R^{n x n}", "B in R^{m x n} symmetric"]')
    assert main(["d/dx", "x^T B x", "-w", "C symmetric"]) == 1
    line, carets = capsys.readouterr().err.splitlines()[2:4]
    assert "B" in line[carets.index("^") : carets.rindex("^") + 1]


def test_values_have_their_types_in_json(project, capsys):
    project('where = ["A symmetric", "k integer"]\nexpand = true\ntimeout = 2.5')
    assert main(["config", "--json"]) == 0
    told = {name: row["value"] for name, row in json.loads(capsys.readouterr().out).items()}
    assert told["where"] == ["A symmetric", "k integer"]
    assert (told["expand"], told["timeout"], told["jobs"], told["quiet"]) == (True, 2.5, 1, False)
