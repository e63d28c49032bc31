"""Parts of the passes over the array program, each against numbers or by all its cases."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from matdiff.codegen import costs, documents, factoring, grams
from matdiff.codegen.arrays import Arrays, weighted_gram
from matdiff.codegen.names import Identifiers
from matdiff.codegen.pairs import Tensor
from matdiff.codegen.parameters import Told
from matdiff.codegen.sharing import MOST, Sharing
from matdiff.errors import OutputError

RANDOM = np.random.default_rng(5)
GIVEN = {"X": RANDOM.normal(size=(3, 3)), "Y": RANDOM.normal(size=(3, 3)), "w": RANDOM.normal(size=3), "t": 0.4}


def value(node):
    """An array program by the definition of each operation."""
    args = [value(arg) for arg in node.args]
    if node.op == "name":
        return np.asarray(GIVEN[node.data])
    if node.op == "number":
        return float(node.data)
    if node.op == "lin":
        return sum(float(c) * arg for c, arg in zip(node.data, args, strict=True))
    if node.op == "expand":
        return args[0][tuple(slice(None) if there else None for there in node.data)]
    if node.op == "map":
        return getattr(np, node.data)(args[0])
    known = {
        "transpose": np.transpose,
        "mul": np.multiply,
        "recip": np.reciprocal,
        "sqrt": np.sqrt,
        "power": lambda x: x ** float(node.data),
        "sum": lambda x: np.sum(x, axis=node.data),
        "norm": np.linalg.norm,
    }
    return known[node.op](*args)


@pytest.fixture
def arrays():
    return Arrays()


def names(arrays):
    return arrays.name("X", ("n", "n")), arrays.name("Y", ("n", "n")), arrays.name("w", ("n",))


def scaled_forms(arrays, matrix, w):
    """M, M diag(w), diag(w) M, and their transposes."""
    forms = [matrix, arrays.make("mul", (matrix, w)), arrays.make("mul", (arrays.expand(w, (True, False)), matrix))]
    return [*forms, *[arrays.make("transpose", (form,)) for form in forms]]


def test_a_weighted_gram_matrix_is_the_product_that_it_stands_for(arrays):
    """Of all pairs of forms of X and X^T those are found that are A^T diag(w) A, and no other."""
    X, Y, w = names(arrays)
    GRAMS = [M.T @ np.diag(GIVEN["w"]) @ M for M in (GIVEN["X"], GIVEN["X"].T)]
    forms = scaled_forms(arrays, X, w) + scaled_forms(arrays, arrays.make("transpose", (X,)), w)
    met = 0
    for first, second in itertools.product([*forms, Y], repeat=2):
        found = weighted_gram(first, second)
        product = value(first) @ value(second)
        assert (found is not None) == any(np.allclose(product, gram) for gram in GRAMS)
        if found is not None:
            met += 1
            matrix = value(found.matrix).T if found.turned else value(found.matrix)
            assert found.weights is w
            assert np.allclose(matrix.T @ np.diag(GIVEN["w"]) @ matrix, product)
    assert met


def entrywise(arrays):
    """Arrays that are nowhere negative, and such as may be."""
    X, Y, w = names(arrays)
    function = lambda name, arg: arrays.make("map", (arg,), name)  # noqa: E731 # short, as the table below
    exp, size, sine, square = function("exp", X), function("abs", Y), function("sin", X), arrays.power(Y, 2)
    make = arrays.make
    never = [
        arrays.number(2),
        arrays.number(0),
        square,
        arrays.power(exp, 3),
        arrays.power(X, 4),
        make("norm", (X,)),
        make("sqrt", (w,)),
        exp,
        size,
        make("lin", (exp, square), (1, Fraction(1, 2))),
        make("mul", (X, X)),
        make("mul", (exp, size)),
        make("recip", (exp,)),
        make("sum", (size,), (0,)),
        make("transpose", (square,)),
        arrays.expand(arrays.power(w, 2), (True, False)),
    ]
    maybe = [
        arrays.number(-1),
        X,
        sine,
        arrays.power(X, 3),
        make("power", (exp, X)),
        make("lin", (exp, square), (1, -1)),
        make("lin", (exp, X), (1, 1)),
        make("mul", (X, Y)),
        make("mul", (exp, Y)),
        make("mul", (Y, exp)),
        make("recip", (X,)),
        make("sum", (X,), (0,)),
        make("transpose", (X,)),
        make("map", (exp,), "no row of the table"),
    ]
    return never, maybe


def test_what_is_nowhere_negative(arrays):
    never, maybe = entrywise(arrays)
    assert [node.op for node in never if not grams.nonnegative(node)] == []
    assert [(node.op, node.data) for node in maybe if grams.nonnegative(node)] == []


def test_roots_of_what_is_nowhere_negative(arrays):
    never, maybe = entrywise(arrays)
    X, _, _ = names(arrays)
    for node in [*never, arrays.make("recip", (arrays.power(arrays.make("map", (X,), "exp"), 2),))]:
        if node.op in {"sqrt", "norm"}:
            continue  # the vector has negative entries
        assert np.allclose(value(grams.root_of(arrays, node)) ** 2, value(node))
    assert all(grams.root_of(arrays, node) is None for node in maybe)
    exp = arrays.make("map", (X,), "exp")
    assert grams.root_of(arrays, arrays.power(exp, 4)) is arrays.power(exp, 2)


def test_a_given_matrix_that_a_vector_scales(arrays):
    X, Y, w = names(arrays)
    column, exp = arrays.expand(w, (True, False)), arrays.make("map", (X,), "exp")
    for pair in ((X, w), (w, X), (X, column), (column, X), (arrays.make("transpose", (X,)), column)):
        assert factoring.is_scaled(arrays.make("mul", pair))
    for pair in ((X, Y), (exp, w), (w, exp), (exp, column)):
        assert not factoring.is_scaled(arrays.make("mul", pair))


def test_sizes_that_are_told_are_from_one_to_the_largest():
    assert costs.hints("m=1, n = 999999999999999") == {"m": 1, "n": 10**15 - 1}
    for text in ("m=0", "m=-1", f"m={10**15}", f"m={10**25}", "2m=3", "m=٣x"):
        with pytest.raises(OutputError):
            costs.hints(text)


@pytest.mark.parametrize(
    ("told", "written"),
    [
        (Told("X", 0, 1, ()), "X.shape[0]"),
        (Told("X", 1, 2, ()), "X.shape[1] // 2"),
        (Told("X", 1, 1, ("n",)), "X.shape[1] // n"),
        (Told("X", 0, 3, ("m", "n")), "X.shape[0] // (3 * m * n)"),
    ],
)
def test_how_an_array_tells_a_size(told, written):
    class Plain(Identifiers):
        def __init__(self):
            pass

        def size(self, size):
            return str(size)

    assert told.text(Plain()) == written


def test_a_long_formula_ends_between_two_words():
    assert documents.cut("x" * documents.LONGEST) == "x" * documents.LONGEST
    whole = " ".join(["word"] * 200)
    cut = documents.cut(whole)
    assert cut.endswith("word ...")
    assert documents.LONGEST - 5 <= len(cut) - 4 <= documents.LONGEST
    assert whole.startswith(cut.removesuffix(" ..."))


def sharing(arrays, extra):
    """Two products with A B in both, and so many more."""
    A, B, C, D = [arrays.name(name, ("n", "n")) for name in "ABCD"]
    made = Sharing()
    for last in (C, D):
        made.note([Tensor(A, (0, 1)), Tensor(B, (1, 2)), Tensor(last, (2, 3))], frozenset({0, 3}), summand=True)
    for _ in range(extra):
        made.note([Tensor(A, (0, 1))], frozenset({0, 1}), summand=False)
    return made


def test_shared_products_are_looked_for_in_functions_that_are_not_too_long(arrays):
    assert sharing(arrays, 0).counted()
    assert sharing(arrays, MOST - 2).counted()
    assert not sharing(arrays, MOST - 1).counted()
