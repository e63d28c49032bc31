"""Settings from files: .matdiff.toml here or above, then the user's config.toml; options and MATDIFF_* go before
both.
"""

from __future__ import annotations

import os
import sys
from matdiff.lean.typing import NamedTuple

from matdiff.fields import BY_NAME, FIELDS, Field, WrongValueError, value_of

PROJECT_FILE = ".matdiff.toml"
KEYS = tuple([field.name for field in FIELDS if field.setting])
_OWN = frozenset({"jobs"})  # what a project may not set for whoever works in it


class SettingsError(Exception):
    """A settings file, or a variable of the environment, that cannot be used; the message says which, and why."""


class Setting(NamedTuple):
    """A setting in force: its name, its value (declarations as a list), and where it comes from."""

    name: str
    value: object
    origin: str

    @property
    def text(self) -> str:
        """The value as it stands in a table."""
        return _shown(self.value)


def files() -> list[str]:
    """The settings files that exist, weakest first."""
    user, project = user_file(), project_file()
    return [path for path in (user if os.path.isfile(user) else "", project) if path]  # noqa: PTH113 # pathlib costs start-up time


def project_file() -> str:
    """The nearest .matdiff.toml of this user (or of root) in the working folder or above it, or ""."""
    try:
        folder = os.getcwd()  # noqa: PTH109 # as above
    except OSError:  # the folder is gone
        return ""
    while True:
        path = os.path.join(folder, PROJECT_FILE)  # noqa: PTH118 # as above
        if os.path.isfile(path) and _trusted(path):  # noqa: PTH113 # as above
            return path
        above = os.path.dirname(folder)  # noqa: PTH120 # as above
        if above == folder:
            return ""
        folder = above


def _trusted(path: str) -> bool:
    """Whether a file is this user's own or the system's: what others lie in wait with changes nobody's answers."""
    if not hasattr(os, "getuid"):
        return True
    try:
        return os.stat(path).st_uid in {os.getuid(), 0}  # noqa: PTH116 # as above
    except OSError:
        return False


def user_file() -> str:
    """Where the user's own settings are looked for (as click's `get_app_dir` says, without click)."""
    if sys.platform == "win32":
        base = os.environ.get("APPDATA") or os.path.expanduser("~")  # noqa: PTH111 # as above
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Application Support")  # noqa: PTH111 # as above
    else:
        base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111 # as above
    return os.path.join(base, "matdiff", "config.toml")  # noqa: PTH118 # as above


def settings() -> dict[str, object]:
    """All settings in force from files, by name.  Raises SettingsError for a file that cannot be read, an unknown key
    or a wrong value.
    """
    return {key: value for path in files() for key, value in _read(path).items()}


def environment() -> dict[str, object]:
    """What MATDIFF_* variables set, by name.  Raises SettingsError, which names the variable."""
    found = {}
    for field in FIELDS:
        variable = f"MATDIFF_{field.name.upper()}"
        given = os.environ.get(variable) if field.environment else None
        if given:
            try:
                found[field.name] = value_of(field, given)
            except WrongValueError as error:
                raise SettingsError(f"{variable}: {error}") from None
    return found


def declarations(value: object) -> tuple[str, ...]:
    """The default declarations: of MATDIFF_WHERE, else what the files say (a string or a list of strings)."""
    given = os.environ.get("MATDIFF_WHERE")
    if given:
        return (given,)
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, (list, tuple)) else ()


def project_declarations() -> str:
    """The project's file where its declarations are in force, else ""."""
    path = project_file()
    return path if path and not os.environ.get("MATDIFF_WHERE") and "where" in _read(path) else ""


def in_force() -> list[Setting]:
    """Every setting with its origin: a variable of the environment, a file, or the default.  Raises as `settings`
    does.
    """
    read = [(path, _read(path)) for path in files()]
    told = environment()
    if os.environ.get("MATDIFF_WHERE"):
        told["where"] = declarations(())
    made = []
    for key in KEYS:
        held = [(path, found[key]) for path, found in read if key in found]
        if key in told:
            made.append(Setting(key, told[key], "MATDIFF_" + key.upper()))
        elif held:
            made.append(Setting(key, held[-1][1], held[-1][0]))
        else:
            made.append(Setting(key, _default(BY_NAME[key]), "default"))
    return sorted(made, key=lambda setting: setting.name == "where")


_DEFAULTS = {"layout": "denominator", "symmetric": "project", "to": "unicode", "where": ()}


def _default(field: Field) -> object:
    return _DEFAULTS.get(field.name, field.default if field.kind != "flag" else False)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return "; ".join(value) if isinstance(value, (list, tuple)) else str(value)


def _read(path: str) -> dict[str, object]:
    import tomllib  # noqa: PLC0415 # loaded only where there is a file to read

    try:
        with open(path, "rb") as file:  # noqa: PTH123 # as above
            found = tomllib.load(file)
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(f"cannot read {path}: {error}") from None
    is_project = os.path.basename(path) == PROJECT_FILE  # noqa: PTH119 # as above
    return {key: _checked(path, key, value) for key, value in found.items() if not (is_project and key in _OWN)}


def _checked(path: str, key: str, value: object) -> object:
    if key not in KEYS:
        from matdiff.fields import close_to  # noqa: PLC0415 # only where something is misspelt

        meant = close_to(key, KEYS)
        raise SettingsError(
            f"{path}: unknown setting '{key}'; "
            + (f"did you mean '{meant}'?" if meant else f"there are: {', '.join(KEYS)}")
        )
    field = BY_NAME[key]
    if field.kind in {"count", "seconds"} and isinstance(value, str):
        raise SettingsError(f"{path}: {key}: a number is wanted, without quotation marks")
    try:
        return value_of(field, value)
    except WrongValueError as error:
        raise SettingsError(f"{path}: {key}: {error}") from None
