"""Matrices of a ring's elements, row by row: sums, products, and functions that take nothing but matrices."""

from __future__ import annotations

import itertools
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.formula.rings import Element, NoValueError, Ring, Rows, matmul
from matdiff.functions import names as fn

if TYPE_CHECKING:
    from collections.abc import Callable


class Eye(NamedTuple):
    """A multiple of an identity matrix whose size the text does not say."""

    factor: Element


def shape(matrix: Rows) -> tuple[int, int]:
    """Rows and columns.  Raises NoValueError where there are none: a part of what is too small at these sizes."""
    if not matrix or not matrix[0]:
        raise NoValueError("a matrix without entries at these sizes")
    return len(matrix), len(matrix[0])


def beside(cells: list[Rows]) -> Rows:
    """Matrices of one height side by side.  Raises NoValueError where the heights differ."""
    if len({len(cell) for cell in cells}) != 1:
        raise NoValueError("cells of different heights side by side")
    return [[entry for part in line for entry in part] for line in zip(*cells, strict=True)]


def units(ring: Ring, low: int, high: int, length: int | None) -> Rows:
    """The unit vectors from e_low to e_high as columns.  Raises NoValueError where their length is not known."""
    if length is None:
        raise NoValueError("unit vectors of no known length")
    return [[ring.one if k == column else ring.zero for column in range(low, high + 1)] for k in range(1, length + 1)]


def commutation(ring: Ring, m: int, n: int) -> Rows:
    """K with K vec(X) = vec(X^T) for X of m rows and n columns."""
    places = [(i, j) for i in range(m) for j in range(n)]  # vec of the transpose: its columns are X's rows
    return [[ring.one if (i, j) == (p, q) else ring.zero for q in range(n) for p in range(m)] for i, j in places]


def unvec(entries: list[Element], m: int, n: int) -> Rows:
    """The matrix of m rows and n columns with these columns."""
    return [[entries[i + j * m] for j in range(n)] for i in range(m)]


def sides_of(sizes: tuple[int, int]) -> list[int]:
    """Sizes that are not one."""
    return [size for size in sizes if size != 1]


def place_of(place: tuple[int, int], sizes: tuple[int, int]) -> tuple[int, ...]:
    """Indices of sides that are not of size one."""
    return tuple([at for at, size in zip(place, sizes, strict=True) if size != 1])


def sized(found: Rows | Eye, n: int, ring: Ring) -> Rows:
    """An identity as a matrix of this size."""
    if not isinstance(found, Eye):
        return found
    return [[found.factor if i == j else ring.zero for j in range(n)] for i in range(n)]


def each(ring: Ring, left: Rows | Eye, right: Rows | Eye, join: Callable[[Element, Element], Element]) -> Rows:
    """Two matrices entry by entry; a scalar stands for every entry."""
    if isinstance(left, Eye) and isinstance(right, Eye):
        raise NoValueError("identities of no known size")
    if isinstance(left, Eye):
        left = sized(left, len(right), ring)
    elif isinstance(right, Eye):
        right = sized(right, len(left), ring)
    assert not isinstance(right, Eye)  # noqa: S101 # for the type checker
    if shape(left) == (1, 1) != shape(right):
        return [[ring.reduce(join(left[0][0], b)) for b in row] for row in right]
    if shape(right) == (1, 1) != shape(left):
        return [[ring.reduce(join(a, right[0][0])) for a in row] for row in left]
    if shape(left) != shape(right):
        raise NoValueError("shapes that do not fit")
    return [
        [ring.reduce(join(a, b)) for a, b in zip(one, other, strict=True)]
        for one, other in zip(left, right, strict=True)
    ]


def plus(ring: Ring, left: Rows | Eye, right: Rows | Eye) -> Rows | Eye:
    """The sum of two matrices; a scalar is added to every entry."""
    if isinstance(left, Eye) and isinstance(right, Eye):
        return Eye(ring.reduce(left.factor + right.factor))
    return each(ring, left, right, lambda a, b: a + b)


def times(ring: Ring, left: Rows | Eye, right: Rows | Eye) -> Rows | Eye:
    """The matrix product; a scalar multiplies anything."""
    if isinstance(left, Eye) and isinstance(right, Eye):
        return Eye(ring.reduce(left.factor * right.factor))
    if isinstance(left, Eye):
        left, right = right, left
    assert not isinstance(left, Eye)  # noqa: S101 # for the type checker
    if isinstance(right, Eye):
        if shape(left) == (1, 1):
            return Eye(ring.reduce(left[0][0] * right.factor))
        return each(ring, left, [[right.factor]], lambda a, b: a * b)
    if (1, 1) in {shape(left), shape(right)}:
        return each(ring, left, right, lambda a, b: a * b)
    if len(left[0]) != len(right):
        raise NoValueError("shapes that do not fit")
    return matmul(ring, left, right)


def turned_rows(matrix: Rows) -> Rows:
    """The transpose."""
    return [list(column) for column in zip(*matrix, strict=True)]


def laid_out(
    entry: Callable[..., Element], spans: list[int], groups: list[tuple[list[int], bool]], layout: str
) -> Rows:
    """The entries of a derivative of an unknown function as a matrix: what is a row, and what a column."""
    if not spans:
        return [[entry()]]
    if len(spans) == 1:
        column = [[entry(i)] for i in range(spans[0])]
        of_value = bool(groups[0][0])
        row = layout == "denominator" if of_value else any(turned for group, turned in groups if group)
        return turned_rows(column) if row else column
    matrix = [[entry(i, j) for j in range(spans[1])] for i in range(spans[0])]
    filled = [(group, turned) for group, turned in groups if group]
    if len(filled) == 1:
        return turned_rows(matrix) if filled[0][1] else matrix
    first_turned = filled[0][1] or (bool(groups[0][0]) and not filled[1][1])
    return turned_rows(matrix) if first_turned else matrix


def square(matrix: Rows) -> Rows:
    if len(matrix) != len(matrix[0]):
        raise NoValueError("a square matrix is expected")
    return matrix


def total_of(ring: Ring, entries: list[Element]) -> Rows:
    return [[ring.reduce(sum(entries, start=ring.zero))]]


def flat_of(matrix: Rows) -> list[Element]:
    """The entries, row by row."""
    return [entry for row in matrix for entry in row]


def kron(ring: Ring, left: Rows, right: Rows) -> Rows:
    """The Kronecker product."""
    return [[ring.reduce(a * b) for a in one for b in other] for one in left for other in right]


def contraction(ring: Ring, einsum: str, matrices: list[Rows]) -> Rows:
    """An einsum of matrices; a number stands for all entries."""
    inputs, output = einsum.split("->")
    named = [_lettered(letters, matrix) for letters, matrix in zip(inputs.split(","), matrices, strict=True)]
    sizes: dict[str, int] = {}
    for letters, matrix in named:
        if any(sizes.setdefault(letter, side) != side for letter, side in zip(letters, shape(matrix), strict=False)):
            raise NoValueError("shapes that do not fit")
    total: dict[tuple[int, ...], Element] = {}
    for places in itertools.product(*map(range, sizes.values())):
        at = dict(zip(sizes, places, strict=True))
        entry = ring.one
        for letters, matrix in named:
            i, j = [*[at[letter] for letter in letters], 0, 0][:2]
            entry = ring.reduce(entry * matrix[i][j])
        key = tuple([at.get(letter, 0) for letter in output])
        total[key] = ring.reduce(total.get(key, ring.zero) + entry)
    rows, columns = [*[sizes.get(letter, 1) for letter in output], 1, 1][:2]
    return [[total[(i, j)[: len(output)]] for j in range(columns)] for i in range(rows)]


def _lettered(letters: str, matrix: Rows) -> tuple[str, Rows]:
    """What is indexed by letters: a vector as a column, a number by none."""
    if shape(matrix) == (1, 1):
        return "", matrix
    return letters, turned_rows(matrix) if len(letters) == 1 and len(matrix) == 1 else matrix


def triangle(ring: Ring, matrix: Rows, side: str) -> Rows:
    """The lower or the upper triangle."""
    return [
        [entry if (i >= j if side == "lower" else i <= j) else ring.zero for j, entry in enumerate(row)]
        for i, row in enumerate(matrix)
    ]


def _diag(ring: Ring, matrix: Rows) -> Rows:
    if 1 in shape(matrix):
        entries = flat_of(matrix)
        return [[entry if i == j else ring.zero for j in range(len(entries))] for i, entry in enumerate(entries)]
    return [[row[i]] for i, row in enumerate(square(matrix))]


def _mean(ring: Ring, matrix: Rows) -> Rows:
    entries = flat_of(matrix)
    return [[ring.reduce(total_of(ring, entries)[0][0] * ring.inverse(ring.number(len(entries))))]]


def _softmax(ring: Ring, matrix: Rows) -> Rows:
    """Of a vector, or along each row."""
    if len(matrix[0]) == 1:
        return turned_rows(_softmax(ring, turned_rows(matrix)))
    powers = [[ring.function(fn.EXP, entry) for entry in row] for row in matrix]
    below = [ring.inverse(ring.reduce(sum(row, start=ring.zero))) for row in powers]
    return [[ring.reduce(entry * share) for entry in row] for row, share in zip(powers, below, strict=True)]


def _logsumexp(ring: Ring, matrix: Rows) -> Rows:
    lines = turned_rows(matrix) if len(matrix[0]) == 1 else matrix
    powers = [[ring.function(fn.EXP, entry) for entry in line] for line in lines]
    return [[ring.function(fn.LOG, total_of(ring, line)[0][0])] for line in powers]


def _bars(ring: Ring, matrix: Rows) -> Rows:
    if 1 in shape(matrix):
        return [[ring.function(fn.ABSOLUTE, entry) for entry in row] for row in matrix]
    return [[ring.determinant(square(matrix))]]


OPERATIONS: dict[str, Callable[..., Rows]] = {  # by the rows' column `operation`
    "volume": lambda ring, matrix: [[ring.determinant(square(matrix))]],
    "log volume": lambda ring, matrix: [[ring.function(fn.LOG, ring.determinant(square(matrix)))]],
    "inverse matrix": lambda ring, matrix: ring.inverted(square(matrix)),
    "size or determinant": _bars,
    "diagonal": _diag,
    "columns stacked": lambda _, matrix: [[entry] for column in zip(*matrix, strict=True) for entry in column],
    "lower columns stacked": lambda _, matrix: [[row[j]] for j in range(len(matrix)) for row in matrix[j:]],
    "kronecker product": kron,
    "mean of all": _mean,
    "share of exponentials": _softmax,
    "log of the sum of exponentials": _logsumexp,
}
