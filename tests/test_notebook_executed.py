"""A notebook is run as Jupyter runs it, and what it shows is looked at."""

from __future__ import annotations

import os

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")
nbconvert = pytest.importorskip("nbconvert")

CELLS = {
    "answer": "import matdiff\nanswer = matdiff.derivative('x^T A x', 'x')\nanswer",
    "load": "%load_ext matdiff",
    "line": "%matdiff d/dX tr(X^T B X)",
    "cell": "%%matdiff -w 'A symmetric'\nd/dx x^T A x\nd/dx trc(x)\n",
    "error": "matdiff.derivative('trc(X) + 1', 'X')",
    "steps": "answer.steps()",
    "notes": "matdiff.derivative('sum(log(1 + exp(X)))', 'X')",
    "check": "%matdiff check d/dx x^T x = x",
    "verdict": "matdiff.check('x^T x', 'x', 'x')",
    "solve": "%matdiff solve d/dw ||X w - y||^2",
    "function": "answer.function()([1.0, 2.0], [[1.0, 0.0], [0.0, 1.0]])",
}


@pytest.fixture(scope="module")
def notebook():
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS.values()])
    os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
    runner = nbconvert.preprocessors.ExecutePreprocessor(timeout=120, allow_errors=True, kernel_name="python3")
    runner.preprocess(made, {})
    return made


@pytest.fixture(scope="module")
def shown(notebook):
    """What each cell shows: its data, or for an error the lines of its traceback."""
    found = {}
    for name, cell in zip(CELLS, notebook.cells, strict=True):
        for output in cell.outputs:
            found[name] = output.data if "data" in output else output.traceback
    return found


def test_an_answer_is_mathematics(shown):
    assert shown["answer"]["text/html"] == r"$$ (A + A^{\top}) x $$"
    assert shown["answer"]["text/latex"] == r"$\displaystyle (A + A^{\top}) x$"
    assert shown["line"]["text/html"] == r"$$ (B + B^{\top}) X $$"


def test_a_cell_shows_answers_and_errors_in_order(shown):
    page = shown["cell"]["text/html"]
    assert page.index("$$ 2 A x $$") < page.index("error[E102]")


def test_a_traceback_is_the_report_alone(shown):
    assert shown["error"][0].startswith("error[E102]: unknown function 'trc'")
    assert len(shown["error"]) == 4
    assert "^^^ did you mean 'tr'?" in shown["error"][3]


def test_steps_are_mathematics(shown):
    assert "product rule ($" in shown["steps"]["text/markdown"]
    assert shown["steps"]["text/plain"].startswith("f = xᵀ A x")


def test_notes_stand_below_the_answer(shown):
    assert shown["notes"]["text/html"].splitlines() == [
        r"$$ \sigma(X) $$",
        "<div><small>note: 1 is added to every entry</small></div>",
    ]
    assert shown["notes"]["text/plain"].splitlines()[1:] == ["note: 1 is added to every entry"]


def test_verdicts_and_problems(shown):
    for name in ("check", "verdict"):
        assert "a factor 2 is missing" in shown[name]["text/html"]
        assert shown[name]["text/plain"].startswith("refuted")
    assert shown["solve"]["text/html"].splitlines()[0] == r"$$ w = (X^{\top} X)^{-1} X^{\top} y $$"
    assert "global minimum, the only one" in shown["solve"]["text/plain"]
    assert shown["function"]["text/plain"] == "array([2., 4.])"


def test_the_notebook_is_a_page(notebook):
    """What nbconvert makes of it holds the formulas for MathJax."""
    page, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
    assert r"$$ (A + A^{\top}) x $$" in page
