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


def written(folder, kind, x, y):
    """The same data as one Parquet file, as a folder of Parquet chunks, as a Zarr folder."""
    if kind == "zarr":
        zarr = pytest.importorskip("zarr")
        group = zarr.open_group(folder / "all.zarr", mode="w")
        group.create_array("X", data=x, chunks=(25, 3))
        group.create_array("y", data=y, chunks=(25,))
        return folder / "all.zarr"
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet  # an extra

    table = pa.table({"y": y, **{f"X_{k + 1}": x[:, k] for k in range(x.shape[1])}})
    if kind == "parquet":
        parquet.write_table(table, folder / "one.parquet")
        return folder / "one.parquet"
    (folder / "chunks").mkdir()
    for k in range(3):
        parquet.write_table(table.slice(20 * k, 20), folder / "chunks" / f"{k}.parquet", row_group_size=15)
    return folder / "chunks"


@pytest.mark.parametrize("kind", ["parquet", "chunks", "zarr"])
@pytest.mark.parametrize("method", ["", "newton"])
def test_data_in_chunks_have_the_optimum_of_data_in_memory(files, kind, method):
    pytest.importorskip("scipy")
    if kind != "parquet":
        pytest.importorskip("dask.array")
    folder, x, y = files
    found = minimize(
        Asked("1/N sum(log(1 + exp(-y .* (X w)))) + 0.1 ||w||^2", "w"), [str(written(folder, kind, x, y))], method
    )
    assert np.allclose(slope(found.values["w"], x, y), 0, atol=1e-5)


def test_what_is_not_finite_in_a_chunk_is_told_with_its_row(files):
    pytest.importorskip("dask.array")
    folder, x, y = files
    x[37, 1] = np.nan
    with pytest.raises(DataError, match="X has a value that is not finite at row 38"):
        minimize(Asked("||X w - y||^2", "w"), [str(written(folder, "zarr", x, y))])


def test_a_folder_that_holds_no_data_is_refused(tmp_path):
    pytest.importorskip("zarr")
    with pytest.raises(DataError, match="neither a Zarr array nor Parquet"):
        minimize(Asked("||X w - y||^2", "w"), [str(tmp_path)])


@pytest.mark.parametrize(
    ("rules", "gaps"),
    [
        (("w >= 0", "1^T w = 1"), lambda w: (np.minimum(w, 0), w.sum() - 1)),
        (("||w||^2 <= 0.05",), lambda w: (max(w @ w - 0.05, 0),)),
        (("w_1 = 0",), lambda w: (w[0],)),
    ],
)
def test_under_constraints_no_feasible_point_nearby_is_better(files, rules, gaps):
    optimize = pytest.importorskip("scipy.optimize")
    folder, x, y = files
    asked = Asked("||X w - y||^2", "w", rules)
    found = minimize(asked, [str(folder / "all.npz")])
    w = found.values["w"]
    assert all(np.all(np.abs(gap) < 1e-6) for gap in gaps(w))
    other = optimize.minimize(
        lambda v: np.sum((x @ v - y) ** 2) + 1e6 * sum(np.sum(np.square(gap)) for gap in gaps(v)), w, method="BFGS"
    )
    assert found.objective <= other.fun * (1 + 1e-3)


def test_constraints_that_contradict_each_other_are_told(files):
    pytest.importorskip("scipy")
    folder, _, _ = files
    found = minimize(Asked("||X w - y||^2", "w", ("w >= 2", "1^T w = 1")), [str(folder / "all.npz")])
    assert not found.converged
    assert found.notes == ["no point that meets the constraints was found"]


def test_numbers_may_stand_among_the_files(files, capsys):
    folder, x, y = files
    line = ["minimize", "d/dw ||X w - y||^2 + lam ||w||^2", "-d", str(folder / "all.npz"), "-d", "lam=0.5", "--json"]
    assert main(line) == 0
    found = json.loads(capsys.readouterr().out)["values"]["w"]
    assert np.allclose(found, np.linalg.solve(x.T @ x + 0.5 * np.eye(3), x.T @ y))


@pytest.mark.parametrize(
    ("more", "status", "says"),
    [
        (["--data", "Z=3"], 1, "no symbol 'Z'"),
        (["--plot", "path.png"], 2, "--plot draws SVG"),
        (["--method", "gd", "--eta", "nan"], 1, "positive number"),
        (["--over", "w"], 2, "told twice"),
        (["-o", "/nowhere/at/all.npz"], 1, "cannot write /nowhere/at/all.npz"),
    ],
)
def test_what_cannot_be_meant_is_said(files, capsys, more, status, says):
    folder, _, _ = files
    assert main(["minimize", "w", "||X w - y||^2", "--data", str(folder / "all.npz"), *more]) == status
    assert says in capsys.readouterr().err


def test_arrays_go_to_the_file_and_json_to_the_reader(files, capsys):
    folder, _, _ = files
    line = ["minimize", "w", "||X w - y||^2", "--data", str(folder / "all.npz"), "-o", str(folder / "found.npz")]
    assert main([*line, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["values"]["w"] == np.load(folder / "found.npz")["w"].tolist()
    assert main(line) == 0
    assert not capsys.readouterr().out


def test_a_problem_on_data_is_no_line_of_a_stream(capsys):
    assert main(["minimize", "-"]) == 2
    assert "no line of a stream" in capsys.readouterr().err
