"""Matrices written out, in numbers and in blocks: the same answer as for what they stand for."""

import inspect

import pytest

from matdiff import MatdiffError, derivative

SAME = [  # text, operator, plain, declarations
    ("x'*[1 2; 3 4]*x", "d/dx", "x_1^2 + 5 x_1 x_2 + 4 x_2^2", "x in R^2"),
    (r"x^T \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} x", "d/dx", "x_1^2 + 5 x_1 x_2 + 4 x_2^2", "x in R^2"),
    (r"x^T \left[\begin{array}{cc} 2 & -1 \\ -1 & 2 \end{array}\right] x", "d/dx", "x'*[2 -1; -1 2]*x", "x in R^2"),
    ("(x - [1; 2])'*(x - [1; 2])", "d/dx", "||x - e_1 - 2 e_2||^2", "x in R^2"),
    ("[1 2 3]*x", "d/dx", "e_1^T x + 2 e_2^T x + 3 e_3^T x", "x in R^3"),
    ("[1 -2; 3 - 4 5]*x", "d/dx", "[1 -2; -1 5]*x", "x in R^2"),
    ("[x; y]'*[A B; B' D]*[x; y]", "d/dx", "x^T A x + 2 x^T B y + y^T D y", "A symmetric, D symmetric"),
    ("||[A; B] x - [a; b]||^2", "d/dx", "||A x - a||^2 + ||B x - b||^2", ""),
    ("[A x; b]'*[A x; b]", "d/dx", "||A x||^2 + b^T b", ""),
    (r"\det \begin{pmatrix} A & 0 \\ 0 & X \end{pmatrix}", "d/dX", "det(A) det(X)", ""),
    ("logdet([A b; b' c])", "d/db", "logdet(A) + log(c - b^T A^-1 b)", "c in R, A symmetric"),
    ("tr([A X; X' D]^2)", "d/dX", "tr(A A) + 2 tr(X X^T) + tr(D D)", ""),
    ("||[X; A]||_F^2", "d/dX", "||X||_F^2 + ||A||_F^2", ""),
    ("sum(exp([x; y]))", "d/dx", "sum(exp(x)) + sum(exp(y))", "x in R^n, y in R^m"),
    ("tr([A 0; 0 X])", "d/dX", "tr(A) + tr(X)", ""),
    ("norm([x; 1])^2", "d/dx", "x^T x + 1", ""),
    ("[x + y; y]'*[x + y; y]", "d/dx", "||x + y||^2 + y^T y", ""),
]
REFUSED = [
    ("[A, B] x", "d/dx", "E125", ""),
    ("[1, 2] x", "d/dx", "E125", ""),
    ("[1 2; 3 4 5] x", "d/dx", "E101", ""),
    ("[A; ] x", "d/dx", "E105", ""),
    (r"\begin{pmatrix} 1 & 2 \\ 3 \end{pmatrix} x", "d/dx", "E101", ""),
    (r"\begin{cases} x & y \end{cases}", "d/dx", "E115", ""),
    ("[1 2; 3 4]*x", "d/dx", "E201", "x in R^3"),
    (r"\begin{bmatrix} a & b \\ c & d \end{bmatrix} x", "d/dx", "E125", ""),
]
WHOLE = [  # text, operator, plain, declarations: a block matrix beside what has no blocks
    ("||[A B; C D] x||^2", "d/dx", "||A e_{1:2}^T x + B e_{3:5}^T x||^2 + ||C e_{1:2}^T x + D e_{3:5}^T x||^2", ""),
    ("||[A B; C D] x||^2", "d/dB", "||A e_{1:2}^T x + B e_{3:5}^T x||^2 + ||C e_{1:2}^T x + D e_{3:5}^T x||^2", ""),
    (
        "[y; 1]'*M*[y; 1]",
        "d/dy",
        "y^T e_{1:2}^T M e_{1:2} y + y^T e_{1:2}^T M e_3 + e_3^T M e_{1:2} y + e_3^T M e_3",
        "",
    ),
    ("u'*[A; C]*y", "d/dy", "u^T e_{1:2} A y + u^T e_{3:4} C y", ""),
    (
        "u'*[A B; C D]*x",
        "d/dx",
        "u^T (e_{1:2} A + e_{3:4} C) e_{1:2}^T x + u^T (e_{1:2} B + e_{3:4} D) e_{3:5}^T x",
        "",
    ),
    ("x(end)*x(end-1)", "d/dx", "x_5 x_4", ""),
    ("sum(x(2:3).^2) + x(1)*x(5)", "d/dx", "x_2^2 + x_3^2 + x_1 x_5", ""),
    ("sum((x(2:end) - x(1:end-1)).^2)", "d/dx", "||e_{2:5}^T x - e_{1:4}^T x||^2", ""),
]
SIZES = (
    "A in R^{2 x 2}, B in R^{2 x 3}, C in R^{2 x 2}, D in R^{2 x 3}, x in R^5, y in R^2, u in R^4, M in R^{3 x 3},"
    " N in R^{2 x 2}"
)
GROUPS = ["tr[A x x^T]", r"\left[ x - y \right]^T \left[ x - y \right]", "x^T [A + B] x", "[x]^T [x]"]


@pytest.mark.parametrize(("text", "wrt", "plain", "where"), SAME)
def test_a_matrix_written_out_is_what_its_cells_say(text, wrt, plain, where):
    numpy = pytest.importorskip("numpy")
    one, other = derivative(text, wrt, where=where), derivative(plain, wrt, where=where)
    if one.ascii == other.ascii:
        return
    rng = numpy.random.default_rng(1)
    x = rng.standard_normal(one.symbols["x"].shape[0])
    assert numpy.allclose(one.function()(x=x), other.function()(x=x))


@pytest.mark.parametrize(("text", "wrt", "code", "where"), REFUSED)
def test_what_blocks_do_not_tell_is_refused(text, wrt, code, where):
    with pytest.raises(MatdiffError) as raised:
        derivative(text, wrt, where=where)
    assert raised.value.code in {code, "E213"} if code == "E201" else raised.value.code == code


@pytest.mark.parametrize(("text", "wrt", "plain", "where"), WHOLE)
def test_what_has_no_blocks_is_cut_as_the_matrix_beside_it_is(text, wrt, plain, where):
    numpy = pytest.importorskip("numpy")
    rng, got = numpy.random.default_rng(3), []
    draws = {}
    for question in (text, plain):
        answer = derivative(question, wrt, where=(SIZES, where) if where else SIZES)
        function = answer.function()
        for name in inspect.signature(function).parameters:
            draws.setdefault(
                name, 0.4 * rng.standard_normal([side for side in answer.symbols[name].shape if side != 1])
            )
        got.append(function(**{name: draws[name] for name in inspect.signature(function).parameters}))
        assert answer.certificate.status != "no"
    assert numpy.allclose(*got)


@pytest.mark.parametrize("text", GROUPS)
def test_square_brackets_without_rows_only_group(text):
    assert derivative(text, "d/dx").ascii == derivative(text.replace("[", "(").replace("]", ")"), "d/dx").ascii


def test_what_is_taken_for_granted_is_noted():
    assert any("invertible" in note for note in derivative("logdet([A B; C D])", "d/dA").notes)
