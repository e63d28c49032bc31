"""The meaning of printed answers: syntax trees evaluated with numpy, on two-dimensional arrays.

This reads an answer as a person does who knows matrix notation; it shares nothing with the way from syntax to code that
matdiff takes.
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import mpmath
import numpy as np

from matdiff.formula.syntax import Call, Had, HadDiv, HadPow, Mul, Neg, Num, children
from matdiff.functions import TABLE
from matdiff.reading.reader import read_expression
from oracle import duals, mathematics


class NotInterpreted(Exception):  # noqa: N818 # nothing is wrong with the answer
    """Notation that this interpreter does not know."""


class Family(NamedTuple):
    """The members of a family x_n: one row of `array` each; `name` is how it was declared."""

    name: str
    array: np.ndarray

    def member(self, number):
        return self.array[number - 1 : number, :].T


class Identity:
    """c I of a size that the text does not say."""

    def __init__(self, factor):
        self.factor = float(factor)

    def of_size(self, n):
        return self.factor * np.eye(n)


def interpret(tree, scope, functions=None):
    """The array (rows, columns) that a tree stands for.

    `scope`: arrays by name, integers and sizes as ints, families as `Family`.  `functions`: instances of unknown
    functions.
    """
    return Interpreter(scope, functions or {}).value(tree)


class Interpreter:
    def __init__(self, scope, functions):
        self.scope, self.functions = scope, functions

    def value(self, tree):
        return getattr(self, "_" + type(tree).__name__.lower())(tree)

    def array(self, tree):
        found = self.value(tree)
        if isinstance(found, Identity):
            raise NotInterpreted("an identity matrix of no known size")
        return found

    def number(self, tree):
        """The value of a scalar."""
        found = self.array(tree)
        if found.shape != (1, 1):
            raise AssertionError(f"a scalar is expected, not shape {found.shape}")
        return float(found[0, 0])

    def size(self, tree):
        if isinstance(tree, (int, str)):
            return int(self.scope[tree]) if isinstance(tree, str) else tree
        return round(self.number(tree))

    def _num(self, tree):
        return np.full((1, 1), float(tree.value))

    def _sym(self, tree):
        found = self.scope.get(tree.name)
        if isinstance(found, np.ndarray):
            return found
        if found is not None and not isinstance(found, Family):
            return np.full((1, 1), float(found))
        base, _, subscript = tree.name.partition("_")
        for known in self.scope.values():
            if isinstance(known, Family) and known.name.partition("_")[0] == base:
                return known.member(self._index(subscript))
        return self._entry(base, tree.index or tuple(subscript))

    def _entry(self, base, indices):
        whole = self.scope.get(base)
        if whole is None or not indices:
            raise NotInterpreted(f"the name {base}")
        row, column = (*[self._index(index) for index in indices], 1)[:2]
        return whole[row - 1 : row, column - 1 : column]

    def _index(self, index):
        return int(index) if index.isdigit() else int(self.scope[index])

    def _neg(self, tree):
        return _times(np.full((1, 1), -1.0), self.value(tree.arg))

    def _add(self, tree):
        values = [self.value(term) for term in tree.terms]
        if all(_of_every_entry(term) for term in tree.terms if not isinstance(term, Num)):
            values = [np.full(_widest(values), value) if np.shape(value) == (1, 1) else value for value in values]
        return functools.reduce(_sum, values)

    def _mul(self, tree):
        result = self.value(tree.factors[0])
        for factor in tree.factors[1:]:
            result = _times(result, self.value(factor))
        return result

    def _div(self, tree):
        return _times(self.value(tree.num), np.full((1, 1), 1 / self.number(tree.den)))

    def _had(self, tree):
        values = [self.value(factor) for factor in tree.factors]
        shape = next((value.shape for value in values if not isinstance(value, Identity)), None)
        if shape is None:
            raise NotInterpreted("identity matrices of no known size")
        result = np.ones((1, 1))
        for value in values:
            array = value.of_size(shape[0]) if isinstance(value, Identity) else value
            assert array.shape in {shape, (1, 1)} or shape == (1, 1), "Hadamard factors of different shapes"
            result = result * array
        return result

    def _haddiv(self, tree):
        return self.array(tree.num) / self.array(tree.den)

    def _hadpow(self, tree):
        return self.array(tree.base) ** self.array(tree.exponent)

    def _pow(self, tree):
        base = self.value(tree.base)
        exponent = self.number(tree.exponent)
        if isinstance(base, Identity):
            return Identity(base.factor**exponent)
        if base.shape == (1, 1):
            return base**exponent
        assert base.shape[0] == base.shape[1], "a power of a matrix that is not square"
        assert exponent == round(exponent), "a fractional power of a matrix"
        return np.linalg.matrix_power(base, round(exponent))

    def _transpose(self, tree):
        value = self.value(tree.arg)
        return value if isinstance(value, Identity) else value.T

    def _call(self, tree):
        if tree.function == "eye":
            return np.eye(self.size(tree.args[0])) if tree.args else Identity(1.0)
        if tree.function in {"norm", "norm_weighted"}:
            return self._norm(tree)
        if tree.function == "unvec":
            return np.reshape(self.array(tree.args[0]), [self.size(arg) for arg in tree.args[1:]], order="F")
        if tree.function in CONSTANTS:
            return CONSTANTS[tree.function](*[self.size(arg) for arg in tree.args])
        if tree.function in mathematics.ELEMENTWISE and len(tree.args) == 1:
            return np.asarray(mathematics.ELEMENTWISE[tree.function](self.array(tree.args[0])))
        if tree.function in SPECIAL and len(tree.args) == 1:
            return SPECIAL[tree.function](self.array(tree.args[0]))
        if tree.function in FUNCTIONS:
            return np.asarray(FUNCTIONS[tree.function](*[self.array(arg) for arg in tree.args]))
        return self._by_formula(tree)

    def _by_formula(self, tree):
        """A function by the expression that its row says to be of the same value."""
        row = TABLE[tree.function]
        text = row.parametric if len(tree.args) > 1 and row.parametric else row.formula or row.definition
        if not text:
            raise NotInterpreted(f"the function {tree.function}")
        args = [self.array(arg) for arg in tree.args]
        if row.kind == "elementwise" and len(args) == 1:
            read = read_expression(text, ["x"])
            return np.vectorize(lambda x: self._within(read, {"x": np.full((1, 1), x)}).item(), otypes=[float])(args[0])
        return self._within(read_expression(text, ["X", "Y"]), dict(zip(("X", "Y"), args, strict=False)))

    def _within(self, tree, scope):
        return type(self)(scope, self.functions).value(tree)

    def _norm(self, tree):
        x = self.array(tree.args[0])
        if tree.function == "norm_weighted":
            return np.sqrt(x.T @ self.array(tree.args[1]) @ x)
        kind = tree.args[1] if len(tree.args) > 1 else None
        name = getattr(kind, "name", "")
        if name == "nuclear":
            return np.full((1, 1), np.linalg.norm(x, "nuc"))
        if name == "inf":
            return np.full((1, 1), np.linalg.norm(x, np.inf) if min(x.shape) > 1 else np.max(np.abs(x)))
        if name == "F" or kind is None or min(x.shape) == 1:
            p = 2 if name == "F" or kind is None else self.number(kind)
            return np.full((1, 1), np.sum(np.abs(x) ** p) ** (1 / p))
        return np.full((1, 1), np.linalg.norm(x, self.number(kind)))

    def _indexedsum(self, tree):
        lo, hi = round(self.number(tree.lo)), round(self.number(tree.hi))
        terms = [Interpreter({**self.scope, tree.index: k}, self.functions).array(tree.body) for k in range(lo, hi + 1)]
        if tree.product:
            return np.prod(terms, axis=0)
        return functools.reduce(_sum, terms) if terms else np.zeros(())  # an empty inner sum is a plain 0

    def _arguments(self, tree):
        names = self.functions[tree.name].arguments
        return [self.array(arg) for arg in tree.args] if tree.args else [self.scope[name] for name in names]

    def _apply(self, tree):
        return self.functions[tree.name].instance(*self._arguments(tree))

    def _derivative(self, tree):
        function = self.functions[tree.name]
        values = self._arguments(tree)
        raw = function.derivative([function.arguments.index(name) for name, _ in tree.by], *values)
        return _arranged(raw, tree.by)


def _arranged(raw, by):
    """The derivative of an unknown function as the language lays it out, a matrix."""
    rows, columns, *variables = raw.shape
    sides = [size for size in variables if size != 1]
    transposed = len(by) == 1 and by[0][1]
    if not sides:
        array = np.reshape(raw, (rows, columns))
        return array.T if columns == 1 and rows > 1 and not transposed else array
    if (rows, columns) == (1, 1) and len(by) == 1:
        array = np.reshape(raw, variables)
        return array.T if transposed else array
    if (rows, columns) == (1, 1) and len(sides) == len(by) == 2:
        return np.reshape(raw, sides)
    if columns == 1 and len(sides) == len(by) == 1:
        array = np.reshape(raw, (rows, sides[0]))
        return array if transposed else array.T
    raise NotInterpreted("a derivative of more than two axes")


def _of_every_entry(term):
    """A function of every entry, beside which a number stands for as many ones."""
    if isinstance(term, (Neg, Mul)):
        return all(_of_every_entry(part) for part in children(term) if not isinstance(part, Num))
    elementwise = isinstance(term, Call) and TABLE[term.function].shape == "same"
    return elementwise or isinstance(term, (Had, HadDiv, HadPow))


def _widest(values):
    return max((value.shape for value in values if not isinstance(value, Identity)), default=(1, 1))


def _sum(a, b):
    if isinstance(a, Identity) and isinstance(b, Identity):
        return Identity(a.factor + b.factor)
    if isinstance(a, Identity):
        return a.of_size(b.shape[0]) + b
    if isinstance(b, Identity):
        return a + b.of_size(a.shape[0])
    if a.shape != b.shape and not (np.any(a) and np.any(b)):  # of an empty sum, whose shape nothing tells
        return a if np.any(a) else b
    assert a.shape == b.shape, f"a sum of shapes {a.shape} and {b.shape}"
    return a + b


def _times(a, b):
    if isinstance(a, Identity) and isinstance(b, Identity):
        return Identity(a.factor * b.factor)
    if isinstance(a, Identity):
        return Identity(a.factor * b[0, 0]) if b.shape == (1, 1) else a.factor * b
    if isinstance(b, Identity):
        return Identity(b.factor * a[0, 0]) if a.shape == (1, 1) else b.factor * a
    if (1, 1) in {a.shape, b.shape}:
        return a * b
    assert a.shape[1] == b.shape[0], f"a product of shapes {a.shape} and {b.shape}"
    return a @ b


def _diag(x):
    return np.diag(x[:, 0]) if x.shape[1] == 1 else np.diag(x)[:, None]


def _bars(x):
    return np.abs(x) if x.shape[0] != x.shape[1] or x.shape == (1, 1) else duals.determinant(x)


def _commutation(m, n):
    """K vec(X) = vec(Xᵀ) for X of m rows and n columns."""
    matrix = np.zeros((m * n, m * n))
    for i in range(m):
        for j in range(n):
            matrix[i * n + j, j * m + i] = 1.0
    return matrix


def _svd(x):
    return np.linalg.svd(x, full_matrices=False)


CONSTANTS = {
    "ones": lambda *sizes: np.ones(sizes if len(sizes) == 2 else (*sizes, 1)),
    "zeros": lambda *sizes: np.zeros(sizes if len(sizes) == 2 else (*sizes, 1) if sizes else (1, 1)),
    "commutation": _commutation,
    "pi": lambda: np.full((1, 1), math.pi),
    "e": lambda: np.full((1, 1), math.e),
}

# functions that have no formula in the language
SPECIAL = {
    name: np.vectorize(function, otypes=[float])
    for name, function in {
        "lgamma": mpmath.loggamma,
        "digamma": lambda x: mpmath.polygamma(0, x),
        "trigamma": lambda x: mpmath.polygamma(1, x),
        "tetragamma": lambda x: mpmath.polygamma(2, x),
        "pentagamma": lambda x: mpmath.polygamma(3, x),
    }.items()
}

FUNCTIONS = {
    "tr": duals.trace,
    "transpose": lambda x: x.T,
    "inv": np.linalg.inv,
    "det": duals.determinant,
    "logdet": mathematics.logdet,
    "pinv": np.linalg.pinv,
    "adj": lambda x: np.linalg.det(x) * np.linalg.inv(x),
    "diag": _diag,
    "vec": lambda x: np.reshape(x, (-1, 1), order="F"),
    "vech": duals.stack_lower,
    "kron": np.kron,
    "dot": lambda x, y: np.sum(x * y, keepdims=True),
    "outer": lambda x, y: x @ y.T,
    "hadamard": np.multiply,
    "symm": lambda x: (x + x.T) / 2,
    "skew": lambda x: (x - x.T) / 2,
    "expm": mathematics.expm,
    "logm": mathematics.logm,
    "sqrtm": mathematics.sqrtm,
    "lambda_max": lambda x: np.linalg.eigvalsh(x)[-1:, None],
    "tril": np.tril,
    "triu": np.triu,
    "topvec": lambda x: np.linalg.eigh(x)[1][:, -1:],
    "leftvec": lambda x: np.linalg.svd(x)[0][:, :1],
    "rightvec": lambda x: np.linalg.svd(x)[2][:1].T,
    "spectral": mathematics.spectral_norm,
    "nuclear": mathematics.nuclear_norm,
    "polar": lambda x: x @ np.linalg.inv(mathematics.sqrtm(x.T @ x)),
    "lambda_min": lambda x: np.linalg.eigvalsh(x)[:1, None],
    "bottomvec": lambda x: np.linalg.eigh(x)[1][:, :1],
    "chol": np.linalg.cholesky,
    "prod": lambda x: np.prod(x, keepdims=True),
    "var": lambda x: np.var(x, keepdims=True),
    "std": lambda x: np.std(x, keepdims=True),
    "rowsum": lambda x: np.sum(x, axis=1)[:, None],
    "colsum": lambda x: np.sum(x, axis=0)[:, None],
    "rowmean": lambda x: np.mean(x, axis=1)[:, None],
    "colmean": lambda x: np.mean(x, axis=0)[:, None],
    "softmax_rows": lambda x: np.exp(x) / np.exp(x).sum(axis=1)[:, None],
    "softmax_columns": lambda x: np.exp(x) / np.exp(x).sum(axis=0),
    "logsumexp_rows": lambda x: np.log(np.exp(x).sum(axis=1))[:, None],
    "logsumexp_columns": lambda x: np.log(np.exp(x).sum(axis=0))[:, None],
    "norm_one": lambda x: np.full((1, 1), np.linalg.norm(x, 1)),
    "norm_inf": lambda x: np.full((1, 1), np.linalg.norm(x, np.inf)),
    "norm_entries": lambda x, p, q: (
        np.sum(np.sum(np.abs(x) ** p, axis=0) ** (q / p), keepdims=True)[:, None] ** (1 / q)
    ),
    "norm21": lambda x: np.full((1, 1), np.sum(np.linalg.norm(x, axis=0))),
    "soft": lambda v, t: np.sign(v) * np.maximum(np.abs(v) - t, 0),
    "clip": np.clip,
    "schatten": lambda x, p: np.sum(np.linalg.svd(x)[1] ** p, keepdims=True) ** (1 / p),
    "svdpower": lambda x, p: _svd(x)[0] @ np.diag(_svd(x)[1] ** p.item()) @ _svd(x)[2],
    "max": lambda x: np.max(x, keepdims=True),
    "min": lambda x: np.min(x, keepdims=True),
    "maxpos": lambda x: (x == np.max(x)).astype(float),
    "max_rows": lambda x: np.max(x, axis=1)[:, None],
    "max_columns": lambda x: np.max(x, axis=0)[:, None],
    "maxpos_rows": lambda x: (x == np.max(x, axis=1)[:, None]).astype(float),
    "sum": lambda x: np.sum(x, keepdims=True),
    "mean": lambda x: np.mean(x, keepdims=True),
    "bars": _bars,
    "softmax": mathematics.softmax,
    "logsumexp": mathematics.logsumexp,
}
