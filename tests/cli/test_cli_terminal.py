"""What a terminal shows: the question above, the answer below, broken at its top-level sum and nowhere else."""

from __future__ import annotations

import re

import pytest

from matdiff.calculator import Question, answer
from matdiff.cli.terminal import formula_lines, show
from matdiff.errors.report import columns
from matdiff.explicit import explicit

SUM = "||X w - y||^2 + lambda w^T w + log det(A + w w^T) + exp(a^T w) + b^T sin(C w)"


def lines(expr, wrt, width, notation="unicode"):
    got = answer(Question(expr, wrt))
    return formula_lines(got, got.write(notation), notation, width)


def test_the_question_stands_above_the_answer():
    assert lines("tr(X^T B X)", "d/dX", 80) == ["∂/∂X tr(Xᵀ B X)", "  = (B + Bᵀ) X"]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_sum_is_broken_before_its_signs(width):
    whole = lines(SUM, "d/dw", 1000)[1]
    first, *rest = lines(SUM, "d/dw", width)[1:]
    assert rest
    assert all(columns(line) <= width for line in (first, *rest))
    assert all(line.startswith(("  + ", "  - ")) for line in rest)
    assert " ".join([first, *[line.strip() for line in rest]]) == whole


def test_a_wide_terminal_shows_one_line():
    assert len(lines(SUM, "d/dw", 200)) == 2


def test_a_product_is_not_broken():
    expr = "tr(A_1 X B_1 C D F G H J K L M)"
    assert len(lines(expr, "d/dX", 20)) == 2


def test_names_stand_under_where():
    inside = "x"
    for k in range(1, 6):
        inside = f"tanh(W_{k} {inside})"
    found = lines("w^T " + inside, "d/dx", 80)
    assert found[2] == "  where"
    assert found[3:] == ["    h₁ = tanh(W₁ x)", "    h₂ = tanh(W₂ h₁)", "    h₃ = tanh(W₃ h₂)", "    h₄ = tanh(W₄ h₃)"]


def test_entries_stand_in_brackets_below_the_question():
    got = answer(Question("x", "d/dx"))
    assert formula_lines(got, explicit(got, 2, "unicode", tall=True), "unicode", 80) == [
        "∂/∂x x",
        "  ⎡ 1  0 ⎤",
        "  ⎣ 0  1 ⎦",
    ]


@pytest.mark.parametrize("colour", [False, True])
def test_no_colours_but_bold_and_dim(capsys, colour):
    got = answer(Question("tr(X A)", "d/dX"))
    show(got, got.unicode, colour=colour, quiet=False)
    shown = capsys.readouterr().out
    assert ("\x1b[1m  = Aᵀ\x1b[0m" in shown) == colour
    assert "\x1b[3" not in shown.replace("\x1b[39m", "")
    assert "X: n×m, A: m×n" in shown or "X: m×n, A: n×m" in shown


def test_latex_is_shown_as_it_is_copied(capsys):
    got = answer(Question("tr(X A)", "d/dX"))
    show(got, got.latex, notation="latex", colour=False, quiet=True)
    assert capsys.readouterr().out == "A^{\\top}\n"


def test_a_long_formula_is_broken_at_its_signs_and_the_variable_has_a_colour(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    got = answer(Question("log(1 + exp(a^T x)) + log(1 + exp(b^T x)) + sin(c^T x) + cos(d^T x)", "d/dx"))
    show(got, got.unicode, colour=True, quiet=False)
    shown = capsys.readouterr().out
    assert "\x1b[" in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert all(columns(line) <= 80 for line in plain.splitlines())
    assert "".join(got.unicode.split()) in "".join(plain.split())
    assert re.search(r"\x1b\[[0-9;]*36m[^\x1b]*x", shown)


def test_the_rule_of_a_step_stands_below_it_where_it_does_not_fit(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    got = answer(Question("softmax(A x)", "d/dx"))
    text = got.steps().write("unicode")
    show(got, text, colour=False, quiet=False)
    lines = capsys.readouterr().out.splitlines()
    assert all(columns(line) <= 80 for line in lines)
    assert any(line.strip().startswith("d softmax:") for line in lines)
