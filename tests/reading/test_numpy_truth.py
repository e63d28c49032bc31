"""NumPy lines against NumPy: values and slopes of the answer's own code are those of the expression itself."""

import inspect
from pathlib import Path

import numpy as np
import pytest
from reading.numpy_truth import SIZES, declarations, drawn, evaluated, shapes_of, slope

from matdiff import derivative

LINES = [
    tuple(part.strip() for part in line.split("|", 2))
    for line in (Path(__file__).parents[1] / "corpus" / "numpy_lines.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def called(function, arrays):
    """A function of a generated module; vectors are one-dimensional there."""
    given = {name: np.squeeze(np.asarray(array))[()] for name, array in arrays.items()} | {"n": SIZES["n"]}
    return np.asarray(function(**{name: given[name] for name in inspect.signature(function).parameters}), float)


@pytest.mark.parametrize(("name", "where", "text"), LINES)
def test_an_answer_is_the_slope_that_numpy_has(name, where, text):
    arrays = drawn(shapes_of(where), np.random.default_rng(len(text)))
    value = evaluated(text, arrays).reshape(())
    want = slope(text, arrays, name)
    answer = derivative(
        text if "np." in text or "@" in text else f"{text} + np.sum(0 * x)", f"d/d{name}", where=declarations(where)
    )
    assert np.allclose(called(answer.function("value"), arrays), value, rtol=1e-9)
    got = called(answer.function(), arrays)
    assert got.size == want.size
    assert np.allclose(got.reshape(want.shape), want, rtol=1e-4, atol=1e-5 * max(1, abs(value)))
