r"""Whole passages of papers and notes, as files: what is a question is answered, every other byte stays, code and comments
and the names of derivatives among them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.test_cli_filter import filtered  # noqa: F401 # a fixture

PAPERS = sorted(path for path in (Path(__file__).parent / "papers").iterdir() if ".answered" not in path.name)
NAMED = r"""
\nabla f
\nabla_\theta
\nabla\cdot \bm v
\nabla \cdot F = 0
\nabla^2 f(x) \succeq 0
\nabla f(x)^\top (y - x)
\nabla_\theta \mathcal{L}(\theta)
\nabla_w L = 0
\|\nabla f\|^2
\frac{\partial^2 u}{\partial x^2}
\frac{\partial}{\partial t}
\frac{\partial u}{\partial t} = \nabla^2 u
\frac{\partial f}{\partial x_i}
\frac{dy}{dx}
\frac{\mathrm d}{\mathrm d t}
\frac{d}{dt}x
\partial\Omega
d\mu(x)
\mathrm{d}W_t
d/dx
\int_0^1 f(x)\,dx
d(x,y) \le \epsilon
d
d \times d
d \in \mathbb{N}
d x_t = f(x_t) dt + g dW_t
D_{KL}(p\|q)
\Delta x
f'(x)
Df(x)
\nabla_\theta J(\theta) = \mathbb{E}[\nabla_\theta \log \pi_\theta(a|s) Q(s,a)]
\frac{\partial L}{\partial W^{(l)}}
\frac{\partial \ell}{\partial \hat y} \frac{\partial \hat y}{\partial w}
\frac{\delta F}{\delta \rho}
\nabla f : \mathbb{R}^n \to \mathbb{R}^n
\left.\frac{\partial f}{\partial x}\right|_{x=0}
\frac{\partial f}{\partial x}(a, b)
\mathrm{d}(XY) = (\mathrm{d}X)Y + X\,\mathrm{d}Y
""".strip().splitlines()


def of_file(path):
    return path.read_bytes().decode()


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "dos"])
@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_a_paper_keeps_all_but_its_questions(filtered, paper, end):  # noqa: F811 # the fixture
    text = of_file(paper)
    answered = of_file(paper.with_name(f"{paper.stem}.answered{paper.suffix}"))
    assert text != answered
    text, answered = text.replace("\n", end), answered.replace("\n", end)
    assert filtered(text) == (0, answered)
    assert filtered(answered) == (0, answered)


@pytest.mark.parametrize("formula", NAMED)
def test_a_derivative_that_is_named_is_no_question(filtered, formula):  # noqa: F811 # as above
    for text in (
        f"Here we let ${formula}$ denote what we need, see Section 2.\n",
        f"and \\[ {formula} \\] is known.\n",
    ):
        assert filtered(text) == (0, text)


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("Some text about it.\nd/dx x^T x\n\nMore text here.\n", "Some text about it.\n2 x\n\nMore text here.\n"),
        ("def f(X):\n    # d/dX tr(X^T X)\n    return X\n", "def f(X):\n    # 2 X\n    return X\n"),
        ("- d/dx x^T\n  A x\n- d/dX tr(X)\n", "- (A + A^T) x\n- I\n"),
        ("Text\n\n```\nd/dx x^T x\n```\n\nd/dx x^T A x\n", "Text\n\n```\nd/dx x^T x\n```\n\n(A + A^T) x\n"),
        ("```\nd/dx x^T x\n```\n", "```\n2 x\n```\n"),
        ("Only words stand here.\n", "Only words stand here.\n"),
        ("\\section{Intro}\nNo formulas \\cite{me}.\n", "\\section{Intro}\nNo formulas \\cite{me}.\n"),
        ("It costs $5 or $6, and $\\nabla_x x^\\top x$.\n", "It costs $5 or $6, and $2 x$.\n"),
        ("We say ``so'' and $\\nabla_x x^\\top x$, ``thus''.\n", "We say ``so'' and $2 x$, ``thus''.\n"),
        ("% \\[ \\nabla_x x^\\top x \\]\n", "% \\[ 2 x \\]\n"),
        ("Words in \\verb|$d/dx x$| and $\\nabla_x x^\\top x$.\n", "Words in \\verb|$d/dx x$| and $2 x$.\n"),
        ("\\[ \\nabla_w \\frac{\\lambda}{2}\\|w\\|^2 \\]\n", "\\[ \\lambda w \\]\n"),
        (
            "\\begin{equation}\\label{eq:a}\n\\min_w \\|w - a\\|^2\n\\end{equation}\n",
            "\\begin{equation}\\label{eq:a}\nw = a\n\\end{equation}\n",
        ),
        (
            "\\begin{align*}\n\\min_{x}\\quad & \\|x\\|^2 \\\\\n\\text{s.t.}\\quad & A x = b\n\\end{align*}\n",
            "\\begin{align*}\nx = A^{\\top} (A A^{\\top})^{-1} b\n\\end{align*}\n",
        ),
        (
            "We minimise\n\\[ \\min_w \\|w - a\\|^2 \\]\nby hand.\n",
            "We minimise\n\\[ \\min_w \\|w - a\\|^2 \\]\nby hand.\n",
        ),
    ],
)
def test_what_stands_around_a_question_stays(filtered, text, answered):  # noqa: F811 # as above
    assert filtered(text) == (0, answered)


@pytest.mark.parametrize("text", ["$" * 30_001, "$5 " * 20_000, "`" * 20_001, "``a` " * 10_000, "\\verb|" * 10_000])
def test_what_is_never_closed_does_not_hang(filtered, text):  # noqa: F811 # as above
    status, output = filtered(f"Words stand here: {text}", "--timeout", "5")
    assert status in {0, 1}
    assert output.endswith(text)
