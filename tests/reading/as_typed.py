"""Questions as people type them, each with what NumPy says of it, or with the duty to refuse it: one verdict a line."""

import contextlib
import inspect

import numpy as np
from reading.numpy_truth import SIZES, drawn, evaluated, shapes_of

from matdiff import MatdiffError, derivative

MORE = {"N": 6, "K": 5, "T": 3}  # sizes that formulas name
REFUSED, MAY_REFUSE = "refused", "may refuse: "


class Case:
    """One line of a file: operator, question, declarations, shapes, and the same in NumPy."""

    def __init__(self, line):
        self.line = line
        self.wrt, self.expr, self.where, self.shapes, self.truth = (part.strip() for part in line.split(" ;; "))
        self.wrt = "" if self.wrt == "-" else self.wrt
        self.expr, self.truth = self.expr.replace(" ¶ ", "\n"), self.truth.replace(" ¶ ", "; ")
        self.must_refuse = self.truth == REFUSED
        self.may_refuse = self.truth.startswith(MAY_REFUSE)
        self.truth = self.truth.removeprefix(MAY_REFUSE)


def cases(text):
    """The cases of a file."""
    return [Case(line) for line in text.splitlines() if line.strip() and not line.startswith("#")]


@contextlib.contextmanager
def more_sizes():
    """Sizes that formulas name by capital letters, known to NumPy too."""
    before = dict(SIZES)
    SIZES.update(MORE)
    try:
        yield
    finally:
        SIZES.clear()
        SIZES.update(before)


def verdict(case):
    """What is wrong with how a question is read; "" where it is read as meant, or refused where that is right."""
    try:
        answer = derivative(case.expr, case.wrt, where=case.where)
    except MatdiffError as error:
        return "" if case.must_refuse or case.may_refuse else f"refused: {error.code} {error.message}"
    if case.must_refuse:
        return f"MISREAD, must be refused: {answer.ascii}; {answer.notes}"
    with more_sizes():
        return _compared(case, answer)


def _compared(case, answer):
    arrays = drawn(shapes_of(case.shapes), np.random.default_rng(len(case.line)))
    try:
        value = _called(answer.function("value"), arrays)
        got = _called(answer.function(), arrays)
    except (KeyError, TypeError, ValueError) as error:
        return f"MISREAD, other names or shapes: {error!r}: {answer.ascii}; {answer.read}"
    name = _among(answer.operator.by[0], arrays)
    if not np.allclose(value.squeeze(), evaluated(case.truth, arrays).squeeze(), rtol=1e-8):
        return f"MISREAD, another value: {answer.read}; {answer.ascii}"
    want = _differences(case.truth, arrays, name, len(_factors(answer)))
    scale = max(1.0, float(np.max(np.abs(want))))
    if got.size == want.size and any(
        np.allclose(got.reshape(form.shape), form, rtol=1e-4, atol=2e-5 * scale)
        for form in (want, _turned(want, arrays, name))
    ):
        return ""
    return f"MISREAD, another derivative: {answer.read}; {answer.ascii}"


def _factors(answer):
    return answer.operator.by


def _among(by, arrays):
    """The array that an operator's variable is: X_11 of X, lambda_ for lambda."""
    for name in (by.name, f"{by.name}_"):
        if name in arrays:
            return name
    raise AssertionError(f"{by.name} is none of {list(arrays)}")


def _differences(text, arrays, name, order):
    """The derivative of that order by central differences; its indices are those of the variable, then the value's."""
    if order == 0:
        return evaluated(text, arrays)
    step = 1e-6 if order == 1 else 3e-4
    base = np.asarray(arrays[name], float)
    found = []
    for index in np.ndindex(*base.shape):
        sides = []
        for sign in (1, -1):
            moved = base.copy()
            moved[index] += sign * step
            given = float(moved) if base.shape == () else moved
            sides.append(_differences(text, {**arrays, name: given}, name, order - 1))
        found.append((sides[0] - sides[1]) / (2 * step))
    return np.reshape(found, base.shape + found[0].shape)


def _turned(want, arrays, name):
    """The same with the value's indices first, as arrays of more than two indices lie."""
    own = np.ndim(arrays[name])
    return np.moveaxis(want, range(own), range(want.ndim - own, want.ndim))


def _called(function, arrays):
    given = SIZES | {name: np.squeeze(np.asarray(array))[()] for name, array in arrays.items()}
    return np.asarray(function(**{name: given[name] for name in inspect.signature(function).parameters}), float)
