"""What meets inside a product: X X⁻¹ = I, XᵃXᵇ = Xᵃ⁺ᵇ, QᵀQ = I, X X⁺ X = X, vec undone, traces of changes."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import names as fn
from matdiff.graph import analytic, build
from matdiff.graph.matrices import FRECHET, commutes, matpow, oriented_operator, path_of, scalar_slope
from matdiff.graph.nodes import ONE, Ein, Indices, Lin, Node, Op, Var, number
from matdiff.graph.symmetry import symmetric

if TYPE_CHECKING:
    from matdiff.graph.products import Contraction

Factor = tuple[Node, Indices]


def contract(product: Contraction, factors: list[Factor], out: Indices) -> bool:
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
    if any(rule(product, factors, degree, out) for rule in (_trace_of_change, _analytic, _project, _undo_product)):
        return True
    if any(isinstance(node, Lin) and _projects(node) for node, _ in factors) and _absorb(product, factors, degree, out):
        return True
    return _fuse_twins(product, factors, degree, out)


_CHANGES = {change: name for name, change in FRECHET.items()}
_MEETING = frozenset((fn.INVERSE, "matpow", "fuse", fn.PSEUDOINVERSE, *_CHANGES))


def _trace_of_change(product: Contraction, factors: list[Factor], degree: dict[int, list[int]], out: Indices) -> bool:
    """tr(g(M) L(M, E)) = tr(g(M) f'(M) E) for the Fréchet derivative L of f at M.

    Higham, Functions of Matrices (2008), theorem 3.3 and problem 3.8: the trace of a power series, term by term.
    """
    for k, (node, (*ends,)) in enumerate(factors):
        if not isinstance(node, Op) or node.name not in _CHANGES or set(ends) & set(out):
            continue
        matrix, direction = node.args
        if not _is_traced(factors, degree, k, matrix):
            continue
        name = _CHANGES[node.name]
        slope = scalar_slope(name, matrix, oriented_operator(name, matrix))
        middle = product.fresh(node.shape[1])
        _replace_factors(product, factors, [k], [(slope, (ends[0], middle)), (direction, (middle, ends[1]))])
        return True
    return False


def _is_traced(factors: list[Factor], degree: dict[int, list[int]], k: int, matrix: Node) -> bool:
    """Is a factor traced, alone or with one other matrix, which commutes with this one?"""
    first, last = factors[k][1]
    around = [j for j in degree[first] if j != k]
    if first == last:
        return not around  # else each entry on its diagonal is multiplied by another number
    if len(around) != 1 or [j for j in degree[last] if j != k] != around or len(degree[first]) != 2:
        return False
    other, slots = factors[around[0]]
    return commutes(other if slots == (last, first) else build.transposed(other), matrix)


def _analytic(product: Contraction, factors: list[Factor], degree: dict[int, list[int]], out: Indices) -> bool:
    """tr(DF(X)[E]) = tr(F'(X) E) for an analytic F."""
    for k, (node, indices) in enumerate(factors):
        slope = analytic.slope(node)
        if slope is not None and indices[0] == indices[1] and indices[0] not in out and len(degree[indices[0]]) == 2:
            product.consume(indices[0])
            _replace_factors(product, factors, [k], [(slope, (indices[3], indices[2]))])
            return True
    return False


def _replace_factors(product: Contraction, factors: list[Factor], gone: list[int], new: list[Factor]) -> None:
    """Factors taken out, and others put in, opened as the product opens them."""
    for k in sorted(gone, reverse=True):
        del factors[k]
    before, product.factors = product.factors, []
    for node, indices in new:
        product.multiply(node, indices)
    opened, product.factors = product.factors, before
    factors.extend(opened)


def _project(product: Contraction, factors: list[Factor], degree: dict[int, list[int]], out: Indices) -> bool:
    """X X⁺ leaves alone what lies in the range of X: X X⁺ X = X, X⁺ X X⁺ = X⁺, (X⁺)ᵀ X⁺ X = (X⁺)ᵀ … (Penrose 1955).

    An index is on the side of the rows of X, where it is the first of X or the last of X⁺, or on that of its columns.
    """
    for k, (node, ends) in enumerate(factors):
        if not isinstance(node, Op) or node.name != fn.PSEUDOINVERSE:
            continue
        for j, (other, here) in enumerate(factors):
            if other is not node.args[0]:
                continue
            for axis in (0, 1):
                joint = ends[axis]
                joined = here[1 - axis] == joint and joint not in out and sorted(degree[joint]) == sorted((j, k))
                if joined and _projector(product, factors, degree, out, (j, k, axis)):
                    return True
    return False


def _projector(
    product: Contraction, factors: list[Factor], degree: dict[int, list[int]], out: Indices, pair: tuple[int, int, int]
) -> bool:
    """X X⁺ (axis 0) or X⁺ X (axis 1) in a product: the ends in order, what lies in the range left alone."""
    j, k, axis = pair
    (whole, here), (inverse, there) = factors[j], factors[k]
    ends = (here[0], there[1]) if axis == 0 else (there[0], here[1])
    if _backwards(ends, out):  # it is its own transpose
        swap = dict(zip(ends, ends[::-1], strict=True))
        for place in (j, k):
            factors[place] = (factors[place][0], tuple([swap.get(i, i) for i in factors[place][1]]))
        return True
    for end, other_end in (ends, ends[::-1]):
        third = next((t for t in degree[end] if t not in {j, k}), None)
        if end in out or third is None or len(degree[end]) != 2:
            continue
        kind, slots = factors[third]
        side = axis if kind is whole else 1 - axis if kind is inverse else None
        if side is not None and slots[side] == end and slots[0] != slots[1]:
            product.consume(here[1 - axis])
            product.consume(end)
            _drop(factors, j, k)
            product.unite(end, other_end)
            return True
    return False


def _undo_product(product: Contraction, factors: list[Factor], degree: dict[int, list[int]], out: Indices) -> bool:
    """(A B)⁻¹ A B = I = A B (A B)⁻¹, where A B is no factor of its own."""
    for k, (node, ends) in enumerate(factors):
        steps = path_of(node.args[0]) if isinstance(node, Op) and node.name == fn.INVERSE else None
        for side in (0, 1) if steps else ():
            found = _walked(factors, degree, (k, side), steps or [], out)
            if found is not None:
                used, inside, at = found
                for i in inside:
                    product.consume(i)
                _drop(factors, k, *used)
                product.unite(at, ends[1 - side])
                return True
    return False


def _walked(
    factors: list[Factor],
    degree: dict[int, list[int]],
    start: tuple[int, int],
    steps: list[tuple[Node, bool]],
    out: Indices,
) -> tuple[list[int], list[int], int] | None:
    """The factors that stand behind (side 1) or before (side 0) an inverse as in the product that it is of, the
    indices inside, and where they end; None where others do.
    """
    k, side = start
    at, used, inside = factors[k][1][side], [k], list[int]()
    for node, along in steps if side else steps[::-1]:
        here = [j for j in degree[at] if j not in used]
        if len(here) != 1 or len(degree[at]) != 2 or at in out or factors[here[0]][0] is not node:
            return None
        first, last = factors[here[0]][1] if along is bool(side) else factors[here[0]][1][::-1]
        if first != at or first == last:
            return None
        inside.append(at)
        used.append(here[0])
        at = last
    return used[1:], inside, at


def _projects(node: Lin) -> bool:
    """Is a pseudoinverse among the factors of its terms, as in I - X X⁺?"""
    return node.order == 2 and any(
        isinstance(factor, Op) and factor.name == fn.PSEUDOINVERSE for _, term in node.terms for factor in term.args
    )


def _absorb(product: Contraction, factors: list[Factor], degree: dict[int, list[int]], out: Indices) -> bool:
    """X (I - X⁺ X) = 0, and a projector times itself is itself: a sum is multiplied out where that leaves one factor
    or none.
    """
    for k, (node, slots) in enumerate(factors):
        if not isinstance(node, Lin) or not _projects(node):
            continue
        for joint in slots:
            met = _only_neighbour(factors, degree, (k, joint), out)
            if met is not None and _absorbs(product, factors, (k, joint, met)):
                return True
    return False


def _only_neighbour(
    factors: list[Factor], degree: dict[int, list[int]], at: tuple[int, int], out: Indices
) -> int | None:
    """The one matrix that meets a factor at an index, and there alone."""
    k, joint = at
    slots = factors[k][1]
    around = [j for j in degree[joint] if j != k]
    if joint in out or slots[0] == slots[1] or len(around) != 1 or len(degree[joint]) != 2:
        return None
    met = factors[around[0]][1]
    return around[0] if len(met) == 2 and met[0] != met[1] and set(met) != set(slots) else None


def _absorbs(product: Contraction, factors: list[Factor], pair: tuple[int, int, int]) -> bool:
    """A sum multiplied out with what it meets at `joint`, where one factor or none is left."""
    k, joint, j = pair
    (node, slots), (other, met) = factors[k], factors[j]
    assert isinstance(node, Lin)  # noqa: S101 # for the type checker
    ends = tuple([i for i in (*slots, *met) if i != joint])
    total = build.lin(
        [(c, build.ein([(term, slots), (other, met)], ends)) for c, term in node.terms],
        (product.sizes[ends[0]], product.sizes[ends[1]]),
    )
    if not build.is_zero(total) and total not in {other, node} and build.transposed(total) not in {other, node}:
        return False
    product.consume(joint)
    _replace_factors(product, factors, [k, j], [(total, ends)])
    return True


def _backwards(ends: tuple[int, int], out: Indices) -> bool:
    """Would the ends of a symmetric product stand in the result in the order that they have in it, once exchanged?"""
    first, last = ends
    return last in out and first != last and (first not in out or out.index(last) < out.index(first))


def _can_meet(node: Node) -> bool:
    if isinstance(node, Lin):
        return _projects(node)
    return (isinstance(node, Op) and (node.name in _MEETING or analytic.slope(node) is not None)) or (
        isinstance(node, Var) and node.structure == "orthogonal"
    )


def _meet(product: Contraction, factors: list[Factor], first: int, second: int, i: int) -> bool:
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
    product: Contraction, factors: list[Factor], pair: tuple[int, int], how: tuple[bool, bool, int, int], i: int
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
        _replace_factors(product, factors, [], [(node, ends)])
    else:
        factors.append((node, ends))
    return True


def _long(*nodes: Node) -> bool:
    return any(isinstance(node, Op) and node.name == "matpow" for node in nodes)


def _as_power(node: Node) -> tuple[Node, Node]:
    if isinstance(node, Op) and node.name == fn.INVERSE:
        return node.args[0], build.num(-1)
    if isinstance(node, Op) and node.name == "matpow":
        return node.args[0], node.args[1]
    return node, ONE


def _drop(factors: list[Factor], *gone: int) -> None:
    for k in sorted(gone, reverse=True):
        del factors[k]


def _fuse_twins(product: Contraction, factors: list[Factor], degree: dict[int, list[int]], out: Indices) -> bool:
    """Two fuses of the same parts, or of the same pair, are one: vec after unvec, diag(vec(A)) vec(B)."""
    fuses = [k for k, (node, _) in enumerate(factors) if isinstance(node, Op) and node.name == "fuse"]
    for x, first in enumerate(fuses):
        for second in fuses[x + 1 :]:
            (m, a), (n, b) = factors[first], factors[second]
            if m.attributes == n.attributes and (a[0] == b[0] or a[1:] == b[1:]):  # type: ignore[attr-defined] # both are Ops
                return _fused_once(product, factors, degree, out, (first, second))
    return False


def _fused_once(
    product: Contraction, factors: list[Factor], degree: dict[int, list[int]], out: Indices, pair: tuple[int, int]
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
