"""Duals of standard problems against the optima that cvxpy (Clarabel) found once: linear and quadratic programs, support
vector machines, norms, entropy, semidefinite programs (tests/corpus/duals.jsonl holds data, optima and minimisers).

SciPy maximises the generated objective over the multipliers that the generated functions allow.
"""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from oracle import corpus
from scipy import optimize

from matdiff.problems.asking import dual_problem
from matdiff.problems.problem import Asked

ROWS = {row["id"]: row for row in corpus.load("duals.jsonl")}
QUICK = [
    "lp-ge",
    "lp-box",
    "qp-both",
    "svm-l2",
    "svm-hinge",
    "lasso",
    "enet",
    "proj-l1",
    "flasso",
    "huber",
    "kl",
    "sdp",
]


class Program:
    """The dual as a program of one flat vector; matrices that must be semidefinite are those of a factor L L^T."""

    def __init__(self, row):
        self.answer = dual_problem(Asked(row["expr"], where=(row["where"],) if "where" in row else ()))
        self.module = {}
        exec(compile(self.answer.code("numpy"), "answer", "exec"), self.module)  # noqa: S102 # the code under test
        self.data = {name: np.asarray(value, float) for name, value in row.get("data", {}).items()}
        sizes = {}
        for name, symbol in self.answer.symbols.items():
            if name in self.data:
                sides = [*symbol.family_sizes, *[side for side in symbol.shape if side != 1]]
                sizes |= dict(zip(sides, self.data[name].shape, strict=False))
        self.given = {**sizes, **self.data}
        self.like = {
            one.var.name: np.zeros([sizes.get(side, side) for side in one.var.shape])
            for one in self.answer.dual.multipliers
        }
        self.signs = {one.var.name: one.relation for one in self.answer.dual.multipliers}
        self.size = sum(array.size for array in self.like.values())

    def at(self, flat):
        found, place = {}, 0
        for name, array in self.like.items():
            found[name] = flat[place : place + array.size].reshape(array.shape)
            place += array.size
        return found

    def call(self, name, flat):
        function = self.module[name]
        given = {**self.given, **self.at(flat)}
        names = inspect.signature(function).parameters
        return function(**{p: given[p] if p in given else given[p.rstrip("_")] for p in names})

    def cones(self, flat):
        named = [value for name, value in self.at(flat).items() if self.signs[name] == ">>"]
        return [*named, *(self.call("semidefinite", flat) if "semidefinite" in self.module else [])]

    def best(self, seed):
        """The best value from one start, in the sense of the dual."""
        turn = 1 if self.answer.dual.sense == "max" else -1
        rng = np.random.default_rng(seed)
        start = (0.1, 1.0, 3.0)[seed % 3] * (rng.random(self.size) if seed < 6 else rng.standard_normal(self.size))
        place = 0
        for name, array in self.like.items():
            if self.signs[name] == ">>" and array.ndim > 1:
                start[place : place + array.size] = np.eye(len(array)).ravel()
            place += array.size
        shapes = [len(matrix) for matrix in self.cones(start)]
        roots = np.concatenate([np.zeros(0), *[np.eye(k)[np.tril_indices(k)] for k in shapes]])

        def equations(point):
            flat, rest = point[: self.size], point[self.size :]
            rows = [np.ravel(part) for part in self.call("equalities", flat)]
            for k, matrix in zip(shapes, self.cones(flat), strict=True):
                lower = np.zeros((k, k))
                lower[np.tril_indices(k)], rest = rest[: k * (k + 1) // 2], rest[k * (k + 1) // 2 :]
                rows.append((matrix - lower @ lower.T)[np.tril_indices(k)])
            return np.concatenate([np.zeros(0), *rows])

        def inequalities(point):
            return np.concatenate([np.zeros(0), *[np.ravel(r) for r in self.call("inequalities", point[: self.size])]])

        def goal(point):
            value = turn * float(self.call("objective", point[: self.size]))
            return -value if np.isfinite(value) else 1e8

        point = np.concatenate([start, roots])
        rules = [{"type": kind, "fun": rule} for kind, rule in (("eq", equations), ("ineq", inequalities))]
        rules = [rule for rule in rules if rule["fun"](point).size]
        low = [0 if self.signs[name] == ">=" else None for name, array in self.like.items() for _ in range(array.size)]
        bounds = [(one, None) for one in low] + [(None, None)] * len(roots)
        with np.errstate(all="ignore"):
            done = optimize.minimize(
                goal, point, bounds=bounds, constraints=rules, method="SLSQP", options={"maxiter": 500, "ftol": 1e-12}
            )
        fine = all(
            np.max(np.abs(rule["fun"](done.x))) < 1e-6 if rule["type"] == "eq" else np.min(rule["fun"](done.x)) > -1e-6
            for rule in rules
        )
        return -turn * done.fun if fine else None, done.x[: self.size]


def check(row):
    program = Program(row)
    assert program.answer.dual.sense == {"min": "max", "max": "min"}[row["sense"]]
    room = 1e-4 * max(1, abs(row["optimum"]))
    tight = None
    for seed in range(20):
        value, point = program.best(seed)
        if value is None:
            continue
        turn = 1 if row["sense"] == "min" else -1
        assert turn * value <= turn * row["optimum"] + room, "weak duality fails"
        if abs(value - row["optimum"]) <= room:
            tight = point
            break
    assert tight is not None, "no multipliers reach the optimum"
    told = [var.name for var in program.answer.problem.unknowns if var in program.answer.dual.primal]
    found = program.call("primal", tight) if told else ()
    parts = dict(zip(told, found if isinstance(found, tuple) else (found,), strict=True))
    for name in row.get("recover", []):
        assert np.allclose(parts[name], row["solution"][name], atol=5e-2, rtol=5e-2)


@pytest.mark.parametrize("name", QUICK)
def test_the_best_multipliers_reach_the_optimum(name):
    check(ROWS[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ROWS if name not in QUICK])
def test_the_best_multipliers_reach_the_optimum_of_all(name):
    check(ROWS[name])


def test_a_symmetric_multiplier_is_said_to_be_symmetric():
    answer = dual_problem(Asked("min_x c^T x s.t. A - diag(x) >> 0", where=("A symmetric",)))
    assert "(Z - Z.T)[np.triu_indices(Z.shape[0], 1)]" in answer.code("numpy")
    assert answer.object()["constraints"] == ["Z >> 0", "diag(Z) = -c"]


def test_outside_of_its_domain_a_dual_is_minus_infinity():
    answer = dual_problem(Asked("min_x 1/2 x^T A x + b^T x s.t. x^T x <= 1", where=("A symmetric",)))
    module = {}
    exec(compile(answer.code("numpy"), "answer", "exec"), module)  # noqa: S102 # the code under test
    assert module["objective"](0.1, -np.eye(2), np.ones(2)) == -np.inf
    assert np.isclose(module["objective"](1.0, -np.eye(2), np.ones(2)), -2.0)
