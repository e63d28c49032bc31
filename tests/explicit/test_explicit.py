"""--explicit: the entries written out are the numbers that the generated code computes."""

from __future__ import annotations

import numpy as np
import pytest

from matdiff.calculator import Question, answer
from matdiff.errors import OutputError
from matdiff.explicit import explicit

sympy = pytest.importorskip("sympy")

from matdiff.explicit.entries import entries as rows_of_entries  # noqa: E402 # it needs SymPy

QUESTIONS = [
    ("d/dbeta", "beta^T V beta", "beta in R^3, V in R^{3 x 3}"),
    ("d/dx", "x^T A x + b^T x", "x in R^2, A in R^{2 x 2} symmetric, b in R^2"),
    ("d/dX", "log det X", "X in R^{2 x 2}"),
    ("d/dX", "tr(X^T B X) + det(X)^2", "X in R^{2 x 2}, B in R^{2 x 2}"),
    ("d/dx", "softmax(A x)", "A in R^{2 x 3}, x in R^3"),
    ("d/dx", "||A x - b||", "A in R^{2 x 2}, x in R^2, b in R^2"),
    ("d^2/dx dx^T", "log(1 + exp(a^T x))", "a in R^2, x in R^2"),
    ("d/dX", "sum(sin(A X) .* X)", "A in R^{2 x 2}, X in R^{2 x 3}"),
    ("d/dt", "exp(t) A + t^2 I", "A in R^{2 x 2}, t in R"),
    ("d/dX", "A^-1 X^T A", "X in R^{2 x 2}, A in R^{2 x 2}"),
]


def values_of(got, random):
    numbers, entries = {}, {}
    for name, symbol in got.symbols.items():
        shape = tuple(side for side in symbol.shape if side != 1)
        value = random.uniform(0.5, 1.5, size=shape) + (2 * np.eye(*shape) if len(shape) == 2 else 0)
        if symbol.structure == "symmetric":
            value = value + value.T
        numbers[name] = value
        for place in np.ndindex(*shape):
            entries[sympy.Symbol(name + ("_" + "".join(str(i + 1) for i in place) if place else ""))] = value[place]
    return numbers, entries


@pytest.mark.parametrize(("wrt", "expr", "where"), QUESTIONS)
def test_the_entries_are_those_of_the_generated_code(wrt, expr, where):
    got = answer(Question(expr, wrt, (where,)))
    numbers, entries = values_of(got, np.random.default_rng(3))
    scope = {}
    exec(got.code("numpy"), scope)  # noqa: S102 # generated code is what is tested
    wanted = np.asarray(scope["derivative"](**numbers))
    with got.graph.branch().in_force():
        value = sympy.Matrix(rows_of_entries(got, got.laid, 2))
    value = value.replace(sympy.Function("sigmoid", real=True), lambda t: 1 / (1 + sympy.exp(-t)))
    found = np.array(value.subs(entries).evalf().tolist(), dtype=float)
    if wanted.ndim > 2:  # vec of the value against vec of the variable, columns stacked, in the denominator layout
        rows = int(np.prod(wanted.shape[2:]))
        wanted = wanted.transpose(3, 2, 1, 0).reshape(rows, -1)
    np.testing.assert_allclose(found.reshape(wanted.shape) if wanted.ndim == 1 else found, wanted, rtol=1e-9)


LAID_OUT = [
    (
        "d/dbeta",
        "beta^T V beta",
        ("beta vector, V symmetric",),
        "unicode",
        True,
        "⎡ 2 V₁₁ β₁ + 2 V₁₂ β₂ ⎤\n⎣ 2 V₁₂ β₁ + 2 V₂₂ β₂ ⎦",
    ),
    ("d/dx", "x", (), "ascii", False, "[[1, 0], [0, 1]]"),
    ("d/dx", "x", (), "ascii", True, "[ 1  0 ]\n[ 0  1 ]"),
    ("d/dx", "A x", (), "latex", False, r"\begin{bmatrix} A_{11} & A_{21} \\ A_{12} & A_{22} \end{bmatrix}"),
    ("d/dX", "log det X", (), "ascii", False, None),
    ("d/dx^T", "a^T x", (), "ascii", True, "[ a_1  a_2 ]"),
    ("d/dt", "t^2", (), "ascii", True, "2 t"),
    ("d/dD", "tr(D A)", ("D diagonal",), "ascii", False, "[[A_11, 0], [0, A_22]]"),
]


@pytest.mark.parametrize(("wrt", "expr", "where", "notation", "tall", "expected"), LAID_OUT)
def test_layout(wrt, expr, where, notation, tall, expected):
    text = explicit(answer(Question(expr, wrt, where)), 2, notation, tall=tall)
    if expected is None:
        expected = (
            "[[X_22/(X_11 X_22 - X_12 X_21), -X_21/(X_11 X_22 - X_12 X_21)], [-X_12/(X_11 X_22 - X_12 X_21), X_11/(X_11"
            " X_22 - X_12 X_21)]]"
        )
    assert text == expected


def test_declared_sizes_are_kept():
    assert explicit(answer(Question("a^T x", "d/dx", ("n = 3, x in R^n",))), 2, "ascii") == "[[a_1], [a_2], [a_3]]"


@pytest.mark.parametrize(
    ("wrt", "expr", "n"), [("d/dx", "u(x)", 2), ("d/dX", "tr(X^k)", 2), ("d/dX", "X^-1", 6), ("d/dX", "tr(expm(X))", 2)]
)
def test_what_has_no_entries_is_refused(wrt, expr, n):
    got = answer(Question(expr, wrt, ("k integer",)))
    with pytest.raises(OutputError) as error:
        explicit(got, n, "ascii")
    assert error.value.code == "E411"


def test_the_largest_number_is_written_out():
    assert explicit(answer(Question("tr(X^T X)", "d/dX")), 12, "ascii").count("X_") == 144


@pytest.mark.parametrize(
    ("wrt", "expr", "where", "expected"),
    [
        ("d/dx", "x_2", "x in R^4", "[[0], [1], [0], [0]]"),
        ("d/dx", "a^T e_1 x_2", "x in R^2, a in R^2", "[[0], [a_1]]"),
        ("d/dx", "sum(x.^p)^(1/p)", "x in R^1, p in R", "1"),
        ("d/dx", "norm(x, p)^2", "x in R^2, p in R", None),
        ("d/dX", "adj(X)", "X in R^{2 x 2}", "[[0, 0, 0, 1], [0, -1, 0, 0], [0, 0, -1, 0], [1, 0, 0, 0]]"),
        ("d/dK", "tr(A K)", "K in R^{2 x 2} skew, A in R^{2 x 2}", "[[0, (A_21 - A_12)/2], [(A_12 - A_21)/2, 0]]"),
        ("d/dx_2", "sum(n, 1, N, y_n x_n^T x_n)", "y_n in R, x_n in R^2", "[[2 x_21 y_2], [2 x_22 y_2]]"),
    ],
)
def test_entries_of_units_structures_members_and_powers(wrt, expr, where, expected):
    text = explicit(answer(Question(expr, wrt, (where,))), 2, "ascii")
    if expected is None:
        assert "/(abs" not in text  # the exponent 1/p - 1 stays above the line
    else:
        assert text == expected
