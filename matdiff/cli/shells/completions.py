"""`matdiff completions SHELL`: print the completion script, or put it where the shell looks."""

from __future__ import annotations

import os
from pathlib import Path

import click

from matdiff.cli.command import Command, Name
from matdiff.cli.explaining.explanations import CODES
from matdiff.cli.output import Writer, message
from matdiff.cli.shells.scripts import functions, script, words

SHELLS = ("bash", "zsh", "fish")


@click.command(
    "completions",
    cls=Command,
    epilog="\b\nExamples:\n  matdiff completions zsh > ~/.zfunc/_matdiff\n  matdiff completions bash --install\n",
)
@click.argument("shell", type=Name("shell", lambda: SHELLS))
@click.option(
    "--install", is_flag=True, help="Write it to the folder where the shell looks for completions of the user."
)
def completions(shell: str, *, install: bool) -> int:
    """Print the completions for SHELL: bash, zsh or fish."""
    text = completion_script(shell)
    if not install:
        Writer().line(text.rstrip("\n"))
        return 0
    path = place(shell)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"cannot write {path}: {error.strerror}") from None
    message(f"written: {path}")
    if shell == "zsh":
        message(f"in ~/.zshrc, before compinit: fpath=({path.parent} $fpath)")
    return 0


def completion_script(shell: str) -> str:
    """The script for one shell, from the commands and options as they are."""
    from matdiff.cli.commands import COMMANDS  # noqa: PLC0415 # as below
    from matdiff.cli.program import differentiate, program  # noqa: PLC0415 # the program loads this module by name

    context = click.Context(program, help_option_names=["-h", "--help"])
    says = {name: text.rstrip(".") for name, (_, text) in COMMANDS.items() if name != "differentiate"}
    return script(
        shell,
        words(
            [*differentiate.params, *program.get_params(context)],
            says,
            {"completions": SHELLS, "explain": (*functions(), *CODES), "rules": ()},
        ),
    )


def place(shell: str) -> Path:
    """Where the user's own completions for a shell are looked for."""
    data = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser()
    if shell == "bash":
        return data / "bash-completion" / "completions" / "matdiff"
    if shell == "zsh":
        return data / "zsh" / "site-functions" / "_matdiff"
    return Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / "fish" / "completions" / "matdiff.fish"
