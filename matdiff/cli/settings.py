"""Settings from files: .matdiff.toml here or above, then the user's config.toml; options and MATDIFF_* go before
both.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import click

from matdiff.cli.arguments import close_to
from matdiff.cli.command import Name

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT_FILE = ".matdiff.toml"
KEYS = ("to", "layout", "symmetric", "color", "timeout", "expand", "quiet", "jobs", "where")
_ENVIRONMENT = ("to", "layout", "symmetric", "color", "timeout", "where")  # those that MATDIFF_… sets


class Setting(NamedTuple):
    """A setting in force: its name, its value as text, and where it comes from."""

    name: str
    value: str
    origin: str


def files() -> list[str]:
    """The settings files that exist, weakest first."""
    folder = os.getcwd() if os.path.isdir(".") else ""  # noqa: PTH109, PTH112 # pathlib costs start-up time
    found = []
    while folder:
        path = os.path.join(folder, PROJECT_FILE)  # noqa: PTH118 # as above
        if os.path.isfile(path):  # noqa: PTH113 # as above
            found.append(path)
            break
        above = os.path.dirname(folder)  # noqa: PTH120 # as above
        folder = above if above != folder else ""
    user = user_file()
    if os.path.isfile(user):  # noqa: PTH113 # as above
        found.insert(0, user)
    return found


def user_file() -> str:
    """Where the user's own settings are looked for."""
    return os.path.join(click.get_app_dir("matdiff"), "config.toml")  # noqa: PTH118 # as above


def settings(params: Mapping[str, click.Parameter]) -> dict[str, object]:
    """All settings in force from files.  Raises UsageError for a file that cannot be read, an unknown key or a wrong
    value.
    """
    return {key: value for path in files() for key, value in _read(path, params).items()}


def declarations(value: object) -> tuple[str, ...]:
    """The default declarations: of MATDIFF_WHERE, else what the files say (a string or a list of strings)."""
    given = os.environ.get("MATDIFF_WHERE")
    if given:
        return (given,)
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, (list, tuple)) else ()


def in_force(params: Mapping[str, click.Parameter]) -> list[Setting]:
    """Every setting with its origin: a variable of the environment, a file, or the default.  Raises as `settings`
    does.
    """
    read = [(path, _read(path, params)) for path in files()]
    made = []
    for key in KEYS:
        variable = "MATDIFF_" + key.upper()
        held = [(path, found[key]) for path, found in read if key in found]
        if key in _ENVIRONMENT and os.environ.get(variable):
            made.append(Setting(key, os.environ[variable], variable))
        elif held:
            made.append(Setting(key, _shown(held[-1][1]), held[-1][0]))
        else:
            made.append(Setting(key, _shown(_default(key, params.get(key))), "default"))
    return made


_DEFAULTS = {"layout": "denominator", "symmetric": "project", "to": "unicode"}


def _default(key: str, param: click.Parameter | None) -> object:
    return _DEFAULTS.get(key) or (_plain_default(param) if key != "where" else "")


def _plain_default(param: click.Parameter | None) -> object:
    if isinstance(param, click.Option) and param.is_flag:
        return False
    return param.default if param is not None else ""


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return "; ".join(value) if isinstance(value, list) else str(value)


def _read(path: str, params: Mapping[str, click.Parameter]) -> dict[str, object]:
    import tomllib  # noqa: PLC0415 # loaded only where there is a file to read

    try:
        with open(path, "rb") as file:  # noqa: PTH123 # as above
            found = tomllib.load(file)
    except (OSError, ValueError, RecursionError) as error:
        raise click.UsageError(f"cannot read {path}: {error}") from None
    for key, value in found.items():
        if key not in KEYS:
            meant = close_to(key, KEYS)
            raise click.UsageError(
                f"{path}: unknown setting '{key}'; "
                + (f"did you mean '{meant}'?" if meant else f"there are: {', '.join(KEYS)}")
            )
        problem = _problem(params.get(key), value)
        if problem:
            raise click.UsageError(f"{path}: {key}: {problem}")
    return found


def _problem(param: click.Parameter | None, value: object) -> str:
    """What is wrong with a setting's value, or ""."""
    if not isinstance(param, click.Option):
        return ""
    if param.multiple:
        return (
            ""
            if isinstance(value, str) or (isinstance(value, list) and all(isinstance(part, str) for part in value))
            else "strings are wanted"
        )
    if param.is_flag:
        return "" if isinstance(value, bool) else "true or false is wanted"
    if isinstance(param.type, Name):
        if not isinstance(value, str):
            return "a string is wanted"
        return "" if value.lower() in param.type.names() else param.type.complaint(value)
    if isinstance(param.type, click.IntRange):
        return (
            ""
            if isinstance(value, int) and not isinstance(value, bool) and value >= 1
            else "a whole number from 1 is wanted"
        )
    return (
        ""
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0
        else "a number from 0 is wanted"
    )
