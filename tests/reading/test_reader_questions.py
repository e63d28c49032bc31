"""Operators, declarations and whole questions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from trees import told, variables

from matdiff.calculator import Question, answer
from matdiff.reading.reader import read_declarations, read_expression, read_operator, read_question
from matdiff.reading.shapes import infer

CORPUS = Path(__file__).parent.parent / "corpus"
OPERATORS = [
    ("d/dX", "X"),
    ("∂/∂X", "X"),
    ("d / dX", "X"),
    (r"\frac{\partial}{\partial \mathbf X}", "X"),
    (r"\frac{d}{dX}", "X"),
    (r"\frac{\mathrm d}{\mathrm d x}", "x"),
    (r"\frac{\mathrm{d}}{\mathrm{d}x}", "x"),
    ("partial/partial X", "X"),
    (r"\partial/\partial\mathbf{X}", "X"),
    ("∇_x", "x"),
    (r"\nabla_{\mathbf x}", "x"),
    ("grad_X", "X"),
    ("d/dbeta", "beta"),
    ("d/dβ", "beta"),
    (r"d/d\beta", "beta"),
    ("d/dW_{train}", "W_train"),
    ("d/dclass", "class"),
    ("X", "X"),
    ("d/dx^T", "x^T"),
    ("∂/∂xᵀ", "x^T"),
    (r"\frac{\partial}{\partial x^\top}", "x^T"),
    ("d", ""),
    ("d^2/dx^2", "x x"),
    ("d2/dx2", "x x"),
    ("∂²/∂x²", "x x"),
    ("d^2/dx dx^T", "x x^T"),
    ("d²/dxdxᵀ", "x x^T"),
    ("∂²/∂x∂xᵀ", "x x^T"),
    (r"\frac{\partial^2}{\partial x \partial y^T}", "x y^T"),
    ("d^2/dp dq", "p q"),
    ("d^2/dx_p dx_q", "x_p x_q"),
    ("d^3/dx^3", "x x x"),
    (r"\frac{d^2}{dx\,dx^T}", "x x^T"),
]
IN_FRONT = [
    ("d/dX tr(X^T B X)", "X", "tr(Mul(Transpose(X) B X))"),
    ("∇_x ‖x‖²", "x", "Pow(norm(x), 2)"),
    ("d/dx^T A x", "x^T", "Mul(A x)"),
    ("d^2/dx dx^T x^T A x", "x x^T", "Mul(Transpose(x) A x)"),
    (r"\frac{\partial}{\partial x} x^T x", "x", "Mul(Transpose(x) x)"),
    (r"\frac{\partial \operatorname{tr}(X)}{\partial X}", "X", "tr(X)"),
    ("∂tr(X)/∂X", "X", "tr(X)"),
    ("d(x'A x)/dx", "x", "Mul(Transpose(x) A x)"),
    (r"$\frac{d}{dX} \log\det X$", "X", "log(det(X))"),
]
DECLARATIONS = [
    ("A in R^{m x n}", "A m n matrix"),
    ("A ∈ ℝ^{m×n}", "A m n matrix"),
    (r"A \in \mathbb{R}^{m \times n}", "A m n matrix"),
    ("A: m x n", "A m n matrix"),
    ("A ∈ ℝᵐˣⁿ", "A m n matrix"),
    ("A ∈ ℝᵐ×ⁿ", "A m n matrix"),
    ("A in R^(m x n)", "A m n matrix"),
    ("A in R^{mxn}", "A m n matrix"),
    ("A: 2x3", "A 2 3 matrix"),
    ("A matrix", "A None None matrix"),
    ("x in R^n", "x n 1 vector"),
    ("x: n", "x n 1 vector"),
    ("x vector", "x None None vector"),
    ("t in R", "t 1 1 scalar"),
    ("t scalar", "t 1 1 scalar"),
    ("k in N", "k 1 1 integer"),
    ("k integer", "k None None integer"),
    ("S symmetric", "S None None matrix symmetric"),
    ("S in R^{n x n} symmetric", "S n n matrix symmetric"),
    ("P spd", "P None None matrix spd"),
    ("A: n x n symmetric positive definite", "A n n matrix spd"),
    ("L lower triangular", "L None None matrix lower"),
    ("K skew-symmetric", "K None None matrix skew"),
    ("let Q orthogonal", "Q None None matrix orthogonal"),
    ("x in R^{12}", "x 12 1 vector"),
    ("v in R^{m n x (n+1)}", "v m*n n+1 matrix"),
    ("w in R^{n-1}", "w n-1 1 vector"),
    (r"\alpha_n in R", "alpha_n 1 1 scalar"),
    ("class in R^n", "class n 1 vector"),
    ("d in R^q", "d q 1 vector"),
]


@pytest.mark.parametrize(("text", "expected"), OPERATORS)
def test_an_operator_names_its_variables(text, expected):
    assert variables(read_operator(text)) == expected


def test_a_power_of_one_variable_is_told_from_two_variables():
    assert read_operator("d^2/dx^2").power
    assert not read_operator("d^2/dx dx^T").power
    assert not read_operator("d/dx").power


def test_an_entry_of_a_declared_variable_has_an_index_and_a_member_of_a_family_has_none():
    assert variables(read_operator("d/dX_ij", {"X"})) == "X[i,j]"
    assert variables(read_operator("d/dx_i", {"x"})) == "x[i]"
    assert variables(read_operator("d/dalpha_m", {"alpha_n"})) == "alpha_m"


@pytest.mark.parametrize(("text", "operator", "tree"), IN_FRONT)
def test_an_operator_may_stand_in_front_of_its_expression(text, operator, tree):
    reading = read_question(text)
    assert (variables(reading.operator), told(reading.expression)) == (operator, tree)


def test_an_expression_alone_has_no_operator():
    assert read_question("tr(X)").operator is None


def test_the_variable_of_the_operator_is_a_name_of_its_own():
    assert told(read_question("tr(Xw)", wrt="d/dXw").expression) == "tr(Xw)"


@pytest.mark.parametrize(("text", "expected"), DECLARATIONS)
def test_a_declaration_says_kind_sizes_and_structure(text, expected):
    (found,) = read_declarations(text)
    assert f"{found.name} {found.rows} {found.columns} {found.kind} {found.structure}".strip() == expected


def test_names_share_a_declaration_and_functions_have_arguments():
    found = {item.name: item for item in read_declarations("x, y in R^n; A(x_p, x_q) in R^{m x n}, n = 3")}
    assert (found["x"].rows, found["y"].rows, found["x"].args) == ("n", "n", ())
    assert found["A"].args == ("x_p", "x_q")
    assert found["n"].value == 3


def test_what_several_declarations_say_of_a_name_is_put_together():
    (found,) = read_question("tr(X)", where=("X in R^{n x n}", "X symmetric")).declarations
    assert (found.rows, found.columns, found.structure) == ("n", "n", "symmetric")


@pytest.mark.parametrize(
    "text", ["x^T A x where A symmetric, x in R^n", r"x^T A x \quad \text{where } A symmetric, x in R^n"]
)
def test_declarations_may_stand_behind_the_word_where(text):
    reading = read_question(text)
    assert told(reading.expression) == "Mul(Transpose(x) A x)"
    assert [item.name for item in reading.declarations] == ["A", "x"]


def cases(name):
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]


VISIBLE = {case["id"]: case for case in cases("visible.jsonl")}


@pytest.mark.parametrize("case", cases("variants_visible.jsonl"), ids=lambda case: case["id"])
def test_another_spelling_of_a_question_is_read_as_the_same_question(case):
    """The 2 of a vector's norm is not written everywhere, and NumPy's * waits for shapes: both are spelled out before
    comparing.
    """
    known = VISIBLE[case["same_as"]]
    other = read_question(case["expr"], case["wrt"], (case["where"],))
    same = read_question(known["expr"], known["wrt"], (known["where"],))
    assert other.operator.by == same.operator.by
    assert other.declarations == same.declarations
    if "@" in case["expr"]:  # @ waits for shapes as well: both are compared with them
        assert told(infer(other).expression) == told(infer(same).expression)
        return
    assert told(other.expression).replace(", 2), 2)", "), 2)").replace("times(y, c)", "Had(y c)") == told(
        same.expression
    )


@pytest.mark.parametrize("case", VISIBLE.values(), ids=lambda case: case["id"])
def test_questions_and_answers_of_the_books_are_in_the_language(case):
    reading = read_question(case["expr"], case["wrt"], (case["where"],))
    assert len(reading.operator.by) == case["order"]
    if case.get("expected"):
        functions = {item.name: item.args for item in reading.declarations if item.args}
        names = {item.name for item in reading.declarations} | {by.name for by in reading.operator.by}
        assert told(read_expression(case["expected"], names, functions))


@pytest.mark.parametrize(
    ("wrt", "expr", "expected"),
    [
        ("d/dw", "eta/2||w-w_t||²+l(w)", "eta (w - w_t) + dl/dw"),
        ("d/dw", r"\sum_i \ell(w^T x_i, y_i)", "sum(i, 1, N, dell/dz(w^T x_i, y_i) x_i)"),
        ("df/dx", "f = x^T A x", "(A + A^T) x"),
        (r"\frac{\partial \mathcal{L}}{\partial W}", r"\mathcal{L} = \frac12 \|W x - y\|^2", "(W x - y) x^T"),
        ("d/dt", "x^T(t) P x(t) where x(t) in R^n, P in R^{n x n} symmetric", "2 dx/dt P x"),
    ],
)
def test_losses_and_functions_as_papers_write_them(wrt, expr, expected):
    assert answer(Question(expr, wrt)).ascii == expected
