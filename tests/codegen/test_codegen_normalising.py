"""Exponentials of which only ratios count do not overflow, and the numbers are those of the plain formula."""

import numpy as np
import pytest
from dense_evaluation import call, load

from matdiff.calculator import Question, answer

X_W = "X in R^{N x d}, W in R^{d x k}"
RATIOS = {
    "sum(log(exp(X W) ones(k)))": ("W", X_W),
    "sum(log(exp(X W)^T ones(N)))": ("W", X_W),
    "log(sum(exp(X W)))": ("W", X_W),
    "sum(log(exp(X W) p)) - 2 sum(log(exp(X W) q))": ("W", f"{X_W}, p in R^k, q in R^k"),
    "d^T log(R exp(X w))": ("w", "X in R^{m x n}, w in R^n, R in R^{m x m}, d in R^m"),
    "sum(exp(X w) .* y)/sum(exp(X w))": ("w", "X in R^{m x n}, w in R^n, y in R^m"),
    "tr(Y^T diag(1 ./ (exp(X W) ones(k))) exp(X W))": ("W", f"{X_W}, Y in R^{{N x k}}"),
}
SHAPES = {"X": (5, 3), "W": (3, 4), "w": (3,), "p": (4,), "q": (4,), "R": (5, 5), "d": (5,), "y": (5,), "Y": (5, 4)}


def functions(expression, wrt, where):
    parts = ("value", "gradient", "hvp", "value_and_gradient")
    return load(answer(Question(expression, f"d/d{wrt}", (where,))).code("numpy", parts))


def data(where, wrt):
    generator = np.random.default_rng(0)
    names = [part.rpartition(" ")[2] for part in where.split(" in R^")[:-1]]
    values = {name: generator.random(SHAPES[name]) + 0.1 for name in names}
    return values | {wrt: generator.normal(size=SHAPES[wrt]), "v": generator.normal(size=SHAPES[wrt])}


@pytest.mark.parametrize("expression", RATIOS)
def test_derivatives_are_differences_of_the_value(expression):
    wrt, where = RATIOS[expression]
    made, values = functions(expression, wrt, where), data(where, wrt)
    v, step = values["v"], 1e-6

    def along(name):
        there, back = [call(made[name], {**values, wrt: values[wrt] + h * v}) for h in (step, -step)]
        return (there - back) / (2 * step)

    gradient = call(made["gradient"], values)
    np.testing.assert_allclose(np.sum(gradient * v), along("value"), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(call(made["hvp"], values), along("gradient"), rtol=1e-5, atol=1e-7)
    both = call(made["value_and_gradient"], values)
    np.testing.assert_allclose(both[0], call(made["value"], values))
    np.testing.assert_allclose(both[1], gradient)


@pytest.mark.parametrize("expression", RATIOS)
def test_large_arguments_do_not_overflow(expression):
    wrt, where = RATIOS[expression]
    made, values = functions(expression, wrt, where), data(where, wrt)
    values |= {"X": values["X"] + 1000.0, wrt: np.abs(values[wrt])}
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for name in ("value", "gradient", "hvp"):
            assert np.isfinite(call(made[name], values)).all()


def test_what_is_no_ratio_stays():
    """The sum of exponentials by itself may overflow: it is as large."""
    question = Question("sum(exp(X w)) + sum(log(R exp(X w)))", "d/dw", ("X in R^{m x n}, w in R^n, R in R^{m x m}",))
    assert "max" not in answer(question).code()
