"""Rings in which formulas and graphs are evaluated: what a number, a function and an unknown operator are there.

Elements are added and multiplied by Python's own operators, and then reduced; everything else is asked of the ring.
"""

from __future__ import annotations

import math
from matdiff.lean.types import MappingProxyType
from matdiff.lean.typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from matdiff.lean.fractions import Fraction

Element = Any  # what a ring computes with: an int modulo a prime, a float, an expression of SymPy
Rows = list[list[Element]]
_LARGE = 8  # sides beyond which zeros are left out of products
_ROUNDING = 1e-12  # what is left of a pivot that is zero, of entries about one


class NoValueError(Exception):
    """There is no such value in this ring: a division by zero, a function that it does not know."""


class Ring:
    """What every ring has; `reduce` makes an element of a sum or a product of elements."""

    zero: Element = 0
    one: Element = 1
    longest_sum = 20
    operators: Mapping[str, Callable[[list[Any]], Any]] = MappingProxyType({})  # what the ring knows of its own
    full_rank = False  # whether a pseudo-inverse may be taken for that of a matrix of full rank, which random ones have

    def number(self, value: int | Fraction) -> Element:
        """A rational number."""
        raise NotImplementedError

    def reduce(self, value: Element) -> Element:
        return value

    def inverse(self, value: Element) -> Element:
        """1/value.  Raises NoValueError for zero."""
        raise NotImplementedError

    def power(self, base: Element, exponent: int | Fraction) -> Element:
        """A rational power."""
        raise NotImplementedError

    def any_power(self, base: Element, exponent: Element) -> Element:
        """A power whose exponent is an element."""
        raise NotImplementedError

    def function(self, name: str, value: Element) -> Element:
        """An elementwise function of the table."""
        raise NotImplementedError

    def opaque(  # what a ring without such atoms does
        self,
        name: str,
        told: object,  # noqa: ARG002 # as above
        args: Sequence[Element],  # noqa: ARG002 # as above
        place: tuple[int, ...],  # noqa: ARG002 # as above
    ) -> Element:
        """An entry of an operator of which nothing is known but that it is the same for the same arguments."""
        raise NoValueError(name)

    def determinant(self, rows: Rows) -> Element:
        """The determinant of a square matrix.  Raises NoValueError where it is zero."""
        return eliminated(self, rows)[0]

    def inverted(self, rows: Rows) -> Rows:
        """The inverse of a square matrix.  Raises NoValueError where it has none."""
        return eliminated(self, rows)[1]

    def earlier(self, left: list[Element], right: list[Element]) -> bool:
        """An order of lists of elements, whichever."""
        return left < right

    def is_zero(self, value: Element) -> bool:
        return bool(value == 0)

    def pivot(self, column: Sequence[Element]) -> int | None:
        """The place of an element to divide by; None where all are zero."""
        return next((place for place, value in enumerate(column) if not self.is_zero(value)), None)


class Floats(Ring):
    """Python's floats."""

    zero = 0.0
    one = 1.0
    full_rank = True

    def __init__(self, functions: dict[str, Callable[[float], float]]) -> None:
        self.functions = functions

    def number(self, value: int | Fraction) -> float:
        try:
            return float(value)
        except OverflowError as error:
            raise NoValueError("a number out of range") from error

    def inverse(self, value: float) -> float:
        if value == 0:
            raise NoValueError("1/0")
        return 1 / value

    def power(self, base: float, exponent: int | Fraction) -> float:
        return self.any_power(base, int(exponent) if exponent.denominator == 1 else float(exponent))

    def any_power(self, base: float, exponent: float) -> float:
        try:
            value = base**exponent
        except (OverflowError, ZeroDivisionError) as error:
            raise NoValueError(str(error)) from None
        if isinstance(value, complex):
            raise NoValueError("a root of a negative number")
        return float(value)

    def function(self, name: str, value: float) -> float:
        known = self.functions.get(name)
        if known is None:
            raise NoValueError(name)
        try:
            return known(value)
        except (ValueError, OverflowError, ZeroDivisionError) as error:
            raise NoValueError(f"{name}: {error}") from None

    def is_zero(self, value: float) -> bool:
        return value == 0 or not math.isfinite(value)

    def pivot(self, column: Sequence[float]) -> int | None:
        place = max(range(len(column)), key=lambda k: abs(column[k]))
        return None if self.is_zero(column[place]) or abs(column[place]) < _ROUNDING else place


def eliminated(ring: Ring, rows: Rows) -> tuple[Element, Rows]:
    """The determinant of a square matrix, and its inverse, by Gauss and Jordan.  Raises NoValueError where it has
    none.
    """
    n = len(rows)
    wide = [[*row, *[ring.one if i == j else ring.zero for j in range(n)]] for i, row in enumerate(rows)]
    determinant = ring.one
    for k in range(n):
        found = ring.pivot([wide[i][k] for i in range(k, n)])
        if found is None:
            raise NoValueError("a singular matrix")
        if found:
            wide[k], wide[k + found] = wide[k + found], wide[k]
            determinant = -determinant
        determinant = ring.reduce(determinant * wide[k][k])
        scale = ring.inverse(wide[k][k])
        wide[k] = [ring.reduce(value * scale) for value in wide[k]]
        for i in range(n):
            times = wide[i][k]
            if i != k and not ring.is_zero(times):
                wide[i] = [ring.reduce(a - times * b) for a, b in zip(wide[i], wide[k], strict=True)]
    return determinant, [row[n:] for row in wide]


def matmul(ring: Ring, left: Rows, right: Rows) -> Rows:
    """The product of two matrices."""
    if len(right) > _LARGE:
        return _sparse_product(ring, left, right)
    columns = list(zip(*right, strict=True))
    return [
        [ring.reduce(sum([a * b for a, b in zip(row, column, strict=True)], start=ring.zero)) for column in columns]
        for row in left
    ]


def _sparse_product(ring: Ring, left: Rows, right: Rows) -> Rows:
    """The product of large matrices, of which Kronecker products and commutation matrices are nearly all zeros."""
    known = [[(j, b) for j, b in enumerate(row) if b != 0] for row in right]
    found = []
    for row in left:
        total = [ring.zero] * len(right[0])
        for a, line in zip(row, known, strict=True):
            if line and a != 0:
                for j, b in line:
                    total[j] = ring.reduce(total[j] + a * b)
        found.append(total)
    return found


def matrix_power(ring: Ring, rows: Rows, exponent: int) -> Rows:
    """A whole power of a square matrix."""
    base = rows if exponent >= 0 else ring.inverted(rows)
    n = len(rows)
    result = [[ring.one if i == j else ring.zero for j in range(n)] for i in range(n)]
    left = abs(exponent)
    while left:
        if left % 2:
            result = matmul(ring, result, base)
        left //= 2
        base = matmul(ring, base, base) if left else base
    return result


def between(ring: Ring, low: int, high: int) -> range:
    """The numbers that the index of a sum takes.  Raises NoValueError where they are too many to be tried."""
    if high - low >= ring.longest_sum:
        raise NoValueError("a long sum")
    return range(low, high + 1)


def opaque_derivative(
    ring: Ring,
    told: tuple[str, tuple[str, ...], tuple[int, ...]],
    args: list[Element],
    place: tuple[int, ...],
    orders: list[int],
) -> Element:
    """An entry of an unknown function or of one of its derivatives: `told` says its name, its arguments' names and
    which it is differentiated by, `place` the entry of the value and those of these arguments, of `orders` indices.
    The order of two derivatives by one argument does not matter.
    """
    name, names, by = told
    start = len(place) - sum([orders[position] for position in by])
    groups: dict[int, list[tuple[int, ...]]] = {}
    value = place[:start]
    for position in by:
        groups.setdefault(position, []).append(place[start : start + orders[position]])
        start += orders[position]
    entries = [number for position in sorted(groups) for group in sorted(groups[position]) for number in group]
    return ring.opaque(name, (names, by), args, (*value, *entries))


def pseudo_inverse(ring: Ring, matrix: Rows) -> Rows:
    """The Moore-Penrose inverse of a matrix of full rank: (XᵀX)⁻¹Xᵀ or Xᵀ(XXᵀ)⁻¹.  Raises NoValueError for others."""
    turned = [list(column) for column in zip(*matrix, strict=True)]
    if len(matrix) >= len(turned):
        return matmul(ring, eliminated(ring, matmul(ring, turned, matrix))[1], turned)
    return matmul(ring, turned, eliminated(ring, matmul(ring, matrix, turned))[1])
