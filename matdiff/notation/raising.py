"""The answer as people read it: a laid-out derivative in matrix notation."""

from __future__ import annotations

from matdiff.lean.fractions import Fraction
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.formula.binding import apart
from matdiff.formula.syntax import Add, Call, Expr, Num, subtrees
from matdiff.functions import names as fn
from matdiff.graph.build import is_zero
from matdiff.graph.nodes import Var, walk
from matdiff.notation.display import Manner, Names, Raiser
from matdiff.notation.families import common_place
from matdiff.notation.naming import named
from matdiff.notation.stacks import stacks

if TYPE_CHECKING:
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
    names: Names = (*index, *[None] * (laid.node.order - laid.family))
    if is_zero(laid.node):
        return Num(Fraction(0))
    numbers = [node.name for node in walk(laid.node) if isinstance(node, Var) and node.role == "integer"]
    place = common_place(laid.node) if index else None
    raiser = raiser.in_manner(raiser.manner._replace(numbers=frozenset(numbers), place=place))
    tree = raiser.row(laid.node, names) if laid.row else raiser.whole(laid.node, names)
    members = {node.name.partition("_")[0] for node in walk(laid.node) if isinstance(node, Var) and node.family}
    return apart(tree, members, frozenset(index)) if members else tree


def raiser_for(typed: Typed, question: Question) -> Raiser:
    """A raiser that knows the order of the question's names and what it writes norms as."""
    ranks = {name: k for k, name in enumerate(typed.symbols)}
    manner = Manner(_writes_norms(typed.expression), question.layout, not question.expand, question.factor)
    raiser = Raiser(ranks, manner, tuple([inner for inner in subtrees(typed.expression) if isinstance(inner, Add)]))
    raiser.stacks = stacks(typed.symbols)
    if any(isinstance(inner, Call) and inner.function == fn.MEAN for inner in subtrees(typed.expression)):
        raiser.sums = []
    return raiser


def _writes_norms(tree: Expr) -> bool:
    """Does the question use the norm's bars?"""
    return any(isinstance(inner, Call) and inner.function == fn.NORM for inner in subtrees(tree))
