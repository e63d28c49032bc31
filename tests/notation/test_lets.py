"""Names for what comes again: put back, they give the formula that was there before."""

from __future__ import annotations

import pytest

from matdiff.calculator import Question, answer
from matdiff.formula.length import length
from matdiff.formula.syntax import Node, Sym
from matdiff.notation.lets import shortened
from matdiff.reading.reader import read_expression
from matdiff.writing import write


def net(layers):
    inside = "x"
    for k in range(1, layers + 1):
        inside = f"tanh(W_{k} {inside})"
    return "w^T " + inside


LONG = [
    ("d/dx", net(10)),
    ("d/dW_1", net(10)),
    ("d/dx", net(24)),
    ("d/dX", "log det(A X^T B X + C) + tr((A X^T B X + C)^-1 D)"),
    ("d^2/dx dx^T", "log(1 + (a^T x)^2 exp(-||x||^2)) (a^T x)^3"),
]


def put_back(tree, values):
    """The formula with the names' values in their places."""
    if isinstance(tree, Sym):
        return values.get(tree.name, tree)
    made = {}
    for part in tree._fields:
        value = getattr(tree, part)
        if isinstance(value, tuple):
            value = tuple(put_back(item, values) if isinstance(item, Node) else item for item in value)
        made[part] = put_back(value, values) if isinstance(value, Node) else value
    return type(tree)(**made)


def names_in(tree):
    return set(write(tree, "ascii").replace("(", " ").replace(")", " ").replace("^", " ").replace(".", " ").split())


@pytest.mark.parametrize(("wrt", "expr"), LONG)
def test_put_back_they_give_the_answer(wrt, expr):
    got = answer(Question(expr, wrt))
    tree, lets = got.short
    values = {}
    for name, value in lets.items():
        values[name] = put_back(value, values)
    assert lets
    assert put_back(tree, values) == got.tree


@pytest.mark.parametrize(("wrt", "expr"), LONG)
def test_names_are_new_and_defined_before_they_are_used(wrt, expr):
    got = answer(Question(expr, wrt))
    tree, lets = got.short
    known = names_in(got.tree)
    for name, value in lets.items():
        assert name not in known
        assert not (names_in(value) & set(lets)) - set(list(lets)[: list(lets).index(name)])
    assert length(tree) + sum(length(value) + 2 for value in lets.values()) <= length(got.tree)


@pytest.mark.parametrize("wrt", ["d/dx", "d/dW_1"])
def test_a_net_of_ten_layers_fits_a_screen(wrt):
    tree, lets = answer(Question(net(10), wrt)).short
    assert len(write(tree, "unicode")) < 5 * 80
    assert [write(value, "ascii") for value in lets.values()][:2] == ["tanh(W_1 x)", "tanh(W_2 h_1)"]
    assert len(lets) == 9


def test_a_short_answer_has_no_names():
    tree, lets = answer(Question("||X w - y||^2", "d/dw")).short
    assert (write(tree, "ascii"), lets) == ("2 X^T (X w - y)", {})


def test_what_depends_on_the_index_of_a_sum_is_not_named_outside_of_it():
    tree = read_expression(
        "sum(n, 1, N, exp(x_n^T A x_n + b) exp(x_n^T A x_n + b)) + exp(c^T d + b - a) exp(c^T d + b - a)"
    )
    _, lets = shortened(tree, {}, longest=5)
    assert [write(value, "ascii") for value in lets.values()] == ["exp(c^T d + b - a)"]


def test_a_shared_formula_takes_time_in_proportion_to_what_is_stored():
    tree = read_expression("exp(A x + b)")
    for _ in range(12):
        tree = type(read_expression("a + b"))((tree, read_expression("c"), tree))
    short, lets = shortened(tree, {})
    assert length(short) + sum(length(value) for value in lets.values()) < 100


def test_what_is_too_long_for_one_formula_has_its_parts_named():
    got = answer(Question(net(60), "d/dx"))
    assert got.formula is None
    tree, lets = got.short
    assert [write(value, "ascii") for value in lets.values()] == [
        "tanh(W_1 x)",
        *[f"tanh(W_{k} h_{k - 1})" for k in range(2, 61)],
    ]
    assert "h_60" in names_in(tree)


@pytest.mark.parametrize("wrt", ["d/dx", "d/dW_1"])
def test_named_parts_put_back_give_the_formula(wrt, monkeypatch):
    whole = answer(Question(net(4), wrt)).tree
    monkeypatch.setattr("matdiff.calculator.PRINTABLE", 10)
    tree, lets = answer(Question(net(4), wrt)).short
    values = {}
    for name, value in lets.items():
        values[name] = put_back(value, values)
    assert put_back(tree, values) == whole
