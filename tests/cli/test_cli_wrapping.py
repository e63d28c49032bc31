"""Long lines on a terminal: broken between words and before operators, never inside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matdiff.cli import main, wrapping
from matdiff.errors.report import columns

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
