"""`matdiff explain NAME`: what an error code or a function means, with an example that is run."""

from __future__ import annotations

import sys
from matdiff.lean.typing import TYPE_CHECKING

import click

from matdiff.calculator import Question, answer, derivation
from matdiff.cli import wrapping
from matdiff.cli.attempt import attempt
from matdiff.cli.command import Command
from matdiff.cli.explaining.explanations import CODES, Explanation
from matdiff.cli.explaining.rules import general, rule
from matdiff.cli.output import Writer, is_terminal
from matdiff.errors import MatdiffError
from matdiff.errors.report import text_report
from matdiff.fields import close_to
from matdiff.functions import SPELLINGS, TABLE, Function
from matdiff.functions.rules import RULES

if TYPE_CHECKING:
    from matdiff.functions.rules import Rule

_BY_SHAPE: dict[str, tuple[str, str]] = {
    "same": ("a^T {}(A x)", "d/dx"),
    "square->scalar": ("{}(X)", "d/dX"),
    "square->square": ("tr(A {}(X))", "d/dX"),
    "transposed": ("tr(A {}(X))", "d/dX"),
    "any->scalar": ("{}(X)", "d/dX"),
    "vector->scalar": ("{}(A x)", "d/dx"),
    "vector->vector": ("a^T {}(x)", "d/dx"),
}


@click.command(
    "explain",
    cls=Command,
    epilog='\b\nExamples:\n  matdiff explain E201\n  matdiff explain logdet\n  matdiff explain "product rule"\n',
)
@click.argument("name")
def explain(name: str) -> int:
    """Explain NAME: an error code such as E201, a function such as logdet, or a rule such as "product rule"."""
    code = name.upper()
    if code in CODES:
        lines = explained_code(code, CODES[code])
    elif name in SPELLINGS:
        lines = explained_function(TABLE[SPELLINGS[name]])
    elif name.lower() in RULES:
        lines = explained_rule(RULES[name.lower()])
    else:
        meant = close_to(name, [*SPELLINGS, *RULES]) or close_to(code, CODES)
        raise click.UsageError(
            f"nothing is called '{name}'; " + (f"did you mean '{meant}'?" if meant else "see: matdiff rules")
        )
    writer = Writer()
    for line in lines:
        writer.told(line)
    return 0


def explained_code(code: str, told: Explanation) -> list[str]:
    """What stands behind a code, and a question that meets it, run."""
    lines = [f"{code}: {told.title}", "", *_told(told.text)]
    if told.expr:
        lines += run(told.question)
    return lines


def explained_function(row: Function) -> list[str]:
    """A row of the function table."""
    lines = [*_shown(rule(row)), "", *_told(f"source: {row.source}")]
    if row.spellings:
        lines += _told(f"also written: {', '.join(row.spellings)}")
    if row.note:
        lines += _told(f"note: {row.note}")
    question = example(row)
    return lines if question is None else [*lines, *run(question)]


def explained_rule(told: Rule) -> list[str]:
    """A rule of derivations, and a question whose steps use it."""
    lines = [*_shown(general(told)), "", *_told(f"source: {told.source}")]
    if told.condition:
        lines += _told(f"condition: {told.condition}")
    question = Question(told.expr, told.wrt, told.where)
    steps = attempt(lambda: derivation(question).write())
    return [*lines, "", f"    $ {command_line(question)} --steps", *(f"    {row}" for row in steps.splitlines())]


def _told(text: str) -> list[str]:
    """Prose, broken where a terminal ends; as it is for other programs."""
    if not is_terminal(sys.stdout):
        return [text]
    return [row for paragraph in text.split("\n") for row in wrapping.prose(paragraph)]


def _shown(text: str) -> list[str]:
    """A formula, broken where a terminal ends."""
    return wrapping.formula(text) if is_terminal(sys.stdout) else [text]


def run(question: Question) -> list[str]:
    """A question as it is put on a command line, and its answer."""
    return ["", f"    $ {command_line(question)}", *(f"    {row}" for row in outcome(question).splitlines())]


def command_line(question: Question) -> str:
    """How a question is put on a command line."""
    where = "".join(f' -w "{text}"' for text in question.where)
    return f'matdiff {question.wrt} "{question.expr}"{where}'


def outcome(question: Question) -> str:
    """The answer, or the report of the error."""
    try:
        return attempt(lambda: answer(question).unicode)
    except MatdiffError as error:
        return text_report(error)


def example(row: Function) -> Question | None:
    """A question that uses the function; None for one that only answers have."""
    expr, wrt, where = row.example
    if expr:
        return Question(expr, wrt, (where,) if where else ())
    if row.shape not in _BY_SHAPE or row.arity[0] != 1 or (row.kind == "operator" and not row.differential):
        return None
    expr, wrt = _BY_SHAPE[row.shape]
    return Question(expr.format(row.name), wrt, ("X symmetric",) if row.sample == "symmetric" else ())
