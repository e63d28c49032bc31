"""Every constructor and rewrite against a naive evaluation with NumPy, on random numbers of both signs: each sign,
order and bound that a rewrite could get wrong shows here.
"""

import math
from matdiff.lean.fractions import Fraction

import numpy as np
import pytest

from matdiff.calculus.differential import differential
from matdiff.calculus.differentiate import differentiate
from matdiff.graph import build, elementwise, families, matrices, powers, sums
from matdiff.graph.fingerprint import fingerprint
from matdiff.graph.graph import Graph
from matdiff.graph.nodes import Ein, IndexSum, Lin, Map, Op, Power, Var

SIZES = {"n": 3, "m": 2, "n*n": 9}
FUNCTIONS = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "exp": np.exp,
    "log": np.log, "abs": np.abs, "sign": np.sign, "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.log1p(np.exp(x)), "atan": np.arctan, "erf": np.vectorize(math.erf),
    "relu": lambda x: np.maximum(x, 0), "step": lambda x: 1.0 * (x > 0),
}  # fmt: skip
OPERATORS = {
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "logdet": lambda a: np.linalg.slogdet(a)[1],
    "matpow": lambda a, k: np.linalg.matrix_power(a, round(float(k))),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(),
    "logsumexp": lambda z: np.log(np.exp(z).sum()),
    "expm": lambda a: sum(np.linalg.matrix_power(a, k) / math.factorial(k) for k in range(40)),
}


def value(node, given):
    """A graph by the definition of each node, `given` the numbers of its variables."""
    if isinstance(node, IndexSum):
        lo, hi = (round(float(value(bound, given))) for bound in (node.lo, node.hi))
        return sum(value(node.body, {**given, node.index.name: k}) for k in range(lo, hi + 1))
    return one(node, [value(arg, given) for arg in node.args], given)


def one(node, args, given):
    if isinstance(node, Var):
        return np.asarray(SIZES[node.name] if node.role == "size" else given[node.name], float)
    if isinstance(node, Lin):
        shape = [SIZES.get(size, size) for size in node.shape]
        return sum((float(c) * arg for (c, _), arg in zip(node.terms, args, strict=True)), np.zeros(shape))
    if isinstance(node, Ein):
        sizes = [SIZES.get(size, size) for size in node.sizes]
        total = np.zeros([sizes[i] for i in node.out])
        for at in np.ndindex(*sizes):
            total[tuple(at[i] for i in node.out)] += math.prod(
                float(arg[tuple(at[i] for i in slots)]) for (_, slots), arg in zip(node.factors, args, strict=True)
            )
        return total
    if isinstance(node, Map):
        return FUNCTIONS[node.function](args[0])
    if isinstance(node, Power):
        return args[0] ** args[1]
    if node.name == "mask":
        return np.tril(np.ones((3, 3))) if node.attributes[0] == "lower" else np.triu(np.ones((3, 3)))
    return np.asarray(OPERATORS[node.name](*args), float)


@pytest.fixture(autouse=True)
def graph():
    with Graph().in_force() as found:
        yield found


def numbers(seed):
    rng = np.random.default_rng(seed)
    square = {name: rng.normal(size=(3, 3)) for name in "ABX"}
    return {
        **square,
        "x": rng.normal(size=3),
        "F": rng.normal(size=(3, 2)),
        "y": rng.normal(size=3),
        "t": rng.choice([-1.3, 0.7]),
        "s": rng.choice([-0.4, 1.9]),
        "k": 3.0,
        "p": rng.uniform(0.3, 2, 3),
        "Q": np.linalg.qr(square["A"])[0],
    }


A, B, X = [lambda name=name: Var(name, ("n", "n")) for name in "ABX"]
x, y, p = [lambda name=name: Var(name, ("n",)) for name in "xyp"]
t, s = [lambda name=name: Var(name) for name in "ts"]
k = lambda: Var("k", role="integer")  # noqa: E731 # as the others
half = Fraction(1, 2)


def chain(*factors):
    return build.ein([(factor, (i, i + 1)) for i, factor in enumerate(factors)], (0, len(factors)))


def total(lo, hi, body):
    r = Var("r", role="integer")
    return sums.index_sum(
        r, build.num(lo) if isinstance(lo, int) else lo, build.num(hi) if isinstance(hi, int) else hi, body(r)
    )


def between():
    """The differences x_n - x_m of members of a family of vectors; the last index is that of their entries."""
    family = Var("F", ("n", "m"), family=1)
    first = build.ein([(family, (0, 2))], (0, 1, 2), {1: "n"})
    return build.sub(first, build.ein([(family, (1, 2))], (0, 1, 2), {0: "n"}))


def differences(v):
    return v["F"][:, None, :] - v["F"][None, :, :]


def odd_of_differences():
    return elementwise.apply("sin", build.ein([(between(), (0, 1, 2))], (0, 1)))


def picked():
    """The unit vector of the member of number two."""
    return families.pick(build.num(2), "n", 1)


def centred(node):
    """What is left of a vector without its mean."""
    mean = build.ein([(node, (0,)), (build.reciprocal(build.size_node("n")), ())], ())
    return build.sub(node, build.mul(mean, build.ones(("n",))))


PINS = {
    "relu(-2)": (lambda: elementwise.apply("relu", build.num(-2)), lambda v: 0.0),
    "relu(2 1)": (lambda: elementwise.apply("relu", build.scale(2, build.ones(("n",)))), lambda v: 2 * np.ones(3)),
    "relu(x) step(x)": (
        lambda: build.hadamard(elementwise.apply("relu", x()), elementwise.apply("step", x())),
        lambda v: np.maximum(v["x"], 0),
    ),
    "step(x)^3": (
        lambda: build.hadamard(*[elementwise.apply("step", x())] * 3),
        lambda v: 1.0 * (v["x"] > 0),
    ),
    "1^T (x + y - 1^T (x + y) 1/n)": (
        lambda: build.ein([(centred(build.add(x(), y())), (0,))], ()),
        lambda v: 0.0,
    ),
    "(x_n - x_m) (x_m - x_n)": (
        lambda: build.ein([(between(), (0, 1, 2)), (between(), (1, 0, 2))], (0, 1)),
        lambda v: -np.sum(differences(v) ** 2, axis=2),
    ),
    "sum_m sin(1^T (x_n - x_m)) (x_m - x_n)": (
        lambda: build.ein([(odd_of_differences(), (0, 1)), (between(), (1, 0, 2))], (0, 2)),
        lambda v: -np.einsum("nm,nmd->nd", np.sin(differences(v).sum(axis=2)), differences(v)),
    ),
    "sum_nm sin(1^T (x_n - x_m))": (lambda: build.ein([(odd_of_differences(), (0, 1))], ()), lambda v: 0.0),
    "cos(1^T (x_m - x_n))": (
        lambda: build.transposed(elementwise.apply("cos", build.ein([(between(), (0, 1, 2))], (0, 1)))),
        lambda v: np.cos(differences(v).sum(axis=2)),
    ),
    "(x_n - x_m) for the member m": (
        lambda: build.ein([(between(), (0, 1, 2)), (picked(), (0,)), (picked(), (1,))], (2,)),
        lambda v: np.zeros(2),
    ),
    "A + B - 2 A": (lambda: build.lin([(1, A()), (1, B()), (-2, A())], ("n", "n")), lambda v: v["B"] - v["A"]),
    "A - B": (lambda: build.sub(A(), B()), lambda v: v["A"] - v["B"]),
    "-(A - B)/2": (lambda: build.scale(-half, build.sub(A(), B())), lambda v: (v["B"] - v["A"]) / 2),
    "(A - B) x": (lambda: build.ein([(build.sub(A(), B()), (0, 1)), (x(), (1,))], (0,)), lambda v: (v["A"] - v["B"]) @ v["x"]),
    "(A + B^T)^T": (lambda: build.transposed(build.add(A(), build.transposed(B()))), lambda v: v["A"].T + v["B"]),
    "A B^T X": (lambda: chain(A(), build.transposed(B()), X()), lambda v: v["A"] @ v["B"].T @ v["X"]),
    "(A B)^-1": (lambda: matrices.inv(chain(A(), B())), lambda v: np.linalg.inv(v["A"] @ v["B"])),
    "(A B^T X)^-1": (lambda: matrices.inv(chain(A(), build.transposed(B()), X())), lambda v: np.linalg.inv(v["A"] @ v["B"].T @ v["X"])),
    "(-2 t A)^-1": (lambda: matrices.inv(build.scale(-2, build.mul(t(), A()))), lambda v: np.linalg.inv(-2 * v["t"] * v["A"])),
    "(-2 A^-1)^-1": (lambda: matrices.inv(build.scale(-2, matrices.inv(A()))), lambda v: v["A"] / -2),
    "(-2 X^k)^-1": (lambda: matrices.inv(build.scale(-2, matrices.matpow(X(), k()))), lambda v: np.linalg.matrix_power(v["X"], -3) / -2),
    "(3 A - 3 B)^-1": (lambda: matrices.inv(build.scale(3, build.sub(A(), B()))), lambda v: np.linalg.inv(v["A"] - v["B"]) / 3),
    "(-2 Q)^-1": (lambda: matrices.inv(build.scale(-2, Var("Q", ("n", "n"), structure="orthogonal"))), lambda v: v["Q"].T / -2),
    "diag(x)^-1": (lambda: matrices.inv(build.ein([(x(), (0,))], (0, 0))), lambda v: np.diag(1 / v["x"])),
    "A^-1 A B": (lambda: chain(matrices.inv(A()), A(), B()), lambda v: v["B"]),
    "A^-T B": (lambda: chain(build.transposed(matrices.inv(A())), B()), lambda v: np.linalg.inv(v["A"]).T @ v["B"]),
    "A^-1 A^T": (lambda: chain(matrices.inv(A()), build.transposed(A())), lambda v: np.linalg.inv(v["A"]) @ v["A"].T),
    "det(-2 X)": (lambda: matrices.scalar_of_matrix("det", build.scale(-2, X())), lambda v: np.linalg.det(-2 * v["X"])),
    "det(3 X)": (lambda: matrices.scalar_of_matrix("det", build.scale(3, X())), lambda v: 27 * np.linalg.det(v["X"])),
    "det(X^-1)": (lambda: matrices.scalar_of_matrix("det", matrices.inv(X())), lambda v: 1 / np.linalg.det(v["X"])),
    "logdet(X^-1)": (lambda: matrices.scalar_of_matrix("logdet", matrices.inv(X())), lambda v: -np.linalg.slogdet(v["X"])[1]),
    "logdet(X^k)": (lambda: matrices.scalar_of_matrix("logdet", matrices.matpow(X(), k())), lambda v: 3 * np.linalg.slogdet(v["X"])[1]),
    "det(expm(A))": (lambda: matrices.scalar_of_matrix("det", matrices.oriented_operator("expm", A())), lambda v: np.exp(np.trace(v["A"]))),
    "det(I)": (lambda: matrices.scalar_of_matrix("det", build.eye("n")), lambda v: 1.0),
    "det(1 1^T)": (lambda: matrices.scalar_of_matrix("det", build.ones(("n", "n"))), lambda v: 0.0),
    "(1 1^T)^k": (lambda: matrices.matpow(build.ones(("n", "n")), k()), lambda v: np.linalg.matrix_power(np.ones((3, 3)), 3)),
    "I^k": (lambda: matrices.matpow(build.eye("n"), k()), lambda v: np.eye(3)),
    "X^3": (lambda: matrices.matpow(X(), build.num(3)), lambda v: np.linalg.matrix_power(v["X"], 3)),
    "X^-2": (lambda: matrices.matpow(X(), build.num(-2)), lambda v: np.linalg.matrix_power(v["X"], -2)),
    "X^0": (lambda: matrices.matpow(X(), build.num(0)), lambda v: np.eye(3)),
    "(-2 X)^k": (lambda: matrices.matpow(build.scale(-2, X()), k()), lambda v: np.linalg.matrix_power(-2 * v["X"], 3)),
    "(t X)^k": (lambda: matrices.matpow(build.mul(t(), X()), k()), lambda v: np.linalg.matrix_power(v["t"] * v["X"], 3)),
    "(X^T)^k": (lambda: matrices.matpow(build.transposed(X()), k()), lambda v: np.linalg.matrix_power(v["X"].T, 3)),
    "(X^k)^9": (lambda: matrices.matpow(matrices.matpow(X(), k()), build.num(9)), lambda v: np.linalg.matrix_power(v["X"], 27)),
    "sqrt(p^3)": (lambda: powers.power(build.hadamard(p(), p(), p()), build.num(half)), lambda v: v["p"] ** 1.5),
    "X^k X^-1": (lambda: chain(matrices.matpow(X(), k()), matrices.inv(X())), lambda v: np.linalg.matrix_power(v["X"], 2)),
    "sqrt(t^2)": (lambda: powers.power(powers.power(t(), build.num(2)), build.num(half)), lambda v: abs(v["t"])),
    "(t^2)^(3/2)": (lambda: powers.power(powers.power(t(), build.num(2)), build.num(Fraction(3, 2))), lambda v: abs(v["t"]) ** 3),
    "(t 1).^-2": (lambda: powers.power(build.mul(t(), build.ones(("n",))), build.num(-2)), lambda v: np.full(3, v["t"] ** -2)),
    "sqrt(t^2 1)": (lambda: powers.power(build.mul(powers.power(t(), build.num(2)), build.ones(("n",))), build.num(half)), lambda v: np.full(3, abs(v["t"]))),
    "relu(-2 1)": (lambda: elementwise.apply("relu", build.scale(Fraction("-2"), build.ones(("n",)))), lambda v: np.full(3, 0)),
    "relu(3/2)": (lambda: elementwise.apply("relu", build.num(Fraction("3/2"))), lambda v: 1.5),
    "relu(3/2 1)": (lambda: elementwise.apply("relu", build.scale(Fraction("3/2"), build.ones(("n",)))), lambda v: np.full(3, 1.5)),
    "sqrt(x.^2)": (lambda: powers.power(build.hadamard(x(), x()), build.num(half)), lambda v: np.abs(v["x"])),
    "(t s)^-1": (lambda: powers.power(build.mul(t(), s()), build.num(-1)), lambda v: 1 / (v["t"] * v["s"])),
    "(-2 t)^3": (lambda: powers.power(build.scale(-2, t()), build.num(3)), lambda v: -8 * v["t"] ** 3),
    "t^2 t^-3": (lambda: build.mul(powers.power(t(), build.num(2)), powers.power(t(), build.num(-3))), lambda v: 1 / v["t"]),
    "1^T 1": (lambda: build.ein([], (), {0: "n"}), lambda v: 3.0),
    "tr(I)": (lambda: build.ein([(build.eye("n"), (0, 0))], ()), lambda v: 3.0),
    "1^T A 1": (lambda: build.ein([(A(), (0, 1))], ()), lambda v: v["A"].sum()),
    "x^T A y": (lambda: build.ein([(x(), (0,)), (A(), (0, 1)), (y(), (1,))], ()), lambda v: v["x"] @ v["A"] @ v["y"]),
    "sum r t, 1..7": (lambda: total(1, 7, lambda r: build.mul(r, t())), lambda v: 28 * v["t"]),
    "sum r^2, 0..3": (lambda: total(0, 3, lambda r: powers.power(r, build.num(2))), lambda v: 14.0),
    "sum t, 2..k": (lambda: total(2, k(), lambda _: t()), lambda v: 2 * v["t"]),
    "sum, empty": (lambda: total(3, 2, lambda r: build.mul(r, t())), lambda v: 0.0),
    "sum X^r, 1..k": (lambda: total(1, k(), lambda r: matrices.matpow(X(), r)), lambda v: v["X"] + v["X"] @ v["X"] + np.linalg.matrix_power(v["X"], 3)),
    "1 - sigmoid": (lambda: build.sub(build.ones(("n",)), elementwise.apply("sigmoid", x())), lambda v: 1 / (1 + np.exp(v["x"]))),
    "e^x + e^-x": (lambda: build.add(elementwise.apply("exp", x()), elementwise.apply("exp", build.scale(-1, x()))), lambda v: 2 * np.cosh(v["x"])),
    "3 e^x - 3 e^-x": (lambda: build.lin([(3, elementwise.apply("exp", x())), (-3, elementwise.apply("exp", build.scale(-1, x())))], ("n",)), lambda v: 6 * np.sinh(v["x"])),
    "e^-x - e^x": (lambda: build.lin([(1, elementwise.apply("exp", build.scale(-1, x()))), (-1, elementwise.apply("exp", x()))], ("n",)), lambda v: -2 * np.sinh(v["x"])),
    "log(1 + e^x)": (lambda: elementwise.apply("log", build.add(build.ones(("n",)), elementwise.apply("exp", x()))), lambda v: np.log1p(np.exp(v["x"]))),
    "1/(1 + e^x)": (lambda: build.reciprocal(build.add(build.ones(("n",)), elementwise.apply("exp", x()))), lambda v: 1 / (1 + np.exp(v["x"]))),
    "e^x sigmoid(-x)": (lambda: build.hadamard(elementwise.apply("exp", x()), elementwise.apply("sigmoid", build.scale(-1, x()))), lambda v: 1 / (1 + np.exp(-v["x"]))),
    "e^x e^y": (lambda: build.hadamard(elementwise.apply("exp", x()), elementwise.apply("exp", y())), lambda v: np.exp(v["x"] + v["y"])),
    "sinh/cosh": (lambda: build.hadamard(elementwise.apply("sinh", x()), build.reciprocal(elementwise.apply("cosh", x()))), lambda v: np.tanh(v["x"])),
    "sin/cos": (lambda: build.hadamard(elementwise.apply("sin", x()), build.reciprocal(elementwise.apply("cos", x()))), lambda v: np.tan(v["x"])),
    "|x| sign(x)": (lambda: build.hadamard(elementwise.apply("abs", x()), elementwise.apply("sign", x())), lambda v: v["x"]),
    "x sign(x)": (lambda: build.hadamard(x(), elementwise.apply("sign", x())), lambda v: np.abs(v["x"])),
    "e^x/1^T e^x": (lambda: build.mul(build.reciprocal(build.ein([(elementwise.apply("exp", x()), (0,))], ())), elementwise.apply("exp", x())), lambda v: np.exp(v["x"]) / np.exp(v["x"]).sum()),
    "log softmax": (lambda: elementwise.apply("log", Op("softmax", (x(),), ("n",))), lambda v: v["x"] - np.log(np.exp(v["x"]).sum())),
    "log(1^T e^x)": (lambda: elementwise.apply("log", build.ein([(elementwise.apply("exp", x()), (0,))], ())), lambda v: np.log(np.exp(v["x"]).sum())),
    "log(sigmoid(x))": (lambda: elementwise.apply("log", elementwise.apply("sigmoid", x())), lambda v: -np.log1p(np.exp(-v["x"]))),
}  # fmt: skip


@pytest.mark.parametrize("name", PINS)
def test_a_constructor_keeps_the_value(name):
    make, truth = PINS[name]
    for seed in range(3):
        given = numbers(seed)
        with Graph().in_force():
            assert np.allclose(value(make(), given), truth(given), rtol=1e-8), seed


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "log"])
def test_a_function_at_a_number_of_either_sign_and_at_nought(name):
    """Parity, values at nought, and signs of sums that are written the other way round."""
    for seed in range(3):
        given = numbers(seed)
        u = given["x"] - given["y"]
        with Graph().in_force():
            for c, arg in (
                (1, build.sub(x(), y())),
                (-1, build.sub(y(), x())),
                (-1, build.scale(-1, build.sub(x(), y()))),
            ):
                want = c * u
                assert np.allclose(value(elementwise.apply(name, arg), given), FUNCTIONS[name](want)), (c, seed)
            for arg, point in (
                (build.zero(("n",)), np.zeros(3)),
                (build.scale(-2, x()), -2 * given["x"]),
                (build.scale(-1, t()), -given["t"]),
            ):
                assert np.allclose(value(elementwise.apply(name, arg), given), FUNCTIONS[name](np.asarray(point))), seed


def test_the_fingerprint_of_a_determinant_has_its_sign():
    """Rows exchanged change the sign; the inverse is that of the entries."""
    with Graph().in_force():
        M = Var("M", (2, 2))
        table = fingerprint(M)
        prime = (1 << 61) - 1
        exact = (table[0, 0] * table[1, 1] - table[0, 1] * table[1, 0]) % prime
        assert fingerprint(matrices.scalar_of_matrix("det", M))[()] == exact
        inverse = fingerprint(matrices.inv(M))
        assert inverse[0, 1] == -table[0, 1] * pow(exact, -1, prime) % prime
        assert inverse[1, 1] == table[0, 0] * pow(exact, -1, prime) % prime
        swapped = Op("det", (build.ein([(Var("R", (2, 2)), (0, 1)), (M, (1, 2))], (0, 2)),), ())
        r = fingerprint(Var("R", (2, 2)))
        assert fingerprint(swapped)[()] == exact * (r[0, 0] * r[1, 1] - r[0, 1] * r[1, 0]) % prime


def test_a_determinant_whose_first_pivot_is_nought():
    """The rows must be exchanged: det [[0, 1], [1, 0]] ∘ M is -M_01 M_10."""
    with Graph().in_force():
        M = Var("M", (2, 2))
        off = build.sub(M, build.ein([(M, (0, 0))], (0, 0)))
        table, prime = fingerprint(M), (1 << 61) - 1
        assert fingerprint(Op("det", (off,), ()))[()] == -table[0, 1] * table[1, 0] % prime


def test_mixed_derivatives_of_an_unknown_function_stand_in_their_order():
    """d²f/dx dy by x then y, and by y then x: one tensor, its axes exchanged."""
    with Graph().in_force():
        f = Op("apply", (x(), Var("z", ("m",))), (), ("f", ("x", "z"), ()))
        first = differentiate(differentiate(f, x()), Var("z", ("m",)))
        second = differentiate(differentiate(f, Var("z", ("m",))), x())
        assert first.shape == ("n", "m")
        assert isinstance(first, Op)
        assert first.attributes[2] == (0, 1)
        assert second is build.transposed(first)
        third = differentiate(first, x())
        assert third.shape == ("n", "m", "n")
        change = Var("dx", ("n",))
        assert differential(f, {x(): change}) is build.ein([(differentiate(f, x()), (0,)), (change, (0,))], ())
