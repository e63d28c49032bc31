"""The syntax tree of the input language; answers are written from the same tree.

Every node has a `span` into the text it was read from (`NOWHERE` for made-up nodes) and a `shape`, filled in by
`shapes.infer`: (rows, columns), each an int or a size expression as text ("n", "m*n").  Equality ignores both.
A kind of node is added here only when no existing one can say it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction  # noqa: TC003 # writers and tests look the field up
from typing import TYPE_CHECKING

from matdiff.errors import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

NOWHERE = Span(0, 0)
Size = int | str
Shape = tuple[Size, Size]


@dataclass(slots=True)
class Node:
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)
    shape: Shape | None = field(default=None, compare=False, kw_only=True, repr=False)


@dataclass(slots=True)
class Num(Node):
    """An exact number: 3, 0.5, 1/2 written ½."""

    value: Fraction


DELTA = "delta"  # Kronecker's, of the indices of members, where the question has no delta of its own


@dataclass(slots=True)
class Sym(Node):
    r"""A name in its canonical ASCII spelling: X, x_1, beta, W_train, y_n, x_hat (from \hat{x}), A_ij.

    `subscript` is what stands behind the underscore ("" if nothing), `base` what stands before it.  `shapes.infer` sets
    `index` where the name is a family member x_n (index = ("n",)) or an entry A_ij of a declared A (("i", "j")), and
    then
    `variable` is the name of what is indexed ("x_n" as the family was declared, or "A"; DELTA of Kronecker's delta_kl).
    """

    name: str
    index: tuple[str, ...] = field(default=(), compare=False)
    variable: str = field(default="", compare=False)

    @property
    def base(self) -> str:
        return self.name.partition("_")[0]

    @property
    def subscript(self) -> str:
        return self.name.partition("_")[2]


@dataclass(slots=True)
class Neg(Node):
    arg: Expr


@dataclass(slots=True)
class Add(Node):
    """A sum; a difference has a Neg among its terms.  `kept`: a difference that is not to be turned round."""

    terms: tuple[Expr, ...]
    kept: bool = field(default=False, compare=False, repr=False)


@dataclass(slots=True)
class Mul(Node):
    """A product, left to right."""

    factors: tuple[Expr, ...]


@dataclass(slots=True)
class Div(Node):
    num: Expr
    den: Expr


@dataclass(slots=True)
class Had(Node):
    """Hadamard product A .* B .* C."""

    factors: tuple[Expr, ...]


@dataclass(slots=True)
class HadDiv(Node):
    num: Expr
    den: Expr


@dataclass(slots=True)
class HadPow(Node):
    base: Expr
    exponent: Expr


@dataclass(slots=True)
class Pow(Node):
    """base^exponent: a scalar's power, or a square matrix' (inverse: exponent Num(-1))."""

    base: Expr
    exponent: Expr


@dataclass(slots=True)
class Transpose(Node):
    arg: Expr


@dataclass(slots=True)
class Call(Node):
    """A known function by its canonical name (a key of `functions.TABLE`), spelled in any way.

    Constants are calls too: eye() or eye(n), ones(n), ones(m, n), zeros(...), unit(i) for e_i, pi(), e().
    Sizes stand there as expressions (Num or Sym).  Norms: norm(x), norm(x, kind) with kind Num(1), Num(2), Sym("p"),
    Sym("inf"),
    Sym("F"), Sym("nuclear"); norm_weighted(x, A) for ||x||_A.  Bars |x| are Call("bars", (x,)): abs or det, by shape.
    """

    function: str
    args: tuple[Expr, ...]


@dataclass(slots=True)
class Apply(Node):
    """An unknown function u(x), A(x_p, x_q), or a bare name declared as one (then `args` come from the declaration).

    In answers a bare name is written, without arguments, unless an argument is composed: f(A x).
    """

    name: str
    args: tuple[Expr, ...]


@dataclass(slots=True)
class Derivative(Node):
    """The derivative of an unknown function: du/dx, du/dx^T, d^2A/dx_p dx_q; `by` holds (argument name, transposed).

    `args` holds the arguments where they are composed (the derivative of f at A x), else nothing.
    """

    name: str
    by: tuple[tuple[str, bool], ...]
    args: tuple[Expr, ...] = ()


@dataclass(slots=True)
class IndexedSum(Node):
    """sum(index, lo, hi, body); `product` for the product over the same range.  `reach`: the bounds as sizes, and how
    many numbers lie between them, once inferred.
    """

    index: str
    lo: Expr
    hi: Expr
    body: Expr
    product: bool = False
    reach: tuple[Size, Size, Size] | None = field(default=None, compare=False)


@dataclass(slots=True)
class Relation(Node):
    """left = right, left >= right, left <= right; >> and << for symmetric matrices."""

    left: Expr
    relation: str
    right: Expr


@dataclass(slots=True)
class Together(Node):
    """The parts of one problem, an objective and relations: their names mean the same everywhere, their shapes have
    nothing to do with each other; `scalar` where the first is an objective, which is a number.
    """

    parts: tuple[Expr, ...]
    scalar: bool = False


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
    | Apply
    | Derivative
    | IndexedSum
    | Relation
    | Together
)


def children(tree: Expr) -> tuple[Expr, ...]:
    """The formulas directly inside a formula."""
    match tree:
        case Add(terms):
            return terms
        case Mul(factors) | Had(factors):
            return factors
        case Call(_, args) | Apply(_, args) | Derivative(_, _, args):
            return args
        case Div(left, right) | HadDiv(left, right) | Pow(left, right) | HadPow(left, right):
            return (left, right)
        case Neg(arg) | Transpose(arg):
            return (arg,)
        case IndexedSum(_, lo, hi, body):
            return (lo, hi, body)
        case Relation(left, _, right):
            return (left, right)
        case Together(parts, _):
            return parts
        case _:
            return ()


def subtrees(*trees: Expr) -> Iterator[Expr]:
    """Every formula inside the formulas, themselves first; no recursion, so depth has no limit."""
    stack = list(reversed(trees))
    while stack:
        tree = stack.pop()
        yield tree
        stack.extend(reversed(children(tree)))


@dataclass(slots=True)
class By:
    """One d/d… of an operator: a name, or an entry (name "X", index ("i", "j")), perhaps transposed."""

    name: str
    transposed: bool = False
    index: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(slots=True)
class Operator:
    """d/dX: by = (X,); d^2/dx dy^T: by = (x, y^T); d^2/dx^2: by = (x, x) with `power` True; d alone: by = () (total
    differential).  `bare`: only the variable's name was written.
    """

    by: tuple[By, ...]
    text: str
    power: bool = False
    bare: bool = field(default=False, compare=False)


@dataclass(slots=True)
class Declaration:
    """One declared name.  Sizes are expressions over sizes, or None where only a kind was given.

    kind: "scalar" "vector" "matrix" "integer" or "" (not said); structure: "symmetric" "skew" "diagonal" "lower"
    "upper"
    "orthogonal" "spd" or ""; args: argument names of an unknown function; value: a number for `n = 3`.
    """

    name: str
    rows: Size | None = None
    columns: Size | None = None
    kind: str = ""
    structure: str = ""
    args: tuple[str, ...] = ()
    value: int | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(slots=True)
class Symbol:
    """What a name stands for, once inferred.

    kind: scalar vector row matrix integer size function; for a function `shape` is its value's and `args` are its
    arguments.
    `family`: index names of a family (x_n: ("n",)), whose axes have sizes `family_sizes`; shape is one member's.
    `family_starts`: the number of the first member along each axis, () where all count from one.
    """

    name: str
    kind: str
    shape: Shape
    structure: str = ""
    family: tuple[str, ...] = ()
    family_sizes: tuple[Size, ...] = ()
    args: tuple[str, ...] = ()
    declared: bool = False
    family_starts: tuple[int, ...] = ()


@dataclass(slots=True)
class Reading:
    """A question as read: operator (None for a bare expression), expression, declarations, and the texts they came
    from.

    values: shapes of argument and value, with numbers that stand for any sizes, of the functions that a rule was given
    for.  kinds: of names that the text's own language has settled.  notes: what the reader supplied, or settled where a
    spelling is not plain.
    """

    operator: Operator | None
    expression: Expr
    declarations: tuple[Declaration, ...]
    text: str
    operator_text: str = ""
    where_text: str = ""
    values: dict[str, tuple[Shape, Shape]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Typed:
    """A question whose every node has a shape; `symbols` in order of first appearance in the expression (then the
    operator's).
    """

    operator: Operator | None
    expression: Expr
    symbols: dict[str, Symbol]
    notes: tuple[str, ...] = ()
