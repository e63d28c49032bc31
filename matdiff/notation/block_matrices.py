"""Answers in blocks: a sum of parts e_{a:b} M e_{c:d}^T that fill a matrix is that matrix, [A B; C D]."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.formula.length import length
from matdiff.formula.syntax import Add, Call, Expr, Matrix, Mul, Neg, Num, Pow, Sym, Transpose, subtrees
from matdiff.functions import names as fn
from matdiff.reading.size_text import of_expression, parse
from matdiff.reading.sizes import plus

if TYPE_CHECKING:
    from matdiff.formula.syntax import Size
    from matdiff.reading.sizes import SizeTerm

_SELECTORS = frozenset((fn.UNIT_VECTOR, fn.UNIT_VECTORS))
Side = Call | None  # the unit vectors that a part stands at, None where it fills the side


class Part(NamedTuple):
    """E M F^T."""

    row: Side
    inner: Expr | None  # None for an identity
    column: Side

    def turned(self) -> Part:
        return Part(self.column, None if self.inner is None else _transposed(self.inner), self.row)


def in_blocks(tree: Expr, shape: tuple[Size, ...], scalars: frozenset[str] = frozenset()) -> Expr:
    """The formula as a matrix in blocks, where its parts fill one of this shape and that reads no longer.

    scalars: the names that are numbers.
    """
    if not any(isinstance(part, Call) and part.function in _SELECTORS for part in subtrees(tree)):
        return tree
    parts = _Cut(scalars).parts(tree)
    rows, columns = (*shape, 1, 1)[:2]
    lines = _line([part.row for part in parts], rows)
    across = _line([part.column for part in parts], columns)
    if lines is None or across is None or len(lines) * len(across) < 2:
        return tree
    cells = [
        _cell([part for part in parts if (part.row, part.column) == (row, column)])
        for row in lines
        for column in across
    ]
    found: Expr = Matrix(tuple(cells), len(across))
    if len(lines) == 1:  # [A B] would be read as a product
        found = Transpose(Matrix(tuple(map(_transposed, cells)), 1))
    return found if length(found) <= length(tree) else tree


def _line(sides: list[Side], size: Size) -> list[Side] | None:
    """The ranges along a side in their order, where they fill it; None where they do not."""
    distinct: list[Side] = []
    for side in sides:
        if side not in distinct:
            distinct.append(side)
    if distinct == [None]:
        return distinct
    if None in distinct:
        return None
    found: list[Side] = []
    low: SizeTerm = 1
    while len(found) < len(distinct):
        here = next((side for side in distinct if side is not None and of_expression(side.args[0]) == low), None)
        last = None if here is None else of_expression(here.args[-1])
        if here is None or last is None:
            return None
        found.append(here)
        low = plus(last, 1)
    return found if low == plus(parse(size), 1) else None


def _cell(parts: list[Part]) -> Expr:
    terms = [Call(fn.IDENTITY, ()) if part.inner is None else part.inner for part in parts]
    if not terms:
        return Num(Fraction(0))
    single = len(terms) == 1 and parts[0].inner is None and parts[0].row is not None
    if single and parts[0].row.function == fn.UNIT_VECTOR:  # type: ignore[union-attr] # tested above
        return Num(Fraction(1))
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


class _Cut:
    """Sees in a formula the parts of a matrix."""

    def __init__(self, scalars: frozenset[str]) -> None:
        self.scalars = scalars

    def parts(self, tree: Expr) -> list[Part]:
        """What a sum is made of, each part with where it stands."""
        match tree:
            case Transpose(arg) if not isinstance(arg, Call):
                return [part.turned() for part in self.parts(arg)]
            case Neg(arg):
                return [part._replace(inner=Neg(part.inner or Call(fn.IDENTITY, ()))) for part in self.parts(arg)]
            case Add(terms):
                return [part for term in terms for part in self.parts(term)]
            case Mul(factors):
                return self._of_product(factors)
            case Call(function, _) if function in _SELECTORS:
                return [Part(tree, None, None)]
            case Transpose(Call(function, _) as arg) if function in _SELECTORS:
                return [Part(None, None, arg)]
        return [Part(None, tree, None)]

    def _of_product(self, factors: tuple[Expr, ...]) -> list[Part]:
        first, last = factors[0], factors[-1]
        if isinstance(first, Num) and len(factors) > 1:
            return [_times(factors[:1], part, ()) for part in self._of_product(factors[1:])]
        if isinstance(first, (Add, Transpose)) and len(factors) > 1 and any(part.row for part in self.parts(first)):
            outer = self._of_product(factors[1:])
            if len(outer) == 1 or all(part.column is None for part in self.parts(first)):
                return [_joined(left, right) for left in self.parts(first) for right in outer]
        if isinstance(first, Call) and first.function in _SELECTORS and len(factors) > 1:
            return [part._replace(row=first) for part in self._of_product(factors[1:]) if part.row is None] or [
                Part(None, Mul(factors), None)
            ]
        if isinstance(last, Transpose) and isinstance(last.arg, Call) and last.arg.function in _SELECTORS:
            rest = factors[:-1]
            inner = [Part(None, None, None)] if not rest else self.parts(rest[0] if len(rest) == 1 else Mul(rest))
            if all(part.column is None for part in inner):
                return [part._replace(column=last.arg) for part in inner]
            return [Part(None, rest[0] if len(rest) == 1 else Mul(rest), last.arg)]
        if isinstance(last, Call) and last.function in _SELECTORS and all(map(self._is_number, factors[:-1])):
            return [_times(factors[:-1], Part(last, None, None), ())]
        if isinstance(last, Add) and any(part.column for part in self.parts(last)):
            return [_times(factors[:-1], part, ()) for part in self.parts(last)]
        return [Part(None, factors[0] if len(factors) == 1 else Mul(factors), None)]

    def _is_number(self, factor: Expr) -> bool:
        """Whether a factor is a number for certain: written, or an entry."""
        if isinstance(factor, Pow):
            return self._is_number(factor.base)
        return isinstance(factor, Num) or (
            isinstance(factor, Sym) and (bool(factor.index) or factor.name in self.scalars)
        )


def _joined(left: Part, right: Part) -> Part:
    """(E M F^T) N G^T for a left part that fills its columns."""
    between = () if left.column is None else (Transpose(left.column),)
    return _times((), left._replace(column=right.column), (*between, *_inside(right)))


def _times(before: tuple[Expr, ...], part: Part, after: tuple[Expr, ...]) -> Part:
    factors = (*before, *_inside(part), *after)
    return part._replace(inner=None if not factors else factors[0] if len(factors) == 1 else Mul(factors))


def _inside(part: Part) -> tuple[Expr, ...]:
    """The factors of what stands at a place."""
    if part.inner is None:
        return ()
    return part.inner.factors if isinstance(part.inner, Mul) else (part.inner,)


def _transposed(tree: Expr) -> Expr:
    if isinstance(tree, Transpose):
        return tree.arg
    if isinstance(tree, Mul):
        return Mul(tuple([_transposed(factor) for factor in reversed(tree.factors)]))
    return tree if isinstance(tree, Num) else Transpose(tree)
