"""Ask matdiff a generated question, and hold its code and its printed answer against the oracle."""

from __future__ import annotations

import contextlib
import re
import signal
import traceback
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from matdiff.calculator import Answer, Question, answer
from matdiff.errors import MatdiffError
from oracle import duals, layout
from oracle.declared import DIMENSIONS
from oracle.duals import Magnitude, OutsideDomain

ROUNDING = 1e-9
SLOWEST = 5.0  # seconds for one question, its code and its formula; most take a few thousandths


class Truth(NamedTuple):
    """The derivative at a point: as code returns it, as it is printed, and how exactly it is known."""

    point: dict[str, Any]
    accepted: list[Any]
    printed: list[Any]
    tolerance: float


class Outcome(NamedTuple):
    """verdict: "right", "wrong", "refused" or "crashed"; detail: what to tell a reader of a failed test; cause:
    refusals and crashes alike are one.
    """

    verdict: str
    detail: str = ""
    answer: Answer | None = None
    cause: str = ""


def truth(problem, rng, which="denominator"):
    """The oracle's derivative at random numbers.  Raises OutsideDomain where there is none to compare with."""
    point = problem.declared.draw(rng)
    Magnitude.largest = 1.0
    with np.errstate(all="ignore"):
        raw = duals.derivative(problem.evaluate, point, problem.by)
    size = float(np.max(np.abs(raw)))
    if size > 1e5:
        raise OutsideDomain("a huge derivative")
    value_shape, by_shapes = concrete(problem.shape), [concrete(problem.declared.shape(name)) for name in problem.by]
    tolerance = 1e-7 * max(size, 1e-2) + ROUNDING * Magnitude.largest
    structure = problem.declared.names[problem.by[0]].structure if len(by_shapes) == 1 else ""
    raw = layout.projected(raw, structure)
    accepted = [layout.laid_out(raw, value_shape, by_shapes, problem.transposed, which)]
    printed = [layout.vectorised(raw, value_shape, by_shapes, problem.transposed, which)]
    if structure == "diagonal":  # by the vector of its diagonal entries
        entries = np.diagonal(raw, axis1=-2, axis2=-1)[..., None]
        vector = [entries.shape[-2:]]
        accepted.append(layout.laid_out(entries, value_shape, vector, problem.transposed, which))
        printed.append(layout.vectorised(entries, value_shape, vector, problem.transposed, which))
    return Truth(point, accepted, printed, tolerance)


def concrete(shape):
    return tuple([size_of(size) for size in shape])


def size_of(size):
    if isinstance(size, tuple):
        return size_of(size[1]) * size_of(size[2])
    return DIMENSIONS.get(size, size)


def natural_inputs(problem, point):
    """The numbers as generated code takes them: scalars, vectors with one axis, families with their members first,
    callables, integers, sizes.
    """
    given: dict[str, Any] = dict(DIMENSIONS)
    for name, told in problem.declared.names.items():
        if told.integer is not None:
            given[name] = told.integer
        elif told.function:
            given.update(callables(told.function))
        elif told.family:
            given[name] = point[name] if told.shape[0] != 1 else point[name][:, 0]
        else:
            given[name] = np.reshape(point[name], layout.natural(point[name].shape))
    return given


def callables(function):
    """u, Du, D2u, … (Du_x, D2u_x_y where there are several arguments) over ordinary arrays."""

    def evaluate(positions, *arguments):
        values = [_two_dimensional(argument) for argument in arguments]
        if not positions:
            return np.squeeze(function.instance(*values))
        return np.squeeze(function.derivative(positions, *values))

    made = {function.name: lambda *a: evaluate((), *a)}
    count = len(function.arguments)
    orders = [(i,) for i in range(count)] + [(i, j) for i in range(count) for j in range(count)]
    orders += [(i, j, k) for i, j in orders[count:] for k in range(count)]
    for positions in orders:
        order = f"D{len(positions)}" if len(positions) > 1 else "D"
        name = (
            order + function.name
            if count == 1
            else "_".join([order + function.name, *[function.arguments[i] for i in positions]])
        )
        made[name] = lambda *a, positions=positions: evaluate(positions, *a)
    return made


def _two_dimensional(array):
    array = np.asarray(array, float)
    return array.reshape((-1, 1)) if array.ndim < 2 else array


def run(code, given):
    """Run generated code's `derivative` on the inputs that its parameters name."""
    module: dict[str, Any] = {}
    exec(compile(code, "<generated>", "exec"), module)  # noqa: S102 # the code under test
    function = module["derivative"]
    names = function.__code__.co_varnames[: function.__code__.co_argcount + function.__code__.co_kwonlyargcount]
    return function(**{name: given[name if name in given else name.rstrip("_")] for name in names})


def ask(problem, rng, which="denominator", printed=None):
    """The outcome of one question; `printed` compares the printed answer too (see `reading_back`).

    Raises OutsideDomain, before matdiff is asked, where there is nothing to compare with.
    """
    known = truth(problem, rng, which)
    told = f"{problem.wrt}  {problem.expr}  where {problem.where}" + (f"  ({which})" if which != "denominator" else "")
    try:
        with limited(SLOWEST):
            return _compared(problem, known, which, printed, told)
    except MatdiffError as error:
        if error.code == "E125":  # the text means two things, and the oracle took one of them
            raise OutsideDomain from None
        return Outcome(
            "refused",
            f"{told}: {error.code} {error.message}",
            cause=error.code + " " + re.sub("'.*?'", "…", error.message)[:40],
        )
    except Exception as error:  # noqa: BLE001 # whatever escapes is a bug of matdiff, to be told with its question
        frames = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if "matdiff" in frame.filename and "oracle" not in frame.filename
        ]
        place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "generated code"
        place = "" if isinstance(error, TimeoutError) else place
        return Outcome(
            "crashed", f"{told}: {type(error).__name__}: {error} at {place}", cause=f"{type(error).__name__} {place}"
        )


@contextlib.contextmanager
def limited(seconds):
    """Raises TimeoutError in the main thread after so long, where the system can."""

    def late(*_):
        raise TimeoutError(f"no answer in {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _compared(problem, known, which, printed, told):
    found = answer(Question(expr=problem.expr, wrt=problem.wrt, where=(problem.where,), layout=which))
    code = found.code("numpy")
    with np.errstate(all="ignore"):
        got = run(code, natural_inputs(problem, known.point))
    if not any(layout.close(got, want, known.tolerance) for want in known.accepted):
        return Outcome(
            "wrong",
            f"{told}\nanswered {found.ascii}\ncode gives\n{got}\nbut the derivative is\n{known.accepted[0]}\n{code}",
            found,
            "code",
        )
    if printed is not None:
        complaint = printed(problem, known, found)
        if complaint:
            return Outcome("wrong", f"{told}\nanswered {found.ascii}\n{complaint}", found, "print " + complaint[:20])
    return Outcome("right", told, found)
