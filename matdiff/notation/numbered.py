"""Members of families by their numbers: x_3, the x_k that no sum binds, the x_n of a sum whose index is a number.

In the graph such a member is the family times a unit vector, whose place is the member's number.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.graph import build
from matdiff.graph.members import first_member
from matdiff.graph.nodes import ONE, Ein, IndexSum, Lin, Var, number
from matdiff.graph.sums import substitute
from matdiff.notation.families import kronecker_delta
from matdiff.notation.terms import Scalar

if TYPE_CHECKING:
    from matdiff.formula.syntax import Sym
    from matdiff.graph.nodes import Indices, Node, Size

Factors = list[tuple["Node", "Indices"]]


def take_names(factors: Factors, named: dict[int, str]) -> tuple[Factors, list[Scalar]]:
    """The factors without the unit vectors that pick a member, whose index gets the member's name in `named`; and
    deltas, where that index has another name already.
    """
    left, ties = [], []
    for node, indices in factors:
        start = first_member(node)
        name = "" if start is None else _member_name(node.args[0], start)
        if not name:
            left.append((node, indices))
            continue
        known = named.setdefault(indices[0], name)
        if known != name:
            ties.append(Scalar(kronecker_delta(known, name), Fraction(1)))
    return left, ties


def tie(node: Node, name: str | None) -> Sym | None:
    """The unit vector of a member at the member `name`: delta_k2; None for another node."""
    start = first_member(node)
    member = "" if start is None or name is None else _member_name(node.args[0], start)
    return kronecker_delta(name, member) if name is not None and member else None


def _member_name(position: Node, start: int) -> str:
    """The number of the member at a position, where a subscript can say it: 3, n, n-1; "" where none can."""
    place = build.add(position, build.num(start - 1))
    value = number(place)
    if value is not None:
        return str(value)
    shifted = _shifted(place)
    if shifted is None:
        return ""
    return shifted.letter.name + (f"{shifted.by:+d}" if shifted.by else "")


class _Shifted(NamedTuple):
    letter: Var
    by: int


def _shifted(place: Node) -> _Shifted | None:
    """A place n + c: the letter, and how far it is shifted."""
    if isinstance(place, Var):
        return _Shifted(place, 0)
    if not isinstance(place, Lin):
        return None
    letters = [(c, node) for c, node in place.terms if node is not ONE]
    by = sum(c for c, node in place.terms if node is ONE)
    if len(letters) == 1 and letters[0][0] == 1 and isinstance(letters[0][1], Var) and by == int(by):
        return _Shifted(letters[0][1], int(by))
    return None


def settled(node: Node, names: tuple[str | None, ...]) -> Node | None:
    """Σ_n δ_kn f(n) over all members as f(k), for the member k that an index is fixed to; None for any other node."""
    if not isinstance(node, IndexSum) or not isinstance(node.body, Ein):
        return None
    body = node.body
    for factor, indices in body.factors:
        start = first_member(factor)
        name = names[body.out.index(indices[0])] if start is not None and indices[0] in body.out else None
        place = _shifted(factor.args[0]) if name is not None else None
        if start is None or name is None or place is None or place.letter is not node.index:
            continue
        if not _is_all(node, body.sizes[indices[0]], place.by):
            continue
        rest: Factors = [body.factors[k] for k in body.written or range(len(body.factors))]
        rest.remove((factor, indices))
        here = build.num(int(name)) if name.isdigit() else Var(name, role="integer")
        value = build.lin([(1, here), (1 - start - place.by, ONE)], ())
        sizes: dict[int, Size] = dict(enumerate(body.sizes))
        return substitute(build.ein(rest, body.out, sizes), {node.index: value})
    return None


def _is_all(node: IndexSum, size: Size, shift: int) -> bool:
    """Does the sum take every member, one after the other?"""
    last = build.add(node.hi, build.num(shift))
    is_last = last is build.size_node(size) or (isinstance(last, Var) and last.name == size)
    return is_last and number(build.add(node.lo, build.num(shift))) == 1
