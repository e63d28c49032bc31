"""Sums of matrix products with a common factor: B X + Bᵀ X is computed as (B + Bᵀ) X."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matdiff.codegen.arrays import Array, Arrays
    from matdiff.graph.nodes import Coefficient

_PRODUCTS = frozenset({"matmul", "outer"})


class ScaledProduct(NamedTuple):
    """coefficient * scalar * (left right), a matrix product or an outer product."""

    coefficient: Coefficient
    scalar: Array | None
    op: str
    left: Array
    right: Array


class Common(NamedTuple):
    """A factor that products have on the same side, beside arrays of one order."""

    op: str
    before: bool
    factor: Array
    order: int


def factored(arrays: Arrays, node: Array, uses: dict[Array, int]) -> Array:
    """A sum with common factors of its products taken out, as often as it goes; `uses` tells what is needed elsewhere
    too.
    """
    if node.op == "transpose":
        return arrays.transpose(factored(arrays, node.args[0], uses))
    while node.op == "lin":
        smaller = _once(arrays, node, uses) or _entrywise(arrays, node, uses)
        if smaller is None:
            break
        node = smaller
    return without_content(arrays, node)


def _entrywise(arrays: Arrays, node: Array, uses: dict[Array, int]) -> Array | None:
    """The sum with the array taken out that most terms are multiplied by entry by entry; None if there is none."""
    terms = [(c, arg, _multiplied(arg, uses)) for c, arg in zip(node.data, node.args, strict=True)]
    counts: dict[Array, int] = {}
    for _, _, factors in terms:
        for factor in set(factors):
            counts[factor] = counts.get(factor, 0) + (factor.order > 0)
    common = max(counts, key=lambda factor: (counts[factor], factor.order, -factor.serial), default=None)
    if common is None or counts[common] < 2:
        return None
    inside: list[tuple[Coefficient, Array]] = []
    for c, _, factors in terms:
        if common in factors:
            rest = list(factors)
            rest.remove(common)
            inside.append((c, _product_of(arrays, rest)))
    content, total = _split(factored(arrays, arrays.lin(inside), uses))
    made = arrays.mul(common, total) if common.order >= total.order else arrays.mul(total, common)
    if made.shape != node.shape:
        return None
    return arrays.lin([(content, made), *[(c, arg) for c, arg, factors in terms if common not in factors]])


def _multiplied(node: Array, uses: dict[Array, int]) -> list[Array]:
    """What an array is the product of, entry by entry, as far as nothing else needs the product."""
    found: list[Array] = []
    stack = [node]
    while stack:
        part = stack.pop()
        if part.op == "mul" and part.order == node.order and (uses.get(part, 1) == 1 or is_scaled(part)):
            stack.extend(reversed(part.args))
        elif part.op == "power" and part.data == 2 and len(part.args) == 1 and uses.get(part, 1) == 1:
            found += [part.args[0]] * 2
        else:
            found.append(part)
    return found


def is_scaled(node: Array) -> bool:
    """Is a given matrix scaled by a vector?  That is made anew, where the vector can be multiplied by others before."""
    first, second = sorted(node.args, key=lambda arg: arg.op == "expand" or arg.order == 1)
    return first.op in {"name", "transpose", "block"} and (second.op == "expand" or second.order == 1)


def _product_of(arrays: Arrays, factors: list[Array]) -> Array:
    whole = arrays.number(1)
    for factor in factors:
        if whole.op == "number":
            whole = factor
        elif whole.op == "recip" and factor.op != "recip":
            whole = arrays.mul(factor, whole)
        else:
            whole = arrays.mul(whole, factor)
    return whole


def _once(arrays: Arrays, node: Array, uses: dict[Array, int]) -> Array | None:
    """The sum with the most common factor taken out; None if there is none."""
    terms = [(c, arg, _product(arrays, c, arg, uses)) for c, arg in zip(node.data, node.args, strict=True)]
    common = _most_common([product for _, _, product in terms if product is not None])
    if common is None:
        return None
    inside: list[tuple[Coefficient, Array]] = []
    rest: list[tuple[Coefficient, Array]] = []
    for c, arg, product in terms:
        other = _other(product, common) if product is not None else None
        if product is None or other is None:
            rest.append((c, arg))
        else:
            inside.append((product.coefficient, other if product.scalar is None else arrays.mul(product.scalar, other)))
    content, total = _split(factored(arrays, arrays.lin(inside), uses))
    pair = (common.factor, total) if common.before else (total, common.factor)
    made = arrays.matmul(*pair) if common.op == "matmul" else arrays.make("outer", pair)
    return arrays.lin([(content, made), *rest])


def without_content(arrays: Arrays, node: Array) -> Array:
    """A sum of arrays whose coefficients are all c or -c as c times a sum: 2 x - 2 y is 2 (x - y)."""
    if (
        node.op != "lin"
        or node.order == 0
        or len(node.args) < 2
        or len({abs(c) for c in node.data}) > 1
        or abs(node.data[0]) == 1
    ):
        return node
    content = node.data[0]
    return arrays.make(
        "lin",
        (arrays.lin([(c // content, arg) for c, arg in zip(node.data, node.args, strict=True)]),),
        (content,),
    )


def _split(node: Array) -> tuple[Coefficient, Array]:
    """A multiple of an array as its coefficient and the array."""
    return (node.data[0], node.args[0]) if node.op == "lin" and len(node.args) == 1 else (1, node)


def _product(arrays: Arrays, c: Coefficient, arg: Array, uses: dict[Array, int]) -> ScaledProduct | None:
    """A term as a product that nothing else needs, its transpose carried out."""
    scalar = None
    if arg.op == "mul" and arg.args[0].order == 0 and uses.get(arg, 1) == 1:
        scalar, arg = arg.args
    turned = arg.op == "transpose"
    core = arg.args[0] if turned else arg
    scale, product = _unscaled(core) if uses.get(arg, 1) == uses.get(core, 1) == 1 else (None, core)
    if product.op not in _PRODUCTS or (product.op != "outer" and (uses.get(arg, 1) > 1 or uses.get(product, 1) > 1)):
        return None
    left, right = product.args
    if scale is not None and scale.op == "expand":
        left = arrays.mul(left, scale)
    elif scale is not None:
        right = arrays.mul(right, scale)
    if turned and product.op == "outer":
        left, right = right, left
    elif turned:
        left, right = arrays.transpose(right), arrays.transpose(left)
    return ScaledProduct(c, scalar, product.op, left, right)


def _unscaled(node: Array) -> tuple[Array | None, Array]:
    """The vector that scales the rows (as a column) or the columns of a product of two matrices, and the product."""
    if node.op == "mul" and node.order == 2:
        for scale, product in (node.args, node.args[::-1]):
            thin = scale.order == 1 or (scale.op == "expand" and scale.data == (True, False))
            if thin and product.op == "matmul" and product.order == 2:
                return scale, product
    return None, node


def _most_common(products: list[ScaledProduct]) -> Common | None:
    """The factor that most products have on one side, if two have it."""
    counts: dict[Common, int] = {}
    for product in products:
        sides = (
            Common(product.op, True, product.left, product.right.order),
            Common(product.op, False, product.right, product.left.order),
        )
        for common in sides:
            if _other(product, common) is not None:
                counts[common] = counts.get(common, 0) + 1
    best = max(counts, key=lambda common: counts[common], default=None)
    return best if best is not None and counts[best] > 1 else None


def _other(product: ScaledProduct, common: Common) -> Array | None:
    """What stands beside the factor, if that may be added to others: no inverse (a system is solved with it), no scaled
    matrix (the vector is smaller).
    """
    mine, other = (product.left, product.right) if common.before else (product.right, product.left)
    if mine is not common.factor or product.op != common.op or other.order != common.order:
        return None
    return None if _core(other).op == "inv" or (product.scalar is not None and other.order > 1) else other


def _core(node: Array) -> Array:
    return node.args[0] if node.op == "transpose" else node
