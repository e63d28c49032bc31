"""A whole derivation: the differential, its coefficient, simplification, layout; for a second derivative all that
again for the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as changed
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus.lower import Lowering
from matdiff.derivation import arranging, unfolding
from matdiff.derivation.changes import Changes
from matdiff.derivation.formulas import formula
from matdiff.derivation.gradients import Collector
from matdiff.derivation.step import Derivation, Stage, Step
from matdiff.derivation.trees import num, shape, typed_as
from matdiff.errors import CalculusError
from matdiff.formula.syntax import Apply, Derivative, Expr, Sym
from matdiff.graph import build
from matdiff.graph.graph import current
from matdiff.notation.raising import raiser_for
from matdiff.records import replace

if TYPE_CHECKING:
    from matdiff.calculator import Question
    from matdiff.calculus.variables import Variable
    from matdiff.derivation.arranging import Derived
    from matdiff.formula.question import Typed
    from matdiff.graph.nodes import Node
    from matdiff.notation.display import Raiser
    from matdiff.notation.layout import Laid

_NAMES = ("f", "g", "h", "phi", "psi", "J", "f_0", "f_1", "f_2")


@dataclass(frozen=True)
class Course:
    """What a derivation starts from and where it is to arrive.

    value: the expression's graph.  tree, laid: the answer as it is written, and as it is laid out.  No variables: the
    total differential.
    """

    question: Question
    typed: Typed
    variables: tuple[Variable, ...]
    value: Node
    tree: Expr
    laid: Laid


def steps_of(course: Course) -> Derivation:
    """The steps from the expression to the answer."""
    return _Way(course).derivation()


class _Way:
    def __init__(self, course: Course) -> None:
        self.course = course
        self.symbols = course.typed.symbols
        self.raiser: Raiser = raiser_for(course.typed, replace(course.question, expand=False))
        self.name = next(name for name in _NAMES if name not in self.symbols and "d" + name not in self.symbols)
        self.written: dict[str, str] = {}

    def derivation(self) -> Derivation:
        course = self.course
        stages: list[Stage] = []
        if not course.variables:
            varying = [
                symbol.name for symbol in self.symbols.values() if symbol.kind not in {"integer", "size", "function"}
            ]
            state, steps = self.differential(course.typed.expression, Changes(self.symbols, varying, self.raiser))
            steps += arranging.simplified(self.change(()), state, course.tree, course.laid.node)
            return Derivation((Stage(Sym(self.name), course.typed.expression, tuple(steps)),), self.written, current())
        tree, node = course.typed.expression, course.value
        by: tuple[tuple[str, bool], ...] = ()
        for place, variable in enumerate(course.variables):
            given: Expr = Derivative(self.name, by) if by else Sym(self.name)
            derived, steps = self.derived(tree, node, variable, by)
            by = (*by, (arranging.written_name(variable), False))
            if place == len(course.variables) - 1:
                steps += self.answered(derived, by)
            stages.append(Stage(given, tree, tuple(steps)))
            left = Derivative(self.name, by)
            if place < len(course.variables) - 1:
                tree, node = self.again(derived), derived.node
                stages[-1] = changed(stages[-1], steps=(*steps, *arranging.simplified(left, derived[:2], tree, node)))
        return Derivation(tuple(stages), self.written, current())

    def differential(
        self, tree: Expr, changes: Changes, by: tuple[tuple[str, bool], ...] = ()
    ) -> tuple[tuple[Expr, Node], list[Step]]:
        """The steps from df = d(…) to a differential in dX alone."""
        self.mark = changes.mark
        self.written |= {**changes.written, changes.mark + self.name: self.name}
        steps = unfolding.unfold(tree, changes, self.change(by))
        if steps:
            return (steps[-1].after, steps[-1].after_node), steps
        state = changes.of(tree)
        return (state, changes.lower(state).node), steps

    def change(self, by: tuple[tuple[str, bool], ...]) -> Expr:
        """The name of the differential: df, or d(∂f/∂x) of a derivative."""
        return Apply(self.mark, (Derivative(self.name, by),)) if by else Sym(self.mark + self.name)

    def derived(
        self, tree: Expr, node: Node, variable: Variable, by: tuple[tuple[str, bool], ...]
    ) -> tuple[Derived, list[Step]]:
        """One derivative, in its natural layout: gradient or Jacobian, and the steps to it."""
        changes = Changes(self.symbols, [variable.symbol.name], self.raiser)
        left = Derivative(self.name, (*by, (arranging.written_name(variable), False)))
        self.mark = changes.mark
        self.written |= {**changes.written, changes.mark + self.name: self.name}
        if not changes.varies(tree):
            return self.nothing(tree, node, variable, left)
        state, steps = self.differential(tree, changes, by)
        collector = Collector(changes, variable, self.raiser, self.course.question.symmetric)
        derived, more = collector.collect(state, left, self.change(by), node)
        return derived, steps + more

    def nothing(self, tree: Expr, node: Node, variable: Variable, left: Expr) -> tuple[Derived, list[Step]]:
        """The derivative of a constant."""
        sides = arranging.natural_shape(shape(tree), variable)
        zero = num(0)
        made = build.zero((*node.shape, *arranging.open_shape(variable)))
        return arranging.Derived(zero, made, sides), [
            Step("constant", left, zero, zero, made, made, formula("dc", "0"))
        ]

    def again(self, derived: Derived) -> Expr:
        """A first derivative as an expression to differentiate; CalculusError where no formula stands for it."""
        if build.is_zero(derived.node):
            return num(0)
        if derived.node.order > 2 or derived.stacked:
            raise CalculusError(
                "E304", "the steps of a derivative of this order cannot be written yet", hint="leave out --steps"
            )
        tree = self.raiser.raised(derived.node)
        tree = typed_as(tree, self.symbols, derived.sides)
        node = Lowering(self.symbols).lower(tree).node
        if not arranging.equal(node, derived.node):
            raise CalculusError(
                "E304", "the steps of a derivative of this order cannot be written yet", hint="leave out --steps"
            )
        return tree

    def answered(self, derived: Derived, by: tuple[tuple[str, bool], ...]) -> list[Step]:
        """From the derivative in its natural layout to the answer as laid out."""
        course = self.course
        flags = tuple([(name, variable.transposed) for (name, _), variable in zip(by, course.variables, strict=True)])
        asked = any(flag for _, flag in flags)
        numerator = course.question.layout == "numerator" or asked
        turns = (
            course.question.layout == "denominator" and not asked
            if course.value.order
            else numerator and len(flags) == 1
        )
        manner = "as the operator asks" if asked else f"{course.question.layout} layout"
        return arranging.laid_out(derived, Derivative(self.name, flags), course.tree, course.laid, manner, turns=turns)
