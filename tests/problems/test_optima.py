"""Optima that need more than one rule, against SciPy: on random data the generated solution meets the constraints and
no solver finds a better point from near it.
"""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from scipy import optimize

from matdiff.problems.asking import solution
from matdiff.problems.problem import Asked

SIZES = {"n": 4, "m": 3, "k": 2, "N": 7, "d": 3}
# problem; declarations; data NAME:SIZES:KIND; unknowns; objective, equations and inequalities as Python; status
CASES = [
    ("max_p sum(log(1 + p ./ s)) s.t. 1^T p = P, p >= 0", "s vector, P scalar, p vector", "s:n:pos P::pos", "p:n",
     "np.sum(np.log(1 + p / s))", ["p.sum() - P"], ["p"], "conditional"),
    ("min_x -sum(a .* log(b + x)) s.t. 1^T x <= P, x >= 0", "a vector, b vector, P scalar", "a:n:pos b:n:pos P::pos",
     "x:n", "-np.sum(a * np.log(b + x))", [], ["x", "P - x.sum()"], "conditional"),
    ("min_x ||x - v||^2 s.t. 1^T x = 1, x >= 0", "v vector", "v:n", "x:n", "np.sum((x - v)**2)", ["x.sum() - 1"], ["x"],
     "conditional"),
    ("min_x ||x - v||^2 s.t. 1^T x = c, 0 <= x <= 1", "v vector, c scalar", "v:n c::unit", "x:n", "np.sum((x - v)**2)",
     ["x.sum() - c"], ["x", "1 - x"], "conditional"),
    ("min_x sum(w .* (x - v).^2) s.t. a^T x <= c, x >= 0", "v vector, w vector, a vector, c scalar",
     "v:n w:n:pos a:n:pos c::unit", "x:n", "np.sum(w * (x - v)**2)", [], ["x", "c - a @ x"], "conditional"),
    ("min_x ||x - v||^2 s.t. ||x||_1 <= r", "v vector, r scalar", "v:n r::unit", "x:n", "np.sum((x - v)**2)", [],
     ["r - np.sum(np.abs(x))"], "conditional"),
    ("min_x 1/2 ||x - v||^2 + c ||x||_inf", "v vector, c scalar", "v:n c::unit", "x:n",
     "np.sum((x - v)**2) / 2 + c * np.max(np.abs(x))", [], [], "conditional"),
    ("min_x ||x - v||^2 s.t. l <= a^T x <= u", "v vector, a vector, l scalar, u scalar", "v:n a:n l::neg u::pos", "x:n",
     "np.sum((x - v)**2)", [], ["u - a @ x", "a @ x - l"], "solved"),
    ("min_x c^T x s.t. l <= x <= u", "l vector, u vector", "c:n l:n:neg u:n:pos", "x:n", "c @ x", [], ["u - x", "x - l"],
     "solved"),
    ("max_x c^T x s.t. ||x||_inf <= 2", "", "c:n", "x:n", "c @ x", [], ["2 - x", "2 + x"], "solved"),
    ("max_x c^T x s.t. (x - a)^T P (x - a) <= 1", "P spd, a vector", "c:n a:n P:n,n:spd", "x:n", "c @ x", [],
     ["1 - (x - a) @ P @ (x - a)"], "solved"),
    ("min_X 1/2 ||X - A||_F^2 + c ||X||_*", "c scalar", "A:n,m c::unit", "X:n,m",
     "np.sum((X - A)**2) / 2 + c * np.linalg.svd(X)[1].sum()", [], [], "solved"),
    ("max_w (mu^T w)/sqrt(w^T S w)", "S spd, mu vector", "mu:n S:n,n:spd", "w:n", "mu @ w / np.sqrt(w @ S @ w)", [], [],
     "solved"),
    ("max_W tr(W^T B W) s.t. W^T S W = I", "B spd, S spd, W in R^{n x k}", "B:n,n:spd S:n,n:spd", "W:n,k",
     "np.trace(W.T @ B @ W)", ["(W.T @ S @ W - np.eye(2)).ravel()"], [], "solved"),
    ("max_W tr((W^T S W)^-1 W^T B W)", "B spd, S spd, W in R^{n x k}", "B:n,n:spd S:n,n:spd", "W:n,k",
     "np.trace(np.linalg.solve(W.T @ S @ W, W.T @ B @ W))", [], [], "solved"),
    ("max_{a,b} a^T C b s.t. a^T A a = 1, b^T B b = 1", "A spd, B spd, a vector, b vector",
     "C:n,m A:n,n:spd B:m,m:spd", "a:n b:m", "a @ C @ b", ["a @ A @ a - 1", "b @ B @ b - 1"], [], "solved"),
    ("min_{U,V} ||A - U V^T||_F^2", "U in R^{n x k}, V in R^{m x k}", "A:n,m", "U:n,k V:m,k",
     "np.sum((A - U @ V.T)**2)", [], [], "solved"),
    ("min_{s,R} ||A - s B R||_F^2 s.t. R^T R = I", "R in R^{n x n}, s scalar", "A:N,n B:N,n", "s: R:n,n",
     "np.sum((A - s * B @ R)**2)", ["(R.T @ R - np.eye(4)).ravel()"], [], "solved"),
    ("min_{R,t} sum(i,1,N,||R x_i + t - y_i||^2) s.t. R^T R = I", "R in R^{n x n}, t vector", "x_i:N,n y_i:N,n",
     "R:n,n t:n", "np.sum((x_i @ R.T + t - y_i)**2)", ["(R.T @ R - np.eye(4)).ravel()"], [], "solved"),
    ("min_p c^T p + t sum(p .* log(p)) s.t. 1^T p = 1", "t scalar, c vector", "c:n t::pos", "p:n",
     "c @ p + t * np.sum(p * np.log(p))", ["p.sum() - 1"], [], "solved"),
    ("max_p r^T p - b sum(p .* log(p ./ q)) s.t. 1^T p = 1", "b scalar, r vector, q vector", "r:n b::pos q:n:pos",
     "p:n", "r @ p - b * np.sum(p * np.log(p / q))", ["p.sum() - 1"], [], "solved"),
    ("min_{x,y,z} ||A x + B y + C z - d||^2",
     "A in R^{N x k}, B in R^{N x k}, C in R^{N x k}, y vector, z vector, d vector", "A:N,k B:N,k C:N,k d:N",
     "x:k y:k z:k", "np.sum((A @ x + B @ y + C @ z - d)**2)", [], [], "solved"),
    ("max_p sum(y .* log(p) + (1 - y) .* log(1 - p))", "y vector, p vector", "y:n:unit", "p:n",
     "np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))", [], [], "solved"),
    ("max_f sum(i, 1, n, log(f_i)) s.t. sum(i, 1, n, f_i) = 1", "f in R^n", "", "f:n", "np.sum(np.log(f))",
     ["f.sum() - 1"], [], "solved"),
    ("max_x x^T log(q) - x^T log(x) s.t. 1^T x = 1", "q vector, x in R^n", "q:n:pos", "x:n",
     "x @ np.log(q) - x @ np.log(x)", ["x.sum() - 1"], [], "solved"),
    ("max_A sum(C .* log(A)) s.t. A 1 = 1", "C in R^{n x m}", "C:n,m:pos", "A:n,m", "np.sum(C * np.log(A))",
     ["A.sum(1) - 1"], [], "solved"),
    ("min_P tr(P^T C) + t sum(P .* (log(P) - 1)) s.t. P 1 = a", "a vector, P in R^{n x m}, t scalar",
     "C:n,m a:n:pos t::pos", "P:n,m", "np.sum(P * C) + t * np.sum(P * (np.log(P) - 1))", ["P.sum(1) - a"], [],
     "solved"),
    ("min_x ||x - a||^2 s.t. x in [0, 1]", "a vector", "a:n", "x:n", "np.sum((x - a)**2)", [], ["x", "1 - x"],
     "solved"),
    ("min_x ||x - a||_1", "a vector", "a:n", "x:n", "np.sum(np.abs(x - a))", [], [], "solved"),
    ("min_x ||A x - b|| + ||A x - b||_inf", "A in R^{n x n}", "A:n,n b:n", "x:n",
     "np.linalg.norm(A @ x - b) + np.max(np.abs(A @ x - b))", [], [], "solved"),
    ("max_X -3 ||X - A||_* - ||X - A||_F^2 - ||A - X||_2", "", "A:n,m", "X:n,m",
     "-3 * np.linalg.norm(X - A, 'nuc') - np.sum((X - A)**2) - np.linalg.norm(X - A, 2)", [], [], "solved"),
    ("max_X tr(A^T X) s.t. ||X||_F <= 2", "", "A:n,m", "X:n,m", "np.sum(A * X)", [], ["4 - np.sum(X**2)"], "solved"),
    ("min_X tr(A^T X) s.t. ||X - C||_F <= r", "r scalar", "A:n,m C:n,m r::pos", "X:n,m", "np.sum(A * X)", [],
     ["r - np.linalg.norm(X - C)"], "solved"),
    ("min_X tr(A^T X) s.t. ||X - C||_2 <= r", "r scalar", "A:n,m C:n,m r::pos", "X:n,m", "np.sum(A * X)", [],
     ["r - np.linalg.norm(X - C, 2)"], "solved"),
    ("max_X 3 tr(A^T X) s.t. ||X||_* <= 2", "", "A:n,m", "X:n,m", "3 * np.sum(A * X)", [],
     ["2 - np.linalg.norm(X, 'nuc')"], "solved"),
    ("min_X tr(A^T X) s.t. ||X||_* <= 1", "", "A:n,m", "X:n,m", "np.sum(A * X)", [],
     ["1 - np.linalg.norm(X, 'nuc')"], "solved"),
    ("max_x a^T x s.t. 2 ||x||_1 <= r", "r scalar", "a:n r::pos", "x:n", "a @ x", [], ["r - 2 * np.sum(np.abs(x))"],
     "solved"),
    ("min_x c^T x s.t. ||2 x - a||_1 <= 1", "", "c:n a:n", "x:n", "c @ x", [], ["1 - np.sum(np.abs(2 * x - a))"],
     "solved"),
    ("min_x c^T x s.t. x >= 0, sum(x) = 1", "", "c:n", "x:n", "c @ x", ["x.sum() - 1"], ["x"], "solved"),
    ("max_x c^T x s.t. x >= 0, 2 * 1^T x = s", "s scalar", "c:n s::pos", "x:n", "c @ x", ["2 * x.sum() - s"], ["x"],
     "solved"),
    ("max_w w^T B w / (w^T S w)", "", "B:n,n S:n,n:spd", "w:n", "w @ B @ w / (w @ S @ w)", [], [], "solved"),
    ("min_w w^T B w / (w^T (S + P) w)", "", "B:n,n S:n,n:spd P:n,n:spd", "w:n", "w @ B @ w / (w @ (S + P) @ w)", [],
     [], "solved"),
    ("max_w (w^T m)^2 / (w^T S w)", "", "m:n S:n,n:spd", "w:n", "(w @ m)**2 / (w @ S @ w)", [], [], "solved"),
    ("min_b exp(-b) p + exp(b) q", "b scalar, p scalar, q scalar", "p::pos q::pos", "b:",
     "np.exp(-b) * p + np.exp(b) * q", [], [], "solved"),
    ("min_p sum(p .* log(p) + (1 - p) .* log(1 - p)) - c^T p", "p vector", "c:n", "p:n",
     "np.sum(p * np.log(p) + (1 - p) * np.log(1 - p)) - c @ p", [], [], "solved"),
    ("max_{x,y} x^a y^b s.t. p x + q y = c", "x scalar, y scalar, a scalar, b scalar, p scalar, q scalar, c scalar",
     "a::pos b::pos p::pos q::pos c::pos", "x: y:", "x**a * y**b", ["p * x + q * y - c"], [], "solved"),
    ("max_{x,y} A x^a y^{1-a} s.t. p x + q y <= c",
     "x scalar, y scalar, a scalar, A scalar, p scalar, q scalar, c scalar", "a::unit A::pos p::pos q::pos c::pos",
     "x: y:", "A * x**a * y**(1 - a)", [], ["c - p * x - q * y"], "solved"),
    ("min_{L,K} w L + r K s.t. A L^a K^b >= q",
     "L scalar, K scalar, w scalar, r scalar, a scalar, b scalar, q scalar, A scalar",
     "w::pos r::pos a::pos b::pos q::pos A::pos", "L: K:", "w * L + r * K", [], ["A * L**a * K**b - q"], "solved"),
    ("min_x a x + b/x s.t. x > 0", "a scalar, b scalar, x scalar", "a::pos b::pos", "x:", "a * x + b / x", [], ["x"],
     "solved"),
    ("max_{x,y} x y s.t. x + y = c", "x scalar, y scalar, c scalar", "c::pos", "x: y:", "x * y", ["x + y - c"], [],
     "solved"),
    ("min_x ||A x - b|| s.t. a^T x = c", "A in R^{N x n}, c scalar", "A:N,n b:N a:n c::pos", "x:n",
     "np.linalg.norm(A @ x - b)", ["a @ x - c"], [], "solved"),
    ("max_w (mu^T w - r)/sqrt(w^T S w) s.t. 1^T w = 1", "S spd, mu vector, r scalar", "mu:n:pos S:n,n:spd r::neg",
     "w:n", "(mu @ w - r) / np.sqrt(w @ S @ w)", ["w.sum() - 1"], [], "solved"),
    ("max_x sum(log(x)) s.t. a^T x <= b, x >= 0", "b scalar, a in R^n", "a:n:pos b::pos", "x:n", "np.sum(np.log(x))",
     [], ["b - a @ x", "x"], "solved"),
    ("min_X tr(A X) s.t. X >> 0, tr(X) = 2", "A spd", "A:n,n:spd", "X:n,n", "np.trace(A @ X)", ["np.trace(X) - 2"],
     ["np.linalg.eigvalsh((X + X.T) / 2)"], "solved"),
    ("min_x -c log(x) + 1/2 (x - v)^2", "x scalar, v scalar, c scalar", "v: c::pos", "x:",
     "-c * np.log(x) + (x - v)**2 / 2", [], [], "solved"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("expr", "conditions", "unique"),
    [
        ("max_w w^T B w / (w^T S w)", ["(S + S^T)/2 positive definite"], False),
        ("min_x ||x - a||_1", [], True),
        ("min_x ||A x - b||_1 where A in R^{n x n}", ["A invertible"], True),
        ("max_w w^T B w / (w^T S w) where S spd", [], False),
        ("max_w (w^T m)^2 / (w^T S w)", ["(S + S^T)/2 positive definite"], False),
        ("max_X tr(A^T X) s.t. ||X||_2 <= 1", ["A of full rank"], True),
        ("max_X tr(A^T X) s.t. ||X||_F <= 1", ["||A||_F^2 nonzero"], True),
        ("min_x c^T x s.t. x >= 0, sum(x) = s where s scalar", ["s >= 0"], False),
    ],
)
def test_what_an_optimum_rests_on(expr, conditions, unique):
    told = solution(Asked(expr)).object()
    assert (told["conditions"], told["unique"], told["global"]) == (conditions, unique, True)


@pytest.mark.parametrize(
    "expr",
    [
        "max_w w^T B w / (w^T (S - P) w)",
        "max_x c^T x s.t. ||x||_1 >= 1",
        "min_x ||x - a||_1 + ||x - b||_1",
        "min_x ||x - a||_1 - ||x - a||",
        "min_X ||X - A||_* where X symmetric",
        "min_x ||A x - b||_1 where A in R^{5 x 3}",
    ],
)
def test_no_optimum_is_claimed_of_what_may_be_indefinite_or_endless(expr):
    assert not solution(Asked(expr)).outcome.ok


def drawn(rng, kind, shape):
    made = rng.standard_normal(shape)
    if kind == "spd":
        return made @ made.T + np.eye(shape[0])
    return {"pos": np.abs(made) + 0.3, "neg": -np.abs(made) - 0.1, "unit": 1 / (1 + np.exp(-made))}.get(kind, made)


def shape_of(said):
    return tuple(SIZES[side] for side in said.split(",") if side)


@pytest.mark.parametrize("case", CASES, ids=[case[0][:60] for case in CASES])
def test_no_solver_finds_a_better_point(case):
    expr, where, data, unknowns, objective, equations, inequalities, status = case
    answer = solution(Asked(expr, where=(where,)))
    assert answer.status == status, answer.error
    assert (answer.outcome.kind, answer.outcome.everywhere) == ({"min": "minimum", "max": "maximum"}[expr[:3]], True)
    module = {"np": np}
    exec(compile(answer.code("numpy"), "answer", "exec"), module)  # noqa: S102 # the code under test
    turn = 1 if expr.startswith("min") else -1
    shapes = {name: shape_of(said) for name, _, said in [item.partition(":") for item in unknowns.split()]}
    for seed in range(3):
        rng = np.random.default_rng(seed)
        given = {}
        for item in data.split():
            name, sides, kind = [*item.split(":"), ""][:3]
            given[name] = drawn(rng, kind, shape_of(sides))
        names = inspect.signature(module["solution"]).parameters
        found = module["solution"](**{name: {**SIZES, **given}[name] for name in names})
        point = np.concatenate([np.ravel(part) for part in (found if isinstance(found, tuple) else (found,))])

        def at(text, flat, given=given):
            parts, place = {}, 0
            for name, shape in shapes.items():
                size = int(np.prod(shape))
                parts[name] = flat[place : place + size].reshape(shape)
                place += size
            return eval(text, {"np": np, **given, **parts})  # noqa: S307 # the cases' own formulas

        rules = [{"type": "eq", "fun": lambda flat, text=text: at(text, flat)} for text in equations]
        rules += [{"type": "ineq", "fun": lambda flat, text=text: at(text, flat)} for text in inequalities]
        assert all(np.max(np.abs(one["fun"](point))) < 1e-8 for one in rules if one["type"] == "eq")
        assert all(np.min(one["fun"](point)) > -1e-8 for one in rules if one["type"] == "ineq")
        best = turn * at(objective, point)
        start = point + 0.2 * rng.standard_normal(point.size)
        with np.errstate(all="ignore"):
            other = optimize.minimize(
                lambda flat, at=at: turn * at(objective, flat),
                start,
                constraints=rules,
                method="SLSQP" if rules else "BFGS",
            )
        met = all(np.max(np.abs(one["fun"](other.x))) < 1e-8 for one in rules if one["type"] == "eq")
        met = met and all(np.min(one["fun"](other.x)) > -1e-8 for one in rules if one["type"] == "ineq")
        assert not met or not np.isfinite(other.fun) or other.fun > best - 1e-6 * max(1, abs(best))


def test_concavity_of_a_log_determinant_has_its_condition():
    made = solution(Asked("max_X logdet(X) - tr(S X)")).object()
    assert (made["kind"], made["conditions"]) == ("maximum", ["X positive definite"])
    declared = solution(Asked("max_X logdet(X) - tr(S X)", where=("X spd, S spd",))).object()
    assert (declared["kind"], declared["conditions"]) == ("maximum", [])


@pytest.mark.parametrize(
    "text", ["min_x x^T x/(1 + x^T x)", "max_x x^T A x/(x^T x + 1)", "min_x (x^T A x + 1)/(x^T x)"]
)
def test_a_quotient_with_a_constant_is_no_rayleigh_quotient(text):
    assert solution(Asked(text)).status == "no closed form"
