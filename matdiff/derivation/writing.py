"""Derivations as text: numbered lines, an align* block of LaTeX, Markdown, Typst."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING

from matdiff.errors import OutputError
from matdiff.writing import Style, write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matdiff.derivation.step import Derivation, Formula, Step
    from matdiff.formula.syntax import Expr

_NAMES = "UVAXYuvxcafG"
_GENERAL = {"d": "", **{"d" + name: name for name in _NAMES}}


class _Pen:
    """Writes formulas of one derivation in one notation."""

    def __init__(self, notation: str, changes: Mapping[str, str]) -> None:
        self.notation = notation
        self.style = Style(changes=changes)
        self.general = Style(changes=_GENERAL)

    def formula(self, tree: Expr) -> str:
        return write(tree, self.notation, self.style)

    def rule(self, told: Formula) -> str:
        """A rule in general: left = right."""
        return f"{write(told.left, self.notation, self.general)} = {write(told.right, self.notation, self.general)}"


def write_steps(derivation: Derivation, notation: str) -> str:
    """The derivation in a notation, over several lines.  Raises OutputError (E402) for a notation that holds single
    formulas only.
    """
    writer = _WRITERS.get(notation)
    if writer is None:
        raise OutputError("E402", f"{notation} has no way to write steps", hint="there are " + ", ".join(_WRITERS))
    base = "latex" if notation == "markdown" else notation
    return writer(derivation, _Pen(base, derivation.changes))


def step_objects(derivation: Derivation) -> list[dict[str, str]]:
    """The steps for JSON, formulas in the input language: rule, formula, left, before, after."""
    pen = _Pen("ascii", derivation.changes)
    return [
        {
            "rule": step.rule,
            "formula": pen.rule(step.formula) if step.formula else "",
            "condition": step.formula.condition if step.formula else "",
            "left": pen.formula(step.left),
            "before": pen.formula(step.before),
            "after": pen.formula(step.after),
        }
        for step in derivation.steps
    ]


def _lines(derivation: Derivation, pen: _Pen) -> str:
    """Numbered lines, the rules in a column of their own."""
    rows: list[tuple[str, str]] = []
    number = 0
    for stage in derivation.stages:
        rows.append((f"{pen.formula(stage.left)} = {pen.formula(stage.expression)}", ""))
        for step in stage.steps:
            number += 1
            rows.append((f"{number:>3}. {pen.formula(step.left)} = {pen.formula(step.after)}", _reason(step, pen)))
    width = min(max(len(left) for left, _ in rows), _WIDEST)
    return "\n".join(f"{left:<{width}}   {right}".rstrip() for left, right in rows)


_WIDEST = 60


def _reason(step: Step, pen: _Pen) -> str:
    if step.formula is None:
        return step.rule
    condition = f" ({step.formula.condition})" if step.formula.condition else ""
    return f"{step.rule}: {pen.rule(step.formula)}{condition}"


def _latex(derivation: Derivation, pen: _Pen) -> str:
    r"""An align* block, each rule as a line of text above what it makes; a line that repeats the left-hand side leaves
    it out.
    """
    rows: list[str] = []
    for stage in derivation.stages:
        rows.append(f"{pen.formula(stage.left)} &= {pen.formula(stage.expression)}")
        last = ""
        for step in stage.steps:
            left = pen.formula(step.left)
            told = f": ${pen.rule(step.formula)}$" if step.formula else ""
            rows.append(
                f"\\intertext{{{_escaped(step.rule)}{told}}}\n{left if left != last else ''} &="
                f" {pen.formula(step.after)}".replace("\n ", "\n")
            )
            last = left
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def _escaped(text: str) -> str:
    """A rule's name as text of LaTeX."""
    return text.replace("_", r"\_")


def _markdown(derivation: Derivation, pen: _Pen) -> str:
    rows: list[str] = []
    number = 0
    for stage in derivation.stages:
        rows += [f"${pen.formula(stage.left)} = {pen.formula(stage.expression)}$", ""]
        for step in stage.steps:
            number += 1
            told = f" (${pen.rule(step.formula)}$)" if step.formula else ""
            rows.append(f"{number}. {step.rule}{told}: ${pen.formula(step.left)} = {pen.formula(step.after)}$")
        rows.append("")
    return "\n".join(rows).rstrip()


def _typst(derivation: Derivation, pen: _Pen) -> str:
    rows: list[str] = []
    for stage in derivation.stages:
        rows.append(f"  {pen.formula(stage.left)} &= {pen.formula(stage.expression)}")
        for step in stage.steps:
            told = f" quad {pen.rule(step.formula)}" if step.formula else ""
            rows.append(f'  {pen.formula(step.left)} &= {pen.formula(step.after)} && quad upright("{step.rule}"){told}')
    return "$\n" + " \\\n".join(rows) + "\n$"


_WRITERS: dict[str, Callable[[Derivation, _Pen], str]] = {
    "unicode": _lines,
    "ascii": _lines,
    "latex": _latex,
    "markdown": _markdown,
    "typst": _typst,
}
STEP_NOTATIONS = tuple(_WRITERS)
