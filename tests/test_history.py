"""The same question has the same answer at any time, whatever was asked before, in between, or in another thread."""

from __future__ import annotations

import random
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from matdiff.calculator import Question, answer, derivation
from matdiff.checking.check import check
from matdiff.errors import MatdiffError

QUESTIONS = (
    Question("tr(X^T B X)", "d/dX"),
    Question("log(1 + exp(-t1 x^T w))", "d/dw"),
    Question("(A x - b)^T W (A x - b)", "d/dx", ("W symmetric",)),
    Question("(b - A x)^T (b - A x)", "d/dx"),
    Question("||A x - b||", "d/dx"),
    Question("sqrt(x^T x + y^T y) + x^T x", "d/dx"),
    Question("sum(n, 1, N, log(1 + exp(-y_n w^T x_n)))", "d^2/dw dw^T", ("y_n in R",)),
    Question("logdet(A^T X B + B^T X^T A)", "d/dX"),
    Question("softmax(W x + b)", "d/dx"),
    Question("tr(A X^k)", "d/dX", ("k integer",)),
    Question("exp(-||x - y||^2)", "d^2/dx dy^T"),
    Question("f(A x + b)", "d^2/dx^2"),
    Question("tr(X A X^T)", "d/dX", rules=("d g(X) = tr(X^T dX)",)),
    Question("g(A X)", "d/dX", rules=("d g(X) = tr(X^T dX)",)),
    Question("g(A X)", "d/dX", ("g(X) in R",)),
    Question("tr(X X^T X) - tr(B X)", "d/dX", expand=True),
    Question("tr((A + X) (B + X) (A + X))", "d/dX"),
    Question("A X B", "d/dX", form="kron"),
    Question("trc(X)", "d/dX"),
)
PARTS = ("code", "torch", "short", "latex", "steps", "function graph")


def text(got, part):
    """One thing that is asked of an answer, as text."""
    try:
        match part:
            case "code":
                return got.code()
            case "torch":
                return got.code("torch", ("value", "gradient") if not got.value.order else ())
            case "short":
                return repr(got.short)
            case "latex":
                return got.latex
            case "steps":
                return str(got.steps())
            case _:
                return got.code("numpy", ("hvp",))
    except MatdiffError as error:
        return f"{error.code} {error.message}"


def said(question, parts=PARTS):
    """All that there is to be had of a question, the parts in the order given."""
    try:
        got = answer(question)
    except MatdiffError as error:
        return {"error": f"{error.code} {error.message}"}
    return {part: text(got, part) for part in parts}


@pytest.fixture(scope="module")
def alone():
    return [said(question) for question in QUESTIONS]


def test_other_questions_and_other_parts_change_nothing(alone):
    rng = random.Random(5)  # noqa: S311 # no secrets are drawn
    for _ in range(3):
        order = list(range(len(QUESTIONS)))
        rng.shuffle(order)
        for k in order:
            parts = rng.sample(PARTS, len(PARTS))
            assert said(QUESTIONS[k], parts) == alone[k], QUESTIONS[k]


def test_an_answer_says_the_same_after_other_questions(alone):
    """Parts are asked for late, twice, and in turns with other answers and checks of claims."""
    kept = {k: answer(question) for k, question in enumerate(QUESTIONS) if "error" not in alone[k]}
    rng = random.Random(7)  # noqa: S311 # as above
    turns = [(k, part) for k in kept for part in PARTS] * 2
    rng.shuffle(turns)
    for k, part in turns:
        assert text(kept[k], part) == alone[k][part], (QUESTIONS[k], part)
        if part == "latex":
            assert check(Question("tr(X^T B X)", "d/dX"), "(B + B^T) X")


def test_eight_threads(alone):
    """Each asks twelve questions in an order of its own, and shares some answers with the others."""
    shared = {}
    for k, question in enumerate(QUESTIONS):
        if "error" not in alone[k]:
            shared[k] = answer(question)

    def run(seed):
        rng = random.Random(seed)  # noqa: S311 # as above
        order = list(range(len(QUESTIONS)))
        rng.shuffle(order)
        wrong = []
        for k in order[:12]:
            parts = rng.sample(PARTS, len(PARTS))
            found = said(QUESTIONS[k], parts)
            wrong.extend([(k, part) for part in found if found[part] != alone[k][part]])
            if k in shared:
                wrong.extend([(k, part, "shared") for part in parts if text(shared[k], part) != alone[k][part]])
        return wrong

    pause = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert [found for found in pool.map(run, range(8)) if found] == []
    finally:
        sys.setswitchinterval(pause)


def test_steps_on_their_own_do_not_depend_on_the_answer():
    for question in QUESTIONS[:4]:
        assert str(derivation(question)) == str(answer(question).steps())
