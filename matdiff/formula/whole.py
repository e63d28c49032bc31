"""Sizes, bounds and exponents of a formula: rational numbers, whatever the ring."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula import syntax
from matdiff.formula.rings import Element, NoValueError
from matdiff.formula.syntax import Expr, Num, Sym

if TYPE_CHECKING:
    from matdiff.formula.scope import Scope


def whole(tree: Expr, scope: Scope) -> int:
    """A size, a bound or an exponent."""
    found = rational(tree, scope)
    if found != int(found):
        raise NoValueError("a whole number is expected")
    return int(found)


def rational(tree: Expr, scope: Scope) -> Element:
    """A rational number.  Raises NoValueError for what is none."""
    match tree:
        case Num(number):
            return number
        case Sym(name) if name in scope.whole:
            return scope.whole[name]
        case syntax.Neg(arg):
            return -rational(arg, scope)
        case syntax.Add(terms):
            return sum([rational(term, scope) for term in terms])
        case syntax.Mul(factors) | syntax.Call("times", factors):
            total: Element = 1
            for factor in factors:
                total *= rational(factor, scope)
            return total
        case syntax.Div(num, den):
            return Num(rational(num, scope)).value / rational(den, scope)
    raise NoValueError("a whole number is expected")
