"""One differentiator: the differential of every kind of node, linear in the change, and its transpose are one map."""

import pytest

from matdiff.calculator import Question, answer
from matdiff.calculus.differential import differential
from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.transpose import NotLinearError, contracted, tensor, transposed
from matdiff.graph import build, elementwise, matrices, powers
from matdiff.graph.fingerprint import fingerprint, vanishes
from matdiff.graph.graph import Graph
from matdiff.graph.nodes import IndexSum, Op, Var

A, B, X, x, y, t = "A", "B", "X", "x", "y", "t"


@pytest.fixture(autouse=True)
def graph():
    with Graph().in_force() as found:
        yield found


def var(name):
    return Var(name, {"A": ("n", "n"), "B": ("n", "n"), "X": ("n", "n"), "x": ("n",), "y": ("n",), "t": ()}[name])


def product(*factors):
    return build.ein([(factor, (k, k + 1)) for k, factor in enumerate(factors)], (0, len(factors)))


def applied(matrix, column):
    return build.ein([(matrix, (0, 1)), (column, (1,))], (0,))


def trace(matrix):
    return build.ein([(matrix, (0, 0))], ())


def inner(left, right):
    return build.ein([(left, (0,)), (right, (0,))], ())


def chain(depth, h):
    for k in range(depth):
        h = elementwise.apply("tanh", applied(Var(f"W_{k}", ("n", "n")), h))
    return h


GRAPHS = {
    "product": lambda: (product(var(A), var(X), var(B), var(X)), X),
    "transposed": lambda: (product(build.transposed(var(X)), var(A), var(X)), X),
    "trace": lambda: (trace(product(var(X), var(A), var(X))), X),
    "hadamard": lambda: (build.hadamard(var(X), product(var(A), var(X))), X),
    "sum": lambda: (build.lin([(3, product(var(X), var(X))), (-2, var(X)), (1, var(A))], ("n", "n")), X),
    "scalars": lambda: (build.mul(trace(var(X)), inner(var(x), applied(var(X), var(y))), var(A)), X),
    "inverse": lambda: (matrices.inv(product(var(A), var(X))), X),
    "determinant": lambda: (matrices.scalar_of_matrix("det", build.add(var(A), var(X))), X),
    "logdet": lambda: (matrices.scalar_of_matrix("logdet", product(build.transposed(var(X)), var(X))), X),
    "power": lambda: (powers.power(inner(var(x), var(x)), build.num(build.Fraction(3, 2))), x),
    "symbolic power": lambda: (powers.power(inner(var(x), var(y)), Var("k", role="integer")), x),
    "exponent": lambda: (powers.power(inner(var(x), var(x)), var(t)), t),
    "slope": lambda: (elementwise.apply("sin", applied(var(A), var(x))), x),
    "chain": lambda: (inner(var(y), chain(3, var(x))), x),
    "softmax": lambda: (Op("softmax", (applied(var(A), var(x)),), ("n",)), x),
    "logsumexp": lambda: (Op("logsumexp", (applied(var(A), var(x)),), ()), x),
    "matrix power": lambda: (matrices.matpow(product(var(A), var(X)), build.num(3)), X),
    "negative power": lambda: (trace(matrices.matpow(product(var(A), var(X)), build.num(-2))), X),
    "unknown": lambda: (Op("apply", (applied(var(A), var(x)),), ("n",), ("u", ("x",), ())), x),
    "exponential of t A": lambda: (applied(matrices.oriented_operator("expm", build.mul(var(t), var(A))), var(x)), t),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_the_derivative_along_a_change_is_the_differential(name):
    """contracted(df/dX, dX) and the differential in dX vanish together: two ways through the same rules."""
    root, by = GRAPHS[name]()
    variable = var(by)
    change = Var("d" + by, variable.shape)
    forwards = differential(root, {variable: change})
    backwards = contracted(differentiate(root, variable), change)
    assert vanishes(build.sub(forwards, backwards))
    assert any(fingerprint(forwards).values())


@pytest.mark.parametrize("name", GRAPHS)
def test_a_cotangent_goes_back_as_the_change_came(name):
    """⟨G, L(dX)⟩ = ⟨Lᵀ(G), dX⟩, and the tensor of L contracted with dX is L(dX)."""
    root, by = GRAPHS[name]()
    variable = var(by)
    change, weight = Var("dX", variable.shape, role="formal"), Var("G", root.shape)
    linear = differential(root, {variable: change})
    slots, sides = tuple(range(root.order)), tuple(range(variable.order))
    there = build.ein([(weight, slots), (linear, slots)], ())
    back = build.ein([(transposed(linear, change, weight), sides), (change, sides)], ())
    assert vanishes(build.sub(there, back))
    assert vanishes(build.sub(contracted(tensor(linear, change), change), linear))


def test_a_sum_over_an_index_hands_back_its_terms():
    r, X_, n = Var("r", role="integer"), var(X), build.num(7)
    body = trace(product(matrices.matpow(var(A), r), X_))
    total = IndexSum(r, build.num(1), n, body)
    found = differentiate(total, X_)
    assert found is IndexSum(r, build.num(1), n, build.transposed(matrices.matpow(var(A), r)))
    change = Var("dX", X_.shape, role="formal")
    assert transposed(differential(total, {X_: change}), change, build.num(1)) is found


NOT_LINEAR = {
    "square": lambda v: build.hadamard(v, v),
    "constant added": lambda v: build.add(v, var(x)),
    "constant": lambda _: var(x),
    "function": lambda v: elementwise.apply("sin", v),
    "quotient": build.reciprocal,
    "function of the matrix": lambda v: applied(
        matrices.frechet("expm", build.ein([(v, (0,)), (v, (1,))], (0, 1)), var(A)), var(x)
    ),
}


@pytest.mark.parametrize("name", NOT_LINEAR)
def test_what_is_not_linear_is_not_transposed(name):
    change = Var("dx", ("n",), role="formal")
    with pytest.raises(NotLinearError):
        tensor(NOT_LINEAR[name](change), change)


def test_a_change_that_commutes_goes_before_the_slope():
    """The derivative of expm(t A) is A expm(t A), that of expm(t s A) likewise: no Fréchet derivative is left."""
    s, t_ = Var("s"), var(t)
    for scalars in ((t_,), (t_, s), (powers.power(t_, build.num(2)), s)):
        matrix = build.mul(*scalars, var(A))
        found = differentiate(matrices.oriented_operator("expm", matrix), t_)
        slope = differentiate(build.mul(*scalars), t_)
        expected = build.mul(slope, product(var(A), matrices.oriented_operator("expm", matrix)))
        assert found is expected


def long_trace(n):
    X_ = Var("X", ("p", "q"))
    factors = [factor for k in range(n) for factor in (Var(f"A_{k}", ("q", "p")), X_)]
    gathered = factors[0]
    for factor in factors[1:]:
        gathered = product(gathered, factor)
    return trace(gathered), X_


@pytest.mark.parametrize("make", [long_trace, lambda n: (inner(var(y), chain(n, var(x))), var(x))])
def test_a_derivative_grows_with_the_size_of_its_graph(make):
    """Eight times the factors or layers, at most nine times the nodes."""
    counts = []
    for n in (32, 256):
        with Graph().in_force() as graph:
            root, variable = make(n)
            differentiate(root, variable)
            counts.append(len(graph.interned))
    assert counts[1] <= 9 * counts[0]


def nodes_of_the_gradient(text, by, where=()):
    """How many nodes a question's gradient takes."""
    got = answer(Question(text, by, where))
    return len(got.graph.interned)


GROWING = {
    "product of scalars": lambda n: (" ".join(f"(a_{k}^T x)" for k in range(n)), "d/dx"),
    "product of scalars, entry by entry": lambda n: (f"sum({' .* '.join(f'(A_{k} x)' for k in range(n))})", "d/dx"),
    "square of a long sum": lambda n: (f"({' + '.join(f'tr(A_{k} X)' for k in range(n))})^2", "d/dX"),
    "exponentials in each other": lambda n: (f"sum({'exp(' * n}x{')' * n})", "d/dx"),
    "product of sums": lambda n: (f"tr({' '.join(f'(A_{k} + X)' for k in range(n))})", "d/dX"),
}


@pytest.mark.parametrize("name", GROWING)
def test_a_question_grows_no_faster_than_its_length(name):
    """Four times the length, at most five times the nodes (a quarter more for what is gathered in parts)."""
    small, large = [nodes_of_the_gradient(*GROWING[name](n)) for n in (40, 160)]
    assert large <= 5 * small
