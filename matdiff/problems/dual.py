"""`dual`: the Lagrangian, its infimum over each unknown, and what is left for the multipliers.

Affine in an unknown: its coefficient must be zero.  Quadratic: solved, and put back.  Convex by a row of the function
table: its conjugate.  A term of a composed argument is split: z stands for the argument, with a multiplier of its own.
Boyd and Vandenberghe, Convex Optimization, chapter 5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.simplify import expanded
from matdiff.errors import CalculusError
from matdiff.graph import build
from matdiff.graph.nodes import Lin, Var
from matdiff.graph.sums import depends, substitute
from matdiff.problems import conjugates, feasibility, forms, linear, squares
from matdiff.problems.affine import affine, multiple_of_identity
from matdiff.problems.curvature import AFFINE, CONSTANT, curvature
from matdiff.problems.definiteness import PROVED, definite, nonnegative
from matdiff.problems.duality import strong
from matdiff.problems.proving import put
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


class EndError(Exception):
    """The question has an honest end that is no dual: its status and the reason."""

    def __init__(self, status: str, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


def dual(problem: Problem) -> Dual:
    """The dual problem.  Raises EndError where none can be written, CalculusError for what is no problem."""
    if problem.objective is None:
        raise CalculusError("E140", "a dual needs an objective", hint="as in min_x c^T x s.t. A x = b")
    reason = feasibility.contradiction(problem.constraints, problem.unknowns)
    if reason:
        raise EndError("infeasible", reason)
    return _Dualising(problem).run()


class _Dualising:
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
        self.rest: Node = build.scale(self.turn, problem.objective)
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
            var = Var(var.name, var.shape, "symbol", "symmetric", 0, var.rows_columns)
        self.multipliers.append(Multiplier(var, one.origin, one.relation))
        sign = 1 if one.relation == "=" and not self.straight else -1
        self.rest = build.lin([(1, self.rest), (sign, paired(var, one.node))], ())

    def _symbols_in(self, one: Constraint):  # type: ignore[no-untyped-def] # noqa: ANN202
        from matdiff.graph.nodes import walk  # noqa: PLC0415 # asked once

        names = {inner.name for inner in walk(one.node) if isinstance(inner, Var)}
        return [symbol for symbol in self.problem.typed.symbols.values() if symbol.name in names]

    def run(self) -> Dual:
        self.rest = self._distributed(self.rest)
        while self.unknowns:
            if not any(self._taken_out(unknown) for unknown in list(self.unknowns)):
                raise EndError("no closed form", "the infimum of the Lagrangian over the unknowns is not known")
        made = self.made
        made.objective = self.rest
        self._put_back()
        self._eliminate()
        made.objective = build.scale(self.turn, made.objective)
        made.strong = strong(self.problem, self.turn)
        return made

    def _distributed(self, node: Node) -> Node:
        """Products of multipliers with constraints multiplied out, so that the terms of each unknown stand apart."""
        assert self.problem.objective is not None  # noqa: S101 # for the type checker
        terms = node.terms if isinstance(node, Lin) else ((1, node),)
        names = {one.var for one in self.multipliers}
        return build.lin(
            [(c, expanded(term) if any(depends(term, var) for var in names) else term) for c, term in terms], ()
        )

    # -- one unknown ---------------------------------------------------------------------------------------------------

    def _taken_out(self, unknown: Var) -> bool:
        if not depends(self.rest, unknown):
            self.unknowns.remove(unknown)
            return True
        return bool(
            self._affine(unknown) or self._quadratic(unknown) or self._conjugate(unknown) or self._split(unknown)
        )

    def _affine(self, unknown: Var) -> bool:
        slope = self._slope(self.rest, unknown)
        if depends(slope, unknown):
            return False
        self.rest = substitute(self.rest, {unknown: build.zero(unknown.shape)})
        self.unknowns.remove(unknown)
        if not build.is_zero(slope):
            if not any(depends(slope, one.var) for one in self.multipliers):
                raise EndError("unbounded", f"the Lagrangian is linear in {unknown.name}, whatever the multipliers are")
            self.made.equalities.append(slope)
            self.made.stationarity.append((None, slope))
        return True

    def _slope(self, node: Node, unknown: Var) -> Node:
        slope = differentiate(node, unknown)
        if unknown.structure in {"symmetric", "spd"} or unknown in self.symmetric:
            turned = build.transposed(slope)
            slope = build.lin([(Fraction(1, 2), slope), (Fraction(1, 2), turned)], slope.shape)
        if depends(slope, unknown):
            again = expanded(slope)
            return again if not depends(again, unknown) else slope
        return slope

    def _quadratic(self, unknown: Var) -> bool:
        gradient = affine(self._slope(self.rest, unknown), unknown)
        if gradient is None or build.is_zero(gradient.matrix):
            return False
        proof = self._definite(gradient, unknown)
        found = linear.solved(gradient, unknown)
        at_zero = substitute(self.rest, {unknown: build.zero(unknown.shape)})
        if proof is None:
            self._semidefinite(gradient, unknown)
            if build.is_zero(gradient.constant):
                found = linear.Found(build.zero(unknown.shape))
        if found is None:
            return False
        self.rest = build.lin([(1, at_zero), (Fraction(1, 2), paired(gradient.constant, found.value))], ())
        if not build.is_zero(gradient.constant):
            self.made.primal[unknown] = found.value
            self.made.stationarity.append((unknown, found.value))
        self.made.conditions += [*found.conditions, *sorted(proof or PROVED, key=lambda one: one.nodes[0].digest)]
        self.unknowns.remove(unknown)
        return True

    def _definite(self, gradient, unknown: Var):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        """Why the form is convex: a proof, None where it is not known."""
        known = {one.var for one in self.multipliers if one.relation == ">="}
        if unknown.order == 0:
            proof = nonnegative(gradient.matrix)
        elif unknown.order == 1:
            proof = definite(gradient.matrix)
        else:
            parts = [definite(node) for side in gradient.sides or () for node in (side.left, side.right)]
            turned = any(side.turned for side in gradient.sides or ())
            known_parts = [part for part in parts if part is not None]
            proof = None if not parts or turned or len(known_parts) < len(parts) else PROVED.union(*known_parts)
        if proof is None:
            return None
        if any("semidefinite" in one.text for one in proof):
            return None
        free = {one.var for one in self.multipliers if one.relation == "="}
        if any(node in free for one in proof for node in one.nodes):
            return None
        return frozenset([one for one in proof if one.nodes[0] not in known])

    def _semidefinite(self, gradient, unknown: Var) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
        """The matrix of the form must be positive semidefinite, which is a constraint on the multipliers."""
        if unknown.order == 0:
            self.made.inequalities.append(gradient.matrix)
            return
        if unknown.order != 1:
            raise EndError("not convex", f"the objective is not known to be convex in {unknown.name}")
        scalar = multiple_of_identity(gradient.matrix)
        if scalar is not None:
            self.made.inequalities.append(scalar)
        elif not any(depends(gradient.matrix, one.var) for one in self.multipliers):
            condition = linear.Condition("{0} positive semidefinite", (build.split(gradient.matrix)[1],))
            self.made.conditions.append(condition)
        else:
            c, core = build.split(gradient.matrix)
            self.made.semidefinite.append(core if c > 0 else build.scale(-1, core))

    def _conjugate(self, unknown: Var) -> bool:
        curved, straight = self._parts(unknown)
        if len(curved) != 1 or curved[0].argument is not unknown:
            return False
        slope = self._slope(straight, unknown)
        if depends(slope, unknown):
            return False
        proof = nonnegative(curved[0].weight)
        if proof is None:
            return False
        self.made.conditions += sorted(proof, key=lambda one: one.nodes[0].digest)
        infimum = conjugates.infimum(curved[0], slope)
        rest = substitute(straight, {unknown: build.zero(unknown.shape)})
        self.rest = build.add(rest, infimum.value)
        for relation, node in infimum.domain:
            {"=": self.made.equalities, ">=": self.made.inequalities, ">>": self.made.semidefinite}[relation].append(
                node
            )
        place = Var(f"{unknown.name}(slope)", unknown.shape, rows_columns=unknown.rows_columns)
        value = differentiate(conjugates.infimum(curved[0], place).value, place)
        unique = all(relation != "=" for relation, _ in infimum.domain)  # else it is told up to what that leaves open
        if unique and not build.is_zero(value):
            told = substitute(value, {place: slope})
            self.made.primal[unknown] = told
            self.made.stationarity.append((unknown, told))
        self.unknowns.remove(unknown)
        return True

    def _parts(self, unknown: Var) -> tuple[list[conjugates.Curved], Node]:
        """The terms that are curved in the unknown, as far as rows say them, and all the others."""
        terms = self.rest.terms if isinstance(self.rest, Lin) else ((1, self.rest),)
        curved: list[conjugates.Curved] = []
        straight: list[tuple[int | Fraction, Node]] = []
        for c, term in terms:
            found = None
            if depends(term, unknown) and depends(differentiate(term, unknown), unknown):
                found = conjugates.curved(c, term, unknown)
            if found is None:
                straight.append((c, term))
            else:
                curved.append(found)
        return curved, build.lin(straight, ())

    def _split(self, unknown: Var) -> bool:
        """A new unknown for the argument of a curved term."""
        terms = self.rest.terms if isinstance(self.rest, Lin) else ((1, self.rest),)
        for k, (c, term) in enumerate(terms):
            if not depends(term, unknown):
                continue
            found = self._argument(c, term, unknown)
            shape = None if found is None else curvature(found[1], self.unknowns)
            if found is None or shape is None or shape.curvature != AFFINE:
                continue
            name, argument = found
            stand_in = multiplier(self._name("split"), argument)
            var = multiplier(self._name("="), argument)
            self.multipliers.append(Multiplier(var, None, "="))
            self.unknowns.append(stand_in)
            others = [pair for j, pair in enumerate(terms) if j != k]
            joint = build.lin([(1, paired(var, argument)), (-1, paired(var, stand_in))], ())
            moved = substitute(term, {argument: stand_in})
            if depends(moved, unknown):
                return False
            self.rest = build.lin([*others, (c, moved), (1, self._distributed_pair(joint))], ())
            self.made.notes.append(f"split: {stand_in.name} stands for the argument of {name}")
            return True
        return False

    def _argument(self, c: Coefficient, term: Node, unknown: Var) -> tuple[str, Node] | None:
        """The name of a curved term and its argument, where that is more than the unknown."""
        found = conjugates.curved(c, term, unknown)
        if found is not None:
            return None if found.argument is unknown else (found.name, found.argument)
        square = squares.residual(term, self.unknowns) if c > 0 else None
        return None if square is None or square[0] is unknown else ("the square", square[0])

    @staticmethod
    def _distributed_pair(node: Node) -> Node:
        return expanded(node)

    # -- the multipliers -----------------------------------------------------------------------------------------------

    def _put_back(self) -> None:
        """Unknowns that were told by other unknowns are told by multipliers."""
        for _ in self.made.primal:
            self.made.primal = {var: put(node, self.made.primal) for var, node in self.made.primal.items()}
        sought = {*self.problem.unknowns}
        known = {var: node for var, node in self.made.primal.items() if var in sought}
        self.made.primal = {
            var: node for var, node in known.items() if not any(depends(node, other) for other in sought)
        }

    def _eliminate(self) -> None:
        """A multiplier of a bound that stands alone in an equation is what is left of it, which keeps the sign."""
        for one in list(self.multipliers):
            if one.relation == "=" or one.origin is None or not self._is_bound(one):
                continue
            for equation in list(self.made.equalities):
                value = self._alone(equation, one.var)
                if value is None:
                    continue
                self._replace(one, equation, value)
                break

    def _is_bound(self, one: Multiplier) -> bool:
        constraints = [c for c in self.problem.constraints if c.origin == one.origin]
        return any(c.relation == one.relation and self._bounds(c) for c in constraints)

    def _bounds(self, one: Constraint) -> bool:
        """Is the constraint a bound of one unknown alone?"""
        unknowns = [unknown for unknown in self.problem.unknowns if depends(one.node, unknown)]
        if len(unknowns) != 1:
            return False
        return one.node is unknowns[0] or forms.bound(one.node, unknowns[0]) is not None

    @staticmethod
    def _alone(equation: Node, var: Var) -> Node | None:
        """The value of a multiplier that the equation has as c times itself."""
        form = affine(equation, var)
        if form is None or equation.shape != var.shape:
            return None
        scale = forms.isotropic(form, var)
        if scale is None or build.is_zero(scale):
            return None
        return build.mul(build.reciprocal(scale), build.scale(-1, form.constant))

    def _replace(self, one: Multiplier, equation: Node, value: Node) -> None:
        made = self.made
        changes: dict[Node, Node] = {one.var: value}
        made.equalities = [substitute(node, changes) for node in made.equalities if node is not equation]
        made.inequalities = [substitute(node, changes) for node in made.inequalities]
        made.semidefinite = [substitute(node, changes) for node in made.semidefinite]
        (made.inequalities if one.relation == ">=" else made.semidefinite).append(value)
        made.objective = substitute(made.objective, changes)
        made.primal = {var: substitute(node, changes) for var, node in made.primal.items()}
        self.multipliers.remove(one)
