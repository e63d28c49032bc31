"""`matdiff rules`: the rulebook, the rules of derivations and the function table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from matdiff.cli.command import Command
from matdiff.cli.output import Writer
from matdiff.derivation.rulebook import RULES
from matdiff.functions import TABLE

if TYPE_CHECKING:
    from matdiff.derivation.rulebook import Rule
    from matdiff.functions import Function


@click.command("rules", cls=Command, epilog="\b\nExamples:\n  matdiff rules\n  matdiff rules | grep Cookbook\n")
def rules() -> int:
    """List every function: its name, its differential, and where the formula comes from; then the rules that combine
    them.

    `matdiff explain NAME` shows one with its conditions and an example.
    """
    rows = [(row.name, rule(row), row.source) for row in TABLE.values()]
    rows += [(told.name, general(told), told.source) for told in RULES.values()]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    writer = Writer()
    for name, formula, source in rows:
        writer.line(f"{name:<{widths[0]}}  {formula:<{widths[1]}}  {source}")
    return 0


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
        return f"{row.name}({', '.join('XY'[: row.arity[1]])}) = {row.definition}"
    if row.shape == "constant":
        return "constant"
    if row.kind == "contraction" or row.name in _LINEAR:
        return "linear" if row.arity[1] == 1 else "bilinear"
    return "by a rule of its own"


_LINEAR = frozenset({"diag", "vec", "vech", "sum", "mean", "kron", "dot", "hadamard"})
