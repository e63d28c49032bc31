"""`minimize`: problems on data, closed forms where there are some, and data that are refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from matdiff.cli import main
from matdiff.errors import DataError, MatdiffError
from matdiff.problems.minimize import minimize
from matdiff.problems.problem import Asked

LOGISTIC = "1/N sum(n, 1, N, log(1 + exp(-y_n w^T x_n))) + 0.1 ||w||^2"


@pytest.fixture
def files(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((60, 3))
    y = np.sign(x @ np.array([1.0, -2.0, 0.5]) + 0.3 * rng.standard_normal(60))
    np.save(tmp_path / "X.npy", x)
    np.savez(tmp_path / "all.npz", X=x, y=y)
    rows = "\n".join(",".join(map(repr, map(float, (b, *a)))) for a, b in zip(x, y, strict=True))
    (tmp_path / "table.csv").write_text("y,X_1,X_2,X_3\n" + rows, encoding="utf-8")
    np.save(tmp_path / "y.npy", y)
    return tmp_path, x, y


def slope(w, x, y):
    return -(x.T @ (y / (1 + np.exp(y * (x @ w))))) / len(y) + 0.2 * w


@pytest.mark.parametrize("method", ["l-bfgs", "newton-cg", "gd", "newton"])
def test_a_logistic_regression_ends_where_the_gradient_is_zero(files, method):
    pytest.importorskip("scipy")
    folder, x, y = files
    asked = Asked(LOGISTIC, "w", (), ("y_n scalar",))
    found = minimize(asked, [f"x_n={folder}/X.npy", f"y_n={folder}/y.npy"], method, 2000, 0.5)
    assert np.allclose(slope(found.values["w"], x, y), 0, atol=1e-4)
    assert found.path[-1] <= found.path[0]


@pytest.mark.parametrize("given", ["table.csv", "all.npz"])
def test_where_there_is_a_closed_form_it_is_used(files, given):
    folder, x, y = files
    found = minimize(Asked("1/N ||X w - y||^2", "w"), [str(folder / given)])
    assert found.method == "closed form"
    assert "closed form" in found.notes[0]
    assert np.allclose(found.values["w"], np.linalg.lstsq(x, y, rcond=None)[0])


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("y,X_1\n1,2\n3,x\n", "E513", "line 3, X_1"),
        ("y,X_1\n1,2\n3\n", "E512", "line 3"),
        ("y,X_1\n1,nan\n", "E513", "row 1"),
        ("z\n1\n", "E511", "no data for"),
        ("", "E510", "empty"),
    ],
)
def test_bad_tables_are_refused_with_the_place(tmp_path, text, code, says):
    place = tmp_path / "bad.csv"
    place.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=says) as caught:
        minimize(Asked("||X w - y||^2", "w"), [str(place)])
    assert caught.value.code == code


def test_arrays_that_do_not_fit_each_other_are_refused(files):
    folder, _, _ = files
    np.save(folder / "y.npy", np.ones(7))
    with pytest.raises(DataError, match="both are the size"):
        minimize(Asked("||X w - y||^2", "w"), [f"X={folder}/X.npy", f"y={folder}/y.npy"])


def test_files_and_methods_that_are_not_there(files):
    folder, _, _ = files
    with pytest.raises(DataError, match="no file"):
        minimize(Asked("||X w - y||^2", "w"), ["X=nowhere.npy"])
    with pytest.raises(MatdiffError, match="unknown method"):
        minimize(Asked("||X w - y||^2", "w"), [str(folder / "all.npz")], "adam")


def test_the_command_gives_json_and_a_picture(files, capsys):
    folder, x, y = files
    picture = folder / "path.svg"
    line = ["minimize", "||X w - y||^2", "--over", "w", "--data", str(folder / "all.npz"), "--json"]
    assert main([*line, "--method", "newton", "--plot", str(picture)]) == 0
    made = json.loads(capsys.readouterr().out)
    assert np.allclose(made["values"]["w"], np.linalg.lstsq(x, y, rcond=None)[0])
    assert picture.read_text(encoding="utf-8").startswith("<svg")
