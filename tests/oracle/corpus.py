"""The published cases under tests/corpus: inputs, true derivatives, and the concrete instances of their unknown
functions.
"""

from __future__ import annotations

import functools
import json
import math
import re
from pathlib import Path

import numpy as np

from oracle.asking import run

FOLDER = Path(__file__).parent.parent / "corpus"


def load(name):
    """The objects of a file of JSON lines."""
    with (FOLDER / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


@functools.cache
def cases():
    """The published derivatives, by id."""
    return {case["id"]: case for case in load("visible.jsonl")}


@functools.cache
def golden():
    """Inputs and derivatives as numbers, by id."""
    return {row["id"]: row for name in ("golden_visible.jsonl", "spellings_golden.jsonl") for row in load(name)}


class Torch:
    """The few names that the instances of unknown functions use, over numpy."""

    def __getattr__(self, name):
        return getattr(np, name)


def differences(function, arguments, which):
    """Central differences of fourth order by one argument: axes of the value, then of the argument."""
    point = np.asarray(arguments[which], float)
    step = 1e-3
    result = np.zeros(np.shape(function(*arguments)) + point.shape)
    for index in np.ndindex(*point.shape):
        total = 0.0
        for times, weight in ((-2, 1), (-1, -8), (1, 8), (2, -1)):
            moved = point.copy()
            moved[index] += times * step
            total = total + weight * np.asarray(function(*arguments[:which], moved, *arguments[which + 1 :]), float)
        result[(..., *index)] = total / (12 * step)
    return result


def callables(case, inputs):
    """u, Du, D2u and, of several arguments, Du_x, D2u_x_y for every unknown function of a case."""
    scope = {"torch": Torch(), "math": math, **inputs, **{name: int(size) for name, size in case["dims"].items()}}
    made = {}
    for name, text in case.get("check", {}).get("functions", {}).items():
        function = scope[name] = made[name] = eval(text, scope)  # noqa: S307 # the corpus' own instances
        arguments = case["functions"][name]["args"]
        for i, first in enumerate(arguments):
            once = functools.partial(_derivative, function, i)
            made["D" + name if len(arguments) == 1 else f"D{name}_{first}"] = once
            for j, second in enumerate(arguments):
                made["D2" + name if len(arguments) == 1 else f"D2{name}_{first}_{second}"] = functools.partial(
                    _derivative, once, j
                )
    return made


def _derivative(function, which, *arguments):
    return differences(function, arguments, which)


def derivative(case, code):
    """What the generated code computes from the golden inputs."""
    inputs = {name: np.asarray(value, float) for name, value in golden()[case["id"]]["inputs"].items()}
    integers = {name: int(value) for name, value in {**case["dims"], **case.get("check", {}).get("subs", {})}.items()}
    return np.asarray(run(code, {**inputs, **integers, **callables(case, inputs)}), float)


def agrees(case, got):
    """Is it the golden derivative?  By a structured variable each of the three customary conventions counts."""
    want = np.asarray(golden()[case["id"]]["derivative"], float)
    pool = [want]
    if len(case["wrt_vars"]) == 1 and case.get("structure", {}).get(case["wrt_vars"][0]) and want.ndim == 2:
        pool += [(want + want.T) / 2, want + want.T - np.diag(np.diag(want)), np.diag(np.diag(want)), np.diag(want)]
    return any(_close(np.squeeze(got), np.squeeze(array), 1e-5 if case.get("functions") else 1e-7) for array in pool)


def _close(got, want, tolerance):
    if got.size == 1 and want.size and not np.any(want):
        got = np.broadcast_to(got, want.shape)
    if got.shape != want.shape or not np.all(np.isfinite(got)):
        return False
    return bool(np.all(np.abs(got - want) <= tolerance * max(float(np.max(np.abs(want), initial=0.0)), 1e-3)))


_SYMBOLS = re.compile(r"[A-Za-z_][A-Za-z_0-9]*|\d+(?:\.\d+)?|[-+*/^.']")


def length(text):
    """Symbols and operators that a reader meets; parentheses and commas are not counted."""
    return len(_SYMBOLS.findall(text.replace("^T", "'").replace("^-1", "'")))


def expanded(error):
    """The expression of a case of bad input; long ones are stored as a recipe."""
    recipe = error.get("expr_gen")
    if not recipe:
        return error.get("expr", "")
    kind, *parts = recipe
    if kind == "repeat":
        before, times, core, after, closing = parts
        return before * times + core + after * closing
    if kind == "suffix":
        core, suffix, times, tail = parts
        return core + suffix * times + tail
    core, separator, times = parts
    return separator.join([core] * times)
