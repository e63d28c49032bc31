"""What each column of a function's row claims, tried with numbers: every check takes a row and raises AssertionError.

Values come from the tests' own interpreter, which shares nothing with generated code.
"""

from __future__ import annotations

import math

import numpy as np
from oracle.interpreter import Interpreter

from matdiff.functions import TABLE
from matdiff.reading.reader import read_expression

N = 3
SYMMETRIC = {"symmetric", "positive definite"}
LESS = 1e-9


# the interpreter's own differentiable functions keep away from kinks and ties; here these are what is tried
PLAIN = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "asin": np.arcsin,
    "acos": np.arccos,
    "abs": np.abs,
    "sign": np.sign,
    "step": lambda x: np.where(x > 0, 1.0, 0.0),
    "relu": lambda x: np.maximum(x, 0.0),
    "spectral": lambda x: np.full((1, 1), np.linalg.norm(x, 2)),
    "nuclear": lambda x: np.full((1, 1), np.linalg.norm(x, "nuc")),
    "logdet": lambda x: np.full((1, 1), np.linalg.slogdet(x)[1]),
    "sinc": lambda x: np.sinc(x / np.pi),
    "expm": lambda x: np.linalg.inv(_exponential(-x)),
    "max": lambda *xs: np.maximum(*xs) if len(xs) == 2 else np.max(xs[0], keepdims=True),
    "min": lambda *xs: np.minimum(*xs) if len(xs) == 2 else np.min(xs[0], keepdims=True),
}


def _exponential(x):
    """The Taylor series at x/2^20, squared 20 times."""
    small, total, term = x / 2**20, np.eye(len(x)), np.eye(len(x))
    for k in range(1, 6):
        term = term @ small / k
        total = total + term
    return np.linalg.matrix_power(total, 2**20)


class Plain(Interpreter):
    def _call(self, tree):
        if tree.function in PLAIN:
            return PLAIN[tree.function](*[self.array(arg) for arg in tree.args])
        return super()._call(tree)


def interpret(text, scope):
    """The array that a text stands for; an identity of no size is as large as the sample."""
    scope = {"n": N, "e": np.full((1, 1), math.e), **scope}
    found = Plain(scope, {}).value(read_expression(text, list(scope)))
    return found.of_size(N) if hasattr(found, "of_size") else found


class Point:
    """Random arguments of a row where it is defined."""

    def __init__(self, row, seed=0):
        self.row = row
        self.rng = np.random.default_rng(seed + sum(map(ord, row.name)))

    @property
    def square(self):
        return self.row.sample in {"square", "spd", "symmetric"} or "square" in self.row.shape + str(
            self.row.traits.needs
        )

    def draw(self, place=0):
        """An array of the domain; from the second argument on of the same shape."""
        rng, sample = self.rng, self.row.sample
        vector = self.row.shape.startswith("vector") or self.row.written == "weighted norm" or self.row.shape == "dot"
        shape = (N, 1) if vector else (N, N) if self.square else (N, 2)
        if self.row.takes[min(place, len(self.row.takes) - 1)] == "norm":
            return np.full((1, 1), 3.0)
        if place and self.row.written == "weighted norm":
            return _definite(rng)
        array = rng.standard_normal(shape)
        if sample == "positive":
            return 0.3 + 1.2 * rng.random(shape)
        if sample == "above one":
            return 1.2 + rng.random(shape)
        if sample == "probability":
            return 0.1 + 0.8 * rng.random(shape)
        if sample == "unit":
            return 0.9 * (2 * rng.random(shape) - 1)
        if sample == "square":
            return 0.4 * array + 1.5 * np.eye(N)
        if sample == "spd":
            return _definite(rng)
        return array + array.T if sample == "symmetric" else array

    def arguments(self):
        return [self.draw(k) for k in range(self.row.arity[0])]


def _definite(rng):
    half = rng.standard_normal((N, N))
    return half @ half.T + 0.5 * np.eye(N)


def value(row, *arguments):
    """F of arrays, as the tests' interpreter has it."""
    names = ["A", "B", "C"][: len(arguments)]
    text = {"bars": "|A|", "weighted norm": "norm_weighted(A, B)"}.get(row.written, f"{row.name}({', '.join(names)})")
    return interpret(text, dict(zip(names, arguments, strict=True)))


def close(a, b, scale=1.0):
    a, b = np.asarray(a), np.asarray(b)
    return np.allclose(*np.broadcast_arrays(a, b), rtol=1e-8, atol=1e-8 * scale)


def ordered(smaller, larger):
    return np.all(smaller <= larger + LESS * (1 + np.abs(larger)))


def samples(row, count=12):
    point = Point(row)
    for _ in range(count):
        yield point.arguments()


# ---- columns


def at_zero(row):
    if row.traits.at_zero:
        first, *rest = Point(row).arguments()
        kept = [a if "norm" in row.takes else np.zeros_like(a) for a in rest]
        assert close(value(row, np.zeros_like(first), *kept), interpret(row.traits.at_zero, {}))


def at_one(row):
    """f(I) of a function of matrices, else f of ones."""
    if row.traits.at_one:
        arguments = Point(row).arguments()
        matrices = Point(row).square or {"matrix", "full rank"} & set(row.traits.needs)
        ones = [np.eye(N) if matrices else np.ones_like(argument) for argument in arguments]
        assert close(value(row, *ones), interpret(row.traits.at_one, {}))


def parity(row):
    if row.traits.parity:
        sign = {"odd": -1, "even": 1}[row.traits.parity]
        for first, *rest in samples(row):
            if row.sample in {"real", "unit", "square", "symmetric"} or row.traits.parity == "odd":
                assert close(value(row, -first, *rest), sign * value(row, first, *rest))


def sign(row):
    holds = {
        "positive": lambda v: np.all(v > 0),
        "nonnegative": lambda v: np.all(v >= 0),
        "negative": lambda v: np.all(v < 0),
        "nonpositive": lambda v: np.all(v <= 0),
        "": lambda _: True,
    }[row.traits.sign]
    for arguments in samples(row):
        assert holds(value(row, *arguments))


def convexity(row):
    """Random chords."""
    kind = row.traits.convexity
    if not kind:
        return
    point = Point(row)
    for _ in range(40):
        one, other = point.arguments(), point.arguments()
        middle = value(row, *[(a + b) / 2 for a, b in zip(one, other, strict=True)])
        chord = (value(row, *one) + value(row, *other)) / 2
        if kind in {"convex", "affine"}:
            assert ordered(middle, chord)
        if kind in {"concave", "affine"}:
            assert ordered(chord, middle)


def monotone(row):
    point = Point(row)
    words = row.traits.monotone
    for _ in range(20 if words else 0):
        for place, word in enumerate((*words, *words[-1:] * (row.arity[0] - len(words)))):
            _moved(row, point, place, word)


def _moved(row, point, place, word):
    arguments = point.arguments()
    first, second = point.draw(place), point.draw(place)
    loewner = word.startswith("loewner")
    if loewner:
        half = point.rng.standard_normal((N, 1))
        second = first + half @ half.T
    elif word == "magnitude":
        first, second = sorted_pair(np.abs(first), np.abs(second))
    else:
        first, second = sorted_pair(first, second)
    before, after = [value(row, *[a if k != place else x for k, a in enumerate(arguments)]) for x in (first, second)]
    if word.endswith("decreasing"):
        before, after = after, before
    if word:
        assert ordered(before, after)


def sorted_pair(a, b):
    return np.minimum(a, b), np.maximum(a, b)


def linear(row):
    for place in row.traits.linear:
        point = Point(row)
        arguments = point.arguments()

        def at(array, place=place, arguments=arguments):
            return value(row, *[a if k != place else array for k, a in enumerate(arguments)])

        one, other = point.draw(place), point.draw(place)
        assert close(at(2 * one - 3 * other), 2 * at(one) - 3 * at(other))


def keeps(row):
    for word in row.traits.keeps:
        for arguments in samples(row, 5):
            if word == "transpose":
                assert close(value(row, *[a.T for a in arguments]), value(row, *arguments).T)
            else:
                _stays(row, arguments, word)


def _stays(row, arguments, word):
    rng = np.random.default_rng(1)
    made = {
        "definite": lambda _: _definite(rng),
        "diagonal": lambda _: np.diag(0.5 + rng.random(N)),
        "symmetric to definite": lambda _: np.diag(rng.standard_normal(N)) + np.ones((N, N)) - np.eye(N),
        "triangular": lambda _: np.tril(0.3 * rng.standard_normal((N, N)), -1) + np.diag(0.5 + rng.random(N)),
    }[word]
    found = value(row, *[made(a) for a in arguments])
    if word.endswith("definite"):
        assert close(found, found.T)
        assert np.min(np.linalg.eigvalsh(found)) > 0
    else:
        assert close(found, np.tril(found))
        assert word == "triangular" or close(found, np.diag(np.diag(found)))


def gives(row):
    holds = {
        "symmetric": lambda v: close(v, v.T),
        "skew": lambda v: close(v, -v.T),
        "lower": lambda v: close(v, np.tril(v)),
        "upper": lambda v: close(v, np.triu(v)),
        "orthogonal": lambda v: close(v.T @ v, np.eye(v.shape[1])),
        "diagonal": lambda v: close(v, np.diag(np.diag(v))),
        "": lambda _: True,
    }[row.traits.gives]
    for arguments in samples(row, 3):
        assert holds(value(row, *arguments))


def commutes(row):
    if row.traits.commutes:
        point = Point(row)
        one, other = point.draw(), point.draw()
        assert close(value(row, one, other), value(row, other, one))


def undoes(row):
    if row.traits.undoes:
        inner = TABLE[row.traits.undoes]
        for arguments in samples(inner, 3):
            assert close(value(row, value(inner, *arguments)), arguments[0])


def inverse(row):
    """F of it is y, and it of f(x) is x."""
    if row.inverse:
        for first, *_ in samples(row, 4):
            x = first[:1, :1]
            y = value(row, x)
            assert close(interpret(row.inverse, {"y": y}), x)
            assert close(value(row, interpret(row.inverse, {"y": y})), y)


def frechet(row):
    """The rows that a function of matrices names are there, and are linear in the direction."""
    if row.frechet:
        assert TABLE[row.frechet].arity == (2, 2)
        assert TABLE[row.frechet].traits.linear == (1,)
        assert TABLE[row.jacobian].shape == "jacobian"


def rewrites(row):
    """Of one number at a number, else at arrays."""
    for left, right in row.rewrites:
        point = Point(row)
        X = point.draw()
        scope = {"x": X if X.shape[1] == 1 else point.rng.standard_normal((6, 1)), "X": X, "A": X.T + 1}
        if row.kind == "elementwise":
            scope = {"x": X[:1, :1], "n": 1}
        one, other = interpret(left, scope), interpret(right, scope)
        assert close(one, other), (left, right, one, other)


def formula(row):
    if row.formula:
        for first, *more in samples(row, 4):
            if row.kind == "elementwise":
                found = np.vectorize(lambda x: interpret(row.formula, {"x": np.full((1, 1), x)}).item())(first)
            else:
                found = interpret(
                    row.formula.replace("ones()", f"ones({first.shape[1]})"),
                    dict(zip("XYZ", (first, *more), strict=False)),
                )
            assert close(found, value(row, first, *more))


def needs(row):
    """What `sample` draws is what the function needs."""
    words = set(row.traits.needs)
    sampled = {
        "positive": {"positive"},
        "unit": {"unit"},
        "above one": {"above one"},
        "probability": {"probability"},
        "spd": {"positive definite"},
    }
    numbers = {"positive", "unit", "above one", "probability"}
    for word in words & numbers:
        assert word in sampled.get(row.sample, set())
    if "positive definite" in words:
        assert row.sample == "spd"
    if words & {"square", "invertible", "symmetric"}:
        assert Point(row).square or row.shape in {"diag", "vech", "kron", "hadamard"}


def kink(row):
    """The slope, or the value, jumps there and nowhere in the sample."""
    if row.kink:
        at, h = interpret(row.kink, {}).item(), 1e-4
        left, right = [
            (value(row, np.full((1, 1), at + s * h)) - value(row, np.full((1, 1), at))) / (s * h) for s in (-1, 1)
        ]
        assert abs(left - right) > 0.1 or abs(left + right) > 1e2


CHECKS = {
    check.__name__: check
    for check in (
        at_zero, at_one, parity, sign, convexity, monotone, linear, keeps, gives, commutes, undoes, inverse, frechet, rewrites, formula, needs, kink,
    )
}  # fmt: skip
