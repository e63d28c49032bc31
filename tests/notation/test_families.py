"""Sums over families as they are printed: the text, evaluated by the independent reader, against differences."""

from __future__ import annotations

import numpy as np
import pytest
from oracle.family_questions import WHERE, FamilyQuestion, differences, point
from oracle.text_numbers import Identity, value

from matdiff.calculator import Question, answer
from matdiff.checking.check import check
from matdiff.errors import MatdiffError
from matdiff.writing import write

SECOND = (("w",), ("w",))
QUESTIONS = {
    "log-sum-exp, second order": FamilyQuestion("log(sum(n,1,N,exp(x_n^T w + y_n)))", "d^2/dw dw^T", SECOND),
    "log-sum-exp by a scalar": FamilyQuestion("log(sum(n,1,N,exp(t y_n)))", "d^2/dt^2", (("t",), ("t",))),
    "log-sum-exp by a member": FamilyQuestion("log(sum(n,1,N,exp(a_n)))", "d/da_k", (("a", "k"),)),
    "log-sum-exp by two members": FamilyQuestion(
        "log(sum(n,1,N,exp(x_n^T w)))", "d^2/dx_k dx_l^T", (("x", "k"), ("x", "l"))
    ),
    "quadratic forms": FamilyQuestion("log(sum(n,1,N,exp(w^T B_n w)))", "d/dw", (("w",),)),
    "quadratic forms, second order": FamilyQuestion("log(sum(n,1,N,exp(w^T B_n w)))", "d^2/dw dw^T", SECOND),
    "squares by two members": FamilyQuestion("sum(i,1,N,||x_i||^2)", "d^2/dx_k dx_l^T", (("x", "k"), ("x", "l"))),
    "a square of a sum in a sum": FamilyQuestion("sum(n,1,N,(sum(j,1,K,exp(q_j^T x_n)))^2 w^T x_n)", "d/dw", (("w",),)),
    "pairs of members": FamilyQuestion("sum(n,1,N,sum(m,1,N,(x_n-x_m)^T A (x_n-x_m)))", "d/dx_k", (("x", "k"),)),
    "a matrix between two families": FamilyQuestion("sum(n,1,N,sum(j,1,K,exp(-||x_n - A q_j||^2)))", "d/dA", (("A",),)),
    "a mixture": FamilyQuestion("sum(n,1,N,log(sum(j,1,K,u_j^2 exp(-||x_n - q_j||^2))))", "d/dq_k", (("q", "k"),)),
}


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("indices", [{"k": 2, "l": 3}, {"k": 1, "l": 1}])
def test_the_printed_text_is_the_derivative(name, indices):
    question = QUESTIONS[name]
    scope = point(np.random.default_rng(3), indices)
    text = answer(Question(question.expr, question.wrt, (WHERE,))).ascii
    want = np.squeeze(differences(question, scope))
    got = value(text, scope)
    got = got.factor * np.eye(len(want)) if isinstance(got, Identity) else np.squeeze(got)
    assert np.allclose(got, want, rtol=1e-5, atol=1e-6), text


def test_what_is_the_same_for_every_member_is_no_vector_of_ones():
    question = FamilyQuestion("sqrt(1 + (sum(n,1,N,x_n^T S w))^2)", "d^2/dx_k dx_l^T", (("x", "k"), ("x", "l")))
    text = answer(Question(question.expr, question.wrt, (WHERE,))).ascii
    assert "ones" not in text
    scope = point(np.random.default_rng(3), {"k": 2, "l": 3})
    assert np.allclose(value(text, scope), differences(question, scope), rtol=1e-5, atol=1e-6)


def test_deltas_of_members_are_printed():
    hessian = Question("sum(i,1,N,||x_i||^2)", "d^2/dx_k dx_l^T", ("x_i in R^d",))
    assert answer(hessian).ascii == "2 delta_kl I"
    assert answer(hessian).latex == r"2 \delta_{kl} I"


def test_deltas_are_read():
    asked = Question("sum(n,1,N,sum(m,1,N,delta_nm y_n w^T x_m))", "d/dw", ("y_n in R, x_n in R^d, w in R^d",))
    assert answer(asked).ascii == "sum(n, 1, N, y_n x_n)"


RANGES = {
    "from two": ("sum(n,2,N,(w^T x_n)^2)", "sum(n, 2, N, "),
    "numbers": ("sum(n,3,5,(w^T x_n)^2)", "sum(n, 3, 5, "),
    "up to the last but one": ("sum(n,1,N-1,(w^T x_n)^2)", "sum(n, 1, N-1, "),
    "from nought": ("sum(n,0,N-1,(w^T x_n)^2)", "sum(n, 0, N-1, "),
    "two ranges": ("sum(n,1,N,(w^T x_n)^2) + sum(n,3,5,y_n w^T x_n)", "sum(n, 3, 5, "),
}


@pytest.mark.parametrize("name", RANGES)
def test_a_sum_keeps_its_range(name):
    """In every notation, with braces where a bound needs them, and read back."""
    expr, bounds = RANGES[name]
    made = answer(Question(expr, "d/dw", (WHERE,)))
    assert bounds in made.ascii
    again = answer(Question(f"v^T ({made.ascii})", "d/dv", (WHERE,)))
    assert again.ascii == made.ascii
    assert r"^{N-1}" in made.latex or "N-1" not in bounds
    assert "^{N-1}" in made.unicode or "N-1" not in bounds


def test_a_member_that_only_some_sums_take():
    question = FamilyQuestion("sum(n,1,N,(w^T x_n)^2) + sum(n,2,3,y_n w^T x_n)", "d/dx_k", (("x", "k"),))
    text = answer(Question(question.expr, question.wrt, (WHERE,))).ascii
    for k in (1, 2, 3, 4):
        scope = point(np.random.default_rng(3), {"k": k})
        assert np.allclose(np.squeeze(value(text, scope)), differences(question, scope), atol=1e-6)


def test_a_member_of_one_range_says_for_which_members():
    made = answer(Question("sum(n,2,N,||x_n||^2)", "d/dx_k", (WHERE,)))
    assert made.ascii == "2 x_k"
    assert made.notes == ("for k = 2, ..., N; by every other member the derivative is 0",)


def test_no_sum_has_the_index_of_a_sum_around_it():
    inner = "sin(w^T x_n + log(sum(m,1,N,exp(w^T x_m))))"
    text = answer(Question(f"sum(n,1,N,{inner})", "d/dw", (WHERE,))).ascii
    assert "sum(m, 1, N, exp(w^T x_m)" in text
    by_member = answer(Question("sum(n,1,N,sin(y_n + sum(k,1,N,a_k^2)))", "d/da_k", (WHERE,))).ascii
    assert by_member.startswith("2 a_k sum(n, 1, N, cos(y_n + sum(")
    assert "sum(k," not in by_member


def test_what_only_some_members_have_stays_when_the_whole_is_summed_openly():
    question = FamilyQuestion(
        "sum(n, 1, M, sin(sum(m, 1, N-1, exp(||x_n - x_m||^2/4))) (w^T x_n))",
        "d^2/dx_k dx_l^T",
        (("x", "k"), ("x", "l")),
    )
    text = answer(Question(question.expr, question.wrt, (WHERE,))).ascii
    scope = point(np.random.default_rng(3), {"k": 5, "l": 1})
    assert np.allclose(value(text, scope), differences(question, scope), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("wrt", "expr", "form"),
    [
        ("d/dw", "sum(n, 1, N, n w^T x_n)", "sum(n, 1, N, n x_n)"),
        ("d/dw", "sum(n, 1, N, gamma^(N-n) (w^T x_n - y_n)^2)", "2 sum(n, 1, N, gamma^(N-n) (w^T x_n - y_n) x_n)"),
        ("d/dX", "sum(n, 1, N, logdet(A_n + X))", "sum(n, 1, N, (A_n + X)^-T)"),
        ("d/dX", "sum(n, 1, N, tr(expm(X A_n)))", "sum(n, 1, N, expm(X A_n)^T A_n^T)"),
        ("d/dA_k", "sum(n, 1, N, logdet(A_n))", "A_k^-T"),
        ("d/dA_k", "sum(n, 1, N, tr(A_n^-1 B_n))", "-A_k^-T B_k^T A_k^-T"),
        ("d/dmu", "sum(n, 1, N, (x_n - mu)^T S_n^-1 (x_n - mu))", "-sum(n, 1, N, (S_n^-1 + S_n^-T) (x_n - mu))"),
        ("d/dx", "sum(i, 1, N, x^T (A_i + A_i^T)^-1 x)", "2 sum(i, 1, N, (A_i + A_i^T)^-1 x)"),
        (
            "d/dw",
            "w^T x_1 - log(sum(n, 1, N, exp(w^T x_n)))",
            "x_1 - sum(n, 1, N, exp(w^T x_n) x_n)/sum(n, 1, N, exp(w^T x_n))",
        ),
        ("d/dx_1", "sum(n, 1, N, (w^T x_n)^2)", "2 (w^T x_1) w"),
        ("d/dx_1", "sum(n, 1, N, ||x_n - x_1||^2)", "-2 sum(n, 1, N, x_n - x_1)"),
        ("d/dx_k", "||x_k||^2 + sum(n, 1, N, w^T x_n)", "2 x_k + w"),
        (
            "d/dw_k",
            "w_y^T x - log(sum(j, 1, K, exp(w_j^T x)))",
            "(delta_ky - exp(w_k^T x)/sum(j, 1, K, exp(w_j^T x))) x",
        ),
        ("d/dp", "log(prod(n, 1, N, p^{x_n} (1-p)^(1-x_n)))", "(sum(n, 1, N, x_n)/p - N)/(1 - p)"),
    ],
)
def test_members_by_their_numbers(wrt, expr, form):
    found = answer(Question(expr, wrt))
    assert found.ascii == form
    assert found.certificate.status == "exact"


def test_a_member_outside_of_the_sum_over_its_letter_is_an_error():
    with pytest.raises(MatdiffError, match="stands outside of the sum over n"):
        answer(Question("sum(n, 1, N, (w^T x_n)^2) + w^T x_n", "d/dw"))


@pytest.mark.parametrize(
    ("wrt", "expr", "where", "form", "lets"),
    [
        ("d/dx", "\\sum_i a_i x_i^3", "", "3 (a .* x.^2)", {}),
        ("d/dX", "\\sum_{i,j} A_{ij} \\log X_{ij}", "", "A ./ X", {}),
        ("d/dp", "\\sum_i p_i \\log\\frac{p_i}{q_i}", "", "log(p ./ q) + 1", {}),
        ("d/dX", "\\sum_{i,j} W_{ij} (X_{ij} - M_{ij})^2", "", "2 (W .* (X - M))", {}),
        ("d/dx", "\\sum_i x_i a_i^T y", "", "A y", {"A": "sum(i, 1, N, e_i a_i^T)"}),
        (
            "d/dalpha",
            "||y - sum(i, 1, N, alpha_i x_i)||^2",
            "alpha in R^N, x_i in R^n",
            "-2 X (y - sum(i, 1, N, alpha_i x_i))",
            {"X": "sum(i, 1, N, e_i x_i^T)"},
        ),
        (
            "d/dalpha",
            "sum(i, 1, N, alpha_i) - (1/2) sum(i, 1, N, sum(j, 1, N, alpha_i alpha_j y_i y_j x_i^T x_j))",
            "alpha in R^N",
            "1 - y .* X sum(i, 1, N, alpha_i y_i x_i)",
            {"y": "sum(i, 1, N, y_i e_i)", "X": "sum(i, 1, N, e_i x_i^T)"},
        ),
        ("d/dw", "sum(i, 1, N, alpha_i y_i w^T x_i)", "alpha in R^N", "sum(i, 1, N, alpha_i y_i x_i)", {}),
    ],
)
def test_members_beside_entries(wrt, expr, where, form, lets):
    """Numbers beside the entries of a vector are entries; other members are the rows of a matrix, which is told."""
    question = Question(expr, wrt, (where,))
    found = answer(question)
    assert found.ascii == form
    assert {name: write(tree, "ascii") for name, tree in found.lets.items()} == lets
    assert all(any(note.startswith(f"{name} is the ") for note in found.notes) for name in lets)
    assert found.certificate.status == "exact"
    assert check(question, form).verdict == "proved"


@pytest.mark.parametrize(
    ("by", "expr", "form", "note"),
    [
        ("d/dx_k", "exp(sum(n,3,5,x_n^T y_n))", "exp(sum(n, 3, 5, x_n^T y_n)) y_k", "for k = 3, ..., 5; "),
        ("d^2/dx_k dx_l", "sum(n,3,5,||x_n||^2)", "2 delta_kl I", "for k, l = 3, ..., 5; "),
        (  # x_k is one member here, by a number: its condition is no note's
            "d^2/dx_k dy_l",
            "exp(sum(n,3,5,x_n^T y_n)) + ||x_k - v||^2",
            "exp(sum(n, 3, 5, x_n^T y_n)) sum(n, 3, 5, delta_kn) sum(n, 3, 5, delta_ln) (delta_kl I + y_k x_l^T)",
            "",
        ),
    ],
)
def test_a_note_names_every_member_that_it_is_about(by, expr, form, note):
    found = answer(Question(expr, by))
    assert found.ascii == form
    assert [said for said in found.notes if "by every other member" in said] == (
        [note + "by every other member the derivative is 0"] if note else []
    )
    assert found.certificate.status == "exact"


@pytest.mark.parametrize(
    ("by", "expr", "where", "form"),
    [
        (  # multidimensional scaling, Coulomb forces, a mixture's means, stochastic neighbours, a ranking
            "d/dy_i",
            "sum(i,1,n,sum(j,1,n,||y_i - y_j||))",
            "y_i in R^d",
            "2 sum(m, 1, n, (y_i - y_m)/||y_i - y_m||)",
        ),
        (
            "d/dx_k",
            "sum(i,1,N,sum(j,1,N,q/||x_i - x_j||))",
            "x_i in R^3, q in R",
            "-2 q sum(i, 1, N, (x_k - x_i)/||x_k - x_i||^3)",
        ),
        (
            "d/dmu_k",
            "sum(n,1,N,sum(k,1,K,exp(-||x_n - mu_k||^2)))",
            "mu_k in R^d, x_n in R^d",
            "2 sum(n, 1, N, exp(-||x_n - mu_k||^2) (x_n - mu_k))",
        ),
        (
            "d/dmu_k",
            "sum(n,1,N,sum(k,1,K,r_{nk} ||x_n - mu_k||^2))",
            "mu_k in R^d, x_n in R^d",
            "-2 sum(n, 1, N, r_nk (x_n - mu_k))",
        ),
        (
            "d/dx_k",
            "sum(i,1,n,sum(j,1,n,w_{ij} ||x_i - x_j||^2))",
            "x_i in R^d",
            "2 sum(j, 1, n, (w_kj + w_jk) (x_k - x_j))",
        ),
        (
            "d/dw",
            "sum(i,1,n,sum(j,1,n,|w^T (x_i - x_j)|))",
            "w in R^d",
            "sum(i, 1, n, sum(m, 1, n, sign(w^T (x_i - x_m)) (x_i - x_m)))",
        ),
        (
            "d/dt",
            "sum(n,1,N,sum(m,1,N,cos(t (x_n - x_m))))",
            "x_n in R",
            "-sum(n, 1, N, sum(m, 1, N, sin(t (x_n - x_m)) (x_n - x_m)))",
        ),
        ("d/dt", "sum(n,1,N,sum(m,1,N,sin(t (x_n - x_m))))", "x_n in R", "0"),
        (
            "d/dtheta_i",
            "sum(i,1,N,sum(j,1,N,a_{ij} sin(theta_j - theta_i)))",
            "theta_i in R",
            "sum(j, 1, N, cos(theta_i - theta_j) (a_ji - a_ij))",
        ),
        (
            "d/dx_m",
            "sum(n,1,N,exp(-||x_m - x_n||^2))",
            "x_n in R^d",
            "-2 sum(n, 1, N, exp(-||x_m - x_n||^2) (x_m - x_n))",
        ),
    ],
)
def test_differences_of_members_stay_together(by, expr, where, form):
    found = answer(Question(expr, by, (where,)))
    assert found.ascii == form
    assert found.certificate.status == "exact" or "/||" in form  # 1/0, where the two members are one


def test_a_member_that_only_another_part_of_the_question_names_is_certified():
    found = answer(
        Question("-log(sigmoid(u^T v_0)) - sum(k,1,K,log(sigmoid(-u^T v_k)))", "d/dv_k", ("u in R^d, v_k in R^d",))
    )
    assert found.certificate.status != "no"


@pytest.mark.parametrize(
    ("by", "expr", "where", "form"),
    [
        ("d/dy_k", "sum(n, 2, 4, n y_n)", "y_n in R", "2 delta_k2 + 3 delta_k3 + 4 delta_k4"),
        (
            "d/dW",
            "sum(n,1,N, log(sum(exp(W x_n))) - y_n^T W x_n)",
            "y_n in R^k, x_n in R^d",
            "sum(n, 1, N, (softmax(W x_n) - y_n) x_n^T)",
        ),
        (
            "d^2/db db^T",
            "sum(n,1,N, log(sum(exp(W x_n + b))))",
            "x_n in R^d, b in R^k",
            "diag(sum(n, 1, N, softmax(W x_n + b))) - sum(n, 1, N, softmax(W x_n + b) softmax(W x_n + b)^T)",
        ),
        ("d/dx_n", "sum(n,1,N, log(sum(exp(W x_n))))", "x_n in R^d", "W^T softmax(W x_n)"),
    ],
)
def test_members_by_number_and_softmaxes_of_members(by, expr, where, form):
    found = answer(Question(expr, by, (where,)))
    assert found.ascii == form
    assert found.certificate.status == "exact"
