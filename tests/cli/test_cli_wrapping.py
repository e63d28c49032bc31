"""Long lines on a terminal: broken between words and before operators, never inside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matdiff.cli import main, wrapping
from matdiff.errors import Label, ReadingError, Span
from matdiff.errors.report import columns, text_report

FORMULA = (
    "d pinv(X) = -pinv(X) dX pinv(X) + pinv(X) pinv(X)^T dX^T (I - X pinv(X)) + (I - pinv(X) X) dX^T pinv(X)^T pinv(X)"
)


@pytest.mark.parametrize("room", [40, 60, 80, 200])
def test_a_formula_is_broken_before_its_signs(room):
    lines = wrapping.formula(FORMULA, "  ", room)
    assert " ".join(line.strip() for line in lines) == FORMULA
    assert all(columns(line) <= room for line in lines)
    if room >= 60:
        assert all(line.lstrip()[0] in "+-=" or lines[k - 1].endswith("=") for k, line in enumerate(lines) if k)


@given(st.lists(st.text("abc+-=(),", min_size=1, max_size=12), min_size=1, max_size=40), st.integers(20, 100))
def test_nothing_is_lost_and_no_word_is_broken(words, room):
    text = " ".join(words)
    for how in (wrapping.prose, wrapping.formula):
        lines = how(text, "", room)
        assert " ".join(line.strip() for line in lines).split() == text.split()
        assert all(columns(line) <= room or " " not in line.strip() for line in lines)


@given(st.lists(st.text("abc", min_size=1, max_size=12), min_size=1, max_size=40), st.integers(20, 100))
def test_messages_lose_nothing_and_break_no_word(words, room):
    text = "  note: " + " ".join(words) + "\nshort"
    lines = wrapping.fitted(text, room).split("\n")
    assert " ".join(lines).split() == text.split()
    assert all(columns(line) <= room for line in lines)
    assert all(line.startswith("    ") for line in lines[1:-1])


def test_colours_take_no_room():
    line = " ".join(["\x1b[31mword\x1b[0m"] * 4)
    assert wrapping.fitted(line, 20) == line


def test_a_step_keeps_its_number_and_tells_its_rule_below():
    line = "  3. df = " + " + ".join(["tr(A dX B)"] * 8) + "   product rule: d(U V) = dU V + U dV"
    lines = wrapping.fitted(line, 60).split("\n")
    assert lines[0].startswith("  3. df = ")
    assert lines[-1].strip() == "product rule: d(U V) = dU V + U dV"
    assert all(columns(line) <= 60 for line in lines)


@pytest.mark.parametrize("room", [40, 60, 80, 100])
@pytest.mark.parametrize("name", ["trc", "frobnicate", "q"])
@pytest.mark.parametrize("before", ["", "A X B + ", "tr(A X B X^T C X D X^T) + log det(X^T X) + ||A x - b||^2 + "])
def test_a_report_fits_a_terminal_and_points_at_the_place(room, name, before):
    source = f"{before}{name}(X) + A X B + det(X)^2 log det(X^T X) + tr(A X B X^T C X D X^T)"
    place = len(before)
    hint = "declare it as a vector, or write the letters apart if a product is meant"
    error = ReadingError("E102", f"unknown '{name}'", Label(Span(place, place + len(name)), hint), source=source)
    rows = wrapping.fitted(text_report(error, room=room), room).split("\n")
    assert all(columns(row) <= room for row in rows)
    shown, carets = rows[2], rows[3]
    marked = carets.find("^"), carets.rfind("^") + 1
    assert shown[marked[0] : marked[1]] == name
    assert hint in " ".join(row.strip() for row in rows)


def test_rules_with_a_pattern(capsys):
    assert main(["rules", "logdet"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("logdet")
    assert len(lines) < 12
    assert main(["rules", "lgodet"]) == 2
    assert "did you mean 'logdet'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "begins"), [("x.tex", "A^"), ("x.py", "import numpy as np"), ("x.json", "{"), ("x.txt", "Aᵀ")]
)
def test_a_file_says_its_format_by_its_name(tmp_path, name, begins):
    assert main(["d/dX", "tr(A X)", "-o", str(tmp_path / name)]) == 0
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert any(line.startswith(begins) for line in text.splitlines())


@pytest.mark.parametrize(("short", "name"), [("md", "markdown"), ("tex", "latex"), ("py", "numpy")])
def test_short_names_of_formats(capsys, short, name):
    assert main(["d/dX", "tr(A X)", "--to", short]) == 0
    first = capsys.readouterr().out
    assert main(["d/dX", "tr(A X)", "--to", name]) == 0
    assert capsys.readouterr().out == first


def test_the_manual_page_goes_where_man_looks(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert main(["man", "--install"]) == 0
    page = tmp_path / "man" / "man1" / "matdiff.1"
    assert ".TH MATDIFF 1" in page.read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["man"]) == 0
    assert capsys.readouterr().out == page.read_text(encoding="utf-8")
