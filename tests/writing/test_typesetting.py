"""What is written compiles: LaTeX in a TeX engine with amsmath alone, Typst in Typst."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from formulas import NODES, A, Div, X, calls, formulas, mul, num, x
from hypothesis import HealthCheck, Phase, given, settings

from matdiff.formula.syntax import Sym
from matdiff.reading.letters import GREEK_NAMES
from matdiff.writing import Style, write

pytestmark = pytest.mark.tex

_NAMES = [
    Sym(name + rest)
    for name in sorted({*GREEK_NAMES, "X", "rate"})
    for rest in ("", "_n", "_ij", "_train", "_hat", "_bar_n", "_alpha", "_n_m", "_12")
]
_STYLES = [Style(), Style(bold=frozenset({"X", "x", "beta", "Sigma_n"}))]


def _formulas():
    random = []

    @settings(
        max_examples=300, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(formulas(40))
    def collect(tree):
        random.append(tree)

    collect()
    deep = x
    for _ in range(12):
        deep = Div(mul(num(2), A, deep), Div(num(1), X))
    return [*NODES, *calls(), *_NAMES, deep, *random]


def test_latex_compiles_without_a_warning(tmp_path):
    engine = shutil.which("pdflatex") or pytest.skip("no pdflatex")
    lines = [f"\\[ {write(tree, 'latex', style)} \\]" for tree in _formulas() for style in _STYLES]
    lines += [f"A line with {write(tree, 'markdown')}." for tree in NODES]
    text = "\\documentclass{article}\\usepackage{amsmath}\\begin{document}\n" + "\n".join(lines) + "\n\\end{document}\n"
    (tmp_path / "formulas.tex").write_text(text)
    done = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", "formulas.tex"],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        check=False,
    )
    log = (tmp_path / "formulas.log").read_text(errors="replace")
    assert done.returncode == 0, log[-2000:]
    assert "Warning" not in log
    assert "Missing character" not in log


def test_typst_compiles(tmp_path):
    typst = pytest.importorskip("typst")
    lines = [f"$ {write(tree, 'typst', style)} $" for tree in _formulas() for style in _STYLES]
    (tmp_path / "formulas.typ").write_text("\n\n".join(lines))
    assert typst.compile(str(tmp_path / "formulas.typ")).startswith(b"%PDF")
