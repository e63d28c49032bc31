"""From d(e) to what it is, one layer at a time: which rule of `functions.rules` or row of the table is next, applied.

Magnus & Neudecker, Matrix Differential Calculus (2019), chapter 8.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.given_rules import in_force
from matdiff.derivation import calls, definitions, powers
from matdiff.derivation.applied import Applied, by_rule, told
from matdiff.derivation.trees import add, constant, had, is_zero, mul, neg, quotient, transpose
from matdiff.derivation.trees import shape as sides_of
from matdiff.formula.syntax import (
    Add,
    Apply,
    Call,
    Div,
    Expr,
    Had,
    HadDiv,
    HadPow,
    IndexedSum,
    Mul,
    Neg,
    Pow,
    Transpose,
)
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.functions.rules import leibniz

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.derivation.changes import Changes


def applied(e: Expr, changes: Changes) -> Applied | None:
    """The rule for d(e) applied, None where there is none; `e` depends on what changes."""
    linear = linearly(e, changes)
    if linear is not None:
        return linear
    rule = _RULES.get(type(e))
    return None if rule is None else rule(e, changes)


def spread(e: Expr, changes: Changes) -> Expr:
    """d(e) with everything linear worked out without a step of its own."""
    linear = linearly(e, changes) if changes.varies(e) else None
    return changes.of(e) if linear is None else linear.tree


def _change(changes: Changes) -> Callable[[Expr], Expr | None]:
    """The change of what varies, None of what does not."""
    return lambda e: spread(e, changes) if changes.varies(e) else None


# -- what is linear in all that varies ---------------------------------------------------------------------------------


def linearly(e: Expr, changes: Changes) -> Applied | None:
    """The differential of a sum, of a product with one factor that varies, of a trace: constants stay, d goes
    inside.
    """
    rule = _LINEAR.get(type(e))
    return None if rule is None else rule(e, changes)


def _sum(e: Add, changes: Changes) -> Applied:
    return told("sum rule", add(*[spread(term, changes) for term in e.terms if changes.varies(term)]))


def _indexed_sum(e: IndexedSum, changes: Changes) -> Applied | None:
    if e.product or not changes.varies(e.body):
        return None
    return told("sum rule", IndexedSum(e.index, e.lo, e.hi, spread(e.body, changes), shape=e.shape))


def _negative(e: Neg, changes: Changes) -> Applied:
    return told("linearity", neg(spread(e.arg, changes)), "scaled")


def _transpose(e: Transpose, changes: Changes) -> Applied:
    return told("linearity", transpose(spread(e.arg, changes)), "transposed")


def _divided(e: Div | HadDiv, changes: Changes) -> Applied | None:
    if changes.varies(e.den):
        return None
    return told("linearity", quotient(spread(e.num, changes), e.den), "scaled")


def _one_factor(e: Mul | Had, changes: Changes) -> Applied | None:
    terms = leibniz(e.factors, _change(changes))
    if len(terms) != 1:
        return None
    return told("linearity", mul(*terms[0])) if isinstance(e, Mul) else told("linearity", had(*terms[0]), "entrywise")


def _linear_call(e: Call, changes: Changes) -> Applied | None:
    """A function that its row says to be linear in all arguments that vary: one term for each."""
    varying = [place for place, arg in enumerate(e.args) if changes.varies(arg)]
    if not set(varying) <= set(TABLE[e.function].traits.linear):
        return None
    trace = calls.trace_of_function(e, changes) if calls.is_trace(e) else None
    if trace is not None:
        return trace
    terms = [Call(e.function, tuple(args), shape=e.shape) for args in leibniz(e.args, _change(changes))]
    if calls.is_transpose(e):
        return told("linearity", transpose(terms[0].args[0]), "transposed")
    kept = [term for term, place in zip(terms, varying, strict=True) if not is_zero(term.args[place])]
    name = "product rule" if len(terms) > 1 else "trace rule" if calls.is_trace(e) else "linearity"
    made = add(*kept) if kept else constant(fn.ZEROS, sides_of(e))
    return Applied(name, calls.formula_of_linear(e, varying), made)


_LINEAR: dict[type, Callable[..., Applied | None]] = {
    Add: _sum,
    IndexedSum: _indexed_sum,
    Neg: _negative,
    Transpose: _transpose,
    Mul: _one_factor,
    Had: _one_factor,
    Div: _divided,
    HadDiv: _divided,
    Call: _linear_call,
}


# -- products, quotients, powers, functions ----------------------------------------------------------------------------


def _product(e: Mul, changes: Changes) -> Applied:
    return told("product rule", add(*[mul(*factors) for factors in leibniz(e.factors, _change(changes))]))


def _hadamard(e: Had, changes: Changes) -> Applied:
    terms = [had(*factors) for factors in leibniz(e.factors, _change(changes))]
    return told("product rule, entry by entry", add(*terms))


def _quotient(e: Div | HadDiv, changes: Changes) -> Applied:
    u, v = ("u", "v") if isinstance(e, Div) else ("U", "V")
    put = {u: e.num, v: e.den, "d" + u: spread(e.num, changes), "d" + v: spread(e.den, changes)}
    name = "quotient rule" if isinstance(e, Div) else "quotient rule, entry by entry"
    return told(name, by_rule(name, put), "" if changes.varies(e.num) else "constant")


def _power(e: Pow | HadPow, changes: Changes) -> Applied | None:
    if isinstance(e, Pow) and isinstance(e.base, Call) and e.base.args:
        squared = powers.squared_norm(e, spread(e.base.args[0], changes))
        if squared is not None:
            return squared
    base = spread(e.base, changes)
    if isinstance(e, Pow) and sides_of(e.base) != (1, 1):
        return None if changes.varies(e.exponent) else powers.of_matrix(e, base, changes)
    exponent = spread(e.exponent, changes) if changes.varies(e.exponent) else None
    return powers.of_entries(e, base if changes.varies(e.base) else None, exponent)


def _call(e: Call, changes: Changes) -> Applied | None:
    defined = definitions.definition(e)
    if defined is not None:
        return Applied(defined.rule, defined.formula, changes.of(defined.tree))
    if not e.args or any(changes.varies(arg) for arg in e.args[1:]):
        return None
    return calls.applied(e, spread(e.args[0], changes))


def _unknown(e: Apply, changes: Changes) -> Applied | None:
    """The chain rule of a function that is not known, du = (∂u/∂x^T) dx, or the rule that was given for it."""
    given = in_force().get(e.name)
    if given is not None:
        return calls.by_given_rule(e, spread(e.args[0], changes), given)
    moved = [spread(arg, changes) if changes.varies(arg) else None for arg in e.args]
    return calls.unknown(e, moved, changes.symbols[e.name])


_RULES: dict[type, Callable[..., Applied | None]] = {
    Mul: _product,
    Had: _hadamard,
    Div: _quotient,
    HadDiv: _quotient,
    Pow: _power,
    HadPow: _power,
    Call: _call,
    Apply: _unknown,
}
