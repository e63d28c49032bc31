"""The certificate: no false alarm, and no contradiction that goes by."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from oracle.family_questions import WHERE, draw

from matdiff.calculator import Question, answer
from matdiff.certificate import certify
from matdiff.errors import CalculusError, MatdiffError
from matdiff.formula.syntax import Add, Mul, Neg, Num, Transpose
from matdiff.functions import TABLE
from matdiff.records import replace

CASES = [json.loads(line) for line in (Path(__file__).parent / "corpus" / "visible.jsonl").open()]


def asked(case, **settings):
    return answer(Question(case["expr"], case["wrt"], (case.get("where") or "",), **settings))


def certified(made):
    with made.graph.branch().in_force():
        return certify(made, made.laid)


def test_the_corpus_is_certified():
    """Nearly all in exact arithmetic, and no alarm."""
    found = [asked(case).certificate.status for case in CASES]
    assert found.count("exact") >= 0.98 * len(found)
    assert found.count("no") <= 0.01 * len(found)


@pytest.mark.parametrize("layout", ["numerator", "mixed"])
def test_other_layouts_are_certified(layout):
    found = [asked(case, layout=layout).certificate.status for case in CASES[::5]]
    assert found.count("exact") >= 0.95 * len(found)


WRONG = {
    "the sign": Neg,
    "a factor": lambda tree: Mul((Num(2), tree)),
    "a term too much": lambda tree: Add((tree, tree)),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_formula_is_a_contradiction(name):
    caught = tried = 0
    for case in CASES[::4]:
        made = asked(case, no_certify=True)
        if made.formula == Num(0):
            continue
        wrong = replace(made, formula=WRONG[name](made.formula))
        tried += 1
        try:
            assert certified(wrong).status == "no", case
        except CalculusError as error:
            assert error.code == "E904"  # noqa: PT017 # an answer of "no" is allowed as well
            caught += 1
    assert caught >= 0.85 * tried  # the rest holds functions that floats do not know


def test_a_transpose_too_much_is_a_contradiction():
    made = answer(Question("tr(X^T B X A)", "d/dX", ("X in R^{n x n}, A in R^{n x n}, B in R^{n x n}",)))
    with pytest.raises(CalculusError, match="contradicts"):
        certified(replace(made, formula=Transpose(made.formula)))


@pytest.mark.parametrize(
    "name", sorted(name for name, row in TABLE.items() if row.example[0] or row.shape != "constant")
)
def test_no_row_of_the_table_gives_a_false_alarm(name):
    expr, wrt, where = TABLE[name].example
    if not expr:
        expr, wrt, where = f"sum({name}(A x))", "d/dx", "A in R^{m x n}, x in R^n"
        if "square" in TABLE[name].shape:
            expr, wrt, where = f"tr(B {name}(X))", "d/dX", "B in R^{n x n}, X in R^{n x n}"
    try:
        made = answer(Question(expr, wrt, (where,)))
    except MatdiffError as error:
        assert error.code != "E904", error  # noqa: PT017 # whatever else is refused
        return
    assert made.certificate.status in {"exact", "numeric", "no"}
    assert made.certificate.why or made.certificate.status != "no"


def test_random_questions_over_families_are_certified():
    found = []
    for seed in range(300, 340):
        question = draw(np.random.default_rng(seed))
        found.append(answer(Question(question.expr, question.wrt, (WHERE,))).certificate)
    assert [each.status for each in found].count("exact") >= 0.9 * len(found), found


def test_the_certificate_may_be_left_out():
    assert answer(Question("x^T x", "d/dx", no_certify=True)).certificate is None
    assert answer(Question("x^T x", "d/dx")).certificate.status == "exact"


def test_what_cannot_be_certified_says_why():
    certificate = answer(Question("x^T A x", "d/dx", form="index")).certificate
    assert certificate.status == "no"
    assert certificate.why


@pytest.mark.parametrize(
    ("expr", "wrt", "where"),
    [
        ("kron(X, X)", "d/dX", "X in R^{m x n}"),
        ("X kron(X, A)", "d/dX", ""),
        ("kron(X, X) kron(A, B)", "d/dX", ""),
        ("kron(X, I_k)", "d/dX", "X in R^{m x n}"),
        ("X^T", "d/dX", "X in R^{i x j}"),
        ("expm(X^T X)", "d/dX", ""),
        ("A expm(X) B", "d/dX", ""),
        ("logm(X^T)", "d/dX", ""),
        ("tr(A sqrtm(X))", "d/dX", ""),
        ("lambda_max(X)", "d/dX", "X symmetric"),
        ("lambda_max(A + x x^T)", "d/dx", "A symmetric"),
        ("topvec(X)", "d/dX", "X symmetric"),
        ("||X||_2", "d/dX", ""),
        ("||X||_*", "d/dX", ""),
        ("schatten(X, 3)", "d/dX", ""),
        ("tr(A Q B Q^T)", "d/dQ", "Q orthogonal"),
        ("||Q x - b||^2 + x^T Q x", "d/dx", "Q orthogonal"),
        ("logdet(Q X Q^T + A)", "d/dX", "Q orthogonal"),
        ("sum(n, 1, N, ||Q_n x - b||^2 + x^T Q_n x)", "d/dx", "Q_n in R^{d x d} orthogonal"),
    ],
)
def test_large_products_and_functions_of_matrices_are_certified(expr, wrt, where):
    assert asked({"expr": expr, "wrt": wrt, "where": where}).certificate.status == "exact"


def test_an_expm_too_much_is_no_certificate():
    made = answer(Question("tr(A expm(X))", "d/dX", no_certify=True))
    other = answer(Question("tr(A expm(X^T))", "d/dX", no_certify=True))
    assert certified(replace(made, formula=other.formula)).status == "no"
