"""An answer on a terminal: the formula, and dimmed below it how the question was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from matdiff.cli.formats import reading_line

if TYPE_CHECKING:
    from matdiff.calculator import Answer


def show(answer: Answer, text: str, *, colour: bool, quiet: bool) -> None:
    """Draw an answer on standard output: `text` as it is, never folded by Rich; unless `quiet`, the reading and the notes, dimmed."""
    console = Console(no_color=not colour, force_terminal=True, highlight=False, markup=False, emoji=False)
    console.print(Text(text, style="bold" if colour else ""), soft_wrap=True)
    if quiet:
        return
    for line in (reading_line(answer), *(f"note: {note}" for note in answer.notes)):
        console.print(Text(line, style="dim" if colour else ""), soft_wrap=True)
