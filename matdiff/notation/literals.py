"""Matrices of numbers in an answer, worked out where they meet: [1 2; 3 4] + [1 3; 2 4] is [2 5; 5 8]."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction

from matdiff.formula.binding import rebuilt
from matdiff.formula.syntax import Add, Expr, Matrix, Mul, Neg, Num, Transpose, children, literal, literal_of, subtrees

Rows = list[list[Fraction]]


def worked_out(tree: Expr) -> Expr:
    """The formula with sums, products and transposes of matrices of numbers as one matrix each."""
    if not any(isinstance(part, Matrix) for part in subtrees(tree)):
        return tree
    return _folded(tree)


def _folded(tree: Expr) -> Expr:
    tree = rebuilt(tree, [_folded(part) for part in children(tree)])
    match tree:
        case Transpose(arg) if (rows := literal_of(arg)) is not None:
            return literal(zip(*rows, strict=True))
        case Add(terms):
            return _sum(tree, terms)
        case Mul(factors):
            return _product(tree, factors)
        case _:
            return tree


def _sum(tree: Add, terms: tuple[Expr, ...]) -> Expr:
    """The matrices of numbers among the terms, added up where the first of them stands."""
    known = [(k, rows) for k, term in enumerate(terms) if (rows := _scaled(term)) is not None]
    if len(known) < 2:
        return tree
    total = [
        [sum(entries, Fraction(0)) for entries in zip(*lines, strict=True)]
        for lines in zip(*[rows for _, rows in known], strict=True)
    ]
    places = [k for k, _ in known]
    kept = [literal(total) if k == places[0] else term for k, term in enumerate(terms) if k not in places[1:]]
    return kept[0] if len(kept) == 1 else Add(tuple(kept))


def _scaled(term: Expr) -> Rows | None:
    """The rows of c M for a number c and a matrix of numbers M."""
    if isinstance(term, Neg):
        rows = _scaled(term.arg)
        return None if rows is None else [[-entry for entry in row] for row in rows]
    if isinstance(term, Mul) and len(term.factors) == 2 and isinstance(term.factors[0], Num):
        rows, c = literal_of(term.factors[1]), term.factors[0].value
        return None if rows is None else [[c * entry for entry in row] for row in rows]
    return literal_of(term)


def _product(tree: Mul, factors: tuple[Expr, ...]) -> Expr:
    """Neighbouring matrices of numbers, multiplied."""
    found: list[Expr] = []
    for factor in factors:
        left = literal_of(found[-1]) if found else None
        right = literal_of(factor)
        if left is not None and right is not None and len(left[0]) == len(right):
            columns = list(zip(*right, strict=True))
            entries = [
                [sum([a * b for a, b in zip(row, column, strict=True)], Fraction(0)) for column in columns]
                for row in left
            ]
            found[-1] = literal(entries) if len(entries) * len(columns) > 1 else Num(entries[0][0])
        else:
            found.append(factor)
    if len(found) == len(factors):
        return tree
    return found[0] if len(found) == 1 else Mul(tuple(found))
