"""One small change that makes a claim right: a transpose too many or too few, or two factors the wrong way round."""

from __future__ import annotations

from itertools import islice
from matdiff.lean.typing import TYPE_CHECKING, Any, cast

from matdiff.checking.claims import interpret
from matdiff.checking.exact import proof
from matdiff.errors import MatdiffError
from matdiff.formula.syntax import Mul, Pow, Sym, Transpose
from matdiff.formula.syntax import Node as Formula
from matdiff.records import replace
from matdiff.writing import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matdiff.checking.claims import Vocabulary
    from matdiff.formula.syntax import Expr, Shape
    from matdiff.graph.nodes import Node

_MOST = 48  # changes that are tried

Change = tuple["Expr", str]


def correction(text: str, tree: Expr, words: Vocabulary, like: Shape, right: Node) -> str:
    """A hint that names the change after which the claim `tree`, as it was read, is the tensor `right` of shape
    `like`; "" where none is found.
    """
    for changed, hint in islice(_changes(tree), _MOST):
        try:
            claim = interpret(text, changed, words, like)
        except MatdiffError:
            continue
        if claim.shape == like and claim.node.shape == right.shape and proof(right, claim.node):
            return hint
    return ""


def _changes(tree: Expr) -> Iterator[Change]:
    """Every tree that is one change away, and how the change is told; the nodes are new ones."""
    if isinstance(tree, Transpose) and _is_letter(tree.arg):
        yield _copied(tree.arg), f"with {_written(tree.arg)} in place of {_written(tree)} it would be right"
    elif _is_letter(tree):
        yield (
            Transpose(_copied(tree)),
            f"with {_written(Transpose(tree))} in place of {_written(tree)} it would be right",
        )
    if isinstance(tree, Mul):
        for k in range(len(tree.factors) - 1):
            one, other = tree.factors[k], tree.factors[k + 1]
            swapped = Mul((*tree.factors[:k], other, one, *tree.factors[k + 2 :]))
            yield (
                _copied(swapped),
                f"with {_written(Mul((other, one)))} in place of {_written(Mul((one, other)))} it would be right",
            )
    for name, value in _children(tree):
        parts = value if isinstance(value, tuple) else (value,)
        for k, part in enumerate(parts):
            if not isinstance(part, Formula):
                continue
            for inner, hint in _changes(cast("Expr", part)):
                whole = (*parts[:k], inner, *parts[k + 1 :]) if isinstance(value, tuple) else inner
                changes: dict[str, Any] = {name: whole}
                yield _copied(replace(tree, **changes)), hint


def _is_letter(tree: Expr) -> bool:
    return isinstance(tree, Sym) or (isinstance(tree, Pow) and isinstance(tree.base, Sym))


def _children(tree: Expr) -> list[tuple[str, Any]]:
    return [(name, getattr(tree, name)) for name in tree.__match_args__]


def _copied(tree: Expr) -> Expr:
    """The same tree of new nodes, whose shapes are open again."""
    changed: dict[str, Any] = {}
    for name, value in _children(tree):
        if isinstance(value, tuple):
            changed[name] = tuple(
                [_copied(cast("Expr", part)) if isinstance(part, Formula) else part for part in value]
            )
        elif isinstance(value, Formula):
            changed[name] = _copied(cast("Expr", value))
    return replace(tree, **changed, shape=None)


def _written(tree: Expr) -> str:
    return write(tree, "ascii")
