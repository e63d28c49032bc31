"""Signs in the formulas of solutions: no factor is minus a sum, and what is written has the same value."""

from __future__ import annotations

import pytest

from matdiff.problems.asking import answer
from matdiff.problems.problem import Asked

CASES = [  # command, problem, unknown, declarations, method, a formula of the answer
    ("solve", "X^-1 + A = B", "X", "", "", "(B - A)^-1"),
    ("solve", "max_m n_1 logdet(S) - (m - a)^T P (m - a) - (m - b)^T Q (m - b)", "", "P spd, Q spd, m vector", "",
     "(P + Q)^-1 (P a + Q b)"),
    ("solve", "max_S N/2 logdet(S) - 1/2 sum(n, 1, N, (x_n - mu)^T S (x_n - mu))", "", "S spd, mu vector", "",
     "(sum(n, 1, N, (x_n - mu) (x_n - mu)^T)/N)^-1"),
    ("dual", "min_x c^T x s.t. l <= x <= u", "", "l vector, u vector", "", "(c + mu)^T l - u^T mu"),
    ("update", "c^T x - sum(log(b - A x))", "x", "", "newton",
     "x - (A^T diag(1 ./ (b - A x).^2) A)^-1 (c + A^T (1 ./ (b - A x)))"),
    ("update", "1/N ||X w - y||^2", "w", "", "gd", "w - (2 eta/N) X^T (X w - y)"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "problem", "unknown", "where", "method", "formula"), CASES)
def test_the_formula_has_no_more_signs_than_it_needs(command, problem, unknown, where, method, formula):
    made = answer(command, Asked(problem, unknown, where=(where,) if where else ()), method or "gd").object()
    told = {
        "solve": lambda: list(made["solutions"][0].values()),
        "dual": lambda: [made["objective"]],
        "update": lambda: [rule["new"] for rule in made["rules"]],
    }
    assert formula in told[command]()
