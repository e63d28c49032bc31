"""Linear objectives over the unit balls of norms and over the simplex: the point at which the dual norm is attained.

Horn and Johnson, Matrix Analysis, section 5.4 and theorem 7.4.1.4 (von Neumann's trace inequality).
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING, NamedTuple

from matdiff.functions import names as fn
from matdiff.graph import build, elementwise, powers
from matdiff.graph.nodes import Ein, Map, Op, number
from matdiff.graph.sums import depends
from matdiff.graph.symmetry import symmetric
from matdiff.problems import forms, linear
from matdiff.problems.affine import affine, is_identity, multiple_of_identity
from matdiff.problems.definiteness import nonnegative
from matdiff.problems.linear import Condition, Found
from matdiff.problems.terms import split_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matdiff.graph.nodes import Node, Var
    from matdiff.problems.problem import Constraint


class NormBall(NamedTuple):
    """The points for which a norm of X - centre is at most `radius`, and what must hold for the radius."""

    norm: str
    centre: Node
    radius: Node
    conditions: tuple[Condition, ...]


def over_norm_ball(slope: Node, unknown: Var, one: Constraint) -> Found | None:
    """The minimiser of <slope, X> over a spectral, nuclear or l1 ball; None of another constraint."""
    ball = _norm_ball(one, unknown)
    if ball is None or unknown.structure:
        return None
    vertex = _VERTICES[ball.norm](build.scale(-1, slope))
    value = build.add(ball.centre, build.mul(ball.radius, vertex.value))
    return vertex._replace(value=value, conditions=(*ball.conditions, *vertex.conditions))


def over_unit_sum(
    slope: Node, unknown: Var, equalities: Sequence[Constraint], inequalities: Sequence[Constraint]
) -> Found | None:
    """The minimiser of a linear function over the simplex, or over the semidefinite matrices of one trace."""
    return over_simplex(slope, unknown, equalities, inequalities) or over_spectahedron(
        slope, unknown, equalities, inequalities
    )


def over_simplex(
    slope: Node, unknown: Var, equalities: Sequence[Constraint], inequalities: Sequence[Constraint]
) -> Found | None:
    """The minimiser of c^T x over x >= 0, sum(x) = s: all of s at the smallest entry of c."""
    if unknown.order != 1 or len(equalities) != 1 or len(inequalities) != 1 or inequalities[0].relation != ">=":
        return None
    edge, plane = forms.bound(inequalities[0].node, unknown), forms.halfspace(equalities[0].node, unknown)
    if edge is None or plane is None or not edge.lower or not build.is_zero(edge.value):
        return None
    c, inside = build.split(plane[0])
    if inside is not build.ones(unknown.shape):
        return None
    total = build.scale(1 / Fraction(c), plane[1])
    proof = nonnegative(total)
    if proof is None:
        return None
    value = build.mul(total, Op(fn.MAXPOS, (build.scale(-1, slope),), unknown.shape))
    return Found(value, tuple(proof), "a vertex of the simplex", unique=False)


def over_spectahedron(
    slope: Node, unknown: Var, equalities: Sequence[Constraint], inequalities: Sequence[Constraint]
) -> Found | None:
    """The minimiser of tr(C X) over semidefinite X with tr(X) = s: s v v^T of the smallest eigenvalue of C."""
    if unknown.order != 2 or len(equalities) != 1 or len(inequalities) != 1 or inequalities[0].relation != ">>":
        return None
    total = _trace(equalities[0].node, unknown) if inequalities[0].node is unknown else None
    proof = None if total is None else nonnegative(total)
    if total is None or proof is None or not symmetric(slope):
        return None
    turned = build.split(slope)[0] < 0
    which, matrix = (fn.EIGVEC_MAX, build.scale(-1, slope)) if turned else (fn.EIGVEC_MIN, slope)
    vector = Op(which, (matrix,), unknown.shape[:1])
    value = build.mul(total, build.ein([(vector, (0,)), (vector, (1,))], (0, 1)))
    return Found(value, tuple(proof), "an extreme point of the spectahedron", unique=False)


def _trace(node: Node, unknown: Var) -> Node | None:
    """The s of c (tr(X) - s)."""
    form = affine(node, unknown)
    if form is None or form.constant.order or form.matrix.shape != unknown.shape:
        return None
    times = multiple_of_identity(form.matrix)
    c = None if times is None else number(times)
    return build.scale(-1 / Fraction(c), form.constant) if c else None


def _norm_ball(one: Constraint, unknown: Var) -> NormBall | None:
    """The ball of r - c ||X - C|| >= 0."""
    moving = [(c, term) for c, term in split_terms(one.node) if depends(term, unknown)]
    if one.relation != ">=" or one.node.order or len(moving) != 1 or moving[0][0] >= 0:
        return None
    c, term = moving[0]
    norm, inner = _norm(term)
    placed = _placed(inner, unknown) if norm else None
    if placed is None:
        return None
    times, centre = placed
    rest = build.lin([pair for pair in split_terms(one.node) if pair[1] is not term], ())
    radius = build.scale(1 / abs(Fraction(c) * times), rest)
    proof = nonnegative(radius)
    return None if proof is None else NormBall(norm, centre, radius, tuple(proof))


def _placed(inner: Node, unknown: Var) -> tuple[Fraction, Node] | None:
    """The t and C of t (X - C) with a number t."""
    form = affine(inner, unknown) if inner.shape == unknown.shape else None
    scale = None if form is None else forms.isotropic(form, unknown)
    times = None if scale is None else number(scale)
    if form is None or times is None or times == 0:
        return None
    return Fraction(times), build.scale(-1 / Fraction(times), form.constant)


def _norm(term: Node) -> tuple[str, Node]:
    """Which norm it is, and of what; "" of another term."""
    if isinstance(term, Op) and term.name in _VERTICES:
        return term.name, term.args[0]
    factors = term.factors if isinstance(term, Ein) and not term.out else ()
    inner = factors[0][0] if len(factors) == 1 else None
    if isinstance(inner, Map) and inner.function == fn.ABSOLUTE and inner.order == 1:
        return fn.ABSOLUTE, inner.arg
    return "", term


def _at_largest_entry(direction: Node) -> Found:
    """The l1 ball: the entry of largest size, by Holder's inequality."""
    size = elementwise.apply(fn.ABSOLUTE, direction)
    value = build.hadamard(Op(fn.MAXPOS, (size,), size.shape), elementwise.apply(fn.SIGN, direction))
    return Found(value, (), "a vertex of the l1 ball", unique=False)


def _polar(direction: Node) -> Found:
    """The spectral ball: the polar factor, by von Neumann's trace inequality."""
    c, inside = build.split(direction)
    if is_identity(inside):
        return Found(build.scale(1 if c > 0 else -1, inside), (), "the polar factor")
    value = build.scale(1 if c > 0 else -1, Op(fn.POLAR, (inside,), inside.shape))
    return Found(value, (Condition("{0} of full rank", (inside,)),), "the polar factor")


def _leading_pair(direction: Node) -> Found:
    """The nuclear ball: u v^T of the largest singular value, with u = M v/||M v||."""
    gram = build.ein([(direction, (2, 0)), (direction, (2, 1))], (0, 1))
    right = Op(fn.EIGVEC_MAX, (gram,), (direction.shape[1],))
    left = linear.product(direction, right)
    length = powers.power(build.ein([(left, (0,)), (left, (0,))], ()), build.num(Fraction(-1, 2)))
    value = build.mul(length, build.ein([(left, (0,)), (right, (1,))], (0, 1)))
    return Found(value, linear.nonzero(direction), "the leading pair of singular vectors", unique=False)


_VERTICES = {fn.ABSOLUTE: _at_largest_entry, fn.SPECTRAL_NORM: _polar, fn.NUCLEAR_NORM: _leading_pair}
