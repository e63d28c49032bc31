"""Every einsum, however odd, is computed right: against a loop over all entries."""

from fractions import Fraction

import numpy as np
import pytest
from dense_evaluation import call, check, load
from hypothesis import given, settings
from hypothesis import strategies as st

from matdiff.calculator import Question, answer
from matdiff.graph import build, matrices
from matdiff.graph.nodes import Ein, Lin, Map, Op, Power, Var

LETTERS = ("m", "n", "p")


def variable(name, shape):
    return Var(name, shape, rows_columns=(*shape, 1, 1)[:2])


@st.composite
def factors(draw, sizes):
    """A factor of one to three axes over indices of these sizes."""
    indices = tuple(draw(st.lists(st.integers(0, len(sizes) - 1), max_size=3)))
    shape = tuple([sizes[i] for i in indices])
    name = draw(st.sampled_from("ABC")) + "".join(shape)
    node = variable(name, shape)
    form = draw(st.integers(0, 9))
    if form == 0:
        node = Power(node, build.num(-1)) if not (len(shape) == 2 and shape[0] == shape[1]) else matrices.inv(node)
    elif form == 1:
        node = Map("exp", node)
    elif form == 2:
        node = Lin(((2, node), (-1, variable("E" + "".join(shape), shape))), shape)
    return node, indices


@st.composite
def products(draw, most=5):
    sizes = tuple(draw(st.lists(st.sampled_from(LETTERS), min_size=1, max_size=5)))
    inside = tuple(draw(st.lists(factors(sizes), max_size=most)))
    out = tuple(draw(st.lists(st.integers(0, len(sizes) - 1), max_size=3)))
    return Ein(inside, out, sizes)


@given(products(), st.integers(0, 2**32 - 1))
@settings(max_examples=400, deadline=None)
def test_any_product(node, seed):
    check(node, np.random.default_rng(seed))


@given(st.lists(st.tuples(st.integers(-3, 3), products(3)), min_size=2, max_size=3), st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_any_sum_of_products(terms, seed):
    """Terms of one shape: those of other shapes are dropped."""
    shape = terms[0][1].shape
    node = build.lin([term for term in terms if term[1].shape == shape], shape)
    check(node, np.random.default_rng(seed))


X, Y = variable("X", ("m", "n")), variable("Y", ("n", "p"))
A, B = variable("A", ("n", "n")), variable("B", ("m", "m"))
x, y = variable("x", ("n",)), variable("y", ("m",))


def fuse(slow, fast):
    return Op("fuse", (), (f"{slow}*{fast}", slow, fast), (slow, fast))


FUSED = {
    "vec": build.ein([(fuse("n", "m"), (0, 1, 2)), (X, (2, 1))], (0,)),
    "vec of a product": build.ein([(fuse("p", "m"), (0, 1, 2)), (X, (2, 3)), (Y, (3, 1))], (0,)),
    "kron": build.ein([(fuse("m", "n"), (0, 1, 2)), (fuse("n", "p"), (3, 4, 5)), (X, (1, 4)), (Y, (2, 5))], (0, 3)),
    "kron with I on the left": Ein(
        ((fuse("p", "m"), (0, 1, 2)), (fuse("p", "n"), (3, 1, 4)), (X, (2, 4))), (0, 3), ("p*m", "p", "m", "p*n", "n")
    ),
    "kron with I on the right": Ein(
        ((fuse("m", "p"), (0, 1, 2)), (fuse("n", "p"), (3, 4, 2)), (X, (1, 4))), (0, 3), ("m*p", "m", "p", "n*p", "n")
    ),
    "kron of vectors": build.ein([(fuse("n", "m"), (0, 1, 2)), (x, (1,)), (y, (2,))], (0,)),
    "commutation": Ein(((fuse("m", "n"), (0, 1, 2)), (fuse("n", "m"), (3, 2, 1))), (0, 3), ("m*n", "m", "n", "n*m")),
    "kron times a vector": Ein(
        (
            (fuse("m", "n"), (0, 1, 2)),
            (fuse("n", "n"), (3, 4, 5)),
            (X, (1, 4)),
            (A, (2, 5)),
            (variable("z", ("n*n",)), (3,)),
        ),
        (0,),
        ("m*n", "m", "n", "n*n", "n", "n"),
    ),
    "kron of a kron": Ein(
        ((fuse("m*n", "m"), (0, 1, 2)), (fuse("m", "n"), (1, 3, 4)), (y, (3,)), (x, (4,)), (y, (2,))),
        (0,),
        ("m*n*m", "m*n", "m", "m", "n"),
    ),
    "split in two ways": Ein(
        ((fuse("m", "p"), (0, 1, 2)), (fuse("p", "m"), (0, 3, 4)), (variable("Z", ("m", "p")), (1, 2))),
        (3, 4),
        ("m*p", "m", "p", "p", "m"),
    ),
    "alone": fuse("m", "n"),
    "diagonal of pairs": Ein(((fuse("n", "n"), (0, 1, 1)), (x, (1,))), (0,), ("n*n", "n")),
    "vec beside a plain vector": Ein(
        ((fuse("n", "m"), (0, 1, 2)), (X, (2, 1)), (variable("z2", ("n*m",)), (0,))), (), ("n*m", "n", "m")
    ),
    "closed pairs": Ein(((fuse("n", "m"), (0, 1, 2)),), (), ("n*m", "n", "m")),
}


@pytest.mark.parametrize("node", FUSED.values(), ids=FUSED)
def test_pairs_of_indices(node):
    check(node, np.random.default_rng(5))


k = Var("k", role="integer")
PICKED = {
    "entry of a vector": build.ein([(x, (0,)), (Op("pick", (k,), ("n",)), (0,))], ()),
    "row of a matrix": build.ein([(A, (0, 1)), (Op("pick", (k,), ("n",)), (0,))], (1,)),
    "column of a matrix": build.ein([(A, (0, 1)), (Op("pick", (k,), ("n",)), (1,))], (0,)),
    "unit vector": Op("pick", (k,), ("n",)),
    "one entry of a vector, in place": Ein(((x, (0,)), (Op("pick", (k,), ("n",)), (0,))), (0,), ("n",)),
    "one diagonal entry": Ein(((A, (0, 0)), (Op("pick", (k,), ("n",)), (0,))), (), ("n",)),
    "single-entry matrix": Ein(
        ((Op("pick", (k,), ("m",)), (0,)), (Op("pick", (build.num(3),), ("n",)), (1,))), (0, 1), ("m", "n")
    ),
    "two places that must agree": Ein(
        ((Op("pick", (k,), ("n",)), (0,)), (Op("pick", (build.num(2),), ("n",)), (0,)), (x, (0,))), (), ("n",)
    ),
    "alone and closed": Ein(((Op("pick", (k,), ("n",)), (0,)),), (), ("n",)),
}


@pytest.mark.parametrize("place", [1, 2])
@pytest.mark.parametrize("node", PICKED.values(), ids=PICKED)
def test_places(node, place):
    check(node, np.random.default_rng(6), {"k": place})


def test_long_products():
    """Two dozen factors are ordered greedily, and right."""
    chain = [(variable(f"C{k}", ("n", "n")), (k, k + 1)) for k in range(20)]
    check(
        build.ein([(build.scale(build.exact(1), node), indices) for node, indices in chain[:8]], (0, 8)),
        np.random.default_rng(7),
    )
    node = build.ein([*chain[:4], (x, (4,))], (0,))
    check(node, np.random.default_rng(8))


@pytest.mark.parametrize("exponent", ["3", "4", "3/2", "5/2", "-3", "-3/2", "7/2"])
def test_powers_by_products_are_the_powers(exponent):
    text = answer(Question(f"sum(x.^({exponent}))", "d/dx", ("x in R^n",))).code("numpy", ("value",))
    x = np.array([0.3, 1.0, 2.5])
    np.testing.assert_allclose(call(load(text)["value"], {"x": x}), np.sum(x ** float(Fraction(exponent))), rtol=1e-14)


def test_weights_of_one_sign_make_an_array_times_itself():
    """The Hessian of a concave sum, and weights of both signs."""
    text = answer(Question("-sum(exp(X w))", "d^2/dw^2", ("X in R^{m x n}, w in R^n",))).code("numpy", ("hessian",))
    generator = np.random.default_rng(0)
    X, w = generator.normal(size=(7, 3)), generator.normal(size=3)
    want = -X.T @ (np.exp(X @ w)[:, None] * X)
    np.testing.assert_allclose(call(load(text)["hessian"], {"X": X, "w": w}), want)
    text = answer(Question("sum(sin(X w))", "d^2/dw^2", ("X in R^{m x n}, w in R^n",))).code("numpy", ("hessian",))
    for turn in (0.0, np.pi):
        w = np.linalg.lstsq(X[:3], np.full(3, 0.5) + turn, rcond=None)[0]
        want = -X.T @ (np.sin(X @ w)[:, None] * X)
        np.testing.assert_allclose(call(load(text)["hessian"], {"X": X, "w": w}), want)
        want = -X[:3].T @ (np.sin(X[:3] @ w)[:, None] * X[:3])
        np.testing.assert_allclose(call(load(text)["hessian"], {"X": X[:3], "w": w}), want)


def test_activations_are_right_far_out_and_keep_the_precision():
    """sigma(-1000) is 0 and sigma(1000) 1, without a warning; single precision stays single."""
    x = np.array([-1000.0, -40.0, 0.0, 40.0, 1000.0])
    for name, want in {
        "sigmoid": np.exp(-np.logaddexp(0, -x)),
        "softplus": np.logaddexp(0, x),
        "step": (x > 0) * 1.0,
    }.items():
        value = load(answer(Question(f"{name}(x)", "d/dx", ("x in R^n",))).code("numpy", ("value",)))["value"]
        with np.errstate(all="raise", under="ignore"):
            np.testing.assert_allclose(call(value, {"x": x}), want, rtol=1e-15)
        assert call(value, {"x": x.astype(np.float32)}).dtype == np.float32
