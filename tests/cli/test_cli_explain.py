"""`matdiff explain` and `matdiff rules`."""

from __future__ import annotations

import pytest

from matdiff.cli import main
from matdiff.cli.explaining import explain
from matdiff.cli.explaining.explain import outcome
from matdiff.cli.explaining.explanations import CODES
from matdiff.functions import TABLE
from matdiff.functions.rules import RULES


@pytest.mark.parametrize("code", [code for code, told in CODES.items() if told.expr])
def test_an_example_meets_the_error_that_it_explains(code):
    assert outcome(CODES[code].question).startswith(f"error[{code}]")


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_title_and_a_text(code, capsys):
    assert main(["explain", code.lower()]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{code}: ")
    assert lines[2]


def test_an_explanation_shows_its_example(capsys):
    main(["explain", "E102"])
    assert capsys.readouterr().out.endswith(
        "    $ matdiff d/dX \"trc(X) + A\"\n    error[E102]: unknown function 'trc'\n      |\n    1 | trc(X) + A\n     "
        " | ^^^ did you mean 'tr'?\n"
    )


@pytest.mark.parametrize("name", TABLE)
def test_every_function_is_explained_with_its_source(name, capsys):
    assert main(["explain", name]) == 0
    assert f"source: {TABLE[name].source}" in capsys.readouterr().out


def test_a_function_is_found_by_any_spelling(capsys):
    main(["explain", "ln"])
    assert capsys.readouterr().out.startswith("d log(x) = (1/x) dx\n")


def test_the_rulebook_has_a_line_for_every_function(capsys):
    assert main(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[: len(TABLE)]] == list(TABLE)
    assert all(row.source in line for row, line in zip([*TABLE.values(), *RULES.values()], lines, strict=True))


def test_paragraphs_of_an_explanation_are_filled_one_by_one(monkeypatch):
    """A line that ends in the text is an end there, not a place in the middle of the next line."""
    monkeypatch.setattr(explain, "is_terminal", lambda _: True)
    monkeypatch.setenv("COLUMNS", "60")
    rows = explain._told(  # noqa: SLF001 # what all of them end in
        "one two three four five six seven eight nine ten\neleven and twelve"
    )
    assert rows[-1] == "eleven and twelve"
    assert all("\n" not in row and len(row) <= 60 for row in rows)
