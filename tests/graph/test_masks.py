"""Triangles' masks, softmax and roots: what they are by themselves in the graph."""

from itertools import product

import pytest

from matdiff.graph import build, elementwise, matrices, powers
from matdiff.graph.fingerprint import vanishes
from matdiff.graph.graph import Graph
from matdiff.graph.nodes import ONE, Op, Power, Var


@pytest.fixture(autouse=True)
def graph():
    with Graph().in_force() as found:
        yield found


def mask(side):
    return Op("mask", (), ("n", "n"), (side,))


X = ("X", ("n", "n"))
n = "n"


def test_a_mask_on_the_diagonal_is_one():
    A = Var(*X)
    for side in ("lower", "upper"):
        assert build.ein([(A, (0, 1)), (mask(side), (0, 1))], (0, 1)) is not A
        assert build.ein([(A, (0, 0)), (mask(side), (0, 0))], ()) is build.ein([(A, (0, 0))], ())
        assert build.ein([(mask(side), (0, 0))], ()) is build.size_node(n)


def test_masks_alike_are_one_and_opposite_ones_the_identity():
    A = Var(*X)
    once = {side: build.hadamard(A, mask(side)) for side in ("lower", "upper")}
    for side, masked in once.items():
        assert build.hadamard(masked, mask(side)) is masked
    assert build.hadamard(once["lower"], mask("upper")) is build.ein([(A, (0, 0))], (0, 0))
    assert build.hadamard(mask("lower"), mask("upper")) is build.eye(n)
    turned = build.ein([(mask("lower"), (1, 0)), (mask("upper"), (0, 1)), (A, (0, 1))], (0, 1))
    assert vanishes(build.sub(turned, once["upper"]))
    assert len(turned.factors) == 2


@pytest.mark.parametrize(("structure", "side"), list(product(("lower", "upper"), repeat=2)))
def test_a_triangular_matrix_keeps_its_own_triangle(structure, side):
    L = Var("L", (n, n), structure=structure)
    masked = build.hadamard(L, mask(side))
    if structure != side:
        assert masked is build.ein([(L, (0, 0))], (0, 0))
    assert vanishes(build.sub(build.ein([(masked, (0, 0))], ()), build.ein([(L, (0, 0))], ())))


def test_a_softmax_sums_to_one():
    z = Op("softmax", (Var("x", (n,)),), (n,))
    assert build.ein([(z, (0,))], ()) is ONE
    assert build.ein([(z, (0,)), (Var(*X), (1, 2))], (1, 2)) is Var(*X)
    assert build.ein([(z, (0,)), (z, (0,))], ()) is not ONE


def test_a_root_of_a_square_is_an_absolute_value_of_whatever_shape():
    half = build.num(build.Fraction(1, 2))
    for x in (Var("t"), Var("x", (n,)), Var(*X)):
        absolute = elementwise.apply("abs", x)
        assert powers.power(powers.power(x, build.num(2)), half) is absolute
        y = Var("y", x.shape)
        mixed = build.hadamard(x, x, y) if x.shape else build.mul(x, x, y)
        root = powers.power(y, half)
        assert powers.power(mixed, half) is (build.hadamard(absolute, root) if x.shape else build.mul(absolute, root))
    x, e = Var("x", (n,)), elementwise.apply("exp", Var("y", (n,)))
    found = powers.power(build.hadamard(e, x), half)
    assert found is build.hadamard(
        elementwise.apply("exp", build.scale(build.Fraction(1, 2), Var("y", (n,)))), Power(x, half)
    )


@pytest.mark.parametrize(
    ("number", "exponent", "root"),
    [
        (4, "1/2", 2),
        (8, "2/3", 4),
        ("9/16", "-1/2", "4/3"),
        (10**40, "1/4", 10**10),
        (2, "1/2", None),
        (10**40 + 1, "1/2", None),
        ("1/3", "1/3", None),
    ],
)
def test_roots_of_numbers_are_exact(number, exponent, root):
    found = powers.power(build.num(build.exact(build.Fraction(number))), build.num(build.Fraction(exponent)))
    if root is None:
        assert isinstance(found, Power)
    else:
        assert found is build.num(build.exact(build.Fraction(root)))


def test_numbers_that_nobody_reads_stay_powers():
    assert powers.power(build.num(10), build.num(600)) is build.num(10**600)
    for base, exponent in (
        (10, 4301),
        (build.Fraction(1, 10), 5000),
        (2, 10**9),
        (10, -5000),
        (4, build.Fraction(10**6 + 1, 2)),
    ):
        assert isinstance(powers.power(build.num(base), build.num(exponent)), Power)
    t = Var("t")
    assert powers.power(build.scale(10**300, t), build.num(2)) is build.scale(10**600, powers.power(t, build.num(2)))


def test_the_inverse_of_ones_is_an_operator():
    assert matrices.inv(build.ones((n, n))).name == "inv"


@pytest.mark.parametrize("shape", [(), (n,), (n, n)])
def test_powers_of_powers_are_alike_for_numbers_and_tensors(shape):
    x, c = Var("x", shape), Var("c")
    absolute = elementwise.apply("abs", x)
    for inner, outer, want in (
        (2, c, powers.power(absolute, build.scale(2, c))),
        (3, c, powers.power(x, build.scale(3, c))),
        (3, build.num(build.Fraction(1, 2)), powers.power(x, build.num(build.Fraction(3, 2)))),
        (4, build.num(build.Fraction(3, 2)), powers.power(x, build.num(6))),
    ):
        assert powers.power(powers.power(x, build.num(inner)), outer) is want
