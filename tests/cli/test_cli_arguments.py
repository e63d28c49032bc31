"""Which words of a command line are options, and what they set."""

from __future__ import annotations

import pytest

from matdiff.cli.arguments import is_operator


@pytest.mark.parametrize(
    ("line", "wrt", "expr"),
    [
        (["d/dX", "tr(X)"], "d/dX", "tr(X)"),
        (["d/dX tr(X)"], "", "d/dX tr(X)"),
        (["differentiate", "d/dX", "tr(X)"], "d/dX", "tr(X)"),
        (["d/dX", "-tr(X)"], "d/dX", "-tr(X)"),
        (["d/dX", "-2 tr(X)"], "d/dX", "-2 tr(X)"),
        (["d/dt", "-t"], "d/dt", "-t"),
        (["d/dq", "-q"], "d/dq", "-q"),
        (["d/dw", "-w^T x"], "d/dw", "-w^T x"),
        (["d/dX", "--tr(X)"], "d/dX", "--tr(X)"),
        (["d/dX", "--", "--expand"], "d/dX", "--expand"),
        (["-l", "mixed", "d/dX", "tr(X)"], "d/dX", "tr(X)"),
        (["d", "tr(X)"], "d", "tr(X)"),
        (["∇_x", "x^T x"], "∇_x", "x^T x"),
        (["d/dx", "-q", "-x"], "d/dx", "-x"),
    ],
)
def test_operator_and_expression(matdiff, asked, line, wrt, expr):
    assert matdiff(*line)[0] == 0
    assert [(question.wrt, question.expr) for question in asked] == [(wrt, expr)]


@pytest.mark.parametrize(
    "options", [["-l", "mixed"], ["-lmixed"], ["--layout", "mixed"], ["--layout=mixed"], ["--layout", "MIXED"]]
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_option_stands_anywhere(matdiff, asked, options, place):
    words = ["d/dX", "-tr(X)"]
    assert matdiff(*words[:place], *options, *words[place:])[0] == 0
    assert [(question.wrt, question.expr, question.layout) for question in asked] == [("d/dX", "-tr(X)", "mixed")]


def test_every_setting_reaches_the_question(matdiff, asked):
    matdiff("d/dS", "tr(S)", "-w", "S symmetric", "-wx in R^n", "--symmetric", "entries", "--as", "kron", "--expand")
    (question,) = asked
    assert (question.where, question.symmetric, question.form, question.expand) == (
        ("S symmetric", "x in R^n"),
        "entries",
        "kron",
        True,
    )


def test_an_expression_that_the_shell_took_apart_is_joined_and_said_so(matdiff, asked):
    status, output, messages = matdiff("d/dx", "x^T", "A", "x")
    assert (status, output, asked[0].expr) == (0, "Xᵀ\n", "x^T A x")
    assert 'read as "x^T A x"; quote the expression' in messages


@pytest.mark.parametrize("line", [["d/dx", "x^T A x", "-v"], ["d/dx", "x^T A x", "mixed"], ["d/dx", "x", "-"]])
def test_a_word_too_many_is_refused(matdiff, asked, line):
    status, output, messages = matdiff(*line)
    assert (status, output, asked) == (2, "", [])
    assert "uote the expression" in messages


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        (["d/dX", "tr(X)", "--laytou", "mixed"], "'--layout'"),
        (["d/dX", "tr(X)", "--layout", "numarator"], "'numerator'"),
        (["explian", "E102"], "'explain'"),
        (["tr(X)", "d/dX"], 'matdiff d/dX "tr(X)"'),
    ],
)
def test_what_was_meant_is_suggested(matdiff, asked, line, meant):
    status, output, messages = matdiff(*line)
    assert (status, output, asked) == (2, "", [])
    assert meant in messages.splitlines()[0]


@pytest.mark.parametrize("line", [[], [""], ["--json"], ["differentiate"]])
def test_without_a_question_the_usage_is_shown(matdiff, asked, line):
    status, output, messages = matdiff(*line)
    assert (status, output, asked) == (2, "", [])
    assert messages.startswith("usage: matdiff")
    assert "matdiff d/dX" in messages


@pytest.mark.parametrize(
    "line",
    [["d/dX", "tr(X)", "--to"], ["d/dX", "x", "--timeout", "-1"], ["d/dX", "x", "--timeout", "soon"], ["explain"]],
)
def test_usage_errors_end_with_2(matdiff, asked, line):
    status, output, messages = matdiff(*line)
    assert (status, output, asked) == (2, "", [])
    assert messages.startswith("error: ")


@pytest.mark.parametrize(
    "text", ["d/dX", "d", "∂/∂x", "d/dx^T", "d^2/dx dx^T", "d²/dxdxᵀ", "∇_x", r"\frac{\partial}{\partial \mathbf{X}}"]
)
def test_operators_are_told_at_a_glance(text):
    assert is_operator(text)


def test_a_long_text_is_told_at_a_glance_too():
    assert not is_operator("d/" + "d" * 200 + " x " + "d" * 150)
    assert not is_operator(r"\frac{" + "}{" * 10_000)


@pytest.mark.parametrize("text", ["d/dX tr(X)", "x/y", "dx", "tr(X)/n", r"\frac{d}{dX} \operatorname{tr}(X)"])
def test_expressions_are_no_operators(text):
    assert not is_operator(text)
