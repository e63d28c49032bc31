"""Identities that cost nothing: both sides are one node of the graph."""

from matdiff.lean.fractions import Fraction

import pytest

from matdiff.graph import build, elementwise, matrices, powers
from matdiff.graph.fingerprint import vanishes
from matdiff.graph.graph import Graph
from matdiff.graph.nodes import ONE, Node, Op, Var


@pytest.fixture(autouse=True)
def _graph():
    with Graph().in_force():
        yield


def square(name: str) -> Var:
    return Var(name, ("n", "n"))


def vector(name: str) -> Var:
    return Var(name, ("n",))


def product(*factors: Node) -> Node:
    return build.ein([(factor, (k, k + 1)) for k, factor in enumerate(factors)], (0, len(factors)))


def trace(matrix: Node) -> Node:
    return build.ein([(matrix, (0, 0))], ())


def inner(left: Node, right: Node) -> Node:
    return build.ein([(left, (0,)), (right, (0,))], ())


def applied(matrix: Node, column: Node) -> Node:
    return build.ein([(matrix, (0, 1)), (column, (1,))], (0,))


def diagonal(column: Node) -> Node:
    return build.ein([(column, (0,))], (0, 0))


def exp(node: Node) -> Node:
    return elementwise.apply("exp", node)


def total(node: Node) -> Node:
    return build.ein([(node, tuple(range(node.order)))], ())


IDENTITIES = {
    "(A B)^T = B^T A^T": lambda A, B, x, y: (
        build.transposed(product(A, B)),
        product(build.transposed(B), build.transposed(A)),
    ),
    "(A + B)^T = A^T + B^T": lambda A, B, x, y: (
        build.transposed(build.add(A, B)),
        build.add(build.transposed(A), build.transposed(B)),
    ),
    "tr(A B) = tr(B A)": lambda A, B, x, y: (trace(product(A, B)), trace(product(B, A))),
    "tr(A) = tr(A^T)": lambda A, B, x, y: (trace(product(A, A, B)), trace(build.transposed(product(A, A, B)))),
    "x^T A y = y^T A^T x": lambda A, B, x, y: (inner(x, applied(A, y)), inner(y, applied(build.transposed(A), x))),
    "diag(x) y = x .* y": lambda A, B, x, y: (applied(diagonal(x), y), build.hadamard(x, y)),
    "A .* I = diag(diag(A))": lambda A, B, x, y: (
        build.hadamard(A, build.eye("n")),
        diagonal(build.ein([(A, (0, 0))], (0,))),
    ),
    "1^T 1 = n": lambda A, B, x, y: (inner(build.ones(("n",)), build.ones(("n",))), Var("n", role="size")),
    "tr(I) = n": lambda A, B, x, y: (trace(build.eye("n")), Var("n", role="size")),
    "A A^-1 B = B": lambda A, B, x, y: (product(A, matrices.inv(A), B), B),
    "(A + B) (A + B)^-1 = I": lambda A, B, x, y: (
        product(build.add(A, B), matrices.inv(build.add(A, B))),
        build.eye("n"),
    ),
    "(A B)^-1 = B^-1 A^-1": lambda A, B, x, y: (matrices.inv(product(A, B)), product(matrices.inv(B), matrices.inv(A))),
    "(A^T)^-1 = (A^-1)^T": lambda A, B, x, y: (matrices.inv(build.transposed(A)), build.transposed(matrices.inv(A))),
    "(2 A)^-1 = A^-1/2": lambda A, B, x, y: (
        matrices.inv(build.scale(2, A)),
        build.scale(Fraction(1, 2), matrices.inv(A)),
    ),
    "(A^-1)^-1 = A": lambda A, B, x, y: (matrices.inv(matrices.inv(A)), A),
    "det(A^T) = det(A)": lambda A, B, x, y: (
        matrices.scalar_of_matrix("det", build.transposed(A)),
        matrices.scalar_of_matrix("det", A),
    ),
    "e^x .* e^y = e^(x + y)": lambda A, B, x, y: (build.hadamard(exp(x), exp(y)), exp(build.add(x, y))),
    "x .* x .* y ./ x = x .* y": lambda A, B, x, y: (
        build.hadamard(x, x, y, build.reciprocal(x)),
        build.hadamard(x, y),
    ),
    "1/(1 + e^-x) = sigmoid(x)": lambda A, B, x, y: (
        build.reciprocal(build.add(build.ones(("n",)), exp(build.scale(-1, x)))),
        elementwise.apply("sigmoid", x),
    ),
    "1 - sigmoid(x) = sigmoid(-x)": lambda A, B, x, y: (
        build.sub(build.ones(("n",)), elementwise.apply("sigmoid", x)),
        elementwise.apply("sigmoid", build.scale(-1, x)),
    ),
    "e^x/1^T e^x = softmax(x)": lambda A, B, x, y: (
        build.mul(exp(x), build.reciprocal(total(exp(x)))),
        Op("softmax", (x,), ("n",)),
    ),
    "log 1^T e^x = logsumexp(x)": lambda A, B, x, y: (
        elementwise.apply("log", total(exp(x))),
        Op("logsumexp", (x,), ()),
    ),
    "e^x - e^-x = 2 sinh(x)": lambda A, B, x, y: (
        build.sub(exp(x), exp(build.scale(-1, x))),
        build.scale(2, elementwise.apply("sinh", x)),
    ),
    "||x|| ||x|| = x^T x": lambda A, B, x, y: (build.mul(root(inner(x, x)), root(inner(x, x))), inner(x, x)),
    "||x||^-1 (x^T x) = ||x||": lambda A, B, x, y: (
        build.mul(build.reciprocal(root(inner(x, x))), inner(x, x)),
        root(inner(x, x)),
    ),
    "sin(-x) = -sin(x)": lambda A, B, x, y: (
        elementwise.apply("sin", build.scale(-1, x)),
        build.scale(-1, elementwise.apply("sin", x)),
    ),
    "|x| .* sign(x) = x": lambda A, B, x, y: (
        build.hadamard(elementwise.apply("abs", x), elementwise.apply("sign", x)),
        x,
    ),
    "2 A - A - A = 0": lambda A, B, x, y: (build.lin([(2, A), (-1, A), (-1, A)], ("n", "n")), build.zero(("n", "n"))),
}


def root(node: Node) -> Node:
    return powers.power(node, build.num(Fraction(1, 2)))


@pytest.mark.parametrize("name", IDENTITIES)
def test_both_sides_are_one_node(name):
    left, right = IDENTITIES[name](square("A"), square("B"), vector("x"), vector("y"))
    assert left is right


def test_powers_with_symbolic_exponents_merge():
    A, k = square("A"), Var("k", role="integer")
    merged = product(A, matrices.matpow(A, k), matrices.inv(A), A)
    assert merged is matrices.matpow(A, build.add(k, ONE))


def test_orthogonal_matrices_cancel_their_transposes():
    Q = Var("Q", ("n", "n"), structure="orthogonal")
    assert product(build.transposed(Q), Q) is build.eye("n")


def test_a_symmetric_matrix_is_its_transpose():
    S = Var("S", ("n", "n"), structure="symmetric")
    assert build.transposed(S) is S
    assert matrices.inv(build.add(S, product(square("A"), build.transposed(square("A"))))).shape == ("n", "n")
    assert build.transposed(matrices.inv(S)) is matrices.inv(S)


def test_sums_that_multiplying_out_cancels_have_a_zero_fingerprint():
    A, B, x = square("A"), square("B"), vector("x")
    hidden = build.lin([(1, applied(build.add(A, B), x)), (-1, applied(A, x)), (-1, applied(B, x))], ("n",))
    assert not build.is_zero(hidden)
    assert vanishes(hidden)
    assert not vanishes(applied(A, x))


def test_the_digest_does_not_depend_on_what_was_built_before():
    first = product(square("A"), square("B"), square("A")).digest
    with Graph().in_force():
        product(square("B"), square("B"))
        assert product(square("A"), square("B"), square("A")).digest == first


@pytest.mark.parametrize("turned", [False, True])
def test_a_product_of_rectangles_meets_its_inverse(turned):
    """(A B)^-1 A B C = C and Z A B (A B)^-1 = Z, A B no factor of its own; not where something stands between."""
    A, B, C = Var("A", ("n", "m")), Var("B", ("m", "n")), Var("C", ("n", "k"))
    inverse = matrices.inv(product(A, B))

    def all_turned(*factors):
        return product(*[build.transposed(factor) for factor in reversed(factors)]) if turned else product(*factors)

    Z, X = build.transposed(C), square("X")
    assert all_turned(inverse, A, B, C) is (build.transposed(C) if turned else C)
    assert all_turned(Z, A, B, inverse) is (build.transposed(Z) if turned else Z)
    assert trace(product(A, B, inverse)) is Var("n", role="size")
    between = all_turned(inverse, A, Var("M", ("m", "m")), B, X)
    assert len(between.factors) == 5
    weighted = build.ein([(inverse, (0, 1)), (A, (1, 2)), (B, (2, 3)), (vector("w"), (1,))], (0, 3))
    assert len(weighted.factors) == 4
