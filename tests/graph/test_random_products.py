"""Products of factors that have rules of their own, tied at random indices, against a sum over all entries.

What meets in a product (inverses, powers, pseudoinverses, orthogonal and skew matrices, changes of matrix functions,
pairs of indices, masks, unit vectors) is rewritten; whatever that gives has the value of the product as it was written.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from graph.test_pins import SIZES
from graph.test_rewrites import value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matdiff.graph import build, elementwise, matrices, powers
from matdiff.graph.graph import Graph
from matdiff.graph.nodes import Op, Var

RANDOM = np.random.default_rng(11)
n, m = "n", "m"
A = RANDOM.normal(size=(3, 3))
GIVEN = {
    "A": A,
    "B": RANDOM.normal(size=(3, 3)),
    "S": A @ A.T + np.eye(3),
    "K": A - A.T,
    "Q": np.linalg.qr(A)[0],
    "T": RANDOM.normal(size=(3, 2)),
    "W": RANDOM.normal(size=(2, 3)),
    "x": RANDOM.uniform(0.5, 2, 3) * [1, -1, 1],
    "y": RANDOM.normal(size=2),
    "t": -0.7,
    "k": 3.0,
}


def var(name, *shape, structure=""):
    return Var(name, shape, structure=structure)


def pool():
    """Factors, most often those that meet others."""
    a, b, x = var("A", n, n), var("B", n, n), var("x", n)
    s, q, skew = (
        var(name, n, n, structure=kind) for name, kind in (("S", "symmetric"), ("Q", "orthogonal"), ("K", "skew"))
    )
    tall, wide = var("T", n, m), var("W", m, n)
    k = Var("k", role="integer")
    tall_inverse, wide_inverse = Op("pinv", (tall,), (m, n)), Op("pinv", (wide,), (n, m))
    whole = build.ein([(tall, (0, 1)), (tall_inverse, (1, 2))], (0, 2))
    return [
        *[a, s, q, skew, tall, wide, x, var("y", m)],
        *[matrices.inv(a), matrices.inv(s), matrices.matpow(a, build.num(2)), matrices.matpow(a, k)],
        *[matrices.matpow(s, build.num(-2)), matrices.inv(build.scale(-2, matrices.matpow(a, k)))],
        *[tall_inverse, wide_inverse, build.sub(build.eye(n), whole), build.sub(a, build.transposed(a))],
        *[matrices.frechet("expm", a, b), matrices.frechet("expm", s, b), matrices.oriented_operator("expm", a)],
        *[Op("fuse", (), ("n*n", n, n), (n, n)), Op("pick", (build.num(2),), (n,)), Op("mask", (), (n, n), ("lower",))],
        *[powers.power(x, build.num(-1)), elementwise.apply("exp", x), elementwise.apply("exp", build.scale(-1, x))],
        *[Var("t"), build.mul(Var("t"), a), build.hadamard(a, a)],
    ]


PLACES = {"n": (0, 1, 2), "m": (3, 4), "n*n": (5,)}


def drawn(draw):
    factors, given_sizes = [], {}
    everything = pool()
    for _ in range(draw(st.integers(1, 4))):
        node = draw(st.sampled_from(everything))
        indices = tuple(draw(st.sampled_from(PLACES[size])) for size in node.shape)
        factors.append((node, indices))
        given_sizes |= dict(zip(indices, node.shape, strict=True))
    out = tuple(draw(st.lists(st.sampled_from(sorted(given_sizes)), max_size=3))) if given_sizes else ()
    return factors, out, given_sizes


def entries(factors, out, sizes):
    """The product by its definition: a sum over all values of all indices."""
    numbers = {i: SIZES[size] for i, size in sizes.items()}
    total = np.zeros([numbers[i] for i in out])
    tables = [(value(node, GIVEN), indices) for node, indices in factors]
    for at in itertools.product(*[range(number) for number in numbers.values()]):
        place = dict(zip(numbers, at, strict=True))
        total[tuple(place[i] for i in out)] += math.prod(
            float(table[tuple(place[i] for i in indices)]) for table, indices in tables
        )
    return total


@given(st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
def test_a_product_has_the_value_of_its_entries(data):
    with Graph().in_force():
        factors, out, sizes = drawn(data.draw)
        made = build.ein(factors, out, sizes)
        assert made.shape == tuple(sizes[i] for i in out)
        want = entries(factors, out, sizes)
        np.testing.assert_allclose(value(made, GIVEN), want, rtol=1e-7, atol=1e-7 * max(1, np.abs(want).max(initial=0)))
