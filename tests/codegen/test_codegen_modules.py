"""Modules as people get them: signatures, sizes, the form of arguments, sums in loops, readable text."""

import random

import numpy as np
import pytest
from dense_evaluation import SIZES, answer, call, check, computed, load

from matdiff import derivative
from matdiff.codegen.module import module
from matdiff.errors import MatdiffError
from matdiff.formula.question import Symbol
from matdiff.graph import build, matrices, powers
from matdiff.graph.nodes import ONE, Ein, IndexSum, Lin, Map, Op, Var

X = Var("X", ("N", "d"), rows_columns=("N", "d"))
w, y = Var("w", ("d",), rows_columns=("d", 1)), Var("y", ("N",), rows_columns=("N", 1))
A, B = Var("A", ("n", "n"), rows_columns=("n", "n")), Var("B", ("n", "n"), rows_columns=("n", "n"))
a, b = Var("a", ("n",), rows_columns=("n", 1)), Var("b", ("n",), rows_columns=("n", 1))
s, t = Var("s"), Var("t")
k, r = Var("k", role="integer"), Var("r", role="integer")
residual = build.sub(build.ein([(X, (0, 1)), (w, (1,))], (0,)), y)
squares = build.ein([(residual, (0,)), (residual, (0,))], ())
normal = build.scale(2, build.ein([(X, (0, 1)), (residual, (0,))], (1,)))
inverse = matrices.inv(A)


def body(node):
    """The statements of a generated function."""
    text = module(answer(node, node), "numpy", ("value",))
    return [line[4:] for line in text.split('"""\n')[-1].splitlines() if line.startswith("    ")]


READABLE = {
    "least squares": (
        normal,
        [
            "total = 0.0",
            "for rows in _row_blocks(X):",
            "    X_rows = X[rows]",
            "    total = total + (X_rows @ w - y[rows]) @ X_rows",
            "return 2 * total",
        ],
    ),
    "sum of squares": (squares, ["t1 = X @ w - y", "return t1 @ t1"]),
    "norm": (
        build.mul(s, Lin(((1, powers.power(squares, build.num(build.Fraction(1, 2)))),), ())),
        ["return s * np.linalg.norm(X @ w - y)"],
    ),
    "trace of a product": (build.ein([(A, (0, 1)), (B, (1, 0))], ()), ["return np.vdot(A, B.T)"]),
    "trace": (build.ein([(A, (0, 0))], ()), ["return np.trace(A)"]),
    "sum": (build.ein([(A, (0, 1))], ()), ["return np.sum(A)"]),
    "diagonal scaling": (build.ein([(a, (0,)), (A, (0, 1)), (b, (1,))], (0, 1)), ["return a[:, None] * A * b"]),
    "quadratic form": (build.ein([(a, (0,)), (A, (0, 1)), (a, (1,))], ()), ["return a @ (A @ a)"]),
    "one system": (build.ein([(inverse, (0, 1)), (b, (1,))], (0,)), ["return np.linalg.solve(A, b)"]),
    "transposed system": (build.ein([(inverse, (0, 1)), (b, (0,))], (1,)), ["return np.linalg.solve(A.T, b)"]),
    "outer": (build.ein([(a, (0,)), (b, (1,))], (0, 1)), ["return np.outer(a, b)"]),
    "identity as a summand": (build.add(A, build.eye("n")), ["n = A.shape[0]", "return A + np.eye(n, dtype=A.dtype)"]),
    "number as a summand": (build.add(a, build.ones(("n",))), ["return a + 1"]),
    "row means": (build.sub(A, build.ein([(a, (1,))], (0, 1), {0: "n"})), ["return A - a"]),
    "quotient": (build.ein([(A, (0, 1)), (build.reciprocal(s), ())], (0, 1)), ["return A / s"]),
    "mean": (build.scale(build.Fraction(1, 3), build.ein([(a, (0,))], ())), ["return np.sum(a) / 3"]),
    "number": (build.num(2), ["return 2.0"]),
    "nothing": (build.zero(()), ["return 0.0"]),
    "matrix power": (matrices.matpow(A, build.sub(k, build.num(1))), ["return np.linalg.matrix_power(A, k - 1)"]),
    "diagonal of a product": (build.ein([(A, (0, 1)), (B, (1, 0))], (0,)), ['return np.einsum("ij,ij->i", A, B.T)']),
    "diagonal of a congruence": (
        build.ein([(X, (0, 1)), (Var("M", ("d", "d")), (1, 2)), (X, (0, 2))], (0,)),
        ['return np.einsum("ij,ij->i", X @ M, X)'],
    ),
}


@pytest.mark.parametrize(("node", "lines"), READABLE.values(), ids=READABLE)
def test_code_reads_like_a_persons(node, lines):
    assert body(node) == lines


WHOLE = '''"""d/dw (f) = g"""

import numpy as np


def _row_blocks(X):
    """Slices of the rows of X, half a megabyte each, which the cache holds."""
    step = max(64, 2**16 // max(X.shape[1], 1))
    return [slice(start, start + step) for start in range(0, max(X.shape[0], 1), step)]


def value(X, w, y):
    """f

    X: an array of shape (N, d)
    w: an array of shape (d,)
    y: an array of shape (N,)
    Returns a scalar.
    """
    t1 = X @ w - y
    return t1 @ t1


def gradient(X, w, y):
    """g, denominator layout

    X: an array of shape (N, d)
    w: an array of shape (d,)
    y: an array of shape (N,)
    Returns an array of shape (d,).
    """
    total = 0.0
    for rows in _row_blocks(X):
        X_rows = X[rows]
        total = total + (X_rows @ w - y[rows]) @ X_rows
    return 2 * total


derivative = gradient
'''


def ordered(node, derivative, by, *names):
    """An answer whose symbols come in a given order."""
    made = answer(node, derivative, by)
    made.symbols = {name: made.symbols[name] for name in names}
    return made


def test_whole_module():
    assert module(ordered(squares, normal, ("w",), "X", "w", "y"), "numpy") == WHOLE


def test_parameters_come_in_order_of_first_appearance():
    space = load(module(ordered(squares, normal, ("w",), "y", "X", "w"), "numpy"))
    assert space["value"].__code__.co_varnames[:3] == space["gradient"].__code__.co_varnames[:3] == ("y", "X", "w")


def test_functions_are_named_for_what_they_are():
    vector = build.ein([(A, (0, 1)), (a, (1,))], (0,))
    assert load(module(answer(squares, normal, ("w",)), "numpy"))["derivative"].__name__ == "gradient"
    assert load(module(answer(vector, A, ("a",)), "numpy"))["derivative"].__name__ == "jacobian"
    assert load(module(answer(squares, A, ("a", "a")), "numpy"))["derivative"].__name__ == "hessian"
    assert "derivative" not in load(module(answer(squares, normal, ("w",)), "numpy", ("value",)))


def test_value_and_gradient_share_their_work():
    text = module(ordered(squares, normal, ("w",), "X", "w", "y"), "numpy", ("value_and_gradient",))
    assert text.count("@ w") == 1
    generator = np.random.default_rng(0)
    given = {"X": generator.normal(size=(5, 3)), "w": generator.normal(size=3), "y": generator.normal(size=5)}
    value, gradient = load(text)["value_and_gradient"](**given)
    left = given["X"] @ given["w"] - given["y"]
    np.testing.assert_allclose(value, left @ left)
    np.testing.assert_allclose(gradient, 2 * given["X"].T @ left)


def test_few_systems_are_solved_and_many_share_an_inverse():
    two = build.ein([(a, (0,)), (inverse, (0, 1)), (inverse, (2, 3)), (b, (3,))], (1, 2))
    assert "inv" not in "".join(body(two))
    assert (
        body(build.add(inverse, build.ein([(inverse, (0, 1)), (B, (1, 2)), (inverse, (2, 3))], (0, 3))))[0]
        == "A_inv = np.linalg.inv(A)"
    )


def test_sums_in_loops():
    """Σ_{r=0}^{k-1} Aʳ B A^(k-1-r), also empty; what does not change stays outside."""
    inside = build.ein(
        [
            (Op("matpow", (A, r), ("n", "n")), (0, 1)),
            (matrices.inv(B), (1, 2)),
            (Op("matpow", (A, build.sub(build.sub(k, r), ONE)), ("n", "n")), (2, 3)),
        ],
        (0, 3),
    )
    node = IndexSum(r, build.num(0), build.sub(k, build.num(1)), inside)
    for times in (0, 1, 4):
        check(node, np.random.default_rng(times), {"k": times})
    lines = body(node)
    assert any("linalg.solve" in line or "linalg.inv" in line for line in lines if not line.startswith("    "))
    assert not any("linalg.solve" in line or "linalg.inv" in line for line in lines if line.startswith("    "))


def test_nested_sums():
    inner = IndexSum(r, ONE, k, build.mul(r, k, s))
    q = Var("q", role="integer")
    outer = IndexSum(q, ONE, k, build.add(build.mul(q, inner), build.mul(q, q)))
    check(outer, np.random.default_rng(1), {"k": 3})


def test_families_and_sums_over_their_members():
    """Σ_n α_n x_n: an array whose first axis is n."""
    x_n, alpha_n = Var("x_n", ("N", "n"), family=1, rows_columns=("n", 1)), Var("alpha_n", ("N",), family=1)
    node = build.ein([(alpha_n, (0,)), (x_n, (0, 1))], (1,))
    assert body(node) == ["return alpha_n @ x_n"]
    check(node, np.random.default_rng(1))


def test_arguments_in_the_form_in_which_they_were_declared():
    row = Var("c", ("n",), rows_columns=(1, "n"))
    given = np.arange(3.0).reshape(1, 3)
    assert np.array_equal(computed(row, {"c": given}), given[0])
    assert np.array_equal(computed(row, {"c": given[0]}), given[0])
    diagonal = Var("D", ("n",), structure="diagonal", rows_columns=("n", "n"))
    assert np.array_equal(computed(diagonal, {"D": np.diag([1.0, 2.0, 3.0])}), [1, 2, 3])
    made = answer(build.scale(2, s), s, ("s",))
    made.symbols["s"] = Symbol("s", "matrix", (1, 1))
    assert call(load(module(made, "numpy", ("value",)))["value"], {"s": np.array([[3.0]])}) == 6
    rows = Var("z_i", ("N", "n"), family=1, rows_columns=(1, "n"))
    assert computed(rows, {"z_i": np.ones((5, 1, 3))}).shape == (5, 3)


def test_integer_arrays_are_taken():
    assert computed(build.reciprocal(a), {"a": np.array([1, 2, 4])}).tolist() == [1, 0.5, 0.25]


SIZED = {
    "from a product": (build.zero(("n",)), Var("z", ("m*n",)), Var("x", ("m",))),
    "from a plain axis": (build.eye("n"), A, A),
    "of a product": (build.zero(("m*n", "m")), Var("M", ("m", "n")), s),
}


@pytest.mark.parametrize("nodes", SIZED.values(), ids=SIZED)
def test_sizes_come_from_the_arrays(nodes):
    wanted, *others = nodes
    asked = ordered(
        build.mul(*[build.ein([(v, tuple(range(v.order)))], ()) for v in others]),
        wanted,
        ("z",),
        *[v.name for v in dict.fromkeys(others)],
    )
    space = load(module(asked, "numpy"))
    assert not set(space["derivative"].__code__.co_varnames[: space["derivative"].__code__.co_argcount]) & set(SIZES)
    given = {v.name: np.ones([eval(str(size), {}, SIZES) for size in v.shape]) for v in others}  # noqa: S307 # sizes of this file
    assert call(space["derivative"], given).shape == tuple([eval(str(size), {}, SIZES) for size in wanted.shape])  # noqa: S307 # sizes of this file


def test_a_size_that_no_array_tells_is_a_parameter():
    node = build.ein([(a, (0,))], (0, 1), {1: "m"})
    assert computed(node, {"a": np.ones(3)}).shape == (3, 2)
    assert computed(build.size_node("n"), {}) == 3.0


def test_the_variable_of_a_zero_derivative_tells_its_size():
    made = answer(build.ein([(a, (0,)), (a, (0,))], ()), build.zero(("m",)), ("c",))
    made.symbols["c"] = Symbol("c", "vector", ("m", 1))
    assert load(module(made, "numpy"))["gradient"](np.ones(3), np.ones(2)).tolist() == [0, 0]


@pytest.mark.parametrize("name", ["lambda", "np", "range", "math", "_expm", "higher", "float"])
def test_reserved_names_get_an_underscore(name):
    node = build.mul(Var(name), Map("exp", Var(name)))
    value = load(module(answer(node, node), "numpy", ("value",)))["value"]
    assert value.__code__.co_varnames[0] == name + "_"
    assert value(**{name + "_": 0.0}) == 0


@pytest.mark.parametrize("name", ["x;import os", "x y", "é", "", "1x", "x)", "__import__('os')", "x" * 3 + '"""'])
def test_no_text_gets_into_code_unchecked(name):
    for node in (Var(name), build.eye(name) if name else Var(name), Op("apply", (a,), (), (name, ("a",), ()))):
        with pytest.raises(MatdiffError) as caught:
            module(answer(node, node), "numpy", ("value",))
        assert caught.value.code == "E404"


def test_docstrings_hold_whatever_a_note_says():
    made = answer(squares, normal, ("w",))
    made.notes = ('a """ quote', "a back\\", "é \\x", "both \" and '")
    assert load(module(made, "numpy"))["__doc__"].startswith("d/dw (f)")


def test_large_numbers_are_floats():
    assert computed(build.scale(10**30, a), {"a": np.ones(3)}).dtype == float
    with pytest.raises(MatdiffError) as caught:
        computed(build.scale(10**400, a), {"a": np.ones(3)})
    assert caught.value.code == "E405"


def test_a_matrix_power_is_whole():
    with pytest.raises(MatdiffError) as caught:
        module(answer(A, Op("matpow", (A, build.scale(build.Fraction(1, 2), k)), ("n", "n")), ("A",)), "numpy")
    assert caught.value.code == "E406"


@pytest.mark.parametrize(("target", "hint"), [("nunpy", "numpy"), ("troch", "torch"), ("fortran", "there is numpy")])
def test_unknown_targets(target, hint):
    with pytest.raises(MatdiffError) as caught:
        module(answer(a, a), target)
    assert (caught.value.code, hint in caught.value.hint) == ("E401", True)


def test_unknown_parts():
    with pytest.raises(MatdiffError) as caught:
        module(answer(a, a), "numpy", ("gradeint",))
    assert caught.value.code == "E407"


def test_shared_nodes_are_computed_once_and_deep_graphs_do_not_recurse():
    node = a
    for layer in range(3000):
        node = (
            Map("tanh", Lin(((1, node), (1, Map("sin", node))), ("n",)))
            if layer % 2
            else Lin(((1, node), (1, b)), ("n",))
        )
    text = module(answer(node, node), "numpy", ("value",))
    assert text.count("np.tanh") == 1500
    assert max(map(len, text.splitlines())) < 160


def test_random_sums_of_shared_products():
    """Programs with much sharing: every intermediate result may be used again."""
    chance = random.Random(9)  # noqa: S311 # a test's dice
    for _ in range(40):
        pool = [A, B, build.transposed(A), inverse]
        vectors = [a, b]
        for _ in range(8):
            left, right = chance.choice(pool), chance.choice(pool)
            form = chance.randrange(6)
            if form == 0:
                pool.append(build.ein([(left, (0, 1)), (right, (1, 2))], (0, 2)))
            elif form == 1:
                pool.append(build.hadamard(left, right))
            elif form == 2:
                pool.append(build.lin([(chance.randrange(-2, 3), left), (1, right)], ("n", "n")))
            elif form == 3:
                terms = [
                    (
                        chance.choice((-2, 1, 2)),
                        build.ein([(chance.choice(pool), (0, 1)), (chance.choice(vectors), (1,))], (0,)),
                    )
                    for _ in range(3)
                ]
                vectors.append(build.lin(terms, ("n",)))
            elif form == 4:
                terms = [
                    (
                        chance.choice((-2, 1, 2)),
                        build.ein([(chance.choice(vectors), (0,)), (chance.choice(vectors), (1,))], (0, 1)),
                    )
                    for _ in range(3)
                ]
                pool.append(build.lin([*terms, (1, left)], ("n", "n")))
            else:
                pool.append(Ein(((left, (0, 1)), (right, (1, 0)), (a, (2,))), (2, 2), ("n", "n", "n")))
        check(build.ein([(pool[-1], (0, 1)), (vectors[-1], (1,))], (0,)), np.random.default_rng(1), tolerance=1e-7)
        check(pool[-1], np.random.default_rng(1), tolerance=1e-7)


def test_common_factors_are_taken_out():
    """B a + Bᵀ a costs one product, and a system stays a system."""
    both = build.lin(
        [(2, build.ein([(B, (0, 1)), (a, (1,))], (0,))), (2, build.ein([(B, (1, 0)), (a, (1,))], (0,)))], ("n",)
    )
    assert body(both)[-1].count("@") == 1
    check(both, np.random.default_rng(0))
    mixed = build.lin(
        [(1, build.ein([(inverse, (0, 1)), (a, (1,))], (0,))), (1, build.ein([(B, (0, 1)), (a, (1,))], (0,)))], ("n",)
    )
    assert "np.linalg.solve(A, a)" in body(mixed)[-1]
    check(mixed, np.random.default_rng(0))


def test_long_formulas_do_not_swell_the_docstring():
    made = answer(squares, normal, ("w",))
    made.ascii = "x + " * 5000
    assert len(module(made, "numpy")) < 3000


def test_the_docstring_says_what_a_hessian_by_a_matrix_costs():
    text = derivative("||A X B - C||_F^2", "X").code("numpy", ("hessian",))
    assert "It has n p n p entries; hvp gives products with it" in text
    assert "entries; hvp" not in derivative("||A x - b||^2", "x").code("numpy", ("hessian",))
