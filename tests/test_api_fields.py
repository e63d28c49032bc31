"""Every field of a question is there in Python, with a limit on the time, and mistakes show where they are."""

from __future__ import annotations

import inspect
import pickle
import threading
import time

import pytest

import matdiff
from matdiff.fields import FIELDS


def test_every_field_of_a_question_is_a_parameter():
    taken = {*inspect.signature(matdiff.derivative).parameters}
    assert {field.name for field in FIELDS if field.home == "question"} <= taken


@pytest.mark.parametrize(
    ("fields", "printed"),
    [
        ({}, "A^T (A x - b) + c"),
        ({"expand": True}, "A^T A x - A^T b + c"),
        ({"layout": "numerator"}, "(A x - b)^T A + c^T"),
        ({"form": "directional"}, "((A x - b)^T A + c^T) dx"),
    ],
)
def test_fields_are_passed_on(fields, printed):
    assert matdiff.derivative("1/2 ||A x - b||^2 + c^T x", "x", **fields).ascii == printed


def test_bold_and_vectorize_and_rules_have_their_effect():
    assert "\\mathbf{x}" in matdiff.derivative("x^T A x", "x", bold=True).latex
    plain, stacked = [matdiff.derivative("sum(n,1,N,(w^T x_n)^2)", "w", vectorize=on).ascii for on in (False, True)]
    assert plain != stacked
    assert matdiff.derivative("f(X)", "X", rules="d f(X) = tr(X^T dX)").ascii == "X"


@pytest.mark.parametrize(
    "fields",
    [{"layout": "numrator"}, {"form": "kronn"}, {"expand": 1}, {"where": 3}, {"rules": [1]}, {"where": [b"x"]}],
)
def test_a_wrong_value_is_an_error_with_a_code(fields):
    with pytest.raises(matdiff.OutputError):
        matdiff.derivative("x^T x", "x", **fields)


SLOW = " + ".join(f"tr((X A_{k})^{k})" for k in range(2, 60))


def test_a_limit_on_the_time():
    begun = time.monotonic()
    with pytest.raises(matdiff.MatdiffError) as caught:
        matdiff.derivative(SLOW, "X", seconds=0.01)
    assert caught.value.code == "E901"
    assert time.monotonic() - begun < 20  # not for ever
    assert matdiff.derivative("x^T x", "x", seconds=60).ascii == "2 x"


def test_a_limit_in_another_thread():
    found = []

    def ask():
        try:
            matdiff.derivative(SLOW, "X", seconds=0.01)
        except matdiff.MatdiffError as error:
            found.append(error.code)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == ["E901"]


def test_a_mistake_shows_where_it_is():
    with pytest.raises(matdiff.MatdiffError) as caught:
        matdiff.derivative("trc(X) + A", "X")
    code, _, line, carets = str(caught.value).splitlines()
    assert code.startswith("error[E102]: unknown function 'trc'")
    assert line.index("trc") == carets.index("^^^")
    assert "did you mean 'tr'?" in carets


def test_answers_compare_equal():
    one, same = (matdiff.derivative("x^T A x", "x", where="A symmetric") for _ in range(2))
    assert one == same
    assert len({one, same}) == 1
    assert one != matdiff.derivative("x^T A x", "x")
    assert one != matdiff.derivative("x^T A x", "x", where="A symmetric", layout="numerator")
    assert one != "2 A x"


def test_an_error_is_the_same_in_another_process():
    with pytest.raises(matdiff.MatdiffError) as caught:
        matdiff.derivative("trc(X) + A", "X")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 # made in the same line
    assert type(again) is type(caught.value)
    assert str(again) == str(caught.value)


@pytest.mark.parametrize("ask", [matdiff.solve, matdiff.dual, matdiff.update])
def test_problems_have_a_limit_on_the_time(ask):
    with pytest.raises(matdiff.MatdiffError) as caught:
        ask("min_x " + " + ".join([f"||A_{k} x - b_{k}||^2" for k in range(2, 60)]), seconds=0.001)
    assert caught.value.code == "E901"


def test_a_function_is_made_once():
    answer = matdiff.derivative("x^T A x", "x")
    assert answer.function() is answer.function()
    assert answer.function("value") is not answer.function()
    assert answer == matdiff.derivative("x^T A x", "x")


@pytest.mark.parametrize("library", ["jax", "torch"])
def test_functions_of_other_libraries_take_lists(library):
    pytest.importorskip(library)
    answer = matdiff.derivative("x^T A x", "x")
    found = getattr(answer, library)()([1.0, 2.0], [[1.0, 0.0], [0.0, 3.0]])
    assert [float(entry) for entry in found] == [2.0, 12.0]
    assert answer.function(target=library) is getattr(answer, library)()


USER = """
from __future__ import annotations

import matdiff

answer: matdiff.Answer = matdiff.derivative("x^T A x", wrt="x", where=["A symmetric"], layout="numerator", seconds=2.5)
shape: tuple[int | str, ...] = answer.shape
text: str = answer.latex + answer.whole("unicode") + str(answer.steps()) + answer.code("jax", ("hvp",))
verdict: matdiff.Verdict = matdiff.check("x^T x", "2 x", wrt="x")
right: bool = bool(verdict)
solved: str = matdiff.solve("||X w - y||^2", "w", subject_to="w >= 0", seconds=1).write("latex")
others: list[str] = [matdiff.dual("min_x c^T x s.t. A x = b").latex, matdiff.update("x^T x", "x", method="newton").latex]
number: float = answer.function()(x=[1.0], A=[[1.0]])
try:
    matdiff.hessian("x^T x", "x")
except matdiff.MatdiffError as error:
    code: str = error.code
"""


def test_a_strictly_typed_program_uses_it(tmp_path):
    api = pytest.importorskip("mypy.api")
    program = tmp_path / "user.py"
    program.write_text(USER, encoding="utf-8")
    said, complaint, status = api.run(["--strict", "--config-file=", f"--cache-dir={tmp_path}", str(program)])
    assert status == 0, said + complaint
