"""Derivations in every text format."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from oracle import corpus

from matdiff.calculator import Question, derivation
from matdiff.errors import OutputError


def way(wrt="d/dx", expr="a^T tanh(x)"):
    return derivation(Question(expr, wrt))


def test_numbered_lines():
    assert way().write("unicode") == (
        "f = aᵀ tanh(x)\n"
        "  1. df = aᵀ d(tanh(x))                      linearity: d(A U B) = A dU B\n"
        "  2. df = aᵀ ((ones(n) - tanh(x).^2) ∘ dx)   d tanh: d(tanh(x)) = (1 - tanh(x)²) ∘ dx\n"
        "  3. df = (a ∘ (ones(n) - tanh(x).^2))ᵀ dx   collecting the coefficients: df = Gᵀ dx\n"
        "  4. ∂f/∂x = a ∘ (ones(n) - tanh(x).^2)      reading off the gradient: df = Gᵀ dx"
    )
    assert way().write("ascii").isascii()


def test_an_align_block_of_latex():
    assert way("d/dX", "tr(A X)").write("latex") == (
        "\\begin{align*}\n"
        "f &= \\operatorname{tr}(A X) \\\\\n"
        "\\intertext{trace rule: $\\mathrm{d}(\\operatorname{tr}(U)) = \\operatorname{tr}(\\mathrm{d} U)$}\n"
        "\\mathrm{d} f &= \\operatorname{tr}(A \\mathrm{d} X) \\\\\n"
        "\\intertext{reading off the gradient: $\\mathrm{d} f = \\operatorname{tr}(G^{\\top} \\mathrm{d} X)$}\n"
        "\\frac{\\partial f}{\\partial X} &= A^{\\top}\n"
        "\\end{align*}"
    )


def test_markdown_is_a_numbered_list():
    lines = way("d/dX", "tr(A X)").write("markdown").splitlines()
    assert lines[0] == r"$f = \operatorname{tr}(A X)$"
    assert lines[2].startswith(r"1. trace rule ($\mathrm{d}(\operatorname{tr}(U))")
    assert lines[-1].endswith(r"$\frac{\partial f}{\partial X} = A^{\top}$")


@pytest.mark.parametrize("notation", ["sympy", "mathml", "numpy"])
def test_other_formats_have_no_steps(notation):
    with pytest.raises(OutputError) as caught:
        way().write(notation)
    assert caught.value.code == "E402"


def test_json_objects_hold_formulas_of_the_language():
    first, *_, last = way("d/dX", "tr(A X)").objects()
    assert first == {
        "rule": "trace rule",
        "formula": "d(tr(U)) = tr(dU)",
        "condition": "",
        "left": "df",
        "before": "d(tr(A X))",
        "after": "tr(A dX)",
    }
    assert last["after"] == "A^T"


def ways():
    for case in corpus.cases().values():
        yield derivation(Question(case["expr"], case["wrt"], (case["where"],) if case.get("where") else ()))


@pytest.mark.tex
def test_the_latex_of_all_steps_compiles(tmp_path):
    engine = shutil.which("pdflatex") or pytest.skip("no pdflatex")
    text = (
        "\\documentclass{article}\\usepackage{amsmath}\\begin{document}\n"
        + "\n\n".join([found.write("latex") for found in ways()])
        + "\n\\end{document}\n"
    )
    (tmp_path / "steps.tex").write_text(text)
    done = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", "steps.tex"],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        check=False,
    )
    log = (tmp_path / "steps.log").read_text(errors="replace")
    assert done.returncode == 0, log[-2000:]
    assert "Warning" not in log


@pytest.mark.tex
def test_the_typst_of_all_steps_compiles(tmp_path):
    typst = pytest.importorskip("typst")
    (tmp_path / "steps.typ").write_text("\n\n".join([found.write("typst") for found in ways()]))
    assert typst.compile(str(tmp_path / "steps.typ")).startswith(b"%PDF")
