"""Answers read as the books print them."""

from __future__ import annotations

import pytest

from matdiff.calculator import Question, answer
from matdiff.checking.check import check


def printed(wrt, expr, where=""):
    return answer(Question(expr, wrt, (where,) if where else ())).ascii


@pytest.mark.parametrize(
    ("wrt", "expr", "where", "form"),
    [
        ("d/dt", "e^{2 t}", "", "2 exp(2 t)"),
        ("d/dx", "e^{-||x||^2/2}", "", "-exp(-||x||^2/2) x"),
        ("d/dt", "a^t", "", "a^t log(a)"),
    ],
)
def test_powers_of_e_are_exponentials(wrt, expr, where, form):
    assert printed(wrt, expr, where) == form


@pytest.mark.parametrize(
    ("wrt", "expr", "where", "form"),
    [
        ("d/dX", "det(A - X)", "", "-det(A - X) (A - X)^-T"),
        ("d/dX", "logdet(A - X)", "", "-(A - X)^-T"),
        ("d/dX", "(A - X)^-1", "", "kron((A - X)^-1, (A - X)^-T)"),
        ("d/dD", "det(A - B D^-1 C)", "", "det(A - B D^-1 C) (D^-1 C (A - B D^-1 C)^-1 B D^-1)^T"),
        ("d/dw", "||y - X w||^2", "", "-2 X^T (y - X w)"),
        ("d/dw", "||X w - y||^2", "", "2 X^T (X w - y)"),
        ("d/dw", "sum(n, 1, N, (t_n - w^T x_n)^2)", "", "-2 sum(n, 1, N, (t_n - w^T x_n) x_n)"),
        ("d/dx", "log(1 - a^T x)", "", "-a/(1 - a^T x)"),
        ("d/dx", "1/(1 - a^T x)", "", "a/(1 - a^T x)^2"),
        ("d/dmu", "(x - mu)^T S^-1 (x - mu)", "x in R^n, mu in R^n, S spd", "-2 S^-1 (x - mu)"),
    ],
)
def test_a_difference_keeps_the_sign_that_the_question_wrote(wrt, expr, where, form):
    assert printed(wrt, expr, where) == form


@pytest.mark.parametrize(
    ("wrt", "expr", "where", "form"),
    [
        ("d/dS", "tr(A S^-1) + tr(B S)", "S symmetric", "(B - S^-1 (A + A^T) S^-1 + B^T)/2"),
        ("d/dS", "x^T S x + logdet(S)", "S spd", "x x^T + S^-1"),
        ("d/dK", "logdet(K)", "K skew", "-K^-1"),
        ("d/dK", "det(K)", "K skew", "-det(K) K^-1"),
        ("d/dK", "tr(K^T K)", "K skew", "2 K"),
    ],
)
def test_projections_are_collected_term_by_term(wrt, expr, where, form):
    assert printed(wrt, expr, where) == form


@pytest.mark.parametrize(
    ("wrt", "expr", "where", "form"),
    [
        ("d/dB", "tr(dexpm(M, B))", "", "expm(M)^T"),
        ("d/dt", "tr(expm(A + t B))", "A in R^{n x n}", "tr(expm(A + t B) B)"),
        ("d/dt", "tr(logm(A + t B))", "A in R^{n x n}", "tr((A + t B)^-1 B)"),
        ("d/dR", "tr(R logm(R))", "", "logm(R)^T + I"),
        ("d/dM", "tr(expm(M)^2)", "", "2 (expm(M)^2)^T"),
        ("d/dM", "tr(A expm(M))", "", "dexpm(M^T, A^T)"),
    ],
)
def test_no_change_of_a_matrix_function_stays_under_a_trace(wrt, expr, where, form):
    assert printed(wrt, expr, where) == form


@pytest.mark.parametrize(
    ("expr", "form"),
    [
        ("||(I - X pinv(X)) y||^2", "2 (X pinv(X) - I) y y^T pinv(X)^T"),
        ("y^T X pinv(X) y", "2 (I - X pinv(X)) y y^T pinv(X)^T"),
        ("tr(A X (I - pinv(X) X))", "0"),
        ("tr(A X pinv(X) X)", "A^T"),
        ("tr(X^T X pinv(X) A)", "A"),
        ("tr(A pinv(X)^T pinv(X) X) - tr(A pinv(X)^T)", "0"),
    ],
)
def test_projectors_leave_alone_what_lies_in_their_range(expr, form):
    assert printed("d/dX", expr, "X in R^{m x n}") == form


@pytest.mark.parametrize(
    ("wrt", "expr", "where", "form"),
    [
        ("d/dx", "\\sum_i x_i^2", "", "2 x"),
        ("d/dx", "\\sum_{i=1}^n \\sum_{j=1}^n A_{ij} x_i x_j", "", "(A + A^T) x"),
        ("d/dX", "\\sum_{i,j} X_{ij}^2", "", "2 X"),
        ("d/dx", "log(sum(i, 1, n, exp(x_i)))", "x in R^n", "softmax(x)"),
        ("d/dX", "\\sum_i X_{ii}", "X in R^{n x n}", "I"),
        ("d/dp", "-\\sum_i p_i log(p_i)", "", "-log(p) - 1"),
        ("d/dx", "sum(i, 1, n - 1, x_i^2)", "x in R^n", "2 sum(i, 1, n-1, x_i e_i)"),
    ],
)
def test_a_sum_over_all_entries_is_a_contraction(wrt, expr, where, form):
    assert printed(wrt, expr, where) == form


def test_code_for_a_sum_over_all_entries_has_no_loop():
    code = answer(Question("sum(i, 1, n, sum(j, 1, n, A_ij x_i x_j))", "d/dx", ("A in R^{n x n}",))).code("numpy")
    assert "for " not in code.rpartition('"""')[2]
    assert "einsum" not in code


@pytest.mark.parametrize(
    ("wrt", "expr", "where", "form"),
    [
        ("d/dx", "tanh(W x)", "", "W^T diag(1 - tanh(W x).^2)"),
        ("d/dX", "tanh(A X)", "A in R^{m x n}, X in R^{n x p}", "kron(I_p, A^T) diag(vec(1 - tanh(A X).^2))"),
        ("d/dx", "sum(atan(x))", "x in R^n", "1 ./ (1 + x.^2)"),
        ("d/dx", "sum(1 ./ x)", "x in R^n", "-1 ./ x.^2"),
        ("d/dx", "sum(x.^2) + sum(x)", "x in R^n", "2 x + ones(n)"),
        ("d/dX", "tr(X^T A X) + sum(X)", "A in R^{n x n}, X in R^{n x n}", "(A + A^T) X + ones(n, n)"),
    ],
)
def test_a_number_stands_beside_a_function_of_every_entry(wrt, expr, where, form):
    assert printed(wrt, expr, where) == form


@pytest.mark.parametrize(
    ("wrt", "expr", "where", "form"),
    [
        ("d/dx", "x^T x/(1 + x^T x)", "", "2 x/(1 + x^T x)^2"),
        ("d/db", "b^T B b/(b^T B b)", "", "0"),
        ("d/dx", "x^T A x/(x^T x)", "A symmetric", "2 (A x - (x^T A x) x/(x^T x))/(x^T x)"),
        ("d/dx", "x^T A x/(x^T x)", "", "((A + A^T) x - 2 (x^T A x) x/(x^T x))/(x^T x)"),
        ("d/dx", "sum((x - mean(x)).^2)", "x in R^n", "2 (x - mean(x))"),
        ("d/dx", "sum(x - mean(x) ones(n)) + a^T x", "x in R^n", "a"),
        ("d/dX", "||X + X^T||_F^2", "X in R^{n x n}", "4 (X + X^T)"),
        ("d/dx", "sum(i, 1, N, a_i^T x) - sum(i, 1, N, b_i^T x)", "a_i in R^n, b_i in R^n", "sum(i, 1, N, a_i - b_i)"),
        ("d/dX", "sum(X.^A)", "X in R^{m x n}", "A .* X.^(A-1)"),
        ("d/dX", "sum(A.^X)", "X in R^{m x n}", "log(A) .* A.^X"),
        ("d/dx", "sum(erf(x))", "x in R^n", "2 exp(-x.^2)/sqrt(pi)"),
    ],
)
def test_quotients_means_and_sums(wrt, expr, where, form):
    assert printed(wrt, expr, where) == form


@pytest.mark.parametrize(
    ("wrt", "expr", "where", "form"),
    [
        ("d/dX_ij", "logdet(X)", "X in R^{n x n} symmetric", "2 e_i^T X^-1 e_j"),
        ("d/dX_12", "logdet(X)", "X in R^{n x n} spd", "2 e_1^T X^-1 e_2"),
        ("d/dX_11", "logdet(X)", "X in R^{n x n} symmetric", "e_1^T X^-1 e_1"),
        ("d/dS_ij", "x^T S x", "S symmetric", "2 x_i x_j"),
        ("d/dK_ij", "x^T K y", "K skew", "x_i y_j - x_j y_i"),
        ("d/dK_11", "x^T K y", "K skew", "0"),
    ],
)
def test_by_a_free_entry(wrt, expr, where, form):
    found = answer(Question(expr, wrt, (where,)))
    assert found.ascii == form
    assert any("free entry" in note for note in found.notes) == (wrt not in {"d/dX_11", "d/dK_11"})


def test_powers_of_one_base_with_a_number_and_with_a_letter_are_kept_apart():
    form = printed("d/dt", "t^k t f(t) x", "x in R^n, k in N, f(t) in R")
    assert form == "(t^k f (k + 1) + t^(k+1) df/dt) x^T"
    question = Question(
        "(t X)^k (t A + t B) (3/4 (t x)) f(t)", "d/dt", ("X in R^{4 x 4}, k in N, A, B in R^{4 x 3}, f(t) in R",)
    )
    assert check(question, answer(question).ascii).verdict == "proved"


@pytest.mark.parametrize(
    ("expr", "form"),
    [
        ("vec(A)^T vec(X)", "A"),
        ("||vec(X) - vec(Y)||^2", "2 (X - Y)"),
        ("vec(A^T)^T vec(X)", "unvec(vec(A^T), p, q)"),
        ("tr(A unvec(vec(X), n, n))", "A^T"),
        ("sum(B .* unvec(vec(X), p, q))", "B"),
    ],
)
def test_vec_beside_vec_tells_the_shape(expr, form):
    assert printed("d/dX", expr) == form


@pytest.mark.parametrize(
    ("wrt", "expr", "form"),
    [
        ("d/dX", "logdet(diag(diag(X)))", "diag(1 ./ diag(X))"),
        ("d/dX", "tr(A diag(diag(X))^-1)", "-diag(diag(A) ./ diag(X).^2)"),
        ("d/dX", "a^T diag(X b)^-1 c", "-(a .* c ./ (X b).^2) b^T"),
        ("d/dx", "a^T diag(A x)^-1 b", "-A^T (a .* b ./ (A x).^2)"),
    ],
)
def test_the_inverse_of_a_diagonal_matrix_is_taken_entry_by_entry(wrt, expr, form):
    assert printed(wrt, expr) == form


@pytest.mark.parametrize(
    ("expr", "form"),
    [
        (
            "(x - mean(x))/sqrt(mean((x - mean(x)).^2))",
            "sqrt(n) (I - (x - mean(x)) (x - mean(x))^T/||x - mean(x)||^2 - ones(n, n)/n)/||x - mean(x)||",
        ),
        (
            "sum(((x - mean(x))/sqrt(mean((x - mean(x)).^2))) .* a)",
            "sqrt(n) (a - ((x - mean(x))^T a) (x - mean(x))/||x - mean(x)||^2 - sum(a) ones(n)/n)/||x - mean(x)||",
        ),
        ("x/sqrt(mean(x.^2))", "sqrt(n) (I - x x^T/||x||^2)/||x||"),
    ],
)
def test_normalised_vectors_keep_their_roots_and_means_together(expr, form):
    assert printed("d/dx", expr, "x in R^n") == form


@pytest.mark.parametrize(
    ("expr", "form"),
    [
        ("(a^T x)/(b^T x)", "(a - (a^T x) b/(b^T x))/(b^T x)"),
        ("(x^T b)^2", "2 (x^T b) b"),
        ("(b^T A x)^3", "3 (b^T A x)^2 A^T b"),
    ],
)
def test_scalar_products_lie_as_the_question_wrote_them(expr, form):
    assert printed("d/dx", expr) == form


@pytest.mark.parametrize(
    ("expr", "form"),
    [
        ("||x||_p", "||x||_p^(1-p) (sign(x) .* abs(x).^(p-1))"),
        ("||A x - b||_p", "||A x - b||_p^(1-p) A^T (sign(A x - b) .* abs(A x - b).^(p-1))"),
        ("||x||_3", "(abs(x) .* x)/||x||_3^2"),
        ("||x||_4", "x.^3/||x||_4^3"),
        ("||x - a||_3^2", "2 (abs(x - a) .* (x - a))/||x - a||_3"),
        ("sum(x.^4)^(1/4)", "x.^3/sum(x.^4)^(3/4)"),
        ("sum(x.^3)^(1/3) + ||x||", "x.^2/sum(x.^3)^(2/3) + x/||x||"),
    ],
)
def test_powers_of_a_norm_where_the_question_writes_norms(expr, form):
    assert printed("d/dx", expr) == form


@pytest.mark.parametrize(
    ("expr", "form"),
    [
        ("sum(gelu(x))", "ones(n)/2 + erf(x/sqrt(2))/2 + (exp(-x.^2/2) .* x)/sqrt(2 pi)"),
        ("sum(sin(sqrt(2/pi) x))", "sqrt(2/pi) cos(sqrt(2/pi) x)"),
        ("var(x)", "(2/n) (x - mean(x))"),
        ("std(x)", "(x - mean(x))/(sqrt(n) ||x - mean(x)||)"),
    ],
)
def test_roots_of_constants_and_means_stay_together(expr, form):
    assert printed("d/dx", expr, "x in R^n") == form


@pytest.mark.parametrize(
    ("wrt", "expr", "where", "form"),
    [
        (
            "d^2/dw dw^T",
            "-(y^T log(sigmoid(X w)) + (1 - y)^T log(1 - sigmoid(X w)))",
            "",
            "X^T diag(sigmoid(X w) .* sigmoid(-X w)) X",
        ),
        (
            "d^2/dw dw^T",
            "-sum(n,1,N, y_n log(sigmoid(w^T x_n)) + (1 - y_n) log(1 - sigmoid(w^T x_n)))",
            "",
            "sum(n, 1, N, sigmoid(w^T x_n) sigmoid(-w^T x_n) x_n x_n^T)",
        ),
    ],
)
def test_the_two_halves_of_a_cross_entropy_are_one(wrt, expr, where, form):
    assert printed(wrt, expr, where) == form


@pytest.mark.parametrize(
    ("wrt", "expr", "where", "form"),
    [
        (
            "d/dmu",
            "-((nu + d)/2) log(1 + (x - mu)^T S^-1 (x - mu)/nu)",
            "S spd, nu in R, d in R, x in R^p, mu in R^p",
            "(nu + d) S^-1 (x - mu)/(nu + (x - mu)^T S^-1 (x - mu))",
        ),
        (
            "d/dmu",
            "-sum(n,1,N, log(1 + (x_n - mu)^2/s^2))",
            "x_n in R",
            "2 sum(n, 1, N, (x_n - mu)/(s^2 + (x_n - mu)^2))",
        ),
        ("d/dx", "log(1 + x^T x/s^2)", "s in R", "2 x/(s^2 + x^T x)"),
    ],
)
def test_no_quotient_stays_below_the_line_where_the_product_has_its_denominator(wrt, expr, where, form):
    assert printed(wrt, expr, where) == form


@pytest.mark.parametrize(
    ("wrt", "expr", "form"),
    [
        ("d/dx", "var(A x)", "(2/m) A^T (A x - mean(A x))"),
        ("d/dW", "-log(softmax(W x)_y)", "(softmax(W x) - e_y) x^T"),
        ("d/dx", "log(softmax(A x + b)_k)", "A^T (e_k - softmax(A x + b))"),
        ("d/dx", "var(A x + b)", "(2/m) A^T (A x + b - mean(A x + b))"),
        ("d/dx", "var(x + b)", "(2/n) (x + b - mean(x + b))"),
        ("d/dX", "var(X)", "(2/(n m)) (X - sum(X) ones(m, n)/(n m))"),
        ("d/dX", "var(A X)", "(2/(p m)) A^T (A X - sum(A X) ones(m, p)/(p m))"),
        ("d/dx", "sum(max(A x - b, 0).^2)", "2 A^T relu(A x - b)"),
        ("d^2/dx dx^T", "sum(max(A x - b, 0).^2)", "2 A^T diag(step(A x - b)) A"),
    ],
)
def test_means_stay_means_and_positive_parts_stay_whole(wrt, expr, form):
    assert printed(wrt, expr) == form
