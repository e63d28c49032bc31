"""matdiff as a library: the functions, what an answer can be turned into, and the examples in the docstrings."""

from __future__ import annotations

import doctest
import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest

import matdiff

LAPLACE = [[2.0, -1.0], [0.0, 3.0]]


@pytest.mark.parametrize("module", ["matdiff", "matdiff.api", "matdiff.representations", "matdiff.notebook"])
def test_the_examples_in_the_docstrings(module):
    found = doctest.testmod(import_module(module))
    assert found.failed == 0
    assert found.attempted or module == "matdiff.notebook"


def test_every_public_name_is_there():
    for name in matdiff.__all__:
        assert getattr(matdiff, name) is not None
    assert set(matdiff.__all__) <= set(dir(matdiff))
    with pytest.raises(AttributeError, match="no attribute 'gradeint'"):
        _ = matdiff.gradeint


@pytest.mark.parametrize("wrt", ["X", "d/dX", r"\frac{\partial}{\partial X}", "∇_X"])
def test_the_ways_to_name_the_variable(wrt):
    assert matdiff.derivative("tr(X^T B X)", wrt=wrt).ascii == "(B + B^T) X"


def test_the_operator_in_front():
    assert matdiff.derivative("d/dX tr(X^T B X)").ascii == "(B + B^T) X"


@pytest.mark.parametrize("where", ["A symmetric", ["A symmetric"], ("A symmetric", "x in R^n")])
def test_declarations(where):
    assert matdiff.derivative("x^T A x", "x", where=where).ascii == "2 A x"


def test_the_friends():
    assert matdiff.gradient("log det X", "X").ascii == "X^-T"
    assert matdiff.jacobian("A x", "x").ascii == "A"
    assert matdiff.jacobian("A x", "x").shape == ("m", "n")
    assert matdiff.hessian("x^T A x", "x").ascii in {"A + A^T", "A^T + A"}
    assert matdiff.hessian("t^3", "t", where="t scalar").ascii == "6 t"
    assert "dA" in matdiff.differential("tr(A X)").ascii
    assert matdiff.check("x^T x", "2 x", "x")


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda: matdiff.gradient("A x", "x"), "E307"),
        (lambda: matdiff.hessian("x^T x", "d/dx"), "E110"),
        (lambda: matdiff.hessian("x^T x", ""), "E110"),
        (lambda: matdiff.derivative("x^T x", "x", layout="diagonal"), "E401"),
        (lambda: matdiff.derivative("x^T x", "x", form="pictures"), "E401"),
        (lambda: matdiff.derivative("trc(X)", "X"), "E102"),
        (lambda: matdiff.derivative("tr(X)", "X").code("cobol"), "E401"),
        (lambda: matdiff.derivative("tr(X)", "X").function("third"), "E407"),
    ],
)
def test_mistakes_have_codes(ask, code):
    with pytest.raises(matdiff.MatdiffError) as raised:
        ask()
    assert raised.value.code == code


def test_a_function_takes_arrays_and_lists_by_position_and_keyword():
    gradient = matdiff.gradient("x^T A x", "x").function()
    want = (np.array(LAPLACE) + np.array(LAPLACE).T) @ [1.0, 2.0]
    assert np.allclose(gradient(np.array([1.0, 2.0]), np.array(LAPLACE)), want)
    assert np.allclose(gradient([1, 2], LAPLACE), want)
    assert np.allclose(gradient(A=LAPLACE, x=(1, 2)), want)
    assert gradient.__doc__
    assert np.allclose(matdiff.derivative("sum(1 ./ x)", "x").function()(np.array([1, 2])), [-1, -0.25])


def test_the_parts_of_a_function():
    answer = matdiff.derivative("x^T A x", "x")
    assert answer.function("value")([1.0, 2.0], LAPLACE) == 12.0
    assert np.allclose(answer.function("hvp")([1.0, 2.0], LAPLACE, [1.0, 0.0]), [4.0, -1.0])
    assert np.allclose(answer.function("hessian")([1.0, 2.0], LAPLACE), np.array(LAPLACE) + np.array(LAPLACE).T)


def test_functions_do_not_share_a_namespace():
    one, other = matdiff.gradient("x^T x", "x").function(), matdiff.gradient("3 x^T x", "x").function()
    assert one.__wrapped__.__globals__ is not other.__wrapped__.__globals__
    assert one.__wrapped__.__globals__["__name__"] not in sys.modules
    assert np.allclose(other([1.0]), 3 * one([1.0]))


def test_a_target_that_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(matdiff.OutputError) as raised:
        matdiff.gradient("x^T x", "x").function()
    assert raised.value.code == "E403"


def test_how_an_answer_shows_itself():
    answer = matdiff.derivative("tr(X^T B X)", "X")
    assert str(answer) == "(B + Bᵀ) X"
    assert repr(answer) == "<Answer (B + Bᵀ) X, denominator layout>"
    assert answer._repr_latex_() == r"$\displaystyle (B + B^{\top}) X$"
    assert answer._repr_html_() == r"$$ (B + B^{\top}) X $$"
    noted = matdiff.derivative("sin(X)", wrt="X", where="X in R^{n x n}")
    assert "<small>note: sin(X) works entry by entry</small>" in noted._repr_html_()


def test_markup_in_html_is_escaped():
    verdict = matdiff.check("x^T x", "x", "x")
    object.__setattr__(verdict, "hint", "<script>")
    assert "<script>" not in verdict._repr_html_()
    assert "&lt;script&gt;" in verdict._repr_html_()


@pytest.mark.parametrize("name", ["S", "E", "N", "Q", "lambda", "beta"])
def test_sympy_has_the_symbols_of_the_question(name):
    sympy = pytest.importorskip("sympy")
    found = matdiff.derivative(f"x^T {name} x/2", "x", where=f"{name} in R^{{n x n}}, x in R^n").to_sympy()
    values = {"x": sympy.Matrix([1, 2]), name: sympy.Matrix([[1, 5], [-1, 3]])}
    got = found.subs({s: 2 for s in found.free_symbols if s.name == "n"})
    got = got.replace(
        lambda e: isinstance(e, sympy.MatrixSymbol), lambda e: sympy.ImmutableMatrix(values[e.name.rstrip("_")])
    ).doit()
    M = np.array([[1, 5], [-1, 3]])
    assert np.allclose(np.array(got.tolist(), float)[:, 0], (M + M.T) @ [1, 2] / 2)


def test_what_sympy_cannot_say():
    with pytest.raises(matdiff.OutputError) as raised:
        matdiff.derivative("u(x)^T x", "x").to_sympy()
    assert raised.value.code == "E402"


def test_importing_loads_nothing_heavy():
    code = (
        "import sys, matdiff; matdiff.derivative('tr(X)', 'X').ascii; print(sorted({'numpy', 'sympy', 'rich', 'json'} &"
        " set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_srepr_builds_the_same_sympy_object():
    sympy = pytest.importorskip("sympy")
    got = matdiff.derivative("tr(X^T B X) + log det X", wrt="X")
    assert eval(got.srepr(), {**vars(sympy), "Str": sympy.core.symbol.Str}) == got.to_sympy()  # noqa: S307 # SymPy's own way to read it


@pytest.mark.parametrize(
    ("expr", "wrt", "more"),
    [
        ("tr(X^T B X)", "X", {}),
        ("||x||^2 exp(t)", "x", {}),
        ("tr(MatrixSymbol X)", "X", {"where": "MatrixSymbol in R^{n x m}"}),
        ("tr(Symbol X Str)", "X", {"where": "Symbol in R^{n x m}, Str in R^{k x n}"}),
        ("A X B", "X", {"form": "index"}),
        ("pi x^T x", "x", {}),
    ],
)
def test_srepr_is_evaluated_after_importing_all_of_sympy(expr, wrt, more):
    sympy = pytest.importorskip("sympy")
    answer = matdiff.derivative(expr, wrt=wrt, **more)
    names: dict = {}
    exec("from sympy import *", names)  # noqa: S102 # what a reader of the text does
    assert eval(answer.srepr(), names) == answer.to_sympy()  # noqa: S307 # as above
    assert sympy.srepr(answer.to_sympy())
