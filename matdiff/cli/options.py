"""The table of a question's fields as click's options, and a few options that commands without a question share."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any

import click

from matdiff.cli.command import Name
from matdiff.fields import BY_NAME, FIELDS, Field, WrongValueError, value_of

if TYPE_CHECKING:
    from collections.abc import Callable

Function = Any  # what click's decorators take and give


class Value(Name):
    """The value of a field: click hands it over as text, the table says what it means."""

    def __init__(self, field: Field) -> None:
        super().__init__(field.noun, field.names or tuple)
        self.field = field

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return value_of(self.field, value)
        except WrongValueError as error:
            raise click.BadParameter(str(error), ctx, param) from None

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 # click's signature
        return self.name.upper()


def option(field: Field) -> Callable[[Function], Function]:
    """A field as an option of a command."""
    variable = f"MATDIFF_{field.name.upper()}" if field.environment else None
    if field.kind == "flag":
        return click.option(*field.flags, field.name, is_flag=True, help=field.help)
    if field.kind == "texts":
        return click.option(*field.flags, field.name, multiple=True, metavar=field.noun.upper(), help=field.help)
    kind = None if field.kind == "text" else Value(field)
    noun = field.noun.upper()
    return click.option(
        *field.flags, field.name, type=kind, default=field.default, envvar=variable, metavar=noun, help=field.help
    )


colour_option = option(BY_NAME["color"])
time_option = option(BY_NAME["timeout"])
output_option = option(BY_NAME["output"])


def question_options(function: Function) -> Function:
    """How a question is asked: declarations, layout, conventions."""
    return _decorated(function, [field for field in FIELDS if field.home == "question" and field.name != "bold"])


def output_options(function: Function) -> Function:
    """How the answer goes out."""
    return _decorated(function, [field for field in FIELDS if field.home != "question" or field.name == "bold"])


def _decorated(function: Function, fields: list[Field]) -> Function:
    for field in reversed(fields):
        function = option(field)(function)
    return function
