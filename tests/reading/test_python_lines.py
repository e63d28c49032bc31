"""Python lines: which texts are Python, what their trees are, what is refused."""

import subprocess
import sys

import pytest
from reading.trees import told

from matdiff import MatdiffError, derivative
from matdiff.reading.python.source import marks
from matdiff.reading.reader import read_expression

TREES = [
    ("np.sum((X @ w - y)**2)", "sum(HadPow(Add(Mul(X w) Neg(y)), 2))"),
    ("np.linalg.norm(X @ w)**2", "Pow(norm(Mul(X w)), 2)"),
    ("np.dot(A, B)", "Mul(A B)"),
    ("np.multiply(A, B)", "Had(A B)"),
    ("x @ A @ y", "Mul(Transpose(x) A y)"),
    ("A.T @ x", "Mul(Transpose(A) x)"),
    ("np.outer(x, y) @ z", "Mul(x Transpose(y) z)"),
    ("np.linalg.solve(A, b)", "Mul(Pow(A, -1) b)"),
    ("np.einsum('ij,j->i', A, x)", "Mul(A x)"),
    ("np.einsum('ii->', A)", "sum(diag(A))"),
    ("-x @ y ** 2", "Mul(Neg(Transpose(x)) HadPow(y, 2))"),
    ("x[0]**2", "Pow(Mul(Transpose(unit(1)) x), 2)"),
    ("np.sum(X, axis=0) @ v", "Mul(Transpose(ones()) X v)"),
    ("X.sum(1)", "Mul(X ones())"),
    ("np.trace(X) + I.sum()", "Add(tr(X) sum(eye()))"),
]
SAME = [  # question, operator, the same in the plain language, declarations
    ("r = X @ w - y; 0.5 * r @ r", "d/dw", "1/2 ||X w - y||^2", ""),
    ("def f(w):\n    r = X @ w - y\n    return 0.5 * r @ r\n", "d/dw", "1/2 ||X w - y||^2", ""),
    (
        "def f(w):\n    '''The loss.'''\n    def g(u):\n        return u @ u\n    return g(X @ w)",
        "d/dw",
        "||X w||^2",
        "",
    ),
    ("lambda w: np.sum((X @ w - y)**2)", "d/dw", "||X w - y||^2", ""),
    ("f = lambda u: u @ u; f(x) + f(A @ x)", "d/dx", "x^T x + ||A x||^2", ""),
    ("import numpy as np\nloss = np.sum(x**2)\nloss += 2 * a @ x\n", "d/dx", "x^T x + 2 a^T x", ""),
    ("np.sum((X - X.mean(axis=0))**2)", "d/dX", "||X - ones(m) ones(m)^T X/m||_F^2", "X in R^{m x n}"),
    ("np.sum(v * X)", "d/dv", "sum(X diag(v))", "X in R^{m x n}, v in R^n"),
    ("np.sum(v[:, None] * X)", "d/dv", "sum(diag(v) X)", "X in R^{m x n}, v in R^m"),
    ("X.shape[0] * x @ x", "d/dx", "m x^T x", "X in R^{m x n}"),
    ("torch.var(x)", "d/dx", "||x - mean(x) ones(n)||^2/(n - 1)", "x in R^n"),
    ("np.var(x, ddof=1)", "d/dx", "||x - mean(x) ones(n)||^2/(n - 1)", "x in R^n"),
    ("np.max(np.abs(x))", "d/dx", "||x||_inf", "x in R^n"),
    ("(np.random.seed, np.sum(x))[1]", "d/dx", "sum(x)", ""),
]
REFUSED = [  # text, code, what is pointed at
    ("np.foo(x)", "E102", "np.foo"),
    ("x.foo() + np.sum(x)", "E102", ".foo"),
    ("np.sum(x^2)", "E125", "^"),
    ("np.sum(x", "E101", ""),
    ("np.dot(x', y) * 2", "E125", "'"),
    ("2 @ x", "E213", "2"),
    ("x = 2 * y; x @ x", "E110", ""),
    ("x @ x.T", "E125", "x.T"),
    ("np.sum(x, where=y)", "E115", "np.sum(x, where=y)"),
    ("np.linalg.eigvalsh(A)", "E115", "np.linalg.eigvalsh(A)"),
    ("w @ x + b", "E125", "b"),
    ("for i in range(3):\n    np.sum(x)", "E115", ""),
    ("x[0] * A * x", "E125", "A"),
    ("np.linalg.inv(x @ x)", "E213", "x @ x"),
    ("np.sum(x == y)", "E115", "x == y"),
    ("np.sum(X, axis=2)", "E112", "np.sum(X, axis=2)"),
    ("np.random.randn(3) @ x", "E102", "np.random.randn"),
    ("def f(x):\n    return f(x)\nf(x) @ y", "E115", ""),
]
PLAIN = ["x^T A x", "tr(X.T A)", "a.b", "||A @ x - b||^2", "x^T @ A @ x", "tr(X**(-1)*B.T)", "X.inv() A", "sum(x)"]


@pytest.mark.parametrize(("text", "tree"), TREES)
def test_a_line_is_read_as_its_tree(text, tree):
    assert told(read_expression(text)) == tree


@pytest.mark.parametrize(("text", "wrt", "plain", "where"), SAME)
def test_a_line_has_the_derivative_of_what_it_means(text, wrt, plain, where):
    assert derivative(text, wrt, where=where).ascii == derivative(plain, wrt, where=where).ascii


@pytest.mark.parametrize(("text", "code", "place"), REFUSED)
def test_what_is_not_understood_is_refused_where_it_stands(text, code, place):
    with pytest.raises(MatdiffError) as raised:
        derivative(text, "d/dx")
    assert raised.value.code == code
    span = raised.value.span
    assert not place or text[slice(*span)].startswith(place) or place in text[slice(*span)]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_notation_is_not_taken_for_python(text):
    assert marks(text) is None


def test_an_operator_may_stand_before_a_line():
    assert derivative("d/dw np.sum((X @ w - y)**2)").ascii == "2 X^T (X w - y)"
    assert derivative("d/dw (X @ w - y) @ (X @ w - y)").ascii == "2 X^T (X w - y)"


def test_a_place_counts_characters_over_lines_and_letters():
    text = "θ = x\nθ @ np.foo(x)"
    with pytest.raises(MatdiffError) as raised:
        derivative(text, "d/dx")
    assert text[slice(*raised.value.span)] == "np.foo"


def test_a_plain_question_does_not_load_what_reads_python():
    code = "import sys, matdiff; matdiff.derivative('x^T A x', 'd/dx').ascii; sys.exit('matdiff.reading.python.lines' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


LIBRARIES = [
    ("F.mse_loss(X @ w, y)", "d/dw", "||X w - y||^2/m", "X in R^{m x n}, w in R^n, y in R^m"),
    ("F.binary_cross_entropy_with_logits(z, y, reduction='sum')", "d/dz", "sum(softplus(z)) - y^T z", ""),
    ("F.linear(x, W, b).pow(2).sum()", "d/dW", "||W x + b||^2", ""),
    ("torch.relu(A @ x).sum()", "d/dx", "sum(relu(A x))", ""),
    ("X.norm(p=2)**2 + 0 * X.sum()", "d/dX", "||X||_F^2", ""),
    ("X.t().mm(X).trace()", "d/dX", "||X||_F^2", ""),
    ("A.mv(x).pow(2).sum()", "d/dx", "||A x||^2", ""),
    ("(X.T @ X).logdet()", "d/dX", "logdet(X^T X)", ""),
    ("jax.nn.softmax(A @ x) @ y", "d/dx", "y^T softmax(A x)", ""),
    ("jnp.log1p(jnp.exp(a @ x))", "d/dx", "softplus(a^T x)", ""),
    ("torch.softmax(X, dim=1).sum(dim=0) @ v", "d/dX", "ones(m)^T softmax_rows(X) v", "X in R^{m x n}"),
    ("torch.clamp(x, min=0).sum()", "d/dx", "sum(relu(x))", ""),
    ("math.sqrt(2) * math.pi * torch.dot(x, y)", "d/dx", "sqrt(2) pi x^T y", ""),
]


@pytest.mark.parametrize(("text", "wrt", "plain", "where"), LIBRARIES)
def test_torch_and_jax_lines_have_the_derivative_of_what_they_mean(text, wrt, plain, where):
    assert derivative(text, wrt, where=where).ascii == derivative(plain, wrt, where=where).ascii


@pytest.mark.parametrize("text", ["F.cross_entropy(X, y)", "torch.softmax(X, ) @ y", "jax.nn.gelu(x).sum()"])
def test_what_a_library_means_by_default_is_not_guessed(text):
    with pytest.raises(MatdiffError, match="not supported yet"):
        derivative(text, "d/dx", where="x in R^n, y in R^n, X in R^{m x n}")
