"""The names that a random expression uses: shapes, structure, families, unknown functions, and numbers for them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

DIMENSIONS = {"m": 3, "n": 4, "p": 2, "N": 5}
_SCALARS = ("t", "a", "c", "alpha", "s", "b", "beta", "tau", "r", "q")
_VECTORS = ("x", "y", "w", "z", "u", "v", "g", "h", "x_1", "w_2", "y_train")
_MATRICES = ("X", "A", "B", "W", "C", "Y", "M", "Z", "P", "F", "W_1", "A_2", "Sigma", "G", "H", "L", "R")
_STRUCTURES = ("symmetric", "symmetric", "spd", "skew", "diagonal", "symmetric")


class Name(NamedTuple):
    """A declared name.  `family`: the index of a family, whose numbers are a matrix with one row a member."""

    shape: tuple[Any, Any]
    structure: str = ""
    family: str = ""
    function: Any = None
    integer: int | None = None


class Declared:
    """Declarations, in the order in which they were made."""

    def __init__(self, numeric):
        self.numeric = numeric
        self.names: dict[str, Name] = {}

    def shape(self, name):
        return self.names[name].shape

    def kind(self, name):
        shape = self.shape(name)
        return "scalar" if shape == (1, 1) else "vector" if shape[1] == 1 else "matrix"

    def plain_names(self, shape):
        """Ordinary variables of this shape."""
        return [
            name
            for name, told in self.names.items()
            if told.shape == shape and not (told.family or told.function or told.integer)
        ]

    def new(self, shape, structure=False):
        """A new name; `structure` asks for a structured square matrix."""
        pool = _SCALARS if shape == (1, 1) else _VECTORS if shape[1] == 1 else _MATRICES
        name = next((name for name in pool if name not in self.names), f"{pool[0]}_{len(self.names)}")
        kind = _STRUCTURES[len(self.names) % len(_STRUCTURES)] if structure and shape[0] == shape[1] else ""
        return self.add(name, Name(shape, kind))

    def add(self, name, told):
        self.names[name] = told
        return name

    def where(self):
        """The declarations as text."""
        return ", ".join([self._declaration(name, told) for name, told in self.names.items()])

    def _declaration(self, name, told):
        if told.integer is not None:
            return f"{name} in N"
        subject = f"{name}({', '.join(told.function.arguments)})" if told.function else name
        rows, columns = [self.said(size) for size in told.shape]
        space = "R" if told.shape == (1, 1) else f"R^{rows}" if told.shape[1] == 1 else f"R^{{{rows} x {columns}}}"
        return f"{subject} in {space} {told.structure}".rstrip()

    def said(self, size):
        return DIMENSIONS.get(size, size) if self.numeric else size

    def sizes(self):
        return dict(DIMENSIONS)

    def draw(self, rng):
        """Numbers for every name, as values of the oracle: two-dimensional arrays, a family one row a member; integers
        as they are.
        """
        point: dict[str, Any] = dict(DIMENSIONS)
        for name, told in self.names.items():
            rows, columns = [DIMENSIONS.get(size, size) for size in told.shape]
            if told.integer is not None:
                point[name] = told.integer
            elif told.family:
                point[name] = 0.7 * rng.standard_normal((DIMENSIONS["N"], rows))
            elif not told.function:
                point[name] = _structured(told.structure, 0.6 * rng.standard_normal((rows, columns)))
        return point


def _structured(structure, array):
    rows, columns = array.shape
    if rows == columns > 1:
        array = array + 1.3 * np.eye(rows)
    if structure == "symmetric":
        return (array + array.T) / 2
    if structure == "spd":
        return array @ array.T + np.eye(rows)
    if structure == "skew":
        return (array - array.T) / 2
    if structure == "diagonal":
        return np.diag(np.diag(array))
    if structure == "lower":
        return np.tril(array)
    if structure == "orthogonal":
        return np.linalg.qr(array)[0]
    return array
