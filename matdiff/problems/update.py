"""`update`: the iteration that leads to an optimum, its step written as the derivative's own graph."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.differential import differential
from matdiff.calculus.differentiate import differentiate
from matdiff.errors import CalculusError, OutputError
from matdiff.graph import build
from matdiff.graph.nodes import Lin, Var
from matdiff.graph.sums import depends, substitute
from matdiff.problems import forms, projections, systems
from matdiff.problems.samples import Sampled, sampled
from matdiff.problems.scribe import shortest
from matdiff.problems.squares import residual
from matdiff.problems.stationarity import fresh_name, gradients, paired
from matdiff.problems.terms import kinked

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.graph.nodes import Node
    from matdiff.problems.problem import Problem

_STEPS = ("eta", "tau", "gamma", "rho", "step")
_MOMENTA = ("beta", "mu", "rho", "kappa", "momentum")
_VELOCITIES = ("v", "m", "u", "velocity")
_NUMBERS = frozenset("NnMmTL")
_INDICES = ("i", "j", "n", "k", "l")


class Rule(NamedTuple):
    """What takes the place of an unknown; all rules use the old point.  code: where it is computed otherwise."""

    unknown: Var
    new: Node
    code: Node | None = None


class Update(NamedTuple):
    """The rules of a method, the names of its parameters, the samples where it takes some."""

    method: str
    rules: tuple[Rule, ...]
    parameters: dict[str, str]
    samples: Sampled | None = None
    member: str = ""
    notes: tuple[str, ...] = ()


def update(problem: Problem, method: str) -> Update:
    """The iteration.  Raises OutputError E401 for an unknown method, CalculusError where it doesn't apply."""
    made = METHODS.get(method.strip().lower().replace("_", "-"))
    if made is None:
        raise OutputError("E401", f"unknown method '{method[:40]}'", hint="there are: " + ", ".join(METHODS))
    if problem.objective is None:
        raise CalculusError(
            "E302", "an iteration needs an objective, and this is an equation", hint="take ||A x - b||^2"
        )
    if problem.constraints and made is not _proximal:
        raise CalculusError(
            "E301", f"{method} with constraints is not supported", hint="--method proximal projects on x >= 0 and boxes"
        )
    return made(problem)


def _names(problem: Problem) -> set[str]:
    sizes = {str(size) for symbol in problem.typed.symbols.values() for size in (*symbol.shape, *symbol.family_sizes)}
    return {*problem.typed.symbols, *sizes}


def _scalar(name: str) -> Var:
    return Var(name)


def _direction(problem: Problem) -> int:
    """Down, or up on a maximum."""
    return 1 if problem.sense == "max" else -1


def _gradient(problem: Problem) -> Update:
    eta = fresh_name(_STEPS, _names(problem))
    assert problem.objective is not None  # noqa: S101 # for the type checker
    rules = _steps(problem, problem.objective, eta)
    return Update("gd", rules, {"step": eta})


def _steps(problem: Problem, objective: Node, eta: str) -> tuple[Rule, ...]:
    slopes = gradients(problem, objective)
    return tuple(
        [Rule(var, _moved(problem, var, slope, eta)) for var, slope in zip(problem.unknowns, slopes, strict=True)]
    )


def _moved(problem: Problem, var: Var, slope: Node, eta: str) -> Node:
    return build.lin([(1, var), (_direction(problem), build.mul(_scalar(eta), shortest(problem, slope)))], var.shape)


def _stochastic(problem: Problem) -> Update:
    taken = _names(problem)
    eta = fresh_name(_STEPS, taken)
    index = fresh_name(_INDICES, taken)
    assert problem.objective is not None  # noqa: S101 # for the type checker
    parts = sampled(problem.objective, problem.unknowns, index, _counts(problem))
    shown = _steps(problem, parts.member, eta)
    coded = _steps(problem, parts.mean, eta)
    rules = tuple([Rule(one.unknown, one.new, other.new) for one, other in zip(shown, coded, strict=True)])
    return Update("sgd", rules, {"step": eta, "index": index}, parts, index)


def _counts(problem: Problem) -> frozenset[Node]:
    """Undeclared scalars that stand for a number of things by their letter."""
    symbols = problem.typed.symbols.values()
    return frozenset(
        [Var(one.name) for one in symbols if one.kind == "scalar" and not one.declared and one.name in _NUMBERS]
    )


def _momentum(problem: Problem) -> Update:
    taken = _names(problem)
    eta = fresh_name(_STEPS, taken)
    beta = fresh_name(_MOMENTA, taken | {eta})
    assert problem.objective is not None  # noqa: S101 # for the type checker
    velocities: list[Rule] = []
    points: list[Rule] = []
    for var, slope in zip(problem.unknowns, gradients(problem, problem.objective), strict=True):
        several = len(problem.unknowns) > 1
        name = f"v_{var.name}" if several else fresh_name(_VELOCITIES, taken | {eta, beta})
        taken.add(name)
        velocity = Var(name, var.shape, rows_columns=var.rows_columns)
        kept = build.mul(_scalar(beta), velocity)
        step = build.mul(_scalar(eta), shortest(problem, slope))
        new = build.lin([(1, kept), (_direction(problem), step)], var.shape)
        velocities.append(Rule(velocity, new))
        points.append(Rule(var, build.add(var, new)))
    return Update("momentum", (*velocities, *points), {"step": eta, "momentum": beta})


def _changes(problem: Problem) -> tuple[Var, ...]:
    """Stand-ins for the steps of the unknowns."""
    return tuple(
        [Var(f"{var.name}(step)", var.shape, "symbol", var.structure, 0, var.rows_columns) for var in problem.unknowns]
    )


def _newton(problem: Problem) -> Update:
    """The step that makes the linearised gradient zero; it is put back like every solution."""
    assert problem.objective is not None  # noqa: S101 # for the type checker
    changes = _changes(problem)
    moved: dict[Node, Node] = dict(zip(problem.unknowns, changes, strict=True))
    slopes = gradients(problem, problem.objective)
    turns = [differential(slope, moved) for slope in slopes]
    if not any(depends(turn, var) for turn in turns for var in problem.unknowns):
        whole = systems.solved(slopes, problem.unknowns)
        if whole is not None:  # a quadratic has its optimum after one step, wherever that starts
            rules = tuple([Rule(var, whole.solutions[0].whole[var]) for var in problem.unknowns])
            return Update("newton", rules, {}, notes=("the objective is quadratic: one step is enough",))
    equations = [build.add(slope, turn) for slope, turn in zip(slopes, turns, strict=True)]
    return Update("newton", _solved(problem, equations, changes), {})


def _solved(problem: Problem, equations: list[Node], changes: tuple[Var, ...]) -> tuple[Rule, ...]:
    for equation, change in zip(equations, changes, strict=True):
        if not depends(equation, change):
            raise CalculusError("E363", "the Hessian is zero, and Newton's step needs its inverse", hint="use gd")
    found = systems.solved(equations, changes)
    if found is None:
        raise CalculusError("E360", "the step has no closed form", hint="use gd, or sgd")
    whole = found.solutions[0].whole
    return tuple(
        [Rule(var, build.add(var, whole[change])) for var, change in zip(problem.unknowns, changes, strict=True)]
    )


def _gauss_newton(problem: Problem) -> Update:
    """The residual linearised: normal equations of a least squares problem."""
    assert problem.objective is not None  # noqa: S101 # for the type checker
    changes = _changes(problem)
    moved: dict[Node, Node] = dict(zip(problem.unknowns, changes, strict=True))
    objective = problem.objective
    terms = objective.terms if isinstance(objective, Lin) else ((1, objective),)
    equations: list[list[tuple[int | Fraction, Node]]] = [[] for _ in changes]
    for c, term in terms:
        if not any(depends(term, var) for var in problem.unknowns):
            continue
        for k, var in enumerate(problem.unknowns):
            equations[k].append((2 * c, _normal(term, var, moved, problem)))
    whole = [build.lin(parts, var.shape) for parts, var in zip(equations, problem.unknowns, strict=True)]
    return Update("gauss-newton", _solved(problem, whole, changes), {})


def _normal(term: Node, var: Var, moved: dict[Node, Node], problem: Problem) -> Node:
    """J^T W (r + J d) for one term r^T W r."""
    square = residual(term, problem.unknowns)
    if square is None:
        raise CalculusError("E301", "the objective is no sum of squares", hint="use newton or gd")
    inside, build_with = square
    linearised = build.add(inside, differential(inside, moved))
    slope = differentiate(inside, var)
    return build_with(slope, linearised, var.order)


def _proximal(problem: Problem) -> Update:
    """A gradient step on the smooth part, then the proximal map of the rest: thresholds, projections."""
    eta = fresh_name(_STEPS, _names(problem))
    if len(problem.unknowns) != 1 or problem.objective is None:
        raise CalculusError("E301", "proximal steps are for one unknown", hint="use gd")
    unknown = problem.unknowns[0]
    turn = -_direction(problem)
    parts = kinked(build.scale(turn, problem.objective), unknown)
    if parts is None:
        raise CalculusError("E301", "the proximal map of this objective is not known", hint="use gd")
    centre = Var(f"{unknown.name}(old)", unknown.shape, rows_columns=unknown.rows_columns)
    away = build.sub(unknown, centre)
    form = forms.quadratic(build.scale(Fraction(1, 2), paired(away, away)), unknown)
    assert form is not None  # noqa: S101 # it is quadratic
    step = _scalar(eta)
    scaled = parts._replace(
        one=None if parts.one is None else build.mul(step, parts.one),
        two=None if parts.two is None else build.mul(step, parts.two),
        nuclear=None if parts.nuclear is None else build.mul(step, parts.nuclear),
    )
    moved = build.sub(unknown, build.mul(step, differentiate(parts.smooth, unknown)))
    value = centre if not (problem.constraints or parts.any) else _proximal_map(problem, form, unknown, scaled)
    return Update("proximal", (Rule(unknown, substitute(value, {centre: moved})),), {"step": eta})


def _proximal_map(problem: Problem, form: forms.Quadratic, unknown: Var, kinks: object) -> Node:
    from matdiff.problems.terms import Kinked  # noqa: PLC0415 # for its type

    assert isinstance(kinks, Kinked)  # noqa: S101 # for the type checker
    inequalities = [one for one in problem.constraints if one.relation != "="]
    equalities = [one for one in problem.constraints if one.relation == "="]
    if not equalities:
        found = projections.projected(form, unknown, inequalities, kinks)
        if found is not None:
            return found.value
    elif not inequalities and not kinks.any:
        from matdiff.problems.constraints import projection  # noqa: PLC0415 # few projections are on planes

        value = projection(problem, form.value, unknown, equalities)
        if value is not None:
            return value
    raise CalculusError("E301", "the proximal map of these terms and constraints is not known", hint="use gd")


METHODS: dict[str, Callable[[Problem], Update]] = {
    "gd": _gradient,
    "sgd": _stochastic,
    "momentum": _momentum,
    "newton": _newton,
    "gauss-newton": _gauss_newton,
    "proximal": _proximal,
}
