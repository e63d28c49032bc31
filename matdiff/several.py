"""Derivatives by several variables at once, d/dW, d/db: one answer for each, one function of code for all."""

from __future__ import annotations

from matdiff.lean import re
from matdiff.lean.typing import TYPE_CHECKING

from matdiff.calculator import Answer, Question, answer, answers_in_one_graph
from matdiff.errors import OutputError
from matdiff.notation.notes import once
from matdiff.records import Record, replace
from matdiff.representations import Representations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matdiff.derivation import Derivation
    from matdiff.formula.question import Symbol

_BEGINS = re.compile(r"\s*([d∂](/|\^|²|2/)|∇|\\nabla|\\frac|\\partial|grad_)")
_NAME = re.compile(r"\s*\w+\s*")
_OPENING, _CLOSING = "([{", ")]}"


class Answers(Representations, Record):
    """The derivatives of one expression by several variables, in the operator's order; what is written of one answer is
    written of each, and code computes all in one function, which returns a tuple.

    question: as it was asked.  parts: the answers.
    """

    question: Question
    parts: tuple[Answer, ...]

    __repr__ = Representations.__repr__
    _repr_pretty_ = Representations._repr_pretty_

    def __hash__(self) -> int:
        return hash(self.parts)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled as their question, as an answer is."""
        return answer_all, (self.question,)

    def __iter__(self) -> Iterator[Answer]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)

    def __getitem__(self, place: int) -> Answer:
        return self.parts[place]

    @property
    def shape(self) -> tuple[tuple[int | str, ...], ...]:  # type: ignore[override] # of each
        return tuple([part.shape for part in self.parts])

    @property
    def layout(self) -> str:  # type: ignore[override] # one of all
        return self.parts[0].layout

    @property
    def symbols(self) -> dict[str, Symbol]:  # type: ignore[override] # the same of all
        return {name: symbol for part in self.parts for name, symbol in part.symbols.items()}

    @property
    def notes(self) -> tuple[str, ...]:
        return once(*[part.notes for part in self.parts])

    @property
    def read(self) -> str:
        """The questions as they were read, a line for each."""
        return "\n".join([part.read for part in self.parts])

    def steps(self) -> tuple[Derivation, ...]:
        """The way to each answer.  Raises as an answer's own `steps` does."""
        return tuple([part.steps() for part in self.parts])

    def whole(self, notation: str) -> str:
        """Each answer on a line of its own."""
        return "\n".join([part.whole(notation) for part in self.parts])

    def write(self, notation: str) -> str:
        return "\n".join([part.write(notation) for part in self.parts])

    def code(self, target: str = "numpy", of: tuple[str, ...] = ()) -> str:
        """A module whose `gradient` returns a tuple, `value_and_gradient` the value and that tuple."""
        from matdiff.codegen.module import module  # noqa: PLC0415 # loaded when it is asked for

        first, *others = self.parts
        with first.graph.branch().in_force():
            return module(first, target, of, tuple(others))


def answer_all(question: Question) -> Answer | Answers:
    """What `calculator.answer` gives; for an operator of several variables the answers to all, on one graph.

    Raises what that does.
    """
    asked = questions(question)
    if len(asked) == 1:
        return answer(question)
    return Answers(question, tuple(answers_in_one_graph(asked)))


def one(found: Answer | Answers, what: str) -> Answer:
    """The answer, where there is one.  Raises OutputError (E409): `what` is told of one variable at a time."""
    if isinstance(found, Answers):
        raise OutputError("E409", f"{what}: by one variable at a time", hint=f"ask by {_name(found.parts[0])} alone")
    return found


def _name(found: Answer) -> str:
    return found.operator.text.strip() if found.operator is not None else "it"


def questions(question: Question) -> list[Question]:
    """The question for each variable of an operator that has several between commas, and else the question itself."""
    if "," not in question.wrt and "," not in question.expr[:400]:
        return [question]
    if question.wrt.strip():
        pieces = _pieces(question.wrt)
        alike = all(map(_BEGINS.match, pieces)) or all(map(_NAME.fullmatch, pieces))
        return [replace(question, wrt=piece.strip()) for piece in pieces] if alike else [question]
    operators = []
    rest = question.expr
    while True:
        piece = _pieces(rest)[0]
        behind = rest[len(piece) + 1 :]
        if len(piece) == len(rest) or not _is_operator(piece) or not _BEGINS.match(behind):
            break
        operators.append(piece.strip())
        rest = behind
    if not operators:
        return [question]
    last = replace(question, expr=rest.strip())
    found = answer(replace(last, no_certify=True)).operator
    text = found.text if found is not None else ""
    expr = last.expr.removeprefix(text).lstrip()
    return [replace(question, wrt=operator, expr=expr) for operator in (*operators, text)]


def _is_operator(piece: str) -> bool:
    """Is a text an operator alone: d/dW, ∇_x, one fraction?"""
    return bool(_BEGINS.match(piece)) and (piece.lstrip().startswith("\\") or " " not in piece.strip())


def _pieces(text: str) -> list[str]:
    """A text between its commas, those within brackets apart."""
    pieces, depth = [""], 0
    for character in text:
        depth += (character in _OPENING) - (character in _CLOSING)
        if character == "," and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += character
    return pieces
