"""Rewrites of what meets in a product or a sum, each against its value: pseudoinverses, changes of matrix functions, vec,
entries that a sum runs over, skew matrices, powers of products.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from graph.test_pins import OPERATORS, SIZES, one

from matdiff.graph import build, elementwise, matrices, powers
from matdiff.graph.fingerprint import vanishes
from matdiff.graph.graph import Graph
from matdiff.graph.nodes import ONE, IndexSum, Op, Var
from matdiff.graph.sums import index_sum, substitute

n = "n"
HALF = build.Fraction(1, 2)
RANDOM = np.random.default_rng(4)
GIVEN = {
    **{name: RANDOM.normal(size=(3, 3)) for name in "ABX"},
    **{name: -RANDOM.uniform(0.5, 2, size=3) for name in "xy"},
    "t": 0.7,
    "pi": math.pi,
}
GIVEN["K"] = GIVEN["A"] - GIVEN["A"].T


def expm(a):
    return sum(np.linalg.matrix_power(a, k) / math.factorial(k) for k in range(40))


def dexpm(a, e):
    block = expm(np.block([[a, e], [np.zeros((3, 3)), a]]))
    return block[:3, 3:]


def value(node, given):
    """As `test_pins.value`, with pseudoinverses, changes of expm, unit vectors and vec."""
    if isinstance(node, IndexSum):
        lo, hi = (round(float(value(bound, given))) for bound in (node.lo, node.hi))
        return sum(value(node.body, {**given, node.index.name: k}) for k in range(lo, hi + 1))
    args = [value(arg, given) for arg in node.args]
    if isinstance(node, Op) and node.name not in OPERATORS:
        if node.name == "pinv":
            return np.linalg.pinv(args[0])
        if node.name == "dexpm":
            return dexpm(*args)
        if node.name == "constant":
            return np.array([[float(entry) for entry in row] for row in node.attributes[0]])
        if node.name == "pick":
            return np.eye(SIZES[n])[round(float(args[0])) - 1]
        if node.name == "fuse":
            return np.eye(9).reshape(9, 3, 3)
    return one(node, args, given)


@pytest.fixture(autouse=True)
def _graph():
    with Graph().in_force():
        yield


def square(name, structure=""):
    return Var(name, (n, n), structure=structure)


def vector(name):
    return Var(name, (n,))


def product(*factors):
    return build.ein([(factor, (k, k + 1)) for k, factor in enumerate(factors)], (0, len(factors)))


def trace(node):
    return build.ein([(node, (0, 0))], ())


def pinv(matrix):
    return Op("pinv", (matrix,), (n, n))


def vec(matrix):
    return build.ein([(Op("fuse", (), ("n*n", n, n), (n, n)), (0, 2, 1)), (matrix, (1, 2))], (0,))


def unit(index):
    return Op("pick", (index,), (n,))


def agree(node, want):
    np.testing.assert_allclose(value(node, GIVEN), want, rtol=1e-8, atol=1e-8)


def test_a_pseudoinverse_leaves_its_range_alone():
    X, A = square("X"), square("A")
    P = pinv(X)
    assert product(X, P, X) is X
    assert product(P, X, P) is P
    assert product(build.transposed(P), P, X) is build.transposed(P)
    assert build.is_zero(product(X, build.sub(build.eye(n), product(P, X))))
    left = build.sub(build.eye(n), product(X, P))
    agree(product(left, left), value(left, GIVEN))
    assert build.is_zero(product(build.transposed(X), left))
    agree(product(A, P, X, A), GIVEN["A"] @ GIVEN["A"])
    assert len(product(X, P, A).factors) == 3
    turned = build.ein([(X, (1, 2)), (P, (2, 0))], (0, 1))
    assert turned is product(X, P)


def test_the_trace_of_a_change_of_a_matrix_function():
    X, E = square("X"), square("B")
    change = matrices.frechet("expm", X, E)
    agree(change, dexpm(GIVEN["X"], GIVEN["B"]))
    assert trace(change) is trace(product(matrices.oriented_operator("expm", X), E))
    agree(trace(product(X, change)), np.trace(GIVEN["X"] @ dexpm(GIVEN["X"], GIVEN["B"])))
    agree(trace(product(square("A"), change)), np.trace(GIVEN["A"] @ dexpm(GIVEN["X"], GIVEN["B"])))
    t = Var("t")
    agree(matrices.frechet("expm", build.mul(t, X), X), GIVEN["X"] @ expm(0.7 * GIVEN["X"]))
    assert not matrices.commutes(build.transposed(X), X)
    assert matrices.commutes(product(X, matrices.inv(X), X), X)
    assert not matrices.commutes(product(X, E), X)


def test_vec_is_undone_and_its_products_are_traces():
    A, B = square("A"), square("B")
    inner = build.ein([(vec(A), (0,)), (vec(B), (0,))], ())
    assert inner is trace(product(build.transposed(A), B))
    fuse = Op("fuse", (), ("n*n", n, n), (n, n))
    assert build.ein([(fuse, (0, 2, 1)), (vec(A), (0,))], (1, 2)) is A
    scaled = build.ein([(vec(A), (0,)), (vec(B), (0,))], (0,))
    agree(scaled, (GIVEN["A"] * GIVEN["B"]).T.ravel())


def test_a_sum_over_all_entries_is_a_contraction():
    x, y, i = vector("x"), vector("y"), Var("i", role="integer")
    size = build.size_node(n)
    entry = build.ein([(x, (0,)), (unit(i), (0,))], ())
    assert index_sum(i, ONE, size, build.mul(entry, entry)) is build.ein([(x, (0,)), (x, (0,))], ())
    assert index_sum(i, ONE, size, build.mul(entry, unit(i))) is x
    total = index_sum(i, ONE, size, build.mul(elementwise.apply("exp", build.add(entry, Var("t"))), unit(i)))
    agree(total, np.exp(GIVEN["x"] + 0.7))
    powered = index_sum(i, ONE, size, powers.power(entry, build.num(-2)))
    agree(powered, np.sum(GIVEN["x"] ** -2.0))
    kept = index_sum(i, build.num(2), size, build.mul(entry, y))
    agree(kept, GIVEN["x"][1:].sum() * GIVEN["y"])


def test_sums_in_a_product_keep_their_indices_apart():
    r, k = Var("r", role="integer"), Var("k", role="integer")
    cube = build.ein([(vector("x"), (0,)), (vector("y"), (1,)), (vector("x"), (2,)), (Var("t"), ())], (0, 1, 2))
    body = build.mul(powers.power(Var("t"), r), cube)
    total = IndexSum(r, ONE, k, body)
    made = build.ein([(total, (0, 1, 2)), (unit(r), (0,))], (1, 2))
    given = {**GIVEN, "k": 3, "r": 2}
    cubes = np.einsum("i,j,k->ijk", GIVEN["x"], GIVEN["y"], GIVEN["x"]) * 0.7
    want = sum(0.7**p for p in (1, 2, 3)) * cubes[1]
    np.testing.assert_allclose(value(made, given), want, rtol=1e-9)


def test_what_is_put_in_is_rebuilt_in_canonical_form():
    X, A = square("X"), square("A")
    for made in (matrices.scalar_of_matrix("det", X), matrices.inv(X), matrices.matpow(X, Var("k", role="integer"))):
        put = substitute(made, {X: build.eye(n)})
        assert put in {ONE, build.eye(n)}
    assert substitute(Op("expm", (X,), (n, n)), {X: A}) is Op("expm", (A,), (n, n))


def test_a_skew_matrix_is_the_negative_of_its_transpose():
    K, x, y = square("K", "skew"), vector("x"), vector("y")
    assert build.is_zero(build.ein([(x, (0,)), (K, (0, 1)), (x, (1,))], ()))
    form = build.ein([(x, (0,)), (K, (0, 1)), (y, (1,))], ())
    assert build.ein([(x, (0,)), (K, (1, 0)), (y, (1,))], ()) is build.scale(-1, form)
    agree(form, GIVEN["x"] @ GIVEN["K"] @ GIVEN["y"])


def test_determinants_of_multiples_and_differences():
    X, A = square("X"), square("A")
    for c in (-2, HALF, -1):
        made = matrices.scalar_of_matrix("det", build.scale(c, build.sub(A, X)))
        agree(made, np.linalg.det(float(c) * (GIVEN["A"] - GIVEN["X"])))
    pi = Var("pi", role="number")
    agree(matrices.scalar_of_matrix("det", build.mul(pi, X)), np.linalg.det(math.pi * GIVEN["X"]))


def test_roots_of_products_of_odd_and_even_powers():
    """X and y are negative: x³ y is positive, and so is its root."""
    x, y = vector("x"), vector("y")
    half = build.num(HALF)
    X, Y = GIVEN["x"], GIVEN["y"]
    agree(powers.power(build.hadamard(x, x, x, y), half), np.sqrt(X**3 * Y))
    agree(powers.power(build.hadamard(x, x, y, y), half), np.sqrt(X**2 * Y**2))
    agree(powers.power(build.hadamard(x, x, x, x), build.num(build.Fraction(3, 2))), X**6)
    shift = build.mul(build.num(2), build.ones((n,)))
    weights = build.hadamard(
        elementwise.apply("exp", build.add(x, shift)), elementwise.apply("exp", build.add(x, shift))
    )
    share = build.mul(build.reciprocal(build.ein([(elementwise.apply("exp", build.add(x, shift)), (0,))], ())), weights)
    e = np.exp(X + 2)
    agree(share, e * e / e.sum())
    shifted = elementwise.apply("exp", build.add(x, shift))
    alike = build.mul(build.reciprocal(build.ein([(shifted, (0,))], ())), shifted)
    assert alike is Op("softmax", (x,), (n,))
    level = build.mul(
        build.reciprocal(build.ein([(elementwise.apply("exp", x), (0,))], ())), elementwise.apply("exp", x)
    )
    assert level is Op("softmax", (x,), (n,))


@pytest.mark.parametrize(
    ("c", "e"), [(4, HALF), (8, build.Fraction(2, 3)), (2, HALF), (-8, 3), (build.Fraction(9, 4), -HALF)]
)
def test_powers_of_multiples(c, e):
    made = powers.power(build.scale(c, Var("t")), build.num(e))
    np.testing.assert_allclose(value(made, GIVEN), (float(c) * 0.7) ** float(e) if e != 3 else (float(c) * 0.7) ** 3)


@pytest.mark.parametrize("size", [n, "p"])
def test_an_identity_of_matrices_of_two_rows_does_not_vanish(size):
    """Cayley and Hamilton: X² − tr(X) X + det(X) I is 0 for two rows alone."""
    X = Var("X", (size, size))
    det = matrices.scalar_of_matrix("det", X)
    rest = build.add(product(X, X), build.scale(-1, build.mul(trace(X), X)), build.mul(det, build.eye(size)))
    assert not vanishes(rest)


def test_an_inverse_whose_index_stays_open_is_no_identity():
    A, B = Var("A", (n, "m")), Var("B", ("m", n))
    inverse = matrices.inv(product(A, B))
    open_row = build.ein([(inverse, (0, 1)), (A, (1, 2)), (B, (2, 3))], (0, 1, 3))
    open_middle = build.ein([(inverse, (0, 1)), (A, (1, 2)), (B, (2, 3))], (0, 2, 3))
    assert len(open_row.factors) == len(open_middle.factors) == 3


def test_the_logarithm_of_a_product_with_an_exponential():
    """log(e^u v) = u + log v, log(e^u/v) = u - log v, entry by entry, also where v is one number for all entries."""
    u, t = vector("x"), Var("t", ())
    size = build.mul(vector("y"), vector("y"))  # positive
    given = {**GIVEN, "x": GIVEN["x"], "y": GIVEN["y"]}
    for factor in (size, powers.power(size, build.num(-1)), build.mul(build.ones((n,)), t)):
        product = build.mul(elementwise.apply("exp", u), factor)
        found = elementwise.apply("log", product)
        assert np.allclose(value(found, given), np.log(value(product, given)))
        assert "exp" not in {getattr(node, "function", "") for node in (found, *found.args)}


def test_a_matrix_of_numbers():
    """Its entries; a column and one number have no index for a side of one; nothing but zeros is zero."""
    assert np.array_equal(value(matrices.constant([[1, 2], [3, 4]]), GIVEN), [[1, 2], [3, 4]])
    assert matrices.constant([[1], [2]]).shape == (2,)
    assert matrices.constant([[build.Fraction(7)]]) is build.num(7)
    assert build.is_zero(matrices.constant([[0, 0]]))
