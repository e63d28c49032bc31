"""Random well-typed questions: text in the input language, inputs, and the value computed apart from matdiff.

`tier` 1 is the core (products, inverses, determinants, norms, elementwise functions); 2 adds everything else of the
language.
Domains are kept by construction (a logarithm stands on something positive), and checked again where numbers are
computed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from oracle import bridges, matrices, scalars, vectors
from oracle import expressions as ex
from oracle.declared import DIMENSIONS, Declared

PAIRS_1 = (
    ("scalar", ("matrix",)), ("scalar", ("vector",)), ("scalar", ("scalar",)), ("vector", ("vector",)), ("vector", ("scalar",)), ("matrix", ("scalar",)),
    ("scalar", ("vector", "vector")), ("scalar", ("matrix",)), ("scalar", ("vector",)), ("scalar", ("scalar", "scalar")),
)  # fmt: skip
PAIRS_2 = (
    *PAIRS_1, ("vector", ("matrix",)), ("matrix", ("vector",)), ("matrix", ("matrix",)), ("scalar", ("vector", "scalar")), ("scalar", ("matrix", "matrix")),
    ("vector", ("scalar", "scalar")), ("matrix", ("scalar", "scalar")), ("vector", ("vector", "vector")), ("scalar", ("vector", "vector", "vector")),
    ("scalar", ("scalar", "scalar", "scalar")), ("scalar", ("matrix", "vector")),
)  # fmt: skip


class Problem(NamedTuple):
    """One question, and all that is needed to know its answer."""

    expr: str
    where: str
    wrt: str
    by: tuple[str, ...]
    transposed: tuple[bool, ...]
    shape: tuple[Any, Any]
    declared: Declared
    evaluate: Any


class Writer:
    """Draws expressions of a given shape, over variables that are declared as they are needed."""

    def __init__(self, draw, tier, numeric):
        self._draw = draw
        self.tier = tier
        self.declared = Declared(numeric)
        self.favoured = ()
        self.bridging = False

    def pick(self, options):
        return options[self._draw(st.integers(0, len(options) - 1))]

    def chance(self, one_in):
        return self._draw(st.integers(0, one_in - 1)) == one_in - 1

    def size(self):
        return self.pick(("n", "n", "m"))

    def variable(self, shape):
        """A variable of this shape: one that is differentiated by if there is one, or another, or a new one."""
        wanted = [name for name in self.favoured if self.declared.shape(name) == shape]
        if wanted and not self.chance(4):
            return self.expression(self.pick(wanted))
        if self.favoured and not self.bridging and not wanted and not self.chance(3):
            self.bridging = True
            found = bridges.bridge(self, self.expression(self.pick(self.favoured)), shape)
            self.bridging = False
            return found
        known = self.declared.plain_names(shape)
        if known and not self.chance(3):
            return self.expression(self.pick(known))
        return self.expression(self.declared.new(shape))

    def expression(self, name):
        return ex.variable(name, self.declared.shape(name))

    def scalar(self, depth):
        return self._choose(scalars, depth, ())

    def positive(self, depth):
        return self.pick(scalars.POSITIVE)(self, depth)

    def vector(self, size, depth):
        return self._choose(vectors, depth, (size,))

    def positive_vector(self, size, depth):
        return self.pick(vectors.POSITIVE)(self, depth, size)

    def matrix(self, rows, columns, depth):
        return self._choose(matrices, depth, (rows, columns))

    def square(self, size, depth):
        return self.matrix(size, size, depth)

    def spd(self, size, depth):
        return self.pick(matrices.SPD)(self, depth, size)

    def invertible(self, size, depth):
        return self.pick(matrices.INVERTIBLE)(self, depth, size)

    def _choose(self, module, depth, shape):
        if depth <= 0:
            return self.pick(module.LEAVES)(self, depth, *shape)
        options = module.CORE
        if self.tier == 2 and self.chance(3):
            options = module.MORE
        if shape and shape[0] == shape[-1] and len(shape) == 2:
            options = (*options, *(module.SQUARE_MORE if self.tier == 2 else module.SQUARE))
        return self.pick(options)(self, depth - 1, *shape)


@st.composite
def problems(draw, tier=1, depth=3):
    """A question about a random expression."""
    writer = Writer(draw, tier, numeric=draw(st.booleans()) and draw(st.booleans()))
    kind, by_kinds = writer.pick(PAIRS_1 if tier == 1 else PAIRS_2)
    by = _variables(writer, by_kinds)
    writer.favoured = tuple(dict.fromkeys(by))
    depth = draw(st.integers(1, depth if len(by) < 2 else min(depth, 2)))
    if kind == "scalar":
        expression = writer.scalar(depth)
    elif kind == "vector":
        expression = writer.vector(writer.size(), depth)
    else:
        expression = writer.matrix(writer.size(), writer.size(), depth)
    wrt, transposed = _operator(writer, by, by_kinds, kind)
    return Problem(
        expression.text,
        writer.declared.where(),
        wrt,
        by,
        transposed,
        expression.shape,
        writer.declared,
        expression.evaluate,
    )


@st.composite
def inputs(draw):
    """A random generator for the numbers, from a seed that hypothesis can shrink."""
    return np.random.default_rng(draw(st.integers(0, 10_000)))


def _variables(writer, kinds):
    """The variables differentiated by: often one and the same, or two of a kind."""
    by = []
    for kind in kinds:
        same = [name for name in by if writer.declared.kind(name) == kind]
        if same and not writer.chance(3):
            by.append(same[0])
            continue
        sizes = {"scalar": (1, 1), "vector": (writer.size(), 1), "matrix": (writer.size(), writer.size())}[kind]
        by.append(
            writer.declared.new(
                sizes, structure=writer.tier == 2 and kind == "matrix" and len(kinds) == 1 and writer.chance(6)
            )
        )
    return tuple(by)


def _operator(writer, by, kinds, kind):
    if len(by) == 1:
        name = by[0]
        if kinds == ("vector",) and writer.chance(3):
            return writer.pick((f"d/d{name}^T", f"∂/∂{name}ᵀ")), (True,)
        return writer.pick((f"d/d{name}", f"d/d{name}", f"∂/∂{name}")), (False,)
    if kind == "scalar" and kinds == ("vector", "vector"):
        return f"d^2/d{by[0]} d{by[1]}^T", (False, True)
    order = len(by)
    if len(set(by)) == 1 and order == 3:
        return f"d^3/d{by[0]}^3", (False,) * order
    if len(set(by)) == 1 and writer.chance(2):
        return f"d^2/d{by[0]}^2", (False,) * order
    return f"d^{order}/" + " ".join([f"d{name}" for name in by]), (False,) * order


__all__ = ["DIMENSIONS", "Problem", "inputs", "problems"]
