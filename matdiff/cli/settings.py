"""Settings from files: .matdiff.toml here or above, then the user's config.toml; options and MATDIFF_* go before both."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from matdiff.cli.arguments import close_to
from matdiff.cli.command import Name

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT_FILE = ".matdiff.toml"
KEYS = ("to", "layout", "symmetric", "color", "timeout", "expand", "quiet")


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
    user = os.path.join(click.get_app_dir("matdiff"), "config.toml")  # noqa: PTH118 # as above
    if os.path.isfile(user):  # noqa: PTH113 # as above
        found.insert(0, user)
    return found


def settings(params: Mapping[str, click.Parameter]) -> dict[str, object]:
    """All settings in force from files.  Raises UsageError for a file that cannot be read, an unknown key or a wrong value."""
    return {key: value for path in files() for key, value in _read(path, params).items()}


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
            raise click.UsageError(f"{path}: unknown setting '{key}'; " + (f"did you mean '{meant}'?" if meant else f"there are: {', '.join(KEYS)}"))
        problem = _problem(params.get(key), value)
        if problem:
            raise click.UsageError(f"{path}: {key}: {problem}")
    return found


def _problem(param: click.Parameter | None, value: object) -> str:
    """What is wrong with a setting's value, or ""."""
    if not isinstance(param, click.Option):
        return ""
    if param.is_flag:
        return "" if isinstance(value, bool) else "true or false is wanted"
    if isinstance(param.type, Name):
        if not isinstance(value, str):
            return "a string is wanted"
        return "" if value.lower() in param.type.names() else param.type.complaint(value)
    return "" if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0 else "a number from 0 is wanted"
