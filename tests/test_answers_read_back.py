"""Written means readable: every answer, in ASCII, Unicode and LaTeX, is read by the program itself as the derivative
that it states, with the question's declarations.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from oracle import corpus
from oracle.generator import problems

from matdiff.calculator import Question, answer
from matdiff.checking.check import check
from matdiff.errors import MatdiffError

NOTATIONS = ("ascii", "unicode", "latex")


def unread(question):
    """What is wrong with the answer's texts, read back as claims about the question."""
    try:
        found = answer(question)
        assert found.tree
    except MatdiffError:
        return []
    wrong = []
    for notation in NOTATIONS:
        text = found.write(notation)
        try:
            verdict = check(question, text)
        except MatdiffError as error:
            wrong.append(f"{text}: {error.code} {error.message}")
            continue
        if verdict.verdict != "proved" and "the numbers agree" not in verdict.how:
            wrong.append(f"{text}: {verdict.verdict}, {verdict.how}")
    return wrong


@pytest.mark.parametrize("name", sorted(corpus.cases()))
def test_answers_of_the_corpus(name):
    case = corpus.cases()[name]
    assert not unread(Question(case["expr"], case["wrt"], (case["where"],) if case.get("where") else ()))


def asked(tier, number, depth=3):
    """Ask so many random questions; the first that is not read back fails, shrunk."""

    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(problems(tier=tier, depth=depth))
    def ask(problem):
        wrong = unread(Question(problem.expr, problem.wrt, (problem.declared.where(),)))
        assert not wrong, f"{problem.wrt}  {problem.expr}  where {problem.declared.where()}\n" + "\n".join(wrong)

    ask()


@pytest.mark.parametrize("tier", [1, 2])
def test_random_answers(tier):
    asked(tier, 120)


@pytest.mark.slow
@pytest.mark.parametrize("tier", [1, 2])
def test_thousands_of_random_answers(tier):
    asked(tier, 3000, depth=4)


@pytest.mark.parametrize(
    ("wrt", "expr", "where", "latex"),
    [
        ("d/dX", "logdet(X)^3", "X in R^{n x n}", r"3 (\log\det(X))^{2} X^{-\top}"),
        ("d/dA", "logdet(B) tr(A^T A)", "A, B in R^{n x n}", r"2 (\log\det(B)) A"),
        ("d/dx", "sum(x.^3)", "x in R^n", r"3 x^{\odot 2}"),
        ("d/dB", "tr(B pinv(A))", "A in R^{m x n}", r"(A^{+})^{\top}"),
        ("d/dW", "sum(X ./ (W H))", "X in R^{m x n}, W in R^{m x k}, H in R^{k x n}", ""),
        ("d/dx", "u(sin(x))", "x in R^n, u(x) in R^n", ""),
        ("d^3/dx^3", "f(x)", "x in R^n, f(x) in R", ""),
        ("d^2/dt^2", "u(t)", "u(t) in R^n", ""),
        ("d/dw", "lam ||w||^2", "w in R^n, lam in R", r"2 \lambda w"),
        ("d/dw", "lam lambda ||w||^2", "w in R^n", ""),
    ],
)
def test_latex_says_what_it_means(wrt, expr, where, latex):
    question = Question(expr, wrt, (where,))
    assert not unread(question)
    assert latex in {"", answer(question).latex}
