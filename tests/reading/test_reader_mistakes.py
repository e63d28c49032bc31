"""Mistakes in a text: code, place, and what is said."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError
from matdiff.reading.lexing import TABLES
from matdiff.reading.reader import read_declarations, read_expression, read_operator, read_question

EXPRESSIONS = [
    # text, code, the text pointed at, words of message, label or hint
    ("", "E100", "", "empty"),
    ("d/dX", "E100", "d/dX", "without an expression"),
    ("x +", "E101", "+", "missing after '+'"),
    ("x * / y", "E101", "*", "before '/'"),
    ("* x", "E101", "*", "cannot begin"),
    ("trc(X) + A", "E102", "trc", "did you mean 'tr'?"),
    ("trce(X)", "E102", "trce", "did you mean 'trace'?"),
    ("xsin(x)", "E102", "xsin", "did you mean 'x sin'?"),
    ("frobnicate(X)", "E102", "frobnicate", "unknown function 'frobnicate'"),
    ("eval(X)", "E102", "eval", "unknown function 'eval'"),
    (r"\mathrm{loss}(x)", "E102", r"\mathrm{loss}", "unknown function 'loss'"),
    ("tr(lgdet X)", "E102", "lgdet", "did you mean 'logdet'?"),
    ("tr(Х)", "E103", "Х", "Cyrillic"),
    ("tr(X)\0", "E103", "\0", "U+0000"),
    ("X.__class__", "E103", ".__class__", ".__class__"),
    (r"\foo x", "E103", r"\foo", "unknown LaTeX command"),
    ("x & y # z", "E103", "#", "U+0023"),
    ("tr(X^T B X", "E104", "(", "never closed"),
    (r"\frac{1}{2 \operatorname{tr}(X)", "E104", "{", "brace"),
    ("tr X)", "E104", ")", "closes no bracket"),
    ("(X]", "E104", "(", "do not match"),
    ("|x", "E104", "|", "never closed"),
    ("()", "E105", "()", "empty"),
    ("1e999 x", "E107", "1e999", "too large"),
    ("2 3", "E107", "2 3", "side by side"),
    ("y = tr(X)", "E108", "=", "'='"),
    ("X > 0", "E108", ">", "'>'"),
    ("tr(X); tr(X)", "E108", ";", "';'"),
    ("a, b", "E108", ",", "','"),
    ("tr($X)", "E109", "$", "shell"),
    ("'tr(X)", "E109", "'", "shell"),
    ("d/dX tr(X) + d/dX tr(Y)", "E111", "d/dX", "derivative inside"),
    ("a + du/dx", "E111", "du/dx", "declare it"),
    ("tr()", "E112", "tr()", "argument"),
    ("tr", "E112", "tr", "argument"),
    ("kron(A)", "E112", "kron(A)", "2 arguments"),
    ("sum(n, 1, N)", "E112", "sum(n, 1, N)", "argument"),
    ("sum(2, 1, N, x)", "E113", "2", "index"),
    (r"\sum_{n=1} x_n", "E113", r"\sum_{n=1}", "both bounds"),
    ("a^b^c", "E114", "a^b^c", "two ways"),
    (r"\log^{-1} x", "E114", r"\log^{-1", "two ways"),
    ("cost", "E114", "cost", "did you mean 'cos t'?"),
    ("x_{i+1}", "E115", "_{i+1}", "subscript"),
    (r"\sqrt[5]{x}", "E115", r"\sqrt", "x^(1/5)"),
    ("norm(x, 'foo')", "E115", "'foo'", "unknown norm"),
]
OPERATORS = [
    ("", "E110", "empty"),
    ("d/d", "E110", "d/dX"),
    ("d/d2", "E110", "variable"),
    ("d^2/dx", "E110", "d^2"),
    ("d^2/dx^3", "E110", "3"),
    ("d/dx dy", "E110", "unexpected"),
    ("d^99/dx^99", "E110", "limit"),
    ("tr(X)", "E110", "not an operator"),
]
DECLARATIONS = [
    ("X R^{n x n}", "E120", "R", "'in' is missing"),
    ("X in", "E120", "in", "ends"),
    ("X", "E120", "X", "nothing is declared"),
    ("X in R^{n x n}, X in R^{m x m}", "E121", "X", "declared twice"),
    ("x scalar vector", "E121", "x", "as a scalar and as a vector"),
    ("X in R^{n x n} purple", "E122", "purple", "purple"),
    ("X symmetrc", "E122", "symmetrc", "did you mean 'symmetric'?"),
    ("t scalar symmetric", "E122", "symmetric", "scalar cannot be symmetric"),
    ("A in R^{2 x 3} symmetric", "E122", "symmetric", "2 x 3"),
    ("X in R^{0 x 3}", "E123", "0", "positive"),
    ("X in R^{-1}", "E123", "-", "positive"),
    ("n = m", "E123", "m", "positive integer"),
    ("A in C^{n x n}", "E115", "C", "not supported"),
    ("A in R^{m x n", "E104", "{", "never closed"),
]


def said(mistake):
    return " ".join([mistake.message, *(label.text for label in mistake.labels), mistake.hint])


@pytest.mark.parametrize(("text", "code", "place", "words"), EXPRESSIONS)
def test_a_mistake_in_an_expression_is_named_and_pointed_at(text, code, place, words):
    with pytest.raises(MatdiffError) as caught:
        read_question(text)
    assert (caught.value.code, caught.value.source) == (code, text)
    assert text[slice(*caught.value.span)] == place
    assert words in said(caught.value)


@pytest.mark.parametrize(("text", "code", "words"), OPERATORS)
def test_a_mistake_in_an_operator_is_named(text, code, words):
    with pytest.raises(MatdiffError) as caught:
        read_operator(text)
    assert (caught.value.code, caught.value.source) == (code, text)
    assert words in said(caught.value)


@pytest.mark.parametrize(("text", "code", "place", "words"), DECLARATIONS)
def test_a_mistake_in_a_declaration_is_named_and_pointed_at(text, code, place, words):
    with pytest.raises(MatdiffError) as caught:
        read_declarations(text)
    assert caught.value.code == code
    assert text[slice(*caught.value.span)] == place
    assert words in said(caught.value)


def test_an_error_names_the_text_in_which_it_points():
    for question, source in (
        (("tr(", "d/dX"), "tr("),
        (("tr(X)", "d/d"), "d/d"),
        (("tr(X)", "d/dX", ("X purple",)), "X purple"),
    ):
        with pytest.raises(MatdiffError) as caught:
            read_question(*question)
        assert caught.value.source == source


def test_an_operator_repeated_in_the_expression_is_an_error():
    with pytest.raises(MatdiffError, match="inside the expression"):
        read_question("d/dX tr(X)", wrt="d/dX")


@pytest.mark.parametrize("text", ["tr\u200b(X)", "tr(\u00a0X)", "\ufefftr(X)", "tr(X)\u2060"])
def test_invisible_characters_from_a_web_page_do_no_harm(text):
    assert read_expression(text) == read_expression("tr(X)")


LARGE = [
    ("(" * 20_000 + "X", "E106"),
    ("exp(" * 6_000 + "X" + ")" * 5_000, "E106"),
    ("|" * 50_000, "E106"),
    ("a" + "/a" * 6_000, "E106"),
    ("1" + "/3" * 6_000, "E107"),
    ("exp " * 6_000 + "x", "E106"),
    ("x" * 1_000_001, "E106"),
    ("|x" * 400_000, "E106"),
    ("A" * 100_000, "E102"),
    ("x_" + "a" * 100_000, "E115"),
    ("1" * 100_000, "E107"),
    (r"\sum_{n=1}^{" * 6_000, "E106"),
    ("_{" * 50_000, None),
    ("where " * 20_000, None),
    (" " * 500_000 + "where", None),
]


@pytest.mark.parametrize(("text", "code"), LARGE, ids=[text[:12] for text, _ in LARGE])
def test_a_text_too_large_is_refused_at_once(text, code):
    start = time.process_time()  # however busy the machine is
    with pytest.raises(MatdiffError) as caught:
        read_question(text)
    assert code in {None, caught.value.code}
    assert time.process_time() - start < 5


def test_thousands_of_transposes_cost_no_depth():
    assert read_expression("X" + "^T" * 4_001) == read_expression("X^T")
    assert read_expression("-" * 4_000 + "x") == read_expression("x")


FRAGMENTS = [
    *TABLES.spellings,
    "X",
    "x",
    "T",
    "2",
    "½",
    "²",
    "ᵀ",
    "₁",
    "α",
    "Σ",
    " ",
    "tr(",
    "d/dx",
    "dx",
    "sum(",
    "_{",
    "f(x)",
    "where",
    "in R^n",
    "np.",
    "'fro'",
    "\0",
    "ẞ",
    "_",
]


@settings(max_examples=1500, deadline=None)
@given(
    st.lists(st.sampled_from(FRAGMENTS) | st.characters(codec="utf-8"), max_size=25).map("".join),
    st.sampled_from(["", "d/dx", "∇_X"]),
)
def test_whatever_is_typed_is_read_or_refused(text, wrt):
    mistake = None
    try:
        assert read_question(text, wrt).expression is not None
    except MatdiffError as caught:
        mistake = caught
    if mistake is not None:
        assert mistake.code[:2] in {
            "E1",
            "E2",
        }  # of the language, or of shapes: a Python line is evaluated as it is read
        assert mistake.source is not None
        assert all(0 <= label.span.start <= label.span.end <= max(1, len(mistake.source)) for label in mistake.labels)


@pytest.mark.parametrize(
    ("expr", "code"),
    [
        (r"\underbrace{(X w - y)}_{r}^T r", "E115"),
        ("||x||2^2", "E125"),
        ("||X||F", "E125"),
        ("x''", "E125"),
        ("sum x_i^2", "E113"),
        ("Σ (x_i - 1)²", "E125"),
        ("x mod 2", "E102"),
        ("res' * res", "E102"),
        ("tr(XtX)", "E125"),
        ("sum_squares(A x)", "E113"),
        ("x[[1]]", "E115"),
        ("Var a^T x", "E102"),
        ("O(||x||^3)", "E115"),
        ("a^t x", "E125"),
        ("w_i^T y", "E211"),
    ],
)
def test_what_would_be_misread_is_refused(expr, code):
    with pytest.raises(MatdiffError) as raised:
        answer(Question(expr, "d/dx" if "w" not in expr else "d/dW"))
    assert raised.value.code == code
