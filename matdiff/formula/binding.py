"""Indices that sums bind: a sum inside another, or where a member has a name, gets a letter of its own."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula import syntax
from matdiff.formula.occurrences import children
from matdiff.formula.syntax import DELTA, Expr, IndexedSum, Sym

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_LETTERS = "nmlijrskhpquvgfabc"


def apart(tree: Expr, members: AbstractSet[str], taken: frozenset[str] = frozenset()) -> Expr:
    """The same formula, where no sum has the index of a sum around it or a name in `taken`; `members` are the letters
    that stand before the underscore of members and entries, x of x_n.
    """
    if isinstance(tree, IndexedSum):
        index, body = tree.index, tree.body
        if index in taken:
            free = taken | {node.name for node in syntax.subtrees(body) if isinstance(node, Sym)} | _letters_of(body)
            index = next((letter for letter in _LETTERS if letter not in free), index)
            body = renamed(body, tree.index, index, members)
        lo, hi = apart(tree.lo, members, taken), apart(tree.hi, members, taken)
        return IndexedSum(index, lo, hi, apart(body, members, taken | {index}), tree.product)
    return rebuilt(tree, [apart(child, members, taken) for child in children(tree)])


def _letters_of(tree: Expr) -> set[str]:
    sums = {node.index for node in syntax.subtrees(tree) if isinstance(node, IndexedSum)}
    return sums | {letter for node in syntax.subtrees(tree) if isinstance(node, Sym) for letter in node.subscript}


def renamed(tree: Expr, old: str, new: str, members: AbstractSet[str]) -> Expr:
    """A formula with another name for an index that is free in it."""
    if isinstance(tree, Sym):
        if tree.name == old:
            return Sym(new)
        if old not in tree.subscript or tree.base not in {DELTA, *members}:
            return tree
        index = tuple([new if part == old else part for part in tree.index])
        return Sym(f"{tree.base}_{tree.subscript.replace(old, new)}", index, tree.variable)
    if isinstance(tree, IndexedSum):
        lo, hi = renamed(tree.lo, old, new, members), renamed(tree.hi, old, new, members)
        body = tree.body if tree.index == old else renamed(tree.body, old, new, members)
        return IndexedSum(tree.index, lo, hi, body, tree.product)
    return rebuilt(tree, [renamed(child, old, new, members) for child in children(tree)])


def rebuilt(tree: Expr, parts: list[Expr]) -> Expr:
    """The same operation on other operands; the tree itself where they are its own."""
    if all(new is old for new, old in zip(parts, children(tree), strict=True)):
        return tree
    match tree:
        case syntax.Neg() | syntax.Transpose():
            return type(tree)(parts[0])
        case syntax.Add() | syntax.Mul() | syntax.Had():
            return type(tree)(tuple(parts))
        case syntax.Div() | syntax.HadDiv() | syntax.Pow() | syntax.HadPow():
            return type(tree)(parts[0], parts[1])
        case syntax.Call(function, _):
            return syntax.Call(function, tuple(parts))
        case syntax.Apply(name, _):
            return syntax.Apply(name, tuple(parts))
        case syntax.Derivative(name, by, _):
            return syntax.Derivative(name, by, tuple(parts))
        case syntax.Matrix(_, width):
            return syntax.Matrix(tuple(parts), width)
        case _:
            return tree
