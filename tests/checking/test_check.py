"""Claims are proved, refuted with numbers that a reader can follow, or left undecided; never judged wrongly."""

from __future__ import annotations

import random

import numpy as np
import pytest
from oracle import corpus

from matdiff.calculator import Question, answer
from matdiff.checking.check import _Examination, check
from matdiff.checking.claims import read_claim
from matdiff.checking.trials import Trials
from matdiff.errors import MatdiffError

CASES = corpus.cases()
STRUCTURED = {"cookbook-140", "cookbook-141"}  # the source follows the other convention for symmetric matrices


def ask(wrt, expr, claim, where=(), **how):
    return check(Question(expr, wrt, where if isinstance(where, tuple) else (where,), **how), claim)


def asked(case):
    return Question(case["expr"], case["wrt"], (case["where"],) if case.get("where") else ())


PROVED = [
    ("d/dX", "tr(X^T B X)", "(B + B^T) X", ""),
    ("d/dX", "tr(X^T B X)", r"\left(\mathbf{B} + \mathbf{B}^{\top}\right)\mathbf{X}", ""),
    ("d/dX", "tr(X)", "I", ""),
    ("d/dx", "x", "I", ""),
    ("d/dx", "A x", "A'", ""),
    ("d/dX", "A X B", "kron(B, A^T)", ""),
    ("d^2/dx^2", "norm(x)", "(norm(x)^2 I - x x')/norm(x)^3", ""),
    ("d/dx", "sum(tanh(x))", "1 ./ cosh(x).^2", ""),
    ("d/dx", "logsumexp(x)", "exp(x)/sum(exp(x))", ""),
    ("d/dx", "log(1 + exp(w^T x))", "w/(1 + exp(-w^T x))", ""),
    ("d/dX", "det(X)", "tr(X) I - X^T", "X in R^{2 x 2}"),
    ("d/dX", "tr(A X^k)", "sum(s, 0, k-1, (X^(k-1-s) A X^s)^T)", "k in N"),
    ("d/dx", "u(x)^T A x", "A^T u(x) + du/dx A x", ""),
    ("d", "x^T A x", "dx^T A x + x^T A dx + x^T dA x", ""),
    ("d/dw", "sum(n, 1, N, (w^T x_n - y_n)^2)", r"2 \sum_{n=1}^N (w^T x_n - y_n) x_n", "w in R^d, x_n in R^d"),
    ("d/dx", "5", "0", "x in R^n"),
    ("d/dS", "log det S", "inv(S)", "S symmetric"),
    ("d/dx^T", "kron(B^T, A) x", "kron(B^T, A)", "B in R^{n x q}, A in R^{p x m}, x in R^12"),
    ("d/dx", "mean(X x)", "1/m X^T ones(m)", "X in R^{m x n}"),
]


@pytest.mark.parametrize(("wrt", "expr", "claim", "where"), PROVED)
def test_a_right_claim_is_proved(wrt, expr, claim, where):
    verdict = ask(wrt, expr, claim, where)
    assert verdict.verdict == "proved", verdict
    assert verdict
    assert verdict.counterexample is None


REFUTED = [
    ("d/dx", "x^T x", "x", "", "a factor 2 is missing"),
    ("d/dx", "x^T x", "4 x", "", "a factor 2 is too much"),
    ("d/dx", "x^T x", "3 x", "", "it is 3/2 times what it should be"),
    ("d/dX", "log det X", "-X^-T", "", "the sign is wrong"),
    ("d/dx", "mean(X x)", "X^T ones(m)", "X in R^{m x n}", "a factor m is too much"),
    (
        "d/dX",
        "log det X",
        "inv(X)",
        "",
        "this is the answer in numerator layout: add --layout numerator, or transpose it",
    ),
    (
        "d/dX",
        "tr(X^T B X)",
        "X^T (B + B^T)",
        "",
        "this is the answer in numerator layout: add --layout numerator, or transpose it",
    ),
    ("d/dX", "tr(X^T B X)", "B X", "", "the term B^T X is missing"),
    ("d/dX", "tr(X^T B X)", "B X - B^T X", "", "in the term B^T X, the sign is wrong"),
    ("d/dX", "tr(X^T B X)", "B X + B^T X + 2 X", "", "the term 2 X is too much"),
    ("d/dX", "tr(X^T B X)", "2 B X", "", "it would be right for a symmetric B: declare -w 'B symmetric' where it is"),
    ("d/dw", "norm(X w - y)^2", "2 X (X w - y)", "", "with X^T in place of X it would be right"),
    ("d/dX", "tr(A X B)", "B^T A^T", "A, B, X in R^{n x n}", "with A^T B^T in place of B^T A^T it would be right"),
    (
        "d/dS",
        "x' S y",
        "x y'",
        "S symmetric",
        "this is G, the gradient as if S were not symmetric; what is asked for is (G + G^T)/2",
    ),
    (
        "d/dS",
        "log det S",
        "2 inv(S) - inv(S) .* I",
        "S symmetric",
        "this is G + G^T - G .* I, the other convention for a symmetric S: add --symmetric entries",
    ),
    ("d/dx", "x^T x", "2 x + q", "", "q does not occur in the question: write what is meant"),
    ("d/dx", "x^T x", "0", "", ""),
    ("d/dx", "x^T x", "2 x + (n-2)(n-3)(n-4)(n-5) x", "x in R^n", "the term (n-2)(n-3)(n-4)(n-5) x is too much"),
    ("d/dx", "sum(sin(x))", "cos(x) + (n-2)(n-3) x", "x in R^n", "the term (n-2)(n-3) x is too much"),
    ("d/dX", "det(X)", "tr(X) I - X^T", "", ""),  # it holds for two rows only
]


@pytest.mark.parametrize(("wrt", "expr", "claim", "where", "hint"), REFUTED)
def test_a_wrong_claim_is_refuted_with_a_hint(wrt, expr, claim, where, hint):
    verdict = ask(wrt, expr, claim, where)
    assert (verdict.verdict, verdict.hint) == ("refuted", hint)
    assert not verdict


def test_the_layout_that_is_asked_for_decides():
    assert ask("d/dX", "log det X", "inv(X)", layout="numerator")
    assert not ask("d/dX", "log det X", "inv(X)^T", layout="numerator")


def test_the_convention_that_is_asked_for_decides():
    assert ask("d/dS", "log det S", "2 inv(S) - inv(S) .* I", "S symmetric", symmetric="entries")


@pytest.mark.parametrize(
    ("wrt", "expr", "claim", "how"),
    [
        ("d/dx", "x^T x", "2", "the claim is a scalar, and the derivative n x 1"),
        ("d/dx", "A x", "A", "the claim is m x n, and the derivative n x m"),
        (
            "d/dX",
            "tr(X^T B X)",
            "X B",
            "the sizes do not fit: the sizes don't match in a product: X is m x n; B is m x m",
        ),
    ],
)
def test_a_claim_of_another_shape_is_refuted_without_numbers(wrt, expr, claim, how):
    verdict = ask(wrt, expr, claim)
    assert (verdict.verdict, verdict.how) == ("refuted", how)
    assert verdict.counterexample is None


def test_an_identity_beyond_the_laws_that_are_known_stays_undecided():
    verdict = ask("d/dt", "abs(sin(2 t))", "2 sign(sin(t) cos(t)) (2 cos(t)^2 - 1)", "t scalar")
    assert verdict.verdict == "undecided"
    assert "agree at" in verdict.how


def test_the_counterexample_is_one():
    """Its inputs, put into the derivative and the claim by hand, give its numbers."""
    found = ask("d/dX", "tr(X^T B X)", "B X").counterexample
    X, B = np.array(found.inputs["X"]), np.array(found.inputs["B"])
    assert np.allclose(found.claimed, B @ X)
    assert np.allclose(found.right, (B + B.T) @ X)
    row, column = (k - 1 for k in found.place)
    assert found.claimed[row][column] != found.right[row][column]
    assert found.sizes == {"m": 2, "n": 2}


@pytest.mark.parametrize(
    ("structure", "holds"),
    [("symmetric", lambda S: np.array_equal(S, S.T)), ("skew", lambda S: np.array_equal(S, -S.T))],
)
def test_counterexamples_have_the_declared_structure(structure, holds):
    found = ask("d/dx", "norm(S x)^2", "S x", f"S in R^{{n x n}} {structure}").counterexample
    assert holds(np.array(found.inputs["S"]))


def test_counterexamples_lie_in_the_domain():
    found = ask("d/dx", "sum(log(x)) + sum(sqrt(x))", "1 ./ x").counterexample
    assert min(found.inputs["x"]) > 0


def test_an_unknown_function_is_named_in_the_counterexample():
    verdict = ask("d/dx", "u(x)^T A x", "A^T u")
    assert verdict.counterexample.functions == ("u",)
    assert verdict.hint == "the term du/dx A x is missing"


def test_large_sizes_give_one_entry():
    found = ask("d/dx", "x'A x", "A x", "x in R^300").counterexample
    assert found.inputs == {}
    assert found.claimed != found.right


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        ("", "E100"),
        ("foo(x)", "E102"),
        ("2 x)", "E104"),
        ("__import__('os')", "E115"),
        ("2 x = 2 x", "E108"),
        ("v(x)", "E214"),
    ],
)
def test_a_claim_that_cannot_be_read_is_an_error_in_the_claim(claim, code):
    with pytest.raises(MatdiffError) as raised:
        ask("d/dx", "x^T x", claim)
    assert raised.value.code == code
    assert raised.value.source == claim


def test_without_numpy_a_claim_that_cannot_be_proved_is_undecided(monkeypatch):
    monkeypatch.setattr("matdiff.checking.numeric.find_spec", lambda _: None)
    verdict = ask("d/dx", "sum(abs(x))", "x")
    assert (verdict.verdict, verdict.hint) == ("undecided", "pip install numpy")
    assert "NumPy" in verdict.how


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_answer_itself_is_proved(name):
    question = asked(CASES[name])
    try:
        claim = answer(question).ascii
    except MatdiffError:
        pytest.skip("refused")
    assert check(question, claim)


@pytest.mark.parametrize(
    "name", sorted(name for name in CASES if CASES[name].get("expected") and name not in STRUCTURED)
)
def test_what_the_source_prints_is_not_refuted(name):
    try:
        verdict = check(asked(CASES[name]), CASES[name]["expected"])
    except MatdiffError as error:
        assert error.code.startswith(("E1", "E3")), error  # noqa: PT017 # notation of the source that is not read
        return
    assert verdict.verdict != "refuted", verdict


SPOILED = ["2 ({0})", "-({0})", "({0})/3"]


@pytest.mark.parametrize("name", sorted(CASES)[::7])
@pytest.mark.parametrize("spoil", SPOILED)
def test_a_spoiled_answer_is_never_proved(name, spoil):
    question = asked(CASES[name])
    try:
        found = answer(question)
        verdict = check(question, spoil.format(found.ascii))
    except MatdiffError:
        return
    assert verdict.verdict == ("proved" if found.ascii == "0" or found.ascii.startswith("zeros") else "refuted"), (
        found.ascii,
        verdict,
    )


PIECES = ["^T", "^-1", "2 ", "-", "I", " + ", "inv(", "(", ")", "X", "A", "n", " .* ", "tr(", "'", "/", "k", "1", "x_T"]


def mutated(rng, claim):
    for _ in range(rng.randint(1, 3)):
        place, other = rng.randrange(len(claim) + 1), rng.randrange(len(claim) + 1)
        claim = rng.choice(
            [
                claim[:place] + rng.choice(PIECES) + claim[place:],
                claim[:place] + claim[place + rng.randint(1, 3) :],
                claim[:other] + claim[place:],
            ]
        )
    return claim


@pytest.mark.parametrize("seed", range(8))
def test_mutated_claims_are_never_proved_against_the_numbers(seed):
    """Whatever is claimed ends in a verdict or a MatdiffError, and numbers contradict no proof."""
    rng = random.Random(seed)  # noqa: S311 # no secrets are drawn
    cases = [case for case in CASES.values() if case.get("expected")]
    for _ in range(40):
        case = rng.choice(cases)
        text = mutated(rng, case["expected"])
        try:
            given = answer(asked(case))
            with given.graph.branch().in_force():
                examination = _Examination(given, text)
                verdict = examination.verdict()
                if not verdict:
                    continue
                claim = read_claim(text, examination.words, examination.shape)
                node = examination.laid.node if claim.shape != examination.shape else claim.node
                different, _ = Trials(examination.right, claim, node).counts()
        except MatdiffError:
            continue
        assert different == 0, (case["wrt"], case["expr"], text, verdict.how)


@pytest.mark.parametrize(
    ("expr", "wrt", "claim", "hint"),
    [
        ("tr(X^T B X)", "X", "B X", "the term B^T X is missing"),
        ("||A x - b||^2", "x", "A^T (A x - b)", "a factor 2 is missing"),
        ("log(1 + exp(x^T y))", "x", "exp(x^T y) y", ""),
    ],
)
def test_a_wrong_claim_is_refuted_without_numpy(monkeypatch, expr, wrt, claim, hint):
    monkeypatch.setattr("matdiff.checking.numeric.find_spec", lambda _: None)
    verdict = check(Question(expr, wrt), claim)
    assert (verdict.verdict, verdict.how) == ("refuted", "the numbers differ")
    assert hint in verdict.hint
