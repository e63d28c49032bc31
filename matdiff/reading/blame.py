"""Which guesses could be at fault where shapes do not fit, and the words for the places."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import ShapeError, Span
from matdiff.formula import syntax
from matdiff.formula.occurrences import children
from matdiff.formula.syntax import Expr, Sym
from matdiff.functions import TABLE
from matdiff.reading import kinds
from matdiff.reading.sizes import SCALAR, Dims, SizeTerm

if TYPE_CHECKING:
    from collections.abc import Callable

    from matdiff.reading.symbol_shapes import SymbolShapes

_LONGEST_QUOTE = 40


class Clash(Exception):  # noqa: N818 # no error yet: other kinds may fit
    """Shapes that do not fit.  names: the entities one of which must be of another kind if it is to fit; tell: makes
    the error.
    """

    def __init__(self, names: set[str], tell: Callable[[], ShapeError], span: Span) -> None:
        super().__init__()
        self.names = names
        self.tell = tell
        self.span = span
        self.progress = 0


def influences(inference: SymbolShapes, *nodes: Expr) -> set[str]:
    """The undeclared names whose kinds decide what kind the nodes are."""
    found: set[str] = set()
    stack: list[Expr] = list(nodes)
    while stack:
        node = stack.pop()
        if isinstance(node, Sym):
            _influence_of(inference, node, found)
        elif isinstance(node, syntax.Call):
            row = TABLE.get(node.function)
            if row is None or not row.shape.endswith("->scalar"):
                stack += node.args
        elif isinstance(node, syntax.Add):
            parts = [influences(inference, term) for term in node.terms]
            found |= set().union(*parts) if inference.spreading else min(parts, key=len)
        elif isinstance(node, (syntax.Apply, syntax.Derivative)):
            entity = inference.names.entities[node.name]
            found |= set() if entity.fixed else {node.name}
        elif isinstance(node, syntax.Div):
            stack.append(node.num)
        elif isinstance(node, syntax.Pow):
            stack.append(kinds.deciding(node))
        else:
            stack += (node.body,) if isinstance(node, syntax.IndexedSum) else children(node)
    return found


def _influence_of(inference: SymbolShapes, node: Sym, found: set[str]) -> None:
    if node.name in inference.names.bound:
        return
    meaning = inference.names.meanings.get(node.name)
    if (
        meaning is not None
        and meaning.role in {"plain", "member"}
        and meaning.entity is not None
        and not meaning.entity.fixed
    ):
        found.add(meaning.entity.name)


def at_fault(inference: SymbolShapes, pairs: list[tuple[SizeTerm, SizeTerm]], *nodes: Expr) -> set[str]:
    """Who could mend it: what decides the kinds of the nodes where a one meets a size; anything undeclared where two
    sizes meet.
    """
    for a, b in pairs:
        if (inference.sizes.resolve(a) == 1) != (inference.sizes.resolve(b) == 1):
            return influences(inference, *nodes)
    return {entity.name for entity in inference.names.entities.values() if not entity.fixed}


def quoted(inference: SymbolShapes, *nodes: Expr) -> str:
    """The source text of an operand (of the product of several), or a word for it where that is long or unknown."""
    span = extent(nodes)
    text = inference.names.reading.text[span.start : span.end].strip()
    return text if 0 < len(text) <= _LONGEST_QUOTE else "this"


def extent(nodes: tuple[Expr, ...]) -> Span:
    """From the start of the first to the end of the last."""
    known = [node.span for node in nodes if node.span != syntax.NOWHERE]
    return Span(min(span.start for span in known), max(span.end for span in known)) if known else syntax.NOWHERE


def sized(inference: SymbolShapes, dims: Dims) -> str:
    """A shape in words: "a scalar", "n x 1, a vector", "m x n"."""
    rows, columns = inference.text(dims[0]), inference.text(dims[1])
    if dims == SCALAR:
        return "a scalar"
    kind = ", a vector" if columns == 1 else ", a row" if rows == 1 else ""
    return f"{rows} x {columns}{kind}"
