"""SymPy's expressions as formulas of the input language, so that every notation writes them."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

import sympy

from matdiff.explicit.entries import ENTRYWISE, cannot
from matdiff.formula.syntax import Add, Call, Div, Expr, Mul, Num, Pow, Sym
from matdiff.functions import names as fn
from matdiff.notation.chains import negated

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORT = 100  # operations of a fraction whose common factors are looked for
_NAMES = {head.__name__: name for name, head in ENTRYWISE.items()}


def formula(value: sympy.Expr) -> Expr:
    """An entry as a formula, in the shorter of its forms: as it came, multiplied out, or as one fraction."""
    value = sympy.sympify(value)  # a constant of the graph is a plain number
    return _formula(min((value, sympy.expand(value), *_as_fraction(value)), key=sympy.count_ops))


def _as_fraction(value: sympy.Expr) -> Iterable[sympy.Expr]:
    """A sum of fractions over one denominator, a short fraction without common factors."""
    if value.is_Add and any(sympy.denom(term) != 1 for term in value.args):
        yield sympy.together(value)
    if sympy.count_ops(value) < _SHORT and value.is_rational_function() and not value.is_polynomial():
        yield sympy.cancel(value)


def _formula(value: sympy.Expr) -> Expr:
    if value.is_Rational:
        return Num(Fraction(int(value.p), int(value.q)))
    if value.is_Symbol:
        return Sym(value.name)
    if value.is_Add:
        return _sum(value)
    if value.is_Mul:
        return _product(value)
    if value.is_Pow:
        return _power(value.base, value.exp)
    if value is sympy.pi or value is sympy.E:
        return Call(fn.PI if value is sympy.pi else fn.EULER, ())
    name = _NAMES.get(getattr(value.func, "__name__", ""))
    if name is None or len(value.args) != 1:
        raise cannot(str(value.func))
    return Call(name, (_formula(value.args[0]),))


def _sum(value: sympy.Expr) -> Expr:
    terms = [_formula(term) for term in value.as_ordered_terms()]
    first = next((k for k, term in enumerate(value.as_ordered_terms()) if not term.could_extract_minus_sign()), 0)
    return Add((terms[first], *terms[:first], *terms[first + 1 :]))


def _product(value: sympy.Expr) -> Expr:
    c, rest = value.as_coeff_Mul()
    if c.is_Rational and c < 0:
        return negated(_formula(-value))
    above: list[Expr] = [Num(Fraction(int(c.p)))] if c.is_Rational and c.p != 1 else []
    below: list[Expr] = [Num(Fraction(int(c.q)))] if c.is_Rational and c.q != 1 else []
    for factor in sympy.Mul.make_args(rest):
        base, exponent = factor.as_base_exp() if factor.is_Pow else (factor, sympy.S.One)
        under = exponent.is_number and exponent.could_extract_minus_sign()
        (below if under else above).append(_power(base, -exponent if under else exponent))
    top = above[0] if len(above) == 1 else Mul(tuple(above)) if above else Num(Fraction(1))
    return top if not below else Div(top, below[0] if len(below) == 1 else Mul(tuple(below)))


def _power(base: sympy.Expr, exponent: sympy.Expr) -> Expr:
    if exponent == 1:
        return _formula(base)
    if exponent == sympy.Rational(1, 2):
        return Call(fn.SQRT, (_formula(base),))
    if exponent.is_negative:
        return Div(Num(Fraction(1)), _power(base, -exponent))
    return Pow(_formula(base), _formula(exponent))
