"""From d(f) to a differential in dX alone: rules applied one after the other, the outermost first."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.derivation import rules, trees
from matdiff.derivation.applied import Applied
from matdiff.derivation.step import Step
from matdiff.errors import CalculusError
from matdiff.formula.syntax import Call, children

if TYPE_CHECKING:
    from matdiff.derivation.changes import Changes
    from matdiff.formula.syntax import Apply, Expr


def unfold(tree: Expr, changes: Changes, left: Expr) -> list[Step]:
    """The steps; `left` is the name of the differential.  One step applies one rule wherever it is next."""
    state = changes.of(tree)
    node = changes.lower(state).node
    steps: list[Step] = []
    while (found := _first(state, changes)) is not None:
        rule = _rule(found, changes)

        def change(pending: Apply, name: str = rule.rule) -> Expr:
            here = _rule(pending, changes)
            return here.tree if here.rule == name else pending

        after = _replaced(state, changes, change)
        after_node = changes.lower(after).node
        steps.append(Step(rule.rule, left, state, after, node, after_node, rule.formula))
        state, node = after, after_node
    return steps


def _first(tree: Expr, changes: Changes) -> Apply | None:
    if changes.is_pending(tree):
        return tree  # type: ignore[return-value] # is_pending saw that it is an Apply
    return next((found for child in children(tree) if (found := _first(child, changes)) is not None), None)


def _replaced(tree: Expr, changes: Changes, change: object) -> Expr:
    if changes.is_pending(tree):
        return change(tree)  # type: ignore[operator,no-any-return]
    if not any(_first(child, changes) for child in children(tree)):
        return tree
    return trees.rebuilt(tree, lambda child: _replaced(child, changes, change))


def _rule(pending: Apply, changes: Changes) -> Applied:
    """The rule for d(e); where none is told, the differential as the engine has it."""
    e = pending.args[0]
    found = rules.applied(e, changes)
    if found is not None:
        return found
    try:
        value = changes.derivative(e)
    except CalculusError:  # a matrix function: it has a differential, but no derivative with four indices
        value = changes.lower(pending)
    names = (*value.family, *[None] * (value.node.order - len(value.family)))
    tree = changes.raiser.raised(value.node, names)
    return Applied(
        f"d {e.function}" if isinstance(e, Call) else "chain rule",
        None,
        trees.typed_as(tree, changes.symbols, trees.shape(e)),
    )
