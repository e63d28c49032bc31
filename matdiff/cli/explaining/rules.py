"""`matdiff rules`: the rulebook, the rules of derivations and the function table."""

from __future__ import annotations

import sys
from matdiff.lean.typing import TYPE_CHECKING

import click

from matdiff.cli import wrapping
from matdiff.cli.command import Command
from matdiff.cli.output import Writer, is_terminal
from matdiff.fields import close_to
from matdiff.functions import SPELLINGS, TABLE
from matdiff.functions.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matdiff.functions import Function
    from matdiff.functions.rules import Rule


_WIDEST = 60  # columns that a formula is padded to in a pipe


@click.command(
    "rules",
    cls=Command,
    epilog="\b\nExamples:\n  matdiff rules\n  matdiff rules eig\n  matdiff rules | grep Cookbook\n",
)
@click.argument("pattern", default="")
def rules(pattern: str) -> int:
    """List the functions, each with its differential and where the formula comes from; then the rules that combine
    them.

    With PATTERN, those in whose name, other spellings, formula or source it occurs.
    `matdiff explain NAME` shows one with its conditions and an example.
    """
    rows = [(row.name, rule(row), row.source, " ".join(row.spellings)) for row in TABLE.values()]
    rows += [(told.name, general(told), told.source, "") for told in RULES.values()]
    wanted = [row for row in rows if pattern.lower() in " ".join(row).lower()]
    if not wanted:
        meant = close_to(pattern, [*SPELLINGS, *RULES])
        raise click.UsageError(f"no rule has '{pattern}' in it" + (f"; did you mean '{meant}'?" if meant else ""))
    writer = Writer()
    for line in _blocks(wanted) if is_terminal(sys.stdout) else _table(wanted):
        writer.line(line)
    return 0


def _table(rows: list[tuple[str, str, str, str]]) -> Iterator[str]:
    """A line each, for other programs."""
    name_width = max(len(name) for name, *_ in rows)
    formula_width = min(_WIDEST, max(len(formula) for _, formula, *_ in rows))
    for name, formula, source, _ in rows:
        yield f"{name:<{name_width}}  {formula:<{formula_width}}  {source}"


def _blocks(rows: list[tuple[str, str, str, str]]) -> Iterator[str]:
    """Formula and source below each other, broken where the terminal ends."""
    for name, formula, source, _ in rows:
        yield name
        yield from wrapping.formula(formula, "  ")
        yield from wrapping.prose(source, "    ")


def general(told: Rule) -> str:
    """A rule of derivations on one line."""
    return f"{told.left} = {told.right}"


def rule(row: Function) -> str:
    """The rule of a row on one line: a differential, a definition, or what the function is."""
    if row.kind == "elementwise":
        return f"d {row.name}(x) = ({row.differential}) dx".replace("Ω", f"{row.name}(x)")
    if row.kind == "operator" and row.differential:
        return f"d {row.name}(X) = {row.differential}".replace("Ω", f"{row.name}(X)")
    if row.kind == "definition":
        return f"{row.name}({', '.join('XYZ'[: row.arity[1]])}) = {row.definition}"
    if row.shape == "constant":
        return "constant"
    if row.traits.linear:
        return "linear" if row.arity[1] == 1 else "bilinear"
    return "by a rule of its own"
