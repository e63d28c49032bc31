"""Differentials of powers, of squares of norms and of norms, by the rules of `functions.rules`."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.derivation.applied import Applied, by_rule, lifted, substituted, told, typed
from matdiff.derivation.formulas import formula
from matdiff.derivation.step import Formula
from matdiff.derivation.trees import (
    SCALAR,
    add,
    constant,
    is_number,
    matrix_power,
    mul,
    num,
    shape,
    transpose,
)
from matdiff.formula.norms import norm_of
from matdiff.formula.syntax import Add, Apply, Call, Expr, HadPow, IndexedSum, Num, Pow, Sym, children
from matdiff.functions import names as fn
from matdiff.functions.rules import RULES, leibniz, rule_of_powers

if TYPE_CHECKING:
    from matdiff.derivation.changes import Changes

_WRITTEN_OUT = 6  # X^k up to this k is a product of k factors; a higher power is a sum over an index
_INDICES = ("r", "s", "j", "l", "r_1", "r_2", "r_3")


# -- entry by entry ----------------------------------------------------------------------------------------------------


def of_entries(e: Pow | HadPow, base: Expr | None, exponent: Expr | None) -> Applied:
    """The differential of a scalar's or of every entry's power; `base` and `exponent` are their changes, None where
    they do not change.
    """
    terms: list[Expr] = []
    if base is not None:
        terms.append(_entry_by_entry("power rule", {"u": e.base, "du": base}, {"a": e.exponent}))
    if exponent is not None:
        terms.append(_entry_by_entry("exponential rule", {"c": e.base}, {"u": e.exponent, "du": exponent}))
    made = add(*terms)
    if exponent is None:
        return told("power rule", made, "entrywise" if shape(e.base) != SCALAR else "")
    if base is None:
        return told("exponential rule", made)
    return Applied("power rule with both parts varying", _both(), made)


def _entry_by_entry(name: str, varying: dict[str, Expr], scalars: dict[str, Expr]) -> Expr:
    """The right side of a rule of scalars: `varying` are of one shape, `scalars` numbers for all entries."""
    tree = typed(RULES[name].right, dict.fromkeys((*varying, *scalars), SCALAR))
    return lifted(tree, varying, scalars)


def _both() -> Formula:
    """The power rule and the exponential rule together: d(u^v)."""
    power, exponential = (formula(RULES[name].left, RULES[name].right) for name in ("power rule", "exponential rule"))
    by_base = substituted(power.right, {"a": Sym("v")})
    by_exponent = substituted(exponential.right, {"c": Sym("u"), "u": Sym("v"), "du": Sym("dv")})
    left = Apply("d", (Pow(Sym("u"), Sym("v")),))
    return Formula(left, Add((by_base, by_exponent)))


# -- powers of matrices ------------------------------------------------------------------------------------------------


def of_matrix(e: Pow, change: Expr, changes: Changes) -> Applied | None:
    """The differential of a power of a square matrix that changes by `change`; None for an exponent without a rule."""
    if is_number(e.exponent, -1):
        return told("inverse rule", _inverse(e, change))
    if isinstance(e.exponent, Num):
        k = e.exponent.value
        if k.denominator != 1 or k < 0:
            return None
        if k == 0:
            return Applied("constant", formula("dA", "0"), constant(fn.ZEROS, shape(e)))
        if k <= _WRITTEN_OUT:
            return told("product rule", add(*_written_out(e.base, int(k), change)), "power")
    return _by_index(e, change, changes)


def _inverse(e: Pow, change: Expr) -> Expr:
    tree = typed(RULES["inverse rule"].right, {"U": shape(e), "dU": shape(e)})
    return substituted(tree, {"U": e.base, "dU": change})


def _written_out(base: Expr, k: int, change: Expr) -> list[Expr]:
    """The product rule of k equal factors, equal neighbours gathered in powers."""
    terms = leibniz([base] * k, lambda _: change)
    return [
        mul(*_gathered(base, place), change, *_gathered(base, len(factors) - 1 - place))
        for place, factors in enumerate(terms)
    ]


def _gathered(base: Expr, count: int) -> list[Expr]:
    return [matrix_power(base, num(count))] if count else []


def _by_index(e: Pow, change: Expr, changes: Changes) -> Applied | None:
    """The sum over an index for a k that is large, or a name."""
    if not isinstance(e.exponent, (Num, Sym)):
        return None
    taken = _indices(change)
    name = next(name for name in _INDICES if name not in changes.symbols and name not in taken)
    sides = shape(e)
    tree = typed(rule_of_powers(name), {"U": sides, "dU": sides, "k": SCALAR}, ("k",))
    return told("rule of powers", substituted(tree, {"U": e.base, "dU": change, "k": e.exponent}))


def _indices(tree: Expr) -> set[str]:
    own = {tree.index} if isinstance(tree, IndexedSum) else set()
    return own.union(*[_indices(child) for child in children(tree)])


# -- norms -------------------------------------------------------------------------------------------------------------


def kind_of_norm(norm: Call) -> str:
    """2 (of a matrix by Frobenius), 1, p, and others by which no rule is told here."""
    return norm_of(norm, is_vector=1 in shape(norm.args[0])).kind


def squared_norm(e: Pow, change: Expr) -> Applied | None:
    """The differential of ‖u‖²; None for another norm or exponent."""
    if not is_number(e.exponent, 2) or not isinstance(e.base, Call):
        return None
    return _euclidean("square of a norm", e.base, change) if is_euclidean(e.base) else None


def norm(e: Call, change: Expr) -> Applied | None:
    """The differential of ‖u‖; None for another norm."""
    return _euclidean("norm rule", e, change) if is_euclidean(e) else None


def is_euclidean(e: Call) -> bool:
    return e.function == fn.NORM and kind_of_norm(e) == "2"


def _euclidean(name: str, e: Call, change: Expr) -> Applied:
    """By the rule for vectors, a row as a column; by its form for matrices."""
    u = e.args[0]
    if 1 not in shape(u):
        return told(name, by_rule(name, {"U": u, "dU": change}, "matrix"), "matrix")
    column = shape(u)[1] == 1
    return told(name, by_rule(name, {"u": u, "du": change} if column else {"u": transpose(u), "du": transpose(change)}))
