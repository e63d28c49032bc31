"""The main command for click: help, completions and errors; `answering` does the work."""

from __future__ import annotations

from matdiff.lean.typing import Any

import click

from matdiff.cli.answering import MisuseError, answer_line
from matdiff.cli.command import Command
from matdiff.cli.options import output_options, question_options

EXAMPLES = """\b
Examples:
  matdiff d/dX "tr(X^T B X)"
  matdiff d/dw "||X w - y||^2" --to latex
"""


@click.command("differentiate", cls=Command, epilog=EXAMPLES, options_metavar="[OPTIONS]")
@click.argument("question", nargs=-1, metavar="OPERATOR EXPRESSION")
@question_options
@output_options
def differentiate(question: tuple[str, ...], **given: Any) -> int:
    """Differentiate EXPRESSION as OPERATOR says: d/dX, ∂/∂x, d/dx^T, d^2/dx dx^T.

    The name of the command may be left out.  Quote the expression.  With - for the expression, or for both, each line
    of standard input is a question.
    """
    try:
        return answer_line(question, given)
    except MisuseError as error:
        raise click.UsageError(str(error)) from None
