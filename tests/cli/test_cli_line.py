"""A plain command line means the same whether click takes it apart or the table of fields alone."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matdiff.cli.line import plain
from matdiff.cli.program import program
from matdiff.fields import FIELDS

VALUES = {
    "texts": ["A symmetric", "x in R^n", ""],
    "text": ["out.txt", "a b"],
    "count": ["1", "3", "12", "13", "0", "x", "99999999999999"],
    "seconds": ["0", "2.5", "1e10", "inf", "nan", "-1", "1e6"],
}


def choices(field):
    if field.names is not None:
        found = [*field.names()]
        return [*found[:3], found[0].upper(), ",".join(found[:2]), "nonsense"]
    return VALUES[field.kind]


@st.composite
def said(draw):
    """An option with its value, in one of the ways to write it."""
    field = draw(st.sampled_from(FIELDS))
    flag = draw(st.sampled_from(field.flags))
    if field.kind == "flag":
        return [flag]
    value = draw(st.sampled_from(choices(field)))
    attached = f"{flag}={value}" if flag.startswith("--") else f"{flag}{value}"
    return draw(st.sampled_from([[flag, value], [flag, value], [attached]]))


def by_click(monkeypatch, line):
    """What click's command hands over, or None where it complains."""
    seen = []
    monkeypatch.setattr("matdiff.cli.program.answer_line", lambda words, found: seen.append((words, found)) or 0)
    try:
        with program.make_context("matdiff", [*line]) as context:
            program.invoke(context)
    except (click.ClickException, click.exceptions.Exit):
        return None
    return seen[0] if seen else None


WORDS = st.sampled_from([["d/dX", "tr(X)"], ["d/dX tr(X)"], ["d/dt", "-t"], ["-"], ["d/dX", "-"]])


@settings(max_examples=200, deadline=None)
@given(words=WORDS, options=st.lists(said(), max_size=4), front=st.booleans())
def test_the_table_reads_a_line_as_click_does(words, options, front):
    rest = [word for option in options for word in option]
    line = [*rest, *words] if front else [*words, *rest]
    with pytest.MonkeyPatch.context() as patch:
        expected = by_click(patch, line)
    found = plain(line)
    if found is not None:
        assert expected == (found.words, found.given)


@pytest.mark.parametrize(
    "line", [["d/dX", "tr(X)"], ["d/dX tr(X)", "-l", "mixed"], ["-"], ["d/dt", "-t"], ["-qt", "d"]]
)
def test_a_plain_line_needs_no_click(line):
    assert plain(line) is not None


NOT_NEEDED = (
    *(
        "click",
        "lark",
        "rich",
        "sympy",
        "numpy",
        "json",
        "dataclasses",
        "inspect",
        "ast",
        "threading",
        "matdiff.checking",
    ),
    *("matdiff.codegen.module", "matdiff.problems", "matdiff.explicit", "matdiff.derivation", "matdiff.cli.program"),
)


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """The environment of a process whose cache holds the grammar's tables, and is nobody else's."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))}
    line = [sys.executable, "-m", "matdiff", "d/dX", "tr(X)"]
    subprocess.run(line, env=environment, capture_output=True, check=True)
    return environment


@pytest.mark.parametrize("options", [(), ("--to", "latex"), ("-w", "B symmetric", "--layout", "numerator")])
def test_a_plain_question_loads_what_it_needs_and_no_more(options, warm):
    script = (
        f"import sys; from matdiff.cli import main; status = main(['d/dX', 'tr(X^T B X)', *{options!r}]);"
        f"print([name for name in {NOT_NEEDED!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=warm)
    assert done.stdout.splitlines()[1] == "[]"


def test_the_version_loads_nothing():
    script = "import sys; from matdiff.cli import main; main(['--version']); print('matdiff.calculator' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1] == "False"
