"""`matdiff man`: the manual page, written out from the commands, or put where man looks.

`python -m matdiff.cli.shells.manual > completions/matdiff.1` writes the one that is shipped.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from matdiff.lean.typing import TYPE_CHECKING
from pathlib import Path

import click

from matdiff.cli.command import Command, Name
from matdiff.cli.commands import COMMANDS
from matdiff.cli.output import Writer, message
from matdiff.cli.program import program

if TYPE_CHECKING:
    from collections.abc import Iterable

FILES = (
    (".matdiff.toml", "Settings of a project, read from the current folder or the nearest one above it."),
    ("~/.config/matdiff/config.toml", "Settings of the user."),
)
VARIABLES = (
    (
        "MATDIFF_TO, MATDIFF_LAYOUT, MATDIFF_SYMMETRIC, MATDIFF_COLOR, MATDIFF_TIMEOUT",
        "Defaults of the options of these names; they go before settings files.",
    ),
    ("MATDIFF_WHERE", "Default declarations; those of a question go before them."),
    ("MATDIFF_DEBUG", "Let internal errors end in a traceback."),
    ("NO_COLOR, FORCE_COLOR", "No colours; colours also where the output is no terminal."),
)
CODES = (
    ("0", "Everything was answered; a claim was proved."),
    ("1", "A question failed, or a claim was refuted."),
    ("2", "The command line or a settings file is wrong."),
    ("3", "A claim stayed undecided."),
    ("130", "Interrupted."),
)


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


def manual() -> str:
    """The page in roff's man macros."""
    context = click.Context(program, info_name="matdiff", help_option_names=["-h", "--help"])
    main = _command("differentiate")
    lines = [
        '.\\" made by: python -m matdiff.cli.shells.manual',
        ".TH MATDIFF 1",
        *_section("NAME", [r"matdiff \- matrix calculus in the terminal"]),
        *_section(
            "SYNOPSIS",
            [
                r"\fBmatdiff\fR [\fIOPTIONS\fR] \fIOPERATOR\fR \fIEXPRESSION\fR",
                ".br",
                r"\fBmatdiff\fR \fICOMMAND\fR [\fIOPTIONS\fR] ...",
            ],
        ),
        *_section("DESCRIPTION", _paragraphs(program.help or "") + _paragraphs(main.help or "")),
        *_section("OPTIONS", _options([*main.params, *program.get_params(context)])),
        ".SH COMMANDS",
    ]
    for name in COMMANDS:
        if name != "differentiate":
            lines += _about(name, context)
    lines += (
        _section("FILES", _tagged(FILES))
        + _section("ENVIRONMENT", _tagged(VARIABLES))
        + _section("EXIT STATUS", _tagged(CODES))
    )
    return "\n".join([*lines, *_section("EXAMPLES", _examples(program.epilog or ""))]) + "\n"


def _command(name: str) -> click.Command:
    found: click.Command = getattr(import_module(f"matdiff.cli.{COMMANDS[name][0]}"), name)
    return found


def _about(name: str, context: click.Context) -> list[str]:
    command = _command(name)
    places = [param.make_metavar(context) for param in command.params if isinstance(param, click.Argument)]
    takes = " ".join(place if place.startswith("[") else rf"\fI{_text(place)}\fR" for place in places)
    options = [param for param in command.params if isinstance(param, click.Option)]
    shared = {
        (tuple(param.opts), param.help) for param in _command("differentiate").params if isinstance(param, click.Option)
    }
    own = _options(param for param in options if (tuple(param.opts), param.help) not in shared)
    others = ", ".join(
        rf"\fB{_text(param.opts[-1])}\fR" for param in options if (tuple(param.opts), param.help) in shared
    )
    inner = ([".RS", *own, ".RE"] if own else []) + ([".PP", f"As for a question: {others}."] if others else [])
    return [
        rf".SS \fBmatdiff {_text(name)}\fR {takes}".rstrip(),
        *_paragraphs(command.help or COMMANDS[name][1]),
        *inner,
        *_examples(command.epilog or ""),
    ]


def _section(name: str, lines: list[str]) -> list[str]:
    return [f".SH {name}", *lines]


def _tagged(rows: Iterable[tuple[str, str]]) -> list[str]:
    return [line for term, says in rows for line in (".TP", rf"\fB{_text(term)}\fR", _line(says))]


def _options(params: Iterable[click.Parameter]) -> list[str]:
    lines = []
    for option in params:
        if not isinstance(option, click.Option) or option.hidden:
            continue
        names = ", ".join(rf"\fB{_text(name)}\fR" for name in option.opts)
        value = "" if option.is_flag or option.count else rf" \fI{_text(option.metavar or _kind(option))}\fR"
        lines += [".TP", names + value, _line(option.help or "")]
    return lines


def _kind(option: click.Option) -> str:
    return (option.type.name if isinstance(option.type, Name) else option.type.name.split()[0]).upper()


def _paragraphs(text: str) -> list[str]:
    return [line for part in text.split("\n\n") for line in (".PP", _line(" ".join(part.split())))]


def _examples(epilog: str) -> list[str]:
    rows = [row[2:] for row in epilog.splitlines() if row.startswith("  ")]
    return [".PP", ".nf", *(rf"    {_line(row)}" for row in rows), ".fi"] if rows else []


def _text(text: str) -> str:
    """Text with what roff would obey escaped."""
    return (
        text.replace("\\", r"\e")
        .replace("-", r"\-")
        .replace("'", r"\(aq")
        .replace("^", r"\(ha")
        .replace("~", r"\(ti")
        .replace("`", r"\(ga")
    )


def _line(text: str) -> str:
    escaped = _text(text)
    return rf"\&{escaped}" if escaped.startswith((".", "\\(aq")) else escaped


if __name__ == "__main__":
    sys.stdout.write(manual())
