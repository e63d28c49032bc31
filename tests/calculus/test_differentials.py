"""Differentials: what they read like, and that f(X + h dX) - f(X) goes like h times them."""

from __future__ import annotations

import numpy as np
import pytest

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError

TOTAL = [
    ("tr(A X)", (), "tr(X dA) + tr(A dX)"),
    ("log det X", (), "tr(X^-1 dX)"),
    ("X^-1", (), "-X^-1 dX X^-1"),
    ("A X B", (), "dA X B + A dX B + A X dB"),
    ("||X w - y||^2", (), "2 (X w - y)^T (dX w + X dw - dy)"),
    ("x .* y", (), "dx .* y + x .* dy"),
    ("x^T A x", ("A symmetric",), "2 x^T A dx + x^T dA x"),
    ("X^k", (), "sum(r, 0, k-1, X^r dX X^(k-r-1))"),
    ("kron(A, B)", (), "kron(dA, B) + kron(A, dB)"),
    ("5", (), "0"),
]
DIRECTIONAL = [
    ("d/dX", "A X B", "A dX B"),
    ("d/dX", "X^-1", "-X^-1 dX X^-1"),
    ("d/dX", "||A X - B||_F^2", "2 tr((A X - B)^T A dX)"),
    ("d/dX", "log det X + a^T X b", "tr((X^-1 + b a^T) dX)"),
    ("d^2/dx dx^T", "x^T A x", "2 dx^T A dx"),
    ("d^2/dx dy^T", "x^T A y", "dx^T A dy"),
    ("d^2/dX^2", "X^-1", "2 X^-1 dX X^-1 dX X^-1"),
]
SIZED = [
    ("tr(A X^-9)", "A in R^{2 x 2}, X in R^{2 x 2}"),
    ("tr(A X^T B X)", "A in R^{2 x 2}, X in R^{3 x 2}, B in R^{3 x 3}"),
    ("log det(X^T X)", "X in R^{4 x 2}"),
    ("A X^-1 b", "A in R^{2 x 3}, X in R^{3 x 3}, b in R^3"),
    ("softmax(W x)", "W in R^{3 x 2}, x in R^2"),
    ("w^T tanh(W sin(x)) + t^2 ||x||", "w in R^3, W in R^{3 x 2}, x in R^2, t in R"),
    ("D A x", "D in R^{3 x 3} diagonal, A in R^{3 x 2}, x in R^2"),
    ("X^3 .* (X^T X)", "X in R^{2 x 2}"),
    ("t^s", "t in R, s in R"),
]


@pytest.mark.parametrize(("expr", "where", "expected"), TOTAL)
def test_the_total_differential_reads_as_it_is_written_by_hand(expr, where, expected):
    assert answer(Question(expr, "d", where)).ascii == expected


@pytest.mark.parametrize(("wrt", "expr", "expected"), DIRECTIONAL)
def test_the_directional_form_has_its_gradient_in_one_piece(wrt, expr, expected):
    assert answer(Question(expr, wrt, form="directional")).ascii == expected


def _code(question):
    scope = {}
    got = answer(question)
    exec(got.code("numpy"), scope)  # noqa: S102 # generated code is what is tested
    return got, scope


def _draw(got, random):
    """Values for the symbols of a question with numbers for sizes; those of d… are changes of the same structure."""
    values = {}
    for name, symbol in got.symbols.items():
        shape = tuple(side for side in symbol.shape if side != 1)
        values[name] = np.abs(random.normal(size=shape[:1] if symbol.structure == "diagonal" else shape)) + 0.2
        if len(shape) == 2:
            values[name] = (
                np.diag(values[name]) if symbol.structure == "diagonal" else values[name] + 2 * np.eye(*shape)
            )
    return values


@pytest.mark.parametrize(("expr", "where"), SIZED)
def test_a_small_step_changes_the_value_by_the_differential(expr, where):
    got, code = _code(Question(expr, "d", (where,)))
    values = _draw(got, np.random.default_rng(0))
    names = [name for name in values if "d" + name in values]
    h = 1e-6

    def value(step):
        moved = {name: values[name] + step * values["d" + name] for name in names}
        return np.asarray(code["value"](**{**values, **moved}))

    np.testing.assert_allclose(
        np.asarray(code["differential"](**values)), (value(h) - value(-h)) / (2 * h), rtol=1e-5, atol=1e-7
    )


@pytest.mark.parametrize(("expr", "wrt", "form"), [("A X + dX", "d", ""), ("tr(X_ij)", "d/dX_ij", "directional")])
def test_what_has_no_differential_is_refused(expr, wrt, form):
    with pytest.raises(MatdiffError) as refused:
        answer(Question(expr, wrt, ("dX matrix",) if "dX" in expr else ("X matrix",), form=form))
    assert refused.value.code in {"E301", "E305"}


def test_the_answer_is_read_back_with_the_symbols_it_lists():
    got = answer(Question("A X^-1 B", "d"))
    where = [f"{name} in R^{{{symbol.shape[0]} x {symbol.shape[1]}}}" for name, symbol in got.symbols.items()]
    again = answer(Question(f"tr(({got.ascii}) Q)", "d/dQ", tuple(where)))
    assert set(got.symbols) <= {*again.symbols}


def test_a_matrix_under_a_sum_has_its_gradient_the_right_way_round():
    where = ("k in N, t in R, A in R^{n x n}, X in R^{n x n}",)
    assert answer(Question("tr(A sum(r, 0, k, t^r X))", "d/dX", where)).ascii == "sum(r, 0, k, t^r A^T)"
    assert answer(Question("tr(A sum(r, 0, k, t^r X^T))", "d/dX", where)).ascii == "sum(r, 0, k, t^r A)"
