"""The whole way of a question, on one page.

text ──read──▶ syntax tree ──infer──▶ typed tree ──lower──▶ tensor graph ──differentiate──▶ tensor graph
     ──simplify──▶ tensor graph ──display──▶ matrix notation ──write──▶ text or code
"""

from __future__ import annotations

from matdiff.lean.types import MappingProxyType
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculus import definedness
from matdiff.calculus.choices import choices
from matdiff.calculus.directions import along, total_differential
from matdiff.calculus.lower import Lowering
from matdiff.calculus.simplify import expanded, written_sums
from matdiff.calculus.stacking import stacked
from matdiff.calculus.variables import derive, notes_of, value_part, variables_of
from matdiff.errors import CalculusError, Label, MatdiffError, OutputError
from matdiff.formula.length import length
from matdiff.formula.syntax import IndexedSum, subtrees
from matdiff.graph import analytic
from matdiff.graph.build import is_zero
from matdiff.graph.graph import Graph, current
from matdiff.limits import allow_depth
from matdiff.notation.directional import directional, entries
from matdiff.notation.extent import PRINTABLE, SHORT, extent
from matdiff.notation.families import part_notes
from matdiff.notation.layout import lay_out
from matdiff.notation.notes import notes_on, once
from matdiff.notation.raising import present, present_named, raiser_for
from matdiff.notation.stacks import written_stacks
from matdiff.reading.reader import read_question
from matdiff.reading.shapes import infer, refuse_guesses
from matdiff.records import Record, replace
from matdiff.representations import Representations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matdiff.calculus.lowered import Value
    from matdiff.calculus.variables import Variable
    from matdiff.certificate import Certificate
    from matdiff.derivation import Derivation
    from matdiff.formula.question import Operator, Reading, Symbol, Typed
    from matdiff.formula.syntax import Expr
    from matdiff.graph.nodes import Node
    from matdiff.notation.layout import Laid
    from matdiff.notation.lets import Short

LAYOUTS = ("denominator", "numerator", "mixed")


class Question(Record):
    """What is asked: an operator ("d/dX"; "" where it stands in front of the expression), an expression, and how to
    answer.

    where: declarations.  layout: one of LAYOUTS.  symmetric: "project" or "entries".  form: "" (matrix notation where
    there is one), "kron",
    "directional" or "index".  expand: multiply products of sums out.  factor: take common factors out also where that
    is not shorter.
    vectorize: stack families x_n into matrices.  defaults: declarations that yield to `where` and to those in the
    expression.
    strict: refuse what rests on a guess of kind.
    rules: differentials of functions of the question's own, d f(X) = tr(X^T dX).  bold: vectors and matrices in bold
    type, where a notation has it.  sizes: numbers for sizes, which the order of products in code is chosen for:
    "m=5000,n=300".  for_code: only code is wanted, so that a formula is worth its while only where it is short.
    """

    expr: str
    wrt: str = ""
    where: tuple[str, ...] = ()
    layout: str = "denominator"
    symmetric: str = "project"
    form: str = ""
    expand: bool = False
    defaults: tuple[str, ...] = ()
    factor: bool = False
    vectorize: bool = False
    rules: tuple[str, ...] = ()
    bold: bool = False
    strict: bool = False
    sizes: str = ""
    no_certify: bool = False
    for_code: bool = False

    def __hash__(self) -> int:
        return hash(tuple([getattr(self, name) for name in self._fields]))


class Answer(Representations, Record):
    """A derivative, ready to be written.

    formula: the answer in the input language's syntax tree (the writers take it).  operator, expression: the question
    as read.
    shape: of the answer as laid out, () for a scalar, else (rows, columns) or more.  symbols: what every name was taken
    for.
    lets: subexpressions that the answer names, in order.  notes: what the reader must know (conventions, points without
    a derivative).
    parts: makes the answer with its parts named, where there is no formula.
    value, derivative: tensor graphs; `derivative` has the value's indices, then those of each variable differentiated
    by; `order` of them.  variables: those of the operator, as they lie and are structured.
    graph: what the question's tensor graph was when the answer was found; what is worked out from the answer later is
    worked out on branches of it.
    """

    question: Question
    operator: Operator | None
    expression: Expr
    formula: Expr | None
    layout: str
    shape: tuple[int | str, ...]
    symbols: dict[str, Symbol]
    value: Node
    derivative: Node
    graph: Graph
    lets: Mapping[str, Expr] = MappingProxyType({})
    notes: tuple[str, ...] = ()
    laid_out: Node | None = None
    variables: tuple[Variable, ...] = ()
    parts: Callable[[], Short] | None = None
    laid: Laid | None = None
    certificate: Certificate | None = None

    __repr__ = Representations.__repr__
    _repr_pretty_ = Representations._repr_pretty_

    def __eq__(self, other: object) -> bool:
        """Whether another answer says the same: the same formula in the same layout, over the same symbols."""
        return isinstance(other, Answer) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash((self.layout, self.shape, *self.symbols))

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled as its question, which has the same answer wherever it is asked again."""
        return answer, (self.question,), {"notes": self.notes}

    def _said(self) -> tuple[object, ...]:
        said = (self.layout, self.shape, self.symbols, self.lets)
        return (*said, self.formula if self.formula is not None else self.question)

    @property
    def tree(self) -> Expr:
        """The answer as a syntax tree; OutputError where it is too long for a formula (code is still to be had)."""
        if self.formula is None:
            size = extent(self.derivative)
            hint = "ask for its parts by name: --lets, or for code: --to numpy"
            raise OutputError("E410", f"the answer is too long for a formula: about {size:,} symbols", hint=hint)
        return self.formula

    @property
    def short(self) -> Short:
        """The answer with its repeated subexpressions named, and what the names stand for; without names where it is
        short, or nothing is gained.
        """
        from matdiff.notation.lets import shortened  # noqa: PLC0415 # loaded when it is asked for

        if self.formula is None and self.parts is not None:
            with self.graph.branch().in_force():
                return self.parts()
        return shortened(self.tree, self.symbols)

    def write(self, notation: str) -> str:
        """The answer in one of `writing.NOTATIONS` (one line, no colour)."""
        from matdiff.writing import Style, write  # noqa: PLC0415 # loaded when it is asked for

        bold = (
            frozenset([name for name, symbol in self.symbols.items() if symbol.kind in {"vector", "row", "matrix"}])
            if self.question.bold
            else frozenset()
        )
        return write(self.tree, notation, Style(bold=bold, symbols=self.symbols, shape=self.shape))

    @property
    def read(self) -> str:
        """The question as it was read, in plain declared notation, which is read as the same question."""
        from matdiff.writing.question import plain  # noqa: PLC0415 # loaded when it is asked for

        return plain(self.operator, self.expression, self.symbols)

    def code(self, target: str = "numpy", of: tuple[str, ...] = ()) -> str:
        """A self-contained module for `target`; `of` names what it computes (value, gradient, hessian, hvp)."""
        from matdiff.codegen.module import module  # noqa: PLC0415 # loaded when it is asked for

        with self.graph.branch().in_force():
            return module(self, target, of)

    def steps(self) -> Derivation:
        """The way to the answer, step by step; for a form that was asked for by --as, to the matrix form.

        Raises CalculusError E304 for a derivative of high order whose steps cannot be written, and whatever `tree`
        raises.
        """
        return derivation(self.question)


def answer(question: Question) -> Answer:
    """Differentiate.  Raises MatdiffError for every mistake in the question and for everything not supported."""
    return answers_in_one_graph([question])[0]


def answers_in_one_graph(questions: Sequence[Question]) -> list[Answer]:
    """The answers to questions about one expression, which share what is worked out.  Raises as `answer` does."""
    found = []
    with Graph().in_force():
        for question in questions:
            allow_depth(question.expr, question.wrt, *question.where)
            reading = _read(question)
            try:
                got = _answer(question, reading)
                if not question.no_certify and got.laid is not None:
                    from matdiff.certificate import certify  # noqa: PLC0415 # it is above the writers, which are lazy

                    got.certificate = certify(got, got.laid)
            except MatdiffError as error:
                raise error.within(reading.text) from None
            found.append(got)
    return found


def derivation(question: Question) -> Derivation:
    """The steps to the answer of a question; they are worked out on a graph of their own."""
    from matdiff.derivation import Course, steps_of  # noqa: PLC0415 # few answers are asked for their steps

    question = replace(question, form="", vectorize=False)
    allow_depth(question.expr, question.wrt, *question.where)
    with Graph().in_force():
        reading = _read(question)
        try:
            typed = infer(reading)
            variables = variables_of(typed, Lowering(typed.symbols))
            got = _answer(question, reading)
            laid = _laid_out(
                question if variables else replace(question, layout="mixed"), typed, variables, got.derivative
            )
            return steps_of(Course(question, typed, variables, got.value, got.tree, laid))
        except MatdiffError as error:
            raise error.within(reading.text) from None


def _read(question: Question) -> Reading:
    """The question as read, the rules that it brings put in force."""
    if not question.rules:
        return read_question(question.expr, question.wrt, question.where, question.defaults)
    from matdiff.calculus.given_rules import take  # noqa: PLC0415 # few questions bring rules
    from matdiff.reading.given_rules import read_rule  # noqa: PLC0415 # as above

    rules = [read_rule(text) for text in question.rules]
    take(rules)
    reading = read_question(
        question.expr, question.wrt, question.where, question.defaults, tuple([rule.declaration for rule in rules])
    )
    reading.values = {rule.name: (rule.takes, rule.gives) for rule in rules}
    return reading


def _typed(question: Question, reading: Reading) -> Typed:
    typed = infer(reading)
    analytic.declare(reading.analytic)
    if question.strict:
        refuse_guesses(typed)
    return typed


def _answer(question: Question, reading: Reading) -> Answer:
    typed = _typed(question, reading)
    free = frozenset([by.name for by in typed.operator.by]) if typed.operator else frozenset()
    lowering = Lowering(typed.symbols, free=free)
    value = lowering.lower(typed.expression)
    if value.family:
        value = _by_number(value.family, typed, lowering, reading)
    definedness.check(value.node)
    variables = variables_of(typed, lowering)
    notes = [*typed.notes, *lowering.notes]
    shown: Expr | None
    if question.vectorize:
        whole = stacked(value.node, typed, lowering, variables)
        value, notes = value._replace(node=whole.value), [*notes, *whole.notes]
    if not variables or question.form == "directional":
        question = replace(question, layout="mixed")  # a differential has the shape of the value itself
        derivative, laid, shown = _differential(question, typed, lowering, value.node, variables)
    elif question.form == "index":
        derivative = derive(value.node, variables, question.symmetric)
        laid = _laid_out(question, typed, variables, derivative)._replace(shape=derivative.shape, vectorised=True)
        shown = _entries(question, typed, variables, derivative, notes)
    else:
        derivative = derive(value.node, variables, question.symmetric)
        derivative, laid, shown = _best(question, typed, variables, derivative, written_sums(value.node))
    notes += part_notes(laid.node, variables)
    lets, said = written_stacks(shown, typed.symbols)
    return Answer(
        question,
        typed.operator,
        typed.expression,
        shown,
        question.layout,
        laid.shape,
        typed.symbols,
        value.node,
        derivative,
        current(),
        lets=lets,
        notes=once(notes, said, notes_of(variables, (value.node, derivative), question.symmetric), notes_on(shown)),
        laid_out=None if laid.vectorised else laid.node,
        variables=variables,
        parts=None if shown is not None else lambda: present_named(laid, typed, variables, question),
        laid=laid,
    )


def _by_number(free: tuple[str, ...], typed: Typed, lowering: Lowering, reading: Reading) -> Value:
    """The value of an expression that names members which no sum binds, each any one of them.  Raises CalculusError
    E302 where a sum has that letter elsewhere: then a parenthesis is missing, or another letter is meant.
    """
    bound = {tree.index for tree in subtrees(typed.expression) if isinstance(tree, IndexedSum)}
    for index in free:
        if index in bound:
            message = f"the index {index} is not bound by a sum where it stands outside of one"
            hint = f"put the whole summand of sum({index}, 1, N, ...) in parentheses, or write another letter"
            raise CalculusError("E302", message, Label(reading.expression.span), hint=hint)
    return lowering.member_by_number(typed.expression, free)


def _laid_out(question: Question, typed: Typed, variables: tuple[Variable, ...], derivative: Node) -> Laid:
    transposed = tuple([v.transposed for v in variables])
    return lay_out(
        derivative, value_part(typed), tuple([v.part for v in variables]), transposed=transposed, layout=question.layout
    )


def _differential(
    question: Question, typed: Typed, lowering: Lowering, value: Node, variables: tuple[Variable, ...]
) -> tuple[Node, Laid, Expr | None]:
    """The differential in dX for each symbol, or for `variables`; of a scalar as tr(G^T dX) where that reads no longer
    than the product rule.
    """
    moved = along(value, variables, typed, lowering) if variables else total_differential(value, typed, lowering)
    node, laid, shown = _best(question, typed, (), moved, written_sums(value))
    if variables and not value.shape and shown is not None:
        tree = directional(raiser_for(typed, question), derive(value, variables, "project"), variables)
        shown = tree if tree is not None and length(tree) <= length(shown) else shown
    return node, laid, shown


def _entries(
    question: Question, typed: Typed, variables: tuple[Variable, ...], derivative: Node, notes: list[str]
) -> Expr:
    """The derivative entry by entry; a note tells what the indices number."""
    parts = (value_part(typed), *[variable.part for variable in variables])
    found = entries(raiser_for(typed, question), derivative, tuple([part.order + part.family for part in parts]))
    said = [
        f"{group} of {name}"
        for group, name in zip(
            found.groups, ["the value", *[variable.symbol.name for variable in variables]], strict=True
        )
        if group
    ]
    notes.append("entry with the indices " + ", ".join(said)) if said else None
    return found.tree


def _best(
    question: Question, typed: Typed, variables: tuple[Variable, ...], derivative: Node, written: frozenset[Node]
) -> tuple[Node, Laid, Expr | None]:
    """The derivative as it came or multiplied out, whichever reads shorter; no formula where it is too long for one."""
    if extent(derivative) > (SHORT if question.for_code else PRINTABLE):
        return derivative, _laid_out(question, typed, variables, derivative), None

    def shown(node: Node) -> tuple[Node, Laid, Expr]:
        laid = _laid_out(question, typed, variables, node)
        return node, laid, present(laid, typed, variables, question)

    if question.expand:
        return shown(expanded(derivative))
    options = [shown(node) for node in choices(derivative, written)]
    return (
        options[0]
        if len(options) == 1
        else min(options, key=lambda choice: (not is_zero(choice[0]), length(choice[2])))
    )
