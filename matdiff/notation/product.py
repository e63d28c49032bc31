"""Raising one product: families are summed over openly, the rest goes through the series-parallel reduction."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.lowered import unfolding
from matdiff.errors import CalculusError
from matdiff.formula.syntax import Call, Expr, IndexedSum, Num, Sym
from matdiff.functions import names as fn
from matdiff.graph import build, matrices
from matdiff.graph.graph import current
from matdiff.graph.members import PLACE, family_axes
from matdiff.graph.nodes import Ein, Lin, Op, Power, Var, number
from matdiff.graph.shapes import product_size
from matdiff.notation import wires
from matdiff.notation.chains import Link, Word, column, matrix, spelled, transposed, turned
from matdiff.notation.entrywise import Entry
from matdiff.notation.families import (
    condition,
    constant_along,
    family_names,
    kronecker_delta,
    run,
    softmax_written_out,
    softmaxes,
)
from matdiff.notation.numbered import take_names
from matdiff.notation.operators import unfolded_derivative
from matdiff.notation.orientation import as_written, entry_power
from matdiff.notation.scalar_words import Preference
from matdiff.notation.series_parallel import IrreducibleError, Network
from matdiff.notation.sizes import size_expr
from matdiff.notation.terms import Scalar, Term, averaged, hoisted, merged, of_link, spell, summed_over, unsigned

if TYPE_CHECKING:
    from matdiff.graph.members import Bounds
    from matdiff.graph.nodes import Coefficient, Indices, Node, Size
    from matdiff.notation.display import Members, Raiser


_INDEX_LETTERS = ("n", "m", "l", "i", "j", "r", "s", "k", "h", "p", "q", "o", "u", "v", "g", "f", "a", "b", "c")
JACOBIANS = frozenset(matrices.JACOBIANS.values())


Letters = dict[
    tuple[int, "Bounds"], str
]  # what indices are called, by how deep their sums stand and what they run over


class RaisedProduct:
    """Raises one product: families are summed over openly, the rest goes through the network."""

    def __init__(
        self, raiser: Raiser, sizes: dict[int, Size], named: dict[int, str], letters: Letters | None = None
    ) -> None:
        self.raiser = raiser
        self.sizes = sizes
        self.named = named
        self.letters: Letters = {} if letters is None else letters
        self.sign: Coefficient = 1
        self.outside: list[Scalar] = []
        self.ties: list[Scalar] = []  # what names have in common: delta_kl, and that a member is in a part

    def term(self, factors: list[tuple[Node, Indices]], out: Indices) -> Term:
        """The product as a term."""
        factors, ties = take_names(factors, self.named)
        self.ties.extend(ties)
        factors = self._placed([part for node, indices in factors for part in softmax_written_out(node, indices)])
        term = self._term(factors, out)
        return Term(term.coefficient, (*term.scalars, *self.ties), term.word) if self.ties else term

    def _term(self, factors: list[tuple[Node, Indices]], out: Indices) -> Term:
        """The product as a term; an irreducible vertex is summed over openly."""
        whole = factors
        opened: list[tuple[Expr | Link, Indices]] = []
        while members := self._unnamed_members(factors, out):
            taken = out + tuple([i for _, indices in opened for i in indices])
            i, inside = self._together(factors, members)
            narrow = self._sum_over(factors, inside, taken, i)
            if narrow is None:
                return self._summed_whole(whole, out, i)
            factors, summed = narrow
            opened.append(summed)
        factors, softmax = softmaxes(factors, self.named, self.raiser.raised)
        opened += softmax
        bases = [node.base if isinstance(node, Power) else node for node, _ in factors]
        diagonals = frozenset([node.name for node in bases if isinstance(node, Var) and node.structure == "diagonal"])
        network = Network(
            out,
            self.sizes,
            Preference(self.raiser.ranks, self.raiser.manner.norms, self.raiser.sums, self.raiser.phrases),
            diagonals,
        )
        for i in out:
            network.vertex(i)
        scalars: list[Scalar] = []
        try:
            for node, indices in factors:
                self._place(network, scalars, node, indices)
            for expr, indices in opened:
                self._place_sum(network, scalars, expr, indices)
            word = self._reduced(network)
        except IrreducibleError as stuck:
            return self._summed_openly(whole, out, stuck.vertex)
        scalars.extend([Scalar(base, exponent) for base, exponent in network.scalars])
        scalars.extend(self.outside)
        return Term(self.sign, tuple(averaged(merged(scalars), self.raiser.sums)), word)

    @staticmethod
    def _reduced(network: Network) -> Word:
        """What is left between the ends; raises IrreducibleError where no notation but an open sum says it."""
        network.settle()
        fused = network.copy() if network.fuses and network.out else None
        try:
            network.reduce()
        except IrreducibleError:
            word = None if fused is None else wires.read_off(fused)
            if fused is None or word is None:
                raise
            network.scalars = fused.scalars
            return word
        return network.word() if network.out else ()

    def _placed(self, factors: list[tuple[Node, Indices]]) -> list[tuple[Node, Indices]]:
        """A member of a part of a family that is a named member of the whole gets its name; what is left of the tie is
        the condition that this member is in the part.
        """
        left: list[tuple[Node, Indices]] = []
        for node, indices in factors:
            if not (isinstance(node, Op) and node.name == PLACE and indices[1] in self.named):
                left.append((node, indices))
                continue
            name = self.named[indices[1]]
            here = self.named.setdefault(indices[0], name)
            if here != name:
                self.ties.append(Scalar(kronecker_delta(here, name), Fraction(1)))
            if node is not self.raiser.manner.place:
                self.ties.append(Scalar(condition(node, name, self._fresh(["n"])), Fraction(1)))
        return left

    def _unnamed_members(self, factors: list[tuple[Node, Indices]], out: Indices) -> list[int]:
        """The closed indices that number the members of families and have no name yet, in the order of the factors."""
        found: dict[int, None] = {}
        for node, indices in factors:
            for i, family in zip(indices, family_axes(node), strict=True):
                if family and i not in self.named and i not in out:
                    found[i] = None
        return list(found)

    @staticmethod
    def _together(factors: list[tuple[Node, Indices]], members: list[int]) -> tuple[int, list[tuple[Node, Indices]]]:
        """The index to be summed over first, outermost, and the factors that must stand inside: those that this index
        and others like it hold together, sum_n of (sum_j a_nj)^2.
        """
        reached = {members[0]}
        while True:
            inside = [factor for factor in factors if reached.intersection(factor[1])]
            more = {i for _, indices in inside for i in indices if i in members} - reached
            if not more:
                break
            reached |= more
        return max(
            [i for i in members if i in reached], key=lambda i: sum(i in indices for _, indices in inside)
        ), inside

    def _sum_over(
        self, factors: list[tuple[Node, Indices]], inside: list[tuple[Node, Indices]], out: Indices, i: int
    ) -> tuple[list[tuple[Node, Indices]], tuple[Expr | Link, Indices]] | None:
        """Σ over one index, as narrow as matrix notation allows; None where what depends on it meets more than two
        others.
        """
        outside = [factor for factor in factors if factor not in inside]
        beyond = {j for _, indices in outside for j in indices} | set(out)
        reach = tuple(
            dict.fromkeys(j for _, indices in inside for j in indices if j != i and j in beyond and j not in self.named)
        )
        if len(reach) > 2:
            return None
        name = self._name(inside, i)
        term = RaisedProduct(self.raiser, self.sizes, {**self.named, i: name}, self.letters).term(inside, reach)
        outside_sum, body = hoisted(term, name)
        self.sign *= outside_sum.coefficient
        self.outside.extend(outside_sum.scalars)
        low, last = map(size_expr, run(inside, i, self.sizes[i]))
        here = summed_over(name, low, last, body)
        if len(reach) < 2:
            return outside, (here, reach)
        there = IndexedSum(name, low, last, spell(Term(body.coefficient, body.scalars, turned(body.word))))
        return outside, (Link(here, here if here == there else transposed(here)), reach)

    def _summed_whole(self, factors: list[tuple[Node, Indices]], out: Indices, i: int) -> Term:
        """Σ over one index of the whole product."""
        name = self._name(factors, i)
        inner = RaisedProduct(self.raiser, self.sizes, {**self.named, i: name}, self.letters).term(factors, out)
        before, body = hoisted(inner, name)
        low, last = map(size_expr, run(factors, i, self.sizes[i]))
        whole = self._as_term(summed_over(name, low, last, body), out)
        return Term(before.coefficient, before.scalars + whole.scalars, whole.word)

    @staticmethod
    def _as_term(body: Expr, out: Indices) -> Term:
        if not out:
            return Term(1, (Scalar(body, Fraction(1)),), ())
        return Term(1, (), (column(body),) if len(out) == 1 else (matrix(body),))

    def _name(self, factors: list[tuple[Node, Indices]], i: int) -> str:
        """What an index is called: as in another term of the sum the one that runs likewise, else as by a family."""
        here = (len(self.named), run(factors, i, self.sizes[i]))
        wished = [name for node, indices in factors for name in family_names(node, indices, i)][:1]
        name = self._fresh([self.letters[here], *wished] if here in self.letters else wished)
        self.letters.setdefault(here, name)
        return name

    def _fresh(self, wished: list[str]) -> str:
        """A letter for the index of a sum that nothing around has, and no symbol of the question but a wished one."""
        used = {*self.named.values(), *self.raiser.manner.numbers}
        letters = [name for name in _INDEX_LETTERS if name not in self.raiser.ranks]
        return next(name for name in (*wished, *letters, *[f"n_{k}" for k in range(len(used) + 1)]) if name not in used)

    def _place(self, network: Network, scalars: list[Scalar], node: Node, indices: Indices) -> None:
        """A factor as an edge, a pendant or a scalar; an index with a name is a family member, or an entry picked by
        e_i.
        """
        if isinstance(node, Op) and node.name == "fuse":
            self._place_fuse(network, indices)
            return
        if isinstance(node, Op) and node.name == "apply" and node.order > 2:
            self._place_unknown(network, node, indices)
            return
        if isinstance(node, Op) and node.name in JACOBIANS:
            self._place_jacobian(network, node, indices)
            return
        node = self._as_written(node)
        axes = family_axes(node)
        names: list[str | None] = [
            self.named.get(i) if family or constant_along(node, k) else None
            for k, (i, family) in enumerate(zip(indices, axes, strict=True))
        ]
        left = [i for i, name in zip(indices, names, strict=True) if name is None]
        if not left:
            sign, scalar = unsigned(self.raiser.scalar(node, tuple(names)))
            self.sign *= sign
            scalars.append(scalar)
            return
        entry = self._entry(node, tuple(names), scalars)
        picks = [self.named.get(i) for i in left]
        if any(picks):
            self._place_picked(network, scalars, entry, left, picks)
        elif len(left) == 1:
            network.add_pendant(left[0], entry)
        elif len(left) == 2:
            network.add_edge(left[0], left[1], entry)
        else:
            raise IrreducibleError(left[0])

    def _place_fuse(self, network: Network, indices: Indices) -> None:
        """A pair of indices as one; of parts that are summed openly, Kronecker products of unit vectors."""
        pair, slow, fast = indices
        first, second = self.named.get(slow), self.named.get(fast)
        if pair in self.named:
            raise CalculusError("E304", "this derivative has no vec or Kronecker form that is supported yet")
        if first is None and second is None:
            network.fuse(pair, slow, fast)
        elif first is not None and second is not None:
            units = tuple([Call(fn.UNIT_VECTOR, (Sym(name),)) for name in (first, second)])
            network.pendant(pair, (column(Call(fn.KRONECKER, units)),))
        else:
            part = fast if second is None else slow
            unit = column(Call(fn.UNIT_VECTOR, (Sym(first or second or ""),)))
            eye = Call(fn.IDENTITY, (network.size(part),))
            here = (unit.here, eye) if second is None else (eye, unit.here)
            there = (unit.there, eye) if second is None else (eye, unit.there)
            network.edge(pair, part, (Link(Call(fn.KRONECKER, here), Call(fn.KRONECKER, there)),))

    def _place_unknown(self, network: Network, node: Op, indices: Indices) -> None:
        """A derivative of an unknown function with more than two indices: its matrix dK/dX^T, each side fused."""
        if any(i in self.named for i in indices):
            raise CalculusError("E303", f"the derivative of {node.attributes[0]} here has no matrix notation yet")
        orders = [node.args[k].order for k in node.attributes[2]]
        value = node.order - sum(orders)
        sides = unfolding(value, orders)
        ends = [
            self._fused(network, tuple([self._fused(network, tuple([indices[k] for k in group])) for group in side]))
            for side in sides
        ]
        network.edge(ends[0], ends[1], (unfolded_derivative(self.raiser, node, has_value=value > 0),))

    def _place_jacobian(self, network: Network, node: Op, indices: Indices) -> None:
        """The Jacobian of a matrix function: vec of the value by vec of the argument; its transpose is the Jacobian at
        the transposed argument.
        """
        if any(i in self.named for i in indices):
            raise CalculusError("E303", f"the derivative of {node.name[1:]} here has no matrix notation yet")
        here = Call(node.name, (self.raiser.raised(node.args[0]),))
        there = Call(node.name, (self.raiser.raised(build.transposed(node.args[0])),))
        network.edge(self._fused(network, indices[:2]), self._fused(network, indices[2:]), (Link(here, there),))

    def _fused(self, network: Network, indices: Indices) -> int:
        """One index for several, the first of them fastest."""
        found = indices[0]
        for slow in indices[1:]:
            new = max(self.sizes) + 1
            self.sizes[new] = network.sizes[new] = product_size(self.sizes[slow], self.sizes[found])
            network.fuse(new, slow, found)
            found = new
        return found

    def _place_picked(
        self, network: Network, scalars: list[Scalar], entry: Entry, left: list[int], picks: list[str | None]
    ) -> None:
        if (
            all(picks)
            and len(entry.word) == 1
            and isinstance(entry.word[0].here, Sym)
            and "_" not in entry.word[0].here.name
        ):
            index = tuple(filter(None, picks))
            name = entry.word[0].here.name
            if all(len(letter) == 1 for letter in index):
                scalars.append(Scalar(Sym(f"{name}_{''.join(index)}", index, name), entry.exponent))
                return
        word = entry.word if entry.exponent == 1 else network.hadamard([entry], tuple(left))
        units = [column(Call(fn.UNIT_VECTOR, (Sym(name),))) if name else None for name in picks]
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

    def _as_written(self, node: Node) -> Node:
        """A sum, or an odd function of one, with the sign that it was first written with; a sum that is minus its own
        transpose as it is.
        """
        turned_sum = build.scale(-1, node) if current().signs.get(node) == -1 else node
        if turned_sum is not node and not (isinstance(turned_sum, Ein) and turned_sum.factors[0][0] is node):
            self.sign = -self.sign
            return turned_sum
        sign, node = as_written(node)
        self.sign *= sign
        return node

    def _entry(self, node: Node, names: Members, scalars: list[Scalar]) -> Entry:
        """A factor of an entrywise product: powers stay apart, so that quotients are written as quotients."""
        if isinstance(node, Lin):
            terms = self.raiser.collected(node, names)
            if len(terms) == 1 and terms[0].word:
                self.sign *= terms[0].coefficient
                scalars.extend(terms[0].scalars)
                return Entry(terms[0].word)
        power = entry_power(node)
        if power is not None:
            return Entry((self.raiser.link(power[0], names),), self.raiser.raised(power[1], names))
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
        term = of_link(self.raiser.link(node, names))
        self.sign *= term.coefficient
        return Entry(term.word)

    def _summed_openly(self, factors: list[tuple[Node, Indices]], out: Indices, vertex: int) -> Term:
        """Σ_a over one index of a network that no matrix notation says, with unit vectors e_a."""
        used = set(self.named.values()) | set(self.raiser.ranks)
        if vertex in out:  # an open index: its place is taken by e_a
            inner_index = max([*self.sizes, *[i for _, indices in factors for i in indices]]) + 1
            self.sizes[inner_index] = self.sizes[vertex]
            factors = [(node, tuple([inner_index if i == vertex else i for i in indices])) for node, indices in factors]
        name = next(
            name for name in ("a", "b", "c", "i", "j", "k", "l", "r", "s", "i_1", "i_2", "i_3") if name not in used
        )
        if vertex in out:
            unit = Op("pick", (Var(name, role="integer"),), (self.sizes[vertex],))
            inner = RaisedProduct(self.raiser, self.sizes, {**self.named, inner_index: name}).term(
                [(unit, (vertex,)), *factors], out
            )
        else:
            inner = RaisedProduct(self.raiser, self.sizes, {**self.named, vertex: name}).term(factors, out)
        body = IndexedSum(name, Num(Fraction(1)), size_expr(self.sizes[vertex]), spell(inner))
        return self._as_term(body, out)
