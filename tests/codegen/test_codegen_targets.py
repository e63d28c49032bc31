"""Code for the other libraries: valid Python for every target, and, where the library is installed, the numbers that
NumPy gives.
"""

import ast
import importlib

import numpy as np
import pytest
from dense_evaluation import SIZES, answer, call, draw, load
from hypothesis import given, settings
from test_codegen_functions import DRAWN, ROWS, node_of
from test_codegen_modules import READABLE, A, a, b, k, s, t
from test_codegen_products import FUSED, PICKED, products

from matdiff import derivative
from matdiff.codegen.module import module
from matdiff.codegen.targets import TARGETS
from matdiff.errors import MatdiffError
from matdiff.functions import TABLE
from matdiff.graph import build
from matdiff.graph.nodes import IndexSum, Map, Op, Power, Var, walk

OTHERS = [name for name, target in TARGETS.items() if name != "numpy" and not target.language]
r = Var("r", role="integer")
MORE = {
    "loop": IndexSum(
        r, build.num(1), k, build.mul(r, build.ein([(Op("matpow", (A, r), ("n", "n")), (0, 1)), (a, (1,))], (0,)))
    ),
    "scalars alone": build.mul(s, Map("exp", t), Power(t, build.num(build.Fraction(1, 2)))),
    "roots of sizes": build.mul(Power(build.size_node("n"), build.num(build.Fraction(1, 2))), a),
    "logarithm of a size": build.mul(Map("log", build.size_node("n")), a),
    "negative power of a matrix": Op("matpow", (A, build.scale(-1, k)), ("n", "n")),
    "zeros": build.zero(("n", "n")),
    "entries picked": build.ein([(A, (0, 1)), (Op("pick", (k,), ("n",)), (0,)), (b, (1,))], (1,)),
}
GRAPHS = {**{name: node for name, (node, _) in READABLE.items()}, **FUSED, **PICKED, **MORE}


def drawn(node, seed=3):
    generator = np.random.default_rng(seed)
    symbols = [found for found in walk(node) if isinstance(found, Var) and found.role == "symbol"]
    return {"k": 2, **{var.name: draw(var, generator) for var in symbols}}


def text(node, target):
    return module(answer(node, node), target, ("value",))


@pytest.mark.parametrize("target", OTHERS)
@pytest.mark.parametrize("node", GRAPHS.values(), ids=GRAPHS)
def test_every_target_gives_valid_python(target, node):
    code = text(node, target)
    ast.parse(code)
    assert "np." not in code.replace("jnp.", "")


LIBRARIES = {"jax": "jax", "torch": "torch", "array-api": "array_api_compat", "dask": "dask.array"}
FORMS = [*[(name, name) for name in LIBRARIES], ("array-api", "torch"), ("array-api", "jax"), ("array-api", "dask")]


def to_library(form, value):
    """An argument in the library's own arrays; Python numbers stay what they are."""
    if isinstance(value, int) or np.ndim(value) == 0:
        return value if isinstance(value, int) else float(value)
    if form == "torch":
        return importlib.import_module("torch").from_numpy(np.array(value))
    if form == "jax":
        importlib.import_module("jax").config.update("jax_enable_x64", True)
        return importlib.import_module("jax.numpy").asarray(value)
    return importlib.import_module("dask.array").from_array(np.array(value)) if form == "dask" else np.array(value)


def agrees(node, target, form, values):
    for name in {LIBRARIES[target], LIBRARIES[form]}:
        pytest.importorskip(name)
    got = call(load(text(node, target))["value"], {name: to_library(form, value) for name, value in values.items()})
    got = np.asarray(got.compute() if hasattr(got, "compute") else got, float)
    want = np.asarray(call(load(text(node, "numpy"))["value"], values), float)
    assert got.shape == want.shape
    np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-9 * max(1.0, float(np.max(np.abs(want), initial=0))))


@pytest.mark.targets
@pytest.mark.parametrize(("target", "form"), FORMS)
@pytest.mark.parametrize("node", GRAPHS.values(), ids=GRAPHS)
def test_graphs_in_every_library(target, form, node):
    agrees(node, target, form, drawn(node))


SAMPLE = ("sigmoid", "gelu", "erfc", "lgamma", "trigamma", "huber", "softmax_rows", "logsumexp", "chol", "max", "inv")


@pytest.mark.parametrize(("target", "form"), FORMS[:3])
@pytest.mark.parametrize("name", SAMPLE)
def test_a_sample_of_functions_in_the_libraries_that_are_installed(target, form, name):
    test_functions_in_every_library(target, form, TABLE[name])


@pytest.mark.targets
@pytest.mark.parametrize(("target", "form"), FORMS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_functions_in_every_library(target, form, row):
    """Right, or refused with a clear error; Dask itself has no determinants."""
    if form == "dask" and row.code.get("dask") == "":
        pytest.skip("dask.array.linalg has no such function")
    node = node_of(row)
    generator = np.random.default_rng(3)
    values = {
        arg.name: DRAWN[row.sample](generator, [SIZES[size] for size in arg.shape])
        for arg in node.args
        if isinstance(arg, Var)
    }
    try:
        text(node, target)
    except MatdiffError as error:
        assert error.code == "E402"  # noqa: PT017 # a refusal is allowed, nothing else
        return
    agrees(node, target, form, values)


@pytest.mark.targets
@pytest.mark.parametrize(("target", "form"), FORMS[:4])
@settings(max_examples=40, deadline=None)
@given(products(4))
def test_any_product_in_every_library(target, form, node):
    agrees(node, target, form, drawn(node))


@pytest.mark.targets
@pytest.mark.parametrize("of", ["gradient", "hvp", "hessian"])
def test_jax_keeps_the_type_under_jit(of):
    jax = pytest.importorskip("jax")
    code = derivative("logdet(s X X^T + I)", wrt="X", where="X in R^{m x n}, s scalar").code("jax", (of,))
    function = load(code)[of]
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    with jax.enable_x64(True):
        X = jax.numpy.ones((3, 4), jax.numpy.float32)
        assert jax.jit(function)(*[jax.numpy.float32(1) if name == "s" else X for name in names]).dtype == X.dtype
