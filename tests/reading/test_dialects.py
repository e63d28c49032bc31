"""Mathematica, SymPy, MATLAB and Julia: the same answer as for the plain spelling, or a refusal that says why."""

import pytest

from matdiff import MatdiffError, derivative

SAME = [  # text, operator, plain, declarations
    ("Det[X]", "d/dX", "det(X)", ""),
    ("Log[Det[X]]", "d/dX", "logdet(X)", ""),
    ("Det(X)", "d/dX", "det(X)", ""),
    ("Tr[Transpose[X].A.X]", "d/dX", "tr(X^T A X)", ""),
    ("Tr(Transpose(X)*A*X)", "d/dX", "tr(X^T A X)", ""),
    ("Tr(Inverse(X))", "d/dX", "tr(X^-1)", ""),
    ("tr(X.I*A)", "d/dX", "tr(X^-1 A)", ""),
    ("Tr[X^T B X]", "d/dX", "tr(X^T B X)", ""),
    ("Tr[A.X]", "d/dX", "tr(A X)", ""),
    ("Norm[x]^2", "d/dx", "||x||^2", "x in R^n"),
    ("Exp(a'*x)", "d/dx", "exp(a^T x)", ""),
    ("Total[x]", "d/dx", "sum(x)", "x in R^n"),
    ("Tr[MatrixExp[X]]", "d/dX", "tr(expm(X))", ""),
    ("LogisticSigmoid[a.x]", "d/dx", "sigmoid(a^T x)", ""),
    ("diff(x^T A x, x)", "", "d/dx x^T A x", ""),
    ("D[x.A.x, x]", "", "d/dx x^T A x", ""),
    ("D[x.A.x, {x, 2}]", "", "d^2/dx^2 x^T A x", ""),
    ("grad(x'*A*x, x)", "", "d/dx x^T A x", ""),
    ("hessian(x'*A*x, x)", "", "d^2/dx dx^T x^T A x", ""),
    ("jacobian(A*x, x)", "", "d/dx^T A x", ""),
    ("diff(t^3 + a*t, t, 2)", "", "d^2/dt^2 (t^3 + a t)", "a in R"),
    ("sum(abs2, A*x - b)", "d/dx", "||A x - b||^2", ""),
    ("mean(abs2, x)", "d/dx", "||x||^2/n", "x in R^n"),
    ("sum(exp, A*x) + sum(abs2, x)", "d/dx", "sum(exp(A x)) + ||x||^2", ""),
    ("dot(x, A, x)", "d/dx", "x^T A x", ""),
    ("sum(log.(1 .+ exp.(x)))", "d/dx", "sum(softplus(x))", "x in R^n"),
    ("sum((x .- mean(x)).^2)", "d/dx", "||x - mean(x) ones(n)||^2", "x in R^n"),
    ("sum((X .- 1).^2)", "d/dX", "||X - ones(m) ones(n)^T||_F^2", "X in R^{m x n}"),
    ("c'*(A\\x)", "d/dx", "c^T A^-1 x", ""),
    ("c'*((A'*A)\\(A'*x))", "d/dx", "c^T (A^T A)^-1 A^T x", ""),
    ("A \\ x", "d/dx", "A^-1 x", ""),
    ("opnorm(X)", "d/dX", "||X||_2", "X in R^{m x n}"),
    ("tr(diagm(x)*A)", "d/dx", "tr(diag(x) A)", ""),
    ("sum(sum(X, 1).^2)", "d/dX", "||ones(m)^T X||^2", "X in R^{m x n}"),
    ("sum(sum(X, dims=2).^2)", "d/dX", "||X ones(n)||^2", "X in R^{m x n}"),
]
REFUSED = [  # text, operator, code
    ("Det[A*X]", "d/dX", "E125"),
    ("Total[Exp[X^2]]", "d/dX", "E125"),
    ("sum(foo, x)", "d/dx", "E102"),
    ("Plus[x, y]", "d/dx", "E115"),
    ("x.A", "d/dx", "E103"),
    ("\\foo \\ x", "d/dx", "E103"),
    ("diff(x^T x)", "", "E102"),
]


@pytest.mark.parametrize(("text", "wrt", "plain", "where"), SAME)
def test_a_dialect_has_the_answer_of_the_plain_spelling(text, wrt, plain, where):
    assert derivative(text, wrt, where=where).ascii == derivative(plain, wrt, where=where).ascii


@pytest.mark.parametrize(("text", "wrt", "code"), REFUSED)
def test_what_a_dialect_means_otherwise_is_refused(text, wrt, code):
    with pytest.raises(MatdiffError) as raised:
        derivative(text, wrt)
    assert raised.value.code == code


def test_a_control_space_of_latex_is_no_division():
    assert derivative("\\alpha\\ x^T x", "d/dx").ascii == "2 alpha x"
