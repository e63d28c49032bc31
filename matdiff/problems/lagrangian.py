"""The Lagrangian of a problem: its multipliers, and unknowns of their own for the arguments of curved terms."""

from __future__ import annotations

from dataclasses import dataclass, field
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.simplify import expanded
from matdiff.graph import build
from matdiff.graph.nodes import Lin, Var, walk
from matdiff.graph.sums import depends, substitute
from matdiff.graph.symmetry import symmetric
from matdiff.problems import conjugates, forms, squares
from matdiff.problems.affine import affine
from matdiff.problems.curvature import AFFINE, CONSTANT, curvature
from matdiff.problems.stationarity import fresh_name, multiplier, paired

if TYPE_CHECKING:
    from matdiff.graph.nodes import Coefficient, Node
    from matdiff.problems.linear import Condition
    from matdiff.problems.problem import Constraint, Problem

_NAMES = {
    "family": ("alpha", "beta", "gamma", "delta", "mu", "lambda"),
    ">=": ("lambda", "mu", "alpha", "beta", "gamma", "kappa"),
    "=": ("nu", "mu", "eta", "kappa", "lambda"),
    ">>": ("Z", "Y", "S", "Lambda"),
    "split": ("z", "u", "v", "r", "s"),
}
SIGNS = {"=": "free", ">=": ">= 0", ">>": ">> 0"}


class Multiplier(NamedTuple):
    """A multiplier: its variable, the constraint that it is for (None of a split), the relation of that constraint."""

    var: Var
    origin: int | None
    relation: str


@dataclass
class Dual:
    """A dual problem: objective to be maximised ("max") or minimised, over multipliers under constraints.

    stationarity: (unknown, value) where the unknown is told, (None, node that is 0) otherwise.
    """

    lagrangian: Node
    sense: str
    multipliers: list[Multiplier]
    objective: Node
    equalities: list[Node] = field(default_factory=list)
    inequalities: list[Node] = field(default_factory=list)
    semidefinite: list[Node] = field(default_factory=list)
    primal: dict[Var, Node] = field(default_factory=dict)
    stationarity: list[tuple[Var | None, Node]] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    strong: str = ""
    notes: list[str] = field(default_factory=list)


def _even(var: Var) -> Var:
    """The variable as a symmetric matrix."""
    return Var(var.name, var.shape, "symbol", "symmetric", 0, var.rows_columns)


class EndError(Exception):
    """The question has an honest end that is no dual: its status and the reason."""

    def __init__(self, status: str, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


class Lagrangian:
    """The work on one problem: `rest` is the Lagrangian with the unknowns that are still in it."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.turn = -1 if problem.sense == "max" else 1
        self.taken = self._taken()
        self.multipliers: list[Multiplier] = []
        self.unknowns: list[Var] = list(problem.unknowns)
        shape = curvature(problem.objective, problem.unknowns) if problem.objective is not None else None
        self.straight = shape is not None and shape.curvature in {AFFINE, CONSTANT}
        assert problem.objective is not None  # noqa: S101 # for the type checker
        self.rest: Node = conjugates.logarithms_apart(build.scale(self.turn, problem.objective), problem.unknowns)
        for one in problem.constraints:
            self._constrain(one)
        self.made = Dual(
            build.scale(self.turn, self.rest), "max" if self.turn > 0 else "min", self.multipliers, self.rest
        )
        self.symmetric = {one.node for one in problem.constraints if one.relation == ">>"}

    def _taken(self) -> set[str]:
        symbols = self.problem.typed.symbols.values()
        sizes = {str(size) for symbol in symbols for size in (*symbol.shape, *symbol.family_sizes)}
        return {*self.problem.typed.symbols, *sizes, *[name.partition("_")[0] for name in self.problem.typed.symbols]}

    def _name(self, kind: str) -> str:
        name = fresh_name(_NAMES[kind], self.taken)
        self.taken.add(name)
        return name

    def _constrain(self, one: Constraint) -> None:
        family = one.relation == ">=" and any("_" in symbol.name and symbol.family for symbol in self._symbols_in(one))
        var = multiplier(self._name("family" if family else one.relation), one.node)
        if one.relation == ">>":
            var = _even(var)
        self.multipliers.append(Multiplier(var, one.origin, one.relation))
        sign = 1 if one.relation == "=" and not self.straight else -1
        self.rest = build.lin([(1, self.rest), (sign, paired(var, one.node))], ())

    def _symbols_in(self, one: Constraint):  # type: ignore[no-untyped-def] # noqa: ANN202

        names = {inner.name for inner in walk(one.node) if isinstance(inner, Var)}
        return [symbol for symbol in self.problem.typed.symbols.values() if symbol.name in names]

    def _distributed(self, node: Node) -> Node:
        """Products of multipliers with constraints multiplied out, so that the terms of each unknown stand apart."""
        assert self.problem.objective is not None  # noqa: S101 # for the type checker
        terms = node.terms if isinstance(node, Lin) else ((1, node),)
        names = {one.var for one in self.multipliers}
        return build.lin(
            [(c, expanded(term) if any(depends(term, var) for var in names) else term) for c, term in terms], ()
        )

    def _terms(self) -> tuple[tuple[Coefficient, Node], ...]:
        return self.rest.terms if isinstance(self.rest, Lin) else ((1, self.rest),)

    def _split(self, unknown: Var) -> bool:
        """A new unknown for the argument of a curved term: of a function first, of a square where there is no other."""
        for ways in ((conjugates.argument,), (self._residual,)):
            for k, (c, term) in enumerate(self._terms()):
                found = next((way(c, term, unknown) for way in ways), None) if depends(term, unknown) else None
                if found is not None and found[1] is not unknown and self._apart(k, *found):
                    return True
        return False

    def _residual(self, c: Coefficient, term: Node, unknown: Var) -> tuple[str, Node] | None:  # noqa: ARG002 # as other ways
        square = squares.residual(term, self.unknowns) if c > 0 else None
        return None if square is None else ("the square", square[0])

    def _split_squares(self) -> None:
        """Without constraints the squares of residuals get unknowns of their own: else nothing is left for a dual."""
        for _ in self._terms():
            for k, (c, term) in enumerate(self._terms()):
                found = self._residual(c, term, self.problem.unknowns[0])
                if found is None or any(found[1] is unknown for unknown in self.unknowns):
                    continue
                unknowns = [one for one in self.problem.unknowns if depends(found[1], one)]
                slopes = [affine(found[1], unknown) for unknown in unknowns]
                alone = (
                    len(unknowns) == 1 and slopes[0] is not None and forms.isotropic(slopes[0], unknowns[0]) is not None
                )
                if unknowns and not alone and found[1].order and self._apart(k, *found):
                    break
            else:
                return

    def _copied(self, unknown: Var) -> bool:
        """Several curved terms of an unknown: all but the first get a copy of it."""
        curved = [k for k, (c, term) in enumerate(self._terms()) if self._bends(c, term, unknown)]
        return len(curved) > 1 and self._apart(curved[1], "another term", unknown)

    def _bends(self, c: Coefficient, term: Node, unknown: Var) -> bool:
        found = conjugates.curved(c, term, unknown) if depends(term, unknown) else None
        return found is not None and found.argument is unknown

    def _apart(self, place: int, name: str, argument: Node) -> bool:
        """The term at a place with an unknown of its own for an argument that is affine in the unknowns."""
        terms = self._terms()
        shape = curvature(argument, self.unknowns)
        if shape is None or shape.curvature != AFFINE:
            return False
        c, term = terms[place]
        stand_in = multiplier(self._name("split"), argument)
        slots = tuple(range(argument.order))
        square = build.ein([(argument, slots), (argument, slots)], ())  # of a norm it may be there as a form alone
        moved = substitute(term, {argument: stand_in, square: paired(stand_in, stand_in)})
        if any(depends(moved, unknown) for unknown in self.unknowns):
            return False
        even = argument.order == 2 and symmetric(argument)  # a matrix
        var = multiplier(self._name("=" if argument.order < 2 else ">>"), argument)  # as above
        if even:
            free, stand_in = stand_in, _even(stand_in)
            moved, var = substitute(moved, {free: stand_in}), _even(var)
        self.multipliers.append(Multiplier(var, None, "="))
        self.unknowns.append(stand_in)
        others = [pair for j, pair in enumerate(terms) if j != place]
        joint = expanded(build.lin([(1, paired(var, argument)), (-1, paired(var, stand_in))], ()))
        self.rest = build.lin([*others, (c, moved), (1, joint)], ())
        self.made.notes.append(f"split: {stand_in.name} stands for the argument of {name}")
        return True
