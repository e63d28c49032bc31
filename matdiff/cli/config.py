"""`matdiff config`: the settings in force, and where each comes from."""

from __future__ import annotations

import click

from matdiff.calculator import Question, answer
from matdiff.cli.attempt import attempt
from matdiff.cli.command import Command
from matdiff.cli.output import Writer, message
from matdiff.cli.settings import PROJECT_FILE, SettingsError, declarations, in_force, settings, user_file
from matdiff.errors import MatdiffError
from matdiff.errors.report import text_report


@click.command("config", cls=Command, epilog="\b\nExamples:\n  matdiff config\n  matdiff config --json\n")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
def config(*, as_json: bool) -> int:
    """Show the settings in force: name, value, and the variable or file that each comes from.

    An option goes before MATDIFF_* in the environment, that before .matdiff.toml here or above, that before the user's
    config.toml.
    The exit code is 2 if a settings file is wrong, and 1 if its declarations are.
    """
    try:
        found = in_force()
    except SettingsError as error:
        raise click.UsageError(str(error)) from None
    writer = Writer()
    if as_json:
        from json import dumps  # noqa: PLC0415 # loaded only where it is spoken

        writer.line(dumps({row.name: {"value": row.value, "origin": row.origin} for row in found}, ensure_ascii=False))
    else:
        widths = [max(map(len, column)) for column in ([row.name for row in found], [row.text for row in found])]
        for row in found:
            writer.line(f"{row.name:<{widths[0]}}  {row.text:<{widths[1]}}  {row.origin}")
        if all(row.origin == "default" for row in found):
            message(f"settings are read from {PROJECT_FILE} here or above, and from {user_file()}")
    return _declared()


def _declared() -> int:
    """0 where the default declarations can be read; else the report of what is wrong."""
    try:
        attempt(lambda: answer(Question("t^2", "d/dt", defaults=declarations(settings().get("where", ())))))
    except MatdiffError as error:
        message(text_report(error))
        return 1
    return 0
