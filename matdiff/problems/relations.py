"""Relations as people write them: what is added stands left, what is taken away right."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.syntax import Call, Expr, Mul, Num
from matdiff.functions import names as fn
from matdiff.graph import build
from matdiff.graph.nodes import Ein, Lin
from matdiff.graph.sums import depends

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matdiff.graph.nodes import Coefficient, Node, Var
    from matdiff.problems.scribe import Scribe

_SIGNS = {
    "unicode": {"<=": "≤", ">=": "≥", ">>": "⪰"},
    "latex": {"<=": r"\le", ">=": r"\ge", ">>": r"\succeq"},
}


def sign(relation: str, notation: str) -> str:
    """The sign of a relation in a notation."""
    return _SIGNS.get(notation, {}).get(relation, relation)


def relation(scribe: Scribe, kind: str, node: Node, sought: Sequence[Var], notation: str) -> str:
    """A node that is 0, or at least 0, as a relation between terms with and terms without the sought variables."""
    terms = node.terms if isinstance(node, Lin) else ((1, node),)
    moving = [(c, term) for c, term in terms if any(depends(term, var) for var in sought)]
    rest = [(c, term) for c, term in terms if (c, term) not in moving]
    if not moving or kind == ">>":
        moving, rest = list(terms), []
    turned = kind != ">>" and all(c < 0 for c, _ in moving)
    factor = -1 if turned else 1
    left = _side(scribe, [(factor * c, term) for c, term in moving], node)
    right = _side(scribe, [(-factor * c, term) for c, term in rest], node)
    shown = {">=": "<="}.get(kind, kind) if turned else kind
    return f"{scribe.write(left, notation)} {sign(shown, notation)} {scribe.write(_bare(right), notation)}"


def _side(scribe: Scribe, terms: list[tuple[Coefficient, Node]], like: Node) -> Expr:
    if not terms:
        from matdiff.lean.fractions import Fraction  # noqa: PLC0415 # a number

        return Num(Fraction(0))
    total = build.lin(terms, like.shape)
    _, inside = build.split(total)
    constant = isinstance(inside, Ein) and len(set(inside.out)) == len(inside.out)
    if like.order and constant and isinstance(inside, Ein) and all(not slots for _, slots in inside.factors):
        scalar = build.mul(*[factor for factor, _ in inside.factors], build.num(1))
        return scribe.tree(build.scale(build.split(total)[0], scalar))
    return scribe.tree(total)


def _bare(tree: Expr) -> Expr:
    """A right side of ones as the number 1."""
    if isinstance(tree, Mul) and isinstance(tree.factors[-1], Call) and tree.factors[-1].function == fn.ONES:
        return Mul(tree.factors[:-1]) if len(tree.factors) > 2 else tree.factors[0]
    return tree
