"""The rules that a question brings along, and the derivatives that follow from them."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.lower import Lowering
from matdiff.calculus.lowered import Value
from matdiff.calculus.transpose import NotLinearError, tensor
from matdiff.errors import CalculusError, Label, Span
from matdiff.graph.graph import Memo
from matdiff.graph.nodes import Op, Var

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matdiff.graph.nodes import Node, Size
    from matdiff.reading.given_rules import GivenRule

_rules: Memo[str, GivenRule] = Memo()


def take(rules: Iterable[GivenRule]) -> None:
    """Put the rules of a question in force on its graph."""
    _rules.table.update({rule.name: rule for rule in rules})


def in_force() -> dict[str, GivenRule]:
    """The rules that the question of the graph in force brought along, by the function's name."""
    return _rules.table


def right_hand_side(rule: GivenRule, node: Op) -> tuple[Node, Var]:
    """The differential of f(X) as a graph, and the formal dX in it."""
    argument = node.args[0]
    formal = Var(rule.change, argument.shape, role="formal")
    typed = rule.typed(_sides(argument.shape), _sides(node.shape))
    bound = {rule.argument: Value(argument), rule.change: Value(formal), "Omega": Value(node)}
    return Lowering(typed.symbols, bound).lower(typed.expression).node, formal


def derivative(rule: GivenRule, node: Op) -> Node:
    """The derivative of f by its argument: shape of the value + shape of the argument.  Raises CalculusError E308 for
    a rule that is not linear in dX.
    """
    side, change = right_hand_side(rule, node)
    try:
        return tensor(side, change)
    except NotLinearError:
        raise CalculusError(
            "E308",
            f"the rule for {rule.name} is not linear in {rule.change}",
            Label(Span(0, len(rule.text))),
            source=rule.text,
        ) from None


def _sides(shape: tuple[Size, ...]) -> tuple[Size, Size]:
    sides = (*shape, 1, 1)
    return sides[0], sides[1]
