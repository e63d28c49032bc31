"""Sets that unknowns lie in, names that mean something else elsewhere, and what says nothing."""

from __future__ import annotations

import pytest

from matdiff.errors import ReadingError
from matdiff.problems.asking import answer
from matdiff.problems.problem import Asked

SOLUTIONS = [  # problem, unknown by, declarations, the solution
    ("min_x ||x - a||^2 s.t. x in R_+^n", "", "", "x = relu(a)"),
    (r"\min_{x \in \mathbb{R}^n_{+}} \|x-a\|^2", "", "", "x = relu(a)"),
    ("min_x ||x - a||^2", "", "x in R_+^n", "x = relu(a)"),
    (r"\min_{x \in [0,1]^n} \|x-a\|^2", "", "", "x = clip(a, 0, 1)"),
    ("min_x ||x - a||^2 s.t. x in [0, 1]", "", "", "x = clip(a, 0, 1)"),
    (r"\min_x \|x-a\|^2 \text{ s.t. } x \in [0, \infty)", "", "", "x = relu(a)"),
    (r"\min_x \|x-a\|^2 \text{ s.t. } x \in (0, 1)", "", "", None),
    (r"\min_{X \in S_{++}^n} \mathrm{tr}(C X) - \log\det X", "", "C spd", "X = C^-1"),
    ("min_d ||Y - X diag(d)||_F^2", "", "d vector", "d = diag(Y^T X) ./ diag(X^T X)"),
    (r"\min_{d} \|d - a\|^2", "", "", "d = a"),
    ("||Y - X diag(d)||_F^2", "d", "d vector", "d = diag(Y^T X) ./ diag(X^T X)"),
    ("inf_x ||x - a||^2", "", "", "x = a"),
    (r"\sup_{x} -\|x - a\|^2", "", "", "x = a"),
    ("min_x ||x - a||^2 s.t. x = x, 1 <= 2", "", "", "x = a"),
    (r"\min_{p \in \Delta_n} c^T p + p^T \log(p)", "", "", "p = softmax(-c)"),
    (r"\max_{W \in \mathrm{St}(n,k)} \operatorname{tr}(W^T A W)", "", "A symmetric", "W = eigvecs_max(A, k)"),
    (r"\max_{W \in \mathrm{St}(k,n)} \operatorname{tr}(W^T A W)", "", "A symmetric", "W = eigvecs_max(A, k)"),
    (r"\max_{W \in \mathrm{St}(a,b)} \operatorname{tr}(W^T A W)", "", "A symmetric", None),
    ("min_Q ||Q - A||_F^2", "", "Q orthogonal", "Q = polar(A)"),
    ("min_Q ||A - B Q||_F^2 s.t. Q in O(n)", "", "", "Q = polar(B^T A)"),
    (r"\min_{R\in SO(3)} \|A - R B\|_F^2", "", "", None),
    ("min_X ||X - A||_F^2 s.t. X_ii = 1", "", "", "X = A - diag(diag(A)) + I"),
    ("min_{x, y} ||x||^2 + ||y||^2 s.t. x, y >= 1", "", "x in R^n, y in R^n", "x = ones(n), y = ones(n)"),
    ("min_x ||x||^2 s.t. a^T x > 1", "", "", "x = a/||a||^2"),
    ("max_X tr(X) s.t. ||X||_2 <= 1", "", "X in R^{n x n}", "X = I"),
    ("min_L ||L - A||_F^2 + g ||L||_F^2", "", "L lower, g scalar", "L = tril(A)/(1 + g)"),
]


@pytest.mark.parametrize(("problem", "wrt", "where", "expected"), SOLUTIONS, ids=[case[0] for case in SOLUTIONS])
def test_what_is_said_of_the_unknowns_counts(problem, wrt, where, expected):
    asked = Asked(problem, wrt, where=(where,) if where else ())
    if expected is None:
        with pytest.raises(ReadingError):
            answer("solve", asked)
        return
    (found,) = answer("solve", asked).object()["solutions"]
    assert ", ".join([f"{name} = {text}" for name, text in found.items()]) == expected


@pytest.mark.parametrize(
    ("command", "problem", "wrt", "where", "status"),
    [
        ("solve", "max_x x^T S x s.t. x^T x = 1", "", "S skew", "every point"),
        ("solve", "min_L ||L B - A||_F^2", "", "L lower", "singular"),
        ("solve", "A X = B", "X", "X symmetric, A in R^{n x n}", "no closed form"),
        (
            "solve",
            "min_x x^2 + 1 s.t. (x - 2)(x X - 4 ones(n, n)) <= 0",
            "",
            "x scalar, X in R^{n x n}",
            "no closed form",
        ),
    ],
)
def test_a_declared_structure_is_never_left_out(command, problem, wrt, where, status):
    made = answer(command, Asked(problem, wrt, where=(where,)))
    assert made.status == status


@pytest.mark.parametrize(
    ("problem", "wrt", "where", "condition"),
    [
        ("min_S tr(S) - logdet(S + A)", "", "S spd, A spd", "I - A positive definite"),
        ("A X + X B = C", "X", "X lower", "sylvester(A, B, C) lower triangular"),
        ("X^-1 + A = B", "X", "X spd", "(B - A)^-1 positive definite"),
    ],
)
def test_what_the_structure_asks_of_the_data_is_a_condition(problem, wrt, where, condition):
    assert condition in answer("solve", Asked(problem, wrt, where=(where,))).object()["conditions"]


def test_a_strict_inequality_is_read_with_its_edge_and_says_so():
    made = answer("solve", Asked("min_x ||x||^2 s.t. a^T x > 1"))
    assert any("< and >" in note for note in made.notes)
    assert not any("< and >" in note for note in answer("solve", Asked("min_x ||x||^2 s.t. a^T x >= 1")).notes)


@pytest.mark.parametrize("star", [r"\xi^*", r"\xi^{*}", r"\hat{\xi}"])
def test_an_unknown_with_a_star_is_one_of_its_own(star):
    member = star.replace("^", "_n^") if "^" in star else star + "_n"
    problem = (
        rf"\min_{{w,b,\xi,{star}}} \frac12\|w\|^2 + C\sum_{{n=1}}^N(\xi_n+{member}) \text{{ s.t. }} "
        rf"y_n - w^Tx_n - b \le \epsilon+\xi_n,\ w^Tx_n+b-y_n \le \epsilon+{member},\ \xi_n, {member} \ge 0"
    )
    made = answer("dual", Asked(problem, where=("y_n scalar, b scalar, C scalar",)))
    told = made.object()
    assert told["constraints"][:4] == ["alpha >= 0", "beta >= 0", "alpha <= C", "beta <= C"]
    assert any("is written zeta" in note for note in made.notes)


def test_the_diagonal_of_a_semidefinite_matrix_has_a_multiplier_each():
    made = answer("dual", Asked("min_X tr(C X) s.t. X_ii = 1, X >> 0", where=("C symmetric, X symmetric",))).object()
    assert (made["objective"], made["constraints"]) == ("sum(nu)", ["C - diag(nu) >> 0"])


def test_the_declared_entries_of_an_unknown_are_its_entries():
    problem = "min_{w,xi} 1/2 ||w||^2 + C/2 sum(n,1,N,xi_n^2) s.t. y_n w^T x_n >= 1 - xi_n, n = 1..N"
    made = answer("dual", Asked(problem, where=("y_n scalar, xi_n scalar, C scalar",)))
    assert made.object()["primal"]["xi"] == "alpha/C"


def test_an_unknown_whose_entries_are_added_is_a_vector():
    problem = "min_{w,xi} 1/2 ||w||^2 + C sum(xi) s.t. y .* (X w) >= 1 - xi, xi >= 0"
    made = answer("dual", Asked(problem, where=("y vector",)))
    assert "lambda <= C" in made.object()["constraints"]
    assert any("xi was taken to be a vector" in note for note in made.notes)


@pytest.mark.parametrize(
    ("command", "problem", "where", "text"),
    [
        (
            "solve",
            "min_w 1/2 ||w||^2 + C/2 ||e||^2 s.t. e = y - X w",
            "e vector, y vector, C scalar",
            "w = C X^T (I + C X X^T)^-1 y",
        ),
        ("solve", "min_x ||z||_1 + 1/2 ||x - v||^2 s.t. z = x", "z vector, v vector", "x = soft(v, 1)"),
        (
            "dual",
            "min_{w,b} 1/2 ||w||^2 + C sum(n,1,N,xi_n) s.t. y_n (w^T x_n + b) >= 1 - xi_n, xi_n >= 0",
            "y_n scalar, b scalar, C scalar",
            "alpha <= C",
        ),
    ],
)
def test_what_only_a_constraint_tells_is_sought(command, problem, where, text):
    made = answer(command, Asked(problem, where=(where,)))
    assert text in made.write("ascii")
    assert any("was read as an unknown, too" in note for note in made.notes)


def test_what_a_constraint_says_of_the_data_is_given():
    made = answer("solve", Asked("min_x ||x - v||^2 + lambda ||x||_1 s.t. lambda >= 0", where=("v vector",)))
    assert str(made) == "x = soft(v, λ/2)"
    assert any("the data alone" in note for note in made.notes)


def test_data_that_a_constraint_names_on_its_other_side_stay_data():
    assert str(answer("solve", Asked("min_x ||x||^2 s.t. y = A x"))) == "x = Aᵀ (A Aᵀ)⁻¹ y"
