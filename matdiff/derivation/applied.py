"""A rule applied: the rules of `functions.rules`, with formulas put in for their names."""

from __future__ import annotations

from matdiff.lean.types import MappingProxyType
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus import row_formulas as templates
from matdiff.derivation.formulas import formula
from matdiff.derivation.trees import add, had, neg, num, power, quotient, rebuilt, shape
from matdiff.derivation.trees import constant as filled
from matdiff.derivation.trees import mul as product
from matdiff.formula.syntax import (
    Add,
    Call,
    Div,
    Expr,
    Had,
    HadPow,
    Mul,
    Neg,
    Pow,
    Sym,
    children,
)
from matdiff.functions import names as fn
from matdiff.functions.rules import RULES
from matdiff.records import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matdiff.derivation.step import Formula
    from matdiff.formula.syntax import Shape

_NONE: Mapping[str, Expr] = MappingProxyType({})


class Applied(NamedTuple):
    """What a rule makes of d(e)."""

    rule: str
    formula: Formula | None
    tree: Expr


def told(name: str, tree: Expr, form: str = "") -> Applied:
    """A rule of `functions.rules` by its name, told in one of its forms, with what it makes of d(e)."""
    rule = RULES[name]
    left, right = rule.forms.get(form, (rule.left, rule.right))
    return Applied(name, formula(left, right), tree)


def by_rule(name: str, values: Mapping[str, Expr], form: str = "") -> Expr:
    """The right side of a rule with formulas put in for its names."""
    rule = RULES[name]
    text = rule.forms[form][1] if form else rule.right
    return substituted(typed(text, {letter: shape(value) for letter, value in values.items()}), values)


def typed(text: str, arguments: Mapping[str, Shape], integers: tuple[str, ...] = ()) -> Expr:
    """A formula of the table as a tree; Ω is its own output."""
    return templates.typed(text.replace("Ω", "Omega"), arguments, integers).expression


def substituted(tree: Expr, values: Mapping[str, Expr]) -> Expr:
    """A formula with other formulas put in for its names."""
    if isinstance(tree, Sym):
        return values.get(tree.name, tree)
    if isinstance(tree, Call) and tree.function == fn.INVERSE:
        return Pow(substituted(tree.args[0], values), num(-1), shape=tree.shape)
    return rebuilt(tree, lambda child: substituted(child, values))


def lifted(tree: Expr, values: Mapping[str, Expr], scalars: Mapping[str, Expr] = _NONE) -> Expr:
    """A scalar formula read entry by entry, with vectors or matrices of one shape put in for its names, and `scalars`
    for those that are one number for all entries.
    """
    if isinstance(tree, Sym) and tree.name in values:
        return values[tree.name]
    if not _mentions(tree, values):
        return substituted(tree, scalars)

    def inside(part: Expr) -> Expr:
        return lifted(part, values, scalars)

    like = shape(next(iter(values.values())))
    match tree:
        case Add(terms):
            return add(*[_spread_out(inside(term), like) for term in terms])
        case Neg(arg):
            return neg(inside(arg))
        case Mul(factors) | Had(factors):
            return had(*[inside(factor) for factor in factors])
        case Div(above, below):
            return quotient(inside(above), inside(below))
        case Pow(base, exponent) | HadPow(base, exponent):
            return power(inside(base), inside(exponent))
        case Call(_, args):
            return replace(tree, args=tuple([inside(arg) for arg in args]), shape=like)
        case _:
            return tree


def _mentions(tree: Expr, values: Mapping[str, Expr]) -> bool:
    if isinstance(tree, Sym):
        return tree.name in values
    return any(_mentions(child, values) for child in children(tree))


def _spread_out(term: Expr, like: Shape) -> Expr:
    """A number in a sum of vectors stands for a vector of that number."""
    if shape(term) == like:
        return term
    ones = filled(fn.ONES, like)
    return neg(product(term.arg, ones)) if isinstance(term, Neg) else product(term, ones)
