"""Random problems against dense linear algebra: affine and quadratic ones with and without equations, convex QPs."""

from __future__ import annotations

import inspect
import random

import numpy as np
import pytest

from matdiff.problems.asking import dual_problem, solution
from matdiff.problems.problem import Asked

FEW, MANY, QPS = 40, 2000, 300
LETTERS = list("ABCDEFGHJKLQRST")


def call(code, name, given):
    module = {}
    exec(compile(code, "answer", "exec"), module)  # noqa: S102 # the code under test
    parameters = inspect.signature(module[name]).parameters
    return module[name](**{p: given[p if p in given else p.rstrip("_")] for p in parameters})


class VectorProblem:
    """A strictly convex quadratic in a vector: its text, and its Hessian and gradient at zero as numbers."""

    def __init__(self, seed):
        self.draw = random.Random(seed)  # noqa: S311 # a test's draw is no secret
        self.rng = np.random.default_rng(seed)
        self.unknown = self.draw.choice(["x", "w", "z", "u", "v"])
        self.n = self.draw.randint(2, 4)
        self.given, self.where, terms = {}, [f"{self.unknown} in R^n"], []
        self.hessian, self.slope = np.zeros((self.n, self.n)), np.zeros(self.n)
        self.letters = list(LETTERS)
        kinds = [self.square, self.ridge, self.form, self.line]
        terms += [self.draw.choice(kinds)() for _ in range(self.draw.randint(1, 4))]
        terms.append(self.ridge())
        self.draw.shuffle(terms)
        self.text = " + ".join(terms)

    def name(self, *shape, size):
        letter = self.letters.pop(0)
        letter = letter if len(shape) > 1 else letter.lower()
        self.given[letter] = self.rng.standard_normal(shape)
        self.where.append(f"{letter} in R^{{{size}}}")
        return letter

    def square(self):
        k = len(self.letters)
        a = self.name(self.n + 2, self.n, size=f"k_{k} x n")
        b = self.name(self.n + 2, size=f"k_{k}")
        matrix, vector = self.given[a], self.given[b]
        self.hessian += 2 * matrix.T @ matrix
        self.slope -= 2 * matrix.T @ vector
        return f"||{a} {self.unknown} - {b}||^2"

    def ridge(self):
        c = self.draw.choice([1, 2, 3])
        self.hessian += 2 * c * np.eye(self.n)
        return f"{c} {self.unknown}^T {self.unknown}"

    def form(self):
        p = self.name(self.n, self.n, size="n x n")
        root = self.given[p]
        self.given[p] = root @ root.T + np.eye(self.n)
        self.where.append(f"{p} spd")
        self.hessian += self.given[p]
        return f"1/2 {self.unknown}^T {p} {self.unknown}"

    def line(self):
        c = self.name(self.n, size="n")
        self.slope += self.given[c]
        return f"{c}^T {self.unknown}"


def check_vector(seed):
    problem = VectorProblem(seed)
    constraints = ()
    matrix, right = problem.hessian, -problem.slope
    if problem.draw.random() < 0.5:
        c = problem.name(1 if problem.n < 3 else 2, problem.n, size="m x n")
        d = problem.name(len(problem.given[c]), size="m")
        constraints = (f"{c} {problem.unknown} = {d}",)
        rows = problem.given[c]
        matrix = np.block([[matrix, rows.T], [rows, np.zeros((len(rows), len(rows)))]])
        right = np.concatenate([right, problem.given[d]])
    answer = solution(Asked(problem.text, f"d/d{problem.unknown}", constraints, (", ".join(problem.where),)))
    assert answer.status == "solved", (problem.text, constraints, answer.outcome.why)
    want = np.linalg.solve(matrix, right)[: problem.n]
    got = call(answer.code("numpy"), "solution", {**problem.given, "n": problem.n})
    assert np.allclose(got, want, rtol=1e-6, atol=1e-8), (problem.text, constraints)
    made = answer.object()
    assert made["kind"] in {"minimum", "stationary"}
    assert made["unique"]


def check_matrix(seed):
    """Sum of c_k A_k X B_k = C against Kronecker products."""
    draw = random.Random(seed)  # noqa: S311 # a test's draw is no secret
    rng = np.random.default_rng(seed)
    m, n = draw.randint(2, 3), draw.randint(2, 3)
    given, where = {"C": rng.standard_normal((m, n))}, ["X in R^{m x n}", "C in R^{m x n}"]
    terms, whole = [], np.zeros((m * n, m * n))
    letters = iter(["A", "B", "D", "E", "F", "G", "H", "K"])
    for _ in range(draw.randint(1, 3)):
        left, right = np.eye(m), np.eye(n)
        text = ["X"]
        if draw.random() < 0.7:
            name = next(letters)
            given[name] = left = rng.standard_normal((m, m)) + 2 * np.eye(m)
            where.append(f"{name} in R^{{m x m}}")
            text.insert(0, name)
        if draw.random() < 0.5:
            name = next(letters)
            given[name] = right = rng.standard_normal((n, n)) + 2 * np.eye(n)
            where.append(f"{name} in R^{{n x n}}")
            text.append(name)
        c = draw.choice([1, 2])
        terms.append(f"{c} " + " ".join(text))
        whole += c * np.kron(right.T, left)
    if abs(np.linalg.det(whole)) < 1e-2:
        return
    answer = solution(Asked(" + ".join(terms) + " = C", "X", (), (", ".join(where),)))
    if answer.status != "solved":
        assert answer.status == "no closed form", terms
        return
    want = np.linalg.solve(whole, given["C"].reshape(-1, order="F")).reshape((m, n), order="F")
    got = call(answer.code("numpy"), "solution", {**given, "m": m, "n": n})
    assert np.allclose(got, want, rtol=1e-5, atol=1e-6), terms


def check_qp(seed):
    """A convex QP built around its solution: the dual reaches the optimum at its multipliers, and never passes it."""
    rng = np.random.default_rng(seed)
    n, m, k = int(rng.integers(2, 5)), int(rng.integers(1, 5)), int(rng.integers(1, 3))
    root = rng.standard_normal((n, n))
    p, a, e = root @ root.T + np.eye(n), rng.standard_normal((m, n)), rng.standard_normal((min(k, n - 1), n))
    x, multipliers, nu = rng.standard_normal(n), rng.random(m) * rng.integers(0, 2, m), rng.standard_normal(len(e))
    b = a @ x + np.where(multipliers > 0, 0.0, rng.random(m))
    given = {"P": p, "A": a, "b": b, "E": e, "f": e @ x, "q": -(p @ x + a.T @ multipliers + e.T @ nu)}
    text = "min_x 1/2 x^T P x + q^T x s.t. A x <= b, E x = f"
    where = ("P spd, A in R^{m x n}, E in R^{k x n}, f in R^k, b in R^m",)
    answer = dual_problem(Asked(text, "", (), where))
    code = answer.code("numpy")
    optimum = x @ p @ x / 2 + given["q"] @ x
    first, second = [one.var.name for one in answer.dual.multipliers]
    at = {**given, first: multipliers, second: -nu}  # the sign in which f^T nu is added
    assert np.isclose(call(code, "objective", at), optimum, rtol=1e-8, atol=1e-8)
    assert np.allclose(call(code, "primal", at), x, atol=1e-7)
    for _ in range(3):
        other = {**given, first: rng.random(m), second: rng.standard_normal(len(e))}
        assert call(code, "objective", other) <= optimum + 1e-8 * (1 + abs(optimum))


@pytest.mark.parametrize("seed", range(FEW))
def test_quadratics_have_the_minimum_of_a_dense_solve(seed):
    check_vector(seed)


@pytest.mark.parametrize("seed", range(FEW // 4))
def test_matrix_equations_have_the_solution_of_their_vec_form(seed):
    check_matrix(seed)


@pytest.mark.parametrize("seed", range(FEW // 4))
def test_the_dual_of_a_quadratic_program_is_tight(seed):
    check_qp(seed)


@pytest.mark.slow
def test_two_thousand_problems_have_no_wrong_answer():
    for seed in range(FEW, FEW + MANY // 2):
        check_vector(seed)
        check_matrix(seed)


@pytest.mark.slow
def test_three_hundred_quadratic_programs_are_dual_to_themselves():
    for seed in range(QPS):
        check_qp(seed)
