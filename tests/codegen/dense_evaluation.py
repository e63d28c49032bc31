"""An independent evaluation of tensor graphs, entry by entry over dense arrays, and the running of generated code;
nothing is shared with the generator.
"""

import itertools
import math
from types import SimpleNamespace

import numpy as np

from matdiff.codegen.module import module
from matdiff.formula.question import By, Operator, Symbol
from matdiff.formula.syntax import Sym
from matdiff.graph.nodes import Ein, IndexSum, Lin, Map, Op, Power, Var, walk

SIZES = {"d": 3, "m": 2, "n": 3, "p": 4, "q": 2, "N": 5}
_LOCAL = {
    "step": lambda x: (x > 0).astype(float),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "relu": lambda x: np.where(x > 0, x, 0),
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "erf": np.vectorize(math.erf),
}


def size(text):
    """A size expression over SIZES."""
    return text if isinstance(text, int) else eval(text, {}, dict(SIZES))  # noqa: S307 # the tests' own texts


def evaluate(node, values):
    """The array of a node: products by a loop over all assignments of the indices."""
    match node:
        case Ein():
            return _product(node, values)
        case Lin():
            return sum(
                [float(c) * evaluate(term, values) for c, term in node.terms], np.zeros([size(s) for s in node.shape])
            )
        case Map():
            function = _LOCAL.get(node.function) or getattr(np, node.function)
            return function(evaluate(node.arg, values))
        case Power():
            return evaluate(node.base, values) ** evaluate(node.exponent, values)
        case IndexSum():
            lo, hi = int(evaluate(node.lo, values)), int(evaluate(node.hi, values))
            members = [evaluate(node.body, {**values, node.index.name: i}) for i in range(lo, hi + 1)]
            return sum(members, np.zeros([size(s) for s in node.shape]))
        case Var():
            return _variable(node, values)
        case Op():
            return _operator(node, values)
    raise TypeError(node)


def _variable(node, values):
    if node.role == "number":
        return np.asarray({"pi": math.pi, "e": math.e}[node.name])
    if node.role == "size":
        return np.asarray(float(size(node.name)))
    value = np.asarray(values[node.name], float)
    if node.structure == "diagonal":
        value = np.diagonal(value)
    return value.reshape([size(s) for s in node.shape])


def _product(node, values):
    arrays = [(evaluate(factor, values), indices) for factor, indices in node.factors]
    sizes = [size(s) for s in node.sizes]
    total = np.zeros([sizes[i] for i in node.out])
    for places in itertools.product(*[range(s) for s in sizes]):
        term = 1.0
        for array, indices in arrays:
            term *= array[tuple([places[i] for i in indices])]
        total[tuple([places[i] for i in node.out])] += term
    return total


def _operator(node, values):
    if node.name == "fuse":
        slow, fast = size(node.shape[1]), size(node.shape[2])
        array = np.zeros((slow * fast, slow, fast))
        for i, j in itertools.product(range(slow), range(fast)):
            array[i * fast + j, i, j] = 1
        return array
    args = [evaluate(arg, values) for arg in node.args]
    if node.name == "apply":
        name, arguments, derivative = node.attributes
        order = "" if not derivative else "D" if len(derivative) == 1 else f"D{len(derivative)}"
        suffix = "".join([f"_{arguments[k]}" for k in derivative]) if len(arguments) > 1 else ""
        return np.asarray(values[order + name + suffix](*args))
    if node.name == "pick":
        return np.eye(size(node.shape[0]))[int(args[0]) - 1]
    if node.name == "matpow":
        return np.linalg.matrix_power(args[0], int(args[1]))
    simple = {
        "inv": np.linalg.inv,
        "det": np.linalg.det,
        "logdet": lambda X: np.linalg.slogdet(X)[1],
        "pinv": np.linalg.pinv,
        "softmax": lambda z: np.exp(z) / np.exp(z).sum(),
        "logsumexp": lambda z: np.log(np.exp(z).sum()),
    }
    return np.asarray(simple[node.name](*args))


def symbol(var):
    """The symbol that a variable would have been read from."""
    member = var.shape[var.family :]
    kind = "integer" if var.role == "integer" else ("scalar", "vector", "matrix")[min(len(member), 2)]
    rows, columns = (*member, 1, 1)[:2]
    if var.structure == "diagonal":
        return Symbol(var.name, "matrix", (rows, rows), "diagonal")
    return Symbol(var.name, kind, (rows, columns), var.structure, ("i",) * var.family, var.shape[: var.family])


def answer(value, derivative, by=(), symbols=None):
    """An answer as far as code needs it."""
    found = {
        node.name: symbol(node)
        for node in walk(value, derivative)
        if isinstance(node, Var) and node.role in {"symbol", "integer"}
    }
    functions = {
        node.attributes[0]: Symbol(node.attributes[0], "function", (1, 1), args=node.attributes[1])
        for node in walk(value, derivative)
        if isinstance(node, Op) and node.name == "apply"
    }
    operator = Operator(tuple([By(name) for name in by]), "d/d" + "".join(by))
    return SimpleNamespace(
        question=SimpleNamespace(form="", sizes="", layout="denominator", symmetric="project"),
        operator=operator,
        expression=Sym("f"),
        tree=Sym("g"),
        formula=Sym("g"),
        ascii="g",
        layout="denominator",
        symbols=symbols or {**functions, **found},
        value=value,
        derivative=derivative,
        laid_out=derivative if derivative.order < 3 else None,
        lets={},
        notes=(),
        variables=(),
    )


def load(code):
    """The names that a module defines."""
    space = {}
    exec(compile(code, "generated", "exec"), space)  # noqa: S102 # generated code is run to be tested
    return space


def call(function, values):
    """Call with those of `values` (and sizes) that the function asks for."""
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    return function(**{name: values[name] if name in values else SIZES[name] for name in names})


def computed(node, values):
    """What generated NumPy code gives for a node."""
    return call(load(module(answer(node, node), "numpy", ("value",)))["value"], values)


def draw(var, generator):
    """A random argument for a variable, in the form in which callers pass it."""
    shape = [size(s) for s in var.shape]
    if var.structure == "diagonal":
        return np.diag(generator.uniform(0.5, 1.5, shape))
    if len(shape) == 2 and shape[0] == shape[1]:
        array = generator.uniform(-0.5, 0.5, shape) + 2 * np.eye(shape[0])
        return (array + array.T) / 2 if var.structure in {"symmetric", "spd"} else array
    return generator.uniform(0.5, 1.5, shape)


def check(node, generator, extra=None, tolerance=1e-9):
    """Generated code and the dense evaluation agree on random arguments, in value and shape."""
    variables = [found for found in walk(node) if isinstance(found, Var) and found.role == "symbol"]
    values = {**(extra or {}), **{var.name: draw(var, generator) for var in variables}}
    want = evaluate(node, values)
    got = computed(node, values)
    assert np.shape(got) == want.shape
    np.testing.assert_allclose(
        np.asarray(got, float), want, rtol=tolerance, atol=tolerance * max(1.0, float(np.max(np.abs(want), initial=0)))
    )
