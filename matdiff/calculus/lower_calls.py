"""Functions of the table that no single einsum, map or operator says: sum, diag, norm, vec, kron, the constants."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.lower_sums import indexed_sum
from matdiff.calculus.lowered import Value, fused, sides, union, unsupported
from matdiff.errors import CalculusError, Label
from matdiff.formula import syntax
from matdiff.formula.norms import norm_of
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


def _sum(self: Lowering, tree: syntax.Call) -> Value:
    value = self.lower(tree.args[0])
    return Value(_summed(value, value.node.order - len(value.family)), value.family)


def _mean(self: Lowering, tree: syntax.Call) -> Value:
    total = _sum(self, tree)
    sizes = [build.size_node(size) for size in sides(tree.args[0])]
    return Value(build.mul(build.reciprocal(build.mul(*sizes)), total.node) if sizes else total.node, total.family)


def _length(_: Lowering, tree: syntax.Call) -> Value:
    """How many rows or columns an array has."""
    size = (tree.args[0].shape or (1, 1))[tree.function == "ncols"]
    return Value(build.size_node(size))


def _trace(self: Lowering, tree: syntax.Call) -> Value:
    value = self.lower(tree.args[0])
    k = len(value.family)
    if value.node.order == k:
        return value
    lead = tuple(range(k))
    return Value(build.ein([(value.node, (*lead, k, k))], lead), value.family)


def _diag(self: Lowering, tree: syntax.Call) -> Value:
    value = self.lower(tree.args[0])
    k = len(value.family)
    lead = tuple(range(k))
    if value.node.order - k == 1:
        return Value(build.ein([(value.node, (*lead, k))], (*lead, k, k)), value.family)
    if value.node.order - k == 2:
        return Value(build.ein([(value.node, (*lead, k, k))], (*lead, k)), value.family)
    return value


def _transpose(self: Lowering, tree: syntax.Call) -> Value:
    return self.transpose(syntax.Transpose(tree.args[0], span=tree.span, shape=tree.shape))


def _inv(self: Lowering, tree: syntax.Call) -> Value:
    return self.power(
        syntax.Pow(tree.args[0], syntax.Num(Fraction(-1), shape=(1, 1)), span=tree.span, shape=tree.shape)
    )


def _dot(self: Lowering, tree: syntax.Call) -> Value:
    left, right = tree.args
    product = self.entrywise([self.lower(left), self.lower(right)], left)
    return Value(_summed(product, len(sides(left))), product.family)


def _hadamard(self: Lowering, tree: syntax.Call) -> Value:
    return self.entrywise([self.lower(arg) for arg in tree.args], tree)


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
    self.refuse_family([value], fn.UNVEC, tree)
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
    self.refuse_family([value], fn.VECH, tree)
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
    mask = Op("mask", (), value.node.shape, ("lower" if tree.function == fn.LOWER_TRIANGLE else "upper",))
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


def _constant(self: Lowering, tree: syntax.Call) -> Value:
    shape = sides(tree)
    if tree.function == fn.ONES:
        return Value(build.ones(shape))
    if tree.function == fn.ZEROS:
        return Value(build.zero(shape))
    if tree.function == fn.IDENTITY:
        return Value(build.eye(shape[0]) if shape else build.num(1))
    if tree.function == fn.UNIT_VECTOR:
        return Value(Op("pick", (self.lower(tree.args[0]).node,), shape))
    return Value(Var(tree.function, role="number"))


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


SPECIAL: dict[str, Callable[[Lowering, syntax.Call], Value]] = {
    fn.SUM: _sum,
    fn.MEAN: _mean,
    "nrows": _length,
    "ncols": _length,
    fn.TRACE: _trace,
    fn.DIAG: _diag,
    fn.TRANSPOSE: _transpose,
    fn.INVERSE: _inv,
    fn.INNER: _dot,
    fn.HADAMARD: _hadamard,
    fn.NORM: _norm,
    fn.VEC: _vec,
    fn.KRONECKER: _kron,
    fn.IDENTITY: _constant,
    fn.ONES: _constant,
    fn.ZEROS: _constant,
    fn.UNIT_VECTOR: _constant,
    fn.UNIT_VECTORS: _range,
    fn.COMMUTATION: _commutation,
    fn.UNVEC: _unvec,
    fn.JEXPM: _jacobian,
    fn.JLOGM: _jacobian,
    fn.JSQRTM: _jacobian,
    fn.VECH: _vech,
    fn.ELIMINATION: _elimination,
    fn.LOWER_TRIANGLE: _triangle,
    fn.UPPER_TRIANGLE: _triangle,
    fn.PI: _constant,
    fn.EULER: _constant,
    fn.LOG: _log,
}
