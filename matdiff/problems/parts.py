"""The parts of a problem as trees: its objective, and every relation within the range of its free indices."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.errors import Label, ReadingError, Span
from matdiff.formula.syntax import Expr, IndexedSum, Num, Relation, Sym, children, subtrees
from matdiff.reading.names import INDEX_LETTERS
from matdiff.reading.reader import read_part

if TYPE_CHECKING:
    from matdiff.formula.question import Declaration, Operator
    from matdiff.problems.statement import Statement, Written

_FOR_ALL = INDEX_LETTERS - {"l"}  # x_l <= x <= x_u are a lower and an upper bound


class Scope(NamedTuple):
    """What a part of the problem is: the objective (origin -1), or a relation of the constraint number `origin`."""

    origin: int
    bound: tuple[str, ...]


def parts_of(said: Statement, declared: tuple[Declaration, ...], names: set[str]) -> tuple[list[Expr], list[Scope]]:
    """The objective and every single relation as trees, each within the sums that bind its free indices."""
    parts: list[Expr] = []
    scopes: list[Scope] = []
    if said.objective is not None:
        start, end = said.objective
        parts.append(read_part(said.text, start, end, declared, names))
        scopes.append(Scope(-1, ()))
    bounds = _bounds(said, declared, parts)
    fixed = {letter for part in parts for letter in _free(part)} | {name.partition("_")[2] for name in names}
    for_all = _FOR_ALL - fixed - {item.name for item in declared}
    for origin, written in enumerate(said.constraints):
        for relation in _relations(said, written, declared, names):
            free = _free(relation)
            for index in sorted(free & for_all):
                bounds.setdefault(index, Sym(""))  # as in a sum without bounds: over all members
            bound = tuple([index for index in bounds if index in free])
            parts.append(_within(relation, bound, bounds))
            scopes.append(Scope(origin, bound))
    return parts, scopes


def _bounds(said: Statement, declared: tuple[Declaration, ...], parts: list[Expr]) -> dict[str, Expr]:
    """The last number of each index that is told: with the constraints, or by a sum of the objective."""
    bounds = {index: read_part(bound, 0, len(bound), declared) for index, bound in said.ranges.items() if bound}
    for part in parts:
        for inner in subtrees(part):
            if isinstance(inner, IndexedSum):
                bounds.setdefault(inner.index, inner.hi)
    return bounds


def _within(tree: Expr, bound: tuple[str, ...], bounds: dict[str, Expr]) -> Expr:
    """A relation within the sums that say how far its indices run."""
    for index in reversed(bound):
        tree = IndexedSum(index, Num(Fraction(1)), bounds[index], tree, span=tree.span)
    return tree


def _relations(said: Statement, written: Written, declared: tuple[Declaration, ...], names: set[str]) -> list[Relation]:
    """A chain a <= b <= c as its relations; >= with the sides exchanged is <=."""
    sides = [read_part(said.text, start, end, declared, names) for start, end in written.sides]
    found = []
    for k, relation in enumerate(written.relations):
        left, right = sides[k], sides[k + 1]
        if len(written.relations) > 1 and k:
            start, end = written.sides[k]
            left = read_part(said.text, start, end, declared, names)
        found.append(Relation(left, relation, right, span=Span(*written.place)))
    return found


def _free(tree: Expr) -> set[str]:
    """Subscripts of names that no sum inside the tree binds."""
    found: set[str] = set()
    stack: list[tuple[Expr, frozenset[str]]] = [(tree, frozenset())]
    while stack:
        node, bound = stack.pop()
        if isinstance(node, Sym) and node.subscript:
            last = node.name.rpartition("_")[2]  # of xi_hat_n the n
            found |= ({node.subscript, last} | (set(last) if len(last) == 2 else set())) - bound
        if isinstance(node, IndexedSum):
            stack += [(node.body, bound | {node.index}), (node.lo, bound), (node.hi, bound)]
        else:
            stack += [(child, bound) for child in children(node)]
    return found


def also_sought(parts: list[Expr], sought: set[str]) -> list[str]:
    """Names in the objective that only a constraint tells: the e of e = y - X w, the xi of xi_n >= 0 that stands in
    another constraint, too.
    """
    relations = [one for one in map(_plain, parts) if isinstance(one, Relation)]
    objective = [_bases(part) for part in parts if not isinstance(_plain(part), Relation)]
    bases = {name.partition("_")[0] for name in sought}
    found: dict[str, None] = {}
    for one in relations:
        name = one.left.name.partition("_")[0] if isinstance(one.left, Sym) else ""
        others = [_bases(other) for other in relations if other is not one]
        if name not in bases and any(name in names for names in objective) and _tells(one, name, bases, others):
            found[name] = None
    return list(found)


def _tells(one: Relation, name: str, sought: set[str], others: list[set[str]]) -> bool:
    """Does a relation define the name by what is sought, or bound it where another one has it beside what is sought?"""
    right = _bases(one.right)
    if one.relation == "=":
        return bool(right & sought) and name not in right
    return not right & sought and any(name in names and names & sought for names in others)


def _plain(tree: Expr) -> Expr:
    """A relation without the sums that bind its indices."""
    while isinstance(tree, IndexedSum):
        tree = tree.body
    return tree


def _bases(tree: Expr) -> set[str]:
    return {one.name.partition("_")[0] for one in subtrees(tree) if isinstance(one, Sym)}


def refuse_absent(operator: Operator, parts: list[Expr], said: Statement) -> None:
    """Raise ReadingError E140 for an unknown behind min that stands nowhere in the problem: x for X."""
    if not said.sense or not said.unknowns:
        return
    text = said.text
    names = {one.name for part in parts for one in subtrees(part) if isinstance(one, Sym)}
    known = names | {name.partition("_")[0] for name in names}
    for by in operator.by:
        if by.name not in known and by.name.partition("_")[0] not in known:
            near = sorted(name for name in known if name.lower() == by.name.lower())
            hint = f"did you mean {near[0]}?" if near else "name what is sought: min_x, min_{w, b}"
            place = max(text.find(by.name), 0)
            label = Label(Span(place, place + len(by.name)))
            raise ReadingError("E140", f"{by.name} does not occur in the problem", label, hint=hint, source=text)
