"""The program: which command a line asks for, and how a run ends."""

from __future__ import annotations

from matdiff.lean.typing import Any

import click

from matdiff import __version__
from matdiff.cli import INTERRUPTED
from matdiff.cli.answering import MisuseError, answer_line
from matdiff.cli.arguments import is_operator, take_apart
from matdiff.cli.command import Command, option_table
from matdiff.cli.commands import COMMANDS
from matdiff.cli.options import output_options, question_options
from matdiff.cli.output import message
from matdiff.errors.report import visible_lines
from matdiff.fields import close_to

USAGE = 'usage: matdiff [OPTIONS] OPERATOR EXPRESSION\n  as in: matdiff d/dX "tr(X^T B X)"'
MORE = "'matdiff --help' tells more"
EPILOG = """\b
Examples:
  matdiff d/dX "tr(X^T B X)"          the derivative of a trace
  matdiff "d/dw ||X w - y||^2"        the same in one string
  matdiff d/dx "x^T A x" -w "A symmetric" --to latex
  matdiff - < questions.txt           one question a line
"""
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


class Program(click.Group):
    """The group of commands; what names none of them is a question."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 # click's signature
        if cmd_name == "differentiate":
            return differentiate
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module  # noqa: PLC0415 # the usual question needs no other command

        found: click.Command = getattr(import_module(f"matdiff.cli.{COMMANDS[cmd_name][0]}"), cmd_name)
        return found

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, self.with_command(ctx, args))

    def with_command(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments with the command's name in front: the first word if it is one, else `differentiate`."""
        table = option_table([*differentiate.get_params(ctx), *self.get_params(ctx)])
        line = take_apart(args, table)
        if not args:
            raise click.UsageError("", ctx)
        if "-V" in line.options or "--version" in line.options:
            return ["--version"]
        if not line.positionals:
            return ["--help"] if "-h" in line.options or "--help" in line.options else ["differentiate", *args]
        word = line.positionals[0]
        if word in COMMANDS and "--" not in args[: line.first]:
            return [word, *args[: line.first], *args[line.first + 1 :]]
        if len(word) > 1 and word.isascii() and word.isalpha() and word.islower() and not is_operator(word):
            meant = close_to(word, COMMANDS)
            raise click.UsageError(
                f"no such command '{word}'; "
                + (f"did you mean '{meant}'?" if meant else "a question begins with an operator such as d/dX"),
                ctx,
            )
        return ["differentiate", *args]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The program's options are the question's, and two of its own."""
        params = [*differentiate.params, *self.get_params(ctx)]
        with formatter.section("Options"):
            formatter.write_dl(
                [
                    record
                    for param in params
                    if isinstance(param, click.Option) and (record := param.get_help_record(ctx))
                ]
            )
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 # click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])


@click.group(
    cls=Program,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar='OPERATOR "EXPRESSION" | COMMAND',
)
@click.version_option(__version__, "-V", "--version", message="matdiff %(version)s")
def program() -> None:
    """Matrix calculus: derivatives by scalars, vectors and matrices, printed as a good book prints them."""


def run_by_click(arguments: list[str]) -> int:
    """Run a command line that is no plain question, and return the exit status; says what is wrong with it."""
    try:
        context = program.make_context("matdiff", arguments)
        with context:
            return int(program.invoke(context) or 0)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        said = visible_lines(_said(error))
        usage = type(error) is click.UsageError and not error.message
        message(f"{USAGE}\n{MORE}" if usage else f"error: {said}\n{_more(arguments)}")
        return 2
    except click.Abort:
        return INTERRUPTED


def _more(arguments: list[str]) -> str:
    """Where help is: of the command, where there is one."""
    command = arguments[0] if arguments and arguments[0] in COMMANDS else ""
    return MORE.replace("matdiff", f"matdiff {command}") if command else MORE


def _said(error: click.ClickException) -> str:
    """The message of a usage error, with the option's name in front where its value is wrong."""
    if (
        isinstance(error, click.BadParameter)
        and isinstance(error.param, click.Option)
        and not isinstance(error, click.MissingParameter)
    ):
        return f"{error.param.opts[-1]}: {error.message}"
    return error.message if isinstance(error, click.BadParameter) and error.message else error.format_message()
