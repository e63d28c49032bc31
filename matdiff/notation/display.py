"""Raise: from the tensor graph to the notation people read.

Every node of at most two indices (not counting those that number the members of a family, which are named) becomes terms: a number, scalar
factors, and a word of links.  Products go through the series-parallel reduction, sums through factoring.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from matdiff.graph import build
from matdiff.graph.nodes import ONE, Ein, IndexSum, Indices, Lin, Map, Node, Op, Power, Size, Var, number
from matdiff.graph.products import signs
from matdiff.graph.symmetry import symmetric
from matdiff.notation import factoring
from matdiff.notation.length import length
from matdiff.notation.operators import spell_operator
from matdiff.notation.series_parallel import Entry, Irreducible, Network, size_expr
from matdiff.notation.terms import Scalar, Term, raised, spell
from matdiff.notation.words import Link, Word, column, matrix, spelled, transposed, turned
from matdiff.reading.syntax import Add, Call, Expr, HadDiv, HadPow, IndexedSum, Num, Sym

Names = tuple[str | None, ...]  # for each index of a node: the name of the family member it is fixed to, or None


class Raiser:
    """Raises the nodes of one answer.  `ranks` tells where names first appear, `norms` whether the user writes norms, `layout` how du/dt lies."""

    def __init__(self, ranks: dict[str, int], *, norms: bool = False, layout: str = "denominator") -> None:
        self.ranks = ranks
        self.norms = norms
        self.layout = layout
        self._links: dict[tuple[Node, Names], Link] = {}
        self._terms: dict[tuple[Node, Names], list[Term]] = {}

    # -- whole answers ---------------------------------------------------------------------------------------------------

    def raised(self, node: Node, names: Names | None = None) -> Expr:
        """A node as an expression; a matrix may be written as the transpose of something shorter."""
        names = names if names is not None else (None,) * node.order
        here = factoring.spell_sum(self.terms(node, names))
        if names.count(None) == 2:
            there = factoring.spell_sum(_turned(self.terms(node, names)))
            if length(there) + 2 < length(here):
                return transposed(there)
        return here

    def row(self, node: Node, names: Names | None = None) -> Expr:
        """A vector as a row."""
        names = names if names is not None else (None,) * node.order
        return factoring.spell_sum(_turned(self.terms(node, names)))

    # -- terms -------------------------------------------------------------------------------------------------------------

    def terms(self, node: Node, names: Names) -> list[Term]:
        """A node as a sum of terms."""
        found = self._terms.get((node, names))
        if found is None:
            pairs = node.terms if isinstance(node, Lin) else ((1, node),)
            found = []
            for c, inner in pairs:
                term = self._term(inner, names)
                found.append(Term(c * term.coefficient, term.scalars, term.word))
            self._terms[node, names] = found
        return found

    def _term(self, node: Node, names: Names) -> Term:
        if isinstance(node, Ein):
            return self._product(node, names)
        if None not in names:
            return Term(1, (self.scalar(node, names),), ()) if node is not ONE else Term(1, (), ())
        return Term(1, (), (self.link(node, names),))

    def scalar(self, node: Node, names: Names) -> Scalar:
        """A node without open indices as a factor base^exponent."""
        if isinstance(node, Power):
            e = number(node.exponent)
            inner = self.scalar(node.base, names)
            if e is not None and isinstance(inner.exponent, Fraction):
                return Scalar(inner.base, inner.exponent * Fraction(e))
            exponent = self.raised(node.exponent) if e is None else Num(Fraction(e))
            if inner.exponent == 2 and e is None:
                return self._norm_power(inner.base, node.exponent)
            return Scalar(raised(*inner), exponent if e is None else Fraction(e))
        if isinstance(node, Ein):
            term = self._product(node, names)
            if len(term.scalars) == 1 and not term.word and term.coefficient == 1:
                return term.scalars[0]
            return Scalar(spell(term), Fraction(1))
        return Scalar(self.atom(node, names), Fraction(1))

    def _norm_power(self, norm: Expr, exponent: Node) -> Scalar:
        """(‖x‖²)ᵉ = ‖x‖²ᵉ."""
        doubled = build.scale(2, exponent)
        return Scalar(norm, self.raised(doubled))

    # -- links -------------------------------------------------------------------------------------------------------------

    def link(self, node: Node, names: Names) -> Link:
        """A node with one or two open indices as a link."""
        found = self._links.get((node, names))
        if found is None:
            found = self._links[node, names] = self._link(node, names)
        return found

    def _link(self, node: Node, names: Names) -> Link:
        if isinstance(node, Op) and node.name == "apply" and node.attributes[2]:
            return spell_operator(self, node).link
        here = self.atom(node, names)
        if names.count(None) == 1:
            return column(here)
        if symmetric(node):
            return Link(here, here)
        if isinstance(node, Lin):
            there = factoring.spell_sum(_turned(self.terms(node, names)))
            return Link(here, there) if length(there) <= length(here) else Link(here, transposed(here))
        return matrix(here)

    def atom(self, node: Node, names: Names) -> Expr:
        """A node that is no product, as an expression."""
        return _ATOMS[type(node)](self, node, names)

    def _variable(self, node: Var, names: Names) -> Expr:
        if node.role == "number":
            return Call(node.name, ())
        if node.role == "size":
            return size_expr(node.name)
        if node.family:
            base = node.name.partition("_")[0]
            return Sym(base + "_" + "".join(name or "" for name in names[: node.family]))
        if node.structure == "diagonal":
            return Call("diag", (Sym(node.name),))
        return Sym(node.name)

    def _sum(self, node: Lin, names: Names) -> Expr:
        value = number(node)
        if value is not None and not node.shape:
            return Num(Fraction(value))
        return factoring.spell_sum(self.terms(node, names))

    def _map(self, node: Map, names: Names) -> Expr:
        return Call(node.function, (self.raised(node.arg, names),))

    def _power(self, node: Power, names: Names) -> Expr:
        if None not in names:
            return raised(*self.scalar(node, names))
        base = self.raised(node.base, names)
        e = number(node.exponent)
        if e is None:
            return HadPow(base, self.raised(node.exponent))
        if e == Fraction(1, 2):
            return Call("sqrt", (base,))
        if e < 0:
            ones = Call("ones", tuple([size_expr(size) for size, name in zip(node.shape, names, strict=True) if name is None]))
            return HadDiv(ones, base if e == -1 else Call("sqrt", (base,)) if e == Fraction(-1, 2) else HadPow(base, Num(Fraction(-e))))
        return HadPow(base, Num(Fraction(e)))

    def _operator(self, node: Op, names: Names) -> Expr:
        return spell_operator(self, node).expr

    def _index_sum(self, node: IndexSum, names: Names) -> Expr:
        return IndexedSum(node.index.name, self.raised(node.lo), self.raised(node.hi), self.raised(node.body, names))

    # -- products ------------------------------------------------------------------------------------------------------------

    def _product(self, node: Ein, names: Names) -> Term:
        named = {i: name for i, name in zip(node.out, names, strict=True) if name is not None}
        order = node.written or tuple(range(len(node.factors)))
        factors = [node.factors[k] for k in order]
        out = tuple([i for i, name in zip(node.out, names, strict=True) if name is None])
        return Product(self, dict(enumerate(node.sizes)), named).term(factors, out)


class Product:
    """Raises one product: families are summed over openly, the rest goes through the network."""

    def __init__(self, raiser: Raiser, sizes: dict[int, Size], named: dict[int, str]) -> None:
        self.raiser = raiser
        self.sizes = sizes
        self.named = named
        self.sign = 1

    def term(self, factors: list[tuple[Node, Indices]], out: Indices) -> Term:
        """The product as a term; an irreducible vertex is summed over openly."""
        opened: list[tuple[Expr | Link, Indices]] = []
        while True:
            family = self._open_family(factors, out)
            if family is None:
                break
            factors, summed = self._sum_over(factors, out, family)
            opened.append(summed)
        network = Network(out, self.sizes, self.raiser.ranks, self.raiser.norms)
        for i in out:
            network.vertex(i)
        scalars: list[Scalar] = []
        for node, indices in factors:
            self._place(network, scalars, node, indices)
        for expr, indices in opened:
            self._place_sum(network, scalars, expr, indices)
        try:
            network.reduce()
        except Irreducible as stuck:
            return self._summed_openly(factors, out, stuck.vertex)
        scalars.extend([Scalar(base, exponent) for base, exponent in network.scalars])
        return Term(self.sign, tuple(_merged(scalars)), network.word() if out else ())

    def _open_family(self, factors: list[tuple[Node, Indices]], out: Indices) -> int | None:
        """A closed index that numbers a family and has no name yet."""
        for node, indices in factors:
            for i, family in zip(indices, family_axes(node), strict=True):
                if family and i not in self.named and i not in out:
                    return i
        return None

    def _sum_over(self, factors: list[tuple[Node, Indices]], out: Indices, i: int) -> tuple[list[tuple[Node, Indices]], tuple[Expr | Link, Indices]]:
        """Σ over one index, as narrow as matrix notation allows."""
        inside = [factor for factor in factors if i in factor[1]]
        outside = [factor for factor in factors if i not in factor[1]]
        beyond = {j for _, indices in outside for j in indices} | set(out)
        reach = tuple(dict.fromkeys(j for _, indices in inside for j in indices if j != i and j in beyond and j not in self.named))
        if len(reach) > 2:
            inside, outside, reach = factors, [], out
        name = self._name(inside, i)
        body = Product(self.raiser, self.sizes, {**self.named, i: name}).term(inside, reach)
        size = size_expr(self.sizes[i])
        one = Num(Fraction(1))
        here = IndexedSum(name, one, size, spell(body))
        if len(reach) < 2:
            return outside, (here, reach)
        there = IndexedSum(name, one, size, spell(Term(body.coefficient, body.scalars, turned(body.word))))
        return outside, (Link(here, here if here == there else transposed(here)), reach)

    def _name(self, factors: list[tuple[Node, Indices]], i: int) -> str:
        wished = next((name for node, indices in factors for name in _family_names(node, indices, i)), "n")
        used = set(self.named.values())
        return next(name for name in (wished, "n", "m", "l", "i", "j", "r", "s", "n_1", "n_2", "n_3") if name not in used)

    def _place(self, network: Network, scalars: list[Scalar], node: Node, indices: Indices) -> None:
        """A factor as an edge, a pendant or a scalar; an index with a name is a family member, or an entry picked by e_i."""
        if isinstance(node, Op) and node.name == "fuse":
            network.fuse(*indices)
            return
        if signs.get(node) == -1:
            node = build.scale(-1, node)
            self.sign = -self.sign
        axes = family_axes(node)
        names: list[str | None] = [self.named.get(i) if family else None for i, family in zip(indices, axes, strict=True)]
        left = [i for i, name in zip(indices, names, strict=True) if name is None]
        if not left:
            scalars.append(self.raiser.scalar(node, tuple(names)))
            return
        entry = self._entry(node, tuple(names))
        picks = [self.named.get(i) for i in left]
        if any(picks):
            self._place_picked(network, scalars, entry, left, picks)
        elif len(left) == 1:
            network.add_pendant(left[0], entry)
        elif len(left) == 2:
            network.add_edge(left[0], left[1], entry)
        else:
            raise Irreducible(left[0])

    def _place_picked(self, network: Network, scalars: list[Scalar], entry: Entry, left: list[int], picks: list[str | None]) -> None:
        word = entry.word if entry.exponent == 1 else network.hadamard([entry], tuple(left))
        units = [column(Call("unit", (Sym(name),))) if name else None for name in picks]
        if len(left) == 1 and units[0]:
            scalars.append(Scalar(spelled(turned((units[0],)) + word), Fraction(1)))
        elif units[0] and units[1]:
            scalars.append(Scalar(spelled((*turned((units[0],)), *word, units[1])), Fraction(1)))
        elif units[0]:
            network.add_pendant(left[1], Entry((*turned(word), units[0])))
        elif units[1]:
            network.add_pendant(left[0], Entry((*word, units[1])))

    def _place_sum(self, network: Network, scalars: list[Scalar], what: Expr | Link, indices: Indices) -> None:
        if isinstance(what, Link):
            network.add_edge(indices[0], indices[1], Entry((what,)))
        elif indices:
            network.add_pendant(indices[0], Entry((column(what),)))
        else:
            scalars.append(Scalar(what, Fraction(1)))

    def _entry(self, node: Node, names: Names) -> Entry:
        """A factor of an entrywise product: powers stay apart, so that quotients are written as quotients."""
        if isinstance(node, Power):
            e = number(node.exponent)
            inner = self.raiser.terms(node.base, names)
            if len(inner) == 1 and inner[0].coefficient == 1 and inner[0].word and not inner[0].scalars:
                word = inner[0].word
            else:
                word = (self.raiser.link(node.base, names),)
            return Entry(word, Fraction(e) if e is not None else self.raiser.raised(node.exponent))
        terms = self.raiser.terms(node, names) if isinstance(node, Ein) else []
        if terms and terms[0].coefficient == 1 and not terms[0].scalars:
            return Entry(terms[0].word)
        return Entry((self.raiser.link(node, names),))

    def _summed_openly(self, factors: list[tuple[Node, Indices]], out: Indices, vertex: int) -> Term:
        """Σ_a over one index of a network that no matrix notation says, with unit vectors e_a."""
        used = set(self.named.values()) | set(self.raiser.ranks)
        name = next(name for name in ("a", "b", "c", "i", "j", "k", "l", "r", "s", "i_1", "i_2", "i_3") if name not in used)
        inner = Product(self.raiser, self.sizes, {**self.named, vertex: name}).term(factors, out)
        body = IndexedSum(name, Num(Fraction(1)), size_expr(self.sizes[vertex]), spell(inner))
        if not out:
            return Term(1, (Scalar(body, Fraction(1)),), ())
        return Term(1, (), (column(body),) if len(out) == 1 else (matrix(body),))


def family_axes(node: Node) -> tuple[bool, ...]:
    """Which indices of a node number the members of a family."""
    if isinstance(node, Var):
        return (True,) * node.family + (False,) * (node.order - node.family)
    if isinstance(node, (Map, Power)):
        return family_axes(node.args[0])
    if isinstance(node, IndexSum):
        return family_axes(node.body)
    if isinstance(node, Lin):
        axes = [family_axes(term) for _, term in node.terms]
        return tuple([any(column) for column in zip(*axes, strict=True)]) if axes else (False,) * node.order
    if isinstance(node, Ein):
        family = {i for inner, indices in node.factors for i, is_family in zip(indices, family_axes(inner), strict=True) if is_family}
        return tuple([i in family for i in node.out])
    return (False,) * node.order


def _family_names(node: Node, indices: Indices, i: int) -> list[str]:
    """The names that families give to index i."""
    if isinstance(node, Var):
        subscript = node.name.partition("_")[2]
        k = indices.index(i) if i in indices else -1
        if 0 <= k < node.family:
            return [subscript] if node.family == 1 else [subscript[k : k + 1]]
        return []
    if isinstance(node, Ein):
        inner = dict(zip(indices, node.out, strict=True)).get(i)
        return [] if inner is None else [name for factor, slots in node.factors for name in _family_names(factor, slots, inner)]
    if isinstance(node, (Lin, Map)):
        return [name for arg in node.args for name in _family_names(arg, indices, i)]
    if isinstance(node, (Power, IndexSum)):
        return _family_names(node.args[0], indices, i)
    return []


def _merged(scalars: list[Scalar]) -> list[Scalar]:
    merged: list[Scalar] = []
    for base, exponent in scalars:
        for k, known in enumerate(merged):
            if known.base == base and isinstance(known.exponent, Fraction) and isinstance(exponent, Fraction):
                merged[k] = Scalar(base, known.exponent + exponent)
                break
        else:
            merged.append(Scalar(base, exponent))
    return [scalar for scalar in merged if scalar.exponent != 0]


def _turned(terms: list[Term]) -> list[Term]:
    return [Term(term.coefficient, term.scalars, turned(term.word)) for term in terms]


_ATOMS: dict[type, Callable[..., Expr]] = {
    Var: Raiser._variable, Lin: Raiser._sum, Map: Raiser._map, Power: Raiser._power, Op: Raiser._operator, IndexSum: Raiser._index_sum,
    Ein: lambda raiser, node, names: raiser.raised(node, names),
}

__all__ = ["Add", "Raiser", "Word", "family_axes"]
