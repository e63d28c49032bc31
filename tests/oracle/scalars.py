"""Productions of scalars."""

# ruff: noqa: ARG001 # all productions of a kind have one signature

from __future__ import annotations

from oracle import duals, families, mathematics
from oracle import expressions as ex

NUMBERS = (("2", 2), ("3", 3), ("1/2", 0.5), ("0.5", 0.5), ("1", 1), ("4", 4), ("3/4", 0.75))
ANYWHERE = ("sin", "cos", "tanh", "sigmoid", "softplus", "exp")
MORE_ANYWHERE = (*ANYWHERE, "atan", "sinh", "cosh", "erf", "relu", "abs")


def number(w):
    return ex.number(*w.pick(NUMBERS))


def variable(w, depth):
    return w.variable(ex.SCALAR)


def inner(w, depth):
    n = w.size()
    return ex.multiply(ex.transpose(w.vector(n, depth), w.pick(("^T", "'"))), w.vector(n, depth))


def trace(w, depth):
    return ex.call("tr", duals.trace, w.square(w.size(), depth), ex.SCALAR)


def trace_of_product(w, depth):
    m, n = w.size(), w.size()
    a, b = w.matrix(m, n, depth), w.matrix(m, n, depth)
    return ex.call("tr", duals.trace, ex.multiply(ex.transpose(a), b), ex.SCALAR)


def norm_squared(w, depth):
    if w.chance(2):
        return ex.scalar_power(ex.norm(w.matrix(w.size(), w.size(), depth), "_F", mathematics.frobenius), "2", 2)
    return ex.scalar_power(ex.norm(w.vector(w.size(), depth), w.pick(("", "_2")), mathematics.frobenius), "2", 2)


def norm(w, depth):
    return norm_squared_base(w, depth)


def norm_squared_base(w, depth):
    if w.chance(2):
        return ex.norm(w.matrix(w.size(), w.size(), depth), "_F", mathematics.frobenius)
    return ex.norm(w.vector(w.size(), depth), w.pick(("", "_2")), mathematics.frobenius)


def total(w, depth):
    a = w.vector(w.size(), depth) if w.chance(2) else w.matrix(w.size(), w.size(), depth)
    return ex.call("sum", duals.entries_sum, a, ex.SCALAR)


def bilinear(w, depth):
    m, n = w.size(), w.size()
    left = ex.multiply(ex.transpose(w.vector(m, depth)), w.matrix(m, n, depth))
    return ex.multiply(left, w.vector(n, depth))


def quadratic(w, depth):
    n = w.size()
    x = w.variable((n, 1))
    return ex.multiply(ex.multiply(ex.transpose(x), w.square(n, depth)), x)


def sum_of(w, depth):
    return ex.add(w.scalar(depth), w.scalar(depth))


def difference(w, depth):
    return ex.subtract(w.scalar(depth), w.scalar(depth))


def product(w, depth):
    return ex.multiply(w.scalar(depth), w.scalar(depth))


def multiple(w, depth):
    return ex.multiply(number(w), w.scalar(depth))


def quotient(w, depth):
    return ex.divide(w.scalar(depth), w.positive(depth))


def negative(w, depth):
    return ex.negate(w.scalar(depth))


def power(w, depth):
    k = w.pick((2, 3))
    return ex.scalar_power(w.scalar(depth), str(k), k)


def real_power(w, depth):
    text, value = w.pick((("-1", -1), ("(1/2)", 0.5), ("(-2)", -2), ("{3/2}", 1.5), ("{-1/2}", -0.5)))
    return ex.scalar_power(w.positive(depth), text, value)


def function(w, depth):
    return ex.elementwise(w.pick(ANYWHERE), w.scalar(depth))


def function_of_positive(w, depth):
    return ex.elementwise(w.pick(("log", "sqrt")), w.positive(depth))


def determinant(w, depth):
    return ex.call("det", duals.determinant, w.invertible(w.size(), depth), ex.SCALAR)


def log_determinant(w, depth):
    a = w.spd(w.size(), depth)
    if w.chance(2):
        return ex.call("logdet", mathematics.logdet, a, ex.SCALAR)
    return ex.elementwise("log", ex.call("det", duals.determinant, a, ex.SCALAR))


LEAVES = (variable, lambda w, _: number(w), lambda w, _: inner(w, 0), lambda w, _: trace(w, 0))

CORE = (
    inner, trace, trace_of_product, norm_squared, norm, total, bilinear, quadratic, sum_of, difference, product, multiple, quotient, negative, power,
    real_power, function, function_of_positive, determinant, log_determinant, trace, bilinear,
)  # fmt: skip


def exponential(w, depth):
    return ex.elementwise("exp", w.scalar(depth - 1))


def one_plus_square(w, depth):
    return ex.add(ex.scalar_power(w.scalar(depth - 1), "2", 2), ex.number("1", 1))


def one_plus_norm(w, depth):
    return ex.add(
        ex.scalar_power(ex.norm(w.vector(w.size(), depth - 1), "", mathematics.frobenius), "2", 2), ex.number("1", 1)
    )


def positive_function(w, depth):
    return ex.elementwise(w.pick(("sigmoid", "softplus", "cosh")), w.scalar(depth - 1))


POSITIVE = (exponential, one_plus_square, one_plus_norm, positive_function)


def mean(w, depth):
    def average(value):
        rows, columns = duals.plain(value).shape[-2:]
        return duals.scale(1 / (rows * columns), duals.entries_sum(value))

    return ex.call("mean", average, w.vector(w.size(), depth), ex.SCALAR)


def other_norm(w, depth):
    subscript, operation = w.pick((
        ("_1", lambda v: duals.entries_sum(mathematics.ELEMENTWISE["abs"](v))), ("_inf", mathematics.largest_entry), ("_3", lambda v: mathematics.p_norm(v, 3)),
    ))  # fmt: skip
    return ex.norm(w.vector(w.size(), depth), subscript, operation)


def singular_norm(w, depth):
    subscript, operation = w.pick((("_*", mathematics.nuclear_norm), ("_2", mathematics.spectral_norm)))
    return ex.norm(w.matrix(w.size(), w.size(), depth - 1), subscript, operation)


def more_functions(w, depth):
    return ex.elementwise(w.pick(MORE_ANYWHERE), w.scalar(depth))


def log_sum_exp(w, depth):
    return ex.call("logsumexp", mathematics.logsumexp, w.vector(w.size(), depth), ex.SCALAR)


def dot(w, depth):
    n = w.size()
    a, b = w.vector(n, depth), w.vector(n, depth)
    return ex.binary(
        f"dot({a.text}, {b.text})", ex.ATOM, ex.SCALAR, lambda x, y: duals.entries_sum(duals.multiply(x, y)), a, b
    )


def largest_eigenvalue(w, depth):
    return ex.call("lambda_max", mathematics.lambda_max, w.spd(w.size(), 0), ex.SCALAR)


def trace_of_function(w, depth):
    name, operation = w.pick((("expm", mathematics.expm), ("sqrtm", mathematics.sqrtm), ("logm", mathematics.logm)))
    a = w.spd(w.size(), 0) if name != "expm" else ex.multiply(ex.number("1/2", 0.5), w.square(w.size(), 0))
    return ex.call("tr", duals.trace, ex.call(name, operation, a), ex.SCALAR)


def kronecker_form(w, depth):
    m, n = w.size(), w.size()
    a, b, c, d = (w.vector(size, 0) for size in (m, n, m, n))

    def kron(x, y):
        shape = (("times", x.shape[0], y.shape[0]), 1)
        return ex.binary(f"kron({x.text}, {y.text})", ex.ATOM, shape, duals.kronecker, x, y)

    return ex.multiply(ex.transpose(kron(a, b)), kron(c, d))


def vec_form(w, depth):
    m, n = w.size(), w.size()
    a, b = (ex.call("vec", duals.stack_columns, w.matrix(m, n, depth), (("times", m, n), 1)) for _ in range(2))
    return ex.multiply(ex.transpose(a), b)


def symbolic_trace(w, depth):
    return ex.call("tr", duals.trace, ex.symbolic_power(w.variable((n := w.size(), n)), families.integer(w)), ex.SCALAR)


def family_sum(w, depth):
    return families.scalar_sum(w, depth)


def unknown(w, depth):
    return families.unknown(w, ex.SCALAR, depth)


def entry(w, depth):
    x = w.declared.new((w.size(), 1)) if not w.favoured else w.pick(w.favoured)
    if w.declared.kind(x) != "vector" or "_" in x:
        return inner(w, depth)
    return ex.unary(f"{x}_2", ex.ATOM, ex.SCALAR, lambda value: duals.entry(value, 1, 0), w.expression(x))


MORE = (
    mean, other_norm, singular_norm, more_functions, log_sum_exp, dot, largest_eigenvalue, trace_of_function, kronecker_form, vec_form, symbolic_trace,
    family_sum, family_sum, unknown, unknown, entry,
)  # fmt: skip
