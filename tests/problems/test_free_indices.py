"""What a problem's letters mean: free indices of constraints, bounds by name, unknowns that stand nowhere."""

from __future__ import annotations

import pytest

from matdiff import MatdiffError
from matdiff.graph.graph import Graph
from matdiff.problems.asking import dual_problem, iteration, solution
from matdiff.problems.problem import Asked

HARD = "max_{alpha} sum(alpha) - ||X^T (y .* alpha)||^2/2 s.t. alpha >= 0, y^T alpha = 0"
SOFT = "max_{alpha} sum(alpha) - ||X^T (y .* alpha)||^2/2 s.t. alpha >= 0, alpha <= C, y^T alpha = 0"


def ascii_of(ask, problem, *where):
    with Graph().in_force():
        return ask(Asked(problem, "", (), where)).ascii.splitlines()


@pytest.mark.parametrize(
    ("problem", "dual"),
    [
        ("min_{w,b} 1/2||w||^2 s.t. y_i (w^T x_i + b) >= 1", HARD),
        ("min_{w,b} 1/2||w||^2 s.t. y_i (w^T x_i + b) >= 1 for all i", HARD),
        (r"\min_{w,b} 1/2||w||^2 s.t. y_i (w^T x_i + b) \ge 1 \; \forall i", HARD),
        ("min_{w,b,xi} 1/2||w||^2 + C sum(xi) s.t. y_i (w^T x_i + b) >= 1 - xi_i, xi_i >= 0", SOFT),
        ("min_{w,b,xi} 1/2||w||^2 + C sum_i xi_i s.t. y_i (w^T x_i + b) >= 1 - xi_i, xi_i >= 0", SOFT),
        ("min_w,b,xi 1/2||w||^2 + C sum(xi) s.t. y_i (w^T x_i + b) >= 1 - xi_i, xi_i >= 0", SOFT),
    ],
)
def test_a_constraint_with_a_free_index_holds_for_all_its_members(problem, dual):
    assert ascii_of(dual_problem, problem)[0] == dual


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        ("min_x ||x||^2 s.t. a_i^T x = b_i", "x = A^T (A A^T)^-1 b"),
        ("min_{x_k} ||x_k - a_k||^2 s.t. b_k^T x_k = 1", "x_k = a_k + (1 - a_k^T b_k) b_k/||b_k||^2"),
        ("min_x ||x - a_k||^2 s.t. b_k^T x = 1", "x = a_k + (1 - a_k^T b_k) b_k/||b_k||^2"),
        ("min_x ||x - a||^2 s.t. x_1 = 2", "x = a + (2 - a_1) e_1"),
        ("min_x ||x - a||^2 s.t. x_l <= x <= x_u", "x = clip(a, x_l, x_u)"),
    ],
)
def test_an_index_that_stands_elsewhere_or_numbers_a_name_is_no_free_one(problem, text):
    assert ascii_of(solution, problem)[0] == text


@pytest.mark.parametrize(
    ("problem", "word"), [("min_x tr(C X) s.t. X >> 0", "did you mean X"), ("min_{w, b} ||X w - y||^2", "b does not")]
)
def test_an_unknown_that_stands_nowhere_is_refused(problem, word):
    with pytest.raises(MatdiffError) as caught, Graph().in_force():
        solution(Asked(problem))
    assert caught.value.code == "E140"
    assert word in f"{caught.value.message} {caught.value.hint}"


def test_a_dual_has_the_signs_that_a_book_has():
    quadratic = "min_x 1/2 x^T Q x + c^T x s.t. A x <= b"
    text = "max_{lambda} -(b^T lambda + (c + A^T lambda)^T Q^-1 (c + A^T lambda)/2) s.t. lambda >= 0"
    assert ascii_of(dual_problem, quadratic, "Q spd")[0] == text


def test_an_update_writes_the_shorter_derivative():
    loss = "max_w sum(n, 1, N, y_n log(sigmoid(w^T x_n)) + (1 - y_n) log(1 - sigmoid(w^T x_n)))"
    with Graph().in_force():
        (rule,) = iteration(Asked(loss, "", (), ("y_n scalar",)), "gd").object()["rules"]
    assert rule["new"] == "w - eta X^T (sigmoid(X w) - y)"


@pytest.mark.parametrize(
    ("problem", "texts"),
    [
        (
            "min_{w,e} ||w||^2 + C ||e||^2 s.t. y = X w + e",
            ["w = C X^T (I + C X X^T)^-1 y", "e = (I + C X X^T)^-1 y"],
        ),
        ("max_{pi} sum(k,1,K,N_k log(pi_k)) s.t. sum(k,1,K,pi_k) = 1", ["pi = N/sum(N)"]),
        (
            "min_{b,a} sum(i,1,n,(y_i - a - b x_i)^2) where y_i scalar, x_i scalar",
            ["b = (y - sum(y) ones(n)/n)^T x/((x - sum(x) ones(n)/n)^T x)", "a = sum(y - b x)/n"],
        ),
    ],
)
def test_a_solution_is_written_in_its_shorter_form(problem, texts):
    assert ascii_of(solution, problem)[: len(texts)] == texts
