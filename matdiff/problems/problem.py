"""A problem on the graph: its unknowns, its objective, and relations that are 0, or at least 0, where they hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from matdiff.lean import re
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.lower import Lowering
from matdiff.calculus.variables import variables_of
from matdiff.errors import CalculusError, Label, MatdiffError, ReadingError, Span
from matdiff.formula.question import Operator, Reading, Typed
from matdiff.formula.syntax import Call, Expr, IndexedSum, Num, Relation, Sym, Together, subtrees
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.graph import current
from matdiff.graph.nodes import Var, walk
from matdiff.problems.parts import Scope, also_sought, parts_of, refuse_absent
from matdiff.problems.sets import sets_apart
from matdiff.problems.statement import Statement, statement
from matdiff.problems.unknowns import guessed, operator_of
from matdiff.reading.reader import read_declarations
from matdiff.reading.shapes import infer

if TYPE_CHECKING:
    from matdiff.calculus.lowered import Value
    from matdiff.calculus.variables import Variable
    from matdiff.formula.question import Declaration
    from matdiff.graph.nodes import Node


class Asked(NamedTuple):
    """A problem as it is asked: the text, the unknowns, constraints and declarations that stand apart."""

    expr: str
    wrt: str = ""
    subject_to: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()


class Constraint(NamedTuple):
    """One relation: `node` is 0 ("="), at least 0 in every entry (">=") or positive semidefinite (">>").

    origin: which constraint as written, from 0.  left, right: its sides as written.
    """

    relation: str
    node: Node
    origin: int
    left: Expr
    right: Expr


@dataclass
class Problem:
    """A problem with everything settled; `sense` is "min", "max", "stationary" or "equation"."""

    asked: Asked
    statement: Statement
    typed: Typed
    lowering: Lowering
    sense: str
    variables: tuple[Variable, ...]
    objective: Node | None
    objective_tree: Expr | None
    constraints: list[Constraint]
    notes: list[str] = field(default_factory=list)
    signs: dict[Node, int] = field(default_factory=dict)  # of sums, as the problem wrote them

    @property
    def unknowns(self) -> tuple[Var, ...]:
        return tuple([variable.var for variable in self.variables])

    @property
    def names(self) -> tuple[str, ...]:
        return tuple([variable.symbol.name for variable in self.variables])

    def as_written(self) -> None:
        """Let sums have the signs that the problem wrote, not those that solving met them with: c + A^T lambda."""
        current().signs = self.signs.copy()


def read_problem(asked: Asked, *, equations: bool = True) -> Problem:
    """The problem that is asked.  Raises MatdiffError for every mistake in it."""
    said = statement(asked.expr, asked.subject_to)
    where, more = sets_apart(asked.where, {*said.unknowns, *re.findall(r"\w+", asked.wrt)})
    if more:
        said = statement(asked.expr, (*asked.subject_to, *more))
    declared = read_declarations("; ".join([*where, *said.where, *asked.defaults]))
    operator = operator_of(asked.wrt, said.unknowns, frozenset([item.name for item in declared if not item.args]))
    names = {by.name for by in operator.by} if operator else set()
    declared = _without_members(declared, names)
    said = _with_orthogonal(said, asked, (*asked.subject_to, *more), declared, names)
    names |= set(said.ranges)
    parts, scopes = parts_of(said, declared, names)
    if operator is None:
        operator = guessed(parts, said.text)
        parts, scopes = parts_of(said, declared, {by.name for by in operator.by} | names)
    refuse_absent(operator, parts, said)
    more_sought = also_sought(parts, {by.name for by in operator.by}) if said.sense else []
    if more_sought:
        return _with_more(asked, said, more_sought, equations=equations)
    return _typed(asked, said, operator, declared, (parts, scopes), equations=equations)


def _typed(
    asked: Asked,
    said: Statement,
    operator: Operator,
    declared: tuple[Declaration, ...],
    read: tuple[list[Expr], list[Scope]],
    *,
    equations: bool,
) -> Problem:
    """The problem with the kinds and shapes of its symbols."""
    parts, scopes = read
    scalar = said.objective is not None and bool(said.sense or said.constraints or _is_derivative(asked.wrt))
    reading = Reading(
        operator, Together(tuple(parts), scalar), declared, said.text, operator.text, "; ".join(asked.where)
    )
    typed = infer(reading)
    summed = _summed(typed)
    if summed and not set(summed) & set(asked.defaults):
        made = read_problem(asked._replace(defaults=(*asked.defaults, *summed)), equations=equations)
        made.notes += [f"{one.split()[0]} was taken to be a vector: its entries are added" for one in summed]
        return made
    return _even(_lowered(asked, said, typed, scopes, equations=equations), equations=equations)


def _with_more(asked: Asked, said: Statement, more: list[str], *, equations: bool) -> Problem:
    """The problem with more unknowns, and a note that says so."""
    wrt = ", ".join([asked.wrt or ", ".join(said.unknowns), *more])
    made = read_problem(asked._replace(wrt=wrt), equations=equations)
    made.notes += [f"{name} is told by a constraint: it was read as an unknown, too" for name in more]
    return made


def _even(made: Problem, *, equations: bool) -> Problem:
    """The problem with its semidefinite unknowns as symmetric ones."""
    even = [text for text in _semidefinite(made) if text not in made.asked.defaults]
    if not even:
        return made
    return read_problem(made.asked._replace(defaults=(*made.asked.defaults, *even)), equations=equations)


def _semidefinite(problem: Problem) -> list[str]:
    """Declarations of unknowns that a constraint X >> 0 makes symmetric."""
    plain = [var for var in problem.unknowns if not var.structure and var.order == 2]
    return [
        f"{var.name} symmetric"
        for var in plain
        if any(one.relation == ">>" and one.node is var for one in problem.constraints)
    ]


def _summed(typed: Typed) -> list[str]:
    """Declarations as vectors of the unknowns that count as scalars and have their entries added: sum(xi)."""
    sought = {by.name for by in typed.operator.by} if typed.operator else set()
    return [
        f"{inner.name} vector"
        for inner in _added(typed.expression)
        if isinstance(inner, Sym) and inner.name in sought
        if typed.symbols[inner.name].kind == "scalar" and not typed.symbols[inner.name].declared
    ]


def _added(tree: Expr) -> list[Expr]:
    """What stands in sum( )."""
    calls = [node for node in subtrees(tree) if isinstance(node, Call) and node.function == fn.SUM]
    return [node.args[0] for node in calls if len(node.args) == 1]


def _without_members(declared: tuple[Declaration, ...], names: set[str]) -> tuple[Declaration, ...]:
    """Without declarations of an unknown's entries: with xi sought, `xi_n scalar` says nothing that xi_n does not."""
    told = {item.name for item in declared}
    return tuple(
        [
            item
            for item in declared
            if item.kind != "scalar" or item.name[-2:-1] != "_" or item.name[:-2] not in names - told
        ]
    )


def _with_orthogonal(
    said: Statement, asked: Asked, subject_to: tuple[str, ...], declared: tuple[Declaration, ...], names: set[str]
) -> Statement:
    """The statement with the constraint Q^T Q = I for an unknown that is declared orthogonal."""
    turned = [f"{one.name}^T {one.name} = I" for one in declared if one.structure == "orthogonal" and one.name in names]
    return statement(asked.expr, (*subject_to, *turned)) if turned else said


def _is_derivative(wrt: str) -> bool:
    return any(mark in wrt for mark in "/∇\\")


def with_usual_sizes(problem: Problem) -> Problem:
    """The problem with its matrices m x n, where their sizes have no names of the user's own and came out n x m."""
    asked, symbols = problem.asked, problem.typed.symbols
    said = set(re.findall(r"[A-Za-z]\w*", " ".join([problem.statement.text, *asked.where, *problem.statement.where])))
    if {"m", "n"} & said:
        return problem
    turned = [one for one in symbols.values() if one.kind == "matrix" and one.shape == ("n", "m") and not one.family]
    if not turned or turned[0].declared:
        return problem
    default = f"{turned[0].name} in R^{{m x n}}"
    try:
        return read_problem(asked._replace(defaults=(*asked.defaults, default)), equations=False)
    except MatdiffError:
        return problem


def _lowered(asked: Asked, said: Statement, typed: Typed, scopes: list[Scope], *, equations: bool) -> Problem:
    """The problem on the graph.  Raises CalculusError."""
    try:
        return _on_graph(asked, said, typed, scopes, equations=equations)
    except CalculusError as error:
        raise error.within(said.text) from None


def _on_graph(asked: Asked, said: Statement, typed: Typed, scopes: list[Scope], *, equations: bool) -> Problem:
    sought = frozenset([by.name for by in typed.operator.by]) if typed.operator else frozenset()
    variables = variables_of(typed, Lowering(typed.symbols, free=sought))
    lowering = Lowering(typed.symbols, free=sought)
    objective, tree, constraints = _parts_on_graph(lowering, typed.expression, scopes)
    given = [one for one in constraints if said.sense and _of_data(one.node, variables)]
    constraints = [one for one in constraints if one not in given]
    sense = said.sense or ("stationary" if objective is not None else "equation")
    problem = Problem(
        asked,
        said,
        typed,
        lowering,
        sense,
        variables,
        objective,
        tree,
        constraints,
        [*typed.notes, *dict.fromkeys(lowering.notes), *_strict(said), *said.notes, *_given(given)],
        current().signs.copy(),
    )
    return _scalar(problem, equations=equations)


def _scalar(problem: Problem, *, equations: bool) -> Problem:
    """The problem, one array without a sense as an equation.  Raises CalculusError E307 for another array."""
    objective, tree = problem.objective, problem.objective_tree
    if (
        objective is not None
        and objective.order
        and problem.sense == "stationary"
        and equations
        and not problem.constraints
    ):
        zero = Num(Fraction(0))
        problem.constraints = [Constraint("=", objective, 0, tree, zero)]  # type: ignore[arg-type] # there is one
        problem.objective, problem.objective_tree, problem.sense = None, None, "equation"
    elif objective is not None and objective.order:
        raise CalculusError(
            "E307",
            "what is to be minimised, or set stationary, must be a scalar",
            Label(tree.span if tree is not None else Span(0, 0)),
            hint="a norm or a sum of its entries would be one",
        )
    return problem


def _parts_on_graph(
    lowering: Lowering, parts: Expr, scopes: list[Scope]
) -> tuple[Node | None, Expr | None, list[Constraint]]:
    """The objective with its tree, None where there is none, and the constraints."""
    assert isinstance(parts, Together)  # noqa: S101 # for the type checker
    objective: Node | None = None
    tree: Expr | None = None
    constraints: list[Constraint] = []
    for part, scope in zip(parts.parts, scopes, strict=True):
        if scope.origin < 0:
            tree, objective = part, _objective(lowering, part)
        else:
            constraints.append(_constraint(lowering, part, scope))
    return objective, tree, constraints


def _of_data(node: Node, variables: tuple[Variable, ...]) -> bool:
    """Does a relation speak of the data alone?"""
    found = {inner.name for inner in walk(node) if isinstance(inner, Var) and inner.role == "symbol"}
    return bool(found) and not found & {variable.var.name for variable in variables}


def _given(constraints: list[Constraint]) -> list[str]:
    """That constraints without an unknown are taken for granted."""
    return ["what a constraint says of the data alone is taken as given"] if constraints else []


def _strict(said: Statement) -> list[str]:
    """That a strict inequality was taken with its edge: an open set need not have an optimum."""
    found = any(one.strict for one in said.constraints)
    return ["< and > were read as <= and >=: the optimum may lie on the edge"] if found else []


def _objective(lowering: Lowering, tree: Expr) -> Node:
    value = lowering.lower(tree)
    if value.family:
        raise CalculusError(
            "E302",
            f"the index {value.family[0]} is not bound by a sum",
            Label(tree.span),
            hint=f"write sum({value.family[0]}, 1, N, ...)",
        )
    return value.node


def _constraint(lowering: Lowering, part: Expr, scope: Scope) -> Constraint:
    """A relation as a node that is to be 0, or at least 0."""
    inner = part
    around = lowering.running
    lowering.for_all = frozenset(scope.bound)
    while isinstance(inner, IndexedSum):
        last = build.size_node(inner.reach[1]) if inner.reach else lowering.lower(inner.hi).node
        lowering.running = {**lowering.running, inner.index: last}
        inner = inner.body
    assert isinstance(inner, Relation)  # noqa: S101 # _parts made it
    value: Value = lowering.lower(inner)
    lowering.running, lowering.for_all = around, frozenset()
    if set(value.family) - set(scope.bound):
        raise CalculusError("E302", f"the index {value.family[0]} has no range", Label(inner.span), hint="n = 1..N")
    relation, node = inner.relation, value.node
    if relation in {"<=", "<<"}:
        relation, node = {"<=": ">=", "<<": ">>"}[relation], build.scale(-1, node)
    if relation == ">>" and (node.order != 2 or value.family):
        relation = ">="  # of vectors it is meant entry by entry
    return Constraint(relation, node, scope.origin, inner.left, inner.right)


def refuse(message: str, problem: Problem, hint: str = "") -> ReadingError:
    """An error about the problem as a whole."""
    return ReadingError("E140", message, Label(Span(0, len(problem.statement.text))), hint=hint)


def operator(problem: Problem) -> Operator:
    """The operator with the unknowns."""
    assert problem.typed.operator is not None  # noqa: S101 # read_problem saw to it
    return problem.typed.operator
