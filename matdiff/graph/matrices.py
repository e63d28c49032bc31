"""Inverses, determinants, powers and other functions of matrices."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph import build, elementwise, powers
from matdiff.graph.graph import current
from matdiff.graph.kronecker import kronecker
from matdiff.graph.nodes import CONSTANT, ONE, Ein, Indices, Lin, Node, Op, Var, number
from matdiff.graph.ranks import is_deficient

if TYPE_CHECKING:
    from collections.abc import Callable

Factor = tuple[Node, Indices]
COPIES = 8  # powers of a matrix up to this one are written-out products


def constant(rows: list[list[Fraction]]) -> Node:
    """A matrix of numbers; a column, a row or one number has no index for a side of size one."""
    shape = tuple([size for size in (len(rows), len(rows[0])) if size != 1])
    if not shape:
        return build.num(rows[0][0])
    if not any(entry for row in rows for entry in row):
        return build.zero(shape)
    return Op(CONSTANT, (), shape, (tuple([tuple(row) for row in rows]),))


def inv(matrix: Node) -> Node:
    """The inverse of a square matrix: (cX)⁻¹ = X⁻¹/c, (AB)⁻¹ = B⁻¹A⁻¹ for square A and B, (X⁻¹)⁻¹ = X."""
    c, inside = build.split(matrix)
    if isinstance(inside, Ein):
        found = _inverse_of_product(inside)
        if found is not None:
            return build.scale(Fraction(1) / c, found)
        product = kronecker(inside)
        if product is not None:
            return build.scale(Fraction(1) / c, product.made(inv(product.left), inv(product.right)))
    if isinstance(inside, Op) and inside.name == fn.INVERSE:
        return build.scale(Fraction(1) / c, inside.args[0])
    if isinstance(inside, Op) and inside.name == "matpow":
        return build.scale(Fraction(1) / c, matpow(inside.args[0], build.scale(-1, inside.args[1])))
    if isinstance(inside, Var) and inside.structure == "orthogonal":
        return build.scale(Fraction(1) / c, build.transposed(inside))
    if isinstance(inside, Lin):
        current().signs.setdefault(inside, -1 if c < 0 else 1)
    return build.scale(build.exact(Fraction(1) / c), oriented_operator(fn.INVERSE, inside))


def oriented_operator(name: str, matrix: Node) -> Node:
    """An operator that commutes with the transpose, on the orientation that is kept."""
    kept, turned = build.oriented(matrix)
    made = Op(name, (kept,), kept.shape)
    return build.transposed(made) if turned else made


def _inverse_of_product(product: Ein) -> Node | None:
    """Inverse of scalars times a chain of square matrices, of a diagonal matrix, of I; None for any other einsum."""
    scalars = [node for node, indices in product.factors if not indices]
    tensors = [factor for factor in product.factors if factor[1]]
    if product.out == (0, 0) and all(indices == (0,) for _, indices in tensors):
        inverse = [(build.reciprocal(node), indices) for node, indices in product.factors]
        return build.ein(inverse, (0, 0), dict(enumerate(product.sizes)))
    if product.out == (0, 0):
        diagonal = build.ein(list(product.factors), (0,), dict(enumerate(product.sizes)))
        return build.ein([(build.reciprocal(diagonal), (0,))], (0, 0))
    size = product.shape[0]
    if any(node.shape != (size, size) for node, _ in tensors) or not _is_path(tensors, product.out):
        return None
    if not tensors or (len(tensors) == 1 and not scalars):
        return None
    factors: list[Factor] = [(build.reciprocal(node), ()) for node in scalars]
    factors.extend([(inv(node), indices[::-1]) for node, indices in tensors])
    return build.ein(factors, product.out[::-1])


def _is_path(tensors: list[Factor], out: Indices) -> bool:
    degree: dict[int, int] = {}
    for _, indices in tensors:
        for i in indices:
            degree[i] = degree.get(i, 0) + 1
    return (
        len(set(out)) == 2
        and all(count == (1 if i in out else 2) for i, count in degree.items())
        and all(len(set(indices)) == 2 for _, indices in tensors)
    )


def matpow(matrix: Node, exponent: Node) -> Node:
    """Integer power of a square matrix; the exponent may be symbolic."""
    k = number(exponent)
    if k is not None and -COPIES <= k <= COPIES:
        return _written_out(matrix if k >= 0 else inv(matrix), abs(int(k)))
    if matrix is build.eye(matrix.shape[0]):
        return matrix
    if isinstance(matrix, Op) and matrix.name in {fn.INVERSE, "matpow"}:
        inner = matrix.args[1] if matrix.name == "matpow" else build.num(-1)
        return matpow(matrix.args[0], build.mul(inner, exponent))
    scalars, rest = _scalars_apart(matrix)
    if scalars:
        return build.mul(*[powers.power(node, exponent) for node in scalars], matpow(rest, exponent))
    kept, turned = build.oriented(matrix)
    made = Op("matpow", (kept, exponent), kept.shape)
    return build.transposed(made) if turned else made


def _written_out(base: Node, k: int) -> Node:
    """A product of k equal matrices."""
    return build.ein([(base, (i, i + 1)) for i in range(k)], (0, k)) if k else build.eye(base.shape[0])


def _scalars_apart(matrix: Node) -> tuple[list[Node], Node]:
    """The scalar factors of a matrix, and the matrix without them."""
    c, inside = build.split(matrix)
    if c != 1:
        return [build.num(c)], inside
    if not isinstance(matrix, Ein):
        return [], matrix
    return [node for node, indices in matrix.factors if not indices], _without_scalars(matrix)


def scalar_of_matrix(name: str, matrix: Node) -> Node:
    """Det or logdet: the same of a matrix and its transpose; of I, of a scalar multiple, of an inverse."""
    if not matrix.order:
        return matrix if name == fn.DETERMINANT else elementwise.apply(fn.LOG, matrix)
    found = _determinant(matrix) if name == fn.DETERMINANT else _logdet(matrix)
    return Op(name, (build.oriented(matrix)[0],), ()) if found is None else found


def _determinant(matrix: Node) -> Node | None:
    """Det I = 1, det cX = cⁿ det X, det X⁻¹ = 1/det X, det Xᵏ = (det X)ᵏ, det e^X = e^tr X; 0 where the rank is
    smaller than the size.
    """
    if matrix is build.eye(matrix.shape[0]):
        return ONE
    if is_deficient(matrix):
        return build.zero(())
    factor, rest = _positive_factor(matrix)
    if factor is not ONE:
        power = powers.power(factor, build.size_node(matrix.shape[0]))
        return build.mul(power, scalar_of_matrix(fn.DETERMINANT, rest))
    if not isinstance(matrix, Op):
        return _of_kronecker(matrix, lambda part, n: powers.power(scalar_of_matrix(fn.DETERMINANT, part), n), build.mul)
    if matrix.name == fn.INVERSE:
        return build.reciprocal(scalar_of_matrix(fn.DETERMINANT, matrix.args[0]))
    if matrix.name == "matpow":
        return powers.power(scalar_of_matrix(fn.DETERMINANT, matrix.args[0]), matrix.args[1])
    return elementwise.apply(fn.EXP, _trace(matrix.args[0])) if matrix.name == fn.EXPM else None


def _logdet(matrix: Node) -> Node | None:
    """Logdet I = 0, logdet X⁻¹ = −logdet X, logdet Xᵏ = k logdet X, logdet e^X = tr X."""
    if matrix is build.eye(matrix.shape[0]):
        return build.zero(())
    if not isinstance(matrix, Op):
        return _of_kronecker(matrix, lambda part, n: build.mul(n, scalar_of_matrix(fn.LOGDET, part)), build.add)
    if matrix.name == fn.INVERSE:
        return build.scale(-1, scalar_of_matrix(fn.LOGDET, matrix.args[0]))
    if matrix.name == "matpow":
        return build.mul(matrix.args[1], scalar_of_matrix(fn.LOGDET, matrix.args[0]))
    return _trace(matrix.args[0]) if matrix.name == fn.EXPM else None


def _of_kronecker(
    matrix: Node, of_part: Callable[[Node, Node], Node], joined: Callable[[Node, Node], Node]
) -> Node | None:
    """The determinant of a Kronecker product, or its logarithm, from those of its parts, each as often as the other
    part has rows; None for any other matrix.
    """
    found = kronecker(matrix)
    if found is None:
        return None
    left, right = found.left, found.right
    return joined(of_part(left, build.size_node(right.shape[0])), of_part(right, build.size_node(left.shape[0])))


def _trace(matrix: Node) -> Node:
    return build.ein([(matrix, (0, 0))], ())


def _positive_factor(matrix: Node) -> tuple[Node, Node]:
    """The number and the constants (pi, n) that a matrix is multiplied by, and the matrix without them."""
    c, inside = build.split(matrix)
    if isinstance(inside, Lin) and c < 0:  # det(A - X) stays so: (-1)^n det(X - A) reads worse
        c, inside = -c, build.scale(-1, inside)
    constants, rest = _constants_apart(inside)
    return build.scale(c, build.mul(*constants)) if constants else build.num(c), rest


def _constants_apart(matrix: Node) -> tuple[list[Node], Node]:
    """The constant scalar factors of a product (pi, n), which are positive, and the product without them."""
    if not isinstance(matrix, Ein) or not any(indices for _, indices in matrix.factors):
        return [], matrix
    order = [matrix.factors[k] for k in matrix.written or range(len(matrix.factors))]
    constants: list[Node] = [node for node, _ in order if isinstance(node, Var) and node.role in {"number", "size"}]
    if not constants:
        return [], matrix
    rest = [factor for factor in order if factor[0] not in constants]
    return constants, build.ein(rest, matrix.out, dict(enumerate(matrix.sizes)))


FRECHET = {row.name: row.frechet for row in TABLE.values() if row.frechet}


JACOBIANS = {row.name: row.jacobian for row in TABLE.values() if row.jacobian}


def scalar_slope(name: str, matrix: Node, value: Node) -> Node:
    """f'(M) of a matrix function f as a matrix: what a direction that commutes with M is multiplied by."""
    if name == fn.EXPM:
        return value
    return inv(matrix) if name == fn.LOGM else build.scale(Fraction(1, 2), inv(value))


def frechet(name: str, matrix: Node, direction: Node) -> Node:
    """The Fréchet derivative of a matrix function in a direction; f'(M) E where E is a multiple of I or of M, be it by
    a scalar that varies.

    Higham, Functions of Matrices (2008), chapter 3.
    """
    value = oriented_operator(name, matrix)
    if build.is_zero(direction):
        return direction
    c, inside = build.split(direction)
    along = _without_scalars(inside)
    if commutes(along, _without_scalars(build.split(matrix)[1])):
        return build.ein([(direction, (0, 1)), (scalar_slope(name, matrix, value), (1, 2))], (0, 2))
    return build.scale(c, Op(FRECHET[name], (matrix, inside), value.shape))


def _without_scalars(node: Node) -> Node:
    if not isinstance(node, Ein) or all(indices for _, indices in node.factors):
        return node
    return build.ein([factor for factor in node.factors if factor[1]], node.out, dict(enumerate(node.sizes)))


_FUNCTIONS = frozenset((*FRECHET, fn.INVERSE, "matpow"))  # of a matrix, which commute with it


def commutes(node: Node, matrix: Node) -> bool:
    """Is a matrix made of functions of another one alone, and numbers?"""
    if node is matrix:
        return True
    if isinstance(node, Op) and node.name in _FUNCTIONS:
        return commutes(node.args[0], matrix)
    if isinstance(node, Lin):
        return bool(node.terms) and all(commutes(term, matrix) for _, term in node.terms)
    return isinstance(node, Ein) and node.order == 2 and _is_made_of(node, matrix)


def _is_made_of(product: Ein, matrix: Node) -> bool:
    """Is a product one of functions of a matrix alone?"""
    if isinstance(matrix, Ein) and not isinstance(turned := build.transposed(matrix), Ein):
        return commutes(build.transposed(product), turned)
    tensors = [factor for factor in product.factors if factor[1]]
    if product.out == (0, 0):
        return not tensors
    if not tensors or not _is_path(tensors, product.out):  # a matrix of ones is no path
        return False
    factors = [factor if along else build.transposed(factor) for factor, along in _steps(tensors, product.out[0])]
    lone = product in factors  # a transpose that is its own factor
    return not lone and all(commutes(factor, matrix) for factor in factors)


def path_of(matrix: Node) -> list[tuple[Node, bool]] | None:
    """The factors of a product of matrices from its rows on, each with whether it is met at its rows; None where the
    matrix is no such product.
    """
    if not isinstance(matrix, Ein) or matrix.order != 2 or len(matrix.factors) < 2:
        return None
    tensors = [factor for factor in matrix.factors if factor[1]]
    if len(tensors) < len(matrix.factors) or not _is_path(tensors, matrix.out):
        return None
    return _steps(tensors, matrix.out[0])


def _steps(tensors: list[Factor], start: int) -> list[tuple[Node, bool]]:
    """The factors of a path from one end, each with whether it is met at its rows."""
    left, at, found = list(tensors), start, []
    while left:
        factor = next(factor for factor in left if at in factor[1])
        left.remove(factor)
        along = factor[1][0] == at
        found.append((factor[0], along))
        at = factor[1][1] if along else factor[1][0]
    return found
