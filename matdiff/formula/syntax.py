"""The syntax tree of the input language; answers are written from the same tree.

Every node has a `span` into the text it was read from (`NOWHERE` for made-up nodes) and a `shape`, filled in by
`shapes.infer`: (rows, columns), each an int or a size expression as text ("n", "m*n").  Equality ignores both.
A kind of node is added here only when no existing one can say it.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction  # noqa: TC003 # writers and tests look the field up
from matdiff.lean.types import MappingProxyType
from matdiff.lean.typing import TYPE_CHECKING, Any, ClassVar

from matdiff.errors import Span
from matdiff.records import Compared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

NOWHERE = Span(0, 0)
Size = int | str
Shape = tuple[Size, Size]
_EMPTY: Mapping[str, Any] = MappingProxyType({})


class Node(Compared):
    """What every formula has beside its parts."""

    __slots__ = ("shape", "span")
    __match_args__: tuple[str, ...] = ()
    _named: ClassVar[tuple[str, ...]] = ("span", "shape")
    span: Span
    shape: Shape | None


class Num(Node):
    """An exact number: 3, 0.5, 1/2 written ½."""

    __slots__ = ("value",)
    __match_args__ = ("value",)

    def __init__(self, value: Fraction, *, span: Span = NOWHERE, shape: Shape | None = None) -> None:
        self.value, self.span, self.shape = value, span, shape


PRIME = "_prime"  # ends the name of the derivative F' of an analytic function F
DELTA = "delta"  # Kronecker's, of the indices of members, where the question has no delta of its own


class Sym(Node):
    r"""A name in its canonical ASCII spelling: X, x_1, beta, W_train, y_n, x_hat (from \hat{x}), A_ij.

    `subscript` is what stands behind the underscore ("" if nothing), `base` what stands before it.  `shapes.infer` sets
    `index` where the name is a family member x_n (index = ("n",)) or an entry A_ij of a declared A (("i", "j")), and
    then
    `variable` is the name of what is indexed ("x_n" as the family was declared, or "A"; DELTA of Kronecker's delta_kl).
    """

    __slots__ = ("index", "name", "variable")
    __match_args__ = ("name", "index", "variable")
    _compared = ("name",)

    def __init__(
        self,
        name: str,
        index: tuple[str, ...] = (),
        variable: str = "",
        *,
        span: Span = NOWHERE,
        shape: Shape | None = None,
    ) -> None:
        self.name, self.index, self.variable, self.span, self.shape = name, index, variable, span, shape

    @property
    def base(self) -> str:
        return self.name.partition("_")[0]

    @property
    def subscript(self) -> str:
        return self.name.partition("_")[2]


class Unary(Node):
    """One operand."""

    __slots__ = ("arg",)
    __match_args__ = ("arg",)

    def __init__(self, arg: Expr, *, span: Span = NOWHERE, shape: Shape | None = None) -> None:
        self.arg, self.span, self.shape = arg, span, shape


class Neg(Unary):
    __slots__ = ()


class Add(Node):
    """A sum; a difference has a Neg among its terms.  `kept`: a difference that is not to be turned round."""

    __slots__ = ("kept", "terms")
    __match_args__ = ("terms",)
    _named = ("kept", "span", "shape")

    def __init__(
        self, terms: tuple[Expr, ...], kept: bool = False, *, span: Span = NOWHERE, shape: Shape | None = None
    ) -> None:
        self.terms, self.kept, self.span, self.shape = terms, kept, span, shape


class Factors(Node):
    """Operands in a row."""

    __slots__ = ("factors",)
    __match_args__ = ("factors",)

    def __init__(self, factors: tuple[Expr, ...], *, span: Span = NOWHERE, shape: Shape | None = None) -> None:
        self.factors, self.span, self.shape = factors, span, shape


class Mul(Factors):
    """A product, left to right."""

    __slots__ = ()


class Quotient(Node):
    """Numerator and denominator."""

    __slots__ = ("den", "num")
    __match_args__ = ("num", "den")

    def __init__(self, num: Expr, den: Expr, *, span: Span = NOWHERE, shape: Shape | None = None) -> None:
        self.num, self.den, self.span, self.shape = num, den, span, shape


class Div(Quotient):
    __slots__ = ()


class Had(Factors):
    """Hadamard product A .* B .* C."""

    __slots__ = ()


class HadDiv(Quotient):
    __slots__ = ()


class Exponential(Node):
    """Base and exponent."""

    __slots__ = ("base", "exponent")
    __match_args__ = ("base", "exponent")

    def __init__(self, base: Expr, exponent: Expr, *, span: Span = NOWHERE, shape: Shape | None = None) -> None:
        self.base, self.exponent, self.span, self.shape = base, exponent, span, shape


class HadPow(Exponential):
    __slots__ = ()


class Pow(Exponential):
    """base^exponent: a scalar's power, or a square matrix' (inverse: exponent Num(-1))."""

    __slots__ = ()


class Transpose(Unary):
    __slots__ = ()


class Call(Node):
    """A known function by its canonical name (a key of `functions.TABLE`), spelled in any way.

    Constants are calls too: eye() or eye(n), ones(n), ones(m, n), zeros(...), unit(i) for e_i, pi(), e().
    Sizes stand there as expressions (Num or Sym).  Norms: norm(x), norm(x, kind) with kind Num(1), Num(2), Sym("p"),
    Sym("inf"),
    Sym("F"), Sym("nuclear"); norm_weighted(x, A) for ||x||_A.  Bars |x| are Call(fn.BARS, (x,)): abs or det, by shape.
    """

    __slots__ = ("args", "function")
    __match_args__ = ("function", "args")

    def __init__(
        self, function: str, args: tuple[Expr, ...], *, span: Span = NOWHERE, shape: Shape | None = None
    ) -> None:
        self.function, self.args, self.span, self.shape = function, args, span, shape


class Matrix(Node):
    """A matrix that is written out: its cells by rows, `width` of them in each; numbers, or blocks."""

    __slots__ = ("cells", "width")
    __match_args__ = ("cells", "width")

    def __init__(
        self, cells: tuple[Expr, ...], width: int, *, span: Span = NOWHERE, shape: Shape | None = None
    ) -> None:
        self.cells, self.width, self.span, self.shape = cells, width, span, shape

    @property
    def rows(self) -> list[tuple[Expr, ...]]:
        return [self.cells[k : k + self.width] for k in range(0, len(self.cells), self.width)]


class Apply(Node):
    """An unknown function u(x), A(x_p, x_q), or a bare name declared as one (then `args` come from the declaration).

    In answers a bare name is written, without arguments, unless an argument is composed: f(A x).
    """

    __slots__ = ("args", "name")
    __match_args__ = ("name", "args")

    def __init__(self, name: str, args: tuple[Expr, ...], *, span: Span = NOWHERE, shape: Shape | None = None) -> None:
        self.name, self.args, self.span, self.shape = name, args, span, shape


class Derivative(Node):
    """The derivative of an unknown function: du/dx, du/dx^T, d^2A/dx_p dx_q; `by` holds (argument name, transposed).

    `args` holds the arguments where they are composed (the derivative of f at A x), else nothing.
    """

    __slots__ = ("args", "by", "name")
    __match_args__ = ("name", "by", "args")

    def __init__(
        self,
        name: str,
        by: tuple[tuple[str, bool], ...],
        args: tuple[Expr, ...] = (),
        *,
        span: Span = NOWHERE,
        shape: Shape | None = None,
    ) -> None:
        self.name, self.by, self.args, self.span, self.shape = name, by, args, span, shape


class IndexedSum(Node):
    """sum(index, lo, hi, body); `product` for the product over the same range.  `reach`: the bounds as sizes, and how
    many numbers lie between them, once inferred.  `terms`: what the body was raised from, while an answer is put
    together.
    """

    __slots__ = ("body", "hi", "index", "lo", "product", "reach", "terms")
    __match_args__ = ("index", "lo", "hi", "body", "product", "reach")
    _compared = ("index", "lo", "hi", "body", "product")

    def __init__(
        self,
        index: str,
        lo: Expr,
        hi: Expr,
        body: Expr,
        product: bool = False,
        *,
        reach: tuple[Size, Size, Size] | None = None,
        span: Span = NOWHERE,
        shape: Shape | None = None,
    ) -> None:
        self.index = index
        self.lo = lo
        self.hi = hi
        self.body = body
        self.product = product
        self.reach = reach
        self.terms: tuple[Any, ...] = ()
        self.span, self.shape = span, shape


class Relation(Node):
    """left = right, left >= right, left <= right; >> and << for symmetric matrices."""

    __slots__ = ("left", "relation", "right")
    __match_args__ = ("left", "relation", "right")

    def __init__(
        self, left: Expr, relation: str, right: Expr, *, span: Span = NOWHERE, shape: Shape | None = None
    ) -> None:
        self.left, self.relation, self.right, self.span, self.shape = left, relation, right, span, shape


class Together(Node):
    """The parts of one problem, an objective and relations: their names mean the same everywhere, their shapes have
    nothing to do with each other; `scalar` where the first is an objective, which is a number.
    """

    __slots__ = ("parts", "scalar")
    __match_args__ = ("parts", "scalar")

    def __init__(
        self, parts: tuple[Expr, ...], scalar: bool = False, *, span: Span = NOWHERE, shape: Shape | None = None
    ) -> None:
        self.parts, self.scalar, self.span, self.shape = parts, scalar, span, shape


Expr = (
    Num
    | Sym
    | Neg
    | Add
    | Mul
    | Div
    | Had
    | HadDiv
    | HadPow
    | Pow
    | Transpose
    | Call
    | Matrix
    | Apply
    | Derivative
    | IndexedSum
    | Relation
    | Together
)


def constant_of(tree: Expr) -> Fraction | None:
    """The number that is written: 3, -3, 3/2; None for anything else."""
    if isinstance(tree, Num):
        return tree.value
    if isinstance(tree, Neg):
        inner = constant_of(tree.arg)
        return None if inner is None else -inner
    if isinstance(tree, Div):
        above, below = constant_of(tree.num), constant_of(tree.den)
        return above / below if above is not None and below else None
    return None


def literal_of(tree: Expr) -> list[list[Fraction]] | None:
    """The rows of a matrix of numbers that is written out; None for anything else."""
    if not isinstance(tree, Matrix):
        return None
    found = [constant_of(cell) for cell in tree.cells]
    if None in found:
        return None
    return [found[k : k + tree.width] for k in range(0, len(found), tree.width)]  # type: ignore[misc] # no None


def literal(rows: Iterable[Iterable[Fraction]]) -> Matrix:
    """A matrix of numbers, written out."""
    lists = [list(row) for row in rows]
    return Matrix(tuple([Num(entry) for row in lists for entry in row]), len(lists[0]))


def children(tree: Expr) -> tuple[Expr, ...]:
    """The formulas directly inside a formula."""
    return _CHILDREN[type(tree)](tree)


def subtrees(*trees: Expr) -> Iterator[Expr]:
    """Every formula inside the formulas, themselves first; no recursion, so depth has no limit."""
    stack = list(reversed(trees))
    while stack:
        tree = stack.pop()
        yield tree
        inside = _CHILDREN[type(tree)](tree)
        if inside:
            stack.extend(reversed(inside))


_CHILDREN: dict[type, Callable[[Any], tuple[Expr, ...]]] = {
    Num: lambda _: (),
    Sym: lambda _: (),
    Neg: lambda tree: (tree.arg,),
    Transpose: lambda tree: (tree.arg,),
    Add: lambda tree: tree.terms,
    Mul: lambda tree: tree.factors,
    Had: lambda tree: tree.factors,
    Div: lambda tree: (tree.num, tree.den),
    HadDiv: lambda tree: (tree.num, tree.den),
    Pow: lambda tree: (tree.base, tree.exponent),
    HadPow: lambda tree: (tree.base, tree.exponent),
    Call: lambda tree: tree.args,
    Apply: lambda tree: tree.args,
    Derivative: lambda tree: tree.args,
    IndexedSum: lambda tree: (tree.lo, tree.hi, tree.body),
    Relation: lambda tree: (tree.left, tree.right),
    Together: lambda tree: tree.parts,
    Matrix: lambda tree: tree.cells,
}
