"""Functions modulo a prime: a few opaque atoms, and the other functions said by them, so that sech² + tanh² is 1.

Each atom is a random value, the same for the same argument, and obeys the laws that its name lists: exp(-z) = 1/exp(z),
log(1/z) = -log(z),
tan(-z/2) = -tan(z/2), sign(-z) = -sign(z), and a root's powers.  What follows from these laws is an identity; what does
not may still be one.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.rings import NoValueError
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph.nodes import text_digest

if TYPE_CHECKING:
    from collections.abc import Callable
    from matdiff.lean.fractions import Fraction

PRIME = (1 << 61) - 1
Table = dict[tuple[int, ...], int]


class OpaqueError(NoValueError):
    """There is no value modulo a prime: a sum with symbolic bounds, or a division by zero."""


def random(*key: int | str) -> int:
    """A number below PRIME that depends on `key` alone, the same in every process."""
    return hash((7, *[text_digest(k) if isinstance(k, str) else k for k in key])) * 0x9E3779B97F4A7C15 % PRIME


def inverse(value: int) -> int:
    """1/value.  Raises OpaqueError for 0."""
    if value % PRIME == 0:
        raise OpaqueError
    return pow(value, -1, PRIME)


def power(base: int, exponent: int | Fraction) -> int:
    """base^exponent; the fraction of the exponent is a power of an opaque root."""
    whole = exponent.numerator // exponent.denominator
    result = pow(base, whole, PRIME) if whole >= 0 else inverse(pow(base, -whole, PRIME))
    if exponent.denominator != 1:
        result = (
            result
            * pow(random(f"root {exponent.denominator}", base), exponent.numerator % exponent.denominator, PRIME)
            % PRIME
        )
    return result


def exponential(value: int) -> int:
    """exp: an atom with exp(-z) exp(z) = 1 and exp(0) = 1."""
    if value == 0:
        return 1
    return random(fn.EXP, value) if value < PRIME - value else inverse(random(fn.EXP, PRIME - value))


def logarithm(value: int) -> int:
    """log: an atom with log(1/z) = -log(z) and log(1) = 0."""
    if value in {0, 1}:
        return 0 if value else random("log of 0")
    other = inverse(value)
    return random(fn.LOG, value) if value < other else -random(fn.LOG, other) % PRIME


def _odd(name: str, value: int) -> int:
    """An atom of an odd function."""
    if value == 0:
        return 0
    return random(name, value) if value < PRIME - value else -random(name, PRIME - value) % PRIME


def _half_tangent(value: int) -> tuple[int, int]:
    """The sine and cosine, by the tangent of half the angle."""
    t = _odd("tan half", value)
    below = inverse(1 + t * t)
    return 2 * t * below % PRIME, (1 - t * t) * below % PRIME


def _hyperbolic(value: int) -> tuple[int, int]:
    """The hyperbolic sine and cosine."""
    up, down = exponential(value), exponential(-value % PRIME)
    half = inverse(2)
    return (up - down) * half % PRIME, (up + down) * half % PRIME


def _sigmoid(value: int) -> int:
    return inverse(1 + exponential(-value % PRIME))


_FUNCTIONS: dict[str, Callable[[int], int]] = {
    fn.EXP: exponential,
    fn.LOG: logarithm,
    fn.SIN: lambda value: _half_tangent(value)[0],
    fn.COS: lambda value: _half_tangent(value)[1],
    fn.TAN: lambda value: _half_tangent(value)[0] * inverse(_half_tangent(value)[1]) % PRIME,
    fn.SINH: lambda value: _hyperbolic(value)[0],
    fn.COSH: lambda value: _hyperbolic(value)[1],
    fn.TANH: lambda value: _hyperbolic(value)[0] * inverse(_hyperbolic(value)[1]) % PRIME,
    fn.SIGMOID: _sigmoid,
    fn.SOFTPLUS: lambda value: logarithm((1 + exponential(value)) % PRIME),
    fn.ABSOLUTE: lambda value: value * _odd(fn.SIGN, value) % PRIME,
    fn.RELU: lambda value: value * random(fn.STEP, value) % PRIME,
}


def function(name: str, value: int) -> int:
    """The value of an elementwise function."""
    known, value = _FUNCTIONS.get(name), value % PRIME
    if known:
        return known(value)
    traits = TABLE[name].traits
    if traits.parity == "odd":
        return _odd(name, value)
    if value == 0 and traits.at_zero.isdigit():
        return int(traits.at_zero)
    return random(name, min(value, PRIME - value) if traits.parity == "even" else value)


def _softmax(args: list[Table]) -> Table:
    powers = {place: exponential(value) for place, value in args[0].items()}
    total = inverse(sum(powers.values()))
    return {place: value * total % PRIME for place, value in powers.items()}


def _logsumexp(args: list[Table]) -> Table:
    return {(): logarithm(sum(map(exponential, args[0].values())) % PRIME)}


def solved(rows: list[list[int]]) -> list[int]:
    """The solution of a square linear system, each row with its right side at the end.  Raises OpaqueError where there
    is no only one.
    """
    n = len(rows)
    for k in range(n):
        pivot = next((i for i in range(k, n) if rows[i][k] % PRIME), None)
        if pivot is None:
            raise OpaqueError
        rows[k], rows[pivot] = rows[pivot], rows[k]
        scale = pow(rows[k][k], -1, PRIME)
        rows[k] = [value * scale % PRIME for value in rows[k]]
        for i in range(n):
            if i != k and rows[i][k]:
                times = rows[i][k]
                rows[i] = [(a - times * b) % PRIME for a, b in zip(rows[i], rows[k], strict=True)]
    return [row[n] for row in rows]


def _matrix_equation(goal: Table, coefficient: Callable[[tuple[int, ...], tuple[int, ...]], int]) -> Table:
    """The X for which a linear map, told by its entries, is the goal."""
    places = sorted(goal)
    return dict(zip(places, solved([[*[coefficient(p, q) for q in places], goal[p]] for p in places]), strict=True))


def _sylvester(args: list[Table]) -> Table:
    a, b, goal = args
    return _matrix_equation(goal, lambda p, q: a[p[0], q[0]] * (p[1] == q[1]) + b[q[1], p[1]] * (p[0] == q[0]))


def _lyapunov(args: list[Table]) -> Table:
    a, goal = args
    return _matrix_equation(goal, lambda p, q: a[p[0], q[0]] * (p[1] == q[1]) + a[p[1], q[1]] * (p[0] == q[0]))


def _stein(args: list[Table]) -> Table:
    a, b, goal = args
    return _matrix_equation(goal, lambda p, q: int(p == q) - a[p[0], q[0]] * b[q[1], p[1]])


OPERATORS: dict[str, Callable[[list[Table]], Table]] = {
    fn.SOFTMAX: _softmax,
    fn.LOGSUMEXP: _logsumexp,
    fn.SYLVESTER: _sylvester,
    fn.LYAPUNOV: _lyapunov,
    fn.STEIN: _stein,
}
