"""An isotropic quadratic less c sum(log(x)), or less c logdet(X): the positive root of m x^2 + k x = c, entry by entry,
or of the matrix, whose eigenvectors are those of K (Boyd et al. 2011, Distributed Optimization and ADMM, section 6.5).
"""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.functions import names as fn
from matdiff.graph import build, powers
from matdiff.graph.nodes import Op, number
from matdiff.graph.symmetry import symmetric
from matdiff.problems import conjugates, forms, projections
from matdiff.problems.linear import Found
from matdiff.problems.terms import split_terms

if TYPE_CHECKING:
    from matdiff.graph.nodes import Node, Var

_HALF = Fraction(1, 2)


def barrier(objective: Node, unknown: Var) -> Found | None:
    """The minimiser of m/2 ||x||^2 + k^T x - c sum(log(x)), or of the same with logdet; None where it is none."""
    logs: list[conjugates.Curved] = []
    rest: list[tuple[int | Fraction, Node]] = []
    for c, term in split_terms(objective):
        found = conjugates.curved(c, term, unknown) if c < 0 else None
        if found is not None and found.argument is unknown and found.name in {fn.LOG, fn.LOGDET}:
            logs.append(found)
        else:
            rest.append((c, term))
    form = forms.quadratic(build.lin(rest, ()), unknown) if len(logs) == 1 else None
    if form is None or form.scale is None or number(form.scale) == 0:
        return None
    proofs = (projections.positive(form.scale), projections.positive(logs[0].weight))
    if proofs[0] is None or proofs[1] is None:
        return None
    value = _root(form, logs[0], unknown)
    return None if value is None else Found(value, (*proofs[0], *proofs[1]), "the positive root")


def _root(form: forms.Quadratic, log: conjugates.Curved, unknown: Var) -> Node | None:
    """(-k + (k^2 + 4 m c)^(1/2))/(2 m)."""
    assert form.scale is not None  # noqa: S101 # for the type checker
    slope, below = form.linear, build.reciprocal(build.scale(2, form.scale))
    level = build.scale(4, build.mul(form.scale, log.weight)) if not log.weight.order else None
    if log.name == fn.LOGDET:
        if level is None or not symmetric(slope):
            return None
        square = build.ein([(slope, (0, 1)), (slope, (1, 2))], (0, 2))
        inside = build.add(square, build.mul(level, build.eye(unknown.shape[0])))
        root: Node = Op(fn.SQRTM, (inside,), inside.shape)
    else:
        weight = build.scale(4, build.mul(form.scale, log.weight)) if level is None else level
        whole = weight if weight.order else build.mul(weight, build.ones(unknown.shape))
        root = powers.power(build.add(build.hadamard(slope, slope), whole), build.num(_HALF))
    return build.mul(below, build.sub(root, slope))
