"""Errors as they are drawn."""

from __future__ import annotations

import pytest

from matdiff.errors import Label, MatdiffError, Span
from matdiff.errors.report import WIDTH, columns, error_object, text_report


def report(source, *labels, hint="", **how):
    return text_report(
        MatdiffError("E102", "message", *(Label(Span(*span), text) for span, text in labels), hint=hint, source=source),
        **how,
    ).splitlines()


def test_the_hint_stands_at_the_caret():
    assert report("trc(X) + A", ((0, 3), ""), hint="did you mean 'tr'?") == [
        "error[E102]: message",
        "  |",
        "1 | trc(X) + A",
        "  | ^^^ did you mean 'tr'?",
    ]


def test_two_operands_each_have_their_text():
    assert report("tr(A X)", ((3, 4), "2 x 3"), ((5, 6), "4 x 2"), hint="transpose X?") == [
        "error[E102]: message",
        "  |",
        "1 | tr(A X)",
        "  |    ^ ^ 4 x 2",
        "  |    |",
        "  |    2 x 3",
        "  |",
        "  = transpose X?",
    ]


def test_no_place_no_picture():
    assert report(None, hint="a hint") == ["error[E102]: message", "  = a hint"]
    assert report("x", hint="") == ["error[E102]: message"]


def test_the_end_of_the_text_can_be_pointed_at():
    assert report("tr(X", ((4, 4), "missing )"))[-1] == "  |     ^ missing )"


def test_several_lines_each_show_their_place():
    rows = report("a b\nc d", ((0, 1), "one"), ((6, 7), "two"), line=9)
    assert rows == ["error[E102]: message", "   |", " 9 | a b", "   | ^ one", "   |", "10 | c d", "   |   ^ two"]


@pytest.mark.parametrize("start", [0, 40, 200, 317, 318])
def test_a_long_line_is_cut_around_the_place(start):
    source = "".join(chr(ord("a") + k % 26) for k in range(318))
    _, _, line, carets = report(source, ((start, start + 1), ""))
    assert len(line) <= WIDTH + len("1 | ……")
    if start < len(source):
        assert line[carets.index("^")] == source[start]


@pytest.mark.parametrize(("source", "place"), [("漢字 + b", 5), ("x̂ + b", 5), ("ᵀ∂‖ b", 4), ("a\tb", 2)])
def test_carets_stand_under_their_character_whatever_its_width(source, place):
    _, _, line, carets = report(source, ((place, place + 1), ""))
    assert columns(line[: line.index("b")]) == carets.index("^")


def test_what_a_terminal_would_obey_is_shown_instead():
    text = "\n".join(report("a\x1b[31m\u202eb", ((7, 8), "")))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_characters_that_the_encoding_lacks_become_escapes_under_which_the_carets_stay():
    _, _, line, carets = report("σ + b", ((4, 5), ""), encoding="ascii")
    assert line == "1 | \\u03c3 + b"
    assert line[carets.index("^")] == "b"


def test_the_object_has_the_first_place():
    error = MatdiffError("E201", "shapes", Label(Span(3, 4)), Label(Span(5, 6)), hint="h")
    assert error_object(error) == {"code": "E201", "message": "shapes", "hint": "h", "span": [3, 4]}
    assert error_object(MatdiffError("E201", "shapes"))["span"] is None
