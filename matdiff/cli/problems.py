"""`matdiff solve`, `dual`, `update`: what comes after the derivative."""

from __future__ import annotations

import sys
from matdiff.lean.typing import Any

import click

from matdiff.cli.attempt import Manner
from matdiff.cli.command import Command
from matdiff.cli.options import colour_option, option, output_option, time_option
from matdiff.cli.output import Writer, holds_unicode, wants_colour
from matdiff.cli.problem_lines import Inquiry, one, operator_in_front
from matdiff.cli.streams.stream import answer_stream
from matdiff.fields import BY_NAME, METHOD, SUBJECT_TO, format_of
from matdiff.problems.problem import Asked

Function = Any  # what click's decorators take and give

SOLVE = """\b
Examples:
  matdiff solve d/dw "||X w - y||^2"
  matdiff solve "min_x ||A x - b||^2 s.t. C x = d"
  matdiff solve X "A X + X B = C"
"""
DUAL = """\b
Examples:
  matdiff dual "min_x c^T x s.t. A x = b, x >= 0"
  matdiff dual "min_x 1/2 x^T P x + q^T x s.t. A x <= b" -w "P spd" --to latex
"""
UPDATE = """\b
Examples:
  matdiff update d/dw "1/N ||X w - y||^2" --method gd
  matdiff update d/dx "1/2 ||A x - b||^2 + lambda ||x||_1" --method proximal
"""
_SHARED = (
    option(SUBJECT_TO),
    option(BY_NAME["where"]),
    option(BY_NAME["to"]),
    option(BY_NAME["as_json"]),
    option(BY_NAME["steps"]),
    option(BY_NAME["vectorize"]),
    output_option,
    option(BY_NAME["quiet"]),
    colour_option,
    option(BY_NAME["jobs"]),
    time_option,
)


def shared(function: Function) -> Function:
    """The options that the commands have in common."""
    for decorator in reversed(_SHARED):
        function = decorator(function)
    return function


@click.command("solve", cls=Command, epilog=SOLVE, options_metavar="[OPTIONS]")
@click.argument("words", nargs=-1, metavar="[UNKNOWNS] PROBLEM")
@shared
def solve(words: tuple[str, ...], **given: Any) -> int:
    """Solve a problem in closed form: where a derivative is zero, a minimum under constraints, an equation.

    UNKNOWNS are operators or names, as in d/dw or "w, b". With - each line of standard input is a problem.
    Exit status: 0 solved, 1 there is no solution, 3 no closed form or undecided.
    """
    return run("solve", words, given)


@click.command("dual", cls=Command, epilog=DUAL, options_metavar="[OPTIONS]")
@click.argument("words", nargs=-1, metavar="[UNKNOWNS] PROBLEM")
@shared
def dual(words: tuple[str, ...], **given: Any) -> int:
    """The Lagrangian dual of a problem, with its multipliers, constraints, and the minimiser by the multipliers."""
    return run("dual", words, given)


@click.command("update", cls=Command, epilog=UPDATE, options_metavar="[OPTIONS]")
@click.argument("words", nargs=-1, metavar="[UNKNOWNS] PROBLEM")
@option(METHOD)
@shared
def update(words: tuple[str, ...], **given: Any) -> int:
    """The iteration that leads to a minimum: gradient descent, Newton's method, proximal steps and others."""
    return run("update", words, given)


def run(command: str, words: tuple[str, ...], given: dict[str, Any]) -> int:
    """Answer a command line; the exit status."""
    if not words or not "".join(words).strip():
        raise click.UsageError(f'what is the problem? matdiff {command} d/dw "||X w - y||^2"')
    if len(words) > 2:
        raise click.UsageError(f"what is '{words[2]}' beside the unknowns and the problem? Quote each as a whole")
    wrt, expr = words if len(words) == 2 else ("", words[0])
    if not wrt and expr != "-":
        wrt, expr = operator_in_front(expr)
    to = given["to"] or format_of(given["output"])
    asked = Asked(
        "" if expr == "-" else expr,
        wrt,
        tuple(given["subject_to"]),
        tuple(given["where"]),
        tuple(given.get("defaults", ())),
    )
    inquiry = Inquiry(
        command,
        asked,
        "" if to == "json" else to,
        given["as_json"] or to == "json",
        given.get("method", "gd"),
        given["steps"],
        given["vectorize"],
    )
    notation = "unicode" if given["output"] or holds_unicode(sys.stdout) else "ascii"
    colour = wants_colour(sys.stderr, given["color"])
    encoding = getattr(sys.stderr, "encoding", "utf-8")
    manner = Manner(notation, given["timeout"], given["quiet"], colour, encoding)
    if expr == "-":
        if sys.stdin is None:
            raise click.UsageError("there is no standard input to read")
        with Writer(given["output"]) as writer:
            return answer_stream(sys.stdin.buffer, inquiry, writer, manner, given["jobs"])
    return one(inquiry, manner, given["output"])
