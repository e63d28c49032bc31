"""Inverses, determinants and powers of matrices, and what meets inside a product: X X⁻¹ = I, XᵃXᵇ = Xᵃ⁺ᵇ, QᵀQ = I, vec
undone.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from matdiff.graph import build, elementwise, powers
from matdiff.graph.nodes import ONE, Ein, Indices, Node, Op, Var, number
from matdiff.graph.symmetry import symmetric

if TYPE_CHECKING:
    from matdiff.graph.products import Product

Factor = tuple[Node, Indices]
COPIES = 8  # powers of a matrix up to this one are written-out products


def inv(matrix: Node) -> Node:
    """The inverse of a square matrix: (cX)⁻¹ = X⁻¹/c, (AB)⁻¹ = B⁻¹A⁻¹ for square A and B, (X⁻¹)⁻¹ = X."""
    c, inside = build.split(matrix)
    if isinstance(inside, Ein):
        found = _inverse_of_product(inside)
        if found is not None:
            return build.scale(Fraction(1) / c, found)
    if isinstance(inside, Op) and inside.name == "inv":
        return build.scale(Fraction(1) / c, inside.args[0])
    if isinstance(inside, Op) and inside.name == "matpow":
        return build.scale(Fraction(1) / c, matpow(inside.args[0], build.scale(-1, inside.args[1])))
    if isinstance(inside, Var) and inside.structure == "orthogonal":
        return build.scale(Fraction(1) / c, build.transposed(inside))
    return build.scale(build.exact(Fraction(1) / c), oriented_operator("inv", inside))


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
    size = product.shape[0]
    if any(node.shape != (size, size) for node, _ in tensors) or not _is_path(tensors, product.out):
        return None
    if len(tensors) == 1 and not scalars:
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
        base = matrix if k >= 0 else inv(matrix)
        k = abs(int(k))
        if k == 0:
            return build.eye(matrix.shape[0])
        return build.ein([(base, (i, i + 1)) for i in range(k)], (0, k))
    if isinstance(matrix, Op) and matrix.name == "inv":
        return matpow(matrix.args[0], build.scale(-1, exponent))
    if isinstance(matrix, Op) and matrix.name == "matpow":
        return matpow(matrix.args[0], build.mul(matrix.args[1], exponent))
    if isinstance(matrix, Ein) and not matrix.factors:
        return matrix
    scalars = [node for node, indices in matrix.factors if not indices] if isinstance(matrix, Ein) else []
    if scalars and isinstance(matrix, Ein):
        rest = build.ein([factor for factor in matrix.factors if factor[1]], matrix.out, dict(enumerate(matrix.sizes)))
        return build.mul(*[powers.power(node, exponent) for node in scalars], matpow(rest, exponent))
    c, inside = build.split(matrix)
    if c != 1:
        return build.mul(powers.power(build.num(c), exponent), matpow(inside, exponent))
    kept, turned = build.oriented(matrix)
    made = Op("matpow", (kept, exponent), kept.shape)
    return build.transposed(made) if turned else made


def scalar_of_matrix(name: str, matrix: Node) -> Node:
    """Det or logdet: the same of a matrix and its transpose; of I, of a scalar multiple, of an inverse."""
    if not matrix.order:
        return matrix if name == "det" else elementwise.apply("log", matrix)
    if isinstance(matrix, Ein) and not matrix.factors:
        return ONE if name == "det" else build.zero(())
    c, inside = build.split(matrix)
    if c != 1 and name == "det":
        return build.mul(powers.power(build.num(c), build.size_node(matrix.shape[0])), scalar_of_matrix(name, inside))
    if isinstance(matrix, Op) and matrix.name == "inv":
        inner = scalar_of_matrix(name, matrix.args[0])
        return build.reciprocal(inner) if name == "det" else build.scale(-1, inner)
    if isinstance(matrix, Op) and matrix.name == "matpow":
        inner = scalar_of_matrix(name, matrix.args[0])
        return powers.power(inner, matrix.args[1]) if name == "det" else build.mul(matrix.args[1], inner)
    if isinstance(matrix, Op) and matrix.name == "expm":
        trace = build.ein([(matrix.args[0], (0, 0))], ())
        return elementwise.apply("exp", trace) if name == "det" else trace
    return Op(name, (build.oriented(matrix)[0],), ())


FRECHET = {"expm": "dexpm", "logm": "dlogm", "sqrtm": "dsqrtm"}


JACOBIANS = {"expm": "jexpm", "logm": "jlogm", "sqrtm": "jsqrtm"}


def scalar_slope(name: str, matrix: Node, value: Node) -> Node:
    """f'(M) of a matrix function f as a matrix: what a direction that commutes with M is multiplied by."""
    if name == "expm":
        return value
    return inv(matrix) if name == "logm" else build.scale(Fraction(1, 2), inv(value))


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
    if along is build.eye(matrix.shape[0]) or along is _without_scalars(build.split(matrix)[1]):
        return build.ein([(direction, (0, 1)), (scalar_slope(name, matrix, value), (1, 2))], (0, 2))
    return build.scale(c, Op(FRECHET[name], (matrix, inside), value.shape))


def _without_scalars(node: Node) -> Node:
    if not isinstance(node, Ein) or all(indices for _, indices in node.factors):
        return node
    return build.ein([factor for factor in node.factors if factor[1]], node.out, dict(enumerate(node.sizes)))


def contract(product: Product, factors: list[Factor], out: Indices) -> bool:
    """One simplification of two factors that meet; True if `factors` or the indices of `product` changed."""
    if not any(_can_meet(node) for node, _ in factors):
        return False
    degree: dict[int, list[int]] = {}
    for k, (_, indices) in enumerate(factors):
        for i in indices:
            degree.setdefault(i, []).append(k)
    for i, (first, *rest) in degree.items():
        if len(rest) == 1 and rest[0] != first and i not in out and _meet(product, factors, first, rest[0], i):
            return True
    return _fuse_twins(product, factors, degree, out)


def _can_meet(node: Node) -> bool:
    return (isinstance(node, Op) and node.name in {"inv", "matpow", "fuse"}) or (
        isinstance(node, Var) and node.structure == "orthogonal"
    )


def _meet(product: Product, factors: list[Factor], first: int, second: int, i: int) -> bool:
    (m, a), (n, b) = factors[first], factors[second]
    if isinstance(m, Op) and m.name == "fuse" and isinstance(n, Op) and n.name == "fuse":
        if a[0] == i == b[0] and m.attributes == n.attributes:
            product.consume(i)
            product.unite(a[1], b[1])
            product.unite(a[2], b[2])
            _drop(factors, first, second)
            return True
        return False
    if len(a) != 2 or len(b) != 2 or a[0] == a[1] or b[0] == b[1]:
        return False
    left, right = (a[1] if a[0] == i else a[0]), (b[1] if b[0] == i else b[0])
    if isinstance(m, Var) and m is n and m.structure == "orthogonal" and a.index(i) == b.index(i):
        product.consume(i)
        product.unite(left, right)
        _drop(factors, first, second)
        return True
    return _meet_powers(product, factors, (first, second), (a.index(i) != b.index(i), a.index(i) == 1, left, right), i)


def _meet_powers(
    product: Product, factors: list[Factor], pair: tuple[int, int], how: tuple[bool, bool, int, int], i: int
) -> bool:
    """Xᵃ Xᵇ = Xᵃ⁺ᵇ where at least one is an inverse or a symbolic power."""
    first, second = pair
    along, forwards, left, right = how
    (base, p), (other, q) = _as_power(factors[first][0]), _as_power(factors[second][0])
    if base is not other or not (along or symmetric(base)):
        return False
    if p is ONE and q is ONE:
        return False
    if (
        number(p) is not None
        and number(q) is not None
        and (number(p) or 0) * (number(q) or 0) > 0
        and not _long(factors[first][0], factors[second][0])
    ):
        return False
    exponent = build.add(p, q)
    ends = (left, right) if forwards else (right, left)
    _drop(factors, first, second)
    product.consume(i)
    if build.is_zero(exponent):
        product.unite(left, right)
        return True
    made = matpow(base, exponent)
    c, node = build.split(made)
    product.coefficient *= c
    if isinstance(node, Ein):
        before = len(product.factors)
        product.multiply(node, ends)
        factors.extend(product.factors[before:])
        del product.factors[before:]
    else:
        factors.append((node, ends))
    return True


def _long(*nodes: Node) -> bool:
    return any(isinstance(node, Op) and node.name == "matpow" for node in nodes)


def _as_power(node: Node) -> tuple[Node, Node]:
    if isinstance(node, Op) and node.name == "inv":
        return node.args[0], build.num(-1)
    if isinstance(node, Op) and node.name == "matpow":
        return node.args[0], node.args[1]
    return node, ONE


def _drop(factors: list[Factor], first: int, second: int) -> None:
    for k in sorted((first, second), reverse=True):
        del factors[k]


def _fuse_twins(product: Product, factors: list[Factor], degree: dict[int, list[int]], out: Indices) -> bool:
    """Two fuses of the same parts, or of the same pair, are one: vec after unvec, diag(vec(A)) vec(B)."""
    fuses = [k for k, (node, _) in enumerate(factors) if isinstance(node, Op) and node.name == "fuse"]
    for x, first in enumerate(fuses):
        for second in fuses[x + 1 :]:
            (m, a), (n, b) = factors[first], factors[second]
            if m.attributes == n.attributes and (a[0] == b[0] or a[1:] == b[1:]):  # type: ignore[attr-defined] # both are Ops
                return _fused_once(product, factors, degree, out, (first, second))
    return False


def _fused_once(
    product: Product, factors: list[Factor], degree: dict[int, list[int]], out: Indices, pair: tuple[int, int]
) -> bool:
    """One of two fuses that say the same; neither, where nothing else meets the parts."""
    first, second = pair
    a, b = factors[first][1], factors[second][1]
    if a[1] != a[2] and a[1:] == b[1:] and all(i not in out and len(degree[i]) == 2 for i in a[1:]):
        product.consume(a[1])
        product.consume(a[2])
        _drop(factors, first, second)
    else:
        del factors[second]
    for i, j in zip(a, b, strict=True):
        product.unite(i, j)
    return True
