"""The options that commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from matdiff.calculator import LAYOUTS
from matdiff.cli import formats
from matdiff.cli.command import Name
from matdiff.cli.request import CONVENTIONS, FORMS

if TYPE_CHECKING:
    from collections.abc import Callable

LAYOUT = Name("layout", lambda: LAYOUTS)
FORMAT = Name("format", formats.formats)
CONVENTION = Name("convention", lambda: CONVENTIONS)
FORM = Name("form", lambda: FORMS)
COLOUR = Name("choice", lambda: ("auto", "always", "never"))


class Quantities(Name):
    """Names between commas."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return ",".join(super(Quantities, self).convert(part.strip(), param, ctx) for part in value.split(","))


QUANTITIES = Quantities("quantity", formats.quantities)

time_option = click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=10.0,
    envvar="MATDIFF_TIMEOUT",
    metavar="SECONDS",
    help="Limit for one question [10]; 0: none.",
)
_QUESTION = (
    click.option(
        "-w",
        "--where",
        multiple=True,
        metavar="DECLARATION",
        help="Declare symbols: 'A in R^{m x n}, S symmetric'. May be repeated.",
    ),
    click.option(
        "-l", "--layout", type=LAYOUT, envvar="MATDIFF_LAYOUT", help="denominator (default), numerator or mixed."
    ),
    click.option(
        "--symmetric",
        type=CONVENTION,
        envvar="MATDIFF_SYMMETRIC",
        help="Derivative by a symmetric matrix: project (default) or entries.",
    ),
    click.option("--as", "form", type=FORM, help="kron, directional or index: how to print what has no matrix form."),
    click.option(
        "--rule",
        "rules",
        multiple=True,
        metavar="RULE",
        help="Differential of a function of your own: 'd f(X) = tr(X^T dX)'. May be repeated.",
    ),
    click.option("--expand", is_flag=True, help="Multiply products of sums out."),
    click.option("--factor", is_flag=True, help="Take common factors out of sums also where nothing gets shorter."),
    click.option(
        "--vectorize", is_flag=True, help="Write sums over families x_n as products of the matrix whose rows they are."
    ),
)
_OUTPUT = (
    click.option(
        "-t",
        "--to",
        type=FORMAT,
        envvar="MATDIFF_TO",
        help="Format of the answer: unicode, ascii, latex, numpy, json and more.",
    ),
    click.option(
        "--json", "as_json", is_flag=True, help="A JSON object a line, with all that is known about the answer."
    ),
    click.option(
        "--of", type=QUANTITIES, help="What code computes: value, gradient, hessian, hvp; several between commas."
    ),
    click.option(
        "--bold", is_flag=True, help="Vectors and matrices in bold type (LaTeX, Typst and what is made from them)."
    ),
    click.option("--check", is_flag=True, help="Compare the answer with numerical differences before printing it."),
    click.option("--steps", is_flag=True, help="Show the way to the answer, rule by rule."),
    click.option(
        "--lets",
        is_flag=True,
        help="Name the repeated subexpressions of a long answer (a terminal shows them so anyway).",
    ),
    click.option(
        "--explicit",
        type=click.IntRange(1, 12),
        default=None,
        metavar="N",
        help="Write the entries out, with N for every size left open.",
    ),
    click.option("-o", "--output", metavar="FILE", default="", help="Write to FILE instead of standard output."),
    click.option("-q", "--quiet", is_flag=True, help="No notes; in a stream, no reports on standard error either."),
    click.option(
        "--color", type=COLOUR, default="auto", envvar="MATDIFF_COLOR", help="auto (default), always or never."
    ),
    click.option("--copy", is_flag=True, help="Put the answer on the clipboard as well."),
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(min=1),
        default=1,
        metavar="N",
        help="Answer a stream with N processes, in order.",
    ),
    time_option,
)

Function = Any  # what click's decorators take and give


def question_options(function: Function) -> Function:
    """How a question is asked: declarations, layout, conventions."""
    return _decorated(function, _QUESTION)


def output_options(function: Function) -> Function:
    """How the answer goes out."""
    return _decorated(function, _OUTPUT)


def _decorated(function: Function, decorators: tuple[Callable[[Function], Function], ...]) -> Function:
    for decorator in reversed(decorators):
        function = decorator(function)
    return function
