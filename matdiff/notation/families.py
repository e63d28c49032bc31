"""What the indices that number the members of a family are called, and how an answer says them: in an answer such an
index is that of a sum, or it has a name.
"""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import DELTA, Call, Expr, IndexedSum, Sym
from matdiff.functions import names as fn
from matdiff.graph import build, elementwise, members, powers
from matdiff.graph.members import family_axes
from matdiff.graph.nodes import Ein, IndexSum, Lin, Map, Op, Power, Var, number, walk
from matdiff.notation.sizes import size_expr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matdiff.calculus.variables import Variable
    from matdiff.graph.members import Bounds
    from matdiff.graph.nodes import Coefficient, Indices, Node, Size


def constant_along(node: Node, axis: int) -> bool:
    """Has a node the same entries for every member that an index numbers, as ones have?"""
    if isinstance(node, Lin):
        return all(constant_along(term, axis) for _, term in node.terms)
    if not isinstance(node, Ein):
        return False
    i = node.out[axis]
    return node.out.count(i) == 1 and all(i not in indices for _, indices in node.factors)


def written_out(node: Node) -> Node:
    """What a node is written as: a part of a family as the family, a logsumexp over its members as log sum exp(z_n)."""
    while isinstance(node, Op) and node.name == members.MEMBERS:
        node = node.args[0]
    if not _runs_over_members(node, fn.LOGSUMEXP):
        return node
    return Map(fn.LOG, _total(node.args[0]))


def softmax_written_out(node: Node, indices: Indices) -> list[tuple[Node, Indices]]:
    """A softmax over the members of a family as exp(z_n) and the sum of them all; any other factor as it is."""
    if not is_softmax_of_members(node):
        return [(node, indices)]
    inside = node.args[0]
    return [(elementwise.apply(fn.EXP, inside), indices), (powers.power(_total(inside), build.num(-1)), ())]


def softmaxes(
    factors: list[tuple[Node, Indices]],
    named: Mapping[int, str],
    raised: Callable[[Node, tuple[str | None, ...]], Expr],
) -> tuple[list[tuple[Node, Indices]], list[tuple[Expr, Indices]]]:
    """exp(z) over the sum of its entries, for a vector z of each member: the factors without them, and the softmaxes
    that they are.
    """
    left, found = list(factors), list[tuple["Expr", "Indices"]]()
    for node, indices in factors:
        count = _reciprocals(node)
        inside, axis = _summed_exponential(node.args[0]) if count else (None, 0)
        if inside is None:
            continue
        places = [at for other, at in left if other is inside and _without(at, axis) == indices]
        taken = [at for at in places if at.count(at[axis]) == 1][:count]
        if taken:
            left.remove((node, indices))
            left += [(build.reciprocal(node.args[0]), indices)] * (count - len(taken))
        for at in taken:
            left.remove((inside, at))
            names = tuple([None if k == axis else named.get(i) for k, i in enumerate(at)])
            found.append((Call(fn.SOFTMAX, (raised(inside.arg, names),)), (at[axis],)))
    return left, found


def _without(indices: Indices, axis: int) -> Indices:
    return (*indices[:axis], *indices[axis + 1 :])


def _reciprocals(node: Node) -> int:
    """The k of 1/z^k, a whole number; 0 for another node."""
    e = number(node.exponent) if isinstance(node, Power) else None
    return int(-e) if e is not None and e < 0 and e.denominator == 1 else 0


def _summed_exponential(total: Node) -> tuple[Map | None, int]:
    """The exponential of sum(exp(z_n)), a sum over the entries of each member, and its axis; None of another node."""
    if not isinstance(total, Ein) or len(total.factors) != 1:
        return None, 0
    inside, slots = total.factors[0]
    axis = next((axis for axis, i in enumerate(slots) if i not in total.out), 0)
    is_member = [family is not None for family in family_axes(inside)]
    alone = bool(total.out) and _without(slots, axis) == total.out
    entries = is_member == [k != axis for k in range(len(slots))]
    return (inside if alone and entries and isinstance(inside, Map) and inside.function == fn.EXP else None), axis


def is_softmax_of_members(node: Node) -> bool:
    """Has it an entry for every member of a family?"""
    return _runs_over_members(node, fn.SOFTMAX)


def _runs_over_members(node: Node, name: str) -> bool:
    return isinstance(node, Op) and node.name == name and any(family_axes(node.args[0]))


def _total(exponents: Node) -> Node:
    return build.ein([(elementwise.apply(fn.EXP, exponents), (0,))], ())


Terms = tuple[tuple["Coefficient", "Node"], ...]


def distributed(node: Node, names: tuple[str | None, ...], *, apart: bool = True) -> Terms:
    """A node as terms: a product over members is taken apart where a sum in it ties two indices of members, as
    diag(p) - p p^T does; what is left sums over one member at a time.  Unless `apart`, only where a term of that sum
    makes the two members one.
    """
    if isinstance(node, Lin):
        return tuple([(c * d, part) for c, term in node.terms for d, part in distributed(term, names, apart=apart)])
    if not isinstance(node, Ein):
        return ((1, node),)
    named = {i for i, name in zip(node.out, names, strict=True) if name is not None}
    place = next(
        (k for k, factor in enumerate(node.factors) if _ties_members(*factor, named) and (apart or _unites(factor[0]))),
        None,
    )
    if place is None:
        return ((1, node),)
    inner, indices = node.factors[place]
    parts: list[tuple[Coefficient, Node]] = []
    for c, term in inner.terms:  # type: ignore[attr-defined] # a Lin, as _ties_members says
        order = node.written or range(len(node.factors))
        factors = [(term, indices) if k == place else node.factors[k] for k in order]
        parts.append((c, build.ein(factors, node.out, dict(enumerate(node.sizes)))))
    return tuple([(c * d, part) for c, term in parts for d, part in distributed(term, names, apart=apart)])


def _unites(node: Node) -> bool:
    """Is one of the terms of a sum there for equal members alone, as diag(p) is?"""
    return any(isinstance(term, Ein) and len(set(term.out)) < len(term.out) for term in node.args)


def _ties_members(node: Node, indices: Indices, named: set[int]) -> bool:
    """Does a sum stand between members of which one is still to be summed over?"""
    if not isinstance(node, Lin) or len(node.terms) < 2:
        return False
    members = [i for i, is_family in zip(indices, family_axes(node), strict=True) if is_family]
    return len(members) > 1 and not named.issuperset(members)


def family_names(node: Node, indices: Indices, i: int) -> list[str]:
    """The names that families give to index i."""
    if isinstance(node, Var):
        subscript = node.name.partition("_")[2]
        k = indices.index(i) if i in indices else -1
        if 0 <= k < node.family:
            return [subscript] if node.family == 1 else [subscript[k : k + 1]]
        return []
    if isinstance(node, Ein):
        inner = dict(zip(indices, node.out, strict=True)).get(i)
        return (
            []
            if inner is None
            else [name for factor, slots in node.factors for name in family_names(factor, slots, inner)]
        )
    if isinstance(node, (Lin, Map)):
        return [name for arg in node.args for name in family_names(arg, indices, i)]
    if isinstance(node, (Power, IndexSum)) or (
        isinstance(node, Op) and [arg.order for arg in node.args] == [node.order]
    ):
        return family_names(node.args[0], indices, i)
    return []


def run(factors: Sequence[tuple[Node, Indices]], i: int, size: Size) -> Bounds:
    """From where to where a sum over an index of a product runs: the members that its factors have."""
    for node, indices in factors:
        for j, bounds in zip(indices, family_axes(node), strict=True):
            if j == i and bounds is not None:
                return bounds
    return 1, size


def kronecker_delta(first: str, second: str) -> Sym:
    """delta_kl: one where two members are the same, else zero."""
    return Sym(f"{DELTA}_{first}{second}", (first, second), DELTA)


def common_place(node: Node, index: list[str]) -> Op | None:
    """The part of a family that every term of a derivative by members is restricted to, each member by itself, where
    that is one part: then it is said beside the answer, not in it.
    """
    terms = [term for _, term in node.terms] if isinstance(node, Lin) else [node]
    found = {place for term in terms for place, _ in _places(term)}
    if not index or not all(_restricts_all(term, len(index)) for term in terms):
        return None
    inside = {inner for inner in walk(node) if isinstance(inner, Op) and inner.name == members.PLACE}
    return next(iter(found)) if len(found) == 1 and inside == found else None


def _places(term: Node) -> list[tuple[Op, Indices]]:
    factors = term.factors if isinstance(term, Ein) else ()
    return [(factor, at) for factor, at in factors if isinstance(factor, Op) and factor.name == members.PLACE]


def _restricts_all(term: Node, members: int) -> bool:
    """Whether a term is restricted in its first indices, the members differentiated by, and in no other."""
    restricted = {at[-1] for _, at in _places(term)}  # a place ties the number in the part to that in the family
    return isinstance(term, Ein) and restricted == set(term.out[:members])


def condition(place: Op, member: str, index: str) -> Expr:
    """One where a member is in a part of its family, else zero: the sum of delta_kn over the part."""
    low, last, *_ = place.attributes
    return IndexedSum(index, size_expr(low), size_expr(last), kronecker_delta(member, index))


def part_notes(derivative: Node, variables: tuple[Variable, ...]) -> tuple[str, ...]:
    """For which members a derivative by a member of a part of a family is."""
    index = [name for variable in variables if variable.part.family for name in variable.by.index]
    place = common_place(derivative, index)
    if place is None:
        return ()
    low, last, *_ = place.attributes
    return (f"for {', '.join(index)} = {low}, ..., {last}; by every other member the derivative is 0",)
