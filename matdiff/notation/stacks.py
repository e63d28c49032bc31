"""Families that meet the entries of a vector: in y .* X alpha the members x_n are the rows of a matrix X.

An answer that writes such a stack says what it is: X = sum(n, 1, N, e_n x_n^T).
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.stacking import stack_of, told
from matdiff.formula.syntax import Call, Expr, IndexedSum, Mul, Num, Sym, Transpose, subtrees
from matdiff.functions import names as fn
from matdiff.notation.sizes import size_expr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matdiff.formula.question import Symbol


def stacks(symbols: Mapping[str, Symbol]) -> dict[str, Symbol]:
    """For each family the vector or matrix that stacks its members, by a name of its own."""
    found: dict[str, Symbol] = {}
    taken = {*symbols, *[name.partition("_")[0] + "_" for name in symbols]}
    for name, symbol in symbols.items():
        made = stack_of(symbol, taken) if symbol.family else None
        if made is not None:
            found[name] = made
            taken.add(made.name)
    return found


def stack_expr(stack: Symbol, names: tuple[str | None, ...]) -> Expr:
    """A family with an open index: the stack, or of a family with two indices the row or column of a named one."""
    whole = Sym(stack.name)
    if len(names) == 2 and names[0] is not None:
        return Mul((Transpose(whole), Call(fn.UNIT_VECTOR, (Sym(names[0]),))))
    if len(names) == 2 and names[1] is not None:
        return Mul((whole, Call(fn.UNIT_VECTOR, (Sym(names[1]),))))
    return whole


def written_stacks(tree: Expr | None, symbols: Mapping[str, Symbol]) -> tuple[dict[str, Expr], list[str]]:
    """What the stacks in an answer stand for, and notes that say it in words."""
    if tree is None or not any(symbol.family for symbol in symbols.values()):
        return {}, []
    names = {inner.name for inner in subtrees(tree) if isinstance(inner, Sym)}
    lets, notes = {}, []
    for name, stack in stacks(symbols).items():
        if stack.name in names and stack.name not in symbols:
            lets[stack.name] = _meaning(symbols[name])
            notes.append(told(stack, symbols[name]))
    return lets, notes


def _meaning(family: Symbol) -> Expr:
    """The stack of a family as a sum over unit vectors."""
    units: list[Expr] = [Call(fn.UNIT_VECTOR, (Sym(index),)) for index in family.family]
    member: Expr = Sym(family.name, family.family, family.name)
    factors: tuple[Expr, ...]
    if family.shape != (1, 1):
        factors = (units[0], Transpose(member) if family.shape[1] == 1 else member)
    else:
        factors = (member, units[0], *[Transpose(unit) for unit in units[1:]])
    total: Expr = Mul(factors)
    starts = family.family_starts or (1,) * len(family.family)
    if any(start != 1 for start in starts):
        return total
    for index, size in zip(reversed(family.family), reversed(family.family_sizes), strict=True):
        total = IndexedSum(index, Num(Fraction(1)), size_expr(size), total)
    return total
