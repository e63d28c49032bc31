"""Array programs: what generated code computes, one immutable node for each array, shared wherever two are equal.

An `Array` is an operation on arrays (`op`), its arguments, static `data`, the number of axes of its result, and the
loop variables that it
depends on.  `Arrays` makes them: equal ones are one object, transposes are pushed outwards so that A B and (BᵀAᵀ)ᵀ are
computed once.

    op          data                    result
    name        identifier              a parameter
    integer     identifier              an integer parameter or a loop variable
    number      int or Fraction         a constant
    size        size expression         an int
    lin         coefficients            sum of coefficient * argument, with broadcasting
    mul                                 product entry by entry, with broadcasting
    recip, sqrt, norm                   1/x; square root; Euclidean norm of all entries
    power       int or Fraction         x to a constant; with two arguments and no data, the first to the second
    map, op     row of the function table
    matmul, outer, kron, inv            as in linear algebra
    tensordot   axes of both            contraction over several axes
    einsum      subscripts              any other contraction of two arrays
    permute     axes                    axes in another order; `transpose` exchanges two
    expand      which axes are there    axes of length one put in
    sum, max    axes                    sum over axes, largest entry
    trace, diagonal, diag               of a matrix; the vector on its diagonal; the matrix of a vector
    diagonals   two axes                the common diagonal of two axes, as last axis
    reshape     sizes                   the entries in the same order
    ones, zeros, eye, unit              constants; `unit` has the place, counted from one, as argument
    take        axis                    the entries at a place (second argument, counted from one) along an axis
    slice       axis, low, last, length, start  the members from `low` to `last` along an axis that counts from `start`
    call        identifier              a callable parameter applied to arrays
    matpow                              a square matrix to an integer
    dots        axis or None            sum of a product entry by entry, over all entries or one axis
    chain       the mirrored part       product of matrices, in the order that costs least as the code runs
    choose      costs of both           the first argument or the second, whichever costs less as the code runs
    lu, factored, definite, low_rank    factors of a square, a symmetric, a definite matrix, of diag(d) + U U^T
    gram                                A^T diag(x) A
    outers      shape                   sum of outer products of the first half of the arguments and the second
    paired_outers   shape, counts       sum of all A[i, k] B[j, l] and all C[i, l] D[j, k]; as many A as B, C as D
    embed       subscripts              the first with the second added on a diagonal
    solved      transposed?             solution of systems with a matrix by its factors
    inverse_of, diagonal_of, logdet_of  its inverse, the diagonal of that, log |det|
    congruence_of, forms_of, inner_of   B^T M^-1 B, its diagonal; the sum of the entries of M^-1 times those of B, with
                                        B M^-1 U where that is there
    block       loop variable           a block of rows
    row_sum     loop variable           sum of the first argument over blocks of rows of the second
    loop        loop variable, shape    sum of the first argument over the variable from the second to the third
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, Any, NamedTuple

from matdiff.codegen.costs import difference
from matdiff.codegen.extents import shape_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matdiff.codegen.costs import Cost
    from matdiff.graph.nodes import Coefficient, Size

_NO_LOOPS: frozenset[str] = frozenset()


class Array:
    """One array of the program; made by `Arrays` only, compared with `is`."""

    __slots__ = ("args", "data", "definite", "loops", "op", "order", "serial", "shape", "symmetric")

    def __init__(
        self, op: str, args: tuple[Array, ...], data: Any, shape: tuple[Size, ...], loops: frozenset[str]
    ) -> None:
        self.op, self.args, self.data, self.shape, self.loops = op, args, data, shape, loops
        self.order = len(shape)
        self.serial = 0
        self.symmetric = self.order == 2 and _symmetric(op, args, data)
        self.definite = self.symmetric and _definite(op, args, data)


class Arrays:
    """Makes array nodes, each once.  in_place: whether the program may write into arrays; diagonals: on a diagonal
    of one.  fused: whether a compiler makes one loop of what is computed entry by entry.  grams: whether half of a
    product of an array with itself is computed.  paired: whether `paired_outers` is there.
    """

    def __init__(self, *, in_place: bool = False) -> None:
        self.in_place, self.fused, self.paired = in_place, False, in_place
        self.grams = self.diagonals = in_place
        self._known: dict[tuple[Any, ...], Array] = {}

    def make(
        self,
        op: str,
        args: tuple[Array, ...] = (),
        data: Any = None,
        shape: tuple[Size, ...] | None = None,
        loops: frozenset[str] = _NO_LOOPS,
    ) -> Array:
        """The node itself, without any simplification; `shape` where the operation does not tell it."""
        key = (op, args, data)
        found = self._known.get(key)
        if found is None:
            for arg in args:
                if arg.loops:
                    loops = loops | arg.loops
            if op == "row_sum":
                loops -= {data}
            told = shape if shape is not None else shape_of(op, [arg.shape for arg in args], data)
            found = self._known[key] = Array(op, args, data, told, loops)
            found.serial = len(self._known)
        return found

    def known(self, op: str, args: tuple[Array, ...], data: Any = None) -> bool:
        """Is this already computed?"""
        return (op, args, data) in self._known

    def name(
        self,
        identifier: str,
        shape: tuple[Size, ...],
        *,
        structure: str = "",
        loops: frozenset[str] = _NO_LOOPS,
    ) -> Array:
        """A parameter; `loops` names it where it varies while others are the same."""
        found = self.make("name", (), identifier, shape, loops)
        found.definite = structure == "spd" and len(shape) == 2
        found.symmetric = found.definite or (structure == "symmetric" and len(shape) == 2)
        return found

    def integer(self, identifier: str) -> Array:
        """A parameter that is a Python int."""
        return self.make("integer", (), identifier)

    def variable(self, identifier: str) -> Array:
        """The variable of a loop."""
        return self.make("integer", (), identifier, (), frozenset([identifier]))

    def number(self, value: Coefficient) -> Array:
        return self.make("number", (), int(value) if value.denominator == 1 else value)

    def size(self, size: Size) -> Array:
        return self.number(size) if isinstance(size, int) else self.make("size", (), size)

    def lin(self, terms: Sequence[tuple[Coefficient, Array]]) -> Array:
        """A sum; numbers are collected, also those of a sum of scalars among the terms."""
        opened: list[tuple[Coefficient, Array]] = []
        for c, array in terms:
            if array.op == "lin" and array.order == 0:
                opened.extend([(c * d, inner) for d, inner in zip(array.data, array.args, strict=True)])
            else:
                opened.append((c, array))
        constant: Coefficient = sum([c * array.data for c, array in opened if array.op == "number"])
        kept = _collected([(c, array) for c, array in opened if array.op != "number"])
        if not kept:
            return self.number(constant)
        if any(array.op == "embed" for _, array in kept):
            return self._with_diagonals(kept if not constant else [*kept, (constant, self.number(1))])
        if constant:
            kept.append((constant, self.number(1)))
        if len(kept) == 1 and kept[0][0] == 1:
            return kept[0][1]
        if kept[0][0] < 0:
            kept.sort(key=lambda term: term[0] < 0)
        return self.entrywise("lin", tuple([a for _, a in kept]), tuple([c for c, _ in kept]))

    def _with_diagonals(self, terms: list[tuple[Coefficient, Array]]) -> Array:
        """A sum in which some arrays are zero but for a diagonal: they are added to the diagonal of the others."""
        shape = next(array.shape for _, array in terms if array.op == "embed")
        rest = [(c, array if array.op != "embed" else array.args[0]) for c, array in terms]
        dense = [(c, array) for c, array in rest if array.op != "zeros"]
        whole = self.lin(dense) if dense else self.constant("zeros", shape)
        if whole.shape != shape:
            whole = self.lin([(1, self.constant("zeros", shape)), (1, whole)])
        for c, array in terms:
            if array.op == "embed":
                whole = self.make("embed", (whole, self.lin([(c, array.args[1])])), array.data)
        return whole

    def mul(self, a: Array, b: Array) -> Array:
        """Entry by entry; the axes of the one of lower order are the last ones of the other."""
        for scalar, other in ((a, b), (b, a)):
            if scalar.order == 0 and other.op == "embed":
                base = other.args[0] if other.args[0].op == "zeros" else self.mul(scalar, other.args[0])
                return self.make("embed", (base, self.mul(scalar, other.args[1])), other.data)
        for number, other in ((a, b), (b, a)):
            if number.op == "number" and number.data and other.op != "number":
                return self.lin([(number.data, other)])
        return self.entrywise("mul", (b, a) if self.known("mul", (b, a)) else (a, b))

    def entrywise(self, op: str, args: tuple[Array, ...], data: Any = None) -> Array:
        """An operation entry by entry, on matrices in the orientation that needs fewer transposes."""
        order = max([arg.order for arg in args])
        if order == 2 and any(arg.op == "transpose" for arg in args):
            flipped = tuple([self.flipped(arg) for arg in args])
            if _turns(flipped) < _turns(args) and max([arg.order for arg in flipped]) == 2:
                return self.transpose(self.make(op, flipped, data))
        return self.make(op, args, data)

    def flipped(self, a: Array) -> Array:
        """What stands for `a` in the transpose of an operation entry by entry: x[:, None] for a vector x, and x for
        x[:, None].
        """
        if a.order == 0:
            return a
        if a.order == 1:
            return self.expand(a, (True, False))
        return a.args[0] if a.op == "expand" else self.transpose(a)

    def recip(self, a: Array) -> Array:
        if a.op == "number" and a.data:
            return self.number(Fraction(1) / a.data)
        return a.args[0] if a.op == "recip" else self.entrywise("recip", (a,))

    def power(self, a: Array, exponent: Coefficient) -> Array:
        """Every entry of `a` to a constant power."""
        if exponent < 0:
            return self.recip(self.power(a, -exponent))
        if exponent == 1:
            return a
        if exponent == Fraction(1, 2):
            return self.entrywise("sqrt", (a,))
        return self.entrywise("power", (a,), exponent)

    def transpose(self, a: Array) -> Array:
        if a.op == "transpose":
            return a.args[0]
        if a.symmetric:
            return a
        if a.op in {"ones", "zeros"}:
            return self.constant(a.op, a.data[::-1])
        if a.op == "outer":
            return self.make("outer", a.args[::-1])
        return self.make("transpose", (a,))

    def permute(self, a: Array, axes: tuple[int, ...]) -> Array:
        """Axis k of the result is axis `axes[k]` of `a`."""
        if axes == tuple(range(len(axes))):
            return a
        if axes == (1, 0):
            return self.transpose(a)
        return self.make("permute", (a,), axes)

    def expand(self, a: Array, there: tuple[bool, ...]) -> Array:
        """Axes of length one put in where `there` is False; leading ones are left to broadcasting."""
        while there and not there[0]:
            there = there[1:]
        return a if all(there) else self.make("expand", (a,), there)

    def matmul(self, a: Array, b: Array) -> Array:
        """Product of a matrix and a matrix or a vector, or the inner product of two vectors."""
        if a.order == b.order == 2:
            swapped = (self.transpose(b), self.transpose(a))
            if (a.op == b.op == "transpose") or self.known("matmul", swapped):
                return self.transpose(self.make("matmul", swapped))
        return self.make("matmul", (a, b))

    def sum(self, a: Array, axes: tuple[int, ...]) -> Array:
        """Sum over `axes`."""
        if not axes:
            return a
        if a.op == "diagonal" and a.order == 1:
            return self.make("trace", a.args)
        if a.op == "transpose":
            a, axes = a.args[0], tuple([1 - axis for axis in axes])
        whole = len(axes) == a.order
        return self.make("sum", (a,), () if whole else tuple(sorted(axes)))

    def diagonal(self, a: Array, first: int, second: int) -> Array:
        """The common diagonal of two axes; it becomes the last axis."""
        if a.order == 2:
            return self.make("diagonal", (a.args[0] if a.op == "transpose" else a,))
        return self.make("diagonals", (a,), (first, second))

    def constant(self, kind: str, shape: tuple[Size, ...]) -> Array:
        """ones, zeros or eye of a shape."""
        if not shape:
            return self.number(0 if kind == "zeros" else 1)
        return self.make(kind, (), shape)

    def reshape(self, a: Array, shape: tuple[Size, ...]) -> Array:
        return self.make("reshape", (a,), shape)

    def choose(self, first: Array, second: Array, cost: Cost, other: Cost) -> Array:
        """The first array or the second, which are equal, whichever costs less for the sizes at hand."""
        if first is second:
            return first
        left, right = difference(cost, other)
        return self.make("choose", (first, second), (tuple(sorted(left.items())), tuple(sorted(right.items()))))

    def loop(self, variable: str, shape: tuple[Size, ...], body: Array, lo: Array, hi: Array) -> Array:
        """Sum of `body` over the variable from `lo` to `hi`, both included."""
        made = self.make("loop", (body, lo, hi), (variable, shape))
        made.loops = (body.loops - {variable}) | lo.loops | hi.loops
        return made


def _collected(terms: list[tuple[Coefficient, Array]]) -> list[tuple[Coefficient, Array]]:
    """The terms of a sum, those of one array united; none but the last is left out where they cancel."""
    found: dict[Array, Coefficient] = {}
    for c, array in terms:
        found[array] = found.get(array, 0) + c
    return [(c, array) for array, c in found.items()] if len(found) < len(terms) and all(found.values()) else terms


def _turns(args: tuple[Array, ...]) -> int:
    """How many of the arrays are transposed, or columns made of vectors."""
    return sum([arg.op in {"transpose", "expand"} for arg in args])


def _symmetric(op: str, args: tuple[Array, ...], data: Any) -> bool:
    """Is a matrix its own transpose: I, AᵀDA, a aᵀ, B + Bᵀ, and what is made of such entry by entry, by inversion or
    by powers?
    """
    if op in {"eye", "diag"}:
        return True
    if op == "matmul":
        return _congruence(*args)
    if op == "outer":
        return args[0] is args[1]
    if op in {"ones", "zeros"}:
        return bool(data[0] == data[1])
    if op == "lin":
        rest = [(c, arg) for c, arg in zip(data, args, strict=True) if not arg.symmetric and arg.order == 2]
        turned = [(c, arg.args[0]) for c, arg in rest if arg.op == "transpose"]
        plain = [(c, arg) for c, arg in rest if arg.op != "transpose"]
        return all(arg.order != 1 for arg in args) and set(turned) == set(plain)
    if op in {"mul", "map", "recip", "power", "sqrt", "inv", "matpow", "inverse_of"}:
        return all(arg.symmetric or arg.order == 0 for arg in args)
    return op in {"low_rank", "factored", "definite", "gram", "congruence_of"}


def _definite(op: str, args: tuple[Array, ...], data: Any) -> bool:
    """Is a symmetric matrix positive definite, whatever the entries of arguments are?"""
    if op in {"inv", "inverse_of", "definite"}:
        return args[0].definite
    if op != "lin":
        return op == "eye"
    squares = [arg.op == "matmul" and are_turned(*arg.args) for arg in args]
    positive = all(c > 0 and (arg.definite or square) for c, arg, square in zip(data, args, squares, strict=True))
    return positive and any(arg.definite for arg in args)


def _congruence(first: Array, second: Array) -> bool:
    """Is a product A D Aᵀ with a symmetric D, which may be missing or stand scaled into one of the factors?"""
    if are_turned(first, second):
        return True
    for product, other, before in ((first, second, True), (second, first, False)):
        core = product.args[0] if product.op == "transpose" else product
        if core.op == "matmul":
            plain = core is product
            outer, middle = core.args if before == plain else core.args[::-1]
            if middle.symmetric and (are_turned(outer, other) if plain else outer is other):
                return True
    return weighted_gram(first, second) is not None


def are_turned(first: Array, second: Array) -> bool:
    """Is one array the transpose of the other?"""
    return (first.op == "transpose" and first.args[0] is second) or (
        second.op == "transpose" and second.args[0] is first
    )


class WeightedGram(NamedTuple):
    """A^T diag(x) A, where A is `matrix` or, `turned`, its transpose."""

    matrix: Array
    turned: bool
    weights: Array


def weighted_gram(first: Array, second: Array) -> WeightedGram | None:
    """A product of a matrix and its transpose, of which one is scaled along what is summed over."""
    (left, turned, scale, axis), (right, turned_too, other, other_axis) = map(_unscaled, (first, second))
    if left is not right or turned == turned_too or (scale is None) == (other is None):
        return None
    if scale is not None:
        return WeightedGram(left, turned_too, scale) if axis == 1 else None
    return WeightedGram(left, turned_too, other) if other is not None and other_axis == 0 else None


def _unscaled(node: Array) -> tuple[Array, bool, Array | None, int]:
    """A matrix without what scales it: whether it is transposed, the scale, and the axis that this runs along."""
    turned = node.op == "transpose"
    node, scale, axis = node.args[0] if turned else node, None, int(turned)
    if node.op == "mul" and node.order == 2:
        thin = [arg for arg in node.args if arg.order == 1 or (arg.op == "expand" and arg.data == (True, False))]
        if len(thin) == 1:
            (scale,) = thin
            node = node.args[1] if node.args[0] is scale else node.args[0]
            axis = axis if scale.op == "expand" else 1 - axis
            scale = scale.args[0] if scale.op == "expand" else scale
    if node.op == "transpose":
        return node.args[0], not turned, scale, axis
    return node, turned, scale, axis
