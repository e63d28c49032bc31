"""How formulas look in every notation."""

from __future__ import annotations

import ast
import sys
from xml.etree import ElementTree as ET

import pytest
from formulas import (
    NODES,
    A,
    B,
    N,
    W,
    X,
    a,
    add,
    b,
    beta,
    call,
    calls,
    formulas,
    had,
    i,
    k,
    m,
    mul,
    n,
    num,
    p,
    t,
    w,
    x,
    y,
)
from hypothesis import given, settings

from matdiff.errors import OutputError
from matdiff.formula.question import By, Operator
from matdiff.formula.syntax import (
    Add,
    Apply,
    Call,
    Derivative,
    Div,
    Expr,
    HadDiv,
    HadPow,
    IndexedSum,
    Mul,
    Neg,
    Pow,
    Relation,
    Sym,
    Together,
    Transpose,
)
from matdiff.writing import NOTATIONS, Style, write, write_operator

XT = Transpose(X)
INVERSE = Pow(X, num(-1))
TEXTS = ("ascii", "unicode", "latex", "typst")

TABLE = [
    (mul(add(B, Transpose(B)), X), "(B + B^T) X", "(B + Bᵀ) X", r"(B + B^{\top}) X", "(B + B^top) X"),
    (mul(num(2), XT, add(mul(X, w), Neg(y))), "2 X^T (X w - y)", "2 Xᵀ (X w - y)", r"2 X^{\top} (X w - y)", "2 X^top (X w - y)"),
    (Div(A, call("norm", A, Sym("F"))), "A/||A||_F", "A/‖A‖_F", r"\frac{A}{\lVert A \rVert_{F}}", "frac(A, norm(A)_(F))"),
    (
        Neg(mul(Transpose(INVERSE), a, Transpose(b), Transpose(INVERSE))),
        "-X^-T a b^T X^-T", "-X⁻ᵀ a bᵀ X⁻ᵀ", r"-X^{-\top} a b^{\top} X^{-\top}", "-X^(-top) a b^top X^(-top)",
    ),
    (mul(call("det", mul(A, X, B)), Transpose(INVERSE)), "det(A X B) X^-T", "det(A X B) X⁻ᵀ", r"\det(A X B) X^{-\top}", 'op("det")(A X B) X^(-top)'),
    (mul(k, Transpose(Pow(X, add(k, num(-1))))), "k (X^(k-1))^T", "k (Xᵏ⁻¹)ᵀ", r"k (X^{k-1})^{\top}", "k (X^(k-1))^top"),
    (mul(num(1, 2), Transpose(w), w), "(1/2) w^T w", "(1/2) wᵀ w", r"\frac{1}{2} w^{\top} w", "frac(1, 2) w^top w"),
    (
        Div(mul(Transpose(x), A, x), Pow(call("norm", x), num(2))),
        "x^T A x/||x||^2", "xᵀ A x/‖x‖²", r"\frac{x^{\top} A x}{\lVert x \rVert^{2}}", "frac(x^top A x, norm(x)^(2))",
    ),
    (had(y, call("sin", x)), "y .* sin(x)", "y ∘ sin(x)", r"y \odot \sin(x)", 'y ⊙ op("sin")(x)'),
    (HadDiv(call("ones", n), x), "ones(n) ./ x", "ones(n) ⊘ x", r"\mathbf{1}_{n} \oslash x", "upright(bold(1))_(n) ⊘ x"),
    (HadPow(x, num(2)), "x.^2", "x.^2", r"x^{\odot 2}", "x^(⊙ 2)"),
    (mul(num(2), had(x, y)), "2 (x .* y)", "2 (x ∘ y)", r"2 (x \odot y)", "2 (x ⊙ y)"),
    (had(mul(A, x), y), "A x .* y", "A x ∘ y", r"A x \odot y", "A x ⊙ y"),
    (call("eye"), "I", "I", "I", "I"),
    (call("eye", n), "I_n", "Iₙ", "I_{n}", "I_(n)"),
    (call("ones", m, n), "ones(m, n)", "ones(m, n)", r"\mathbf{1}_{m \times n}", "upright(bold(1))_(m × n)"),
    (call("unit", i), "e_i", "eᵢ", "e_{i}", "e_(i)"),
    (mul(p, Pow(call("norm", x), add(p, num(-2))), x), "p ||x||^(p-2) x", "p ‖x‖ᵖ⁻² x", r"p \lVert x \rVert^{p-2} x", "p norm(x)^(p-2) x"),
    (mul(Derivative("u", (("x", False),)), Transpose(A)), "du/dx A^T", "∂u/∂x Aᵀ", r"\frac{\partial u}{\partial x} A^{\top}", "frac(∂ u, ∂ x) A^top"),
    (
        Derivative("A", (("x_p", False), ("x_q", False))),
        "d^2A/dx_p dx_q", "∂²A/∂xₚ ∂x_q", r"\frac{\partial^{2} A}{\partial x_{p} \, \partial x_{q}}", "frac(∂^(2) A, ∂ x_(p) thin ∂ x_(q))",
    ),
    (Transpose(Derivative("U", (("t", False),))), "(dU/dt)^T", "(∂U/∂t)ᵀ", r"\left(\frac{\partial U}{\partial t}\right)^{\top}", "(frac(∂ U, ∂ t))^top"),
    (Derivative("f", (("x", True),)), "df/dx^T", "∂f/∂xᵀ", r"\frac{\partial f}{\partial x^{\top}}", "frac(∂ f, ∂ x^top)"),
    (Derivative("f", (("x", False),), (mul(A, x),)), "df/dx(A x)", "∂f/∂x(A x)", r"\frac{\partial f}{\partial x}(A x)", "frac(∂ f, ∂ x)(A x)"),
    (Derivative("y", (("t", False), ("t", False))), "d^2y/dt^2", "∂²y/∂t²", r"\frac{\partial^{2} y}{\partial t^{2}}", "frac(∂^(2) y, ∂ t^(2))"),
    (
        Neg(IndexedSum("n", num(1), N, mul(Sym("alpha_n"), Sym("x_n")))),
        "-sum(n, 1, N, alpha_n x_n)", "-∑_{n=1}^N αₙ xₙ", r"-\sum_{n=1}^{N} \alpha_{n} x_{n}", "-∑_(n=1)^(N) α_(n) x_(n)",
    ),
    (
        IndexedSum("r", num(0), add(k, num(-1)), add(x, y)),
        "sum(r, 0, k-1, x + y)", "∑_{r=0}^{k-1} (x + y)", r"\sum_{r=0}^{k-1} (x + y)", "∑_(r=0)^(k-1) (x + y)",
    ),
    (Div(IndexedSum("n", num(1), N, x), N), "sum(n, 1, N, x)/N", "(∑_{n=1}^N x)/N", r"\frac{\sum_{n=1}^{N} x}{N}", "frac(∑_(n=1)^(N) x, N)"),
    (mul(IndexedSum("n", num(1), N, x), y), "sum(n, 1, N, x) y", "(∑_{n=1}^N x) y", r"\left(\sum_{n=1}^{N} x\right) y", "(∑_(n=1)^(N) x) y"),
    (call("kron", Transpose(B), A), "kron(B^T, A)", "Bᵀ ⊗ A", r"B^{\top} \otimes A", "B^top ⊗ A"),
    (call("norm", x, num(1)), "||x||_1", "‖x‖₁", r"\lVert x \rVert_{1}", "norm(x)_(1)"),
    (call("norm", x, Sym("inf")), "||x||_inf", "‖x‖_inf", r"\lVert x \rVert_{\infty}", "norm(x)_(∞)"),
    (call("norm", X, Sym("nuclear")), "||X||_*", "‖X‖_*", r"\lVert X \rVert_{*}", "norm(X)_(*)"),
    (call("norm", Div(x, t)), "||x/t||", "‖x/t‖", r"\left\lVert \frac{x}{t} \right\rVert", "norm(frac(x, t))"),
    (call("norm", mul(A, call("norm", x))), "||A (||x||)||", "‖A (‖x‖)‖", r"\lVert A \lVert x \rVert \rVert", "norm(A norm(x))"),
    (call("sigmoid", mul(Transpose(w), x)), "sigmoid(w^T x)", "σ(wᵀ x)", r"\sigma(w^{\top} x)", "sigma(w^top x)"),
    (call("logdet", X), "logdet(X)", "logdet(X)", r"\log\det(X)", 'op("log det")(X)'),
    (call("sqrt", mul(Transpose(x), x)), "sqrt(x^T x)", "sqrt(xᵀ x)", r"\sqrt{x^{\top} x}", "sqrt(x^top x)"),
    (call("exp", Div(x, t)), "exp(x/t)", "exp(x/t)", r"\exp\left(\frac{x}{t}\right)", 'op("exp")(frac(x, t))'),
    (num(-4), "-4", "-4", "-4", "-4"),
    (mul(num(-1), X, num(-2)), "-X (-2)", "-X (-2)", "-X (-2)", "-X (-2)"),
    (mul(num(2), num(3), X), "2 (3) X", "2 (3) X", r"2 \cdot 3 X", "2 ⋅ 3 X"),
    (mul(num(2), Pow(num(3), k)), "2 (3^k)", "2 (3ᵏ)", r"2 \cdot 3^{k}", "2 ⋅ 3^(k)"),
    (add(Neg(A), mul(num(-2), B), Neg(add(X, W))), "-A - 2 B - (X + W)", "-A - 2 B - (X + W)", "-A - 2 B - (X + W)", "-A - 2 B - (X + W)"),
    (Pow(beta, num(-1, 2)), "beta^(-1/2)", "β^(-1/2)", r"\beta^{-1/2}", "β^(-1/2)"),
    (Pow(X, Neg(k)), "X^-k", "X⁻ᵏ", "X^{-k}", "X^(-k)"),
    (Pow(X, Sym("T")), "X^((T))", "X^((T))", "X^{(T)}", "X^((T))"),
    (Pow(Pow(x, num(2)), num(3)), "(x^2)^3", "(x²)³", "(x^{2})^{3}", "(x^(2))^(3)"),
    (Transpose(XT), "(X^T)^T", "(Xᵀ)ᵀ", r"(X^{\top})^{\top}", "(X^top)^top"),
    (mul(X, Neg(y), mul(A, B)), "X (-y) (A B)", "X (-y) (A B)", "X (-y) (A B)", "X (-y) (A B)"),
    (Div(a, mul(b, Div(x, y))), "a/(b (x/y))", "a/(b (x/y))", r"\frac{a}{b \frac{x}{y}}", "frac(a, b frac(x, y))"),
    (Sym("W_train"), "W_train", "W_train", r"W_{\mathrm{train}}", 'W_(upright("train"))'),
    (Sym("A_ij"), "A_ij", "Aᵢⱼ", "A_{ij}", "A_(i j)"),
    (Sym("x_hat_n"), "x_hat_n", "x̂ₙ", r"\hat{x}_{n}", "hat(x)_(n)"),
    (Sym("Sigma_b"), "Sigma_b", "Sigma_b", r"\Sigma_{b}", "Σ_(b)"),
    (Sym("rate"), "rate", "rate", r"\mathrm{rate}", 'upright("rate")'),
    (Apply("u", (x,)), "u", "u", "u", "u"),
    (add(Apply("u", (x,)), Apply("u", (y,))), "u(x) + u(y)", "u(x) + u(y)", "u(x) + u(y)", "u(x) + u(y)"),
    (Apply("f", (mul(A, x),)), "f(A x)", "f(A x)", "f(A x)", "f(A x)"),
    (call("bars", x), "|x|", "|x|", r"\lvert x \rvert", "abs(x)"),
]  # fmt: skip

OPERATORS = [
    (Operator((By("X"),), ""), "d/dX", "∂/∂X", r"\frac{\partial}{\partial X}", "frac(∂, ∂ X)"),
    (Operator((By("x", transposed=True),), ""), "d/dx^T", "∂/∂xᵀ", r"\frac{\partial}{\partial x^{\top}}", "frac(∂, ∂ x^top)"),
    (
        Operator((By("x"), By("x", transposed=True)), ""),
        "d^2/dx dx^T", "∂²/∂x ∂xᵀ", r"\frac{\partial^{2}}{\partial x \, \partial x^{\top}}", "frac(∂^(2), ∂ x thin ∂ x^top)",
    ),
    (Operator((By("x"), By("x")), "", power=True), "d^2/dx^2", "∂²/∂x²", r"\frac{\partial^{2}}{\partial x^{2}}", "frac(∂^(2), ∂ x^(2))"),
    (Operator((By("X", index=("i", "j")),), ""), "d/dX_ij", "∂/∂Xᵢⱼ", r"\frac{\partial}{\partial X_{ij}}", "frac(∂, ∂ X_(i j))"),
    (Operator((), ""), "d", "d", r"\mathrm{d}", "upright(d)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tree", "notation", "text"),
    [(row[0], notation, text) for row in TABLE for notation, text in zip(TEXTS, row[1:], strict=True)],
)
def test_formula(tree, notation, text):
    assert write(tree, notation) == text


@pytest.mark.parametrize(
    ("operator", "notation", "text"),
    [(row[0], notation, text) for row in OPERATORS for notation, text in zip(TEXTS, row[1:], strict=True)],
)
def test_operator(operator, notation, text):
    assert write_operator(operator, notation) == text


@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_node_and_function_is_written(notation):
    """Each notation says every node and function on one line, or says that it cannot."""
    if notation in {"mathml", "svg"}:
        pytest.importorskip("latex2mathml" if notation == "mathml" else "ziamath")
    for tree in [*NODES, *calls()]:
        text = written(tree, notation)
        assert text.strip()
        assert "\n" not in text


def written(tree, notation):
    """The formula, or "E402" where SymPy cannot say it; any other error is one."""
    try:
        return write(tree, notation)
    except OutputError as error:
        if (notation, error.code) == ("sympy", "E402"):
            return error.code
        raise


def test_every_node_class_is_among_the_nodes():
    assert {type(tree) for tree in NODES} >= set(Expr.__args__) - {Relation, Together}  # problems have these


def test_bold_names():
    style = Style(bold=frozenset({"X", "beta", "x_n"}))
    tree = add(mul(X, beta), Sym("x_n"), x)
    assert write(tree, "latex", style) == r"\mathbf{X} \boldsymbol{\beta} + \mathbf{x}_{n} + x"
    assert write(tree, "typst", style) == "upright(bold(X)) bold(β) + upright(bold(x))_(n) + x"


def test_markdown_is_latex_between_dollars():
    assert write(mul(Transpose(B), X), "markdown") == r"$B^{\top} X$"
    assert write_operator(Operator((By("X"),), ""), "markdown") == r"$\frac{\partial}{\partial X}$"


def test_mathml_is_well_formed():
    pytest.importorskip("latex2mathml")
    from xml.dom.minidom import parseString

    for tree in [*NODES, *calls(), *(row[0] for row in TABLE)]:
        text = write(tree, "mathml")
        assert parseString(text).documentElement.tagName == "math"  # noqa: S318 # written two lines above
        assert "\\" not in text


def test_svg_is_one_well_formed_picture():
    pytest.importorskip("ziamath")
    text = write(X, "svg")
    assert ET.fromstring(text).tag.endswith("svg")  # noqa: S314 # our own text
    assert "\n" not in text


def test_svg_without_its_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "ziamath.zmath", None)
    with pytest.raises(OutputError) as caught:
        write(X, "svg")
    assert caught.value.code == "E403"
    assert "matdiff[svg]" in caught.value.hint


def test_mathml_without_its_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
    with pytest.raises(OutputError) as caught:
        write(X, "mathml")
    assert caught.value.code == "E403"
    assert "matdiff[mathml]" in caught.value.hint


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("latx", "did you mean 'latex'?"),
        ("LaTeX", "did you mean 'latex'?"),
        ("unicod", "did you mean 'unicode'?"),
        ("zzz", "there are unicode, ascii"),
    ],
)
def test_unknown_notation(asked, hint):
    with pytest.raises(OutputError) as caught:
        write(X, asked)
    assert caught.value.code == "E401"
    assert hint in caught.value.hint


def test_a_module_of_the_package_is_no_notation():
    with pytest.raises(OutputError):
        write(X, "walker")


@pytest.mark.parametrize("notation", [name for name in NOTATIONS if name not in {"mathml", "svg"}])
def test_deep_and_long_formulas(notation):
    """A formula a thousand levels deep or ten thousand terms long is written, as deep as the calculator goes."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        deep: Expr = x
        for _ in range(1000):
            deep = mul(X, Add((deep, x)))
        assert write(deep, notation).count("X") == 1000
    finally:
        sys.setrecursionlimit(limit)
    assert write(Add(tuple([x] * 10_000)), notation).count("x") == 10_000


@settings(max_examples=300, deadline=None)
@given(formulas())
def test_brackets_match(tree):
    r"""In LaTeX every brace, every \left and every bar of a norm is closed in order; in Typst every parenthesis."""
    latex = write(tree, "latex")
    assert _matched(latex.replace(r"\lVert", "<").replace(r"\rVert", ">"))
    assert latex.count(r"\left") == latex.count(r"\right")
    assert _matched(write(tree, "typst"))
    assert _matched(write(tree, "ascii"))


def _matched(text):
    closing = {"(": ")", "{": "}", "<": ">", "[": "]"}
    expected = []
    for character in text:
        if character in closing:
            expected.append(closing[character])
        elif character in closing.values() and (not expected or expected.pop() != character):
            return False
    return not expected


@settings(max_examples=200, deadline=None)
@given(formulas())
def test_sympy_text_is_one_python_expression(tree):
    assert isinstance(ast.parse(written(tree, "sympy"), mode="eval").body, ast.expr)


def test_names_are_data():
    """No name, however odd, gets out of its place in LaTeX or Typst."""
    assert write(Sym("a_b_c"), "latex") == "a_{b,c}"
    assert write(Sym("ab_cde_f"), "latex") == r"\mathrm{ab}_{\mathrm{cde},f}"
    assert write(Sym("input"), "latex") == r"\mathrm{input}"
    assert write(Sym("class"), "sympy") == "class_"
    assert write(Sym("max"), "typst") == 'upright("max")'
    assert write(Call("pi", ()), "latex") == r"\pi"
    assert write(Mul((Sym("beta"), Sym("beta_hat"))), "latex") == r"\beta \hat{\beta}"
