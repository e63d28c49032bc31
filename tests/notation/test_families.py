"""Sums over families as they are printed: the text, evaluated by the independent reader, against differences."""

from __future__ import annotations

import numpy as np
import pytest
from oracle.family_questions import WHERE, FamilyQuestion, differences, point
from oracle.text_numbers import Identity, value

from matdiff.calculator import Question, answer

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


def test_deltas_of_members_are_printed():
    hessian = Question("sum(i,1,N,||x_i||^2)", "d^2/dx_k dx_l^T", ("x_i in R^d",))
    assert answer(hessian).ascii == "2 delta_kl I"
    assert answer(hessian).latex == r"2 \delta_{kl} I"


def test_deltas_are_read():
    asked = Question("sum(n,1,N,sum(m,1,N,delta_nm y_n w^T x_m))", "d/dw", ("y_n in R, x_n in R^d, w in R^d",))
    assert answer(asked).ascii == "sum(n, 1, N, y_n x_n)"
