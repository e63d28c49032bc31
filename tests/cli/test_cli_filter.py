"""`matdiff filter`: what an editor sends, and what it gets back."""

from __future__ import annotations

import io
import sys

import pytest

from matdiff.cli import main
from matdiff.cli.editors.filter import commented


@pytest.fixture
def filtered(monkeypatch, tmp_path, capfdbinary):
    """Send a selection through the filter; -> (status, what comes back).  Standard error holds notes alone."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)

    def run(selection, *arguments):
        data = selection if isinstance(selection, bytes) else selection.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        capfdbinary.readouterr()
        status = main(["filter", *arguments])
        sys.stdout.flush()
        output, messages = capfdbinary.readouterr()
        assert all(line.startswith(b"matdiff: note: ") for line in messages.splitlines())
        return status, output if isinstance(selection, bytes) else output.decode()

    return run


REPLACED = [
    # plain text stays plain, in ASCII or Unicode as it came, with its own transposes
    ("d/dX tr(X^T B X)\n", "(B + B^T) X\n"),
    ("∂/∂X tr(XᵀBX)", "(B + Bᵀ) X"),
    ("d/dX tr(X' B X)", "(B + B') X"),
    ("d/dX tr(X.T @ B @ X)", "(B + B.T) X"),
    ("d/dX a' inv(X) b", "-X^-T a b' X^-T"),
    # indentation, comment marks, line ends and what stands before an equals sign stay
    ("    d/dX tr(A X)  \n", "    A^T  \n"),
    ("\td/dX tr(A X)\r\n", "\tA^T\r\n"),
    ("  # d/dX tr(A X)\n", "  # A^T\n"),
    ("// d/dX tr(A X)", "// A^T"),
    ("- d/dX tr(A X)\n- d/dx x^T x\n", "- A^T\n- 2 x\n"),
    ("grad = d/dx x^T x", "grad = 2 x"),
    ("d/dx x^T A x where A symmetric", "2 A x"),
    ("d/dX\n  tr(A\n     X)\n", "A^T\n"),
    # LaTeX stays LaTeX, with its delimiters and the author's macros
    (r"$\nabla_x x^\top A x$", r"$(A + A^\top) x$"),
    (r"\(\nabla_{\bm x} \bm x^{\mathsf T} \bm A \bm x\)", r"\((\bm A + \bm A^{\mathsf T}) \bm x\)"),
    ("\\[\n    \\frac{d}{d\\mathbf{w}} \\lVert \\mathbf{X}\\mathbf{w} - \\mathbf{y} \\rVert^2 ,\n\\]\n",
     "\\[\n    2 \\mathbf{X}^{\\top} (\\mathbf{X} \\mathbf{w} - \\mathbf{y}) ,\n\\]\n"),
    (r"$\frac{\partial}{\partial X} a^T X^{-1} b$", r"$-X^{-T} a b^T X^{-T}$"),
    (r"$$\frac{\partial}{\partial\boldsymbol\beta} \boldsymbol\beta' V \boldsymbol\beta$$", r"$$(V + V') \boldsymbol\beta$$"),
    (r"\frac{\partial}{\partial X} \operatorname{tr}(A X)", r"A^{\top}"),
    # only the questions of a text are touched
    (r"Let $f(x) = x^\top A x$; then $\nabla f = \nabla_x x^\top A x$.", r"Let $f(x) = x^\top A x$; then $\nabla f = (A + A^\top) x$."),
    ("\\begin{align}\n  f &= \\frac{d}{dx} x^\\top x \\label{eq:f} \\\\ % a remark\n  g &= \\frac{d}{dX} \\operatorname{tr}(A X), \\nonumber\n\\end{align}\n",
     "\\begin{align}\n  f &= 2 x \\label{eq:f} \\\\ % a remark\n  g &= A^{\\top}, \\nonumber\n\\end{align}\n"),
    # an equals sign behind the question asks for the answer behind it
    ("d/dX tr(A X) =", "d/dX tr(A X) = A^T"),
    ("d/dX tr(A X) = nonsense", "d/dX tr(A X) = nonsense"),
    (r"$\frac{d}{dX} \operatorname{tr}(A X) = $", r"$\frac{d}{dX} \operatorname{tr}(A X) = A^{\top} $"),
]  # fmt: skip


@pytest.mark.parametrize(("selection", "becomes"), REPLACED)
def test_a_selection_becomes(filtered, selection, becomes):
    assert filtered(selection) == (0, becomes)


APPENDED = [
    ("d/dX tr(A X)\n", "d/dX tr(A X) = A^T\n"),
    (r"\[ \nabla_x x^\top x. \]", r"\[ \nabla_x x^\top x = 2 x. \]"),
    (
        "\\begin{align*}\n \\nabla_x x^\\top x \\\\\n\\end{align*}",
        "\\begin{align*}\n \\nabla_x x^\\top x &= 2 x \\\\\n\\end{align*}",
    ),
    ("d/dx x^T A x where A symmetric", "d/dx x^T A x = 2 A x where A symmetric"),
]


@pytest.mark.parametrize(("selection", "becomes"), APPENDED)
def test_append_keeps_the_question_and_can_be_run_again(filtered, selection, becomes):
    assert filtered(selection, "--append") == (0, becomes)
    assert filtered(becomes, "--append") == (0, becomes)


def test_the_operator_may_be_given_beside_the_selection(filtered):
    assert filtered("  -x^T A x\n", "d/dx") == (0, "  -(A + A^T) x\n")
    assert filtered("$x^T A x$", "d/dx", "-w", "A symmetric", "--layout", "numerator") == (0, "$2 x^T A$")


def test_another_format_can_be_asked_for(filtered):
    assert filtered("d/dX tr(A X)", "--to", "latex") == (0, r"A^{\top}")
    status, output = filtered("    d/dX tr(A X)\n", "--to", "numpy")
    assert status == 0
    assert "    import numpy as np\n" in output
    assert not [line for line in output.splitlines() if line and not line.strip()]


def test_the_total_differential_keeps_the_macros_too(filtered):
    assert filtered(r"$\operatorname{tr}(\bm A \bm X)$", "d")[1].count(r"\mathrm{d}\bm") == 2


FAILED = [
    ("d/dX trc(X)\n", (), "# matdiff: error[E102]: unknown function 'trc' (did you mean 'tr'?)\nd/dX trc(X)\n"),
    ("  $d/dX trc(X)$", (), "  % matdiff: error[E102]: unknown function 'trc' (did you mean 'tr'?)\n  $d/dX trc(X)$"),
    ("// d/dX trc(X)", (), "// matdiff: error[E102]: unknown function 'trc' (did you mean 'tr'?)\n// d/dX trc(X)"),
    (
        "d/dX trc(X)",
        ("--comment", "<!-- %s -->"),
        "<!-- matdiff: error[E102]: unknown function 'trc' (did you mean 'tr'?) -->\nd/dX trc(X)",
    ),
    (
        "d/dX trc(X)",
        ("--comment", "%%s"),
        "% matdiff: error[E102]: unknown function 'trc' (did you mean 'tr'?)\nd/dX trc(X)",
    ),
    ("d/dX trc(X)\r\n", (), "# matdiff: error[E102]: unknown function 'trc' (did you mean 'tr'?)\r\nd/dX trc(X)\r\n"),
    ("", (), "# matdiff: error[E100]: there is no question in the selection (for example d/dX tr(X^T B X))\n"),
]


@pytest.mark.parametrize(("selection", "arguments", "becomes"), FAILED)
def test_an_error_gives_the_selection_back_with_a_comment(filtered, selection, arguments, becomes):
    assert filtered(selection, *arguments) == (1, becomes)
    assert filtered(becomes, *arguments) == (1, becomes), "the old comment gives way to the new one"


def test_one_failure_leaves_the_whole_selection_as_it_was(filtered):
    status, output = filtered("d/dX tr(A X)\nd/dX trc(X)\n")
    assert (status, output.splitlines()[1:]) == (1, ["d/dX tr(A X)", "d/dX trc(X)"])


def test_usage_errors_give_the_selection_back_too(filtered, tmp_path):
    assert filtered("d/dX tr(X)\n", "--layuot") == (
        2,
        "# matdiff: error: no such option '--layuot'; did you mean '--layout'?\nd/dX tr(X)\n",
    )
    (tmp_path / ".matdiff.toml").write_text("layout = 3")
    status, output = filtered("d/dX tr(X)\n")
    assert (status, output.splitlines()[1:]) == (2, ["d/dX tr(X)"])


def test_bytes_that_are_no_utf8_come_back_unharmed(filtered):
    status, output = filtered(b"d/dX tr(X) \xff\xfe\n")
    assert status == 1
    assert output.endswith(b"d/dX tr(X) \xff\xfe\n")
    assert b"E190" in output


def test_a_comment_cannot_be_closed_from_within():
    assert commented("a */ b", "/* %s */") == "/* a * / b */"
    assert commented("a", "%") == "% a"


@pytest.mark.parametrize(
    "selection",
    [
        "\\\\" * 20_000,
        "$" * 30_000,
        "\\[" * 20_000,
        " " * 300_000 + "=",
        "(" * 20_000,
        "where " * 20_000,
        "%\n" * 50_000,
    ],
)
def test_a_strange_selection_does_not_hang(filtered, selection):
    status, output = filtered(selection, "--timeout", "5")
    assert status in {0, 1}  # words are left alone
    assert output.endswith(selection)


PAPER = r"""Let $f(x) = x^\top A x$ with $A$ symmetric. Then
\begin{align}
\frac{\partial f}{\partial x} &= 2 A x, \\
\nabla_w L(w) &= 0
\end{align}
where $\partial f/\partial x$ is the gradient of $f$ at $x$. We ask for
\[ %s \]
and
\[ \frac{\partial L}{\partial W} = \nabla_W \| W x - y \|^2 =%s \]
"""
NOTES = r"""# Notes

The gradient $\nabla_x f(x)$ is what we want; $\nabla_x x^T A x = (A + A^T) x$ is known.

- now $%s$
"""


@pytest.mark.parametrize(
    ("text", "asked", "answered"),
    [
        (PAPER, (r"\nabla_x \left( x^\top B x \right)", ""), (r"(B + B^\top) x", r" 2 (W x - y) x^{\top}")),
        (NOTES, (r"\nabla_x a^\top x",), ("a",)),
    ],
)
def test_only_questions_are_answered_in_a_paper(filtered, text, asked, answered):
    """What the author has answered, names of what is defined elsewhere, and prose come back byte for byte."""
    assert filtered(text % asked) == (0, text % answered)


def test_notes_on_how_a_question_was_read_go_to_standard_error(monkeypatch, tmp_path, capfd):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(rb"$\frac{\partial}{\partial X} \operatorname{tr}(e^{X})$"))
    )
    assert main(["filter"]) == 0
    text, messages = capfd.readouterr()
    assert text == r"$\operatorname{expm}(X)^{\top}$"
    assert "matdiff: note: e^{X} was read as the matrix exponential, expm" in messages
