"""`dual`: the Lagrangian, its infimum over each unknown, and what is left for the multipliers.

Affine in an unknown: its coefficient must be zero.  Quadratic: solved, and put back.  Convex by a row of the function
table: its conjugate.  A term of a composed argument is split: z stands for the argument, with a multiplier of its own.
Boyd and Vandenberghe, Convex Optimization, chapter 5.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.differentiate import differentiate
from matdiff.calculus.simplify import expanded
from matdiff.errors import CalculusError
from matdiff.graph import build
from matdiff.graph.nodes import Lin, Var, number
from matdiff.graph.sums import depends, substitute
from matdiff.problems import conjugates, constants, feasibility, forms, linear, signs, squares
from matdiff.problems.affine import affine, multiple_of_identity
from matdiff.problems.definiteness import PROVED, assumed, definite, nonnegative
from matdiff.problems.duality import strong
from matdiff.problems.lagrangian import Dual, EndError, Lagrangian, Multiplier
from matdiff.problems.proving import put
from matdiff.problems.stationarity import paired
from matdiff.problems.terms import kinked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matdiff.graph.nodes import Node
    from matdiff.problems.linear import Condition
    from matdiff.problems.problem import Constraint, Problem


def dual(problem: Problem) -> Dual:
    """The dual problem.  Raises EndError where none can be written, CalculusError for what is no problem."""
    if problem.objective is None:
        raise CalculusError("E140", "a dual needs an objective", hint="as in min_x c^T x s.t. A x = b")
    reason = feasibility.contradiction(problem.constraints, problem.unknowns)
    if reason:
        raise EndError("infeasible", reason)
    return _Dualising(problem).run()


class _Dualising(Lagrangian):
    """The infimum of the Lagrangian over one unknown after another."""

    def run(self) -> Dual:
        self.rest = squares.opened(self._distributed(self.rest), self.problem.unknowns)
        if not self.problem.constraints:
            self._split_squares()
        while self.unknowns:
            if not any(self._taken_out(unknown) for unknown in list(self.unknowns)):
                raise EndError("no closed form", "the infimum of the Lagrangian over the unknowns is not known")
        made = self.made
        made.objective = self.rest
        self._put_back()
        self._eliminate()
        signs.natural(made, [one.var for one in self.multipliers if one.relation == "="], self._straight_signs())
        made.objective = build.scale(self.turn, made.objective)
        made.strong = strong(self.problem, self.turn)
        return made

    def _straight_signs(self) -> list[Var]:
        """The multipliers of splits, which may take a sign: with equations alone every multiplier is free."""
        relations = {one.relation for one in self.problem.constraints}
        return [] if relations == {"="} else [one.var for one in self.multipliers if one.origin is None]

    # -- one unknown ---------------------------------------------------------------------------------------------------

    def _taken_out(self, unknown: Var) -> bool:
        if not depends(self.rest, unknown):
            self.unknowns.remove(unknown)
            return True
        ways = (self._affine, self._quadratic, self._conjugate, self._shrunk, self._split, self._copied)
        return any(way(unknown) for way in ways)

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
            self._nonnegative(gradient.matrix, unknown)
            return
        if unknown.order != 1:
            raise EndError("not convex", f"the objective is not known to be convex in {unknown.name}")
        scalar = multiple_of_identity(gradient.matrix)
        c, core = build.split(gradient.matrix)
        core = core if c > 0 else build.scale(-1, core)
        if scalar is not None:
            self._nonnegative(scalar, unknown)
        elif any(depends(gradient.matrix, one.var) for one in self.multipliers):
            self.made.semidefinite.append(core)
        elif c < 0 and definite(build.scale(-1, core)) == PROVED:
            raise self._endless(unknown)
        else:
            self.made.conditions.append(linear.Condition("{0} positive semidefinite", (core,)))

    def _nonnegative(self, curvature: Node, unknown: Var) -> None:
        """A constraint on the multipliers, but for a number, which decides by itself."""
        value = constants.constant(curvature)
        if value is None:
            self.made.inequalities.append(curvature)
        elif value < 0:
            raise self._endless(unknown)

    def _endless(self, unknown: Var) -> EndError:
        status = "not convex" if self.problem.constraints else "unbounded"
        return EndError(status, f"the Lagrangian falls without end in {unknown.name}, whatever the multipliers")

    def _conjugate(self, unknown: Var) -> bool:
        curved, straight = self._parts(unknown)
        if len(curved) != 1 or curved[0].argument is not unknown:
            return False
        slope = self._slope(straight, unknown)
        if depends(slope, unknown):
            return False
        proof = assumed(curved[0].weight)
        if proof is None:
            return False
        self._assume([proof])
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

    def _shrunk(self, unknown: Var) -> bool:
        """m/2 ||u||^2 + k^T u with c ||u||_1, c ||u|| or both: the least value is that of a shrunken -k."""
        parts = kinked(self.rest, unknown)
        form = forms.quadratic(parts.smooth, unknown) if parts is not None and parts.any else None
        if parts is None or form is None or form.scale is None or parts.nuclear is not None:
            return False
        proofs = [nonnegative(node) for node in (form.scale, parts.one, parts.two) if node is not None]
        if number(form.scale) == 0 or any(proof is None for proof in proofs):
            return False
        least, point = squares.shrunk(form.scale, form.linear, parts.one, parts.two)
        self.rest = build.add(substitute(parts.smooth, {unknown: build.zero(unknown.shape)}), least)
        self._assume(proof for proof in proofs if proof is not None)
        self.made.primal[unknown] = point
        self.made.stationarity.append((unknown, point))
        self.unknowns.remove(unknown)
        return True

    def _assume(self, proofs: Iterable[frozenset[Condition]]) -> None:
        """Conditions of a step, without the signs that multipliers have anyway."""
        known = {one.var for one in self.multipliers if one.relation == ">="}
        for proof in proofs:
            self.made.conditions += sorted(
                [one for one in proof if one.nodes[0] not in known], key=lambda one: one.nodes[0].digest
            )

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
