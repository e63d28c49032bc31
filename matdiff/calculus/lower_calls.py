"""Functions of the table that no single einsum, map or operator says: sum, diag, norm, vec, kron, the constants."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.lower_sums import indexed_sum
from matdiff.calculus.lowered import Value, fused, sides, union, unsupported
from matdiff.errors import CalculusError, Label
from matdiff.formula import syntax
from matdiff.formula.norms import norm_of
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph import build, elementwise, matrices, powers
from matdiff.graph.nodes import Indices, Node, Op, Size, Var, number
from matdiff.graph.shapes import product_size
from matdiff.reading.size_text import size_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.calculus.lower import Lowering


def _summed(value: Value, inner: int) -> Node:
    """The sum over the last `inner` indices."""
    axes = tuple(range(value.node.order))
    return build.ein([(value.node, axes)], axes[: value.node.order - inner])


def contraction(self: Lowering, einsum: str, tree: syntax.Call) -> Value:
    """An einsum of the arguments, an index for each side that is not one; a number stands for all entries."""
    inputs, output = einsum.split("->")
    values = [self.lower(arg) for arg in tree.args]
    family = union([value.family for value in values])
    slots = {name: slot for slot, name in enumerate(family)}
    sizes: dict[int, Size] = {}
    places: dict[str, int] = {}
    factors: list[tuple[Node, Indices]] = []
    for letters, value, arg in zip(inputs.split(","), values, tree.args, strict=True):
        ends = (arg.shape or (1, 1)) if len(letters) > 1 else sides(arg)
        long = [letter for letter, side in zip(letters, ends, strict=False) if side != 1]
        own = [places.setdefault(letter, len(family) + len(places)) for letter in long]
        sizes.update(zip(own, sides(arg), strict=True))
        factors.append((value.node, (*[slots[name] for name in value.family], *own)))
    out = [places[letter] for letter in output if letter in places]
    return Value(build.ein(factors, (*slots.values(), *out), sizes), family)


def _mean(self: Lowering, tree: syntax.Call) -> Value:
    value = self.lower(tree.args[0])
    total = Value(_summed(value, value.node.order - len(value.family)), value.family)
    sizes = [build.size_node(size) for size in sides(tree.args[0])]
    return Value(build.mul(build.reciprocal(build.mul(*sizes)), total.node) if sizes else total.node, total.family)


def length(_: Lowering, tree: syntax.Call) -> Value:
    """How many rows or columns an array has."""
    size = (tree.args[0].shape or (1, 1))[tree.function == "ncols"]
    return Value(build.size_node(size))


def _diag(self: Lowering, tree: syntax.Call) -> Value:
    value = self.lower(tree.args[0])
    k = len(value.family)
    lead = tuple(range(k))
    if value.node.order - k == 1:
        return Value(build.ein([(value.node, (*lead, k))], (*lead, k, k)), value.family)
    if value.node.order - k == 2:
        return Value(build.ein([(value.node, (*lead, k, k))], (*lead, k)), value.family)
    return value


def _squares(value: Value) -> Node:
    """The sum of squares over all but the family's indices."""
    axes = tuple(range(value.node.order))
    return build.ein([(value.node, axes), (value.node, axes)], axes[: len(value.family)])


def _norm(self: Lowering, tree: syntax.Call) -> Value:
    """Norms by kind: Euclidean and Frobenius, 1, p, inf, nuclear, spectral."""
    value = self.lower(tree.args[0])
    inner = sides(tree.args[0])
    norm = norm_of(tree, is_vector=len(inner) < 2)
    absolute = Value(elementwise.apply(fn.ABSOLUTE, value.node), value.family)
    if norm.kind == "2":
        return Value(powers.power(_squares(value), build.num(Fraction(1, 2))), value.family)
    if norm.kind == "1":
        return Value(_summed(absolute, len(inner)), value.family)
    if norm.kind == "largest":
        self.refuse_family([value], "the maximum norm", tree)
        return Value(Op(fn.MAX, (absolute.node,), ())) if inner else absolute
    if norm.exponent is not None:
        p = self.lower(norm.exponent).node
        total = _summed(Value(powers.power(absolute.node, p), value.family), len(inner))
        return Value(powers.power(total, build.reciprocal(p)), value.family)
    if norm.row is not None:
        self.refuse_family([value], "this norm of a matrix", tree)
        if norm.row.definition:
            call = syntax.Call(norm.row.name, tree.args[:1], span=tree.span)
            return self.definition(norm.row.definition, [value], call)
        return Value(Op(norm.row.name, (build.oriented(value.node)[0],), ()))
    raise CalculusError(
        "E301",
        f"the {norm.label or '1'} norm is not supported yet",
        Label(tree.span),
        hint="||x||, ||x||_1, ||x||_p, ||x||_inf, ||X||_F, ||X||_2, ||X||_*, ||X||_1, ||X||_inf, ||X||_{S_p} and"
        " ||X||_{p,q} are",
    )


def _fuse(slow: Size, fast: Size) -> Node:
    return Op("fuse", (), (product_size(slow, fast), slow, fast), (slow, fast))


def vectorised(node: Node, members: int = 0) -> Node:
    """Vec of a matrix: its columns, one below the other; `members` leading indices number the members of families."""
    m, n = node.shape[members:]
    lead = tuple(range(10, 10 + members))
    return build.ein([(_fuse(n, m), (0, 2, 1)), (node, (*lead, 1, 2))], (*lead, 0))


def _vec(self: Lowering, tree: syntax.Call) -> Value:
    value = self.lower(tree.args[0])
    members = len(value.family)
    return Value(vectorised(value.node, members) if value.node.order == members + 2 else value.node, value.family)


def _unvec(self: Lowering, tree: syntax.Call) -> Value:
    value = self.lower(tree.args[0])
    self.refuse_family([value], tree.function, tree)
    rows, columns = (tree.shape or (1, 1))[0], (tree.shape or (1, 1))[1]
    if value.node.order < 1 or rows == 1 or columns == 1:
        return value
    return Value(build.ein([(_fuse(columns, rows), (0, 2, 1)), (value.node, (0,))], (1, 2)))


def _jacobian(self: Lowering, tree: syntax.Call) -> Value:
    """The Jacobian of a matrix function, both sides stacked by vec."""
    value = self.lower(tree.args[0])
    self.refuse_family([value], tree.function, tree)
    if value.node.order < 2:
        raise unsupported("a Jacobian of a function of a 1 x 1 matrix", tree)
    tensor = Op(tree.function, (value.node,), value.node.shape + value.node.shape)
    return Value(fused(tensor, ((0, 1),), ((2, 3),)))


def _vech(self: Lowering, tree: syntax.Call) -> Value:
    """The lower triangle's columns, one below the other: L vec(X) with the elimination matrix L."""
    value = self.lower(tree.args[0])
    self.refuse_family([value], tree.function, tree)
    if value.node.order < 2:
        return value
    return Value(
        build.ein([(elimination(value.node.shape[0], sides(tree)[0]), (0, 1)), (vectorised(value.node), (1,))], (0,))
    )


def elimination(size: Size, half: Size) -> Node:
    """The constant matrix that picks vech(X) out of vec(X); `half` is n*(n+1)/2."""
    return Op(fn.ELIMINATION, (), (half, product_size(size, size)), (size,))


def _elimination(self: Lowering, tree: syntax.Call) -> Value:
    return Value(elimination(_size(self, tree.args[0]), sides(tree)[0]))


def _kron(self: Lowering, tree: syntax.Call) -> Value:
    left, right = self.lower(tree.args[0]), self.lower(tree.args[1])
    return kronecker(left, tree.args[0].shape or (1, 1), right, tree.args[1].shape or (1, 1))


def kronecker(left: Value, left_shape: syntax.Shape, right: Value, right_shape: syntax.Shape) -> Value:
    """The Kronecker product of two matrices, of which either may be a row or a column, or a member of a family."""
    factors: list[tuple[Node, Indices]] = []
    family = union((left.family, right.family))
    members = {name: 100 + k for k, name in enumerate(family)}
    out: list[int] = list(members.values())
    slots: tuple[list[int], list[int]] = ([], [])
    for axis in (0, 1):
        pair = []
        for side, shape in enumerate((left_shape, right_shape)):
            if shape[axis] != 1:
                pair.append(10 * axis + side + 1)
                slots[side].append(pair[-1])
        if len(pair) == 2:
            factors.append((_fuse(left_shape[axis], right_shape[axis]), (10 * axis, *pair)))
            out.append(10 * axis)
        else:
            out.extend(pair)
    for value, own in zip((left, right), slots, strict=True):
        factors.append((value.node, (*[members[name] for name in value.family], *own)))
    return Value(build.ein(factors, tuple(out)), family)


def _triangle(self: Lowering, tree: syntax.Call) -> Value:
    """The lower or upper triangle of a matrix, the rest zero."""
    value = self.lower(tree.args[0])
    self.refuse_family([value], tree.function, tree)
    if value.node.order < 2:
        return value
    mask = Op("mask", (), value.node.shape, (TABLE[tree.function].traits.gives,))
    return Value(build.hadamard(value.node, mask))


def _commutation(self: Lowering, tree: syntax.Call) -> Value:
    """K with vec(Xᵀ) = K vec(X) for X of m rows and n columns."""
    m, n = (_size(self, arg) for arg in tree.args)
    return Value(build.ein([(_fuse(m, n), (0, 2, 3)), (_fuse(n, m), (1, 3, 2))], (0, 1)))


def _size(self: Lowering, tree: syntax.Expr) -> Size:
    node = self.lower(tree).node
    value = number(node)
    if value is not None:
        return int(value)
    if isinstance(node, Var):
        return node.name
    raise unsupported("a size that is neither a number nor a name", tree)


def _identity(_: Lowering, tree: syntax.Call) -> Value:
    shape = sides(tree)
    return Value(build.eye(shape[0]) if shape else build.num(1))


def _range(_: Lowering, tree: syntax.Call) -> Value:
    """The columns between two places of an identity."""
    low, last = (size_of(arg) for arg in tree.args)
    shape = sides(tree)
    if len(shape) < len(tree.args):
        return Value(build.ones(shape))  # of one row there is one column
    if low == 1 and last == shape[0]:
        return Value(build.eye(shape[0]))
    return Value(Op("range", (), shape, (low, last)))


def written_out(_: Lowering, tree: syntax.Matrix) -> Value:
    """A matrix of numbers."""
    rows = syntax.literal_of(tree)
    if rows is None:
        raise unsupported("a matrix in blocks here", tree)
    return Value(matrices.constant(rows))


def _log(self: Lowering, tree: syntax.Call) -> Value:
    """Log of a product over an index is the sum of the logarithms."""
    arg = tree.args[0]
    if isinstance(arg, syntax.IndexedSum) and arg.product:
        inside = syntax.Call(fn.LOG, (arg.body,), span=arg.span, shape=arg.body.shape)
        return indexed_sum(self, syntax.IndexedSum(arg.index, arg.lo, arg.hi, inside, span=arg.span, shape=arg.shape))
    value = self.lower(arg)
    return Value(elementwise.apply(fn.LOG, value.node), value.family)


LOWERINGS: dict[str, Callable[[Lowering, syntax.Call], Value]] = {  # by the rows' column `operation`
    "mean of all": _mean,
    "diagonal": _diag,
    "norm of a kind": _norm,
    "columns stacked": _vec,
    "columns apart": _unvec,
    "lower columns stacked": _vech,
    "kronecker product": _kron,
    "triangle": _triangle,
    "jacobian": _jacobian,
    "identity matrix": _identity,
    "filled with 1": lambda _, tree: Value(build.ones(sides(tree))),
    "filled with 0": lambda _, tree: Value(build.zero(sides(tree))),
    "unit vector": lambda self, tree: Value(Op("pick", (self.lower(tree.args[0]).node,), sides(tree))),
    "unit vectors": _range,
    "commutation matrix": _commutation,
    "elimination matrix": _elimination,
    "number": lambda _, tree: Value(Var(tree.function, role="number")),
    "products to sums": _log,
}
