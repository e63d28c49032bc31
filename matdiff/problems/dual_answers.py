"""Dual problems as a book prints them, as JSON, as code."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.errors import CalculusError
from matdiff.formula.question import Symbol
from matdiff.formula.syntax import Sym
from matdiff.graph.nodes import Op, walk
from matdiff.problems.answers import Answer
from matdiff.problems.lagrangian import SIGNS, Dual
from matdiff.problems.outcome import STATUSES
from matdiff.problems.relations import relation, sign
from matdiff.problems.scribe import Scribe
from matdiff.problems.vectorized import quadratic_form

if TYPE_CHECKING:
    from matdiff.errors import MatdiffError
    from matdiff.graph.nodes import Node, Var
    from matdiff.problems.problem import Problem

_SENSES = {"latex": {"max": r"\max", "min": r"\min"}}


class DualAnswer(Answer):
    """A dual problem."""

    command = "dual"
    computes = "objective"

    def __init__(self, problem: Problem, made: Dual, *, vectorize: bool = False) -> None:
        super().__init__(problem)
        self.dual = made
        self.shown: Node = made.objective
        symbols = [_symbol(one.var) for one in made.multipliers]
        defined: dict[Var, Node] = {}
        if vectorize:
            taken = {*problem.typed.symbols, *[symbol.name for symbol in symbols]}
            self.shown, defined = quadratic_form(made.objective, self.variables, made.sense, taken)
            symbols += [_symbol(var) for var in defined]
        problem.as_written()
        self.scribe = Scribe(problem, symbols, stacks=True)
        self.defined = defined

    @property
    def variables(self) -> list[Var]:
        return [one.var for one in self.dual.multipliers]

    def constraints(self, notation: str = "ascii") -> list[str]:
        """What the multipliers must meet, their signs first."""
        made, scribe = self.dual, self.scribe
        found = []
        for one in made.multipliers:
            if one.relation != "=":
                name = scribe.write(Sym(one.var.name), notation)
                found.append(f"{name} {sign(one.relation, notation)} 0")
        for kind, nodes in ((">=", made.inequalities), ("=", made.equalities), (">>", made.semidefinite)):
            found += [relation(scribe, kind, node, self.variables, notation) for node in nodes]
        return list(dict.fromkeys(found))

    def lines(self, notation: str) -> list[str]:
        scribe, made = self.scribe, self.dual
        sense = _SENSES.get(notation, {}).get(made.sense, made.sense)
        names = ", ".join(scribe.write(Sym(var.name), notation) for var in self.variables)
        under = "{" + names + "}" if notation in {"latex", "ascii"} or len(self.variables) > 1 else names
        head = f"{sense}_{under}" if names else sense
        objective = scribe.text(self.shown, notation)
        constraints = self.constraints(notation)
        if notation == "latex":
            where = r" \quad \text{s.t.} \quad " + r",\; ".join(constraints) if constraints else ""
            told = "".join([rf" \quad {line}" for line in self._defined(notation)])
            return [f"{head}\\; {objective}{where}{told}"]
        whole = f"{head} {objective}" + (" s.t. " + ", ".join(constraints) if constraints else "")
        return [whole, *self._defined(notation)]

    def _defined(self, notation: str) -> list[str]:
        """What the matrices of quadratic forms are."""
        scribe, where = self.scribe, r"\text{where } " if notation == "latex" else "where "
        return [
            f"{where}{scribe.write(Sym(var.name), notation)} = {scribe.text(node, notation)}"
            for var, node in self.defined.items()
        ]

    def told(self, notation: str) -> str:
        from matdiff.problems.steps import of_dual  # noqa: PLC0415 # few answers are asked for their steps

        return of_dual(self, notation)

    def stationarity(self, notation: str = "ascii") -> list[str]:
        """What is known of the unknowns, and what must be zero for their infimum to be finite."""
        scribe = self.scribe
        found = []
        for var, node in self.dual.stationarity:
            if var is None:
                found.append(relation(scribe, "=", node, self.variables, notation))
            else:
                found.append(f"{scribe.write(Sym(var.name), notation)} = {scribe.text(node, notation)}")
        return found

    def remarks(self, notation: str) -> list[str]:
        with self.graph.branch().in_force():
            said = [self.scribe.condition(one, notation) for one in self.dual.conditions]
            strong = [f"strong duality: {self.dual.strong}"] if self.dual.strong else []
            return [*([", ".join(dict.fromkeys(said))] if said else []), *self.stationarity(notation), *strong]

    def fields(self) -> dict[str, Any]:
        made, scribe = self.dual, self.scribe
        found: dict[str, Any] = {"ok": True, "command": "dual", "status": "solved"}
        found["unknowns"] = [var.name for var in self.problem.unknowns]
        found["lagrangian"] = scribe.text(made.lagrangian)
        found["multipliers"] = [
            {"name": one.var.name, "for": one.origin, "shape": list(one.var.shape), "sign": SIGNS[one.relation]}
            for one in made.multipliers
        ]
        found["stationarity"] = self.stationarity()
        found["sense"] = made.sense
        found["objective"] = scribe.text(self.shown)
        found["constraints"] = self.constraints()
        found["primal"] = {var.name: scribe.text(node) for var, node in self._primal().items()}
        found["conditions"] = list(dict.fromkeys([scribe.condition(one) for one in made.conditions]))
        found["strong"] = made.strong
        found["unicode"] = "\n".join(self.lines("unicode"))
        found["latex"] = "\n".join(self.lines("latex"))
        found["lets"] = {**scribe.lets, **{var.name: scribe.text(node) for var, node in self.defined.items()}}
        found["notes"] = [*self.notes, *made.notes]
        return found

    def _primal(self) -> dict[Var, Node]:
        return {var: self.dual.primal[var] for var in self.problem.unknowns if var in self.dual.primal}

    def module(self, target: str) -> str:
        from matdiff.problems.code import Part  # noqa: PLC0415 # loaded where code is asked for

        made = self.dual
        emitter = self.emitter(target)
        first = self.variables
        says = f"What is to be {made.sense}imised."
        inverted = made.semidefinite if any(isinstance(node, Op) for node in walk(made.objective)) else []
        guarded = "above" if made.sense == "max" else "below"
        parts = [Part("objective", [made.objective, *inverted], first, guarded if inverted else "values", says)]
        even = [one.var for one in made.multipliers if one.var.structure]
        parts += [
            Part("equalities", made.equalities, first, "list", "What must be zero.", even=even),
            Part("inequalities", made.inequalities, first, "list", "What must be at least zero, besides the signs."),
        ]
        if made.semidefinite:
            parts.append(Part("semidefinite", made.semidefinite, first, "list", "What must be positive semidefinite."))
        told = self._primal()
        if told:
            names = ", ".join(var.name for var in told)
            parts.append(Part("primal", list(told.values()), first, says=f"The minimiser: {names}."))
        return emitter.module("The dual: " + "; ".join(self.lines("ascii")), parts)


class EndAnswer(Answer):
    """A question that has no dual, with the reason."""

    command = "dual"

    def __init__(self, problem: Problem, status: str, why: str) -> None:
        super().__init__(problem)
        self.status, self.why = status, why

    @property
    def ok(self) -> bool:
        return False

    @property
    def exit_status(self) -> int:
        return STATUSES[self.status][1]

    @property
    def error(self) -> MatdiffError:
        return CalculusError(STATUSES[self.status][0], f"{self.status}: {self.why}")

    def lines(self, notation: str) -> list[str]:  # noqa: ARG002 # nothing is written
        return []

    def remarks(self, notation: str) -> list[str]:  # noqa: ARG002 # as above
        return []

    def told(self, notation: str) -> str:  # noqa: ARG002 # as above
        return self.error.message

    def module(self, target: str) -> str:  # noqa: ARG002 # there is nothing to compute
        raise self.error

    def fields(self) -> dict[str, Any]:
        error = self.error
        told = {"code": error.code, "message": error.message, "hint": error.hint, "span": None}
        return {"ok": False, "command": "dual", "status": self.status, "error": told, "notes": self.notes}


def _symbol(var: Var) -> Symbol:
    rows, columns = var.rows_columns
    kind = {0: "scalar", 1: "vector"}.get(var.order, "matrix")
    return Symbol(var.name, kind, (rows, columns))
