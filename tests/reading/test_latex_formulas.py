"""LaTeX formulas as papers print them, with nothing declared as a rule: value and slope are those that NumPy computes."""

import inspect

import numpy as np
import pytest
from oracle import corpus
from reading.numpy_truth import SIZES, drawn, evaluated, shapes_of, slope

from matdiff import MatdiffError, derivative

CASES = corpus.load("latex_formulas.jsonl")
MORE = {"N": 6, "K": 5, "T": 3}  # sizes that formulas name


@pytest.fixture(autouse=True)
def sizes(monkeypatch):
    for name, size in MORE.items():
        monkeypatch.setitem(SIZES, name, size)


def called(function, arrays):
    given = SIZES | {name: np.squeeze(np.asarray(array))[()] for name, array in arrays.items()}
    return np.asarray(function(**{name: given[name] for name in inspect.signature(function).parameters}), float)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_formula_is_read_as_its_authors_mean_it(case):
    if "refused" in case:
        with pytest.raises(MatdiffError) as caught:
            derivative(case["expr"], case["wrt"], where=case.get("where", ""))
        assert caught.value.code == case["refused"]
        return
    arrays = drawn(shapes_of(case["shapes"]), np.random.default_rng(len(case["expr"])))
    answer = derivative(case["expr"], case["wrt"], where=case.get("where", ""))
    by = answer.operator.by[0].name
    name = by if by in arrays else f"{by}_"  # lambda_
    value, want = evaluated(case["truth"], arrays), slope(case["truth"], arrays, name)
    assert np.allclose(called(answer.function("value"), arrays), value, rtol=1e-8)
    got = called(answer.function(), arrays)
    assert got.size == want.size
    scale = max(1, abs(float(value)), np.max(np.abs(want)))
    assert np.allclose(got.reshape(want.shape), want, rtol=1e-4, atol=1e-5 * scale)
