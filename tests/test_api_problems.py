"""Problems from Python: on data, as functions, compared and pickled; every answer survives pickling."""

from __future__ import annotations

import copy
import pickle
import sys

import numpy as np
import pytest

import matdiff

LOGISTIC = "1/N sum(n, 1, N, log(1 + exp(-y_n w^T x_n))) + 0.1 ||w||^2"
SQUARES = "||X w - y||^2"
RNG = np.random.default_rng(3)
X, Y = RNG.standard_normal((20, 3)), np.sign(RNG.standard_normal(20))

ANSWERS = {
    "one": lambda: matdiff.derivative("tr(X^T B X)", wrt="X"),
    "noted": lambda: matdiff.derivative("sin(X)", "X", where="X in R^{n x n}"),
    "several": lambda: matdiff.derivative("||W x + b||^2", "W, b"),
    "a part": lambda: matdiff.derivative("||W x + b||^2", "W, b")[0],
    "differential": lambda: matdiff.derivative("d tr(A X)"),
    "directional": lambda: matdiff.derivative("A X B", "X", form="directional"),
    "options": lambda: matdiff.derivative("f(X)", "X", rules="d f(X) = tr(X^T dX)", layout="mixed", bold=True),
    "verdict": lambda: matdiff.check("x^T x", "x", "x"),
    "solve": lambda: matdiff.solve(SQUARES, "w"),
    "without an end": lambda: matdiff.solve("sum(exp(X w)) + ||w||^2", "w"),
    "read otherwise": lambda: matdiff.solve("max_W tr(W^T A) s.t. W^T W = I"),
    "dual": lambda: matdiff.dual("min_x c^T x s.t. A x = b, x >= 0"),
    "update": lambda: matdiff.update(SQUARES, "w", method="newton"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_survive_pickling_and_copying(name):
    answer = ANSWERS[name]()
    for other in (pickle.loads(pickle.dumps(answer)), copy.deepcopy(answer)):  # noqa: S301 # our own bytes
        assert other == answer
        assert str(other) == str(answer)
        assert repr(other) == repr(answer)
        assert getattr(other, "notes", ()) == getattr(answer, "notes", ())
    assert hash(answer) == hash(ANSWERS[name]())


def test_what_was_put_into_the_notes_is_pickled_too():
    answer = matdiff.derivative("x^T x", "x")
    answer.notes = ("checked by hand",)
    assert pickle.loads(pickle.dumps(answer)).notes == ("checked by hand",)  # noqa: S301 # as above


def test_answers_to_other_problems_differ():
    one = matdiff.solve(SQUARES, "w")
    assert one != matdiff.solve("||X w + y||^2", "w")
    assert one != matdiff.update(SQUARES, "w")
    assert one != "w"


def test_answers_by_several_variables_say_how_they_were_read_and_found():
    answers = matdiff.derivative("||W x + b||^2", "W, b")
    assert len(answers.read.splitlines()) == len(answers.steps()) == 2
    assert str(answers.steps()[1]) == str(answers[1].steps())


def test_the_code_of_a_problem_is_a_function():
    solved = matdiff.solve(SQUARES, "w")
    found = solved.function()(X.tolist(), Y)
    assert np.allclose(found, np.linalg.lstsq(X, Y, rcond=None)[0])
    assert np.allclose(solved.function("residual")(found, X, Y), 0, atol=1e-9)
    step = matdiff.update(SQUARES, "w").function()
    assert np.allclose(step([0.0, 0.0, 0.0], X, Y, 0.1), 0.2 * X.T @ Y)
    with pytest.raises(matdiff.OutputError, match="no function 'step'"):
        solved.function("step")


@pytest.mark.parametrize("given", ["arrays", "lists", "families", "columns", "files"])
def test_a_problem_on_data(given, tmp_path):
    wanted = np.linalg.lstsq(X, Y, rcond=None)[0]
    np.savez(tmp_path / "all.npz", X=X, y=Y)
    data = {
        "arrays": {"X": X, "y": Y},
        "lists": {"X": X.tolist(), "y": Y.tolist()},
        "families": {"x": X, "y": Y},
        "columns": {"X_1": X[:, 0], "X_2": X[:, 1], "X_3": X[:, 2], "y": Y},
        "files": str(tmp_path / "all.npz"),
    }[given]
    problem = SQUARES if given != "families" else "sum(n, 1, N, (x_n^T w - y_n)^2)"
    found = matdiff.minimize(problem, "w", data=data, where="y_n scalar" if given == "families" else ())
    assert found.method == "closed form"
    assert np.allclose(found.values["w"], wanted)
    assert "w " in str(found)
    assert found._repr_html_().startswith("<pre>objective")


def test_a_problem_on_data_by_solvers_and_iterations():
    pytest.importorskip("scipy")
    data = {"x": X, "y": Y}
    found = matdiff.minimize(LOGISTIC, "w", data=data, where="y_n scalar")
    other = matdiff.minimize(LOGISTIC, "w", data=data, where="y_n scalar", method="gd", eta=0.5, iterations=3000)
    assert found.converged
    assert np.allclose(found.values["w"], other.values["w"], atol=1e-4)
    kept = matdiff.minimize(SQUARES, "w", data={"X": X, "y": Y}, subject_to="w >= 0.1")
    assert kept.values["w"].min() > 0.1 - 1e-6


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        (lambda: matdiff.minimize(SQUARES, "w"), "E511", "no data for X"),
        (lambda: matdiff.minimize(SQUARES, "w", data={"X": X, "Z": X}), "E511", "no symbol 'Z'"),
        (lambda: matdiff.minimize(SQUARES, "w", data={"X": X, "w": X}), "E511", "no symbol 'w'"),
        (lambda: matdiff.minimize(SQUARES, "w", data={"X": [[1, 2], [3]], "y": Y}), "E513", "differ in length"),
        (lambda: matdiff.minimize(SQUARES, "w", data={"X": [["a"]], "y": [1]}), "E513", "no number"),
        (lambda: matdiff.minimize(SQUARES, "w", data={"X": X, "y": Y[:3]}), "E512", "has 3"),
        (lambda: matdiff.minimize(SQUARES, "w", data=3), "E401", "arrays by name"),
        (lambda: matdiff.minimize(SQUARES, "w", data={"X": X, "y": Y}, iterations=0), "E401", "iterations"),
        (lambda: matdiff.minimize(SQUARES, "w", data={"X": X, "y": Y}, method="gd", eta=-1), "E401", "positive"),
        (lambda: matdiff.minimize(SQUARES, "w", data={"X": X, "y": Y}, method="adam"), "E401", "unknown method"),
        (lambda: matdiff.derivative(3, "x"), "E401", "expr: a string"),
        (lambda: matdiff.derivative("x^T x", None), "E401", "wrt: a string"),
        (lambda: matdiff.derivative("x^T x", "x", seconds="soon"), "E401", "seconds"),
        (lambda: matdiff.derivative("x^T x", "x", seconds=-1), "E401", "seconds"),
        (lambda: matdiff.derivative("x^T x", "x", where={"A": "symmetric"}), "E401", "where: a string or a list"),
        (lambda: matdiff.hessian("x^T x", 3), "E401", "wrt: a string"),
        (lambda: matdiff.check("x^T x", 2, "x"), "E401", "claim: a string"),
        (lambda: matdiff.solve(None), "E401", "problem: a string"),
        (lambda: matdiff.solve("||x||^2", "x", subject_to=[1]), "E401", "subject_to: a string or a list"),
        (lambda: matdiff.update("||x||^2", "x", method=None), "E401", "method: a string"),
    ],
)
def test_mistakes_are_errors_with_codes(asked, code, says):
    with pytest.raises(matdiff.MatdiffError, match=says) as raised:
        asked()
    assert raised.value.code == code


def test_a_problem_on_data_without_numpy(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(matdiff.DataError, match="needs NumPy") as raised:
        matdiff.minimize(SQUARES, "w", data={"X": [[1]], "y": [1]})
    assert raised.value.code == "E514"
