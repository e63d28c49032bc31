"""Numbers for texts in ASCII: what a reader of the input language takes an answer for, with NumPy and SciPy.

It shares nothing with matdiff, and it knows no calculus: the derivative of a question is the difference of its own text
at two places.  A value is a two-dimensional array: a scalar is 1 x 1, a vector n x 1.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from scipy.linalg import expm

_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*)|([A-Za-z]\w*)|(\|\||\.\*|\./|\.\^|\*\*|[-+*/^(),{}|_=]))")
_CLOSING = {"(": ")", "{": "}"}


class UnreadableError(Exception):
    """The text is not in the part of the language that is known here."""


class Identity(NamedTuple):
    """A number times an identity matrix whose size the text does not say."""

    factor: float


class Scope(NamedTuple):
    """What names stand for: arrays, the members of families by base name (one row each, the first is number 1), sizes,
    and the indices that are fixed.
    """

    arrays: dict[str, np.ndarray]
    families: dict[str, np.ndarray]
    sizes: dict[str, int]
    indices: dict[str, int]


def value(text, scope):
    """The array of a text.  Raises UnreadableError."""
    reader = _Reader(_tokens(text))
    tree = reader.sum()
    if reader.at < len(reader.tokens):
        raise UnreadableError(f"unexpected {reader.tokens[reader.at]}")
    return _value(tree, scope)


def _tokens(text):
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise UnreadableError(text[at : at + 10])
        kind = ("number", "name", "sign")[match.lastindex - 1]
        found.append((kind, match.group(match.lastindex), match.end() < len(text) and text[match.end()] == "("))
        at = match.end()
    return found


class _Reader:
    """Text to nested tuples: + and -, then the signs of products, then what stands side by side, then powers."""

    def __init__(self, tokens):
        self.tokens, self.at, self.bars = tokens, 0, []

    def peek(self, *signs):
        here = self.tokens[self.at] if self.at < len(self.tokens) else ("end", "", False)
        return here[0] == "sign" and here[1] in signs if signs else here

    def take(self, *signs):
        if signs and not self.peek(*signs):
            raise UnreadableError(f"{signs} expected, {self.peek()[1]!r} found")
        self.at += 1
        return self.tokens[self.at - 1][1]

    def sum(self):
        sign = self.take() if self.peek("-", "+") else "+"
        total = self.product()
        total = ("neg", total) if sign == "-" else total
        while self.peek("+", "-"):
            sign = self.take()
            right = self.product()
            total = ("add", total, ("neg", right) if sign == "-" else right)
        return total

    def product(self):
        left = self.beside()
        while self.peek("*", ".*", "./"):
            sign = self.take()
            left = (sign, left, ("neg", self.beside()) if self.peek("-") and self.take() else self.beside())
        return left

    def beside(self):
        left = self.power()
        while self.starts() or self.peek("/"):
            if self.peek("/"):
                self.take()
                left = ("/", left, self.power())
            else:
                left = ("*", left, self.power())
        return left

    def starts(self):
        kind, text, _ = self.peek()
        return kind in {"number", "name"} or (
            kind == "sign" and (text == "(" or (text in {"||", "|"} and not (self.bars and self.bars[-1] == text)))
        )

    def power(self):
        base = self.atom()
        while self.peek("^", ".^"):
            sign = self.take()
            braced = self.peek("{") and self.take()
            minus = self.peek("-") and self.take()
            if self.peek()[1] == "T" and self.peek()[0] == "name" and sign == "^":
                self.take()
                base = ("T", ("inv", base)) if minus else ("T", base)
            else:
                exponent = self.sum() if braced else self.atom()
                base = (sign, base, ("neg", exponent) if minus else exponent)
            if braced:
                self.take("}")
        return base

    def atom(self):
        kind, text, calls = self.peek()
        if kind == "number":
            self.take()
            return ("number", float(text))
        if kind == "name":
            self.take()
            if text.endswith("_") and self.peek("{"):
                self.take()
                return ("call", text, self.inside(self.listed, "}"))
            return ("call", text, self.arguments()) if calls and len(text) > 1 else ("name", text)
        opening = self.take("(", "||", "|")
        if opening == "(":
            return self.inside(self.sum, ")")
        self.bars.append(opening)
        tree = self.sum()
        self.bars.pop()
        self.take(opening)
        if opening == "|":
            return ("call", "abs", [tree])
        which = "2"
        if self.peek("_"):
            self.take()
            which = self.take()
        return ("norm", tree, which)

    def arguments(self):
        self.take("(")
        return self.inside(self.listed, ")")

    def listed(self):
        found = [self.sum()]
        while self.peek(","):
            self.take()
            found.append(self.sum())
        return found

    def inside(self, part, closing):
        before, self.bars = self.bars, []
        tree = part()
        self.bars = before
        self.take(closing)
        return tree


def _whole(tree, scope):
    number = _value(tree, scope)
    if isinstance(number, Identity) or number.shape != (1, 1) or abs(number[0, 0] - round(number[0, 0])) > 1e-9:
        raise UnreadableError("a whole number is expected")
    return round(number[0, 0])


def _scalar(number):
    return np.full((1, 1), float(number))


def _value(tree, scope):
    kind = tree[0]
    if kind == "number":
        return _scalar(tree[1])
    if kind == "name":
        return _name(tree[1], scope)
    if kind == "call" and tree[1] == "sum" and len(tree[2]) == 4:
        return _indexed_sum(tree[2], scope)
    if kind == "call":
        return _call(tree[1], tree[2], scope)
    if kind == "norm":
        return _norm(_value(tree[1], scope), tree[2])
    parts = [_value(part, scope) for part in tree[1:]]
    return _SIGNS[kind](*parts)


def _name(name, scope):
    base, _, subscript = name.partition("_")
    if name in scope.arrays:
        return scope.arrays[name]
    if name in scope.indices or name in scope.sizes:
        return _scalar(scope.indices.get(name, scope.sizes.get(name)))
    if name == "I":
        return Identity(1.0)
    if base == "delta" and len(subscript) == 2:
        first, second = (_index(letter, scope) for letter in subscript)
        return _scalar(first == second)
    if subscript and base in scope.families:
        place = (
            [_index(subscript, scope)]
            if scope.families[base].ndim < 3 or subscript in scope.indices
            else [_index(letter, scope) for letter in subscript]
        )
        return _two(_member(scope.families[base], place))
    if subscript and base in scope.arrays:
        array = scope.arrays[base]
        letters = [subscript] if array.shape[1] == 1 else list(subscript)
        row, column = (*[_index(letter, scope) for letter in letters], 1)[:2]
        return array[row - 1 : row, column - 1 : column]
    if base == "I" and subscript:
        return np.eye(scope.sizes[subscript] if subscript in scope.sizes else int(subscript))
    raise UnreadableError(f"the name {name}")


def _member(array, place):
    if min(place) < 1 or max(place) > len(array):
        raise UnreadableError(f"there is no member {place}")
    return array[tuple([number - 1 for number in place])]


def _two(array):
    array = np.asarray(array, float)
    return array.reshape((1, 1)) if array.ndim == 0 else array.reshape((-1, 1)) if array.ndim == 1 else array


def _index(letter, scope):
    if letter.isdigit():
        return int(letter)
    if letter not in scope.indices:
        raise UnreadableError(f"the index {letter}")
    return scope.indices[letter]


def _indexed_sum(args, scope):
    index = args[0][1]
    low, high = _whole(args[1], scope), _whole(args[2], scope)
    total = _scalar(0)
    for number in range(low, high + 1):
        inner = scope._replace(indices={**scope.indices, index: number})
        term = _value(args[3], inner)
        total = term if number == low else _add(total, term)
    return total


def _add(a, b):
    if isinstance(a, Identity) and isinstance(b, Identity):
        return Identity(a.factor + b.factor)
    if isinstance(a, Identity):
        a, b = b, a
    if isinstance(b, Identity):
        b = b.factor * np.eye(len(a))
    if a.shape != b.shape and (1, 1) not in {a.shape, b.shape}:
        raise UnreadableError(f"a sum of {a.shape} and {b.shape}")
    return a + b


def _times(a, b):
    if isinstance(a, Identity) and isinstance(b, Identity):
        return Identity(a.factor * b.factor)
    if isinstance(a, Identity):
        a, b = b, a
    if isinstance(b, Identity):
        return Identity(float(a[0, 0]) * b.factor) if a.shape == (1, 1) else a * b.factor
    if (1, 1) in {a.shape, b.shape}:
        return a * b
    if a.shape[1] != b.shape[0]:
        raise UnreadableError(f"a product of {a.shape} and {b.shape}")
    return a @ b


def _each(a, b, operation):
    if isinstance(a, Identity) or isinstance(b, Identity):
        other = b if isinstance(a, Identity) else a
        if isinstance(other, Identity):
            raise UnreadableError("identities of no size")
        a, b = (x.factor * np.eye(len(other)) if isinstance(x, Identity) else x for x in (a, b))
    if a.shape != b.shape and (1, 1) not in {a.shape, b.shape}:
        raise UnreadableError(f"entry by entry, {a.shape} and {b.shape}")
    return operation(a, b)


def _divided(a, b):
    if isinstance(b, Identity) or b.shape != (1, 1):
        raise UnreadableError("a quotient by what is no scalar")
    return Identity(a.factor / b[0, 0]) if isinstance(a, Identity) else a / b[0, 0]


def _powered(a, e):
    if isinstance(a, Identity):
        return Identity(a.factor ** e[0, 0])
    if a.shape == (1, 1):
        return a ** e[0, 0]
    if a.shape[0] != a.shape[1] or e[0, 0] != round(e[0, 0]):
        raise UnreadableError("a power of a matrix")
    return np.linalg.matrix_power(a, round(e[0, 0]))


def _norm(a, which):
    if which in {"2", "F"}:
        if which == "2" and min(a.shape) > 1:
            raise UnreadableError("the spectral norm")
        return _scalar(np.sqrt(np.sum(a * a)))
    if which == "1" and min(a.shape) == 1:
        return _scalar(np.sum(np.abs(a)))
    raise UnreadableError(f"the norm {which}")


_SIGNS = {
    "neg": lambda a: Identity(-a.factor) if isinstance(a, Identity) else -a,
    "add": _add,
    "*": _times,
    ".*": lambda a, b: _each(a, b, np.multiply),
    "./": lambda a, b: _each(a, b, np.divide),
    "/": _divided,
    "^": _powered,
    "**": _powered,
    ".^": lambda a, e: a ** e[0, 0],
    "T": lambda a: a if isinstance(a, Identity) else a.T,
    "inv": lambda a: Identity(1 / a.factor) if isinstance(a, Identity) else np.linalg.inv(a),
}

_ENTRYWISE = {
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos, "tan": np.tan, "tanh": np.tanh,
    "sinh": np.sinh, "cosh": np.cosh, "abs": np.abs, "sign": np.sign,
    "relu": lambda z: np.maximum(z, 0), "step": lambda z: 1.0 * (z > 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "softplus": lambda z: np.log1p(np.exp(z)),
}  # fmt: skip


def _call(name, args, scope):
    if name in {"ones", "zeros"}:
        sides = [_whole(arg, scope) for arg in args]
        return np.full((sides[0], sides[1] if len(sides) > 1 else 1), float(name == "ones"))
    if name == "eye":
        return np.eye(_whole(args[0], scope))
    if name in {"K_", "commutation"}:
        return _commutation(*[_whole(arg, scope) for arg in args])
    if name == "unvec":
        return np.reshape(_value(args[0], scope), [_whole(arg, scope) for arg in args[1:]], order="F")
    values = [_value(arg, scope) for arg in args]
    if any(isinstance(part, Identity) for part in values):
        raise UnreadableError(f"{name} of an identity of no size")
    if name in _ENTRYWISE:
        return _ENTRYWISE[name](values[0])
    if name not in _FUNCTIONS:
        raise UnreadableError(f"the function {name}")
    return _two(_FUNCTIONS[name](*values))


def _commutation(m, n):
    """The matrix that makes vec of the transpose out of vec of an m x n matrix."""
    places = np.arange(m * n).reshape((m, n), order="F")
    return np.eye(m * n)[places.T.reshape(-1, order="F")]


_FUNCTIONS = {
    "tr": np.trace, "det": np.linalg.det, "logdet": lambda a: np.linalg.slogdet(a)[1], "inv": np.linalg.inv,
    "diag": lambda a: np.diag(a[:, 0]) if a.shape[1] == 1 else np.diag(a), "sum": np.sum, "kron": np.kron,
    "vec": lambda a: a.T.reshape(-1), "logsumexp": lambda a: np.log(np.sum(np.exp(a))),
    "expm": expm,
    "dexpm": lambda a, e: expm(np.block([[a, e], [0 * a, a]]))[: len(a), len(a) :],
    "softmax": lambda a: np.exp(a) / np.sum(np.exp(a)), "mean": np.mean, "dot": lambda a, b: np.sum(a * b),
}  # fmt: skip
