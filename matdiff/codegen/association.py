"""Sums of products of thin matrices, multiplied from inside where that costs less: (U V^T + V U^T) B is
U (V^T B) + V (U^T B), and no matrix is formed for it.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING
from math import exp, log

from matdiff.codegen.costs import total, volume
from matdiff.codegen.distribution import FAR, GAIN
from matdiff.codegen.program import in_order, rebuilt

if TYPE_CHECKING:
    from matdiff.codegen.arrays import Array, Arrays
    from matdiff.codegen.costs import Sizes

MOST_TERMS = 4


def associated(arrays: Arrays, roots: list[Array], known: Sizes) -> list[Array]:
    """The program with such sums multiplied out in the products that use them, where nothing else does."""
    users: dict[Array, list[Array]] = {root: [] for root in roots}
    order = in_order(roots)
    for node in order:
        for arg in dict.fromkeys(node.args):
            users.setdefault(arg, []).append(node)
    sums = {node for node in order if node not in roots and _is_sum(node) and _pays(node, users, known)}
    if not sums:
        return roots
    return rebuilt(arrays, roots, lambda node, old: _multiplied(arrays, node, old, sums))


def _is_sum(node: Array) -> bool:
    """Is a matrix a sum of products of matrices?"""
    products = node.op == "lin" and node.order == 2 and len(node.args) <= MOST_TERMS
    return products and all(_core(arg).op == "matmul" and arg.shape == node.shape for arg in node.args)


def _core(node: Array) -> Array:
    return node.args[0] if node.op == "transpose" else node


def _pays(node: Array, users: dict[Array, list[Array]], known: Sizes) -> bool:
    """Is it cheaper, for most sizes, not to form a sum that products alone use?"""
    cores = list(dict.fromkeys(map(_core, node.args)))
    outside = [user for core in cores for user in users[core] if user is not node and user.op != "transpose"]
    products = [(user, node) for user in users[node] if user.op != "transpose"]
    for turned in users[node]:
        products += [(user, turned) for user in users[turned] if turned.op == "transpose"]
    if outside or not products or any(user.op != "matmul" for user, _ in products):
        return False
    if any(_core(other) is node for other in _others(products)):
        return False
    inner = [_core(arg).args[0].shape[1] for arg in node.args]
    rest = [user.shape[1:] if user.args[0] is part else user.shape[:-1] for user, part in products]
    formed = total(
        [
            *[volume((*core.shape, core.args[0].shape[1])) for core in cores],
            *[volume((*node.shape, *sizes)) for sizes in rest],
        ]
    )
    pushed = total([volume((size, k, *sizes)) for sizes in rest for k in inner for size in node.shape])
    regimes = known.regimes([*node.shape, *inner, *[size for sizes in rest for size in sizes]])
    ratios = [regime.cost(pushed) / max(regime.cost(formed), 1.0) for regime in regimes]
    return exp(sum(map(log, ratios)) / len(ratios)) < GAIN and max(ratios) < FAR


def _others(products: list[tuple[Array, Array]]) -> list[Array]:
    """The factors beside the sum."""
    return [user.args[1] if user.args[0] is part else user.args[0] for user, part in products]


def _multiplied(arrays: Arrays, node: Array, old: Array, sums: set[Array]) -> Array:
    """A product with such a sum multiplied out, from the other factor on."""
    place = next((k for k, arg in enumerate(old.args) if _core(arg) in sums), None)
    if old.op != "matmul" or place is None or _core(node.args[place]).op != "lin":
        return node
    whole = node.args[place]
    turned = whole.op == "transpose"
    terms = []
    for c, arg in zip(_core(whole).data, _core(whole).args, strict=True):
        left, right = _core(arg).args
        if turned != (arg.op == "transpose"):
            left, right = arrays.transpose(right), arrays.transpose(left)
        first, second = node.args
        made = (
            arrays.matmul(left, arrays.matmul(right, second))
            if place == 0
            else arrays.matmul(arrays.matmul(first, left), right)
        )
        terms.append((c, made))
    return arrays.lin(terms)
