"""Raise: from the tensor graph to the notation people read.

Every node of at most two indices (not counting those that number the members of a family, which are named) becomes
terms: a number, scalar
factors, and a word of links.  Products go through the series-parallel reduction, sums through factoring.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.formula.length import length
from matdiff.formula.syntax import Add, Call, Expr, HadDiv, HadPow, IndexedSum, Neg, Num, Sym
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.build import is_zero
from matdiff.graph.elementwise import EVEN, ODD
from matdiff.graph.graph import current
from matdiff.graph.nodes import ONE, Ein, IndexSum, Lin, Map, Op, Power, Var, number
from matdiff.graph.symmetry import symmetric
from matdiff.notation import factoring
from matdiff.notation.chains import Link, column, matrix, spelled, transposed, turned
from matdiff.notation.families import distributed, is_softmax_of_members, kronecker_delta, written_out
from matdiff.notation.norm_powers import power_of_norm
from matdiff.notation.numbered import settled, tie
from matdiff.notation.operators import spell_operator
from matdiff.notation.orientation import as_written, entry_power
from matdiff.notation.product import RaisedProduct
from matdiff.notation.sizes import size_expr
from matdiff.notation.stacks import stack_expr
from matdiff.notation.terms import Scalar, Term, of_link, raised, spell, summed_over, transposes_in, unsigned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matdiff.formula.question import Symbol
    from matdiff.graph.nodes import Coefficient, Node
    from matdiff.notation.product import Letters

_SAVED_IN_A_TERM = 3  # transposes that writing (B A)ᵀ for AᵀBᵀ must save: fewer are easier to read where they stand
_SAVED_IN_A_SUM = 2
Members = tuple[str | None, ...]  # for each index of a node: the name of the family member it is fixed to, or None


class Manner(NamedTuple):
    """How an answer is to be written: `norms` whether sums of squares are norms, `layout` how du/dt lies, `factor`
    whether the whole is factored, `eager` whether also where that is not shorter; `numbers` are the indices that stand
    for numbers, which no member may be called by; `place` is the part of a family that the whole answer is for.
    """

    norms: bool = False
    layout: str = "denominator"
    factor: bool = True
    eager: bool = False
    numbers: frozenset[str] = frozenset()
    place: Op | None = None


class Raiser:
    """Raises the nodes of one answer.  `ranks` tells where names first appear, `manner` how it is to be written,
    `written` the sums of the question, which keep their signs; `sums` holds sums of entries with how many entries they
    have, where the question writes means; `stacks` what families are called where they meet entries; `sizes` the names
    of sizes; `phrases` scalar products as the question writes them.
    """

    def __init__(self, ranks: dict[str, int], manner: Manner | None = None, written: tuple[Add, ...] = ()) -> None:
        self.sums: list[tuple[Expr, Expr]] | None = None
        self.stacks: dict[str, Symbol] = {}
        self.sizes: tuple[str, ...] = ()
        self.phrases: tuple[Expr, ...] = ()
        self.ranks = ranks
        self.manner = manner or Manner()
        self.written = written
        self._links: dict[tuple[Node, Members, Manner], Link] = {}
        self._terms: dict[tuple[Node, Members, Manner], list[Term]] = {}
        self._named: dict[Node, Link] = {}

    def under_a_root(self) -> Raiser:
        """The raiser for what stands under a root, where a sum of squares is a norm whether the question writes norms
        or not.
        """
        if self.manner.norms:
            return self
        return self.in_manner(self.manner._replace(norms=True))

    def in_manner(self, manner: Manner) -> Raiser:
        """A raiser that writes otherwise, and knows what this one knows."""
        other = Raiser(self.ranks, manner, self.written)
        other._links, other._terms, other._named, other.sums = self._links, self._terms, self._named, self.sums
        other.stacks, other.sizes, other.phrases = self.stacks, self.sizes, self.phrases
        return other

    # -- whole answers -----------------------------------------------------------------------------------------------

    def whole(self, node: Node, names: Members) -> Expr:
        """An answer as an expression; one that is to be multiplied out is not factored again."""
        return self.raised(node, names) if self.manner.factor else factoring.spelled(self.terms(node, names))

    def raised(self, node: Node, names: Members | None = None) -> Expr:
        """A node as an expression; a matrix may be written as the transpose of something shorter."""
        names = names if names is not None else (None,) * node.order
        if None in names and is_zero(node):
            return Call(
                fn.ZEROS, tuple([size_expr(size) for size, name in zip(node.shape, names, strict=True) if name is None])
            )
        here = self.collected(node, names)
        if names.count(None) == 2:
            most = transposes_in(here) - 1 - (_SAVED_IN_A_TERM if len(here) == 1 else _SAVED_IN_A_SUM)
            if most >= 0:
                there = factoring.collect(_turned(self.terms(node, names)))
                if transposes_in(there) <= most:
                    return _wrapped(there)
        return factoring.spelled(here)

    def collected(self, node: Node, names: Members) -> list[Term]:
        """A node as a sum in few symbols."""
        return factoring.collect(self.terms(node, names), eager=self.manner.eager)

    def row(self, node: Node, names: Members | None = None) -> Expr:
        """A vector as a row."""
        names = names if names is not None else (None,) * node.order
        return factoring.spell_sum(_turned(self.terms(node, names)))

    def name(self, node: Node, name: str) -> None:
        """From now on write a vector or a matrix by a name."""
        self._named[node] = column(Sym(name)) if node.order == 1 else matrix(Sym(name))

    # -- terms -------------------------------------------------------------------------------------------------------

    def terms(self, node: Node, names: Members) -> list[Term]:
        """A node as a sum of terms."""
        if node in self._named:
            return [Term(1, (), (self._named[node],))]
        found = self._terms.get((node, names, self.manner))
        if found is None:
            member = settled(node, names)
            member = node if member is None else member
            whole, parts = [distributed(member, names, apart=apart) for apart in (False, True)]
            found = self._summands(whole, names)
            if len(parts) > len(whole):
                found = min(found, self._summands(parts, names), key=factoring.collected_cost)
            self._terms[node, names, self.manner] = found
        return found

    def _summands(self, parts: Sequence[tuple[Coefficient, Node]], names: Members) -> list[Term]:
        """Nodes with coefficients as terms."""
        letters: Letters = {}
        terms = [self._term(inner, names, letters) for _, inner in parts]
        return [Term(c * term.coefficient, term.scalars, term.word) for (c, _), term in zip(parts, terms, strict=True)]

    def _term(self, node: Node, names: Members, letters: Letters | None = None) -> Term:
        if isinstance(node, Ein):
            return self._product(node, names, letters)
        sign, node = as_written(node)
        if sign < 0:
            return self._term(node, names, letters)._replace(coefficient=sign)
        if is_softmax_of_members(node):
            return RaisedProduct(self, dict(enumerate(node.shape)), dict(enumerate(filter(None, names)))).term(
                [(node, tuple(range(node.order)))], ()
            )
        if None not in names:
            sign, scalar = unsigned(self.scalar(node, names)) if node is not ONE else (1, None)
            return Term(sign, () if scalar is None else (scalar,), ())
        return of_link(self.link(node, names))

    def scalar(self, node: Node, names: Members) -> Scalar:
        """A node without open indices as a factor base^exponent."""
        if isinstance(node, Power):
            found = power_of_norm(self, node) if self.manner.norms else None
            return self._power_factor(node, names) if found is None else found
        if isinstance(node, Ein):
            term = self._product(node, names)
            if len(term.scalars) == 1 and not term.word and term.coefficient == 1:
                return term.scalars[0]
            return Scalar(spell(term), Fraction(1))
        return Scalar(self.atom(node, names), Fraction(1))

    def _power_factor(self, node: Power, names: Members) -> Scalar:
        e = number(node.exponent)
        inner = (
            self.under_a_root().scalar(node.base, names)
            if e is None or e.denominator != 1
            else self.scalar(node.base, names)
        )
        if e is not None and isinstance(inner.exponent, Fraction):
            return Scalar(inner.base, inner.exponent * Fraction(e))
        exponent = self.raised(node.exponent) if e is None else Num(Fraction(e))
        if inner.exponent == 2 and e is None:
            return self._norm_power(inner.base, node.exponent)
        return Scalar(raised(*inner), exponent if e is None else Fraction(e))

    def _norm_power(self, norm: Expr, exponent: Node) -> Scalar:
        """(‖x‖²)ᵉ = ‖x‖²ᵉ."""
        doubled = build.scale(2, exponent)
        return Scalar(norm, self.raised(doubled))

    # -- links -------------------------------------------------------------------------------------------------------

    def link(self, node: Node, names: Members) -> Link:
        """A node with one or two open indices as a link."""
        if node in self._named:
            return self._named[node]
        found = self._links.get((node, names, self.manner))
        if found is None:
            found = self._links[node, names, self.manner] = self._link(node, names)
        return found

    def _link(self, node: Node, names: Members) -> Link:
        node = written_out(node)
        if isinstance(node, Op) and (
            node.name in {"mask", "constant"} or (node.name == "apply" and node.attributes[2])
        ):
            return spell_operator(self, node).link
        here = self.atom(node, names)
        if names.count(None) == 1:
            if isinstance(node, Var) and node.rows_columns[0] == 1 and node.rows_columns[1] != 1:
                return Link(transposed(here), here, "column")  # the name itself stands for a row
            return column(here)
        if symmetric(node):
            return Link(here, here)
        if isinstance(node, Lin):
            there = factoring.spell_sum(_turned(self.terms(node, names)))
            if isinstance(here, Add) and isinstance(there, Add):
                there.kept = here.kept
            return Link(here, there) if length(there) <= length(here) else Link(here, transposed(here))
        return matrix(here)

    def atom(self, node: Node, names: Members) -> Expr:
        """A node that is no product, as an expression."""
        node = written_out(node)
        return _ATOMS[type(node)](self, node, names)

    def variable(self, node: Var, names: Members) -> Expr:
        if node.role == "number":
            return Call(node.name, ())
        if node.role == "size":
            return size_expr(node.name)
        if node.family:
            open_axes = tuple(names[: node.family])
            if None in open_axes and node.name in self.stacks:
                return stack_expr(self.stacks[node.name], open_axes)
            base = node.name.partition("_")[0]
            return Sym(base + "_" + "".join(name or "" for name in names[: node.family]))
        if node.structure == "diagonal":
            return Call(fn.DIAG, (Sym(node.name),))
        return Sym(node.name)

    def sum(self, node: Lin, names: Members) -> Expr:
        value = number(node)
        if value is not None and not node.shape:
            return Num(Fraction(value))
        found = factoring.spell_sum(self.terms(node, names))
        if isinstance(found, Add) and found in self.written:
            found.kept = True
        return found

    def map(self, node: Map, names: Members) -> Expr:
        power = entry_power(node)
        if power is not None:
            return HadPow(self.raised(power[0], names), self.raised(power[1], names))
        even, odd = node.function in EVEN, node.function in ODD
        if even and current().signs.get(node.arg) == -1:
            return Call(node.function, (self.raised(build.scale(-1, node.arg), names),))
        if None not in names and (even or odd) and self._is_negative(node.arg, names):
            call = Call(node.function, (self.raised(build.scale(-1, node.arg), names),))
            return call if even else Neg(call)
        return Call(node.function, (self.raised(node.arg, names),))

    def _is_negative(self, node: Node, names: Members) -> bool:
        """Is a node one term with a minus in front?"""
        terms = self.terms(node, names)
        return len(terms) == 1 and terms[0].coefficient < 0

    def power(self, node: Power, names: Members) -> Expr:
        if None not in names:
            return raised(*self.scalar(node, names))
        base = self.raised(node.base, names)
        e = number(node.exponent)
        if e is None:
            return HadPow(base, self.raised(node.exponent))
        if e == Fraction(1, 2):
            return Call(fn.SQRT, (base,))
        if e < 0:
            ones = Call(
                fn.ONES, tuple([size_expr(size) for size, name in zip(node.shape, names, strict=True) if name is None])
            )
            return HadDiv(
                ones,
                base
                if e == -1
                else Call(fn.SQRT, (base,))
                if e == Fraction(-1, 2)
                else HadPow(base, Num(Fraction(-e))),
            )
        return HadPow(base, Num(Fraction(e)))

    def operator(self, node: Op, names: Members) -> Expr:
        return (tie(node, names[0]) if names else None) or spell_operator(self, node).expr

    def index_sum(self, node: IndexSum, names: Members) -> Expr:
        if settled(node, names) is not None:
            return factoring.spell_sum(self.terms(node, names))
        low, high = self.raised(node.lo), self.raised(node.hi)
        terms = self.terms(node.body, names)
        if (
            len(terms) == 1 and terms[0].coefficient == -1
        ):  # of a difference that the question wrote the other way round
            return Neg(summed_over(node.index.name, low, high, terms[0]._replace(coefficient=1)))
        total = IndexedSum(node.index.name, low, high, self.raised(node.body, names))
        total.terms = tuple(terms)
        return total

    # -- products
    # ------------------------------------------------------------------------------------------------------------

    def _product(self, node: Ein, names: Members, letters: Letters | None = None) -> Term:
        named: dict[int, str] = {}
        deltas: list[Scalar] = []
        for i, name in zip(node.out, names, strict=True):
            if name is not None and named.setdefault(i, name) != name:
                deltas.append(Scalar(kronecker_delta(named[i], name), Fraction(1)))
        order = node.written or tuple(range(len(node.factors)))
        factors = [node.factors[k] for k in order]
        out = tuple([i for i, name in zip(node.out, names, strict=True) if name is None])
        term = RaisedProduct(self, dict(enumerate(node.sizes)), named, letters).term(factors, out)
        return Term(term.coefficient, (*deltas, *term.scalars), term.word) if deltas else term


def _turned(terms: list[Term]) -> list[Term]:
    return [Term(term.coefficient, term.scalars, turned(term.word)) for term in terms]


def _wrapped(terms: list[Term]) -> Expr:
    """The transpose of a sum, its number and scalars outside."""
    if len(terms) > 1:
        return transposed(factoring.spelled(terms))
    inside = spelled(terms[0].word)
    return factoring.spelled([Term(terms[0].coefficient, terms[0].scalars, (Link(transposed(inside), inside),))])


_ATOMS: dict[type, Callable[..., Expr]] = {
    Var: Raiser.variable,
    Lin: Raiser.sum,
    Map: Raiser.map,
    Power: Raiser.power,
    Op: Raiser.operator,
    IndexSum: Raiser.index_sum,
    Ein: lambda raiser, node, names: raiser.raised(node, names),
}
