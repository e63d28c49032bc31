"""Problems in positive numbers, as economics has them: the logarithms of the unknowns are sought instead.

A sum of monomials c x^a y^b with positive c is convex in log x and log y (Duffin, Peterson and Zener 1967; Boyd and
Vandenberghe, Convex Optimization, section 4.5); a monomial has its optima where its logarithm has them.
"""

from __future__ import annotations

from dataclasses import replace
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.calculus.simplify import expanded
from matdiff.functions import names as fn
from matdiff.graph import build, elementwise, powers
from matdiff.graph.nodes import Ein, Map, Power, Var, number
from matdiff.graph.sums import depends
from matdiff.problems import exponents, forms, linear
from matdiff.problems.definiteness import assumed, nonnegative
from matdiff.problems.linear import Condition
from matdiff.problems.outcome import Outcome, Solution
from matdiff.problems.terms import split_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matdiff.graph.nodes import Node
    from matdiff.problems.definiteness import Proof
    from matdiff.problems.problem import Constraint, Problem

_SPENT = "each unknown takes the share of its exponent"
_SHARES = "the cost is split by the exponents (a geometric program)"


class Monomial(NamedTuple):
    """c times `weight` times the unknowns, each to its exponent."""

    c: int | Fraction
    weight: Node
    exponents: dict[Var, Node]


def monomial(c: int | Fraction, term: Node, unknowns: Sequence[Var]) -> Monomial | None:
    """A term as a monomial in the unknowns; None of another term."""
    factors = [factor for factor, _ in term.factors] if isinstance(term, Ein) and not term.out else [term]
    parts = [_factor(factor, unknowns) for factor in factors]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    exponents: dict[Var, Node] = {}
    for _, found in known:
        for var, e in found.items():
            exponents[var] = build.add(exponents[var], e) if var in exponents else e
    return Monomial(c, build.mul(build.num(1), *[weight for weight, _ in known]), exponents)


def _factor(factor: Node, unknowns: Sequence[Var]) -> tuple[Node, dict[Var, Node]] | None:
    """A factor as its part without unknowns, and the exponents of these."""
    base, exponent = factor.args if isinstance(factor, Power) else (factor, build.num(1))
    if factor.order or _moves(exponent, unknowns):
        return None
    if isinstance(base, Var) and base in unknowns:
        return build.num(1), {base: exponent}
    if not _moves(base, unknowns):
        return factor, {}
    inner = monomial(*build.split(base), unknowns) if isinstance(base, Ein) else None
    if inner is None or base is factor:
        return None
    outside = powers.power(build.scale(inner.c, inner.weight), exponent)
    return outside, {var: build.mul(e, exponent) for var, e in inner.exponents.items()}


def _moves(node: Node, unknowns: Sequence[Var]) -> bool:
    return any(depends(node, one) for one in unknowns)


def _monomials(node: Node, unknowns: Sequence[Var]) -> list[Monomial]:
    """A sum of monomials; none of another node."""
    terms = [monomial(c, term, unknowns) for c, term in split_terms(expanded(node))]
    known = [term for term in terms if term is not None]
    return known if len(known) == len(terms) else []


def solved(problem: Problem, alone: Callable[[Problem], Outcome]) -> Outcome | None:
    """The end of a problem in positive numbers; None where it is none, or no rule solves it."""
    unknowns, objective = problem.unknowns, problem.objective
    if objective is None or problem.sense not in {"min", "max"} or any(var.order for var in unknowns):
        return None
    bounds = [one for one in problem.constraints if one.relation != "=" and _positive(one, unknowns)]
    equalities = _equations(problem, bounds)
    if equalities is None:
        return None
    logs = _logarithms(objective, unknowns)
    if logs and problem.sense == "max" and len(equalities) == 1:
        return _budget(problem, logs, equalities[0])
    terms = _monomials(objective, unknowns)
    if terms and (len(bounds) == len(unknowns) or _of_domain(terms, unknowns, equalities)):
        return _of_monomials(problem, terms, equalities, alone)
    return None


def _equations(problem: Problem, bounds: list[Constraint]) -> list[Constraint] | None:
    """The equations, and a budget or an output that must be reached as one; None where there are other inequalities."""
    equalities = [one for one in problem.constraints if one.relation == "="]
    edges = [one for one in problem.constraints if one.relation != "=" and one not in bounds]
    if not edges:
        return equalities
    if len(edges) > 1 or equalities or not _tight(edges[0], problem):
        return None
    return [edges[0]._replace(relation="=")]


def _of_monomials(
    problem: Problem, terms: list[Monomial], equalities: list[Constraint], alone: Callable[[Problem], Outcome]
) -> Outcome | None:
    """The end of a problem whose objective is a sum of monomials."""
    if len(terms) == 1 and equalities and terms[0].c > 0 and terms[0].exponents:
        return _logarithm(problem, terms[0], equalities, alone)
    if problem.sense == "min" and len(equalities) == 1:
        return _shares(problem, terms, equalities[0])
    if problem.sense == "min" and not equalities and len(problem.unknowns) == 1:
        return _by_exponential(problem, terms, alone)
    return None


def _positive(one: Constraint, unknowns: Sequence[Var]) -> bool:
    """Is it x >= 0 of one of the unknowns?"""
    found = [forms.bound(one.node, var) for var in unknowns if depends(one.node, var)]
    return len(found) == 1 and found[0] is not None and found[0].lower and number(found[0].value) == 0


def _tight(one: Constraint, problem: Problem) -> bool:
    """Does a larger value of positive unknowns only bring the objective on, and use the constraint up: a budget, an
    output that must be reached?
    """
    sign = 1 if problem.sense == "min" else -1
    terms = _monomials(one.node, problem.unknowns)
    return bool(terms) and all(not term.exponents or term.c * sign > 0 for term in terms)


def _of_domain(terms: list[Monomial], unknowns: Sequence[Var], equalities: list[Constraint]) -> bool:
    """Does an exponent that is no whole number say of every unknown that it is positive?"""
    more = [term for one in equalities for term in _monomials(one.node, unknowns)]
    exponents = [one.exponents for one in (*terms, *more)]
    return all(any(_broken(found.get(var)) for found in exponents) for var in unknowns)


def _broken(exponent: Node | None) -> bool:
    e = None if exponent is None else number(exponent)
    return exponent is not None and (e is None or e.denominator != 1)


def _logarithm(
    problem: Problem, term: Monomial, equalities: list[Constraint], alone: Callable[[Problem], Outcome]
) -> Outcome | None:
    """The optimum of a monomial: that of its logarithm."""
    shared = (
        _budget(problem, term.exponents, equalities[0]) if problem.sense == "max" and len(equalities) == 1 else None
    )
    if shared is not None:
        return shared
    logs = [build.mul(e, elementwise.apply(fn.LOG, var)) for var, e in term.exponents.items()]
    found = alone(replace(problem, objective=build.add(*logs), constraints=equalities, notes=[]))
    if found.status != "solved" or not found.everywhere:
        return None
    found.rules.append("the logarithm of the objective has its optimum at the same point")
    return found


def _logarithms(objective: Node, unknowns: Sequence[Var]) -> dict[Var, Node]:
    """The a_i of sum(a_i log(x_i)) in all unknowns; none of another objective."""
    found: dict[Var, Node] = {}
    for c, term in split_terms(expanded(objective)):
        var, weight = _weighted_logarithm(term)
        if not isinstance(var, Var) or var not in unknowns or _moves(weight, unknowns):
            return {}
        found[var] = build.add(found.get(var, build.num(0)), build.scale(c, weight))
    return found if len(found) == len(unknowns) else {}


def _weighted_logarithm(term: Node) -> tuple[Node, Node]:
    """The u and w of a term w log(u); of another term itself."""
    factors = [factor for factor, _ in term.factors] if isinstance(term, Ein) and not term.out else [term]
    logs = [factor for factor in factors if isinstance(factor, Map) and factor.function == fn.LOG]
    if len(logs) != 1:
        return term, term
    return logs[0].args[0], build.mul(build.num(1), *[factor for factor in factors if factor is not logs[0]])


def _prices(node: Node, unknowns: Sequence[Var]) -> tuple[dict[Var, Node], Node] | None:
    """The p_i and m of sum(p_i x_i) = m in all unknowns; None of another equation."""
    prices: dict[Var, Node] = {}
    rest = []
    for side in _monomials(node, unknowns):
        if not side.exponents:
            rest.append((-side.c, side.weight))
            continue
        (var, e), *others = side.exponents.items()
        if others or number(e) != 1:
            return None
        prices[var] = build.add(prices.get(var, build.num(0)), build.scale(side.c, side.weight))
    goal = build.lin(rest, ())
    if len(prices) < len(unknowns):
        return None
    if build.split(goal)[0] < 0:
        return {var: build.scale(-1, price) for var, price in prices.items()}, build.scale(-1, goal)
    return prices, goal


def _budget(problem: Problem, exponents: dict[Var, Node], one: Constraint) -> Outcome | None:
    """The largest sum(a_i log(x_i)) with sum(p_i x_i) = m: x_i = a_i m/(p_i sum(a)), a share of what there is."""
    spent = _prices(one.node, problem.unknowns)
    proofs = [assumed(share) for share in exponents.values()]
    if spent is None or build.is_zero(spent[1]) or None in proofs or set(spent[0]) != set(exponents):
        return None
    prices, goal = spent
    part = build.mul(goal, build.reciprocal(build.add(*exponents.values())))
    values = {var: build.mul(exponents[var], part, build.reciprocal(prices[var])) for var in problem.unknowns}
    proofs += [assumed(node) for node in (*prices.values(), goal)]
    conditions = [each for price in prices.values() for each in linear.nonzero(price)]
    return _shared(one, values, "maximum", [*_each(proofs), *conditions], _SPENT)


def _each(proofs: Sequence[Proof | None]) -> list[Condition]:
    """What the proofs rest on, each once."""
    return list(dict.fromkeys([each for proof in proofs for each in sorted(proof or (), key=str)]))


def _shared(one: Constraint, values: dict[Var, Node], kind: str, conditions: list[Condition], rule: str) -> Outcome:
    """The outcome of a rule that has all unknowns at once."""
    found = Outcome("solved", [one.node], [Solution(dict(values), dict(values))], conditions, kind, True, True)
    found.rules = [rule]
    return found


def _by_exponential(problem: Problem, terms: list[Monomial], alone: Callable[[Problem], Outcome]) -> Outcome | None:
    """The minimum of a sum of powers of one positive number."""
    (unknown,) = problem.unknowns
    logarithm = Var(f"log({unknown.name})")
    made = []
    for one in terms:
        exponent = build.mul(one.exponents.get(unknown, build.num(0)), logarithm)
        made.append((one.c, build.mul(one.weight, elementwise.apply(fn.EXP, exponent))))
    variable = problem.variables[0]._replace(var=logarithm)
    inner = alone(replace(problem, variables=(variable,), objective=build.lin(made, ()), constraints=[], notes=[]))
    if inner.status != "solved" or not inner.everywhere:
        return None
    value = exponents.exponential(inner.solutions[0].whole[logarithm])
    inner.solutions = [Solution({unknown: value}, {unknown: value})]
    inner.rules.append(f"convex in log({unknown.name})")
    inner.others = []
    return inner


def _shares(problem: Problem, terms: list[Monomial], one: Constraint) -> Outcome | None:
    """The least sum(c_i x_i) with prod(x_i^a_i) = q: x_i = (a_i/c_i) t, with t = (q prod((c_j/a_j)^a_j))^(1/sum(a))."""
    cost = build.lin([(term.c, _product(term)) for term in terms], ())
    spent = _prices(cost, problem.unknowns)
    output = _output(one.node, problem.unknowns)
    if spent is None or output is None or not build.is_zero(spent[1]):
        return None
    prices, (exponents, goal) = spent[0], output
    proofs = [assumed(node) for node in (*prices.values(), *exponents.values())]
    if None in proofs or nonnegative(goal) is None:
        return None
    ratios = [powers.power(build.mul(prices[var], build.reciprocal(e)), e) for var, e in exponents.items()]
    total = powers.power(build.mul(goal, *ratios), build.reciprocal(build.add(*exponents.values())))
    values = {var: build.mul(exponents[var], build.reciprocal(prices[var]), total) for var in problem.unknowns}
    conditions = _each(proofs)
    conditions += [Condition(linear.NONZERO, each.nodes) for each in conditions]
    return _shared(one, values, "minimum", conditions, _SHARES)


def _product(term: Monomial) -> Node:
    return build.mul(term.weight, *[powers.power(var, e) for var, e in term.exponents.items()])


def _output(node: Node, unknowns: Sequence[Var]) -> tuple[dict[Var, Node], Node] | None:
    """The a_i and q of prod(x_i^a_i) = q in all unknowns; None of another equation."""
    sides = _monomials(node, unknowns)
    moving = [side for side in sides if side.exponents]
    if len(sides) != 2 or len(moving) != 1 or set(moving[0].exponents) != set(unknowns):
        return None
    (left,), right = moving, sides[1 - sides.index(moving[0])]
    ratio = build.exact(-Fraction(right.c) / Fraction(left.c))
    return left.exponents, build.scale(ratio, build.mul(right.weight, build.reciprocal(left.weight)))
