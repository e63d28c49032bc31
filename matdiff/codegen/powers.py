"""Powers of every entry by products and square roots, where these do: NumPy's general powers cost ten times as much."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matdiff.codegen.arrays import Array, Arrays
    from matdiff.graph.nodes import Coefficient


def power_by_products(arrays: Arrays, a: Array, exponent: Coefficient) -> Array:
    """Every entry of `a` to a constant power."""
    if exponent < 0:
        return arrays.recip(power_by_products(arrays, a, -exponent))
    doubled = 2 * exponent
    if exponent <= 1 or exponent > 4 or doubled.denominator > 1:
        return arrays.power(a, exponent)
    whole, half = divmod(doubled.numerator, 2)
    if half:
        return arrays.mul(arrays.power(a, whole), arrays.entrywise("sqrt", (a,)))
    square = arrays.power(a, 2)
    return square if whole == 2 else arrays.mul(square, a) if whole == 3 else arrays.power(square, 2)
