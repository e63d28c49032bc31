"""The answer as people read it: a laid-out derivative in matrix notation."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.binding import apart
from matdiff.formula.syntax import Add, Call, Expr, Mul, Num, Transpose, subtrees
from matdiff.functions import TABLE
from matdiff.functions import names as fn
from matdiff.graph.build import is_zero
from matdiff.graph.nodes import Var, walk
from matdiff.notation.block_matrices import in_blocks
from matdiff.notation.display import Manner, Members, Raiser
from matdiff.notation.families import common_place
from matdiff.notation.literals import worked_out
from matdiff.notation.naming import named
from matdiff.notation.stacks import stacks

_NAME = re.compile(r"[^\W\d]\w*")

_LONG = 40  # factors of a product that is no phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matdiff.calculator import Question
    from matdiff.calculus.variables import Variable
    from matdiff.formula.question import Typed
    from matdiff.notation.layout import Laid
    from matdiff.notation.lets import Short


def present(laid: Laid, typed: Typed, variables: tuple[Variable, ...], question: Question) -> Expr:
    """The syntax tree of an answer; of a question to be expanded, a sum that is not factored again."""
    return _presented(laid, variables, raiser_for(typed, question))


def present_named(laid: Laid, typed: Typed, variables: tuple[Variable, ...], question: Question) -> Short:
    """An answer that is too long for one formula, with its shared parts named."""
    raiser = raiser_for(typed, question)
    return named(laid.node, raiser, lambda: _presented(laid, variables, raiser))


def _presented(laid: Laid, variables: tuple[Variable, ...], raiser: Raiser) -> Expr:
    index = [name for variable in variables if variable.part.family for name in variable.by.index]
    names: Members = (*index, *[None] * (laid.node.order - laid.family))
    if is_zero(laid.node):
        return Num(Fraction(0))
    below = [node for node in walk(laid.node) if isinstance(node, Var)]
    numbers = [node.name for node in below if node.role == "integer"]
    numbers += raiser.sizes
    place = common_place(laid.node, index)
    raiser = raiser.in_manner(raiser.manner._replace(numbers=frozenset(numbers), place=place))
    tree = raiser.row(laid.node, names) if laid.row else raiser.whole(laid.node, names)
    members = {node.name.partition("_")[0] for node in below if node.family}
    if members:
        tree = apart(tree, members, frozenset((*index, *raiser.sizes)))
    scalars = frozenset([node.name for node in below if not node.shape])
    return in_blocks(worked_out(tree), laid.shape, scalars)


def raiser_for(typed: Typed, question: Question) -> Raiser:
    """A raiser that knows the order of the question's names and what it writes norms as."""
    ranks = {name: k for k, name in enumerate(typed.symbols)}
    written = list(subtrees(typed.expression))
    called = {inner.function for inner in written if isinstance(inner, Call)}
    manner = Manner(fn.NORM in called, question.layout, not question.expand, question.factor)  # ||x|| where it has bars
    raiser = Raiser(ranks, manner, tuple([inner for inner in written if isinstance(inner, Add)]))
    raiser.stacks = stacks(typed.symbols)
    raiser.sizes, raiser.phrases = _sizes(typed), tuple(_phrases(written))
    if any(map(_of_means, called)):
        raiser.sums = []
    return raiser


def _of_means(function: str) -> bool:
    """Is a function the mean, or defined by it, as the variance is?"""
    row = TABLE.get(function)  # nrows(x) of a reading has none
    return row is not None and (function == fn.MEAN or f"{fn.MEAN}(" in row.definition)


def _phrases(written: list[Expr]) -> Iterator[Expr]:
    """The products b^T x and x^T A y of a question, so that its answer does not turn them round."""
    for inner in written:
        factors = inner.factors if isinstance(inner, Mul) and len(inner.factors) <= _LONG else ()
        for start, first in enumerate(factors):
            if not isinstance(first, Transpose) or (first.shape or (1, 1))[0] != 1:
                continue
            stop = next((k for k in range(start + 1, len(factors)) if (factors[k].shape or (1, 1))[1] == 1), None)
            if stop is not None and factors[stop].shape != (1, 1):
                yield Mul(factors[start : stop + 1])


def _sizes(typed: Typed) -> tuple[str, ...]:
    """The names of sizes, where there are families: no index of a sum may have one."""
    if not any(symbol.family for symbol in typed.symbols.values()):
        return ()
    shapes = [side for symbol in typed.symbols.values() for side in (*symbol.shape, *symbol.family_sizes)]
    texts = [side for side in dict.fromkeys(shapes) if isinstance(side, str)]
    return tuple(dict.fromkeys([name for text in texts for name in _NAME.findall(text)]))
