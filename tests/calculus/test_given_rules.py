"""Rules given with a question: they do what a function of the table with the same differential does, and nothing else
is taken for a rule.
"""

from __future__ import annotations

import json

import numpy as np
import pytest

from matdiff.calculator import Question, answer
from matdiff.cli import main
from matdiff.errors import MatdiffError


def derivative(wrt, expr, *rules, where=(), **more):
    return answer(Question(expr, wrt, where, rules=rules, **more))


KNOWN = [  # (rule, question, answer: that of the function that has this differential)
    ("d f(X) = tr(X^T dX)", "d/dX", "f(A X B)", "A^T A X B B^T"),
    ("d f(X) = -f(X) dX f(X)", "d/dX", "tr(A f(X))", "-f^T A^T f^T"),
    ("d f(X) = f(X) tr(inv(X) dX)", "d/dX", "f(X)", "f X^-T"),
    ("d(f(x)) = 2 x^T dx", "d/dx", "f(A x)", "2 A^T A x"),
    ("d f(x) = f(x) .* dx", "d/dx", "b^T f(A x)", "A^T (b .* f(A x))"),
    ("d f(x) = cos(x) .* dx", "d/dx^T", "f(A x)", "diag(cos(A x)) A"),
    ("d f(t) = cos(t) dt", "d/dt", "f(t^2)", "2 t cos(t^2)"),
    ("d f(X) = dX^T", "d/dX", "tr(A f(X))", "A"),
    ("d f(x) = 2 x^T dx", "d^2/dx dx^T", "f(A x)", "2 A^T A"),
]


@pytest.mark.parametrize(("rule", "wrt", "expr", "expected"), KNOWN)
def test_a_rule_does_what_the_same_function_does(rule, wrt, expr, expected):
    assert derivative(wrt, expr, rule).ascii == expected


def test_the_inverse_by_a_rule_in_numbers():
    got = derivative("d/dX", "tr(A f(X))", "d f(X) = -f(X) dX f(X)")
    space = {}
    exec(compile(got.code("numpy"), "generated", "exec"), space)  # noqa: S102 # generated code is run to be tested
    rng = np.random.default_rng(1)
    A, X = rng.normal(size=(3, 3)), rng.normal(size=(3, 3)) + 3 * np.eye(3)
    Y = np.linalg.inv(X)
    np.testing.assert_allclose(space["derivative"](A=A, X=X, f=np.linalg.inv), -(Y @ A @ Y).T, rtol=1e-12)


@pytest.mark.parametrize(("rule", "wrt", "expr"), [case[:3] for case in KNOWN])
def test_the_steps_name_the_rule(rule, wrt, expr):
    assert any(step.rule == "d f" for step in derivative(wrt, expr, rule).steps())


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", "E118"),
        ("tr(X)", "E118"),
        ("d f(X)", "E118"),
        ("d f(X) = ", "E100"),
        ("d tr(X) = tr(dX)", "E118"),
        ("d f(X) = tr(B dX)", "E118"),
        ("d f(X) = tr(f(A) dX)", "E118"),
        ("d f(X) = tr(X^T dX", "E104"),
        ("d f(X) = tr(dX) + X", "E203"),
        ("d f(X) = tr(X)", "E308"),
        ("d f(X) = tr(dX dX)", "E308"),
        ("d f(X) = tr(X^T dX) + 1", "E308"),
        ("d f(X) = exp(tr(dX))", "E308"),
        ("d __import__(X) = tr(dX)", "E118"),
    ],
)
def test_what_is_no_rule_is_told(rule, code):
    with pytest.raises(MatdiffError) as caught:
        derivative("d/dX", "f(X)", rule, where=("X in R^{n x n}",))
    assert caught.value.code == code
    assert caught.value.source == rule or code == "E100"


def test_a_rule_is_forgotten_with_its_question():
    derivative("d/dX", "f(X)", "d f(X) = tr(X^T dX)")
    assert answer(Question("f(X)", "d/dX", ("X in R^{m x n}", "f(X) in R"))).ascii == "df/dX"


def test_shapes_that_do_not_fit_the_rule():
    with pytest.raises(MatdiffError) as caught:
        derivative("d/dX", "f(X)", "d f(X) = tr(inv(X) dX)", where=("X in R^{2 x 3}",))
    assert caught.value.code == "E214"


def test_a_rule_on_the_command_line(capsys):
    assert main(["d/dX", "f(A X)", "--rule", "d f(X) = tr(X^T dX)", "--to", "ascii"]) == 0
    assert capsys.readouterr().out == "A^T A X\n"
    assert main(["d/dX", "f(A X)", "--rule", "d f(X) = tr(X)"]) == 1
    assert capsys.readouterr().err.startswith("error[E308]: the rule for f is not linear in dX\n")


def test_steps_on_the_command_line(capsys):
    assert main(["d/dX", "tr(A X)", "--steps", "--to", "ascii"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "f = tr(A X)"
    assert main(["d/dX", "tr(A X)", "--steps", "--json"]) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert [step["after"] for step in steps] == ["tr(A dX)", "A^T"]
    assert main(["d/dX", "tr(A X)", "--steps", "--to", "numpy"]) == 1
    assert capsys.readouterr().err.startswith("error[E402]")
