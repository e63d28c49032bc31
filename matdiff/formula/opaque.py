"""Functions of square matrices in a ring that knows none.

A polynomial with random coefficients stands for expm, logm and sqrtm, and for their derivatives, so that what holds
for every function of matrices holds for it: f(A^T) = f(A)^T, A f(A) = f(A) A, a derivative that is linear in its
direction.  Of others nothing is known but their table's laws.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.matrices import flat_of, place_of, shape
from matdiff.formula.rings import Element, NoValueError, matmul, matrix_power
from matdiff.functions import TABLE

if TYPE_CHECKING:
    from matdiff.formula.rings import Ring, Rows
    from matdiff.functions.function import Function

_ZEROS = {"lower": -1, "upper": 1}  # the sign of row - column where a value is zero
_DEGREE = 4
_CHANGE_OF = {row.frechet: row.name for row in TABLE.values() if row.frechet}
_JACOBIAN_OF = {row.jacobian: row.name for row in TABLE.values() if row.jacobian}


def opaque_square(ring: Ring, name: str, args: list[Rows]) -> Rows:
    """A function of square matrices of which nothing is known but whether it keeps transposes, f(A^T) = f(A)^T, and
    whether its value is triangular; a polynomial for the functions that have a derivative in the table, and its change.
    """
    if TABLE[name].frechet:
        return _polynomial(ring, name, args[0])
    if name in _CHANGE_OF:
        return _change(ring, _CHANGE_OF[name], *args)
    return _atoms(ring, name, args)


def _atoms(ring: Ring, name: str, args: list[Rows]) -> Rows:
    n, zeros = len(args[0]), _ZEROS.get(TABLE[name].traits.gives, 0)
    flat = [[entry for row in matrix for entry in row] for matrix in args]
    turned = [[matrix[j][i] for i in range(n) for j in range(n)] for matrix in args]
    swap = "transpose" in TABLE[name].traits.keeps and ring.earlier(turned, flat)
    told = [entry for matrix in (turned if swap else flat) for entry in matrix]
    return [
        [
            ring.zero if zeros * (i - j) > 0 else ring.opaque(name, (), told, (j, i) if swap else (i, j))
            for j in range(n)
        ]
        for i in range(n)
    ]


def opaque_jacobian(ring: Ring, name: str, matrix: Rows) -> dict[tuple[int, ...], Element]:
    """The entries of the Jacobian of a function of matrices: of the value's entry i, j by the argument's k, l.  Raises
    NoValueError where the ring has no such functions.
    """
    if name not in _JACOBIAN_OF:
        raise NoValueError(name)
    n = len(matrix)
    found: dict[tuple[int, ...], Element] = {}
    for k in range(n):
        for m in range(n):
            unit = [[ring.one if (i, j) == (k, m) else ring.zero for j in range(n)] for i in range(n)]
            change = _change(ring, _JACOBIAN_OF[name], matrix, unit)
            found.update({(i, j, k, m): change[i][j] for i in range(n) for j in range(n)})
    return found


def opaque_rows(ring: Ring, row: Function, args: list[Rows]) -> Rows:
    """A function of matrices of which nothing is known but the shape of its value, each entry an atom; vec by vec for a
    Jacobian.  Raises NoValueError for what has no such shape.
    """
    m, n = shape(args[0])
    if row.shape == "jacobian":
        entries, places = opaque_jacobian(ring, row.name, args[0]), [(i, j) for j in range(n) for i in range(m)]
        return [[entries[*value, *by] for by in places] for value in places]
    told = [entry for matrix in args for entry in flat_of(matrix)]

    def entry(*place: int) -> Element:
        return ring.opaque(row.name, (), told, place)

    if row.shape.endswith("->scalar"):
        return [[entry()]]
    if row.shape in {"rows", "columns"}:
        return [[entry(i)] for i in range(m if row.shape == "rows" else n)]
    if row.shape == "same":
        return [[entry(*place_of((i, j), (m, n))) for j in range(n)] for i in range(m)]
    raise NoValueError(row.name)


def _coefficients(ring: Ring, name: str) -> list[Element]:
    return [ring.opaque(name, "coefficient", (), (power,)) for power in range(_DEGREE + 1)]


def _weighted(ring: Ring, terms: list[tuple[Element, Rows]]) -> Rows:
    """A sum of multiples of square matrices."""
    n = range(len(terms[0][1]))
    return [[ring.reduce(sum([c * rows[i][j] for c, rows in terms], start=ring.zero)) for j in n] for i in n]


def _polynomial(ring: Ring, name: str, matrix: Rows) -> Rows:
    factors = _coefficients(ring, name)
    return _weighted(ring, [(c, matrix_power(ring, matrix, power)) for power, c in enumerate(factors)])


def _change(ring: Ring, name: str, matrix: Rows, direction: Rows) -> Rows:
    """The change of the polynomial in a direction: sum of c_r M^s E M^(r-1-s)."""
    factors = _coefficients(ring, name)
    powers = [matrix_power(ring, matrix, power) for power in range(_DEGREE)]
    return _weighted(
        ring,
        [
            (factors[r], matmul(ring, matmul(ring, powers[s], direction), powers[r - 1 - s]))
            for r in range(1, _DEGREE + 1)
            for s in range(r)
        ],
    )
