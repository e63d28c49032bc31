"""Formulas under construction: the nodes of the syntax tree, made with their shapes, without needless brackets, ones
and zeros.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, cast

from matdiff.formula.question import Declaration, Reading
from matdiff.formula.syntax import (
    Add,
    Apply,
    Call,
    Derivative,
    Div,
    Expr,
    Had,
    HadDiv,
    HadPow,
    IndexedSum,
    Mul,
    Neg,
    Num,
    Pow,
    Sym,
    Transpose,
    children,
)
from matdiff.functions import names as fn
from matdiff.reading.shapes import infer
from matdiff.records import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matdiff.formula.question import Symbol
    from matdiff.formula.syntax import Shape, Size

SCALAR = (1, 1)


def shape(tree: Expr) -> Shape:
    """Rows and columns of a formula; a made-up number has none written down and is a scalar."""
    return tree.shape or SCALAR


def num(value: Fraction | int) -> Num:
    return Num(Fraction(value), shape=SCALAR)


def is_number(tree: Expr, value: int) -> bool:
    return isinstance(tree, Num) and tree.value == value


def is_zero(tree: Expr) -> bool:
    return is_number(tree, 0) or (isinstance(tree, Call) and tree.function == fn.ZEROS)


def size_tree(size: Size) -> Expr:
    """A size as a formula: 3, n, m n."""
    if isinstance(size, int):
        return num(size)
    parts: list[Expr] = [num(int(part)) if part.isdigit() else Sym(part, shape=SCALAR) for part in size.split("*")]
    return parts[0] if len(parts) == 1 else Mul(tuple(parts), shape=SCALAR)


def constant(name: str, like: Shape) -> Expr:
    """Zeros or ones of a shape."""
    if like == SCALAR:
        return num(1 if name == fn.ONES else 0)
    sizes = like[:1] if like[1] == 1 else like
    return Call(name, tuple([size_tree(size) for size in sizes]), shape=like)


def add(*terms: Expr) -> Expr:
    """A sum; zeros fall away, numbers are added up."""
    flat: list[Expr] = []
    for term in terms:
        flat.extend(term.terms if isinstance(term, Add) else (term,))
    numbers = [term for term in flat if isinstance(term, Num)]
    if len(numbers) > 1:
        total = num(sum([term.value for term in numbers], Fraction(0)))
        flat = [total if term is numbers[0] else term for term in flat if term is numbers[0] or term not in numbers]
    kept = [term for term in flat if not is_zero(term)]
    if not kept:
        return flat[0]
    return kept[0] if len(kept) == 1 else Add(tuple(kept), shape=shape(kept[0]))


def neg(tree: Expr) -> Expr:
    if is_zero(tree):
        return tree
    if isinstance(tree, Neg):
        return tree.arg
    if isinstance(tree, Num):
        return num(-tree.value)
    return Neg(tree, shape=shape(tree))


def mul(*factors: Expr) -> Expr:
    """A product, with its sign in front; ones fall away, and a zero is a zero."""
    flat: list[Expr] = []
    sign = 1
    for place, factor in enumerate(factors):
        inner = factor
        while isinstance(inner, Neg):
            inner, sign = inner.arg, -sign
        flat.extend(inner.factors if isinstance(inner, Mul) and _opens(inner, factors, place) else (inner,))
    whole = product_shape(flat)
    if any(is_zero(factor) for factor in flat):
        return constant(fn.ZEROS, whole)
    number = Fraction(sign)
    rest: list[Expr] = []
    for factor in flat:
        if isinstance(factor, Num):
            number *= factor.value
        else:
            rest.append(factor)
    if abs(number) != 1 or not rest:
        rest.insert(0, num(abs(number)))
    made: Expr = rest[0] if len(rest) == 1 else Mul(tuple(rest), shape=whole)
    return neg(made) if number < 0 else made


def _opens(inner: Mul, factors: tuple[Expr, ...], place: int) -> bool:
    """Whether a product within a product needs no brackets: uᵀv does where a matrix stands before or after it."""
    if shape(inner) != SCALAR or all(shape(factor) == SCALAR for factor in inner.factors):
        return True
    return (
        all(shape(factor) == SCALAR for other, factor in enumerate(factors) if other != place)
        and place == len(factors) - 1
    )


def product_shape(factors: list[Expr]) -> Shape:
    """The shape of a product, scalars anywhere among its factors."""
    whole: Shape = SCALAR
    for factor in factors:
        here = shape(factor)
        if here != SCALAR:
            whole = here if whole == SCALAR else (whole[0], here[1])
    return whole


def transpose(tree: Expr) -> Expr:
    """(A B)ᵀ is BᵀAᵀ; a scalar is its own transpose."""
    rows, columns = shape(tree)
    if (rows, columns) == SCALAR:
        return tree
    if isinstance(tree, Transpose):
        return tree.arg
    if isinstance(tree, Neg):
        return neg(transpose(tree.arg))
    if isinstance(tree, Mul) and product_shape(list(tree.factors)) == (rows, columns):
        return (
            mul(*[transpose(factor) for factor in reversed(tree.factors)])
            if _plain(tree)
            else Transpose(tree, shape=(columns, rows))
        )
    if isinstance(tree, Call) and tree.function == fn.IDENTITY:
        return tree
    return Transpose(tree, shape=(columns, rows))


def _plain(tree: Mul) -> bool:
    """Whether the transpose may be taken factor by factor: a product of matrices, scalars in front."""
    kinds = [shape(factor) == SCALAR for factor in tree.factors]
    return kinds == sorted(kinds, reverse=True)


def turned(tree: Expr) -> Expr:
    """The transpose with scalars kept in front."""
    if isinstance(tree, Mul) and _plain(tree):
        scalars = [factor for factor in tree.factors if shape(factor) == SCALAR]
        return mul(*scalars, *[transpose(factor) for factor in reversed(tree.factors) if shape(factor) != SCALAR])
    return transpose(tree)


def trace(tree: Expr) -> Expr:
    return tree if shape(tree) == SCALAR else Call(fn.TRACE, (tree,), shape=SCALAR)


def had(*factors: Expr) -> Expr:
    """An entrywise product of formulas of one shape, scalars in front; of scalars a product."""
    scalars = [factor for factor in factors if shape(factor) == SCALAR]
    unsigned = [_without_sign(factor) for factor in factors if shape(factor) != SCALAR]
    rest = [part for _, factor in unsigned if not _is_ones(factor) for part in _entrywise_factors(factor)]
    rest = rest or [factor for _, factor in unsigned[:1]]
    zero = next((factor for factor in rest if is_zero(factor)), None)
    if zero is not None:
        return zero
    joined = [rest[0] if len(rest) == 1 else Had(tuple(rest), shape=shape(rest[0]))] if rest else []
    made = mul(*scalars, *joined)
    return neg(made) if sum([negative for negative, _ in unsigned]) % 2 else made


def _without_sign(tree: Expr) -> tuple[bool, Expr]:
    """Whether a formula is negative, and what its sign stands before."""
    negative = False
    while isinstance(tree, Neg):
        tree, negative = tree.arg, not negative
    return negative, tree


def _is_ones(tree: Expr) -> bool:
    return isinstance(tree, Call) and tree.function == fn.ONES


def _entrywise_factors(tree: Expr) -> tuple[Expr, ...]:
    return tree.factors if isinstance(tree, Had) else (tree,)


def power(base: Expr, exponent: Expr) -> Expr:
    """base^exponent of a scalar or entry by entry, of a square matrix where `base` is one and the exponent an integer:
    see `matrix_power`.
    """
    if is_number(exponent, 1):
        return base
    if is_number(exponent, 0):
        return constant(fn.ONES, shape(base))
    return Pow(base, exponent, shape=SCALAR) if shape(base) == SCALAR else HadPow(base, exponent, shape=shape(base))


def matrix_power(base: Expr, exponent: Expr) -> Expr:
    if is_number(exponent, 1):
        return base
    return Pow(base, exponent, shape=shape(base))


def quotient(above: Expr, below: Expr) -> Expr:
    """above/below for a scalar below, else entry by entry."""
    if is_zero(above):
        return above
    if isinstance(above, Num) and isinstance(below, Num) and below.value:
        return num(above.value / below.value)
    if isinstance(above, Neg):
        return neg(quotient(above.arg, below))
    if shape(below) == SCALAR:
        return Div(above, below, shape=shape(above))
    if shape(above) == SCALAR:
        above = mul(above, constant(fn.ONES, shape(below)))
    return HadDiv(above, below, shape=shape(below))


def rebuilt(tree: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The same formula with `change` applied to what stands directly inside; brackets that are no longer needed fall
    away.
    """
    inner = [change(child) for child in children(tree)]
    make = _MAKERS.get(type(tree))
    if make is not None:
        return make(*inner)
    match tree:
        case Pow() if shape(inner[0]) != SCALAR:
            return matrix_power(*inner)
        case Pow() | HadPow():
            return power(*inner)
        case Call() | Apply() | Derivative():
            return cast("Expr", replace(tree, args=tuple(inner), shape=tree.shape))
        case IndexedSum():
            return replace(tree, lo=inner[0], hi=inner[1], body=inner[2], shape=tree.shape)
        case _:
            return tree


_MAKERS: dict[type, Callable[..., Expr]] = {
    Add: add,
    Mul: mul,
    Had: had,
    Neg: neg,
    Transpose: transpose,
    Div: quotient,
    HadDiv: quotient,
}


def typed_as(tree: Expr, symbols: Mapping[str, Symbol], like: Shape) -> Expr:
    """A formula without shapes, with its shapes filled in: its names are those of `symbols`, its shape is `like`."""
    if is_zero(tree):
        return constant(fn.ZEROS, like)
    declarations = [
        Declaration(s.name, s.shape[0], s.shape[1], "integer" if s.kind == "integer" else "", s.structure, s.args)
        for s in symbols.values()
        if s.kind != "size"
    ]
    if any(isinstance(side, str) and "/" in side for side in like):
        like = SCALAR  # n(n+1)/2 has several spellings
    beside = (
        tree if like == SCALAR else Add((tree, constant(fn.ZEROS, like)))
    )  # a bare I gets its size from what it is added to
    found = infer(Reading(None, beside, tuple(declarations), "")).expression
    return found if like == SCALAR else cast("Add", found).terms[0]
