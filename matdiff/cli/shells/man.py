"""`matdiff man`: print the manual page, or put it where man looks."""

from __future__ import annotations

import os
from pathlib import Path

import click

from matdiff.cli.command import Command
from matdiff.cli.output import Writer, message
from matdiff.cli.shells.manual import manual


@click.command("man", cls=Command, epilog="\b\nExamples:\n  matdiff man --install\n  matdiff man | man -l -\n")
@click.option("--install", is_flag=True, help="Write it to the folder where man looks for pages of the user.")
def man(*, install: bool) -> int:
    """Print the manual page.  Tools that install programs apart (uv, pipx) do not always put it where man looks."""
    if not install:
        Writer().line(manual().rstrip("\n"))
        return 0
    path = place()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(manual(), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"cannot write {path}: {error.strerror}") from None
    message(f"written: {path}")
    return 0


def place() -> Path:
    """Where the user's own manual pages are looked for."""
    return Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "man" / "man1" / "matdiff.1"
