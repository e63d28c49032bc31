"""What each column of a function's row says of other forms of it, tried with numbers: SymPy's, its conjugate, that of
rows of a matrix, that with a parameter.
"""

from __future__ import annotations

import re

import numpy as np
import sympy
from columns import Point, close, interpret, value


def sympy_form(row):
    """SymPy's form at a number, or at an explicit matrix."""
    if not row.sympy or row.shape == "constant":
        return
    point = Point(row)
    if row.shape == "same" and "{" not in row.sympy:
        x = point.draw()[0, 0]
        text = f"{row.sympy}(z)" if row.sympy.isidentifier() else row.sympy
        found = sympy.sympify(text).subs("z", sympy.Float(x, 20)).evalf()
        assert close(float(found), value(row, np.full((1, 1), x)))
        return
    arguments = point.arguments()
    names = [f"M{k}" for k in range(len(arguments))]
    scope = {name: sympy.MatrixSymbol(name, *a.shape) for name, a in zip(names, arguments, strict=True)}
    given = {scope[name]: sympy.Matrix(a) for name, a in zip(names, arguments, strict=True)}
    said = eval(row.sympy.format(*names), {**vars(sympy), **scope})  # noqa: S307 # the row's own text
    found = said.subs(given).doit()
    found = np.array(found.tolist(), float) if hasattr(found, "tolist") else np.full((1, 1), float(found.evalf()))
    assert close(found, value(row, *arguments))


def conjugate(row):
    """Fenchel and Young: at y = grad f(x), which lies in the domain, f(x) + f*(y) = <x, y>; elsewhere it is more."""
    text, domain = row.conjugate
    if not text:
        return
    sign = -1 if row.traits.convexity == "concave" else 1
    point = Point(row)
    extra = (np.full((1, 1), 3.0),) * (row.arity[0] - 1)  # a norm's exponent

    def f(x):
        return sign * value(row, x, *extra)

    places = [point.draw() for _ in range(4)]
    duals = [_slope(f, x, row.sample in {"spd", "symmetric"}) for x in places]
    for x, y in zip(places, duals, strict=True):
        scope = {"y": y, "Y": y, "p": np.full((1, 1), 3.0)}
        assert all(_holds(relation, scope) for relation in _relations(domain)), (domain, y)
        for z in places:
            star = np.vectorize(_star, excluded=(0,))(text, y) if row.kind == "elementwise" else interpret(text, scope)
            gap = (f(z) + star - z * y) if row.kind == "elementwise" else np.sum(f(z) + star) - np.sum(z * y)
            assert np.all(gap > -1e-6)
            assert z is not x or np.all(np.abs(gap) < 1e-5), (gap, y)


def _relations(domain):
    """The conditions, at the commas outside of parentheses."""
    parts = []
    for piece in domain.split(", "):
        if parts and parts[-1].count("(") > parts[-1].count(")"):
            parts[-1] += ", " + piece
        else:
            parts.append(piece)
    return parts


def _star(text, y):
    return interpret(text, {"y": np.full((1, 1), y)}).item()


def _slope(f, x, symmetric, h=1e-5):
    """The gradient of a sum of f by central differences."""
    found = np.zeros_like(x)
    for place in np.ndindex(*x.shape):
        moved = np.zeros_like(x)
        moved[place] = h
        if symmetric:
            moved = (moved + moved.T) / 2
        found[place] = np.sum(f(x + moved) - f(x - moved)) / (2 * h)
    return found


def _holds(relation, scope):
    """A <= b, a >= b, a < b, a = b, a chain, A >> 0, A << 0, up to differences' errors."""
    for sign, eigenvalues in ((" >> 0", 1), (" << 0", -1)):
        if relation.endswith(sign):
            matrix = eigenvalues * interpret(relation.removesuffix(sign), scope)
            return np.min(np.linalg.eigvalsh(matrix)) > -1e-6
    pieces = re.split(r" (<=|>=|<|>|=) ", relation)
    tests = {"<": np.less, "<=": np.less, ">": np.greater, ">=": np.greater}
    for left, word, right in zip(pieces[::2], pieces[1::2], pieces[2::2], strict=False):
        a, b = interpret(left, scope), interpret(right, scope)
        near = np.abs(a - b) < 1e-6
        if not np.all(near if word == "=" else tests[word](a, b) | near):
            return False
    return True


def each_row(row):
    if row.each_row:
        matrix = Point(row).rng.standard_normal((3, 2))
        want = np.vstack([value(row, matrix[k : k + 1].T).T for k in range(3)])
        assert close(interpret(f"{row.each_row}(A)", {"A": matrix}), want)


WITH_PARAMETER = {
    "max": np.maximum,
    "min": np.minimum,
    "huber": lambda x, d: np.where(np.abs(x) <= d, x * x / 2, d * (np.abs(x) - d / 2)),
    "elu": lambda x, a: np.where(x > 0, x, a * np.expm1(x)),
    "leaky_relu": lambda x, a: np.where(x > 0, x, a * x),
}


def parametric(row):
    """A new row needs its definition here."""
    if row.parametric:
        x, parameter = Point(row).draw(), np.full((1, 1), 0.7)
        found = interpret(row.parametric.replace("X.^0", "(X.^0)"), {"X": x, "Y": parameter})
        assert close(found, WITH_PARAMETER[row.name](x, 0.7))


def norm(row):
    """It is what NumPy's norm of that order is, where NumPy has it."""
    order = {"1": 1, "2": 2, "inf": np.inf, "nuclear": "nuc"}.get(row.norm)
    if order:
        x = Point(row).draw()
        assert close(value(row, x), np.linalg.norm(x, order))


FORMS = {check.__name__: check for check in (sympy_form, conjugate, each_row, parametric, norm)}
