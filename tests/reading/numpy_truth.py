"""What NumPy itself says of an expression: its value on random arrays, and its slope by differences.

The only place where expressions are evaluated; they come from this repository's own files and generators.
"""

import ast
import inspect
import math

import numpy as np
import scipy
import scipy.linalg
import scipy.spatial.distance
import scipy.special
import scipy.stats

SIZES = {"m": 3, "n": 4, "k": 2, "d": 5}


NAMES = {"np": np, "scipy": scipy, "special": scipy.special, "math": math}


def shapes_of(where):
    """{"X": (3, 4)} of "X m n; x n; t"."""
    found = {}
    for part in where.split(";"):
        if part.strip():
            name, *sizes = part.split()
            found[name] = tuple(int(size) if size.isdigit() else SIZES[size] for size in sizes)
    return found


def declarations(where):
    """The same in the language: X in R^{m x n}, x in R^n, t in R."""
    said = []
    for part in where.split(";"):
        if part.strip():
            name, *sizes = part.split()
            said.append(f"{name} in R" + (f"^{{{' x '.join(sizes)}}}" if sizes else ""))
    return ", ".join(said)


def drawn(shapes, rng):
    """Arrays with entries from 0.3 to 1.3, the square ones well conditioned."""
    found = {}
    for name, shape in shapes.items():
        array = rng.uniform(0.3, 1.3, shape)
        found[name] = array + 2 * np.eye(shape[0]) if len(shape) == 2 and shape[0] == shape[1] else array
    return {name: float(array) if array.shape == () else array for name, array in found.items()}


def evaluated(text, arrays):
    """The value of an expression, of what is assigned last, or of a function of the arrays; NumPy alone decides."""
    scope = {**NAMES, **SIZES, **arrays}
    module = ast.parse(text.replace("; ", "\n"))
    last = module.body[-1]
    if isinstance(last, ast.Expr):
        module.body[-1] = ast.copy_location(ast.Assign([ast.Name("_last", ast.Store())], last.value), last)
    exec(compile(ast.fix_missing_locations(module), "a line", "exec"), scope)  # noqa: S102 # of our own files, see above
    value = scope["_last" if isinstance(last, ast.Expr) else _assigned(last)]
    if callable(value):
        value = value(*[scope[name] for name in inspect.signature(value).parameters])
    return np.asarray(value, float)


def _assigned(statement):
    """The name that a statement gives a value."""
    if isinstance(statement, ast.FunctionDef):
        return statement.name
    return (statement.targets[-1] if isinstance(statement, ast.Assign) else statement.target).id


def slope(text, arrays, name, step=1e-6):
    """The gradient of a scalar expression by central differences."""
    base = np.asarray(arrays[name], float)
    found = np.zeros(base.shape)
    for index in np.ndindex(*base.shape):
        sides = []
        for sign in (1, -1):
            moved = base.copy()
            moved[index] += sign * step
            given = float(moved) if base.shape == () else moved
            sides.append(float(evaluated(text, {**arrays, name: given}).reshape(())))
        found[index] = (sides[0] - sides[1]) / (2 * step)
    return found
