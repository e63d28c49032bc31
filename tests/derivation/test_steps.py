"""Derivations: every published case has one, every step follows, and the last one is the answer."""

from __future__ import annotations

import numpy as np
import pytest
from derivation.numbers import Point
from oracle import corpus
from oracle.duals import OutsideDomain
from oracle.interpreter import NotInterpreted

from matdiff.calculator import Question, answer, derivation
from matdiff.derivation.arranging import equal
from matdiff.formula.syntax import Transpose
from matdiff.writing import write

# Equal by identities of functions that exact arithmetic takes for opaque; numbers tell.
OPAQUE = {
    ("seed2-theta", "quotient rule"),  # exp(s)/(1 + exp(s)) is recognised as sigmoid(s)
    ("seed2-theta", "simplification"),
    ("cookbook-92", "one coefficient"),  # two sums over an index of open range
    ("cookbook-500", "d expm"),  # A commutes with expm(t A)
}


def asked(case):
    return Question(case["expr"], case["wrt"], (case["where"],) if case.get("where") else ())


def of(wrt, expr, *where, **more):
    return derivation(Question(expr, wrt, where, **more))


def told(way):
    """The steps in ASCII, each as (rule, left = after)."""
    return [(step["rule"], f"{step['left']} = {step['after']}") for step in way.objects()]


def point_of(case, way):
    got = answer(asked(case))
    point = Point(got.symbols, way, case["dims"])
    return point, [by.name for by in got.operator.by]


@pytest.mark.parametrize("name", sorted(corpus.cases()))
def test_a_published_derivative_has_steps_that_follow(name):
    """As graphs, before and after of every step are equal; each step goes on where the last one ended; the end is the
    answer.
    """
    case = corpus.cases()[name]
    way = derivation(asked(case))
    assert len(way) > 0
    for stage in way.stages:
        for before, after in zip(stage.steps, stage.steps[1:], strict=False):
            assert before.left != after.left or after.before in (before.after, Transpose(before.after))
    with way.graph.branch().in_force():
        for step in way:
            assert equal(step.before_node, step.after_node) or (name, step.rule) in OPAQUE, (
                f"{step.rule}: {step.before} -> {step.after}"
            )
    assert way.steps[-1].after == answer(asked(case)).tree


@pytest.mark.parametrize("name", sorted(name for name, case in corpus.cases().items() if not case.get("functions")))
def test_the_formulas_of_a_step_are_equal_in_numbers(name):
    """What is printed before and after a step has the same value, d(…) taken as a difference quotient."""
    case = corpus.cases()[name]
    way = derivation(asked(case))
    point, names = point_of(case, way)
    try:
        for variable, step in [
            (name, step) for name, stage in zip(names, way.stages, strict=True) for step in stage.steps
        ]:
            point.varying = {variable}
            after = point.value(step.after)
            before = point.value(step.before, after if isinstance(after, np.ndarray) else None)
            if (
                isinstance(after, np.ndarray) and isinstance(before, np.ndarray) and (np.any(before) or np.any(after))
            ):  # an answer's 0 has any shape
                scale = max(1.0, float(np.max(np.abs(after))))
                np.testing.assert_allclose(
                    before, after, rtol=1e-6, atol=1e-6 * scale, err_msg=f"{step.rule}: {write(step.after, 'ascii')}"
                )
    except (NotInterpreted, OutsideDomain) as unknown:
        pytest.skip(str(unknown))


@pytest.mark.parametrize("name", sorted(name for name, case in corpus.cases().items() if not case.get("functions")))
def test_what_is_read_off_is_the_coefficient(name):
    """tr(G^T dX), J dx or G dt with what was read off is the differential before it."""
    case = corpus.cases()[name]
    way = derivation(asked(case))
    point, _ = point_of(case, way)
    for before, step in zip(way.steps, way.steps[1:], strict=False):
        if not step.rule.startswith("reading off the ") or step.rule.endswith("matrix"):
            continue
        if before.rule == "constant":
            continue
        try:
            df, g = point.value(before.after), point.value(step.after)
        except (NotInterpreted, OutsideDomain) as unknown:
            pytest.skip(str(unknown))
        change = point.scope[point.mark + step.left.by[-1][0]]
        if not isinstance(g, np.ndarray) or not isinstance(df, np.ndarray):
            continue
        want = (
            np.sum(g * change).reshape(1, 1)
            if step.rule.endswith("gradient")
            else g @ change
            if step.rule.endswith("Jacobian")
            else g * change
        )
        np.testing.assert_allclose(df, want, rtol=1e-8, atol=1e-8)


def test_a_trace_shows_the_rule_for_each_occurrence():
    """Each X: before and after, transposed; each X^T: after times before."""
    assert told(of("d/dX", "tr(A X B X^T C)")) == [
        ("trace rule", "df = tr(d(A X B X^T C))"),
        ("product rule", "df = tr(A dX B X^T C + A X B dX^T C)"),
        ("linearity", "df = tr(A dX B X^T C) + tr(A X B dX^T C)"),
        (
            "each X: the transpose of what stands before it times the transpose of what stands after it",
            "df = tr((A^T C^T X B^T)^T dX) + tr(A X B dX^T C)",
        ),
        (
            "each transposed X: what stands after it times what stands before it",
            "df = tr((A^T C^T X B^T)^T dX) + tr((C A X B)^T dX)",
        ),
        ("one coefficient", "df = tr((A^T C^T X B^T + C A X B)^T dX)"),
        ("reading off the gradient", "df/dX = A^T C^T X B^T + C A X B"),
    ]


def test_least_squares():
    assert told(of("d/dw", "||X w - y||^2")) == [
        ("square of a norm", "df = 2 (X w - y)^T X dw"),
        ("collecting the coefficients", "df = (2 X^T (X w - y))^T dw"),
        ("reading off the gradient", "df/dw = 2 X^T (X w - y)"),
    ]


def test_a_second_derivative_goes_through_the_first():
    way = of("d^2/dx dx^T", "x^T A x")
    assert [write(stage.left, "ascii") for stage in way.stages] == ["f", "df/dx"]
    assert told(way)[-2:] == [
        ("linearity", "d(df/dx) = (A + A^T) dx"),
        ("reading off the Jacobian", "d^2f/dx dx^T = A + A^T"),
    ]


def test_the_layout_is_a_step_where_it_turns_the_derivative():
    assert told(of("d/dx", "A x"))[-1] == ("transposed, denominator layout", "df/dx = A^T")
    assert told(of("d/dX", "tr(A X)", layout="numerator"))[-1] == ("transposed, numerator layout", "df/dX = A")
    assert told(of("d/dx^T", "a^T x"))[-1] == ("transposed, as the operator asks", "df/dx^T = a^T")


def test_a_symmetric_variable_is_projected_on():
    rules = [rule for rule, _ in told(of("d/dS", "x^T S S y", "S symmetric"))]
    assert "projection on the symmetric matrices" in rules
    rules = [rule for rule, _ in told(of("d/dS", "x^T S S y", "S symmetric", symmetric="entries"))]
    assert "derivative by the free entries" in rules


def test_the_names_of_changes_keep_clear_of_the_question():
    """Where the question has a d of its own, changes have another letter."""
    assert told(of("d/dt", "d t"))[0] == ("linearity", "Df = d Dt")


def test_the_total_differential():
    assert told(of("d", "x^T A x"))[-1][1] == "df = dx^T A x + x^T dA x + x^T A dx"


def test_a_constant():
    assert told(of("d/dX", "a")) == [("constant", "df/dX = 0")]


def test_families_and_entries():
    assert told(of("d/dalpha_m", "sum(n, 1, N, alpha_n y_n^2)", "alpha_n in R", "y_n in R"))[-1] == (
        "the member that is asked for",
        "df/dalpha_m = y_m^2",
    )
    assert told(of("d/dX_ij", "tr(A X)", "X in R^{n x n}"))[-1] == ("the entry that is asked for", "df/dX_ij = A_ji")


def test_steps_lead_to_the_matrix_form_whatever_the_form():
    assert told(of("d/dX", "tr(A X)", form="index"))[-1] == ("reading off the gradient", "df/dX = A^T")


@pytest.mark.parametrize(
    ("wrt", "expr", "last"),
    [
        ("d/dx_k", "sum(n, 1, N, sum(diag(x_n)))", "df/dx_k = ones(m)"),
        ("d/dw", "f(w^T x)", "dg/dw = df/dz(w^T x) x"),
        ("d/dX", "adj(X)", "df/dX = det(X) (vec(X^-T) vec(X^-1)^T - kron(X^-1, X^-T))"),
        ("d/dx", "2^(a^T x)", "df/dx = 2^(a^T x) log(2) a"),
        ("d/dX", "tr(expm(A X))", "df/dX = A^T expm(A X)^T"),
    ],
)
def test_steps_that_once_failed_or_did_not_follow(wrt, expr, last):
    way = of(wrt, expr)
    assert told(way)[-1][1] == last
    with way.graph.branch().in_force():
        assert all(equal(step.before_node, step.after_node) for step in way)


def test_the_steps_of_a_derivative_of_nothing():
    assert told(of("d^3/dx^3", "kron(x, 0)"))[-1][1].endswith("= 0")


def test_a_rule_of_a_linear_function_names_what_varies():
    (first, *_) = of("d/dX", "kron(X, A)").objects()
    assert first["rule"] == "linearity"
    assert first["formula"] == "d(kron(U, A)) = kron(dU, A)"
    (first, *_) = of("d/dX", "kron(X, X)").objects()
    assert first["formula"] == "d(kron(U, V)) = kron(dU, V) + kron(U, dV)"
