"""Powers of sums of powers of sizes, which are powers of a norm: (Σ |x|ᵖ)^(1/p) = ‖x‖ₚ."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.simplify import expanded
from matdiff.formula.syntax import Call
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.graph import current
from matdiff.graph.nodes import Ein, Map, Power, Var, number
from matdiff.notation.terms import Scalar

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node
    from matdiff.notation.display import Raiser


def power_of_norm(raiser: Raiser, node: Power) -> Scalar | None:
    """(Σ |x|ᵖ)ᵉ as ‖x‖ₚᵖᵉ; None for what is no such power, or p neither a letter nor a whole number beyond 2."""
    total = node.base
    if not isinstance(total, Ein) or total.out or not total.factors or any(at != (0,) for _, at in total.factors):
        return None
    vector, p = _vector_and_power([factor for factor, _ in total.factors])
    if vector is None:
        return None
    if current().signs.get(vector) == -1:
        vector = build.scale(-1, vector)
    exponent = expanded(build.mul(p, node.exponent))
    e = number(exponent)
    norm = Call(fn.NORM, (raiser.raised(vector), raiser.raised(p)))
    return Scalar(norm, raiser.raised(exponent) if e is None else Fraction(e))


def _vector_and_power(factors: list[Node]) -> tuple[Node | None, Node]:
    """The x and the p of |x|ᵖ, which may be written as a product; None for x where it is no such power."""
    first = factors[0]
    if len(factors) == 1 and isinstance(first, Power) and isinstance(first.exponent, Var):
        return _size(first.base), first.exponent
    powers = [_power(factor) for factor in factors]
    p = sum([power for _, power in powers], start=Fraction(0))
    bases = [base for base, _ in powers]
    vectors = {_size(base) or base for base in bases}
    fits = len(vectors) == 1 and p > 2 and p.denominator == 1
    return vectors.pop() if fits and (p % 2 == 0 or any(map(_size, bases))) else None, build.num(p)


def _power(factor: Node) -> tuple[Node, Fraction]:
    """The base and the exponent of a factor, which is its own base where the exponent is no number."""
    e = number(factor.exponent) if isinstance(factor, Power) else None
    return (factor, Fraction(1)) if e is None or not isinstance(factor, Power) else (factor.base, Fraction(e))


def _size(node: Node) -> Node | None:
    """The u of |u|."""
    return node.arg if isinstance(node, Map) and node.function == fn.ABSOLUTE else None
