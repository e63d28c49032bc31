"""The rules of differentials, one function each: from d(e) to what it is, one layer at a time.

Magnus & Neudecker, Matrix Differential Calculus (2019), chapter 8.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.given_rules import in_force
from matdiff.derivation import functions
from matdiff.derivation.formulas import formula
from matdiff.derivation.trees import (
    add,
    constant,
    had,
    is_number,
    is_zero,
    matrix_power,
    minus,
    mul,
    neg,
    num,
    power,
    quotient,
    shape,
    transpose,
)
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
    Num,
    Pow,
    Sym,
    Transpose,
    children,
)
from matdiff.functions import names as fn

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.derivation.changes import Changes
    from matdiff.derivation.step import Formula

LINEAR = frozenset(
    (fn.TRACE, fn.SUM, fn.MEAN, fn.DIAG, fn.VEC, fn.VECH, fn.LOWER_TRIANGLE, fn.UPPER_TRIANGLE, fn.TRANSPOSE)
)
_WRITTEN_OUT = 6  # X^k up to this k is a product of k factors; a higher power is a sum over an index


class Applied(NamedTuple):
    """What a rule makes of d(e)."""

    rule: str
    formula: Formula | None
    tree: Expr


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


# -- what is linear
# --------------------------------------------------------------------------------------------------------


def linearly(e: Expr, changes: Changes) -> Applied | None:
    """The differential of a sum, of a product with one factor that varies, of a trace: constants stay, d goes
    inside.
    """
    if isinstance(e, Add):
        return _linear(
            "d(U + V)", "dU + dV", add(*[spread(term, changes) for term in e.terms if changes.varies(term)]), "sum rule"
        )
    if isinstance(e, Neg):
        return _linear("d(c U)", "c dU", neg(spread(e.arg, changes)))
    if isinstance(e, Transpose):
        return _linear("d(U^T)", "dU^T", transpose(spread(e.arg, changes)), "transpose rule")
    if isinstance(e, (Mul, Had)) and sum([changes.varies(factor) for factor in e.factors]) == 1:
        factors = [spread(factor, changes) if changes.varies(factor) else factor for factor in e.factors]
        return (
            _linear("d(A U B)", "A dU B", mul(*factors))
            if isinstance(e, Mul)
            else _linear("d(A .* U)", "A .* dU", had(*factors))
        )
    if isinstance(e, (Div, HadDiv)) and not changes.varies(e.den):
        return _linear("d(c U)", "c dU", quotient(spread(e.num, changes), e.den))
    if isinstance(e, Call) and e.function in LINEAR and len(e.args) == 1:
        return _through(e, changes)
    if isinstance(e, IndexedSum) and not e.product:
        inside = IndexedSum(e.index, e.lo, e.hi, spread(e.body, changes), shape=e.shape)
        return _linear("d(U + V)", "dU + dV", inside, "sum rule")
    return None


def _through(e: Call, changes: Changes) -> Applied:
    if e.function == fn.TRACE and isinstance(e.args[0], Call):
        told = functions.trace_of_function(e.args[0], spread(e.args[0].args[0], changes))
        if told is not None:
            return Applied(*told)
    inner = spread(e.args[0], changes)
    if e.function == fn.TRANSPOSE:
        return _linear("d(U^T)", "dU^T", transpose(inner), "transpose rule")
    made = Call(e.function, (inner,), shape=e.shape)
    rule = {fn.TRACE: "trace rule"}.get(e.function, "linearity")
    return Applied(rule, formula(f"d({e.function}(U))", f"{e.function}(dU)"), made)


def _linear(left: str, right: str, tree: Expr, rule: str = "linearity") -> Applied:
    return Applied(rule, formula(left, right), tree)


# -- products and quotients
# ------------------------------------------------------------------------------------------------


def _product(e: Mul, changes: Changes) -> Applied:
    terms = [
        mul(*e.factors[:k], spread(factor, changes), *e.factors[k + 1 :])
        for k, factor in enumerate(e.factors)
        if changes.varies(factor)
    ]
    return Applied("product rule", formula("d(U V)", "dU V + U dV"), add(*terms))


def _hadamard(e: Had, changes: Changes) -> Applied:
    terms = [
        had(*e.factors[:k], spread(factor, changes), *e.factors[k + 1 :])
        for k, factor in enumerate(e.factors)
        if changes.varies(factor)
    ]
    return Applied("product rule, entry by entry", formula("d(U .* V)", "dU .* V + U .* dV"), add(*terms))


def _quotient(e: Div | HadDiv, changes: Changes) -> Applied:
    entrywise = isinstance(e, HadDiv)
    times = had if entrywise else mul
    squared = power(e.den, num(2))
    below = neg(quotient(times(e.num, spread(e.den, changes)), squared))
    name = "quotient rule, entry by entry" if entrywise else "quotient rule"
    if not changes.varies(e.num):
        told = formula("d(A ./ V)", "-A .* dV ./ V.^2") if entrywise else formula("d(c/v)", "-(c dv)/v^2")
        return Applied(name, told, below)
    told = formula("d(U ./ V)", "dU ./ V - U .* dV ./ V.^2") if entrywise else formula("d(u/v)", "du/v - (u dv)/v^2")
    return Applied(name, told, add(quotient(spread(e.num, changes), e.den), below))


# -- powers
# ----------------------------------------------------------------------------------------------------------------


def _power(e: Pow | HadPow, changes: Changes) -> Applied | None:
    if isinstance(e, Pow) and isinstance(e.base, Call) and is_number(e.exponent, 2):
        squared = functions.squared_norm(e.base, spread(e.base.args[0], changes))
        if squared is not None:
            return Applied(*squared)
    if isinstance(e, Pow) and shape(e.base) != (1, 1):
        return None if changes.varies(e.exponent) else _matrix_power(e, changes)
    return _scalar_power(e, changes)


def _scalar_power(e: Pow | HadPow, changes: Changes) -> Applied:
    """d(u^a) = a u^(a-1) du; where the exponent varies, u^a log(u) da."""
    terms: list[Expr] = []
    entrywise = shape(e.base) != (1, 1)
    times = had if entrywise else mul
    if changes.varies(e.base):
        terms.append(times(e.exponent, power(e.base, minus(e.exponent, 1)), spread(e.base, changes)))
    if changes.varies(e.exponent):
        log = Call(fn.LOG, (e.base,), shape=shape(e.base))
        terms.append(times(e, log, spread(e.exponent, changes)))
    if not changes.varies(e.exponent):
        told = formula("d(u.^a)", "a u.^(a - 1) .* du") if entrywise else formula("d(u^a)", "a u^(a - 1) du")
        return Applied("power rule", told, add(*terms))
    if not changes.varies(e.base):
        return Applied("exponential rule", formula("d(c^u)", "c^u log(c) du"), add(*terms))
    return Applied(
        "power rule with both parts varying", formula("d(u^v)", "v u^(v - 1) du + u^v log(u) dv"), add(*terms)
    )


def _matrix_power(e: Pow, changes: Changes) -> Applied | None:
    inner = spread(e.base, changes)
    if is_number(e.exponent, -1):
        return Applied("inverse rule", formula("d(U^-1)", "-U^-1 dU U^-1"), neg(mul(e, inner, e)))
    if isinstance(e.exponent, Num):
        k = e.exponent.value
        if k.denominator != 1 or k < 0:
            return None
        if k == 0:
            return Applied("constant", formula("d(A)", "0"), constant(fn.ZEROS, shape(e)))
        if k <= _WRITTEN_OUT:
            terms = [_between(e.base, num(r), inner, num(k - 1 - r)) for r in range(int(k))]
            return Applied("product rule", formula("d(U^2)", "dU U + U dU"), add(*terms))
    return _symbolic_power(e, inner, changes)


def _symbolic_power(e: Pow, inner: Expr, changes: Changes) -> Applied | None:
    """Σ_{r=0}^{k-1} U^r dU U^(k-1-r) for a k that is a name."""
    if not isinstance(e.exponent, (Num, Sym)):
        return None
    name = next(
        name
        for name in ("r", "s", "j", "l", "r_1", "r_2", "r_3")
        if name not in changes.symbols and name not in _indices(inner)
    )
    r = Sym(name, shape=(1, 1))
    last = minus(e.exponent, 1)
    body = mul(
        Pow(e.base, r, shape=e.shape),
        inner,
        Pow(e.base, add(*(last.terms if isinstance(last, Add) else (last,)), neg(r)), shape=e.shape),
    )
    made = IndexedSum(name, num(0), last, body, shape=e.shape)
    return Applied("rule of powers", formula("d(U^k)", "sum(r, 0, k - 1, U^r dU U^(k - 1 - r))"), made)


def _indices(tree: Expr) -> set[str]:
    own = {tree.index} if isinstance(tree, IndexedSum) else set()
    return own.union(*[_indices(child) for child in children(tree)])


def _between(base: Expr, before: Num, inner: Expr, after: Num) -> Expr:
    left = [] if before.value == 0 else [matrix_power(base, before)]
    right = [] if after.value == 0 else [matrix_power(base, after)]
    return mul(*left, inner, *right)


# -- functions
# -------------------------------------------------------------------------------------------------------------


def _call(e: Call, changes: Changes) -> Applied | None:
    bilinear = functions.BILINEAR.get(e.function)
    if bilinear and len(e.args) == 2:
        return _bilinear(e, changes, bilinear)
    defined = functions.definition(e)
    if defined is not None:
        return Applied(defined.rule, defined.formula, changes.of(defined.tree))
    if not e.args or any(changes.varies(arg) for arg in e.args[1:]):
        return None
    found = functions.applied(e, spread(e.args[0], changes))
    return None if found is None else Applied(*found)


def _bilinear(e: Call, changes: Changes, told: tuple[str, str]) -> Applied:
    left, right = e.args
    terms = []
    if changes.varies(left):
        terms.append(Call(e.function, (spread(left, changes), right), shape=e.shape))
    if changes.varies(right):
        terms.append(Call(e.function, (left, spread(right, changes)), shape=e.shape))
    kept = [term for term in terms if not any(is_zero(arg) for arg in term.args)]
    return Applied("product rule", formula(*told), add(*kept) if kept else constant(fn.ZEROS, shape(e)))


def _unknown(e: Apply, changes: Changes) -> Applied | None:
    """The chain rule of a function that is not known, du = (∂u/∂x^T) dx, or the rule that was given for it."""
    given = in_force().get(e.name)
    if given is not None:
        told, tree = functions.by_given_rule(e, spread(e.args[0], changes), given)
        return Applied(f"d {e.name}", told, tree)
    made = functions.unknown(
        e, [spread(arg, changes) if changes.varies(arg) else None for arg in e.args], changes.symbols[e.name]
    )
    return None if made is None else Applied("chain rule", made[0], made[1])


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
