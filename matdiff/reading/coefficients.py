"""Letters that multiply numbers only: y_n in y_n (w^T x_n + b), c in c ||x||^2.  All who read them take them for
numbers, though a vector would fit.
"""

from __future__ import annotations

from itertools import pairwise
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import Label, ShapeError
from matdiff.formula.occurrences import children
from matdiff.formula.syntax import Add, Div, Expr, IndexedSum, Mul, Neg, Num, Sym, subtrees
from matdiff.reading import kinds
from matdiff.reading.sizes import SCALAR, Dims

if TYPE_CHECKING:
    from matdiff.reading.inference import Inference
    from matdiff.reading.meanings import Names

_COUNTS = kinds.SIZES - {"M", "K"}


def coefficients(inference: Inference) -> set[str]:
    """The undeclared names every occurrence of which stands beside numbers only, some beside one that is worked out."""
    names = inference.names
    open_names = {
        name
        for name, entity in names.entities.items()
        if not entity.fixed
        and name not in names.operator_names
        and inference.kinds.get(name) in {"vector", "matrix"}
        and "scalar" not in entity.never
        and (name in _COUNTS or inference.kinds.get(name) == "vector")
    }
    if not open_names:
        return set()
    known = inference.written
    multiplies: set[str] = set()
    elsewhere: set[str] = set()
    stack: list[tuple[Expr, str]] = [(names.reading.expression, "")]
    while stack:
        node, place = stack.pop()
        if isinstance(node, Sym):
            meaning = names.meanings.get(node.name)
            if meaning is not None and meaning.entity is not None and meaning.role != "entry":
                (multiplies if place == "factor" else elsewhere if place != "term" else set()).add(meaning.entity.name)
            continue
        parts = (node.body,) if isinstance(node, IndexedSum) else children(node)
        inherits = isinstance(node, Div) and isinstance(node.den, (Sym, Num)) and place == "factor"
        stack += [(part, place if inherits else _place(known, node, part)) for part in parts]
    return open_names & multiplies - elsewhere


def _place(known: dict[int, Dims], node: Expr, part: Expr) -> str:
    """How a part stands in a node: "factor" in front of a number that is worked out, "term" beside others, or ""."""
    if isinstance(node, (Add, Neg)):
        return "term"
    if isinstance(node, Div) and part is node.num:
        return "factor" if not isinstance(node.den, (Sym, Num)) else "term"
    if not isinstance(node, Mul):
        return ""
    others = [factor for factor in node.factors if factor is not part and not isinstance(factor, Num)]
    sides = [dims for other in others if (dims := known.get(id(other))) is not None and dims != SCALAR]
    all_known = all(id(other) in known for other in others)
    scalar = all_known and (not sides or (sides[0][0] == 1 and sides[-1][1] == 1))
    before = node.factors[: next(k for k, factor in enumerate(node.factors) if factor is part)]
    scalar = scalar and all(isinstance(factor, Num) or known.get(id(factor)) == SCALAR for factor in before)
    worked_out = any(not isinstance(other, Sym) for other in others)
    return "factor" if scalar and worked_out and others else ""


def check_vectors(names: Names, numbers: set[str], taken: dict[str, str]) -> None:
    """Raise E125 where one of two letters that are vectors as a rule was to become a number for x y to be a product,
    or a letter behind a vector, x b, or before a matrix and a vector, a X b.
    """
    for node in subtrees(names.reading.expression):
        if not isinstance(node, Mul):
            continue
        for left, right in pairwise(node.factors):
            if not isinstance(left, Sym):
                continue
            if isinstance(right, Sym) and left.name != right.name and _is_guessed(left, right, numbers, taken):
                raise _number_or_product(names, left, right)
            if left.name in numbers and _is_bilinear(node, left, taken):
                raise _number_or_form(names, left, node)


def _is_guessed(left: Sym, right: Sym, numbers: set[str], taken: dict[str, str]) -> bool:
    """Whether one of two neighbours is a number by failure alone."""
    pair = {left.name, right.name}
    behind = right.name in numbers and taken.get(left.name) == "vector" and not kinds.is_usual_scalar(right)
    return bool(pair & numbers) and (pair <= kinds.USUAL_VECTORS or behind)


def _is_bilinear(node: Mul, left: Sym, taken: dict[str, str]) -> bool:
    """Whether a letter that begins a product stands before matrices with a vector behind them: a X b."""
    if node.factors[0] is not left:
        return False
    rest = node.factors[1:]
    found = [taken.get(factor.name, "") if isinstance(factor, Sym) else "" for factor in rest]
    default = kinds.by_letter(left.name) == kinds.VECTOR_KIND and not kinds.is_usual_scalar(left)
    matrices = len(found) > 1 and set(found[:-1]) == {"matrix"}
    return default and matrices and found[-1] == "vector"


def _number_or_form(names: Names, left: Sym, node: Mul) -> ShapeError:
    text = names.reading.text[node.span.start : node.span.end]
    behind = names.reading.text[left.span.end : node.span.end].strip(" *")
    return ShapeError(
        "E125",
        f"'{text}' can be read in two ways: {left.name} as a number, or as a vector whose transpose was lost",
        Label(left.span),
        hint=f"declare {left.name} in R, or write {left.name}^T {behind}",
        source=names.reading.text,
    )


def _number_or_product(names: Names, left: Sym, right: Sym) -> ShapeError:
    one, other = left.name, right.name
    return ShapeError(
        "E125",
        f"'{one} {other}' can be read in several ways: a number times a vector, or a product of two vectors",
        Label(left.span),
        Label(right.span),
        hint=f"declare {other} in R, or write {one}^T {other}, {one} {other}^T or {one} .* {other}",
        source=names.reading.text,
    )
