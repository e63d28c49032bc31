"""Scalar equations that are polynomials in a function of the unknown: taken apart into factors by SymPy, each solved by
its degree.  Either all real solutions are told, or none.
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, Any

from matdiff.functions import TABLE
from matdiff.graph import build, elementwise, powers
from matdiff.graph.nodes import Ein, Lin, Map, Power, Var, number
from matdiff.graph.sums import depends
from matdiff.problems.linear import NONZERO, Condition, Found

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.graph.nodes import Node

_LONGEST = 200  # nodes of an equation
_RULE = "a product is zero where a factor is"


def product(equation: Node, unknown: Var, solve: Callable[[Node], list[Found]]) -> list[Found]:
    """The solutions of f g … = 0: those of each factor; none where one of them is not told."""
    if unknown.order or not isinstance(equation, Ein) or equation.sizes:
        return []
    factors = [factor for factor, _ in equation.factors]
    each = [
        _of_part(factor, unknown, solve) for factor in factors if depends(factor, unknown) and not _never_zero(factor)
    ]
    if not all(each):
        return []
    others = [factor for factor in factors if not depends(factor, unknown) and number(factor) is None]
    conditions = tuple([Condition(NONZERO, (other,)) for other in others])
    return _together([one._replace(rule=_RULE) for found in each for one in found], conditions)


def _of_part(factor: Node, unknown: Var, solve: Callable[[Node], list[Found]]) -> list[Found]:
    """Where a factor, or what it is a power of, is zero."""
    is_power = isinstance(factor, Power) and number(factor.args[1]) is not None
    inside = factor.args[0] if is_power else factor
    return [Found(build.num(0))] if inside is unknown else solve(inside)


def _together(found: list[Found], conditions: tuple[Condition, ...]) -> list[Found]:
    """Solutions of one equation, none the only one among several."""
    unique = len(found) == 1
    return [one._replace(conditions=(*one.conditions, *conditions), unique=one.unique and unique) for one in found]


def _never_zero(factor: Node) -> bool:
    """exp(u), and what stands below a fraction bar."""
    if isinstance(factor, Power):
        return (number(factor.exponent) or 0) < 0
    return isinstance(factor, Map) and factor.function in TABLE and TABLE[factor.function].traits.sign == "positive"


def polynomial(equation: Node, unknown: Var, solve: Callable[[Node], list[Found]]) -> list[Found]:
    """The solutions of an equation that is a polynomial in one function of the unknown, once fractions are cleared."""
    if unknown.order or equation.order:
        return []
    import sympy  # noqa: PLC0415 # few equations come here

    words = _Words(unknown, sympy)
    try:
        above, _ = sympy.fraction(sympy.together(words.expression(equation)))
        _, factors = sympy.factor_list(sympy.expand(above))
    except (_UntoldError, sympy.PolynomialError):
        return []
    found: list[Found] = []
    conditions: list[Condition] = []
    for factor, _ in factors:
        if not factor.has(words.x):
            conditions.append(Condition(NONZERO, (words.node(factor),)))
            continue
        roots = _of_factor(factor, words, solve, alone=len(factors) == 1)
        if not roots:
            return []
        found += roots
    return _together(found, tuple(conditions))


def _of_factor(factor: Any, words: _Words, solve: Callable[[Node], list[Found]], *, alone: bool) -> list[Found]:
    """The solutions of an irreducible factor of degree one or two in x, x^2, …, or in one function of x."""
    form = _in_one_function(factor, words)
    if form is None:
        return []
    inner, step, coefficients = form
    values = roots(coefficients)
    if inner == words.x and step == 1:
        return values
    if alone and len(coefficients) == 2 and inner != words.x:
        return []  # f(x) = c, which no rule knew
    within = powers.power(words.node(inner), build.num(step))
    return [
        solved._replace(conditions=(*one.conditions, *solved.conditions), rule=one.rule)
        for one in values
        for solved in solve(build.sub(within, one.value))
    ]


def _in_one_function(factor: Any, words: _Words) -> tuple[Any, int, list[Node]] | None:
    """The u = f^step and the c, b, a of c + b u + a u^2; None where it is no such thing."""
    sympy = words.sympy
    try:
        generators = [one for one in sympy.Poly(factor).gens if one.has(words.x)]
    except sympy.PolynomialError:
        return None
    if len(generators) != 1:
        return None
    terms = {degree: c for (degree,), c in sympy.Poly(factor, generators[0]).terms()}
    step = 2 if all(degree % 2 == 0 for degree in terms) else 1
    highest = max(terms) // step
    if highest > 2:
        return None
    return generators[0], step, [words.node(terms.get(k * step, sympy.Integer(0))) for k in range(highest + 1)]


def roots(coefficients: list[Node]) -> list[Found]:
    """The roots of c + b u, or of c + b u + a u^2."""
    if len(coefficients) == 2:
        c, b = coefficients
        return [Found(build.scale(-1, build.mul(c, build.reciprocal(b))), _nonzero(b), "divided by the coefficient")]
    c, b, a = coefficients
    if build.is_zero(c):
        other = build.scale(-1, build.mul(b, build.reciprocal(a)))
        return [Found(root, _nonzero(a), _RULE, unique=False) for root in (other, build.num(0))]
    inside = build.sub(build.mul(b, b), build.scale(4, build.mul(a, c)))
    root = powers.power(inside, build.num(Fraction(1, 2)))
    conditions = (Condition("{0} >= 0", (inside,)), *_nonzero(a))
    below = build.reciprocal(build.scale(2, a))
    return [
        Found(
            build.mul(build.sub(build.scale(sign, root), b), below), conditions, "the quadratic formula", unique=False
        )
        for sign in (1, -1)
    ]


def _nonzero(node: Node) -> tuple[Condition, ...]:
    return () if number(node) is not None else (Condition(NONZERO, (node,)),)


class _UntoldError(Exception):
    """A node that these equations don't know."""


class _Words:
    """Scalars as SymPy's expressions and back; what holds no unknown and no plain sign is a letter."""

    def __init__(self, unknown: Var, sympy: Any) -> None:
        self.unknown, self.sympy = unknown, sympy
        self.x = sympy.Symbol("x", real=True)
        self.letters: dict[Any, Node] = {self.x: unknown}
        self.names: dict[Node, Any] = {unknown: self.x}
        self.made = 0

    def expression(self, node: Node) -> Any:
        """A scalar graph as an expression; raises _UntoldError."""
        self.made += 1
        if node.order or self.made > _LONGEST:
            raise _UntoldError
        if node in self.names:
            return self.names[node]
        exact = number(node)
        if exact is not None:
            return self._rational(exact)
        if isinstance(node, Lin):
            return self.sympy.Add(*[self._rational(c) * self.expression(term) for c, term in node.terms])
        if isinstance(node, Ein) and not node.sizes:
            return self.sympy.Mul(*[self.expression(factor) for factor, _ in node.factors])
        return self._function(node)

    def _function(self, node: Node) -> Any:
        e = number(node.args[1]) if isinstance(node, Power) else None
        if e is not None:
            return self.expression(node.args[0]) ** self._rational(e)
        if not depends(node, self.unknown):
            return self._letter(node)
        function = getattr(self.sympy, node.function, None) if isinstance(node, Map) else None
        if function is None or not isinstance(function, self.sympy.FunctionClass):
            raise _UntoldError
        return function(self.expression(node.args[0]))

    def _rational(self, value: Any) -> Any:
        exact = Fraction(value)
        return self.sympy.Rational(exact.numerator, exact.denominator)

    def _letter(self, node: Node) -> Any:
        letter = self.names[node] = self.sympy.Symbol(f"c{len(self.letters)}", real=True)
        self.letters[letter] = node
        return letter

    def node(self, expression: Any) -> Node:
        """An expression as a graph; raises _UntoldError."""
        if expression in self.letters:
            return self.letters[expression]
        if expression.is_Rational:
            return build.num(build.exact(Fraction(int(expression.p), int(expression.q))))
        args = [self.node(arg) for arg in expression.args]
        if expression.is_Add:
            return build.add(*args)
        if expression.is_Mul:
            return build.mul(*args)
        if expression.is_Pow:
            return powers.power(*args)
        name = type(expression).__name__
        if name not in TABLE or len(args) != 1:
            raise _UntoldError
        return elementwise.apply(name, args[0])
