"""From the differential to the derivative: the coefficient of dX, brought to where it can be read off.

A scalar's differential is written tr(Gᵀ dX), gᵀ dx or g dt, and G is the gradient; a vector's J dx, and J is the
Jacobian.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.derivation.trees import SCALAR, add, had, mul, neg, quotient, shape, trace, transpose, turned
from matdiff.formula.syntax import Add, Call, Div, Expr, Had, HadDiv, Mul, Neg, Transpose
from matdiff.functions import TABLE
from matdiff.functions import names as fn

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.formula.syntax import Sym

_MOST_TERMS = 40


def terms(tree: Expr, holds: Callable[[Expr], bool]) -> list[Expr]:
    """A differential as a sum whose terms hold dX once each, as far as linearity takes it; `holds` tells what holds
    dX.
    """
    found = _terms(tree, holds)
    return found if len(found) <= _MOST_TERMS else [tree]


def _terms(tree: Expr, holds: Callable[[Expr], bool]) -> list[Expr]:
    if isinstance(tree, Add):
        return [inner for term in tree.terms for inner in _terms(term, holds)]
    inside = _linear_in(tree, holds)
    if inside is None:
        return [tree]
    part, rebuilt = inside
    return [rebuilt(term) for term in _terms(part, holds)]


def _linear_in(tree: Expr, holds: Callable[[Expr], bool]) -> tuple[Expr, Callable[[Expr], Expr]] | None:
    """The one part of a formula that holds dX and that it is linear in, and the formula with another part there."""
    match tree:
        case Neg(arg):
            return arg, neg
        case Transpose(arg):
            return arg, turned
        case Div(above, below) | HadDiv(above, below) if not holds(below):
            return above, lambda term: quotient(term, below)
        case Call(function, (arg,)) if TABLE[function].traits.linear:
            return arg, lambda term: _called(tree, term)
        case Mul(factors) | Had(factors):
            return _one_factor(factors, mul if isinstance(tree, Mul) else had, holds)
        case _:
            return None


def _one_factor(
    factors: tuple[Expr, ...], join: Callable[..., Expr], holds: Callable[[Expr], bool]
) -> tuple[Expr, Callable[[Expr], Expr]] | None:
    places = [k for k, factor in enumerate(factors) if holds(factor)]
    if len(places) != 1:
        return None
    (k,) = places
    return factors[k], lambda term: join(*factors[:k], term, *factors[k + 1 :])


def _called(call: Call, arg: Expr) -> Expr:
    """tr(c A) is c tr(A): numbers and signs come out of a linear function."""
    if isinstance(arg, Neg):
        return neg(_called(call, arg.arg))
    if isinstance(arg, Mul):
        scalars = [factor for factor in arg.factors if shape(factor) == SCALAR]
        rest = [factor for factor in arg.factors if shape(factor) != SCALAR]
        if scalars and rest and all(shape(factor) == SCALAR for factor in arg.factors[: len(scalars)]):
            return mul(*scalars, _called(call, mul(*rest)))
    if isinstance(arg, Div):
        return quotient(_called(call, arg.num), arg.den)
    return Call(call.function, (arg,), shape=call.shape)


class Occurrence(NamedTuple):
    """One dX or dXᵀ under a trace: what stands before and after it, and scalars in front of the trace."""

    turned: bool
    gradient: Expr


def occurrence(term: Expr, change: Sym) -> Occurrence | None:
    """The contribution of a term tr(A dX B) or tr(A dXᵀ B), by the rule for traces; None for a term of another form.

    Each X contributes the transpose of what stands before it times the transpose of what stands after it, Aᵀ Bᵀ; each
    Xᵀ what stands after it times what stands before it, B A.  (Matrix Cookbook (99)-(123).)
    """
    match term:
        case Neg(arg):
            inner = occurrence(arg, change)
            return None if inner is None else Occurrence(inner.turned, neg(inner.gradient))
        case Div(above, below):
            inner = occurrence(above, change)
            return None if inner is None else Occurrence(inner.turned, quotient(inner.gradient, below))
        case Mul((*scalars, Call() as trace_of)) if all(shape(scalar) == SCALAR for scalar in scalars):
            return _under_trace(trace_of, scalars, change)
        case Call():
            return _under_trace(term, [], change)
        case _:
            return None


def _under_trace(term: Call, scalars: list[Expr], change: Sym) -> Occurrence | None:
    if term.function != fn.TRACE:
        return None
    inside = term.args[0]
    factors = inside.factors if isinstance(inside, Mul) else (inside,)
    for place, factor in enumerate(factors):
        before, after = factors[:place], factors[place + 1 :]
        if factor == change:
            turned_round = [transpose(f) for part in (before, after) for f in reversed(part)]
            return Occurrence(False, mul(*scalars, *turned_round, *_identity(before + after, change)))
        if isinstance(factor, Transpose) and factor.arg == change:
            return Occurrence(True, mul(*scalars, *after, *before, *_identity(before + after, change)))
    return None


def _identity(rest: tuple[Expr, ...], change: Sym) -> tuple[Expr, ...]:
    """The identity, where nothing but scalars stands beside dX."""
    if any(shape(factor) != SCALAR for factor in rest):
        return ()
    return (Call(fn.IDENTITY, (), shape=shape(change)),)


def paired(gradient: Expr, change: Expr) -> Expr:
    """tr(Gᵀ dX), gᵀ dx or g dt."""
    if shape(change) == SCALAR:
        return mul(gradient, change)
    if isinstance(gradient, Neg):
        return neg(paired(gradient.arg, change))
    if shape(change)[0] == 1:
        return mul(change, transpose(gradient))
    whole = (
        Transpose(gradient, shape=shape(gradient)[::-1]) if isinstance(gradient, (Mul, Add)) else transpose(gradient)
    )
    return trace(mul(whole, change)) if shape(change)[1] != 1 and shape(change)[0] != 1 else mul(whole, change)


def total(contributions: list[Expr]) -> Expr:
    """The sum of what the terms contribute."""
    return add(*contributions)
