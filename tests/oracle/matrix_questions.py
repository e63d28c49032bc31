"""Random questions of a matrix by a matrix, and their derivatives by differences of the question's own text.

Products, sums, Hadamard products and quotients, functions of entries, inverses and powers, Kronecker products, diagonals,
outer products, traces as factors, transposes; by a rectangular matrix X and by a square one, Z.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from oracle.family_questions import entry_slope
from oracle.text_numbers import Scope, value

SIZES = {"m": 2, "n": 3, "p": 4}
SHAPES = {
    "X": "mn", "Z": "nn", "A": "mm", "B": "nn", "C": "mn", "D": "nm", "E": "pm", "F": "np", "G": "pp",
    "a": "m", "b": "n", "c": "p", "s": "",
}  # fmt: skip
_FUNCTIONS = ("sigmoid", "tanh", "exp", "sin", "softplus", "cos")


def _declared(name, sides):
    sizes = "" if not sides else f"^{{{' x '.join(sides)}}}" if len(sides) > 1 else f"^{sides}"
    return f"{name} in R{sizes}"


WHERE = ", ".join(_declared(name, sides) for name, sides in SHAPES.items())


class MatrixQuestion(NamedTuple):
    """A question: its text, its operator, and the name of the variable."""

    expr: str
    wrt: str
    by: str


def draw(rng):
    """A random question."""
    maker = _Maker(rng, "X" if rng.integers(2) else "Z")
    sides = maker.pick(("mn", "mn", "nn", "nm", "mm", "pn", "mp", "np"))
    return MatrixQuestion(maker.matrix(sides, int(rng.integers(1, 4)), own=True), f"d/d{maker.by}", maker.by)


def point(rng):
    """Random numbers for every name."""
    shapes = {name: tuple([SIZES[side] for side in sides]) for name, sides in SHAPES.items()}
    arrays = {name: rng.normal(size=(*shape, 1, 1)[:2]) * 0.6 for name, shape in shapes.items()}
    for name in ("A", "B", "G", "Z"):
        arrays[name] += 1.5 * np.eye(len(arrays[name]))  # so that inverses are tame
    return Scope(arrays, {}, dict(SIZES), {})


def differences(question, scope, step=4e-2):
    """Vec of the variable against vec of the value, by central differences of this step."""
    array = scope.arrays[question.by]

    def moved(place, by):
        there = array.copy()
        there[place] += by
        return value(question.expr, scope._replace(arrays={**scope.arrays, question.by: there})).T.reshape(-1)

    rows, columns = array.shape
    places = [(i, j) for j in range(columns) for i in range(rows)]
    return np.array([entry_slope(lambda by, place=place: moved(place, by), step) for place in places])


class _Maker:
    def __init__(self, rng, by):
        self.rng, self.by = rng, by

    def pick(self, options):
        return options[self.rng.integers(len(options))]

    def side(self):
        return self.pick("mnnp" if self.by == "Z" else "mnp")

    def matrix(self, sides, depth, *, own):
        """A matrix of these sides; `own` whether it must hold the variable."""
        if depth <= 0:
            return self.leaf(sides, own=own)
        made = self.pick(_FORMS if sides[0] != sides[1] else (*_FORMS, *_SQUARE, *_SQUARE))
        return made(self, sides, depth - 1, own)

    def vector(self, side, depth, *, own):
        """A column of this length."""
        known = {"m": "a", "n": "b", "p": "c"}[side]
        if not own:
            return known
        other = self.side()
        whole = f"{self.factor(side + other, depth - 1, own=True)} {({'m': 'a', 'n': 'b', 'p': 'c'})[other]}"
        if self.rng.integers(4) == 0:
            whole = self.pick((f"tanh({whole})", f"softmax({whole})", f"exp({whole})"))
        return whole

    def leaf(self, sides, *, own):
        """The variable, with a matrix beside it where it doesn't fit; or a constant."""
        if not own:
            names = [name for name, shape in SHAPES.items() if shape == sides and name not in "XZ"]
            if names:
                return self.pick(names)
            names = [name + "^T" for name, shape in SHAPES.items() if shape == sides[::-1] and name not in "XZ"]
            return self.pick(names) if names else f"ones({sides[0]}, {sides[1]})"
        shape = SHAPES[self.by]
        turned = (shape != sides and shape[::-1] == sides) or (shape[0] == shape[1] and self.rng.integers(3) == 0)
        text, shape = (self.by + "^T", shape[::-1]) if turned else (self.by, shape)
        left = "" if shape[0] == sides[0] else self.leaf(sides[0] + shape[0], own=False) + " "
        right = "" if shape[1] == sides[1] else " " + self.leaf(shape[1] + sides[1], own=False)
        return left + text + right

    def factor(self, sides, depth, *, own):
        """A matrix that stands in a product."""
        text = self.matrix(sides, depth, own=own)
        return f"({text})" if any(sign in text for sign in ("+", "*", "/", "-", " ", "^2", "^3")) else text

    def which(self, own):
        """Which of two parts hold the variable."""
        return self.pick(((True, False), (False, True), (True, True), (True, True))) if own else (False, False)


def _product(w, sides, depth, own):
    k, (left, right) = w.side(), w.which(own)
    return f"{w.factor(sides[0] + k, depth, own=left)} {w.factor(k + sides[1], depth, own=right)}"


def _sum(w, sides, depth, own):
    left, right = w.which(own)
    return f"{w.matrix(sides, depth, own=left)} {w.pick('+-')} {w.factor(sides, depth, own=right)}"


def _hadamard(w, sides, depth, own):
    left, right = w.which(own)
    return f"{w.factor(sides, depth, own=left)} .* {w.factor(sides, depth, own=right)}"


def _function(w, sides, depth, own):
    return f"{w.pick(_FUNCTIONS)}({w.matrix(sides, depth, own=own)})"


def _quotient(w, sides, depth, own):
    left, right = w.which(own)
    return f"{w.factor(sides, depth, own=left)} ./ exp({w.matrix(sides, depth, own=right)})"


def _entry_power(w, sides, depth, own):
    return f"{w.factor(sides, depth, own=own)}.^{w.pick('23')}"


def _transpose(w, sides, depth, own):
    text = w.factor(sides[::-1], depth, own=own)
    return (
        text[:-2] if text.endswith("^T") and text[:-2].isalpha() else f"{text}^T" if len(text) == 1 else f"({text})^T"
    )


def _outer(w, sides, depth, own):
    left, right = w.which(own)
    x, y = w.vector(sides[0], depth, own=left), w.vector(sides[1], depth, own=right)
    return f"{x if len(x) == 1 else f'({x})'} {y if len(y) == 1 else f'({y})'}^T"


def _scaled(w, sides, depth, own):
    left, right = w.which(own)
    scalar = (
        w.pick(("tr({})", "sum({})", "||{}||_F^2")).format(w.matrix(w.pick(("nn", "mm")), depth, own=left))
        if left
        else "s"
    )
    return f"{scalar} {w.factor(sides, depth, own=right)}"


def _diagonal_times(w, sides, depth, own):
    left, right = w.which(own)
    return f"diag({w.vector(sides[0], depth, own=left)}) {w.factor(sides, depth, own=right)}"


def _inverse(w, sides, depth, own):
    body = w.leaf(sides, own=own) if w.rng.integers(2) else w.matrix(sides, depth, own=own)
    return f"({body} + 4 I)^-1"


def _power(w, sides, _, own):
    return f"{w.factor(sides, 0, own=own)}^{w.pick('23')}"


def _plus_transpose(w, sides, depth, own):
    text = w.factor(sides, depth, own=own)
    return f"{text} {w.pick('+-')} {text}^T" if not text.endswith("^T") else f"{text} + {text[:-2]}"


def _diagonal(w, sides, depth, own):
    return f"diag({w.vector(sides[0], depth, own=own)})"


def _diagonal_part(w, sides, depth, own):
    return f"diag(diag({w.matrix(sides, depth, own=own)}))"


def _gram(w, sides, depth, own):
    text = w.factor(sides[0] + w.side(), depth, own=own)
    return f"{text} {text}^T" if not text.endswith("^T") else f"{text} {text[:-2]}"


_FORMS = (
    _product, _product, _product, _sum, _hadamard, _hadamard, _function, _quotient, _entry_power, _transpose, _outer, _scaled,
    _diagonal_times,
)  # fmt: skip
_SQUARE = (_inverse, _power, _plus_transpose, _diagonal, _diagonal_part, _gram)
