"""What the commands share: options anywhere on the line, and suggestions for what is misspelt."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

import click

from matdiff.cli.arguments import OptionTable, take_apart
from matdiff.cli.settings import SettingsError, declarations, environment, project_declarations, settings
from matdiff.fields import complaint

if TYPE_CHECKING:
    from collections.abc import Callable


DEFAULTS = "matdiff.defaults"  # where a context keeps the declarations of settings


class Name(click.ParamType[str]):
    """One of a few names, had from `names` when they are needed; a misspelt one is answered with the nearest."""

    def __init__(self, kind: str, names: Callable[[], tuple[str, ...]]) -> None:
        self.name = kind
        self.names = names

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value.lower() in self.names():
            return value.lower()
        raise click.BadParameter(complaint(self.name, value, self.names()), ctx, param)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 # click's signature
        return self.name.upper()


class Command(click.Command):
    """A command whose options stand anywhere, and whose expressions may begin with a minus."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        table = option_table(self.get_params(ctx))
        line = take_apart(args, table)
        if not {"-h", "--help"} & {*line.options}:
            self.configure(ctx)
        if line.unknown:
            meant = table.close_to(line.unknown)
            raise click.UsageError(
                f"no such option '{line.unknown}'; "
                + (f"did you mean '{meant}'?" if meant else "an expression that looks like one goes behind a lone --"),
                ctx,
            )
        rest = super().parse_args(ctx, [*line.options, "--", *line.positionals])
        if DEFAULTS in ctx.meta:
            ctx.params["defaults"] = ctx.meta[DEFAULTS]
            ctx.params["project"] = project_declarations() if ctx.meta[DEFAULTS] else ""
        return rest

    def configure(self, ctx: click.Context) -> None:
        """Let the settings of files be the defaults of the options."""
        if not any(param.name == "where" for param in self.params):
            return
        try:
            found = {**settings(), **environment()}
        except SettingsError as error:
            raise click.UsageError(str(error), ctx) from None
        ctx.meta[DEFAULTS] = declarations(found.pop("where", ()))
        ctx.default_map = {**(ctx.default_map or {}), **found}


def option_table(params: list[click.Parameter]) -> OptionTable:
    """The options among `params`."""
    valued: dict[str, Callable[[], tuple[str, ...]] | None] = {}
    flags: set[str] = set()
    for param in params:
        if not isinstance(param, click.Option):
            continue
        if param.is_flag:
            flags.update(param.opts)
        else:
            valued.update(dict.fromkeys(param.opts, param.type.names if isinstance(param.type, Name) else None))
    return OptionTable(valued, frozenset(flags))
