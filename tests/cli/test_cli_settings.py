"""Settings: option, environment, the project's file, the user's file, in this order."""

from __future__ import annotations

import pytest


@pytest.fixture
def files(asked, tmp_path, monkeypatch):  # noqa: ARG001 # asked keeps the tester's own settings out
    """Write the project's and the user's settings file; the run is in a folder below the project."""
    below = tmp_path / "project" / "chapter"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)

    def write(project="", user=""):
        if project:
            (tmp_path / "project" / ".matdiff.toml").write_text(project, encoding="utf-8")
        if user:
            (tmp_path / "config" / "matdiff").mkdir(parents=True)
            (tmp_path / "config" / "matdiff" / "config.toml").write_text(user, encoding="utf-8")

    return write


def test_the_nearer_setting_wins(matdiff, asked, files, monkeypatch):
    files(user='layout = "mixed"\nsymmetric = "entries"')
    matdiff("d/dX", "X")
    files(project='layout = "numerator"')
    matdiff("d/dX", "X")
    monkeypatch.setenv("MATDIFF_LAYOUT", "denominator")
    matdiff("d/dX", "X")
    matdiff("d/dX", "X", "--layout", "mixed")
    assert [question.layout for question in asked] == ["mixed", "numerator", "denominator", "mixed"]
    assert {question.symmetric for question in asked} == {"entries"}


def test_formats_and_flags_come_from_files_too(matdiff, asked, files):
    files(project='to = "latex"\nexpand = true\ntimeout = 2')
    assert matdiff("d/dX", "X")[1] == "X^{\\top}\n"
    assert asked[0].expand


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('layuot = "mixed"', "did you mean 'layout'?"),
        ('layout = "numrator"', "did you mean 'numerator'?"),
        ("layout = 3", "a string is wanted"),
        ("expand = 1", "true or false is wanted"),
        ("timeout = -1", "a number from 0 to"),
        ("layout = ", "cannot read"),
    ],
)
def test_a_wrong_file_is_named(matdiff, asked, files, text, says):
    files(project=text)
    status, output, messages = matdiff("d/dX", "X")
    assert (status, output, asked) == (2, "", [])
    assert ".matdiff.toml" in messages
    assert says in messages


def test_help_does_not_stumble_over_a_wrong_file(matdiff, files):
    files(project="nonsense")
    assert matdiff("--help")[0] == 0
