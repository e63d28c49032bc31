"""Every row of the function table: its differential, its spellings, how it is written, its code.  A new row needs no
new test.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from oracle.asking import run
from oracle.interpreter import interpret

from matdiff.calculator import Question, answer
from matdiff.errors import MatdiffError
from matdiff.functions import SPELLINGS, TABLE
from matdiff.reading.reader import read_expression
from matdiff.writing import NOTATIONS, write

CONSTANTS = [name for name, row in TABLE.items() if row.shape == "constant"]
ROWS = [name for name in TABLE if name not in CONSTANTS]
# how a row is written where it is no word with arguments
WRITTEN = {
    "bars": "|{0}|",
    "norm_weighted": "||{0}||_S",
    "unvec": "unvec({0}, 3, 2)",
    "sylvester": "sylvester({0}, {0}, {0})",
    "stein": "stein({0}, {0}, {0})",
    "lyapunov": "lyapunov({0}, {0})",
    "eigvecs_min": "eigvecs_min({0}, 2)",
    "eigvecs_max": "eigvecs_max({0}, 2)",
    "clip": "clip({0}, -0.5, 0.5)",
    "soft": "soft({0}, 0.2)",
}
# solutions without a formula: of matrix equations, eigenvectors
SOLUTIONS = {"sylvester", "stein", "lyapunov", "eigvec_min", "eigvec_max", "eigvecs_min", "eigvecs_max"}
DIMENSIONS = {"m": 3, "n": 2}
# rows that are refused (yet): they may only become fewer.  These stand in answers: derivatives of matrix functions,
# singular vectors
REFUSED = {"dexpm", "dlogm", "dsqrtm", "jexpm", "jlogm", "jsqrtm"}
REFUSED |= {"pentagamma", "svdpower"} | SOLUTIONS
REFUSED_TWICE = REFUSED | {"schatten", "expm", "logm", "sqrtm", "polar", "tetragamma"}
REFUSED_BY_MATRIX = set()


class Sample:
    """An argument of a function: `text` of a variable Z, its declaration, a point and a direction in which it may move."""

    def __init__(self, row):
        rng = np.random.default_rng(sum(map(ord, row.name)))
        if row.shape.startswith("vector") or row.name in {"norm", "norm_weighted", "dot", "outer", "kron", "bars"}:
            shape = (3, 1)
        elif row.shape == "unvec":
            shape = (6, 1)
        elif (
            row.shape.startswith("square")
            or row.shape in {"diag", "vech"}
            or row.sample in {"square", "spd", "symmetric"}
        ):
            shape = (3, 3)
        else:
            shape = (3, 2)
        self.shape = shape
        self.structure = "symmetric" if "symmetric" in row.traits.needs else ""
        self.point = _point(row.sample, shape, rng)
        self.direction = 0.3 * rng.standard_normal(shape)
        if row.sample in {"spd", "symmetric"}:
            self.direction = (self.direction + self.direction.T) / 2

    def declaration(self, name):
        said = {(3, 1): "R^m", (6, 1): "R^6", (3, 3): "R^{m x m}", (3, 2): "R^{m x n}"}[self.shape]
        return f"{name} in {said} {self.structure}"

    def natural(self, array):
        return array[:, 0] if array.shape[1] == 1 else array


def _point(sample, shape, rng):
    array = rng.standard_normal(shape)
    if sample == "positive":
        return 0.5 + rng.random(shape)
    if sample == "above one":
        return 1.5 + rng.random(shape)
    if sample == "probability":
        return 0.2 + 0.6 * rng.random(shape)
    if sample == "unit":
        return 0.7 * (2 * rng.random(shape) - 1)
    if sample == "square":
        return 0.4 * array + 1.5 * np.eye(shape[0])
    if sample == "spd":
        return array @ array.T + np.eye(shape[0])
    if sample == "symmetric":
        return array + array.T
    return array


def applied(name, text):
    """The function of a text; more arguments, where it must have some, are the same or say which norm it is."""
    if name in WRITTEN:
        return WRITTEN[name].format(text)
    row = TABLE[name]
    takes = [row.takes[min(place, len(row.takes) - 1)] for place in range(row.arity[0])]
    return f"{name}({', '.join('3' if taken == 'norm' else text for taken in takes)})"


def questions(name):
    """Of a row: the sample, the scalar w^T f(·) v of a text, declarations, and numbers for the weights."""
    row = TABLE[name]
    sample = Sample(row)
    declared = ["S in R^{m x m} symmetric"] if name == "norm_weighted" else []
    numbers = {"S": np.eye(3) + 0.1} | DIMENSIONS

    def scalar(text):
        inner = applied(name, text)
        if row.shape in {"any->scalar", "square->scalar", "vector->scalar", "dot"}:
            return inner
        return f"sum(sin({inner}).^2)" if row.shape != "bars" else f"sum({inner})"

    return sample, scalar, declared, numbers


def value_along(name):
    """The value of f along A + tB as generated code computes it, and A, B."""
    sample, scalar, declared, numbers = questions(name)
    where = (*declared, "t in R", sample.declaration("A"), sample.declaration("B"))
    asked = Question(expr=scalar("A + t B"), wrt="d/dt", where=where)
    given = {**numbers, "A": sample.natural(sample.point), "B": sample.natural(sample.direction)}
    module = {}
    exec(compile(answer(asked).code("numpy"), name, "exec"), module)  # noqa: S102 # the code under test
    function = module["value"]
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    return lambda t: float(function(**{key: t if key == "t" else given[key] for key in names})), where, given, scalar


def slope(function, h=1e-2):
    """f′(0) by central differences with two extrapolations."""
    raw = [(function(step) - function(-step)) / (2 * step) for step in (h, h / 2, h / 4)]
    once = [(4 * b - a) / 3 for a, b in itertools.pairwise(raw)]
    return (16 * once[1] - once[0]) / 15


def derivative(expr, wrt, where, given, at=None):
    code = answer(Question(expr=expr, wrt=wrt, where=where)).code("numpy")
    return np.asarray(run(code, {**given, "t": 0.0 if at is None else at}), float)


DIFFERENTIABLE = [name for name in ROWS if name not in REFUSED]


@pytest.mark.parametrize("name", sorted(REFUSED_TWICE))
def test_what_is_listed_as_refused_is_refused(name):
    """A row that has got its derivative is to be taken from the list."""
    _, scalar, declared, _ = questions(name)
    where = (*declared, "t in R", Sample(TABLE[name]).declaration("A"), Sample(TABLE[name]).declaration("B"))
    with pytest.raises(MatdiffError, match=r"supported|no numpy code"):
        answer(Question(expr=scalar("A + t B"), wrt="d/dt" if name in REFUSED else "d^2/dt^2", where=where)).code(
            "numpy"
        )


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_the_first_derivative_is_that_of_differences(name):
    along, where, given, scalar = value_along(name)
    want = slope(along)
    assert np.isclose(derivative(scalar("A + t B"), "d/dt", where, given), want, rtol=1e-6, atol=1e-7)
    if not TABLE[name].differential.startswith("0"):
        assert abs(want) > 1e-4, "nothing is tested at a point where the slope is zero"


@pytest.mark.parametrize("name", sorted(REFUSED_BY_MATRIX))
def test_what_is_listed_as_refused_by_a_matrix_is_refused(name):
    sample, scalar, declared, _ = questions(name)
    with pytest.raises(MatdiffError, match="supported"):
        answer(Question(expr=scalar("A"), wrt="d/dA", where=(*declared, sample.declaration("A"))))


@pytest.mark.parametrize("name", [name for name in DIFFERENTIABLE if name not in REFUSED_BY_MATRIX])
def test_the_gradient_has_the_slope_in_every_direction(name):
    sample, scalar, declared, numbers = questions(name)
    along, _, _, _ = value_along(name)
    where = (*declared, sample.declaration("A"))
    gradient = derivative(scalar("A"), "d/dA", where, {**numbers, "A": sample.natural(sample.point)})
    assert np.isclose(np.sum(gradient * sample.natural(sample.direction)), slope(along), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", [name for name in ROWS if name not in REFUSED_TWICE])
def test_the_second_derivative_is_that_of_differences(name):
    _, where, given, scalar = value_along(name)
    second = derivative(scalar("A + t B"), "d^2/dt^2", where, given)
    want = slope(lambda t: float(derivative(scalar("A + t B"), "d/dt", where, given, t)))
    assert np.isclose(second, want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_the_value_is_the_functions_own(name):
    """Generated code against a second implementation of the function."""
    along, _, given, scalar = value_along(name)
    scope = {**given, "A": np.reshape(given["A"], (given["A"].shape[0], -1))}
    tree = read_expression(scalar("A"), ["A", "S"])
    assert np.isclose(along(0.0), interpret(tree, scope).item(), rtol=1e-9)


@pytest.mark.parametrize("spelling", sorted(SPELLINGS))
def test_a_spelling_is_read_as_its_function(spelling):
    name = SPELLINGS[spelling]
    if name in CONSTANTS or name in WRITTEN:
        pytest.skip("no function of an argument")
    said = applied(name, "A")
    assert read_expression(said.replace(name, spelling, 1), ["A"]) == read_expression(said, ["A"])


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_a_function_is_read_in_its_printed_names(name):
    row = TABLE[name]
    sample, _, _, numbers = questions(name)
    scope = {**numbers, "A": sample.point}
    want = interpret(read_expression(applied(name, "A"), ["A", "S"]), scope)
    for printed in {row.latex, row.unicode} - {""}:
        if name not in WRITTEN:
            said = applied(name, "A").replace(name, printed, 1)
            assert np.allclose(interpret(read_expression(said, ["A"]), scope), want), printed


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_function_is_written_in_every_notation(name, notation):
    tree = read_expression(applied(name, "A"), ["A", "S"])
    try:
        text = write(tree, notation)
    except MatdiffError as error:
        if error.code not in {"E402", "E403"}:  # the notation lacks it, or a package is missing
            raise
        return
    assert text
    assert "\n" not in text
    if notation in {"ascii", "unicode"}:
        assert read_expression(text, ["A", "S"]) == tree


@pytest.mark.parametrize("name", [name for name in DIFFERENTIABLE if TABLE[name].note])
def test_a_note_goes_with_every_answer(name):
    sample, scalar, declared, _ = questions(name)
    found = answer(Question(expr=scalar("A"), wrt="d/dA", where=(*declared, sample.declaration("A"))))
    assert any(TABLE[name].note in note for note in found.notes)


@pytest.mark.parametrize("name", ROWS)
def test_a_row_names_its_source(name):
    assert TABLE[name].source
