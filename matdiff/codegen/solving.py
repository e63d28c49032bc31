"""Which products with an inverse are written as the solution of a linear system."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matdiff.codegen.arrays import Array

SYSTEMS = 2  # as many systems with one matrix are solved one by one; beyond that its inverse is computed once


def system(product: Array) -> tuple[Array, bool, Array]:
    """The system that M⁻¹B or M⁻ᵀB solves: M, whether it is transposed, B."""
    left, right = product.args
    turned = left.op == "transpose"
    inverse = left.args[0] if turned else left
    return inverse.args[0], turned, right


def solves(roots: list[Array]) -> frozenset[Array]:
    """The matrix products M⁻¹B (also M⁻ᵀB) to be solved: those of inverses that nothing else needs, and that few products need.

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
        if not wanted & set(roots) and len(products) <= SYSTEMS and all(_solvable(product, wanted, inverse) for product in products):
            found.update(products)
    return frozenset(found)


def _solvable(product: Array, inverses: set[Array], inverse: Array) -> bool:
    return product.op == "matmul" and product.args[0] in inverses and product.loops <= inverse.loops
