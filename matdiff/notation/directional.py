"""Other forms of a derivative than the matrix: the differential with its gradient in one piece, tr(G^T dX), and entry
by entry with indices.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.errors import CalculusError
from matdiff.formula.syntax import Call, Expr, IndexedSum, Mul, Num, Sym, Transpose
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.nodes import ONE, Ein, IndexSum, Lin, Map, Node, Op, Power, Var, number
from matdiff.notation import factoring
from matdiff.notation.chains import Link, column, matrix, spelled, transposed, turned
from matdiff.notation.sizes import size_expr
from matdiff.notation.terms import Scalar, Term, raised, spell

if TYPE_CHECKING:
    from matdiff.calculus.variables import Variable
    from matdiff.notation.display import Raiser

_OPEN = ("i", "j", "k", "l", "p", "q", "r", "s", "t", "u", "v")
_CLOSED = ("a", "h", "o", "r", "s", "t", "u", "v", "b", "c", "f", "g")  # first those that have Unicode subscripts
_UNIT = Fraction(1)


def directional(raiser: Raiser, derivative: Node, variables: tuple[Variable, ...]) -> Expr | None:
    """The differential of a scalar from its derivative: a^T dx, tr(G^T dX), dx^T H dy; None where it has no such
    form.
    """
    orders = [variable.part.order for variable in variables]
    if any(variable.part.row for variable in variables) or any(
        variable.symbol.structure in _OWN_CHANGE for variable in variables
    ):
        return None
    names = [Sym("d" + variable.symbol.name) for variable in variables]
    if orders == [1]:
        term = _one_term(
            factoring.collect(
                [Term(t.coefficient, t.scalars, turned(t.word)) for t in raiser.terms(derivative, (None,))]
            ),
            "row",
        )
        return spell(term._replace(word=(*term.word, column(names[0]))))
    if orders == [2]:
        term = _one_term(raiser.collected(build.transposed(derivative), (None, None)), "")
        trace = Call(fn.TRACE, (spelled((*term.word, matrix(names[0]))),))
        return spell(Term(term.coefficient, (*term.scalars, Scalar(trace, _UNIT)), ()))
    if orders == [1, 1]:
        term = _one_term(raiser.collected(derivative, (None, None)), "")
        return spell(term._replace(word=(*turned((column(names[0]),)), *term.word, column(names[1]))))
    return None


_OWN_CHANGE = frozenset(("diagonal", "lower", "upper"))


def _one_term(terms: list[Term], side: str) -> Term:
    """A sum as one term: of several, the sum is one link."""
    if len(terms) == 1:
        return terms[0]
    whole = factoring.spelled(terms)
    return Term(1, (), (Link(whole, transposed(whole), side),))


class Entries(NamedTuple):
    """The entry of a derivative as a formula, and what its indices number: of the value, then of each variable."""

    tree: Expr
    groups: tuple[str, ...]


def entries(raiser: Raiser, derivative: Node, orders: tuple[int, ...]) -> Entries:
    """The derivative with one index letter for each of its axes; `orders`: how many the value and each variable have.

    Raises CalculusError E304 where something in it has no entries that the language can name.
    """
    letters = [letter for letter in _OPEN if letter not in raiser.ranks]
    if derivative.order > len(letters):
        raise CalculusError("E304", f"a derivative with {derivative.order} indices has no index form here")
    names = tuple(letters[: derivative.order])
    closed = tuple([letter for letter in _CLOSED if letter not in raiser.ranks and letter not in names])
    groups: list[str] = []
    start = 0
    for order in orders:
        groups.append("".join(names[start : start + order]))
        start += order
    return Entries(_Entry(raiser, closed).of(derivative, names), tuple(groups))


class _Entry:
    """Writes one entry of a node; `closed` are letters for the sums."""

    def __init__(self, raiser: Raiser, closed: tuple[str, ...]) -> None:
        self.raiser = raiser
        self.closed = closed
        self.bound = 0  # how many of them the sums around this place use

    def of(self, node: Node, at: tuple[str, ...]) -> Expr:
        if isinstance(node, Lin):
            value = number(node) if not node.shape else None
            terms = [
                Term(c, (Scalar(self.of(term, at), _UNIT),) if term is not ONE else (), ()) for c, term in node.terms
            ]
            return Num(Fraction(value)) if value is not None else factoring.spelled(terms)
        return spell(Term(1, (self.factor(node, at),), ())) if node is not ONE else Num(_UNIT)

    def factor(self, node: Node, at: tuple[str, ...]) -> Scalar:
        if isinstance(node, Ein):
            return Scalar(self.product(node, at), _UNIT)
        if not at and not isinstance(node, Power):
            return Scalar(self.raiser.raised(node), _UNIT)
        if isinstance(node, Map):
            return Scalar(Call(node.function, (self.of(node.arg, at),)), _UNIT)
        if isinstance(node, Power):
            e = number(node.exponent)
            return Scalar(
                raised(self.of(node.base, at), Fraction(e) if e is not None else self.raiser.raised(node.exponent)),
                _UNIT,
            )
        if isinstance(node, IndexSum):
            return Scalar(
                IndexedSum(
                    node.index.name, self.raiser.raised(node.lo), self.raiser.raised(node.hi), self.of(node.body, at)
                ),
                _UNIT,
            )
        if isinstance(node, Var):
            return Scalar(self.variable(node, at), _UNIT)
        if isinstance(node, Lin):
            return Scalar(self.of(node, at), _UNIT)
        return Scalar(self.picked(node, at), _UNIT)

    def variable(self, node: Var, at: tuple[str, ...]) -> Expr:
        """A_ij, x_i; e_i^T W_1 e_j where the name has a subscript of its own."""
        if node.family:
            raise CalculusError("E304", f"the index form of a sum over {node.name} is not supported yet")
        if "_" in node.name or any("_" in name for name in at):
            return self.picked(node, at)
        return Sym(f"{node.name}_{''.join(at if node.structure != 'diagonal' else at * 2)}")

    def picked(self, node: Node, at: tuple[str, ...]) -> Expr:
        """e_i^T M e_j."""
        if isinstance(node, Op) and node.name == "apply" and node.attributes[2]:
            raise CalculusError("E304", f"the entries of a derivative of {node.attributes[0]} have no notation here")
        if node.order > 2:
            raise CalculusError("E304", "this derivative has no index form that is supported yet")
        inside = self.raiser.link(node, (None,) * node.order)
        word = (inside,) if len(at) == 1 else (inside, column(_unit(at[1])))
        return spelled((*turned((column(_unit(at[0])),)), *word))

    def product(self, node: Ein, at: tuple[str, ...]) -> Expr:
        """Σ over the closed indices of the product of the factors' entries; an index that stands twice in the result
        is a Kronecker delta.
        """
        named: dict[int, str] = {}
        scalars: list[Scalar] = []
        for i, name in zip(node.out, at, strict=True):
            if i in named:
                scalars.append(Scalar(Mul((Transpose(_unit(named[i])), _unit(name))), _UNIT))
            named.setdefault(i, name)
        sums = [i for i in range(len(node.sizes)) if i not in named]
        if self.bound + len(sums) > len(self.closed):
            raise CalculusError(
                "E304", "this derivative has more sums in each other than there are letters for its index form"
            )
        named.update(zip(sums, self.closed[self.bound :], strict=False))
        self.bound += len(sums)
        for k in node.written or range(len(node.factors)):
            inner, indices = node.factors[k]
            scalars.append(self.factor(inner, tuple([named[i] for i in indices])))
        self.bound -= len(sums)
        body = spell(Term(1, tuple(_powers(scalars)), ()))
        for i in reversed(sums):
            body = IndexedSum(named[i], Num(_UNIT), size_expr(node.sizes[i]), body)
        return body


def _powers(scalars: list[Scalar]) -> list[Scalar]:
    """Equal factors as one power."""
    merged: list[Scalar] = []
    for base, exponent in scalars:
        known = next((k for k, scalar in enumerate(merged) if scalar.base == base), None)
        if known is None:
            merged.append(Scalar(base, exponent))
        else:
            merged[known] = Scalar(base, Fraction(merged[known].exponent) + _UNIT)  # type: ignore[arg-type] # all exponents here are numbers
    return merged


def _unit(name: str) -> Expr:
    return Call(fn.UNIT_VECTOR, (Sym(name),))
