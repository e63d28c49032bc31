"""NumPy lines against NumPy: values and slopes of the answer's own code are those of the expression itself."""

import inspect
import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import numpy_expressions
from reading.numpy_truth import SIZES, declarations, drawn, evaluated, shapes_of, slope

from matdiff import MatdiffError, derivative

CORPUS = Path(__file__).parents[1] / "corpus"


def lines(name, parts):
    """The lines of a file, each in so many parts."""
    text = (CORPUS / name).read_text(encoding="utf-8").splitlines()
    return [tuple(part.strip() for part in line.split(" | ", parts - 1)) for line in text if line and line[0] != "#"]


def cells(name):
    """The cells of a notebook, one an object."""
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]


LINES = lines("numpy_lines.txt", 3)
DIALECTS = lines("matlab_julia_lines.txt", 4)


def called(function, arrays):
    """A function of a generated module; vectors are one-dimensional there."""
    given = SIZES | {name: np.squeeze(np.asarray(array))[()] for name, array in arrays.items()}
    return np.asarray(function(**{name: given[name] for name in inspect.signature(function).parameters}), float)


def compared(name, where, text, truth):
    """Value and slope of the answer's code against those of the expression `truth`, by NumPy."""
    arrays = drawn(shapes_of(where), np.random.default_rng(len(text)))
    value = evaluated(truth, arrays).reshape(())
    want = slope(truth, arrays, name)
    answer = derivative(text, f"d/d{name}", where=declarations(where))
    assert np.allclose(called(answer.function("value"), arrays), value, rtol=1e-8)
    got = called(answer.function(), arrays)
    assert got.size == want.size
    scale = max(1, abs(value), np.max(np.abs(want), initial=0))
    assert np.allclose(got.reshape(want.shape), want, rtol=1e-4, atol=1e-5 * scale)


@pytest.mark.parametrize(("name", "where", "text"), LINES)
def test_an_answer_is_the_slope_that_numpy_has(name, where, text):
    compared(name, where, text if "np." in text or "@" in text else f"{text} + np.sum(0 * x)", text)


@pytest.mark.parametrize(("name", "where", "text", "truth"), DIALECTS)
def test_a_matlab_or_julia_line_means_what_its_numpy_line_computes(name, where, text, truth):
    compared(name, where, text, truth)


@pytest.mark.parametrize("line", cells("notebook_numpy.jsonl"), ids=lambda line: line["text"][:60])
def test_a_cell_of_a_notebook_is_the_slope_that_numpy_has(line):
    compared(line["wrt"], line["where"], line["text"], line["text"])


@pytest.mark.parametrize("line", cells("notebook_torch_jax.jsonl"), ids=lambda line: line["text"][:60])
def test_a_torch_or_jax_cell_has_the_numbers_of_its_own_library(line):
    """`inputs`, `value` and `gradient` are PyTorch's and JAX's own, the gradient by central differences."""
    answer = derivative(line["text"], f"d/d{line['wrt']}", where=declarations(line["where"]))
    assert np.allclose(called(answer.function("value"), line["inputs"]), line["value"], rtol=1e-6)
    want = np.asarray(line["gradient"])
    scale = max(1, abs(line["value"]), np.max(np.abs(want), initial=0))
    assert np.allclose(
        called(answer.function(), line["inputs"]).reshape(want.shape), want, rtol=1e-4, atol=1e-5 * scale
    )


def random_question(choose):
    """A scalar NumPy expression and a variable in it."""
    text, shape = numpy_expressions.expression(choose, choose([2, 3]))
    scalar = text if not shape else choose([f"np.sum(({text})**2)", f"np.sum(np.sin({text}))"])
    names = [name for name in numpy_expressions.VARIABLES if re.search(rf"\b{name}\b", scalar)]
    return (choose(names) if names else "x"), f"{scalar} + 0 * np.sum(x)"


def check_random(data):
    """A random question; the one that may be refused is .T of an array of one dimension."""
    name, text = random_question(lambda options: data.draw(st.sampled_from(list(options))))
    try:
        compared(name, numpy_expressions.DECLARED, text, text)
    except MatdiffError as error:
        if error.code != "E125" or ".T" not in text:
            raise


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
def test_random_expressions_broadcast_as_numpy_does(data):
    check_random(data)


@pytest.mark.slow
@settings(max_examples=1500, deadline=None)
@given(st.data())
def test_many_random_expressions_broadcast_as_numpy_does(data):
    check_random(data)
