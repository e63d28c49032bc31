"""Formulas of a derivation at random numbers: d(…) is a difference quotient along the changes, so nothing of the
program's calculus is used.
"""

from __future__ import annotations

import numpy as np
from oracle.interpreter import Family, Identity, Interpreter

STEP = 1e-3
SIZES = {"n": 3, "m": 4, "p": 2, "q": 5, "k": 3, "N": 4, "d": 3, "l": 2}


class Point:
    """Numbers for the symbols of an answer and for their changes; `derivation.changes` tells which names are changes."""

    def __init__(self, symbols, derivation, sizes=None, seed=1):
        self.random = np.random.default_rng(seed)
        self.sizes = {**SIZES, **(sizes or {})}
        self.mark = next(name for name, of in derivation.changes.items() if not of)
        self.scope = dict(self.sizes)
        self.moved = {}
        for symbol in symbols.values():
            if symbol.kind in {"size", "function"}:
                continue
            self.scope[symbol.name] = self.sizes.get(symbol.name, 3) if symbol.kind == "integer" else self.draw(symbol)
            if symbol.kind != "integer":
                change = self.mark + symbol.name
                value = self.draw(symbol, base=0.0)
                self.moved[symbol.name] = change
                self.scope[change] = Family(change, value.array) if isinstance(value, Family) else value

    def size(self, text):
        if isinstance(text, int):
            return text
        return int(
            np.prod([int(part) if part.isdigit() else self.sizes.setdefault(part, 3) for part in text.split("*")])
        )

    def draw(self, symbol, base=1.0):
        rows, columns = (self.size(side) for side in symbol.shape)
        if symbol.family:
            return Family(symbol.name, self.random.uniform(0.3, 1.0, (self.size(symbol.family_sizes[0]), rows)))
        array = self.random.uniform(0.3, 1.0, (rows, columns))
        if rows == columns and rows > 1:
            array = array * 0.3 + base * 2 * np.eye(rows)
        if symbol.structure in {"symmetric", "spd"}:
            return (array + array.T) / 2
        return np.diag(np.diagonal(array)) if symbol.structure == "diagonal" else array

    def value(self, tree, like=None):
        """The array of a formula; a bare identity is of the size of `like`."""
        got = Changing(self, self.scope).value(tree)
        return got.of_size(like.shape[0]) if isinstance(got, Identity) and like is not None else got

    def along(self, scope, names, step):
        """The scope with the variables of the names moved along their changes."""
        moved = dict(scope)
        for name, change in self.moved.items():
            if name in names:
                here, there = scope[name], scope[change]
                moved[name] = (
                    Family(name, here.array + step * there.array) if isinstance(here, Family) else here + step * there
                )
        return moved


class Changing(Interpreter):
    """An interpreter that knows d(…)."""

    def __init__(self, point, scope):
        super().__init__(scope, {})
        self.point = point

    def _apply(self, tree):
        assert tree.name == self.point.mark
        total = 0.0
        for times, weight in ((-2, 1), (-1, -8), (1, 8), (2, -1)):
            scope = self.point.along(self.scope, self.point.varying, times * STEP)
            total = total + weight * Changing(self.point, scope).array(tree.args[0])
        return total / (12 * STEP)

    def _indexedsum(self, tree):
        lo, hi = round(self.number(tree.lo)), round(self.number(tree.hi))
        terms = [Changing(self.point, {**self.scope, tree.index: k}).array(tree.body) for k in range(lo, hi + 1)]
        return np.prod(terms, axis=0) if tree.product else np.sum(terms, axis=0)
