"""Which products with an inverse are written as the solution of a linear system."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matdiff.codegen.arrays import Array

# so many systems with one matrix, at most one of them for a matrix, are solved one by one; beyond that the inverse is
# computed once
SYSTEMS = 2


class System(NamedTuple):
    """A product M⁻¹B, or B M⁻¹ where `after`; `turned`: M⁻ᵀ stands for M⁻¹."""

    matrix: Array
    turned: bool
    other: Array
    after: bool


def system(product: Array) -> System:
    """The linear system that a product with an inverse solves."""
    left, right = product.args
    after = _core(left).op != "inv"
    factor, other = (right, left) if after else (left, right)
    return System(_core(factor).args[0], factor.op == "transpose", other, after)


def _core(node: Array) -> Array:
    return node.args[0] if node.op == "transpose" else node


def solves(roots: list[Array]) -> frozenset[Array]:
    """The matrix products M⁻¹B, M⁻ᵀB, B M⁻¹ to be solved: those of inverses that nothing else needs, and that few
    products need.

    In a loop, a matrix that does not change is inverted once before it.
    """
    users: dict[Array, list[Array]] = {}
    seen: set[Array] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        for arg in set(node.args):
            users.setdefault(arg, []).append(node)
            stack.append(arg)
    found: set[Array] = set()
    for inverse in [node for node in seen if node.op == "inv"]:
        turned = [user for user in users.get(inverse, []) if user.op == "transpose"]
        products = [user for node in (inverse, *turned) for user in users.get(node, []) if user not in turned]
        wanted = {inverse, *turned}
        matrices = [product for product in products if product.order == 2]
        if (
            not wanted & set(roots)
            and len(products) <= SYSTEMS
            and len(matrices) <= 1
            and all(_solvable(product, wanted, inverse) for product in products)
        ):
            found.update(products)
    return frozenset(found)


def _solvable(product: Array, inverses: set[Array], inverse: Array) -> bool:
    return (
        product.op == "matmul"
        and (product.args[0] in inverses or product.order == 2)
        and product.loops <= inverse.loops
    )
