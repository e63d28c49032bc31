"""What is written for SymPy evaluates there to the formula's value, entry by entry."""

from __future__ import annotations

import numpy as np
import pytest
from formulas import A, B, Transpose, X, a, add, b, beta, call, had, mul, n, names, num, p, x, y

from matdiff.errors import OutputError
from matdiff.formula.question import Symbol
from matdiff.formula.syntax import Div, HadDiv, HadPow, Neg, Pow, Sym
from matdiff.writing import Style, write

sympy = pytest.importorskip("sympy")

SIZE = 2
s, t = names("s t")
XT, XTAX = Transpose(X), mul(Transpose(x), A, x)
SQUARE = [Symbol(name, "matrix", ("n", "n")) for name in "ABX"]
COLUMNS = [Symbol(name, "vector", ("n", 1)) for name in "abxy"]
NUMBERS = [Symbol(name, "scalar", (1, 1)) for name in ("s", "t", "beta", "p")]
STYLE = Style(symbols={symbol.name: symbol for symbol in (*SQUARE, *COLUMNS, *NUMBERS)})

_rng = np.random.default_rng(5)
VALUES = {
    **{symbol.name: _rng.uniform(0.3, 1.5, (SIZE, SIZE)) + 2 * np.eye(SIZE) for symbol in SQUARE},
    **{symbol.name: _rng.uniform(0.3, 0.9, (SIZE, 1)) for symbol in COLUMNS},
    "s": 0.7,
    "t": 1.3,
    "beta": -0.4,
    "p": 3,
}
V = dict(VALUES)
ONE = np.ones((SIZE, 1))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


CASES = [
    (mul(add(B, Transpose(B)), X), (V["B"] + V["B"].T) @ V["X"]),
    (mul(XTAX, B, Transpose(x), y), (V["x"].T @ V["A"] @ V["x"]) * V["B"] * (V["x"].T @ V["y"])),
    (mul(a, Transpose(x), y, Transpose(b)), V["a"] @ V["x"].T @ V["y"] @ V["b"].T),
    (Div(XTAX, Pow(call("norm", x), num(2))), (V["x"].T @ V["A"] @ V["x"]) / (V["x"].T @ V["x"])),
    (Transpose(Pow(X, num(-1))), np.linalg.inv(V["X"]).T),
    (Pow(X, num(3)), np.linalg.matrix_power(V["X"], 3)),
    (add(mul(num(1, 2), A), Neg(call("eye"))), V["A"] / 2 - np.eye(SIZE)),
    (add(call("eye"), Neg(mul(Div(num(2), s), A, B))), np.eye(SIZE) - 2 / V["s"] * V["A"] @ V["B"]),
    (mul(add(mul(s, call("eye")), call("eye")), A), (V["s"] + 1) * V["A"]),
    (mul(A, add(call("eye"), call("eye"))), 2 * V["A"]),
    (had(A, B, X), V["A"] * V["B"] * V["X"]),
    (HadDiv(call("ones", n), x), 1 / V["x"]),
    (HadPow(x, num(2)), V["x"] ** 2),
    (HadPow(x, num(1, 2)), V["x"] ** 0.5),
    (call("kron", A, B), np.kron(V["A"], V["B"])),
    (call("diag", x), np.diag(V["x"][:, 0])),
    (call("diag", A), np.diag(V["A"])[:, None]),
    (mul(call("tr", mul(A, X)), B), np.trace(V["A"] @ V["X"]) * V["B"]),
    (call("det", X), np.linalg.det(V["X"])),
    (call("logdet", X), np.log(np.linalg.det(V["X"]))),
    (call("adj", X), np.linalg.det(V["X"]) * np.linalg.inv(V["X"])),
    (call("sum", A), V["A"].sum()),
    (call("mean", x), V["x"].mean()),
    (call("norm", A, Sym("F")), np.linalg.norm(V["A"])),
    (call("norm", Transpose(x)), np.linalg.norm(V["x"])),
    (call("norm", Neg(x), num(1)), V["x"].sum()),
    (call("norm", x, p), (V["x"] ** 3).sum() ** (1 / 3)),
    (call("norm_weighted", x, A), np.sqrt(V["x"].T @ V["A"] @ V["x"])),
    (call("softmax", x), np.exp(V["x"]) / np.exp(V["x"]).sum()),
    (call("logsumexp", x), np.log(np.exp(V["x"]).sum())),
    (call("symm", A), (V["A"] + V["A"].T) / 2),
    (call("skew", A), (V["A"] - V["A"].T) / 2),
    (call("outer", x, y), V["x"] @ V["y"].T),
    (call("dot", x, y), V["x"].T @ V["y"]),
    (call("dot", A, B), (V["A"] * V["B"]).sum()),
    (call("sigmoid", mul(A, x)), sigmoid(V["A"] @ V["x"])),
    (call("sigmoid", XTAX), sigmoid(V["x"].T @ V["A"] @ V["x"])),
    (call("softplus", x), np.log1p(np.exp(V["x"]))),
    (call("step", add(x, Neg(y))), (V["x"] > V["y"]) * 1.0),
    (call("relu", beta), 0.0),
    (Pow(num(2), Neg(t)), 2 ** -V["t"]),
    (Div(num(1), num(3)), 1 / 3),
    (add(s, Neg(add(t, Neg(beta)))), V["s"] - V["t"] + V["beta"]),
    (Div(A, mul(s, t)), V["A"] / (V["s"] * V["t"])),
]


@pytest.mark.parametrize(
    ("tree", "value"), CASES, ids=lambda tree: write(tree, "ascii") if hasattr(tree, "span") else ""
)
def test_value(tree, value):
    text = write(tree, "sympy", STYLE)
    known = {
        name: sympy.ImmutableMatrix(value) if isinstance(value, np.ndarray) else sympy.sympify(value)
        for name, value in VALUES.items()
    }
    found = sympy.sympify(eval(text, {**vars(sympy), **known, "n": sympy.Integer(SIZE)}))  # noqa: S307 # that it is Python is what is tested
    found = found.doit()
    found = found.as_explicit().applyfunc(lambda entry: entry.doit()) if found.is_Matrix else found
    found = np.array(found.evalf(), float)
    np.testing.assert_allclose(np.squeeze(found), np.squeeze(value), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("tree", [row[0] for row in CASES])
def test_symbols_of_symbolic_size(tree):
    """The text means something to SymPy before any size or entry is known."""
    size = sympy.Symbol("n", integer=True, positive=True)
    matrices = {
        symbol.name: sympy.MatrixSymbol(symbol.name, size, size if symbol.kind == "matrix" else 1)
        for symbol in (*SQUARE, *COLUMNS)
    }
    numbers = {symbol.name: sympy.Symbol(symbol.name) for symbol in NUMBERS}
    formula = sympy.sympify(eval(write(tree, "sympy", STYLE), {**vars(sympy), **matrices, **numbers, "n": size}))  # noqa: S307 # as above
    assert isinstance(formula, sympy.Basic)
    assert not formula.has(sympy.nan)


@pytest.mark.parametrize(
    "tree", [call("expm", A), call("eye"), call("norm", A, num(2)), call("norm", x, Sym("inf")), call("unit", Sym("i"))]
)
def test_what_sympy_cannot_say(tree):
    with pytest.raises(OutputError) as caught:
        write(tree, "sympy", STYLE)
    assert caught.value.code == "E402"


def test_a_bare_identity_takes_the_answers_shape():
    assert write(mul(num(2), call("eye")), "sympy", STYLE._replace(shape=("n", "n"))) == "2*Identity(n)"
